"""Other markets, each by the last session of its own exchange."""
