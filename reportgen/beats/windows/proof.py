"""Why a claim about a week, a month, a quarter or a year is false."""

from __future__ import annotations

import bisect
import datetime as dt
import math
import re
import statistics
from collections.abc import Sequence
from itertools import pairwise

from reportgen.verify.rows import (
    Claim,
    Rows,
    before,
    day_moves,
    equal,
    moves,
    rests_on,
    run_of,
    same,
    start_of,
    whole_moves,
)

PERIODS = ("week", "month", "quarter", "year")
CHANGES = (
    *(f"{window}_change" for window in PERIODS),
    "ytd_change",
    "period_change",
)
SINCE = (
    *(f"best_{window}_since" for window in PERIODS),
    *(f"worst_{window}_since" for window in PERIODS),
)
OF_YEAR = (
    "best_week_of_year",
    "best_month_of_year",
    "worst_week_of_year",
    "worst_month_of_year",
)
DAYS = (
    *(f"best_day_of_{window}" for window in ("week", "month", "year")),
    *(f"worst_day_of_{window}" for window in ("week", "month", "year")),
)
SESSIONS = ("sessions", "sessions_rising", "sessions_falling")
TURNS = ("low_of_window", "high_of_window")
NAMED = ("best_named_quarter_since", "worst_named_quarter_since")
RUNS = tuple(f"longest_{window}_run_since" for window in PERIODS)
MEASURES = ("moving_average", "average_gap", "realised_volatility", "rsi")
KINDS = (*CHANGES, *SINCE, *NAMED, *RUNS, *OF_YEAR, *DAYS, *SESSIONS, *TURNS, *MEASURES)
YEAR = 252
"""Sessions by which a volatility is annualised."""
ISO_DAY, ISO_MONTH = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d")


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    kind = claim["kind"]
    named = kind == "month_change" and claim["unit"] == "date"
    if named:  # the name of a month in a table
        return None
    for kinds, wrong in (
        (CHANGES, _change),
        (SINCE, _since),
        (NAMED, _since_its_name),
        (RUNS, _as_long),
        (OF_YEAR, _of_year),
        (TURNS, _turn),
        (DAYS, _extreme_day),
        (MEASURES, _measure),
    ):
        if kind in kinds:
            return wrong(claim, rows)
    return _sessions(claim, rows)


def _measure(claim: Claim, rows: Rows) -> str | None:
    """A statistic over the last sessions, as many as its window says."""
    count = int(claim["window"].removesuffix("-sessions"))
    _, values = rows.closes(claim["instrument"])
    if len(values) <= count:
        return f"the rows have {len(values)} sessions, and {count} are told of"
    kind = claim["kind"]
    mean = math.fsum(values[-count:]) / count
    if kind == "moving_average":
        return same(claim["value"], mean)
    if kind == "average_gap":
        return same(claim["value"], (values[-1] - mean) / mean)
    if kind == "realised_volatility":
        logs = [math.log(b) - math.log(a) for a, b in pairwise(values[-count - 1 :])]
        return same(claim["value"], statistics.stdev(logs) * math.sqrt(YEAR))
    return same(claim["value"], _wilder([b - a for a, b in pairwise(values)], count))


def _wilder(moves: Sequence[float], count: int) -> float:
    """The relative strength index by Wilder's running sums of gains and losses."""
    gain = math.fsum(move for move in moves[:count] if move > 0)
    loss = -math.fsum(move for move in moves[:count] if move < 0)
    for move in moves[count:]:
        gain += max(move, 0.0) - gain / count
        loss += max(-move, 0.0) - loss / count
    return 50.0 if gain == loss else 100.0 * gain / (gain + loss)


def _change(claim: Claim, rows: Rows) -> str | None:
    """The change of a window up to the session, or of a named month or year."""
    symbol, window, value = claim["instrument"], claim["window"], claim["value"]
    days, values = rows.closes(symbol)
    if window == "prior-day" or ISO_DAY.fullmatch(window):
        place = len(days) - 2
        if window != "prior-day":
            place = days.index(dt.date.fromisoformat(window))
        return same(value, values[place] / values[place - 1] - 1)
    if window == "prior-month":
        end = bisect.bisect_left(days, start_of("month", rows.session))
        return same(value, moves(days[:end], values[:end], "month")[-1][1])
    if ISO_MONTH.fullmatch(window):
        months = moves(days, values, "month")
        return same(
            value,
            next(move for day, move in months if f"{day:%Y-%m}" == window),
        )
    if window.isdigit():
        first, following = (dt.date(int(window) + more, 1, 1) for more in (0, 1))
        return same(
            value,
            before(days, values, following) / before(days, values, first) - 1,
        )
    if window == "since-event":
        _, after = rows.since_election(symbol)
        last = max(after) if claim["fact"].endswith(".peak") else after[-1]
        return same(value, last / after[0] - 1)
    base = rows.base(symbol, window)
    last = values[-2] if claim["fact"].endswith(".before") else values[-1]
    return same(
        value,
        last - base if claim["unit"] == "points" else last / base - 1,
    )


