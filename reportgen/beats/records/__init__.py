"""Record closes, and how far below one a level is."""
