"""Datasets: what they hold, whether it can be right, and what of it is known at a moment."""
