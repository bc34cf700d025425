"""Pure functions on closing levels; each states its convention, its window and its source."""
