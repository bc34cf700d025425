"""A desk in London: a market, its instruments and its data, and the shipped recap tells it."""

import csv
import datetime as dt
import random
import re
from functools import cache

import pytest

from reportgen.config.resources import resource
from reportgen.jobs import workspace
from reportgen.markets.calendar import Calendar

LONDON = Calendar("XLON", "Europe/London")
MARKET = """
name = "UK stocks"
stocks = "UK stocks"
places = "London's stock markets"
exchange = "XLON"
zone = "Europe/London"
zone_label = "London time"
currency = "GBP"
lead = "^FTSE"
compared = ["^FTMC"]
strip = ["^FTSE", "^FTMC", "VOD.L"]
commodities = ["TTF", "XAUGBP"]
indexes = [
    { symbol = "^FTSE", weight = 1.0, round_number = 500 },
    { symbol = "^FTMC", role = "small" },
]
"""
INSTRUMENT = """
[{key}]
symbol = "{symbol}"
first = "the {name}"
second = "the {name}"
short = "{name}"
unit = "level"
decimals = 2
kind = "index"
inception = 1984-01-03
calendar = "XLON"
"""
PRICED = """
[vod]
symbol = "VOD.L"
first = "Vodafone"
second = "Vodafone"
short = "Vodafone"
unit = "money"
currency = "GBX"
decimals = 1
kind = "stock"
inception = 1988-10-26
calendar = "XLON"

[gold]
symbol = "XAUGBP"
first = "gold"
second = "gold"
short = "Gold"
unit = "money"
decimals = 2
kind = "commodity"
per = "ounce"
inception = 2000-01-03
calendar = "XLON"

[ttf]
symbol = "TTF"
first = "Dutch natural gas"
second = "Dutch gas"
short = "Dutch gas"
unit = "money"
currency = "EUR"
decimals = 2
kind = "commodity"
inception = 2010-01-04
calendar = "XLON"
"""
DATASET = """
name = "London"
[[files]]
path = "daily.csv"
role = "daily_bars"
source = "made up"
"""
INDEXES = {"^FTSE": ("ftse", "FTSE 100"), "^FTMC": ("ftmc", "FTSE 250")}
FIRST = {"^FTSE": 8000.0, "^FTMC": 20000.0, "VOD.L": 85.0, "XAUGBP": 1500.0, "TTF": 40.0}


def closes():
    """Rows of closes on London's sessions: symbol, day and level."""
    chance, rows = random.Random(7), []
    for symbol, first in FIRST.items():
        level = first
        for day in LONDON.sessions(dt.date(2023, 1, 3), dt.date(2025, 5, 6)):
            level *= 1 + chance.gauss(0.0002, 0.008)
            rows.append((day.isoformat(), symbol, round(level, 2)))
    return rows


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A desk of its own market, and the closes that its data have."""
    place = tmp_path_factory.mktemp("london") / "desk"
    workspace.create(place, "daily-recap", "london-recap")
    rows = closes()
    report = (place / "reports/london-recap/report.toml").read_text()
    for old, new in (
        (r'market = "us"', 'market = "gb"'),
        (r"required = .*", 'required = ["^FTSE"]'),
        (r"optional = \[[^]]*\]", 'optional = ["^FTMC", "VOD.L", "XAUGBP", "TTF"]'),
        (r"symbols = \[[^]]*\]", "symbols = []"),
        (r"series = .*", "series = []"),
        (r"fresh = .*", "fresh = {}"),
    ):
        report = re.sub(old, new, report)
    told = [INSTRUMENT.format(key=k, symbol=s, name=n) for s, (k, n) in INDEXES.items()]
    settings = (place / "reportgen.toml").read_text()
    for name, text in {
        "reportgen.toml": f'market = "gb"\n{settings}',
        "reports/london-recap/report.toml": report,
        "markets/gb.toml": MARKET,
        "instruments.toml": "".join([*told, PRICED]),
        "data/london/dataset.toml": DATASET,
    }.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    with (place / "data/london/daily.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("date", "symbol", "close"), *rows])
    return place, {(day, symbol): level for day, symbol, level in rows}


@pytest.fixture(scope="module")
def run(desk, apart):
    """What the command that makes the brief of a day says, and the words of the brief."""
    place, _ = desk
    data = ("--data", "data/london", "--format", "txt")

    @cache
    def call(as_of):
        done = apart("run", "london-recap", "--as-of", as_of, *data, folder=place)
        brief = place / "out" / "london-recap" / as_of / "brief.txt"
        return done, " ".join(brief.read_text().split()) if brief.is_file() else ""

    return call


def test_the_day_after_a_london_holiday_is_told_from_the_last_london_session(desk, run):
    """The first Monday of May has no session there; New York traded."""
    _, level = desk
    done, brief = run("2025-05-06")
    assert done.exit_code == 0, done.stderr
    now, before = level["2025-05-06", "^FTSE"], level["2025-05-02", "^FTSE"]
    assert f"FTSE 100 {now:,.2f}" in brief
    assert f"{abs(now - before):,.2f} points" in brief
    assert "as of 4:30 p.m. London time" in brief


def test_money_is_told_in_its_own_currency(desk, run):
    """Gold in that of the market, gas in euros, and a share in pence."""
    _, level = desk
    day = "2025-04-02"  # when both moved by more than 1%, and are told
    _, brief = run(day)
    assert f"£{level[day, 'XAUGBP']:,.2f} an ounce" in brief
    assert f"€{level[day, 'TTF']:,.2f}" in brief
    assert f"Vodafone {level[day, 'VOD.L']:,.1f}".removesuffix(".0") + "p" in brief
    assert "$" not in brief


def test_a_sign_of_money_that_no_fact_brings_is_refused(desk, run, apart):
    """Where a story of that desk says dollars of gas in euros, there is no brief."""
    place, _ = desk
    story = place / "templates/story/en/gauges.j2"
    shipped = resource("templates/story/en/gauges.j2").read_text()
    story.parent.mkdir(parents=True)
    try:
        story.write_text(shipped.replace("| price", '| price | replace("€", "$")'))
        said = apart("vouch", "london-recap", "--by", "A. Author", folder=place).stderr
        done, _ = run("2025-05-02")
    finally:
        story.unlink()
    assert "'$' is a figure, and nobody can vouch for it" in said
    assert done.exit_code == 5


def test_what_is_due_elsewhere_is_told_by_the_desks_own_clock(run):
    """The Fed decides at 2 p.m. in New York, which is seven in the evening in London."""
    _, brief = run("2025-05-06")
    when = r"[Oo]n Wednesday at 7 p\.m\. London time\b|at 7 p\.m\. London time on Wednesday\b"
    assert re.search(when, brief), brief
    assert re.search(r"\b[Dd]ue\b", brief)
    assert "decision on rates" in brief


def test_a_holiday_there_has_no_brief(run):
    """It is refused with its name."""
    done, _ = run("2025-05-05")
    assert done.exit_code == 2
    assert "2025-05-05 (Monday) has no trading session: the early May bank holiday" in done.stderr
