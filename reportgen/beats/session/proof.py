"""Why a claim about the session is false: its dates, levels and changes."""

from __future__ import annotations

import datetime as dt
import re

from reportgen.verify.rows import ONE_DAY, Claim, Rows, equal, same

KINDS = ("session", "level", "pct_change", "point_change", "parameter")
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    kind = claim["kind"]
    if kind == "parameter":  # no figure of the market
        return None
    if kind == "session":
        return _session(claim, rows)
    if kind == "level":
        return _level(claim, rows)
    symbol = claim["instrument"]
    if kind == "pct_change" and symbol.startswith("basket:"):
        return same(claim["value"], rows.median(symbol.removeprefix("basket:")))
    if kind == "pct_change" and rows.around_the_clock(symbol):
        return _coin(claim, rows)
    return _change(claim, rows)


def _session(claim: Claim, rows: Rows) -> str | None:
    """The dates of the session, of the one before and of the one to come."""
    name = claim["fact"].partition(".")[2]
    if name == "session.prior":
        return equal(claim["value"], rows.previous.isoformat())
    if name in ("date", "session") and claim["fact"].startswith("session"):
        return equal(claim["value"], rows.session.isoformat())
    if name == "session":
        past = claim["value"] <= rows.session.isoformat()
        return None if past else "a later session"
    if name == "upcoming" and rows.next is not None:
        return equal(claim["value"], rows.next.isoformat())
    return None


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


def _coin(claim: Claim, rows: Rows) -> str | None:
    """The change over the last whole UTC day, or up to the stock exchange's close."""
    symbol, window = claim["instrument"], claim["window"]
    if window not in ("since-close", "two-days"):
        _, values = rows.closes(symbol)
        return same(claim["value"], values[-1] / values[-2] - 1)
    base = rows.close_of(rows.previous)
    if window == "two-days":
        base -= ONE_DAY
    last = rows.price_at(symbol, rows.close_of(rows.session))
    return same(claim["value"], last / rows.price_at(symbol, base) - 1)
