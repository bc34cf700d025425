"""The odds of the Fed's meetings as a person and as a program read them, checked by hand,
and refused where there are none.
"""

from __future__ import annotations

import calendar
import datetime as dt
import gzip
import json
import math
import re
import shutil

import pytest

from reportgen.beats.fed.detect import odds_history
from reportgen.config.resources import SAMPLE
from reportgen.datasets.market import Market
from reportgen.datasets.remote import dataset
from reportgen.datasets.snapshot import take
from reportgen.markets import market

market_calendar = market("us").calendar

ASKED = ("fed-odds", "--data", "sample", "--as-of", "2025-01-08")
LETTERS = "FGHJKMNQUVXZ"


@pytest.fixture
def listed(tmp_path):
    """``listed(last)`` is the sample without its Fed meetings after *last*."""

    def build(last):
        folder = shutil.copytree(SAMPLE, tmp_path / "sample")
        head, *rows = (folder / "meetings.csv").read_text().splitlines()
        (folder / "meetings.csv").write_text(
            "\n".join([head, *(row for row in rows if row.split(",")[1] <= last), ""])
        )
        return folder

    return build


def by_hand(told):
    """Odds of each lower end, in basis points, after the first meeting of *told*.

    CME's formula, on what is printed alone.
    """
    averages = {
        (int(name[3:]), LETTERS.index(name[2]) + 1): 100 - price
        for name, price in told["prices"].items()
    }
    meetings = {
        (day.year, day.month): day.day for day in map(dt.date.fromisoformat, told["meetings"])
    }

    def first(month):  # the rate on its first day
        if month not in meetings:
            return averages[month]  # nothing happens in it
        days = calendar.monthrange(*month)[1]
        after = days - meetings[month]  # the day itself has the old rate
        return (days * averages[month] - after * first(following(month))) / meetings[month]

    month = min(meetings)
    steps = (first(following(month)) - first(month)) / 0.25
    down, low = math.floor(steps), round(told["target_low"] * 100)
    return {low + 25 * down: 1 - (steps - down), low + 25 * (down + 1): steps - down}


