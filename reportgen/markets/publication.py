"""When the figures of a day are known: at the close, at an hour, or once a week."""

from __future__ import annotations

import datetime as dt

from reportgen.markets.calendar import Calendar

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
"""The weekdays of a rule for what is published once a week."""
NEXT = "next"
"""The day after, as far as it is a session."""


def known_by(rule: str, day: dt.date, calendar: Calendar) -> dt.datetime:
    """When a row dated *day* is known.

    Args:
        rule: "close", "utc-midnight", "HH:MM" or "-1d HH:MM" of the market; "next HH:MM" for the
            next session; "+1d mon HH:MM" for the first Monday on or after the next day, or the
            session after it if it is none.
        day: The day that the row is of.
        calendar: The sessions of its exchange.
    """
    if rule == "close":
        if calendar.is_session(day):
            return calendar.session_close(day)
        return calendar.usual_close(day)
    if rule == "utc-midnight":
        return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC)
    *parts, clock = rule.split(" ")
    for part in parts:
        if part in WEEKDAYS:
            day += dt.timedelta(days=(WEEKDAYS.index(part) - day.weekday()) % 7)
            day = day if calendar.is_session(day) else calendar.neighbours(day)[1]
        elif part == NEXT:
            day = calendar.neighbours(day)[1]
        else:
            day += dt.timedelta(days=int(part.rstrip("d")))
    return calendar.at_clock(day, dt.time.fromisoformat(clock))
