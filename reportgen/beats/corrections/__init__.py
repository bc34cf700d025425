"""Corrections and bear markets: near one, entering, inside, leaving."""
