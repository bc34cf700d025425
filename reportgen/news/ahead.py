"""What the calendar knows of a session, and what is next on it."""

from __future__ import annotations

import datetime as dt

from reportgen.core.facts import Unit
from reportgen.datasets.market import Market
from reportgen.markets import calendar
from reportgen.markets.calendar import Moment
from reportgen.markets.exchange import EXCHANGE
from reportgen.news.measure import Measure, News

LAST_HOUR = 16
"""The hour at which a whole session closes."""


def occasion(moment: Moment) -> News | None:
    """What is special about the session told of, whatever prices did.

    An expiry of options and futures, a short session; else None.
    """
    measure = Measure("occasion", "calendar", moment.session.isoformat(), "trading calendar")
    roles = {}
    if calendar.expiry(moment.session):
        roles["expiry"] = measure.fact(
            "occasion", "expiration of options and futures", Unit.TEXT, name="expiry"
        )
    if moment.closes.hour < LAST_HOUR and moment.state != "open":
        roles["short"] = measure.fact(
            "occasion", moment.closes.isoformat(), Unit.TIME, name="short"
        )
    return measure.news("occasion", roles) if roles else None


def ahead(market: Market) -> News | None:
    """The next scheduled release or Fed decision within seven days of the moment, or None."""
    found = market.due()
    today = market.moment.at.date()
    if found is None or found.day - today > dt.timedelta(days=7):
        return None
    measure = Measure("next", "calendar", today.isoformat(), "public calendar")
    roles = {
        "name": measure.fact("event", found.name, Unit.TEXT, "next", name="release"),
        "date": measure.fact("event", found.day, Unit.DATE, "next", name="release.date"),
    }
    if found.time:
        roles["time"] = measure.fact(
            "event",
            dt.datetime.combine(found.day, found.time, EXCHANGE).isoformat(),
            Unit.TIME,
            "next",
            name="release.time",
        )
    return measure.news("ahead", roles)
