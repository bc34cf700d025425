"""The tear sheet: from the command line to the finished files, and what it refuses."""

from __future__ import annotations

import json
import re

import pytest

from reportgen.core.errors import InvalidParameter
from reportgen.record.request import load_report

REPORT = load_report("tear-sheet")


def run(apart, out, *parameters, data="sample"):
    """A tear sheet of the sample of January 8, 2025."""
    given = [part for one in parameters for part in ("-p", one)]
    return apart(
        "run", "tear-sheet", "--as-of", "2025-01-08", "--data", data, "--out", str(out), *given
    )


def test_a_tear_sheet_is_sent_and_all_its_figures_are_proven(apart, tmp_path):
    """None is an author's own; the pictures and tables are in the page."""
    assert run(apart, tmp_path, "riskless=0.02").exit_code == 0
    folder = tmp_path / "tear-sheet/2025-01-08"
    brief = json.loads((folder / "brief.json").read_text())
    audited = next(
        line for line in (folder / "gate.txt").read_text().splitlines() if line[:5] == "audit"
    )
    assert "the notebook's own" not in audited
    assert int(re.search(r"\d+", audited)[0]) == len(brief["facts"]) > 150
    page = (folder / "brief.html").read_text()
    assert "Russell 2000 returns 3.2% a year" in brief["title"]
    assert all(f'id="table-{name}"' in page for name in ("returns", "falls", "by_month", "tails"))
    assert "riskless rate of 2.0%" in (folder / "brief.txt").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("asked", ["series=BTC-USD", "series=AAPL,benchmark=^IXIC,years=3"])
def test_any_instrument_of_the_data_has_a_tear_sheet(asked, apart, tmp_path):
    """A coin with weekends, and a stock over three years."""
    made = run(apart, tmp_path, *asked.split(","))
    assert made.exit_code == 0, made.output


def test_the_symbols_of_its_parameters_are_among_those_it_needs():
    """The others of a report are not touched, and the defaults count, too."""
    values = REPORT.parameter_values({"series": "AAPL"})
    assert REPORT.asking(values).required == ("AAPL", "^GSPC")
    assert load_report("small-caps").asking({}) == load_report("small-caps")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"series": "SPX"}, "no instrument has that symbol. Did you mean 'SPY'"),
        ({"years": "-1"}, "runs from 0 to 100"),
        ({"riskless": "2%"}, "it takes a number"),
    ],
)
def test_a_parameter_that_is_none_is_refused_before_the_run(given, words):
    """With what was expected."""
    with pytest.raises(InvalidParameter, match=words):
        REPORT.parameter_values(given)


def test_a_symbol_that_the_data_lack_is_refused_before_the_kernel(apart, tmp_path):
    """In one line that names it."""
    made = run(apart, tmp_path, "series=SPY")
    assert made.exit_code != 0
    assert "SPY" in made.output
    assert "Traceback" not in made.output
