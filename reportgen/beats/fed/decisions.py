"""What the Fed decided on its target range: on a day, and over a window."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from reportgen.beats.measure import Measure, News
from reportgen.beats.spec import weights_of
from reportgen.core.errors import StaleData
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import DECISION, Market
from reportgen.markets import public_calendar
from reportgen.markets.calendar import STARTS
from reportgen.statistics import rates

WAYS = {-1: "cut", 0: "hold", 1: "increase"}
LONG_AGO = 150
"""Days after which a move is the first one since the last of its kind, without a turn between."""
SURE, LIKELY = 0.90, 0.50
"""From which chance on the eve an outcome was expected, and the likelier one."""
WEEK = 7
NEWEST = 63
"""Settlements among which that of the eve is looked for."""
DIVIDED = 2
"""From how many votes against it a decision is divided."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision on the target range, by the day on which it was announced."""

    day: dt.date
    change: float
    """A fraction: -0.0025 is a cut of 25 basis points, 0 a hold."""

    @property
    def way(self) -> str:
        """Its direction: "cut", "hold" or "increase"."""
        return WAYS[(self.change > 0) - (self.change < 0)]


def decided(market: Market) -> list[Decision]:
    """The decisions that were known at the moment, oldest first.

    Those of the meetings, and moves of the range that no meeting is listed for.

    Raises:
        StaleData: A meeting is over, and the range that it left is not in the data.
        NoData: The data have no target range, or the table of the meetings is wrong.
    """
    _, upper = (market.rate(series) for series in market.spec.target_range)
    ends = meeting_days(market, upper)
    moved = {
        announced(market, upper, change.effective): change.change
        for change in rates.range_changes(upper)
    }
    days = [day for day in sorted({*ends, *moved}) if told_at(day) <= market.moment.at]
    return [Decision(day, moved.get(day, 0.0)) for day in days]


def announced(market: Market, upper: pd.Series, effective: dt.date) -> dt.date:
    """The day on which a range was decided that is in *upper* from the day *effective* on.

    The last day of the meeting before that, which is most often the day before. Until 2016 the
    series has a new range on the day of its announcement itself.
    """
    before = upper[: pd.Timestamp(effective)].index[-2].date()
    ends = [end for _, end in market.snapshot.meetings]
    found = next((end for end in ends if before <= end < effective), None)
    if found is None and effective not in ends:
        return effective - dt.timedelta(days=1)
    return found or effective


def meeting_days(market: Market, upper: pd.Series) -> list[dt.date]:
    """The last days of the meetings that were over, after the first day of *upper*.

    Raises:
        StaleData: *upper* ends before the range that the last one of them left.
        NoData: The table of the meetings is wrong.
    """
    ends = [day for day in past_meetings(market) if day > upper.index[0].date()]
    newest = upper.index[-1].date()
    if ends and newest <= ends[-1]:
        series = market.spec.target_range[-1]
        raise StaleData(
            f"{series}: the newest value is of {newest}; what the Fed decided on {ends[-1]} is not"
            f" in the data. Bring them up to date: reportgen fetch {series}",
            subject=series,
        )
    return ends


def past_meetings(market: Market) -> list[dt.date]:
    """The last days of the listed meetings whose decisions were told by the moment."""
    market.meetings(market.moment.session)  # refuses a table that a check keeps out
    days = sorted(end for _, end in market.snapshot.meetings)
    return [day for day in days if told_at(day) <= market.moment.at]


def told_at(day: dt.date) -> dt.datetime:
    """When a decision of that *day* is announced."""
    return public_calendar().at_clock(day, DECISION)


def decision(market: Market) -> News | None:
    """What the Fed decided since the close before the session.

    None where it decided nothing, or announced it between the close and midnight.
    """
    moment, known = market.moment, decided(market)
    if not known:
        return None
    latest = known[-1]
    late = moment.closes < told_at(latest.day) and latest.day == moment.session
    if told_at(latest.day) <= moment.previous_closes or late:
        return None
    fed = _measure(market)
    roles = _step(fed, market, known)
    return fed.news("rate_decision", roles, _parts(latest, roles))


def decisions(market: Market, window: str) -> News | None:
    """What the Fed did over a week, month, quarter or year: its moves, their sum, the range.

    None where it decided nothing, or where the data begin within the window.
    """
    start = STARTS[window](market.moment.session)
    calendar = market.moment.calendar
    since = calendar.session_close(calendar.neighbours(start)[0])
    known = decided(market)
    inside = [one for one in known if told_at(one.day) > since]
    upper = market.rate(market.spec.target_range[-1])
    if not inside or upper.index[0].date() > since.date():
        return None
    fed = _measure(market)
    if len(inside) == 1:
        return fed.news("rate_decisions", _step(fed, market, known, window))
    moves = [one for one in inside if one.change]
    roles = _stands(fed, market)
    roles["meetings"] = fed.fact(
        "decisions", len(inside), Unit.COUNT, window, name="decisions.number"
    )
    if moves:
        total = math.fsum(one.change for one in moves)
        roles |= {
            "moves": fed.fact(
                "target_changes", len(moves), Unit.COUNT, window, name="decisions.moves"
            ),
            "total": fed.fact("target_change_bp", total, Unit.BP, window, name="decisions.total"),
            "last": fed.fact("decision", moves[-1].day, Unit.DATE, window, name="decisions.last"),
        }
    for way in ("cut", "increase") if len({one.way for one in moves}) > 1 else ():
        count = sum(one.way == way for one in moves)
        roles[f"{way}s"] = fed.fact(f"{way}s", count, Unit.COUNT, window, name=f"decisions.{way}s")
    return fed.news("rate_decisions", roles)


