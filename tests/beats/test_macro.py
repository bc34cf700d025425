"""Monthly and quarterly series: each figure is proven, and is that of plain pandas."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from reportgen.authoring import desk as desks
from reportgen.authoring import open_desk
from reportgen.core.errors import BadData, NoData
from reportgen.verify.audit import objection
from reportgen.verify.rows import Rows

DATA = Path(__file__).parents[1] / "macro"
EAST = dt.timezone(dt.timedelta(hours=-5))


@pytest.fixture
def opened(monkeypatch):
    """``opened(as_of)`` is a desk on the ten series as they were known then."""
    monkeypatch.setattr(desks, "_display", lambda _: None)
    return lambda as_of, data=DATA: open_desk(report="chart-pack", data=str(data), as_of=as_of)


def facts_of(desk):
    """All facts of all series."""
    return [fact for one in desk.beats("macro", series=desk.series()) for fact in one.facts]


def claim(fact, **changed):
    """The fact as the audit reads it."""
    return {**fact.payload(), "fact": fact.id, "unit": str(fact.unit), **changed}


@pytest.mark.parametrize("day", ["2025-01-08", "2024-12-06", "2024-12-05", "2023-05-01"])
def test_each_figure_is_proven_from_the_raw_rows(day, opened):
    """By a proof that shares no code with it; no other value is."""
    rows = Rows(DATA, dt.date.fromisoformat(day))
    facts = facts_of(opened(f"{day} 18:00"))
    assert len(facts) > 90
    assert [why for fact in facts if (why := objection(claim(fact), rows))] == []
    for fact in facts:
        value = fact.value
        off = f"X{value}" if isinstance(value, str) else value + 1e-6 * max(1.0, abs(value))
        assert objection(claim(fact, value=off), rows), fact.id


def test_ten_series_are_right_to_the_last_digit_against_plain_pandas(opened):
    """Of what had been told by the moment, the last figure of each period counts."""
    at = pd.Timestamp("2025-01-08 18:00", tz=EAST)
    table = pd.read_csv(DATA / "macro.csv")
    table = table[pd.to_datetime(table["released_at"], utc=True) <= at]
    desk = opened("2025-01-08 18:00")
    facts = {fact.id.partition(".")[2] + fact.instrument: fact for fact in facts_of(desk)}
    for series, rows in table.groupby("series"):
        last = rows.groupby("period")["value"].last()
        scale = 100 if series in ("UNRATE", "TCU") else 1
        year = 4 if series == "GDPC1" else 12
        assert facts[f"macro{series}"].value == last.iloc[-1] / scale
        change = last.iloc[-1] / last.iloc[-1 - year] - 1
        if scale > 1:
            change = (last.iloc[-1] - last.iloc[-1 - year]) / 100
        assert facts[f"macro.year{series}"].value == pytest.approx(change, rel=1e-12, abs=1e-12)


def test_a_figure_is_known_from_its_minute(opened):
    """That of November at half past eight of December 6; until then that of October."""
    period = {
        at: opened(f"2024-12-06 {at}").market.course("UNRATE").newest for at in ("08:29", "08:30")
    }
    assert {at: str(one) for at, one in period.items()} == {"08:29": "2024-10", "08:30": "2024-11"}


def write(folder, *rows):
    """A folder with these vintages."""
    (folder / "macro.csv").write_text("series,period,value,released_at\n" + "\n".join(rows) + "\n")
    (folder / "dataset.toml").write_text(
        (DATA / "dataset.toml").read_text().split('[[files]]\npath = "events')[0]
    )
    return folder


def test_a_revision_takes_the_place_of_a_figure_from_its_day_on(tmp_path, opened):
    """And the brief knows what it was until the newest figure came."""
    folder = write(
        tmp_path,
        "UNRATE,2024-10,4.1,2024-11-01T08:30-04:00",
        "UNRATE,2024-10,4.2,2024-12-06T08:30-05:00",
        "UNRATE,2024-11,4.0,2024-12-06T08:30-05:00",
    )
    course = opened("2025-01-08 18:00", folder).market.course("UNRATE")
    assert (course.back(1), course.was, course.change(1)) == (0.042, 0.041, -0.002)
    assert opened("2024-12-05 18:00", folder).market.course("UNRATE").back(0) == 0.041


def test_a_change_needs_the_figure_that_it_is_from(tmp_path, opened):
    """A month that is lacking gives no change over a month, and none is taken from before it."""
    folder = write(
        tmp_path,
        "INDPRO,2024-08,100,2024-09-17",
        "INDPRO,2024-10,103,2024-11-17",
    )
    desk = opened("2024-12-02 18:00", folder)
    (news,) = desk.beats("macro", series=["INDPRO"])
    assert not {"change", "before", "year", "annual", "since"} & {*news.finding.facts}


def test_an_old_figure_is_told_as_that_and_is_a_gap(opened):
    """A pack of which more than a third is old is not told at all."""
    desk = opened("2025-02-14 18:00")
    with pytest.raises(NoData, match="4 of 10 series have no figure, or an old one"):
        desk.beats("macro", series=desk.series())
    late = opened("2025-01-08 18:00")
    assert "stale" not in {
        role for one in late.beats("macro", series=["UNRATE"]) for role in one.finding.facts
    }


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("UNRATE,2024-11-15,4.0,2024-12-06", "line 3: '2024-11-15' is no month"),
        ("UNRATE,2024-11,4.0,soon", "line 3: released_at is 'soon'"),
        ("UNRATE,2024-11,4.0,2024-11-01", "line 3: the figure of 2024-11 was told on 2024-11-01"),
        ("UNRATE,2024-10,4.3,2024-11-01", "line 3: UNRATE of 2024-10 was 4.1 and 4.3"),
        ("UNRATE,2024-11,4.0%,2024-12-06", "line 3: column 'value': '4.0%' is no number"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_line(row, words, tmp_path, opened):
    """Before anything is computed."""
    folder = write(tmp_path, "UNRATE,2024-10,4.1,2024-11-01", row)
    with pytest.raises(BadData, match=words):
        opened("2025-01-08 18:00", folder)


@pytest.mark.parametrize(("told_again", "revised"), [("309.04", False), ("309.06", True)])
def test_a_revision_that_no_printed_figure_shows_is_not_told(told_again, revised, opened, tmp_path):
    """ "Revised down to 309.0 from 309.0" would tell a reader nothing."""
    first, newest = "CPILFESL,2024-10,309.0,2024-11-13", "CPILFESL,2024-11,309.3,2024-12-11"
    again = f"CPILFESL,2024-10,{told_again},2024-12-11"
    rows = ["series,period,value,released_at", first, again, newest]
    (tmp_path / "macro.csv").write_text("\n".join(rows))
    (tmp_path / "dataset.toml").write_text((DATA / "dataset.toml").read_text().split("[[", 1)[0])
    with (tmp_path / "dataset.toml").open("a") as file:
        file.write('[[files]]\npath = "macro.csv"\nrole = "vintages"\nsource = "ALFRED"\n')
    desk = opened("2025-01-08 18:00", tmp_path)
    (news,) = desk.beats("macro", series=["CPILFESL"])
    kinds = {fact.kind for fact in news.facts}
    assert ("macro_revision" in kinds, "macro_level" in kinds) == (revised, True)
