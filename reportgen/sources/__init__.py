"""From the network to the store."""
