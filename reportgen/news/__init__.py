"""What is worth telling.

One detector per kind of finding, each with the facts it rests on and a score.
"""

from reportgen.news.ahead import ahead, occasion
from reportgen.news.broad import broad
from reportgen.news.comparison import behind, spread
from reportgen.news.corners import basket, crypto
from reportgen.news.day import day, streak, superlative
from reportgen.news.desk import of_index, of_two, of_windows
from reportgen.news.measure import News
from reportgen.news.period import coin_over, days, of_period, yields_over
from reportgen.news.policy import curve, odds, odds_history, policy, yields
from reportgen.news.records import milestone, record
from reportgen.news.seasons import event, months, season, turn
from reportgen.news.sectors import gauge, mover, sectors
from reportgen.news.thresholds import chart_line, reference_line, threshold
from reportgen.news.windows import far, moved, so_far, wrap

__all__ = [
    "News",
    "ahead",
    "basket",
    "behind",
    "broad",
    "chart_line",
    "coin_over",
    "crypto",
    "curve",
    "day",
    "days",
    "event",
    "far",
    "gauge",
    "milestone",
    "months",
    "moved",
    "mover",
    "occasion",
    "odds",
    "odds_history",
    "of_index",
    "of_period",
    "of_two",
    "of_windows",
    "policy",
    "record",
    "reference_line",
    "season",
    "sectors",
    "so_far",
    "spread",
    "streak",
    "superlative",
    "threshold",
    "turn",
    "wrap",
    "yields",
    "yields_over",
]
