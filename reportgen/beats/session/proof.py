"""Why a claim about the session is false: its dates, levels and changes."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise

from reportgen.verify.raw.exchange import ONE_DAY
from reportgen.verify.rows import Claim, Rows, equal, same

KINDS = ("session", "level", "pct_change", "point_change", "parameter", "volatility")
DECAY, LAST = 0.94, 500
"""RiskMetrics' decay for daily data, and the most changes that count."""
WEIGHTS = [DECAY**ago for ago in range(LAST)]
"""What each change counts, the newest first."""
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    kind, symbol = claim["kind"], claim["instrument"]
    if kind in JUDGES:
        return JUDGES[kind](claim, rows)
    if kind == "pct_change" and symbol.startswith("basket:"):
        return same(claim["value"], rows.median(symbol.removeprefix("basket:")))
    if kind == "pct_change" and rows.is_coin(symbol):
        return _coin(claim, rows)
    return _change(claim, rows)


def _nothing(_: Claim, __: Rows) -> None:
    """Nothing: a parameter is no figure of the market."""


def _session(claim: Claim, rows: Rows) -> str | None:
    """The dates of the session, of the one before and of the one to come."""
    owner, _, name = claim["fact"].partition(".")
    value = claim["value"]
    truth = {
        "session.prior": rows.previous,
        "date": rows.session if owner == "session" else None,
        "upcoming": rows.next,
    }
    if day := truth.get(name):
        return equal(value, day.isoformat())
    if name == "as_of":
        return equal(dt.datetime.fromisoformat(value), rows.at)
    if name in ("closed_on", "resumes"):
        return _closing(value, name, rows)
    if name == "session" and value > _latest(claim["instrument"], rows).isoformat():
        return "a later session"
    return None


def _latest(symbol: str, rows: Rows) -> dt.date:
    """The last day that a level of *symbol* can be of: the session, or that of the last rate."""
    if symbol in rows.raw.rates:
        return rows.known_rates(symbol)[0][-1]
    return rows.session


def _closing(value: str, name: str, rows: Rows) -> str | None:
    """The closed weekdays before the next session, and that session.

    Before an open, they are those between the session of that day and the next one.
    """
    start, end = rows.session, rows.next
    if rows.at.astimezone(rows.zone).date() == end:
        start, end = end, rows.exchange.after(end)
    if name == "resumes":
        return equal(value, end.isoformat())
    closed = start < dt.date.fromisoformat(value) < end
    return None if closed else "the exchange trades on that day"


def _level(claim: Claim, rows: Rows) -> str | None:
    """The last close; for a coin, that of the last whole UTC day, or its date."""
    if isinstance(claim["value"], str):
        return equal(
            claim["value"][:10],
            rows.closes(claim["instrument"])[0][-1].isoformat(),
        )
    if claim["window"] == "since-event":
        return same(
            claim["value"],
            rows.since_election(claim["instrument"])[1][0],
        )
    return same(claim["value"], rows.closes(claim["instrument"])[1][-1])


def _change(claim: Claim, rows: Rows) -> str | None:
    """The change of this session, the one before, a day, or a window."""
    symbol, window = claim["instrument"], claim["window"]
    days, values = rows.closes(symbol)
    if window == "prior-day":
        place = len(days) - 2
    elif window == "event-day":
        place = days.index(rows.election) + 1
    elif ISO_DAY.fullmatch(window):
        place = days.index(dt.date.fromisoformat(window))
    else:
        base = rows.base(symbol, window)
        points = claim["unit"] == "points"
        return same(
            claim["value"],
            values[-1] - base if points else values[-1] / base - 1,
        )
    return same(claim["value"], values[place] / values[place - 1] - 1)


def _usual(claim: Claim, rows: Rows) -> str | None:
    """The usual change of a day, by RiskMetrics (1996). That of a longer window is not judged."""
    symbol = claim["instrument"]
    daily = claim["fact"].endswith(".pct_change.sigma") and not rows.is_coin(symbol)
    if not daily or symbol.startswith("basket:"):
        return None
    closes = rows.closes(symbol)[1]
    if min(near := closes[-LAST - 2 :]) > 0:
        closes = near
    pairs = [(a, b) for a, b in pairwise(closes) if a > 0 and b > 0]  # oil has settled below zero
    past = [b / a - 1 for a, b in pairs][:-1][-LAST:]
    weights = WEIGHTS[: len(past)]
    squares = [weight * move**2 for weight, move in zip(weights, reversed(past), strict=True)]
    return same(claim["value"], (sum(squares) / sum(weights)) ** 0.5)


def _coin(claim: Claim, rows: Rows) -> str | None:
    """The change over the last whole UTC day, or up to the stock exchange's close."""
    symbol, window = claim["instrument"], claim["window"]
    if window not in ("since-close", "two-days"):
        _, values = rows.closes(symbol)
        return same(claim["value"], values[-1] / values[-2] - 1)
    base = rows.anchor
    if window == "two-days":
        base -= ONE_DAY
    last = rows.price_at(symbol, rows.at)
    return same(claim["value"], last / rows.price_at(symbol, base) - 1)


JUDGES = {"parameter": _nothing, "session": _session, "level": _level, "volatility": _usual}
"""What judges a kind of fact, where that does not hang on its instrument."""
