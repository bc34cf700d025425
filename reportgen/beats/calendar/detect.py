"""What the calendar knows of a session, and what is next on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from reportgen.beats.measure import Measure, News, with_sigma
from reportgen.beats.scene import Scene
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Market, Track
from reportgen.markets import home, public_calendar
from reportgen.markets.calendar import Calendar, Moment
from reportgen.statistics import drawdowns, returns, volatility


def expires(session: dt.date, calendar: Calendar, friday: int) -> bool:
    """Whether options and futures on stock indexes expire with *session*.

    They do on that *friday* of a quarter's last month, or the session before;
    with 0, never.
    """
    quarter_ends = session.month % 3 == 0
    return friday > 0 and quarter_ends and calendar.nth_friday(session, friday)


def occasion(moment: Moment, expiry_friday: int | None = None) -> News | None:
    """What is special about the session, whatever prices did.

    An expiry of options and futures, a short session; else None.
    """
    measure = Measure(
        "occasion",
        "calendar",
        moment.session.isoformat(),
        "trading calendar",
    )
    roles = {}
    calendar, session = moment.calendar, moment.session
    friday = home().expiry_friday if expiry_friday is None else expiry_friday
    if expires(session, calendar, friday):
        roles["expiry"] = measure.fact(
            "occasion",
            "expiration of options and futures",
            Unit.TEXT,
            name="expiry",
        )
    if moment.closes < calendar.usual_close(session) and moment.state != "open":
        roles["short"] = measure.fact(
            "occasion", moment.closes.isoformat(), Unit.TIME, name="short"
        )
    return measure.news("occasion", roles) if roles else None


def ahead(market: Market) -> News | None:
    """The next scheduled release or Fed decision within seven days, or None.

    Its day is that of the market, where its time is known: two in the afternoon in New York is the
    morning of the next day in Tokyo.
    """
    found = market.due()
    today = market.moment.at.date()
    if found is None or found.day - today > dt.timedelta(days=7):
        return None
    measure = Measure("next", "calendar", today.isoformat(), "public calendar")
    day = market.clock_of(found).date() if found.time else found.day
    roles = {
        "name": measure.fact(
            "event",
            found.name,
            Unit.TEXT,
            "next",
            name="release",
        ),
        "date": measure.fact(
            "event",
            day,
            Unit.DATE,
            "next",
            name="release.date",
        ),
    }
    if found.time:
        roles["time"] = measure.fact(
            "event",
            public_calendar()
            .at_clock(found.day, found.time)
            .astimezone(market.moment.calendar.zone)
            .isoformat(),
            Unit.TIME,
            "next",
            name="release.time",
        )
    return measure.news("ahead", roles)


def event(track: Track, name: str, date: dt.date) -> News | None:
    """What the index has done since the close of a dated event.

    The day after, the high since, and now.
    """
    closes = track.closes
    if (
        pd.Timestamp(date) not in closes.index
        or (track.session - date).days > 92
        or track.session <= date
    ):
        return None
    measure = Measure.of(track)
    place = int(closes.index.searchsorted(pd.Timestamp(date)))
    after = closes.iloc[: place + 2]
    measured_on = Measure(
        measure.key,
        measure.symbol,
        after.index[-1].date().isoformat(),
        measure.source,
    )
    sigma = volatility.ewma(track.changes) * (len(closes) - 1 - place) ** 0.5
    high = closes.iloc[place:].max()
    roles = {
        "name": measure.fact(
            "event",
            name,
            Unit.TEXT,
            "since-event",
            name="event",
        ),
        "date": measure.fact(
            "event",
            date,
            Unit.DATE,
            "since-event",
            name="event.date",
        ),
        "level": measure.fact(
            "level",
            float(closes.iloc[place]),
            track.instrument.unit,
            "since-event",
            name="event.level",
        ),
        "peak": measure.fact(
            "period_change",
            float(high / closes.iloc[place] - 1),
            Unit.FRACTION,
            "since-event",
            name="event.peak",
        ),
    }
    with_sigma(
        roles,
        "since",
        measure.change(
            "period_change",
            returns.since_session(closes, date),
            sigma,
            "since-event",
            name="event.change",
        ),
    )
    day_sigma = volatility.ewma(returns.changes(after))
    with_sigma(
        roles,
        "next_day",
        measured_on.change(
            "pct_change",
            returns.day(after),
            day_sigma,
            "event-day",
            name="event.next_day",
        ),
    )
    _share_of_year(roles, measure, closes, date)
    return measure.news("event", roles)


def _share_of_year(
    roles: dict[str, Fact], measure: Measure, closes: pd.Series, date: dt.date
) -> None:
    """Add the share of the year's gain between the event and the year's high.

    Once the year is over.
    """
    year = closes[str(date.year)]
    if closes.index[-1].year == date.year:
        return
    base = returns.base_close(closes, dt.date(date.year, 1, 1))[1]
    high = drawdowns.record_high(year)
    gain = float(year.iloc[-1]) - base
    after = high.level - float(closes[pd.Timestamp(date)])
    if high.session > date and gain > 0 and after > 0:
        roles["share"] = measure.fact(
            "share_of_gain",
            after / gain,
            Unit.FRACTION,
            "since-event",
            name="event.share_of_gain",
        )
        roles["share_high"] = measure.fact(
            "high_close",
            high.session,
            Unit.DATE,
            str(date.year),
            name="event.high_date",
        )


def detect(scene: Scene) -> Iterator[News | None]:
    """What is special about the session, and the next release."""
    if scene.window == "day":
        yield occasion(scene.moment, scene.spec.expiry_friday)
    yield ahead(scene.market)
