"""Why a claim about a release that has not come is false; its figures are of the family prints."""

from __future__ import annotations

import datetime as dt

from reportgen.verify.rows import Claim, Rows, equal, same

KINDS = ("release_missing", "print_due", "print_heat")
FIRST_RANK = 1
MODEL = "nowcast"
"""What the name of a model has that nobody was polled for."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    if claim["kind"] == "print_due":
        return coming(claim, rows)
    if claim["kind"] == "print_heat":
        return same(claim["value"], heat(claim["instrument"], rows))
    return lacking(claim, rows)


def lacking(claim: Claim, rows: Rows) -> str | None:
    """Why a release of the first rank did come, or was due at another time."""
    key, _, part = str(claim["fact"]).partition(".")
    due = [one for one in rows.once(absent) if key_of(one[0], one[1]) == key]
    if not due:
        return "no first-rank release that was due on that day is without its figure"
    at, name, timed = due[0]
    if part == "missing.name":
        return equal(claim["value"], name)
    if part == "missing.date":
        return equal(claim["value"], at.date().isoformat())
    if not timed:
        return "the calendar has no time of it"
    return equal(dt.datetime.fromisoformat(claim["value"]), at)


def coming(claim: Claim, rows: Rows) -> str | None:
    """Why a release of the next session is not due at that time."""
    name = rows.instrument(claim["instrument"])["release"]
    times = [at for at, one in rows.due_on(rows.next) if one.name == name and one.time]
    if not times:
        return f"the calendar has no time of {name} on {rows.next}"
    return equal(dt.datetime.fromisoformat(claim["value"]), min(times))


def heat(series: str, rows: Rows) -> int:
    """How many measures of its prices a release had above what was expected, or below it.

    Below is negative; 0 is for both or neither, and for a release with fewer than two that anybody
    expected. What a model pointed to, nobody expected.
    """
    release, at = rows.instrument(series)["release"], rows.printed(series).at
    signs = list[int]()
    for one in rows.market.get("releases", ()):
        known = rows.instrument(one)
        if known["release"] != release or not known.get("prices") or not rows.last_told(one):
            continue
        told = rows.printed(one)
        if told.at != at or not told.asked or MODEL in told.asked[0][0].lower():
            continue
        step: float = known.get("step", 0.1)
        sides = {round((told.actual - expected) / step) for _, expected in told.asked}
        ways = {(side > 0) - (side < 0) for side in sides}
        if len(ways) > 1:
            return 0
        signs += ways
    if len(signs) < 2 or {1, -1} <= {*signs} or not rows.instrument(series).get("prices"):
        return 0
    return sum(signs)


def key_of(at: dt.datetime, name: str) -> str:
    """How the ids of its facts begin: with its day and its name in small letters."""
    small = "".join(one if one in LETTERS else " " for one in name.lower())
    return f"due_{at:%m%d}_{'_'.join(small.split())}"


def absent(rows: Rows) -> list[tuple[dt.datetime, str, bool]]:
    """What was due since the close before and has no figure: when, its name, if that has a time."""
    listed = [rows.instrument(one) for one in rows.market.get("releases", ())]
    found = []
    for at, one in rows.due_since(rows.close_of(rows.previous)):
        alike = [series for series in listed if series["release"] == one.name]
        first = [series for series in alike if series.get("tier") == FIRST_RANK]
        if not any(rows.last_told(series["symbol"]) for series in first):
            continue
        midnight = dt.datetime.combine(at.date(), dt.time(), at.tzinfo)
        times = filter(None, (rows.last_told(series["symbol"]) for series in alike))
        if max(times) < midnight:
            found.append((at, one.name, bool(one.time)))
    return sorted(found)
