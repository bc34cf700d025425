"""Which session answers to a company's results, and what a file of them must say."""

from __future__ import annotations

import csv
import datetime as dt

import pytest

from reportgen.core.errors import BadData
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.market import Market
from reportgen.datasets.results import reaction
from reportgen.datasets.snapshot import take
from reportgen.markets import market
from reportgen.verify.rows import Rows

US = market("us")


@pytest.fixture
def reported(tmp_path):
    """``reported(as_of, rows)``: the day of AAPL's results that the last session answers to.

    The audit, which has a reader and a calendar of its own, says the same.
    """

    def told(as_of, *rows):
        (tmp_path / "results.csv").write_text("\n".join(["symbol,reported_at,when", *rows, ""]))
        (tmp_path / "dataset.toml").write_text(
            'name = "results"\n[[files]]\npath = "results.csv"\nrole = "results"\nsource = "desk"\n'
        )
        at = dt.datetime.fromisoformat(as_of).replace(tzinfo=US.calendar.zone)
        moment = US.calendar.moment(at)
        found = Market(take(open_dataset(tmp_path), moment, [], ()), US)
        day = found.reported("AAPL", moment.session)
        assert Rows(tmp_path, moment.session, at=at).reported("AAPL") == (day[0] if day else None)
        return day[0].isoformat() if day else None

    return told


@pytest.mark.parametrize(
    ("row", "session"),
    [
        ("2025-01-30T08:00", "2025-01-30"),  # before the open
        ("2025-01-30T09:29", "2025-01-30"),
        ("2025-01-30T09:30", None),  # in the session: no day is the first, whole
        ("2025-01-30T15:59", None),
        ("2025-01-30T16:00", "2025-01-31"),  # after the close
        ("2025-01-31T16:05", "2025-02-03"),  # of a Friday
        ("2025-02-01T10:00", "2025-02-03"),  # a Saturday
        ("2024-11-29T13:00", "2024-12-02"),  # after an early close
        ("2025-01-30T21:05+00:00", "2025-01-31"),  # 16:05 in New York
        ("2025-01-30,before", "2025-01-30"),
        ("2025-01-30,after", "2025-01-31"),
        ("2024-07-03,after", "2024-07-05"),  # before Independence Day
    ],
)
def test_the_first_whole_session_answers(reported, row, session):
    """The one of the day for news before its open, the next one for news after the close."""
    line = f"AAPL,{row}" if "," in row else f"AAPL,{row},"
    for day in ("2024-07-05", "2024-12-02", "2025-01-30", "2025-01-31", "2025-02-03"):
        assert (reported(f"{day} 16:00", line) is not None) == (day == session)


def test_the_newest_of_two_results_counts(reported):
    """And those of another company do not."""
    rows = ("AAPL,2025-01-31,after", "AAPL,2025-02-01T10:00,", "MSFT,2025-02-02T10:00,")
    assert reported("2025-02-03 16:00", *rows) == "2025-02-01"


def test_results_to_come_are_not_known(reported):
    """A list of dates to come says nothing of today."""
    assert reported("2025-01-30 16:00", "AAPL,2025-01-30,after") is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("AAPL,2025-01-30,", "nothing says when"),
        ("AAPL,2025-01-30,amc", "neither 'before' nor 'after'"),
        ("AAPL,soon,", "'soon' is no time"),
    ],
)
def test_a_row_must_say_when(reported, row, said):
    """The error names the file, the company and what to write."""
    with pytest.raises(BadData, match=said):
        reported("2025-01-31 16:00", row)


@pytest.mark.truth
def test_the_reaction_to_real_results_is_the_session_with_the_volume(real_market):
    """Of all results of which the volume tells the session, with the move of that session."""
    path = real_market.parents[1] / "../shared/prints/earnings.csv"
    closes = take_closes(real_market)
    wrong = []
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        if row["volume_check"] != "agrees":
            continue
        clock = dt.time(8) if row["when"] == "BMO" else dt.time(16, 30)
        at = dt.datetime.combine(dt.date.fromisoformat(row["date"]), clock, US.calendar.zone)
        session = reaction(US.calendar, at)
        series = closes[row["ticker"]]
        move = series.pct_change().loc[str(session)] * 100
        if str(session) != row["reaction_session"] or abs(move - float(row["move_pct"])) > 0.0051:
            wrong.append((row["ticker"], row["date"], session, move))
    assert wrong == []


def take_closes(folder):
    """The daily closes of all stocks of the real market, by symbol."""
    from reportgen.datasets.table_cache import table as rows_of

    frames = [rows_of(file) for file in open_dataset(folder).of_role("daily_bars")]
    return {
        symbol: rows.drop_duplicates("date", keep="last").set_index("date")["close"].sort_index()
        for frame in frames
        for symbol, rows in frame.groupby("symbol")
    }
