"""What a finding weighs where a report tells of several indexes.

The judgement of a markets desk, in numbers.

A finding that may lead keeps its score, times what its index means to readers. One that may not is
held below the least that the market as one scores, so that a plain day is led by its direction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pandas as pd

from reportgen.core.facts import Fact
from reportgen.datasets.market import Track
from reportgen.news.comparison import spread
from reportgen.news.day import broken, day, eve, streak, superlative
from reportgen.news.measure import News
from reportgen.news.records import below, milestone, record, standing_record
from reportgen.news.reversal import reversal
from reportgen.news.thresholds import threshold
from reportgen.news.windows import PERIODS, before, far, so_far, wrap
from reportgen.statistics import drawdowns

BETWEEN = 0.9
"""What two indexes that part ways mean to readers.

It is news of the market, whichever of them is the smaller.
"""
ASIDE = 4.5
"""The most that a finding scores which is told but does not lead."""
LARGE_MOVE, RARE_MOVE, LONG_AGO = 0.02, 0.012, 60
"""The size of a move with which a superlative leads.

Or a smaller one, if the last as large was this many sessions ago.
"""
PRESSING = 1.5
"""What a superlative that may lead gains by it."""
CLOSE, QUIET = -0.002, 0.005
"""How near to its record the first index must be to lead with it on a quiet day."""
LONG_RUN = 7
"""Sessions of a run that leads."""
Facts = Mapping[str, Fact]


def of_index(track: Track) -> Iterator[News | None]:
    """All that may be worth telling of one index among several."""
    yield day(track).weighed(
        0.0
    )  # every index's figures are told; whether they lead is for the market as one
    yield eve(track) if track.leads else None
    line = line_of(track)
    rest = (streak(track), broken(track), superlative(track), far(track), reversal(track))
    for found in (record(track), below(track), milestone(track), line, *rest):
        yield judged(found, track) if found else None


def line_of(track: Track) -> News | None:
    """Where an index stands against a correction or a bear market, as it is told.

    None where that is no news or would mislead.

    Passed once more in the same fall, or left on the way up, a line is a state; only the first
    index comes near one. There is no state where the record is older than the high of a year, for a
    brief has one high for an index, and no correction on the way up from a bear market.
    """
    line = threshold(track)
    kind = line.finding.kind if line else ""
    again = line is not None and "again" in line.finding.parts
    if again and not kind.startswith("near_"):
        kind = f"in_{kind}"
    if kind == "left_bear_market" or (kind == "near_bear_market" and (again or not track.leads)):
        kind = "in_correction"
    if line is None or kind == "left_correction" or (again and kind.startswith("near_")):
        return None
    if kind.startswith("in_") and (
        _older_record(track)
        or (kind == "in_correction" and _deepest(track) <= drawdowns.BEAR_MARKET)
    ):
        return None
    return (
        line
        if kind == line.finding.kind
        else replace(line, finding=replace(line.finding, kind=kind)).weighed(0.0)
    )


def _older_record(track: Track) -> bool:
    """Whether the record is older than the high of a year."""
    return (
        track.record_start
        and standing_record(track).session < drawdowns.high_52_weeks(track.closes).session
    )


def _deepest(track: Track) -> float:
    """The deepest that the index has been below its high of a year since that high, a fraction."""
    high = drawdowns.high_52_weeks(track.closes)
    return (
        float(track.closes[track.closes.index >= pd.Timestamp(high.session)].min()) / high.level - 1
    )


def of_two(track: Track, other: Track) -> News | None:
    """How far one index parted from *other*, if that is news."""
    found = spread(track, other)
    return judged(found, track, BETWEEN) if found else None


def of_windows(track: Track, upcoming: dt.date) -> Iterator[News | None]:
    """Where an index stands in its windows, and those that end, or just ended, here."""
    yield so_far(track)
    yield before(track)
    ended = [found for window in reversed(PERIODS) if (found := wrap(track, window, upcoming))]
    for place, found in enumerate(
        ended
    ):  # the longest one may lead, what ended with it goes beside it
        yield aside(judged(found, track)) if place else judged(found, track)


def judged(found: News, track: Track, weight: float | None = None) -> News:
    """*found* with the score that the weight of its index, or *weight*, leaves it."""
    weighed = found.weighed(track.rank.weight if weight is None else weight)
    if may_lead(found, track):
        return weighed.weighed(PRESSING) if "since" in found.finding.facts else weighed
    return aside(weighed)


def aside(found: News) -> News:
    """*found* with a score that does not lead."""
    return found if found.finding.score <= ASIDE else found.weighed(ASIDE / found.finding.score)


def may_lead(found: News, track: Track) -> bool:
    """Whether such a finding leads a recap at all."""
    rule = LEADS.get(found.finding.kind)
    facts = {
        role: next(f for f in found.facts if f.id == id) for role, id in found.finding.facts.items()
    }
    return bool(rule and rule(facts, track))


def _rare(facts: Facts, track: Track) -> bool:
    """A superlative of a large move, or of one that was last as large long ago."""
    gap, move = len(track.closes[str(facts["since"].value) :]) - 1, abs(facts["change"].number)
    return (
        move >= LARGE_MOVE
        or (gap >= LONG_AGO and move >= RARE_MOVE)
        or (gap >= LONG_AGO / 2 and move >= 1.25 * RARE_MOVE)
    )


def _near(facts: Facts, track: Track) -> bool:
    """A close right below the record on a day with little else."""
    return (
        track.leads
        and facts["distance"].number >= CLOSE
        and abs(float(track.changes.iloc[-1])) < QUIET
    )


def _record(facts: Facts, track: Track) -> bool:
    """A record of the first index, or one of another after a long wait."""
    return track.leads or len(track.closes[str(facts["record_date"].value) :]) > LONG_AGO


def _apart(facts: Facts, _: Track) -> bool:
    """Two indexes that went opposite ways, far from each other."""
    return (
        facts["own"].number * facts["other"].number < 0 and abs(facts["gap"].number) >= LARGE_MOVE
    )


def _turned(facts: Facts, track: Track) -> bool:
    """A session of the first index that ended on the other side of the close before."""
    return track.leads and facts["reach"].number * facts["change"].number <= 0


LEADS: Mapping[str, Callable[[Facts, Track], bool]] = {
    **dict.fromkeys(("best_day_since", "worst_day_since"), _rare),
    **dict.fromkeys(("correction", "bear_market", "milestone"), lambda _, __: True),
    **dict.fromkeys(
        ("streak_up", "streak_down"), lambda facts, _: facts["length"].number >= LONG_RUN
    ),
    **dict.fromkeys(("outperform", "underperform"), _apart),
    **dict.fromkeys(("reversal_up", "reversal_down"), _turned),
    **dict.fromkeys(("month_wrap", "quarter_wrap", "year_wrap"), lambda _, track: track.leads),
    "week_wrap": lambda facts, track: track.leads and ("since" in facts or "of_year" in facts),
    "near_record": _near,
    "record_close": _record,
}
"""What may lead, by kind, and under which condition."""
