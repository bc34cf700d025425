"""Files appear whole or not at all, and one process writes at a time."""
