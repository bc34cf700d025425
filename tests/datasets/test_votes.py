"""What a table of meetings may say of the Fed's votes."""

from __future__ import annotations

import pandas as pd
import pytest

from reportgen.core.errors import BadData
from reportgen.datasets.votes import Votes, votes

COLUMNS = ("votes_for", "votes_against", "prefer_higher", "prefer_lower")


def table(*cells):
    """A table of one meeting with these votes."""
    row = {"end": pd.Timestamp("2025-10-29"), **dict(zip(COLUMNS, cells, strict=False))}
    return pd.DataFrame([row])


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ((10.0, 2.0, 1.0, 1.0), Votes(10, 2, 1, 1)),
        ((12.0, 0.0), Votes(12, 0)),
        ((9.0, 2.0, None, 2.0), Votes(9, 2, None, 2)),
    ],
)
def test_votes_are_read_by_the_last_day_of_the_meeting(cells, told):
    """What a dissenter preferred may be unknown."""
    ((day, found),) = votes(table(*cells), "meetings.csv")
    assert (f"{day}", found, found.voters) == ("2025-10-29", told, told.for_it + told.against)


@pytest.mark.parametrize("rows", [table(), table(None, None, None, None)])
def test_a_meeting_without_votes_tells_none(rows):
    """Nor does a table without their columns."""
    assert list(votes(rows, "meetings.csv")) == []


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ((10.0, None, None, None), "belong together"),
        ((None, 2.0, None, None), "belong together"),
        ((None, None, 1.0, None), "belong together"),
        ((9.5, 2.0), "without decimals"),
        ((13.0, -1.0), "0 or more"),
        ((11.0, 2.0), "12 policymakers vote at most"),
        ((0.0, 0.0), "0 for and 0 against"),
        ((10.0, 2.0, 2.0, 1.0), "2 prefer a higher range and 1 a lower one, but 2 voted"),
    ],
)
def test_votes_that_cannot_be_are_refused(cells, fault):
    """With the file and the day."""
    with pytest.raises(BadData, match=r"meetings\.csv: the votes of 2025-10-29: ") as refused:
        list(votes(table(*cells), "meetings.csv"))
    assert fault in str(refused.value)
