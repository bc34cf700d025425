"""A desk changes a limit, a round number, a basket, a rate, a head or a phrase in one file."""

from __future__ import annotations

import gzip
import re
import shutil

import pytest
from outside import ROOT, SAMPLE, Desk

from reportgen.config.resources import SAMPLE as SAMPLES
from reportgen.core.errors import SettingsError
from reportgen.jobs import workspace
from reportgen.record.templates import WORDS, Templates
from reportgen.verify.words import words_of

US = ROOT / "reportgen" / "markets" / "us.toml"
BASKET = """[megacaps]
name = "artificial-intelligence stocks"
members = ["AMD", "SMCI", "PLTR"]
"""
HEAD = '[columns.Price]\nwindow = "day"\npoints = true\nlevel = true\n'
PHRASE = '[phrases]\n"took the top spot" = "led the way"\n'


@pytest.fixture
def desk(tmp_path):
    """A desk with a report of its own."""
    workspace.create(tmp_path / "desk", "daily-recap", "desk-recap")
    return Desk(tmp_path / "desk")


def changed(text, *pairs):
    """*text* with each pair's first part by its second."""
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.slow
def test_a_round_number_is_changed_in_the_market(desk):
    """The Dow fell through 42,500 on January 10, which is on a grid of 250 and not on one of
    1,000."""
    old = "weight = 0.75\nround_number = 1000"
    desk.writes(
        "markets/us.toml", changed(US.read_text(), (old, "weight = 0.75\nround_number = 250"))
    )
    desk.brief("2025-01-10")
    found = desk.says("findings", "out/desk-recap/2025-01-10/notebook.ipynb")
    assert "milestone_down ^DJI" in found


GAUGES = (ROOT / "reportgen/beats/gauges/beat.toml").read_text()


@pytest.mark.slow
def test_a_limit_is_changed_in_the_file_of_its_family(desk, tmp_path):
    """Volatility is told from a smaller move on; the brief keeps the limit it was told by."""
    assert "Volatility Index" not in desk.brief()
    desk.writes(
        "beats/gauges/beat.toml", changed(GAUGES, ("volatility = 0.02", "volatility = 0.001"))
    )
    assert re.search(r"Volatility Index [^;]{0,40}\b17\.70\b", desk.brief())
    assert "borne out" in Desk(tmp_path).says("check", str(desk.place))


def test_a_limit_that_no_sentence_asks_for_is_refused(desk):
    """With the nearest name."""
    desk.writes("beats/gauges/beat.toml", changed(GAUGES, ("volatility = ", "volatilty = ")))
    said = desk.says("doctor", code=1)
    assert "asks for a limit 'volatilty'. Did you mean 'volatility'?" in said


@pytest.mark.slow
def test_a_basket_is_changed_in_baskets(desk):
    """The largest stocks that are told of as one are those of the desk, by its name for them."""
    desk.writes("baskets.toml", BASKET)
    assert "rtificial-intelligence stocks" in desk.brief()


@pytest.mark.slow
def test_a_rate_is_changed_in_the_market(desk):
    """Of two that moved as far, the two-year yield is told first where the market names it so."""
    first = re.compile(r"\b(?:2|10)-year Treasury yield")
    assert first.search(desk.brief("2024-12-24"))[0] == "10-year Treasury yield"
    yields = ('yields = ["DGS10", "DGS2"]', 'yields = ["DGS2", "DGS10"]')
    desk.writes("markets/us.toml", changed(US.read_text(), yields))
    assert first.search(desk.brief("2024-12-24"))[0] == "2-year Treasury yield"


@pytest.mark.slow
def test_a_series_of_rates_is_a_line_of_the_market(desk):
    """Named there, it is an instrument: told by its name, in data that have it."""
    thirty = 'DGS30 = { kind = "yield", name = "30-year Treasury yield" }'
    lines = (('["DGS10",', '["DGS30", "DGS10",'), ('DGS10 = "yield"', f'DGS10 = "yield"\n{thirty}'))
    desk.writes("markets/us.toml", changed(US.read_text(), *lines))
    shutil.copytree(SAMPLES, desk.folder / "data" / "mine")
    rates = gzip.decompress((SAMPLES / "rates.csv.gz").read_bytes()).decode()
    more = [line for line in rates.splitlines() if ",DGS10," in line]
    whole = rates + "\n".join(more).replace(",DGS10,", ",DGS30,") + "\n"
    (desk.folder / "data" / "mine" / "rates.csv.gz").write_bytes(gzip.compress(whole.encode()))
    told = desk.brief(data="data/mine")
    assert "The 30-year Treasury yield was little changed at 4.67%" in told


def story(desk, *pairs):
    """Change the words of the desk's copies of shipped templates."""
    for name, old, new in pairs:
        text = (ROOT / "templates" / "story" / "en" / name).read_text()
        desk.writes(f"templates/story/en/{name}", changed(text, (old, new)))


TABLES = "parts/tables.j2"
CLOSE = '{{ "Level" if live else "Close" }}'


@pytest.mark.slow
def test_the_head_of_a_column_is_a_line_of_words(desk, tmp_path):
    """Without it the checker refuses it; with it the brief is checked from any folder."""
    story(desk, (TABLES, CLOSE, "Price"))
    desk.vouches()
    assert "not what the column 'Price' says" in desk.says("run", "desk-recap", *SAMPLE, code=5)
    with (desk.folder / "templates" / WORDS).open("a") as file:
        file.write(f"\n{HEAD}")
    assert "Price Points Change" in desk.brief()
    elsewhere = Desk(tmp_path)
    assert "borne out" in elsewhere.says("check", str(desk.place))


@pytest.mark.slow
def test_a_phrase_has_other_words(desk, tmp_path):
    """They are judged by the rule of the shipped phrase: of what did not lead they are untrue."""
    way = 'says("led the way" if up else "fell the most")'
    said = ("sectors.j2", way, way.replace("led the way", "took the top spot"))
    story(desk, said)
    desk.writes(f"templates/{WORDS}", PHRASE)
    desk.vouches()
    assert "Consumer staples stocks took the top spot" in desk.brief()
    assert "borne out" in Desk(tmp_path).says("check", str(desk.place))
    story(desk, said, (TABLES, "farthest(f.first, true", "farthest(f.last, true"))
    desk.vouches()
    refused = desk.says("run", "desk-recap", *SAMPLE, code=5)
    assert "nothing bears it out" in refused


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[columns.Year]\nwindow = "day"', "the column 'Year' has a meaning already"),
        ('[columns.Last]\nwindows = "day"', "unknown 'windows'"),
        ('[phrases]\n"top day" = "best dya since"', "no rule proves 'best dya since'. Did you"),
        ('[phrases]\n"worst day since" = "best day since"', "it is a phrase already"),
        ('[phrases]\n"best of 9" = "best day since"', "it has a digit"),
    ],
)
def test_words_that_are_off_are_refused(text, reason):
    """By the file and the line or the word."""
    with pytest.raises(SettingsError) as refused:
        words_of(Templates(((WORDS, text, "words.toml"),)))
    assert str(refused.value).startswith("words.toml")
    assert reason in str(refused.value)
