"""One index against another."""
