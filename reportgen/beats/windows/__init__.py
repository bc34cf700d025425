"""Weeks, months, quarters and years: so far, and ended."""
