"""How the Fed's policymakers voted on its target range, by the table of its meetings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from reportgen.core.errors import BadData
from reportgen.datasets.delimited import VOTES

SEATS = 12
"""The most votes that a decision can have."""


@dataclass(frozen=True, slots=True)
class Votes:
    """The votes on one decision.

    Those who prefer a higher or a lower target range are among those against. The rest of them
    object to something else.
    """

    for_it: int
    against: int
    higher: int | None = None
    lower: int | None = None

    @property
    def voters(self) -> int:
        """All who voted."""
        return self.for_it + self.against


def votes(rows: pd.DataFrame, path: object) -> Iterator[tuple[dt.date, Votes]]:
    """The votes on the decisions of the meetings in *rows*, each with the last day of its meeting.

    Args:
        rows: Columns end, votes_for, votes_against and, where the file has them, prefer_higher and
            prefer_lower. Rows without votes are passed over.
        path: The file, for what is said of it.

    Raises:
        BadData: A row has half a vote, or more votes than policymakers.

    Example:
        The row of 2025-10-29 has 10 for, 2 against, 1 who prefers higher and 1 lower.
    """
    if not {"votes_for", "votes_against"} <= set(rows.columns):
        return
    for end, *cells in rows.reindex(columns=["end", *VOTES]).itertuples(index=False):
        told = [None if pd.isna(cell) else float(cell) for cell in cells]
        if told == [None] * len(told):
            continue
        day = end.date()
        if fault := _fault(told):
            raise BadData(f"{path}: the votes of {day}: {fault}", subject=path)
        counts = [None if cell is None else int(cell) for cell in told]
        yield day, Votes(counts[0] or 0, counts[1] or 0, counts[2], counts[3])


def _fault(told: list[float | None]) -> str:
    """What is wrong with the four numbers of a row, and what to write; "" for nothing."""
    in_favor, against, higher, lower = told
    if in_favor is None or against is None:
        return "votes_for and votes_against belong together; write both, or neither."
    if any(cell is not None and (cell < 0 or cell % 1) for cell in told):
        return "a number of votes is 0 or more, without decimals."
    if not 0 < in_favor + against <= SEATS:
        return f"{in_favor:g} for and {against:g} against; {SEATS} policymakers vote at most."
    if (higher or 0) + (lower or 0) > against:
        return (
            f"{higher or 0:g} prefer a higher range and {lower or 0:g} a lower one, but {against:g}"
            " voted against it."
        )
    return ""
