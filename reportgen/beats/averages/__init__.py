"""Closes on the other side of an average, for the first time in long."""
