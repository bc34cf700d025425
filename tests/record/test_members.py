"""[universe] of a report.toml: which stocks a report ranks on a day."""

from __future__ import annotations

import datetime as dt

import pytest

from reportgen.core.errors import SettingsError
from reportgen.record.universe import Universe, UniverseTable, read_members


@pytest.fixture
def universe(tmp_path):
    """``universe(*rows)`` is that of a file of members."""

    def build(*rows):
        text = "\n".join(["symbol,from,to", *rows, ""])
        (tmp_path / "members.csv").write_text(text)
        return Universe.of(UniverseTable(members="members.csv"), tmp_path)

    return build


@pytest.mark.parametrize(
    ("day", "members"),
    [
        ("2020-12-20", []),
        ("2020-12-21", ["TSLA"]),
        ("2022-06-30", ["TSLA"]),
        ("2022-07-01", []),
        ("2024-01-02", ["TSLA", "NKE"]),
    ],
)
def test_a_member_is_one_from_its_first_day_to_its_last(universe, day, members):
    """TSLA leaves for a while and comes back; NKE has no first day but 2023's."""
    found = universe("TSLA,2020-12-21,2022-06-30", "NKE,2023-01-01,", "TSLA,2023-06-01,")
    assert sorted(found.on(dt.date.fromisoformat(day))) == sorted(members)
    assert found.symbols == ("TSLA", "NKE")


def test_a_listed_stock_is_ranked_while_it_is_widely_followed(tmp_path):
    """Tesla since it joined a large index; a stock without such days always."""
    found = Universe.of(UniverseTable(symbols=("IONQ", "TSLA")), tmp_path)
    assert found.on(dt.date(2020, 12, 18)) == ["IONQ"]
    assert found.on(dt.date(2020, 12, 21)) == ["IONQ", "TSLA"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("TESLA,,", r"line 2: No instrument has the symbol 'TESLA'"),
        ("TSLA,2020-13-01,", r"line 2: month must be in 1\.\.12"),
        ("TSLA,2021-01-04,2020-01-02", r"line 2: TSLA leaves on 2020-01-02, before 2021-01-04"),
        ("TSLA", "line 2: a row has three values: symbol,from,to"),
        ("TSLA,,,x", "line 2: a row has three values"),
    ],
)
def test_a_row_that_is_off_is_refused_with_its_line(universe, row, words):
    """Not left out."""
    with pytest.raises(SettingsError, match=words):
        universe(row)


def test_other_columns_are_refused(tmp_path):
    """With those to write."""
    (tmp_path / "members.csv").write_text("ticker\nTSLA\n")
    with pytest.raises(SettingsError, match=r"line 1: .*ticker; write symbol,from,to"):
        [*read_members(tmp_path / "members.csv")]


def test_two_lists_are_refused():
    """Nobody knows which one counts."""
    with pytest.raises(ValueError, match="give members alone, or symbols and all"):
        UniverseTable(symbols=("TSLA",), members="members.csv")
