"""The stocks of [universe] are those that a brief ranks, whatever their tickers are."""

from __future__ import annotations

import gzip
import re
import shutil

import pytest

from reportgen.config.resources import SAMPLE
from reportgen.jobs import workspace

NANO = """
[nano]
symbol = "NA"
first = "Nano Labs"
second = "Nano Labs"
short = "Nano Labs"
unit = "money"
decimals = 2
kind = "stock"
inception = 2022-07-12
calendar = "XNYS"
"""


@pytest.fixture
def desk(tmp_path):
    """A desk with a stock of its own, NA, which the data hold in Palantir's place."""
    folder = tmp_path / "desk"
    workspace.create(folder, "daily-recap", "desk-recap")
    (folder / "instruments.toml").write_text(NANO)
    prices = shutil.copytree(SAMPLE, folder / "prices") / "daily.csv.gz"
    rows = gzip.decompress(prices.read_bytes()).decode()
    prices.write_bytes(gzip.compress(rows.replace(",PLTR,", ",NA,").encode(), 1))
    return folder


@pytest.fixture
def brief(desk, apart):
    """``brief(stocks)`` is the brief of *day* that ranks those stocks in place of Palantir.

    *alone* says that it ranks no others.
    """

    def make(stocks, *, alone=True, day="2025-01-08"):
        report = desk / "reports" / "desk-recap" / "report.toml"
        text = report.read_text().replace('"PLTR"', stocks)
        report.write_text(text.replace("all = true\n", "") if alone else text)
        words = ("run", "desk-recap", "--as-of", day, "--data", "prices")
        done = apart(*words, "--format", "txt", folder=desk)
        (made,) = desk.glob("out/*/*/brief.txt")
        return done, " ".join(made.read_text().split())

    return make


@pytest.mark.slow
def test_a_stock_that_is_added_to_the_list_is_told(brief):
    """In report.toml alone, no notebook is edited; on a day when no other moved as far."""
    done, told = brief('"NA"', day="2024-11-27")
    assert done.exit_code == 0, done.stderr
    assert re.search(r"\bNano Labs \w+ 7\.7%", told), told


@pytest.mark.slow
def test_a_listed_stock_without_prices_is_a_gap(brief):
    """Named, where the brief may go without it."""
    done, told = brief('"NA", "PLTR"')
    assert done.exit_code == 8, done.stderr
    assert "This brief has a gap: large stocks (Palantir)." in told


def test_a_stock_of_the_data_is_ranked_though_the_report_does_not_name_it(brief):
    """With all = true: Rigetti fell farther than any stock that the report names."""
    done, told = brief('"NA"', alone=False)
    assert done.exit_code == 0, done.stderr
    assert re.search(r"\bRigetti Computing \w+ 45\.4% and \w+", told), told
