"""The figures that were released since the close before, and those that were due."""
