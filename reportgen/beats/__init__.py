"""Families of news: a folder each, with what is found, how it is told, and its proof."""

from reportgen.beats.spec import (
    Beat,
    Kind,
    added,
    beats,
    detector,
    proof,
    proven,
    shipped_limits,
    words_of,
)

__all__ = [
    "Beat",
    "Kind",
    "added",
    "beats",
    "detector",
    "proof",
    "proven",
    "shipped_limits",
    "words_of",
]