def _since(claim: Claim, rows: Rows) -> str | None:
    """The last earlier week, month, quarter or year as good or as bad."""
    side, window, _ = claim["kind"].split("_")
    good = side == "best"
    *history, (_, last) = moves(*rows.closes(claim["instrument"]), window)
    start = start_of(window, rows.session)
    if start_of(window, rows.upcoming) == start:
        return f"the {window} is not over"
    if (last > 0) != good:
        return "it went the other way"
    for place, (day, move) in reversed(list(enumerate(history))):
        if (move >= last) if good else (move <= last):
            month = f"{start_of(window, day):%Y-%m}"
            named = day.isoformat() if window == "week" else month
            between = [one for _, one in history[place + 1 :]]
            return equal(claim["value"], named) or rests_on(claim, last, move, between)
    return "the series holds none as large: no date can be named"


def _since_its_name(claim: Claim, rows: Rows) -> str | None:
    """The last quarter of the same place in its year that was as good or as bad."""
    *history, (_, last) = moves(*rows.closes(claim["instrument"]), "quarter")
    start = start_of("quarter", rows.session)
    if start_of("quarter", rows.upcoming) == start:
        return "the quarter is not over"
    good = claim["kind"].startswith("best")
    if (last > 0) != good or not last:
        return "it went the other way"
    known = {start_of("quarter", day): move for day, move in history}
    for year in range(start.year - 1, 0, -1):
        move = known.get(start.replace(year=year))
        if move is None:
            return "the series holds none as large without a gap: no date can be named"
        if (move >= last) if good else (move <= last):
            return equal(claim["value"], f"{year}-{start:%m}")
    return "the series holds none as large: no date can be named"


def _as_long(claim: Claim, rows: Rows) -> str | None:
    """The end of the last run of weeks, months, quarters or years that was as long."""
    window = claim["kind"].split("_")[1]
    symbol = claim["instrument"]
    found = whole_moves(rows, symbol, *rows.closes(symbol), window)
    length = run_of([move for _, move in found])
    for end in range(len(found) - abs(length) - 1, abs(length) - 2, -1):
        before = [move for _, move in found[end + 1 - abs(length) : end + 1]]
        if all(move * length > 0 for move in before):
            day = found[end][0]
            named = day.isoformat() if window == "week" else f"{start_of(window, day):%Y-%m}"
            return equal(claim["value"], named)
    return "no run was as long: no date can be named"


def _of_year(claim: Claim, rows: Rows) -> str | None:
    """The best or worst week or month of its year, or of the year in the window.

    Of the month before this one, where the claim is about that.
    """
    side, window = claim["kind"].split("_")[:2]
    good = side == "best"
    days, values = rows.closes(claim["instrument"])
    if claim["window"] == "prior-month":
        end = bisect.bisect_left(days, start_of("month", rows.session))
        days, values = days[:end], values[:end]
    if claim["window"].isdigit():  # which month of that year it was
        found = moves(days, values, window)
        if start_of(window, rows.upcoming) == start_of(window, rows.session):
            found = found[:-1]  # the running one is not over
        year = int(claim["window"])
        own = (one for one in found if one[0].year == year)
        named = {move: f"{day:%Y-%m}" for day, move in own}
        return equal(claim["value"], named[max(named) if good else min(named)])
    year = days[-1].year
    found = moves(days, values, window)
    *others, last = (move for day, move in found if day.year == year)
    first = last > max(others) if good else last < min(others)
    wrong = equal(claim["value"], str(year))
    return wrong or (None if first else "another was further")


def _extreme_day(claim: Claim, rows: Rows) -> str | None:
    """The best or the worst session of the window."""
    found = _of_window(claim, rows)
    best = claim["kind"].startswith("best")
    extreme = (max if best else min)(move for _, move in found)
    return equal(
        claim["value"],
        next(d for d, move in found if move == extreme).isoformat(),
    )


def _turn(claim: Claim, rows: Rows) -> str | None:
    """The lowest or highest close of the window, against the one before it, and its day."""
    days, values = rows.closes(claim["instrument"])
    start = start_of(claim["window"], rows.session)
    own = [(value, day) for day, value in zip(days, values, strict=True) if day >= start]
    low = claim["kind"].startswith("low")
    value, day = min(own) if low else max(own, key=lambda one: one[0])
    if claim["unit"] == "date":
        return equal(claim["value"], day.isoformat())
    return same(claim["value"], value / before(days, values, start) - 1)


def _sessions(claim: Claim, rows: Rows) -> str | None:
    """The number of sessions in the window, or of those that rose or fell."""
    found = [move for _, move in _of_window(claim, rows)]
    truth = {
        "sessions": len(found),
        "sessions_rising": sum(move > 0 for move in found),
        "sessions_falling": sum(move < 0 for move in found),
    }
    return equal(claim["value"], truth[claim["kind"]])


def _of_window(claim: Claim, rows: Rows) -> list[tuple[dt.date, float]]:
    """The change of every session of the window, with its day."""
    start = start_of(claim["window"], rows.session)
    found = day_moves(*rows.closes(claim["instrument"]))
    return [(day, move) for day, move in found if day >= start]
