"""Why a claim about the day that begins is false."""

from __future__ import annotations

import datetime as dt

from reportgen.verify.raw.exchange import ONE_DAY
from reportgen.verify.rows import Claim, Rows, equal, same

KINDS = (
    "day_ahead",
    "due",
    "future_session",
    "future_settled",
    "future_change",
    "future_now",
    "future_time",
)
FRIDAY, WEEK = 4, 5
EXPIRY = "expiration of options and futures"


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    if claim["kind"] == "due":
        return _due(claim, rows)
    if claim["kind"].startswith("future"):
        return _future(claim, rows)
    day = rows.next
    if rows.at.astimezone(rows.zone).date() != day or rows.at >= rows.exchange.opens(day):
        return f"no session opens on that day; the next one is that of {day}"
    name = claim["fact"].partition(".")[2]
    if name == "date":
        return equal(claim["value"], day.isoformat())
    if name == "opens":
        return equal(dt.datetime.fromisoformat(claim["value"]), rows.exchange.opens(day))
    return _short(claim, rows, day) if name == "short" else _expiry(claim, rows, day)


def _due(claim: Claim, rows: Rows) -> str | None:
    """What is due later on that day, by its place among all that is."""
    listed = rows.due_today()
    number = int(claim["fact"].split(".")[1])
    if number > len(listed):
        return f"only {len(listed)} are due on that day"
    at, name = listed[number - 1]
    if claim["unit"] == "text":
        return equal(claim["value"], name)
    return equal(dt.datetime.fromisoformat(claim["value"]), at)


def _short(claim: Claim, rows: Rows, day: dt.date) -> str | None:
    """A session that ends earlier than those of the week before it."""
    hours, before = [], day
    for _ in range(WEEK):
        before = rows.exchange.before(before)
        hours.append(rows.close_of(before).astimezone(rows.zone).time())
    closes = rows.close_of(day)
    if closes.astimezone(rows.zone).time() >= max(hours):
        return "the session is a whole one"
    return equal(dt.datetime.fromisoformat(claim["value"]), closes)


def _expiry(claim: Claim, rows: Rows, day: dt.date) -> str | None:
    """The Friday of a quarter's last month that the market names, or the session before it."""
    number = int(rows.market.get("expiry_friday", 0))
    first = day.replace(day=1)
    friday = first + ((FRIDAY - first.weekday()) % 7 + 7 * (number - 1)) * ONE_DAY
    if not rows.exchange.is_session(friday):
        friday = rows.exchange.before(friday)
    right = number > 0 and day.month % 3 == 0 and day == friday
    return equal(claim["value"], EXPIRY) if right else "nothing expires on that day"


def _future(claim: Claim, rows: Rows) -> str | None:
    """The last settlement of a future, its change, and its price since."""
    kind, symbol, value = claim["kind"], claim["instrument"], claim["value"]
    if kind == "future_time":
        return equal(dt.datetime.fromisoformat(value), rows.at)
    days, closes = rows.closes(symbol)
    exchange = rows.exchange_of(symbol)
    if kind == "future_session":
        return equal(value, days[-1].isoformat())
    if kind == "future_settled":
        return same(value, closes[-1])
    if kind == "future_now":
        return same(value, rows.price_at(symbol, rows.at) / closes[-1] - 1)
    if days[-2] != exchange.before(days[-1]):
        return f"the settlement before that of {days[-1]} is missing"
    return same(value, closes[-1] / closes[-2] - 1)
