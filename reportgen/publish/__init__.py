"""A finished brief to its readers: mail, channels, the archive's site."""
