"""Sessions that turned."""
