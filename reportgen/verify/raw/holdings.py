"""The rows of a file of holdings, read a second time."""

from __future__ import annotations

import csv
import datetime as dt
from typing import NamedTuple


class Held(NamedTuple):
    """So much of a symbol, from the close of a day on; None in a file without days."""

    symbol: str
    quantity: float
    since: dt.date | None


def held_of(text: str) -> list[Held]:
    """The rows of the *text* of a file of holdings, in its order.

    Raises:
        LookupError: It has no rows.
    """
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip(" ,;")]
    if len(lines) < 2:
        raise LookupError("the record has no holdings")
    mark = "," if "," in lines[0] else ";"
    head, *rows = csv.reader(lines, delimiter=mark)
    places = {name.strip().lower(): place for place, name in enumerate(head)}
    found = []
    for row in rows:
        day = row[places["date"]].strip() if "date" in places else ""
        found.append(
            Held(
                row[places["symbol"]].strip(),
                float(row[places["quantity"]]),
                dt.date.fromisoformat(day) if day else None,
            )
        )
    return found
