"""Years and months as a longer view."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from reportgen.beats.measure import Measure, News, size, usual_year, with_sigma
from reportgen.beats.reach import Course, Extreme
from reportgen.beats.scene import Scene
from reportgen.beats.spec import weights_of
from reportgen.core.facts import Unit
from reportgen.datasets.market import Track
from reportgen.markets.spec import NamedDay
from reportgen.statistics import extremes, returns, seasons, volatility
from reportgen.statistics.indexes import periods, sessions

SEASONS, LEAST_SEASONS = 20, 10
"""Years that the season of a month is judged by, and the fewest that will do."""
LEAST_OF_DAY = 0.01
"""The least move of a day with a name that is news."""


def turn(track: Track) -> News:
    """Last year's price return and this year's so far."""
    measure = Measure.of(track)
    year = track.session.year - 1
    usual = usual_year(track, year)
    roles = {
        "ytd": measure.fact(
            "ytd_change",
            returns.to_date(track.closes, "year"),
            Unit.FRACTION,
            "ytd",
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
    """The completed months of the year that a report is about.

    All their changes, the best, the worst and the last.

    That is the running year from its third completed month on, the year before
    until then. *upcoming* is the first session that is not over.
    """
    changes = seasons.completed_months(track.closes, upcoming)
    year = track.session.year
    if (periods(changes).year == year).sum() < 3:
        year -= 1
    told = changes[periods(changes).year == year]
    if len(told) < 3:
        return None
    measure = Measure.of(track)
    usual = volatility.of_periods(changes.iloc[:-1])
    pairs = {}
    for month, change in zip(periods(told), told, strict=True):
        pairs[month] = measure.change(
            "month_change",
            float(change),
            usual,
            str(month),
            name=f"month_change.{month}",
        )
    best, worst = seasons.best_and_worst(told)
    roles = {f"m{month.month:02d}": pair[0] for month, pair in pairs.items()}
    last = told.index[-1]
    for role, month in (("best", best), ("worst", worst), ("last", last)):
        with_sigma(roles, role, pairs[month])
    roles["best_of"] = measure.fact(
        "best_month_of_year",
        str(best),
        Unit.DATE,
        str(year),
    )
    roles["worst_of"] = measure.fact(
        "worst_month_of_year",
        str(worst),
        Unit.DATE,
        str(year),
    )
    return measure.news("months", roles)


def season(track: Track) -> News | None:
    """How often the month that begins was a gain in the last years.

    None on other sessions than a month's first, or with few years.
    """
    month, closes = track.session.month, track.closes.iloc[:-1]
    if track.live or closes.index[-1].month == month:
        return None
    changes = returns.periods(closes, "M")
    same = changes[periods(changes).month == month].iloc[-SEASONS:]
    if len(same) < LEAST_SEASONS:
        return None
    measure = Measure.of(track)
    roles = {
        "years": measure.fact(
            "month_history",
            len(same),
            Unit.COUNT,
            "years",
            name="month_history.years",
        ),
        "rising": measure.fact(
            "month_history",
            int((same > 0).sum()),
            Unit.COUNT,
            "years",
            name="month_history.rising",
        ),
        "mean": measure.fact(
            "month_history",
            float(same.mean()),
            Unit.FRACTION,
            "years",
            name="month_history.mean",
        ),
    }
    return measure.news("season", roles)


def named_day(track: Track) -> News | None:
    """The best or the worst one of all years of a day that has a name.

    None on other days, after a small move, and with few years.
    """
    day = next((one for one in track.market.days if _is(one, track.session)), None)
    change = float(track.changes.iloc[-1])
    if day is None or track.live or abs(change) < LEAST_OF_DAY:
        return None
    course = Course.of(track).unbroken()
    moves = course.moves("day")
    dates = sessions(moves)
    alike = moves[(dates.month == day.month) & (dates.day == day.day)]
    found = extremes.farthest(alike, above=change > 0)
    if found is None or found.place >= 0 or len(alike) <= LEAST_SEASONS:
        return None
    measure = Measure.of(track)
    name = "best_named_day" if change > 0 else "worst_named_day"
    fact = Extreme(name=name, found=found).fact(measure, course)
    roles = {"extreme": fact, "name": measure.fact("day_name", day.name, Unit.TEXT)}
    sigma = volatility.ewma(track.changes)
    with_sigma(roles, "change", measure.change("pct_change", change, sigma))
    return measure.news(
        "named_day",
        roles,
        {"threshold": weights_of("seasons")["named_day"], "size": size(change, sigma)},
    )


def _is(day: NamedDay, session: dt.date) -> bool:
    return (session.month, session.day) == (day.month, day.day)


def detect(scene: Scene) -> Iterator[News | None]:
    """How the month that begins, or the day, has gone in other years, for the lead index."""
    if scene.tracks:
        yield season(scene.tracks[0])
        yield named_day(scene.tracks[0])
