"""How a desk's own files are read."""
