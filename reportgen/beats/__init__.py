"""Families of news: a folder each, with detector, words and proof."""

from reportgen.beats.spec import (
    Beat,
    Kind,
    added,
    beats,
    detector,
    payloads,
    phrases_of,
    proof,
    proven,
    shipped_limits,
    weights_of,
    words_of,
)

__all__ = [
    "Beat",
    "Kind",
    "added",
    "beats",
    "detector",
    "payloads",
    "phrases_of",
    "proof",
    "proven",
    "shipped_limits",
    "weights_of",
    "words_of",
]
