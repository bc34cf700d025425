"""The session: the market as one, each index's day, and the day before."""
