"""Figures, dates, verbs and names in English."""
