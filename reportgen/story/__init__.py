"""A record told by its report's story."""
