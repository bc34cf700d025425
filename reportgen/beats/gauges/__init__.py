"""Volatility, oil and gold: their level, their change and its rarity."""
