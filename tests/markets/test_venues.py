"""The days of the bond market, and closings that a desk adds to the exchange's calendar."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen.core.errors import SettingsError
from reportgen.markets.closures import read_closures
from reportgen.markets.venues import is_bond_day

RATES = Path(__file__).parents[3] / "shared" / "market" / "rates.csv.gz"


@pytest.mark.parametrize(
    ("day", "business"),
    [
        ("2025-01-09", True),  # mourning: stocks closed, bonds until 2 p.m.
        ("2018-12-05", False),  # mourning: both closed
        ("2024-10-14", False),  # Columbus Day: stocks trade
        ("2024-11-11", False),  # Veterans Day: stocks trade
        ("2026-04-03", True),  # Good Friday with an employment report
        ("2025-04-18", False),  # one without
        ("2026-07-03", False),  # Independence Day on a Saturday
        ("2021-12-31", True),  # New Year's Day on a Saturday
        ("2022-06-20", False),  # Juneteenth on a Sunday
        ("2021-06-18", True),  # before it was kept
        ("2025-01-11", False),  # a Saturday
    ],
)
def test_the_bond_market_has_its_own_days(day, business):
    """Weekdays but for federal holidays and most Good Fridays."""
    assert is_bond_day(dt.date.fromisoformat(day)) is business


@pytest.mark.truth
@pytest.mark.skipif(not RATES.is_file(), reason="the real market data are not here")
def test_the_days_are_those_of_the_treasurys_yields():
    """Every day from 2000 to August 2026."""
    with gzip.open(RATES, "rt") as file:
        published = {
            row["date"] for row in csv.DictReader(file) if row["series"] == "DGS10" and row["value"]
        }
    days = [dt.date(2000, 1, 3) + dt.timedelta(days=n) for n in range(9720)]
    assert [str(day) for day in days if is_bond_day(day) != (day.isoformat() in published)] == []


def asked(closures, code, tmp_path):
    """What *code* prints in a process whose desk has those *closures*."""
    (tmp_path / "closures.toml").write_text(closures)
    env = {"REPORTGEN_CLOSURES": str(tmp_path / "closures.toml"), "HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False
    )
    return run.stdout.strip() or run.stderr.strip().splitlines()[-1]


def test_a_closing_announced_yesterday_is_known_today(tmp_path):
    """The session after it follows at once, and the reason is told."""
    code = (
        "import datetime as dt; from reportgen.markets import market; calendar ="
        " market('us').calendar; day = dt.date(2026, 11, 24);"
        " print(calendar.is_session(day), calendar.closing_reason(day),"
        " calendar.neighbours(day)[1])"
    )
    closed = '[[closed]]\nday = 2026-11-24\nreason = "a national day of mourning"\n'
    assert asked(closed, code, tmp_path) == "False a national day of mourning 2026-11-25"


def test_a_session_cut_short_ends_when_it_was_said_to(tmp_path):
    """A minute before that it is open, at that minute it is over."""
    code = (
        "import datetime as dt; from reportgen.markets import market; calendar ="
        " market('us').calendar; now = dt.datetime(2026, 12,"
        " 1, tzinfo=dt.UTC); print(*(calendar.resolve(f'2026-11-24 {clock}', now).state for clock"
        " in ('12:59', '13:00', '13:01')))"
    )
    assert (
        asked('[[short]]\nday = 2026-11-24\ncloses = "13:00"\n', code, tmp_path) == "open post post"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[closed]]\nday = 2026-11-22\n", "is a Sunday"),
        ('[[closed]]\nday = "tomorrow"\n', "is not a day such as"),
        ('[[short]]\nday = 2026-11-24\ncloses = "noon"\n', "is not a time such as"),
        ("[[shut]]\nday = 2026-11-24\n", "unknown 'shut'"),
        ("closed", "it is not valid TOML"),
    ],
)
def test_closures_that_are_off_are_refused(tmp_path, text, words):
    """With what was expected."""
    (tmp_path / "closures.toml").write_text(text)
    with pytest.raises(SettingsError, match=words):
        read_closures(tmp_path / "closures.toml", "XNYS")
