"""Bitcoin on its own clock."""
