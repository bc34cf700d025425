"""Round numbers passed."""
