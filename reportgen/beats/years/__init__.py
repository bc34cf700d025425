"""A gain for the year that turned into a loss, or a loss into a gain."""
