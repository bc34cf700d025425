"""What is worth telling: one detector per kind of finding, each with the facts it rests on and a score."""

from reportgen.news.ahead import ahead
from reportgen.news.comparison import behind, spread
from reportgen.news.corners import basket, crypto
from reportgen.news.day import day, streak, superlative
from reportgen.news.measure import News
from reportgen.news.policy import odds, policy, yields
from reportgen.news.records import record
from reportgen.news.seasons import event, months, turn
from reportgen.news.thresholds import reference_line, threshold

__all__ = [
    "News",
    "ahead",
    "basket",
    "behind",
    "crypto",
    "day",
    "event",
    "months",
    "odds",
    "policy",
    "record",
    "reference_line",
    "spread",
    "streak",
    "superlative",
    "threshold",
    "turn",
    "yields",
]
