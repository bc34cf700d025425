"""Figures, dates, verbs and names in English."""

CORRECTION = "Correction: "
"""What the subject of a corrected brief begins with, so that a list of subjects shows it."""
