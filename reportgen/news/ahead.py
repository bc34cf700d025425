"""What is next: releases on the calendar within a week."""

from __future__ import annotations

import datetime as dt

from reportgen.data.market import Market
from reportgen.facts import Unit
from reportgen.news.measure import Measure, News


def ahead(market: Market) -> News | None:
    """The next scheduled release within seven days of the moment, or None."""
    found = market.event("release", past=False)
    today = market.moment.at.date()
    if found is None or found[1] - today > dt.timedelta(days=7):
        return None
    name, date = found
    measure = Measure("next", "calendar", today.isoformat(), "public calendar")
    roles = {
        "name": measure.fact("event", name, Unit.TEXT, "next", name="release"),
        "date": measure.fact("event", date, Unit.DATE, "next", name="release.date"),
    }
    return measure.news("ahead", roles)
