"""Why a claim about what the calendar knows of a session is false."""

from __future__ import annotations

import datetime as dt

from reportgen.verify.rows import Claim, Rows, before, equal, same

KINDS = ("occasion", "event", "share_of_gain")
WHOLE = 16
"""The hour at which a whole session ends."""
FRIDAY = 4


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    if claim["kind"] == "event":
        return _event(claim, rows)
    if claim["kind"] == "share_of_gain":
        return _share(claim, rows)
    return _short(claim, rows) if claim["unit"] == "time" else _expiry(rows)


def _event(claim: Claim, rows: Rows) -> str | None:
    """The next release or decision of the Fed, or the last election."""
    if claim["window"] == "since-event":
        truth = {"text": rows.election_name, "date": rows.election.isoformat()}
        return equal(claim["value"], truth[claim["unit"]])
    at, names = rows.next_release()
    if claim["unit"] == "text":
        return None if claim["value"] in names else f"{' and '.join(names)} come first"
    if claim["unit"] == "date":
        days = _days(rows, at)
        return None if claim["value"] in days else f"it is due on {' or '.join(sorted(days))}"
    return equal(dt.datetime.fromisoformat(claim["value"]), at)


def _days(rows: Rows, at: dt.datetime) -> set[str]:
    """The day of what is due *at* a time: the market's own, where the time of day is known."""
    here, there = at.astimezone(rows.zone).date().isoformat(), at.date().isoformat()
    known = {
        bool(one.time)
        for one in rows.releases
        if one.kind == "release" and one.day == at.date() and one.name in rows.next_release()[1]
    }
    known |= {True for _, end in rows.meetings if end == at.date()}
    return {here if timed else there for timed in known}


def _share(claim: Claim, rows: Rows) -> str | None:
    """The share of the year's gain from an election to the year's high."""
    days, values = rows.closes(claim["instrument"])
    year = rows.election.year
    by_day = zip(days, values, strict=True)
    closes = [value for day, value in by_day if day.year == year]
    gain = closes[-1] - before(days, values, dt.date(year, 1, 1))
    return same(
        claim["value"],
        (max(closes) - values[days.index(rows.election)]) / gain,
    )


def _short(claim: Claim, rows: Rows) -> str | None:
    """A session that ends before the usual hour, and that hour."""
    hour = rows.closing(rows.session)
    told = claim["value"][:13] == f"{rows.session}T{hour:02d}"
    return None if hour < WHOLE and told else "the session was a whole one"


def _expiry(rows: Rows) -> str | None:
    """The third Friday of a quarter's last month, or the session before it."""
    day = rows.session
    month = [dt.date(day.year, day.month, number) for number in range(15, 22)]
    friday = next(one for one in month if one.weekday() == FRIDAY)
    expiry = max(one for one in rows.sessions if one <= friday)
    right = day.month % 3 == 0 and day == expiry
    return None if right else f"{expiry} was the third Friday"
