"""Why a claim about how many of a group rose or fell is false.

The group is the sector funds, the large indexes, or a basket.
"""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.verify.rows import Claim, Closes, Rows, before, equal, start_of

KINDS = ("breadth",)
LEAST = 63
"""A fund with no more closes is not counted."""
SMALL, FLAT = 1e-9, 0.0005
"""A fund that moved less neither rose nor fell, and an index."""


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    name = claim["fact"].rpartition(".")[2]
    if claim["instrument"].startswith("basket:"):
        changes = rows.basket(claim["instrument"].removeprefix("basket:"))
        truth = {
            "members": len(changes),
            "decliners": sum(change < 0 for change in changes),
        }
        return equal(claim["value"], truth[name])
    indexes = claim["fact"].startswith("market.")
    symbols = rows.large if indexes else rows.sectors
    changes = list(_changes(symbols, claim["window"], rows))
    least = FLAT if indexes else SMALL
    truth = {
        "members": len(changes),
        "rising": sum(change >= least for change in changes),
        "falling": sum(change <= -least for change in changes),
        "missing": len(symbols) - len(changes),
    }
    return equal(claim["value"], truth[name])


def _changes(symbols: list[str], window: str, rows: Rows) -> Iterator[float]:
    """The change over the window of each that has enough closes."""
    for symbol in symbols:
        days, values = _known(symbol, rows)
        if len(values) <= LEAST:
            continue
        if window == "day":
            yield values[-1] / values[-2] - 1
        elif days[0] < (start := start_of(window, rows.session)):
            yield values[-1] / before(days, values, start) - 1


def _known(symbol: str, rows: Rows) -> Closes:
    """Days and closes up to the session, none where it has no close that day, or is not told."""
    if symbol in rows.untold:
        return [], []
    try:
        return rows.closes(symbol)
    except LookupError:
        return [], []
