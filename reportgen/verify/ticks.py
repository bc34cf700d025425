"""The ticks of an axis: numbers in any format, days and times in any form."""

from __future__ import annotations

import re

from reportgen.verify.currencies import BEFORE
from reportgen.verify.vocabulary import MONTHS, WEEKDAYS

SIGN = r"[+\u2212-]?"
NUMBER = re.compile(
    rf"{SIGN}\(?(?:{BEFORE})?{SIGN}\d[\d,]*(?:\.\d+)?(?:[eE][+\u2212-]?\d+)?"
    r"\s?(?:%|[kKMGBTmµn]|bp|pp|x|bps)?\)?",
    re.IGNORECASE,
)
NAMES = "|".join(
    sorted({name[:size] for name in (*MONTHS, *WEEKDAYS) for size in (3, len(name))}, reverse=True)
)
PART = rf"(?:{NAMES}|Sept|\d{{1,4}}(?:st|nd|rd|th)?|'\d\d|[QHW]\d\d?|[AP]M|[ap]m)\.?"
DATE = re.compile(rf"{PART}(?:[ ,/:.\-\u2013]+{PART})*")


def is_tick(text: str) -> bool:
    """Whether an axis may say *text* without any word.

    >>> [is_tick(text) for text in ("4.25%", "Jan 5", "2024-03", "$1.2k", "Q1 2025", "rose")]
    [True, True, True, True, True, False]
    """
    return NUMBER.fullmatch(text) is not None or DATE.fullmatch(text) is not None


RUN = re.compile(
    rf"(?:{NAMES}|Sept|[QHW](?=\d)|[AP]M(?![A-Za-z])|[\d\W]|[kKMGBTm](?![A-Za-z])|bps?|pp)*"
)
"""Ticks one behind the other, without white space."""
