"""Years, months and dated events: the longer view a day is set against."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Track
from reportgen.news.measure import Measure, News, usual_year, with_sigma
from reportgen.statistics import drawdowns, returns, seasons, volatility

SEASONS, LEAST_SEASONS = 20, 10
"""Years that the season of a month is judged by, and the fewest that will do."""


def turn(track: Track) -> News:
    """Last year's price return and this year's so far, with the month that carried it."""
    measure = Measure.of(track)
    year = track.session.year - 1
    usual = usual_year(track, year)
    roles = {
        "ytd": measure.fact(
            "ytd_change", returns.to_date(track.closes, "year"), Unit.FRACTION, "ytd"
        )
    }
    pair = measure.change(
        "year_change",
        returns.calendar_year(track.closes, year),
        usual,
        str(year),
        name=f"year_change.{year}",
    )
    with_sigma(roles, "year", pair)
    return measure.news("turn", roles)


def months(track: Track, upcoming: dt.date) -> News | None:
    """The completed months of the year that is told of.

    All their changes, the best, the worst and the last.

    That is the running year from its third completed month on, the year before until then.
    *upcoming* is the first session that is not over.
    """
    changes = seasons.completed_months(track.closes, upcoming)
    year = track.session.year
    if (changes.index.year == year).sum() < 3:
        year -= 1
    told = changes[changes.index.year == year]
    if len(told) < 3:
        return None
    measure = Measure.of(track)
    usual = volatility.of_periods(changes.iloc[:-1])
    pairs = {
        month: measure.change(
            "month_change", float(c), usual, str(month), name=f"month_change.{month}"
        )
        for month, c in told.items()
    }
    best, worst = seasons.best_and_worst(told)
    roles = {f"m{month.month:02d}": pair[0] for month, pair in pairs.items()}
    for role, month in (("best", best), ("worst", worst), ("last", told.index[-1])):
        with_sigma(roles, role, pairs[month])
    roles["best_of"] = measure.fact("best_month_of_year", str(best), Unit.DATE, str(year))
    roles["worst_of"] = measure.fact("worst_month_of_year", str(worst), Unit.DATE, str(year))
    return measure.news("months", roles)


def season(track: Track) -> News | None:
    """On the first session of a month, in how many of the last years that month has been a gain.

    None on others, or with few years.
    """
    month, closes = track.session.month, track.closes.iloc[:-1]
    if track.live or closes.index[-1].month == month:
        return None
    changes = returns.periods(closes, "M")
    same = changes[changes.index.month == month].iloc[-SEASONS:]
    if len(same) < LEAST_SEASONS:
        return None
    measure = Measure.of(track)
    roles = {
        "years": measure.fact(
            "month_history", len(same), Unit.COUNT, "years", name="month_history.years"
        ),
        "rising": measure.fact(
            "month_history", int((same > 0).sum()), Unit.COUNT, "years", name="month_history.rising"
        ),
        "mean": measure.fact(
            "month_history", float(same.mean()), Unit.FRACTION, "years", name="month_history.mean"
        ),
    }
    return measure.news("season", roles)


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
    place = closes.index.get_loc(pd.Timestamp(date))
    after = closes.iloc[: place + 2]
    measured_on = Measure(
        measure.key, measure.symbol, after.index[-1].date().isoformat(), measure.source
    )
    sigma = volatility.ewma(track.changes) * (len(closes) - 1 - place) ** 0.5
    high = closes.iloc[place:].max()
    roles = {
        "name": measure.fact("event", name, Unit.TEXT, "since-event", name="event"),
        "date": measure.fact("event", date, Unit.DATE, "since-event", name="event.date"),
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
    day_sigma = volatility.ewma(after.pct_change().dropna())
    with_sigma(
        roles,
        "next_day",
        measured_on.change(
            "pct_change", returns.day(after), day_sigma, "event-day", name="event.next_day"
        ),
    )
    _share_of_year(roles, measure, closes, date)
    return measure.news("event", roles)


def _share_of_year(
    roles: dict[str, Fact], measure: Measure, closes: pd.Series, date: dt.date
) -> None:
    """Add the share of the year's gain that came between the event and the year's high.

    Once the year is over.
    """
    year = closes[str(date.year)]
    if closes.index[-1].year == date.year:
        return
    base = returns.base_close(closes, dt.date(date.year, 1, 1))[1]
    high = drawdowns.record_high(year)
    gain, after = float(year.iloc[-1]) - base, high.level - float(closes[pd.Timestamp(date)])
    if high.session > date and gain > 0 and after > 0:
        roles["share"] = measure.fact(
            "share_of_gain", after / gain, Unit.FRACTION, "since-event", name="event.share_of_gain"
        )
        roles["share_high"] = measure.fact(
            "high_close", high.session, Unit.DATE, str(date.year), name="event.high_date"
        )
