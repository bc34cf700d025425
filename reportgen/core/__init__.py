"""Values: what flows between all rooms. No files, no pandas."""
