"""Dates and times in Associated Press style."""

from __future__ import annotations

import datetime as dt

MONTHS = (
    "Jan.",
    "Feb.",
    "March",
    "April",
    "May",
    "June",
    "July",
    "Aug.",
    "Sept.",
    "Oct.",
    "Nov.",
    "Dec.",
)
YEARLESS_DAYS, YEARLESS_MONTH = 75, 130
"""Days from the moment within which a date, or a month, needs no year."""


def date(day: dt.date, as_of: dt.date) -> str:
    """The form "Nov. 25", or "Nov. 8, 2021" in another year that is not near."""
    text = f"{MONTHS[day.month - 1]} {day.day}"
    return text if near(day, as_of) else f"{text}, {day.year}"


def near(day: dt.date, as_of: dt.date, days: int = YEARLESS_DAYS) -> bool:
    """Whether *day* is in the moment's year or within *days*: it needs no year."""
    return day.year == as_of.year or abs((as_of - day).days) <= days


def day(when: dt.date, as_of: dt.date) -> str:
    """The weekday for the six days around the moment, else the date."""
    return f"{when:%A}" if abs((as_of - when).days) <= 6 else date(when, as_of)


def month(period: str, as_of: dt.date) -> str:
    """The name of a "2024-11", with the year where it is not near.

    A month of the same name must not come to mind.
    """
    when = dt.date.fromisoformat(f"{period[:7]}-01")
    name = f"{when:%B}"
    return name if near(when, as_of, YEARLESS_MONTH) else f"{name} {when.year}"


def label(period: str, *, quarter: bool = False) -> str:
    """A "2024-08" as a table has it: "Aug. 2024"; a *quarter* by its first month: "Q3 2024"."""
    when = dt.date.fromisoformat(f"{period[:7]}-01")
    if quarter:
        return f"Q{(when.month + 2) // 3} {when.year}"
    return f"{MONTHS[when.month - 1]} {when.year}"


def span(start: dt.date, end: dt.date) -> str:
    """The form "Jan. 28-29", "Jan. 31-Feb. 1", or one day."""
    first = f"{MONTHS[start.month - 1]} {start.day}"
    if start == end:
        return first
    return (
        f"{first}-{end.day}"
        if start.month == end.month
        else f"{first}-{MONTHS[end.month - 1]} {end.day}"
    )


def clock(at: dt.datetime, label: str) -> str:
    """The form "1 p.m. ET", "9:30 a.m. ET", "noon ET".

    *label* is what the time of the market is called.
    """
    if (at.hour, at.minute) == (12, 0):
        return f"noon {label}"
    hour = at.hour % 12 or 12
    minutes = f":{at.minute:02d}" if at.minute else ""
    return f"{hour}{minutes} {'a.m.' if at.hour < 12 else 'p.m.'} {label}"


def part_of_day(at: dt.datetime) -> str:
    """The part of the session, from "early" to "late"."""
    hour = at.hour + at.minute / 60
    for end, name in (
        (10.5, "early"),
        (12.0, "morning"),
        (13.0, "midday"),
        (14.5, "early-afternoon"),
        (15.5, "afternoon"),
    ):
        if hour < end:
            return name
    return "late"