def _measure(market: Market) -> Measure:
    series = market.spec.target_range[-1]
    today = market.moment.at.date().isoformat()
    return Measure("fed", market.spec.futures, today, market.source(series))


def _stands(fed: Measure, market: Market) -> dict[str, Fact]:
    """The target range that is known."""
    found = {}
    for name, series in zip(("low", "high"), market.spec.target_range, strict=True):
        level = float(market.rate(series).iloc[-1])
        found[name] = fed.fact(
            "target_range", level, Unit.YIELD, "decision", name=f"decision.{name}"
        )
    return found


def _step(
    fed: Measure, market: Market, known: Sequence[Decision], window: str = "day"
) -> dict[str, Fact]:
    """The last of the *known* decisions, with what is rare about it and its odds on the eve."""
    latest = known[-1]

    def fact(kind: str, value: float | dt.date, unit: Unit, name: str) -> Fact:
        since = value.isoformat() if name == "since" and isinstance(value, dt.date) else None
        return fed.fact(kind, value, unit, "decision", name=f"decision.{name}", since=since)

    roles = _stands(fed, market)
    roles["change"] = fact("target_change_bp", latest.change, Unit.BP, "change")
    roles["decided"] = fact("decision", latest.day, Unit.DATE, "day")
    length = straight(market, known)
    if length and length > 1:
        roles["nth"] = fact(f"straight_{latest.way}s", length, Unit.COUNT, "nth")
    since = first_since(known) if roles.keys().isdisjoint({"nth"}) else None
    if since:
        roles["since"] = fact(f"last_{latest.way}", since, Unit.DATE, "since")
    ended = straight(market, known[:-1])
    if not latest.change and length == 1 and ended and ended > 1:
        roles["ended"] = fact(f"straight_{known[-2].way}s", ended, Unit.COUNT, "ended")
    if unscheduled(market, latest.day):
        roles["unscheduled"] = fact("decision_unscheduled", latest.day, Unit.DATE, "unscheduled")
    elif window in ("day", "week") and (eve := _eve(market, latest)):
        marked, chance = eve
        roles["odds"] = fact("decision_odds", chance, Unit.PROBABILITY, "odds")
        roles["marked"] = fact("decision_odds", marked, Unit.DATE, "odds.date")
    if told := market.snapshot.votes.get(latest.day):
        counts = {"voters": told.voters, "votes_against": told.against}
        counts |= {} if told.higher is None else {"prefer_higher": told.higher}
        counts |= {} if told.lower is None else {"prefer_lower": told.lower}
        roles |= {kind: fact(kind, count, Unit.COUNT, kind) for kind, count in counts.items()}
    return roles


def _parts(latest: Decision, roles: dict[str, Fact]) -> dict[str, float]:
    """What the decision weighs: a hold leads only where it was not expected."""
    worth = weights_of("fed")
    parts = {"decision": worth["move" if latest.change else "hold"]}
    if "odds" in roles:
        chance = roles["odds"].number
        below = worth["unexpected"] if chance < LIKELY else worth["open"]
        parts["surprise"] = below if chance < SURE else 0.0
    if "since" in roles and latest.change:
        parts["turn"] = worth["turn"]
    if "unscheduled" in roles:
        parts["rare"] = worth["rare"]
    if "votes_against" in roles and roles["votes_against"].number >= DIVIDED:
        parts["split"] = worth["split"]
    return parts


def straight(market: Market, known: Sequence[Decision]) -> int | None:
    """How many of the *known* decisions to the last one went the same way.

    None where the one that went another way is not known: the data or the table of the meetings
    begin too late.
    """
    listed = market.snapshot.meetings
    for length, one in enumerate(reversed(known)):
        if one.way != known[-1].way:
            return length if listed and one.day >= listed[0][1] else None
    return None


def first_since(known: Sequence[Decision]) -> dt.date | None:
    """The day of the move that the last of the *known* decisions is the first one since.

    None where it is no move, where there was none of its kind before, and where that one was
    lately, without a move the other way between.
    """
    latest = known[-1]
    moves = [one for one in known[:-1] if one.change]
    alike = [one.day for one in moves if one.way == latest.way]
    if not latest.change or not alike:
        return None
    turned = moves[-1].way != latest.way
    return alike[-1] if turned or (latest.day - alike[-1]).days > LONG_AGO else None


def unscheduled(market: Market, day: dt.date) -> bool:
    """Whether the decision of that *day* was not on the schedule, as far as that is known."""
    ends = [end for _, end in market.snapshot.meetings]
    if day in market.snapshot.unscheduled:
        return True
    return bool(ends) and day not in ends and ends[0] <= day <= ends[-1]


def _eve(market: Market, latest: Decision) -> tuple[dt.date, float] | None:
    """The day of the last settlements before a decision, and the chance that they gave it."""
    before = [curve for curve in market.curves(NEWEST) if curve[0] < latest.day]
    if not before or (latest.day - before[-1][0]).days > WEEK:
        return None
    marked, prices = before[-1]
    first = marked.replace(day=1)
    ends = [end for _, end in market.snapshot.meetings if end >= first]
    over = sum(end < latest.day for end in ends)
    table = rates.fedwatch(prices, ends, over).get(latest.day)
    if not table:
        return None
    return marked, table.get(round(latest.change * 100 / rates.STEP), 0.0)
