"""One index against another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from reportgen.beats.measure import (
    Measure,
    News,
    size,
    surprise,
    usual_year,
    with_sigma,
)
from reportgen.beats.reach import LEAST_MOVE, PLACES, Course, Extreme
from reportgen.beats.scene import Scene
from reportgen.beats.spec import weights_of
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Track
from reportgen.statistics import drawdowns, extremes, returns, streaks, volatility
from reportgen.statistics.extremes import Farthest

LEAST_RUN = 8
"""Sessions in a row on which one did better than the other that are worth saying."""
APART, UNUSUAL = 0.02, 3.0
"""The gap, a fraction, with which two indexes that went opposite ways lead.

Or where it is large, so many usual ones.
"""
LARGE_GAP, RARE_GAP = 0.01, 5.0
"""The gap, a fraction, and its rarity, in bits, from which it is large.

The rarity of a smaller gap counts by half.
"""


def spread(track: Track, other: Track) -> News | None:
    """The day's change against *other*'s, and how rare and how unusual the gap is.

    Never across sessions.
    """
    if track.session != other.session:
        return None
    own, theirs = track.changes.align(other.changes, join="inner")
    gap = own - theirs
    mine, rival = Measure.of(track), Measure.of(other)
    roles = {
        "gap": mine.fact(
            "outperform",
            float(gap.iloc[-1]),
            Unit.PP,
            "day",
            name=f"outperform.{rival.key}",
        )
    }
    with_sigma(
        roles,
        "own",
        mine.change(
            "pct_change",
            float(own.iloc[-1]),
            volatility.ewma(track.changes),
        ),
    )
    with_sigma(
        roles,
        "other",
        rival.change(
            "pct_change",
            float(theirs.iloc[-1]),
            volatility.ewma(other.changes),
        ),
    )
    opposite = float(own.iloc[-1]) * float(theirs.iloc[-1]) < 0
    roles |= _widest(mine, rival, track, other)
    last, rare = float(gap.iloc[-1]), surprise(gap)
    kind = "outperform" if last > 0 else "underperform"
    apart = weights_of("relative")["apart"] if opposite and _large(last, rare) else 0.0
    return mine.news(
        kind,
        roles,
        {
            "surprise": rare if abs(last) >= LARGE_GAP else rare / 2,
            "size": size(last, volatility.ewma(gap)),
            "apart": apart,
        },
    )


def _large(gap: float, rare: float) -> bool:
    """Whether a *gap* is news by its size, and by its rarity in bits."""
    return abs(gap) >= LARGE_GAP and rare >= RARE_GAP


def _widest(mine: Measure, rival: Measure, track: Track, other: Track) -> dict[str, Fact]:
    """The role "extreme": when the gap of a day was last as wide, if that is long ago."""
    whole = [Course.of(one) for one in (track, other)]
    gaps, found = _gaps(*whole)
    if found is not None and not (track.live or other.live):
        whole = [one.unbroken() for one in whole]
        gaps, found = _gaps(*whole)
    if found is None or track.live or other.live:
        return {}
    since = gaps.index[found.place].date().isoformat()
    extreme = Extreme(name="widest_gap", since=since, found=found)
    return {"extreme": extreme.fact(mine, whole[0], rival.key)}


def _gaps(own: Course, other: Course) -> tuple[pd.Series, Farthest | None]:
    """The size of the gap by day, and how far back it was as wide, if that is long ago."""
    mine, theirs = own.moves("day").align(other.moves("day"), join="inner")
    gaps = (mine - theirs).abs().round(PLACES)
    found = extremes.farthest(gaps, above=True)
    far = found is not None and found.place >= 0 and found.steps >= LEAST_MOVE
    return gaps, found if far else None


def run(track: Track, other: Track) -> News | None:
    """Sessions in a row on which one index beat or trailed *other*; None if there are few."""
    if track.session != other.session or track.live or other.live:
        return None
    own, theirs = track.changes.align(other.changes, join="inner")
    gaps = own - theirs
    length = streaks.streak(gaps)
    if abs(length) < LEAST_RUN:
        return None
    mine, rival = Measure.of(track), Measure.of(other)
    kind = "ahead_in_a_row" if length > 0 else "behind_in_a_row"
    roles = {
        "run": mine.fact(kind, abs(length), Unit.COUNT, "day", name=f"{kind}.{rival.key}"),
        "other": rival.fact("session", other.session, Unit.DATE),
        "gap": mine.fact(
            "outperform",
            float(gaps.iloc[-1]),
            Unit.PP,
            name=f"outperform.{rival.key}",
        ),
    }
    return mine.news(
        "run_ahead", roles, {"length": weights_of("relative")["run"] + abs(length) - LEAST_RUN}
    )


def behind(track: Track, other: Track) -> News:
    """Last year and this year so far against *other*.

    Both returns and the gap in percentage points.
    """
    mine, rival = Measure.of(track), Measure.of(other)
    # Where the other one has no price of a running session, the two are compared before it.
    alike = track.live == other.live
    gaps = mine if alike else Measure.at(track, other.as_of)
    then = track.closes if alike else track.closes[: pd.Timestamp(other.session)]
    year = track.session.year - 1
    own, theirs = (returns.calendar_year(t.closes, year) for t in (track, other))
    usual = [usual_year(t, year) for t in (track, other)]
    roles = {
        "year_gap": gaps.fact(
            "outperform",
            own - theirs,
            Unit.PP,
            str(year),
            name=f"outperform.{rival.key}.{year}",
        )
    }
    with_sigma(
        roles,
        "year",
        mine.change(
            "year_change",
            own,
            usual[0],
            str(year),
            name=f"year_change.{year}",
        ),
    )
    with_sigma(
        roles,
        "other_year",
        rival.change(
            "year_change",
            theirs,
            usual[1],
            str(year),
            name=f"year_change.{year}",
        ),
    )
    own_ytd = returns.to_date(track.closes, "year")
    their_ytd = returns.to_date(other.closes, "year")
    roles["ytd"] = mine.fact("ytd_change", own_ytd, Unit.FRACTION, "ytd")
    roles["other_ytd"] = rival.fact(
        "ytd_change",
        their_ytd,
        Unit.FRACTION,
        "ytd",
    )
    own_then = returns.to_date(then, "year")
    roles["ytd_gap"] = gaps.fact(
        "outperform",
        own_then - their_ytd,
        Unit.PP,
        "ytd",
        name=f"outperform.{rival.key}.ytd",
    )
    both = (1 + own) * (1 + own_then) - (1 + theirs) * (1 + their_ytd)
    roles["two_year_gap"] = gaps.fact(
        "outperform",
        both,
        Unit.PP,
        f"{year}-ytd",
        name=f"outperform.{rival.key}.two_years",
    )
    if other.whole_year:
        roles["other_drawdown"] = rival.fact(
            "drawdown_from_high",
            drawdowns.drawdown(other.closes),
            Unit.FRACTION,
            "since-high",
        )
        high = drawdowns.high_52_weeks(other.closes)
        roles["other_high_date"] = rival.fact(
            "high_close",
            high.session,
            Unit.DATE,
            "52-weeks",
            name="high_close.date",
        )
    if track.whole_year:
        roles["own_drawdown"] = mine.fact(
            "drawdown_from_high",
            drawdowns.drawdown(track.closes),
            Unit.FRACTION,
            "since-high",
        )
    sigma = volatility.ewma(other.changes)
    with_sigma(
        roles,
        "other_day",
        rival.change("pct_change", returns.day(other.closes), sigma),
    )
    roles["other_session"] = rival.fact(
        "session",
        other.session,
        Unit.DATE,
        "day",
    )
    return mine.news("behind", roles)


def of_two(track: Track, other: Track) -> News | None:
    """How far one index parted from *other*, if that is news."""
    found = spread(track, other)
    if found is None:
        return None
    opposite = found.role("own").number * found.role("other").number < 0
    gap, parts = found.role("gap").number, found.finding.parts
    unusual = parts["size"] >= UNUSUAL / 2 and _large(gap, parts["surprise"])
    leads = unusual or (opposite and abs(gap) >= APART)
    return replace(found, weight=weights_of("relative")["between"]).beside(unless=leads)


def detect(scene: Scene) -> Iterator[News | None]:
    """Each index that the market compares with its lead index, and that one."""
    for other in scene.compared if scene.tracks else ():
        yield of_two(other, scene.tracks[0])
        if found := run(other, scene.tracks[0]):
            yield replace(found, weight=weights_of("relative")["between"])