def following(month):
    """The month after."""
    return (month[0] + month[1] // 12, month[1] % 12 + 1)


def test_the_odds_are_printed_as_a_table(call):
    """When and by what, a column a range, a line a meeting, and the prices."""
    result = call(*ASKED)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert (
        lines[0]
        == "As of 2025-01-08 16:00 ET, by simulated 30-day Fed funds futures of 2025-01-08. Target"
        " range 4.25 to 4.50."
    )
    assert lines[2].split() == ["meeting", "3.75-4.00", "4.00-4.25", "4.25-4.50"]
    assert [line.split()[0] for line in lines[3:5]] == ["2025-01-29", "2025-03-19"]
    assert lines[-1].startswith("ZQF2025 95.6725  ZQG2025 ")


def test_each_line_of_the_table_adds_up(call):
    """To 100%, but for the rounding of its cells."""
    rows = [line for line in call(*ASKED).stdout.splitlines() if re.match(r"\d{4}-", line)]
    assert len(rows) >= 4
    for row in rows:
        assert sum(map(float, re.findall(r"([\d.]+)%", row))) == pytest.approx(100, abs=0.3)


def test_the_odds_of_each_meeting_sum_to_1(call):
    """In JSON, with all that the table tells."""
    told = json.loads(call(*ASKED, "--json").stdout)
    assert (told["as_of"], told["settlements"]) == ("2025-01-08T16:00:00-05:00", "2025-01-08")
    assert (told["target_low"], told["target_high"]) == (4.25, 4.5)
    for row in told["meetings"].values():
        assert sum(row.values()) == pytest.approx(1, abs=1e-5)
        assert all(0 <= share <= 1 for share in row.values())


@pytest.mark.parametrize("as_of", ["2025-01-08", "2024-09-11", "2022-06-08", "2023-07-20"])
def test_the_first_meeting_is_worked_out_by_hand_from_what_is_told(call, as_of):
    """A likely hold, cuts and rises; from the JSON alone."""
    told = json.loads(call("fed-odds", "--data", "sample", "--as-of", as_of, "--json").stdout)
    row = {int(low): share for low, share in min(told["meetings"].items())[1].items()}
    assert row == pytest.approx(by_hand(told), abs=1e-6)


def test_the_hold_of_january_2025(call):
    """End 4.3075, start (31 * 4.3275 - 2 * 4.3075) / 29 = 4.32888.

    A step of -0.0855, so 91.45% for no move.
    """
    told = json.loads(call(*ASKED, "--json").stdout)
    assert (told["prices"]["ZQF2025"], told["prices"]["ZQG2025"]) == (95.6725, 95.6925)
    assert told["meetings"]["2025-01-29"] == pytest.approx(
        {"425": 0.914483, "400": 0.085517}, abs=1e-6
    )


def test_a_meeting_is_over_once_it_is_announced(call):
    """At 2 p.m. of its last day; before that it is the first."""
    days = [
        call("fed-odds", "--data", "sample", "--as-of", f"2025-01-29 {clock}", "--json").stdout
        for clock in ("13:59", "14:00")
    ]
    assert [next(iter(json.loads(day)["meetings"])) for day in days] == ["2025-01-29", "2025-03-19"]


@pytest.mark.parametrize("as_of", ["2025-01-29", "2025-01-30", "2025-01-31"])
def test_past_the_published_meetings_there_are_no_odds(refused, listed, as_of):
    """It is said that the calendar is used up, and what to do."""
    line = refused(
        3,
        ["fed-odds", "--data", listed("2025-01-29"), "--as-of", as_of],
        as_of,
        "published calendar is used up",
        "later meetings",
    )
    assert "Update reportgen" in line


def test_the_last_published_meeting_has_odds_until_it_is_held(call, listed):
    """The morning of it is not too late."""
    result = call(
        "fed-odds", "--data", listed("2025-01-29"), "--as-of", "2025-01-29 10:00", "--json"
    )
    assert list(json.loads(result.stdout)["meetings"]) == ["2025-01-29"]


def test_without_futures_there_are_no_odds(refused, tmp_path):
    """A dataset with rates and meetings alone."""
    folder = shutil.copytree(SAMPLE, tmp_path / "sample")
    parts = (folder / "dataset.toml").read_text().split("\n[[files]]\n")
    (folder / "dataset.toml").write_text(
        "\n[[files]]\n".join(part for part in parts if '"futures.csv.gz"' not in part)
    )
    refused(
        3,
        ["fed-odds", "--data", folder, "--as-of", "2025-01-08"],
        "Sample market",
        "no Fed funds futures",
        "2025-01-08",
    )


def test_without_target_ranges_there_are_no_odds(refused, tmp_path):
    """Steps alone do not say where they lead."""
    folder = shutil.copytree(SAMPLE, tmp_path / "sample")
    head, *rows = gzip.decompress((folder / "rates.csv.gz").read_bytes()).decode().splitlines()
    kept = [row for row in rows if "DFEDTARL" not in row]
    (folder / "rates.csv.gz").write_bytes(gzip.compress("\n".join([head, *kept, ""]).encode(), 1))
    refused(3, ["fed-odds", "--data", folder, "--as-of", "2025-01-08"], "DFEDTARL")


@pytest.mark.parametrize(
    "day", ["2024-11-06", "2024-11-07", "2024-11-15", "2024-12-17", "2024-12-19", "2025-01-08"]
)
def test_the_history_of_a_meeting_is_what_was_told_on_each_day(call, day):
    """Also on the eve of a decision and on its day.

    The chance of the range of January 2025 is that of the tree of that day.
    """
    moment = market_calendar.resolve("2025-01-08", dt.datetime(2025, 2, 1, tzinfo=dt.UTC))
    history = odds_history(Market(take(dataset("sample"), moment, (), ())))
    told = json.loads(call("fed-odds", "--data", "sample", "--as-of", day, "--json").stdout)
    row, found = history.loc[day], told["meetings"]["2025-01-29"]
    assert row["hold"] == pytest.approx(found.get("425", 0.0), abs=1e-6)
    assert row["cut"] == pytest.approx(
        sum(chance for low, chance in found.items() if int(low) < 425), abs=1e-6
    )
    assert row.sum() == pytest.approx(1)


@pytest.mark.parametrize(("name", "begins"), [("odds.svg", b"<svg"), ("odds.png", b"\x89PNG")])
def test_the_history_is_drawn(call, tmp_path, name, begins):
    """The lines are named by the ranges in which they end; what it shows is said beside it."""
    result = call(*ASKED, "--chart", tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(begins)
    assert (
        result.stderr == "Chances of the target range after January 29, 2025, by Fed funds futures:"
        f" {tmp_path / name}\n"
    )
    assert name.endswith("png") or ">4.25%-4.50%<" in (tmp_path / name).read_text()


def test_a_chart_of_another_kind_is_refused(refused, tmp_path):
    """With the kinds there are."""
    refused(2, (*ASKED, "--chart", tmp_path / "odds.gif"), "an .svg or a .png, not 'odds.gif'")
