"""Years and months as a longer view."""
