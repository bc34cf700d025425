"""How many stocks of a list rose, and how many stand high."""
