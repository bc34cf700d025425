"""Sector funds, which led and which lagged."""
