"""Why a claim about a record close, or the way to one, is false."""

from __future__ import annotations

from itertools import takewhile

from reportgen.verify.rows import (
    Claim,
    Rows,
    equal,
    published_record,
    same,
    standing,
    start_of,
)

KINDS = ("record_close", "near_record")


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    day, top = rows.once(standing, claim["instrument"])
    last = rows.closes(claim["instrument"])[1][-1]
    if claim["kind"] == "near_record":
        points = claim["unit"] == "points"
        return same(claim["value"], top - last if points else last / top - 1)
    if claim["unit"] == "date":
        return equal(claim["value"], day.isoformat())
    if claim["unit"] == "count":
        return _count(claim, rows)
    if claim["fact"].endswith(".before"):
        return same(claim["value"], top)
    if last <= top:
        return same(claim["value"], last) or "it is no record"
    return same(claim["value"], last)


def _count(claim: Claim, rows: Rows) -> str | None:
    """The number of record closes in the window, or in a row up to the last close."""
    days, _ = rows.closes(claim["instrument"])
    records = rows.once(made, claim["instrument"])
    if claim["window"] in ("week", "month", "ytd"):
        start = start_of(claim["window"], days[-1])
        by_day = zip(days, records, strict=True)
        counted = [made for day, made in by_day if day >= start]
        return equal(claim["value"], sum(counted))
    return equal(claim["value"], len(list(takewhile(bool, reversed(records)))))


def made(rows: Rows, symbol: str) -> list[bool]:
    """Whether each close of *symbol* was a record when it was made."""
    days, values = rows.closes(symbol)
    known = published_record(rows, symbol)
    best, records = 0.0, []
    for day, value in zip(days, values, strict=True):
        if known and day > known[0]:
            best = max(best, known[1])
        records.append(value > best and day != days[0])
        best = max(best, value)
    return records
