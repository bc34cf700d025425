"""Single stocks that moved more than is usual for them."""
