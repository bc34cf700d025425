"""From files or the store to the snapshot of a moment."""
