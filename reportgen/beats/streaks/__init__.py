"""Runs of sessions of one sign, and their end."""
