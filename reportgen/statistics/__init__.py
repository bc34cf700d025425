"""Pure functions of levels and changes: each takes a series and returns a number."""
