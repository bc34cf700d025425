"""Why a claim about another market is false: its day, its closing, its place, its price."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from reportgen.verify.raw.exchange import ONE_DAY
from reportgen.verify.rows import Claim, Rows, equal, same

KINDS = (
    "abroad_session",
    "abroad_closed",
    "abroad_shut",
    "abroad_reason",
    "abroad_country",
    "abroad_region",
    "abroad_places",
    "abroad_live",
    "abroad_time",
)
SATURDAY = 5


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json. Its instrument is an index or the code of an exchange.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    kind, value = claim["kind"], claim["value"]
    if kind in ("abroad_country", "abroad_region", "abroad_places"):
        place = rows.market_on(claim["instrument"])
        return equal(value, place.get(kind.removeprefix("abroad_"), "abroad"))
    if kind in ("abroad_closed", "abroad_shut", "abroad_reason"):
        return _closed(claim, rows)
    code = rows.calendar_of(claim["instrument"])
    if kind == "abroad_session":
        return _session(claim, rows, code)
    if not _running(rows, code):
        return "no session of that exchange is running"
    if kind == "abroad_time":
        return equal(dt.datetime.fromisoformat(value), rows.at)
    price = rows.price_at(claim["instrument"], rows.at)
    return same(value, price / rows.closes(claim["instrument"])[1][-1] - 1)


def _today(rows: Rows, code: str) -> dt.date:
    """The day that it was at the exchange."""
    return rows.at.astimezone(ZoneInfo(rows.market_on(code)["zone"])).date()


def _running(rows: Rows, code: str) -> bool:
    """Whether a session of the exchange was running."""
    day, exchange = _today(rows, code), rows.exchange_by(code)
    return exchange.is_session(day) and exchange.opens(day) <= rows.at < exchange.closes(day)


def _session(claim: Claim, rows: Rows, code: str) -> str | None:
    """The last session that was over: the newest close is of it, and the one before is there."""
    days, _ = rows.closes(claim["instrument"])
    before = rows.exchange_by(code).before(days[-1])
    if days[-2] != before:
        return f"the close of {before} is missing, so that the change is not that of a day"
    if (shut := _shut(rows, code)) is not None:
        return f"the exchange was closed on {shut}"
    return equal(claim["value"], days[-1].isoformat())


def _shut(rows: Rows, code: str) -> dt.date | None:
    """The weekday of today, or the last one that was over, if it had no session."""
    today, exchange = _today(rows, code), rows.exchange_by(code)
    if today.weekday() < SATURDAY and not exchange.is_session(today):
        return today
    day = today
    while day.weekday() >= SATURDAY or (day == today and exchange.closes(day) > rows.at):
        day -= ONE_DAY
    return None if exchange.is_session(day) else day


def _closed(claim: Claim, rows: Rows) -> str | None:
    """A day on which the exchange is closed, or was; and why, where that was announced."""
    exchange = rows.exchange_by(claim["instrument"])
    day = _shut(rows, claim["instrument"])
    if day is None:
        return "the exchange traded on that day"
    if claim["kind"] == "abroad_reason":
        return equal(claim["value"], rows.closing_of(claim["instrument"], day) or "a holiday")
    is_over = exchange.closes(day) <= rows.at
    if is_over != (claim["kind"] == "abroad_closed"):
        return "the day is over" if is_over else "the day is not over"
    return equal(claim["value"], day.isoformat())
