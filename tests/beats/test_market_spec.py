"""A market is a value in a file: the shipped ones, a desk's own, and those of other packages."""

import dataclasses
import subprocess
import sys

import pytest

from reportgen.beats.corrections.detect import line_of
from reportgen.beats.milestones.detect import milestone
from reportgen.core.errors import SettingsError
from reportgen.markets import market, market_names
from reportgen.markets.spec import SHIPPED
from reportgen.record.request import load_report

TEXT = (SHIPPED / "us.toml").read_text()
ANOTHER = """
from pathlib import Path
from reportgen.markets import market, market_names
print("acme" in market_names(), market("acme").name)
"""


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """``desk(text, name)`` is a desk with a market of that text and name, which is at work."""
    (tmp_path / "markets").mkdir()
    (tmp_path / "reportgen.toml").write_text("")
    monkeypatch.delenv("REPORTGEN_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)

    def written(text, name="us"):
        (tmp_path / "markets" / f"{name}.toml").write_text(text)
        market.cache_clear()
        return market(name)

    yield written
    market.cache_clear()


def test_new_york_is_the_market_of_every_shipped_report():
    """Named by a line of its report.toml."""
    us = load_report("daily-recap").market
    assert (us.lead, us.symbols) == ("^GSPC", ("^GSPC", "^DJI", "^IXIC", "^RUT"))
    assert (us.of_role("narrow"), us.of_role("small"), us.of_role("other")) == ("^DJI", "^RUT", "")


def test_a_desk_changes_a_round_number_in_one_file(desk, track):
    """The grid of the S&P 500 is 250 there: a close above 6,250 is passed."""
    closes = track("^GSPC", "2025-06-06", *[6240.0] * 8, 6260.0, usual=6300.0)
    assert milestone(closes) is None
    spec = desk(TEXT.replace("round_number = 500", "round_number = 250"))
    assert milestone(dataclasses.replace(closes, market=spec)).finding.kind == "milestone_up"


def test_a_desk_chooses_the_index_that_leads(desk, track):
    """Only the lead comes near a bear market; another index is in a correction then."""
    nasdaq = track("^IXIC", "2025-06-06", 82.5, 81.0)
    spec = desk(TEXT.replace('lead = "^GSPC"', 'lead = "^IXIC"'))
    led = dataclasses.replace(nasdaq, market=spec)
    assert (nasdaq.leads, line_of(nasdaq).finding.kind) == (False, "in_correction")
    assert (led.leads, line_of(led).finding.kind) == (True, "near_bear_market")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('lead = "^GSPC"', 'lead = "^GSP"', "none of the market's indexes. Did you mean '.GSPC'"),
        (
            '"America/New_York"',
            '"America/Gotham"',
            'zone = "America/Gotham" is not a time zone; write one such as "Europe/London"',
        ),
        ('currency = "USD"', 'currency = "dollar"', 'currency = "dollar" is not an ISO 4217 code'),
        ('exchange = "XNYS"', 'exchange = "London"', "is not the code of an exchange"),
        ("weight = 0.8\n", "weight = 8\n", r"line \d+: weight = 8 is not a number from 0 to 1"),
        ('role = "small"', 'rule = "small"', "unknown 'rule' below .*indexes.*Did you mean 'role'"),
        ('symbol = "^RUT"', 'symbol = "^DJI"', "an index is listed twice"),
        ('DGS2 = "yield"', 'DGS2 = "yeld"', "Did you mean 'yield'"),
        ('DGS2 = "yield"', 'DGS2 = { kind = "yeld", name = "x" }', "Did you mean 'yield'"),
        ('DGS2 = "yield"', 'DGS2 = { kind = "yield", nam = "x" }', "Did you mean 'name'"),
        ('DGS2 = "yield"', 'DGS2 = { kind = "yield" }', r"'name' is missing below \[rates.DGS2\]"),
    ],
)
def test_a_market_that_is_off_is_refused_with_its_line(desk, old, new, words):
    """As every file is."""
    assert old in TEXT
    with pytest.raises(SettingsError, match=words):
        desk(TEXT.replace(old, new))


def test_a_market_that_is_not_there_is_named(desk):
    """With the nearest one."""
    desk(TEXT, "london")
    with pytest.raises(SettingsError, match=r"There is no market 'londn'\. Did you mean 'london'"):
        market("londn")
    assert {"london", "us"} <= set(market_names())


def test_another_package_brings_a_market(tmp_path):
    """By an entry point that names its file."""
    (tmp_path / "acme.toml").write_text(TEXT.replace("U.S. stocks", "Acme's market"))
    (tmp_path / "acme.py").write_text(f'PLACE = "{tmp_path}/acme.toml"\n')
    info = tmp_path / "acme-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[reportgen.markets]\nacme = acme:PLACE\n")
    done = subprocess.run(
        [sys.executable, "-c", ANOTHER],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(tmp_path), "PATH": ""},
    )
    assert done.stdout == "True Acme's market\n"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('calendar = "XLON"', "unknown 'calendar'"),
        ('market = "uk"', "there is no market 'uk'"),
        ('calendar = "XNYS"', ""),
    ],
)
def test_a_report_of_another_market_is_refused(desk, tmp_path, line, words):
    """No such line is ignored; that of 0.1.0 is taken."""
    desk(TEXT)
    place = tmp_path / "reports" / "mine"
    place.mkdir(parents=True)
    (place / "report.toml").write_text(
        f'title = "x"\ndescription = "y"\nformats = ["txt"]\n{line}\n[instruments]\nrequired = []\n'
    )
    if words:
        with pytest.raises(SettingsError, match=words):
            load_report("mine")
    else:
        found = load_report("mine")
        assert found.market.lead == "^GSPC"
        assert [note.partition(": ")[2] for note in found.notes] == [
            'calendar = "XNYS" is an old form; write market = "us".'
        ]
