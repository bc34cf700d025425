"""Briefs by email, each to its reader once."""
