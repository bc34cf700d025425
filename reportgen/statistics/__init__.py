"""Pure functions of levels and changes: each is given a series and returns a number."""
