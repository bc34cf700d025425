"""A desk changes a round number, a basket, a rate, the head of a column or a phrase in one file."""

from __future__ import annotations

import pytest
from outside import ROOT, Desk

from reportgen.core.errors import SettingsError
from reportgen.jobs import workspace
from reportgen.record.templates import WORDS, Templates
from reportgen.verify.words import words_of

US = (ROOT / "reportgen" / "markets" / "us.toml").read_text()
BASKET = """[followed]
name = "watched stocks"
members = ["AMD", "SMCI", "PLTR", "NVDA"]
since = 2023-05-17
"""
HEAD = '[columns.Last]\nwindow = "day"\npoints = true\nlevel = true\n'
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
    """The Dow came from 42,528 to 42,635: a grid of 600 has a line between."""
    desk.writes("markets/us.toml", changed(US, ("weight = 0.75\nround_number = 1000", ROUND)))
    assert "42,600" in desk.brief()


ROUND = "weight = 0.75\nround_number = 600"


@pytest.mark.slow
def test_a_basket_is_changed_in_baskets(desk):
    """What a brief says of widely followed stocks, it says of those of the desk."""
    desk.writes("baskets.toml", BASKET)
    table = desk.brief().partition("Widely followed stocks on the move")[2]
    assert "Advanced Micro Devices" in table
    assert "Palantir" in table


@pytest.mark.slow
def test_a_rate_is_changed_in_the_market(desk):
    """The two-year yield is told first where the market names it first."""
    yields = ('yields = ["DGS10", "DGS2"]', 'yields = ["DGS2", "DGS10"]')
    desk.writes("markets/us.toml", changed(US, yields))
    told = desk.brief()
    assert "The 2-year Treasury yield fell to 4.28% from 4.30%; the 10-year" in told


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
    story(desk, (TABLES, CLOSE, "Last"))
    assert "not what the column 'Last' says" in desk.says("run", "desk-recap", *SAMPLE, code=5)
    desk.writes(f"templates/{WORDS}", HEAD)
    assert "Last Points Change" in desk.brief()
    elsewhere = Desk(tmp_path)
    assert "borne out" in elsewhere.says("check", str(desk.place))


SAMPLE = ("--as-of", "2025-01-08", "--format", "txt")


@pytest.mark.slow
def test_a_phrase_has_other_words(desk, tmp_path):
    """They are judged by the rule of the shipped phrase: of what did not lead they are untrue."""
    said = ('says("led the way")', 'says("took the top spot")')
    story(desk, ("sectors.j2", *said))
    desk.writes(f"templates/{WORDS}", PHRASE)
    assert "Consumer staples stocks took the top spot, up 0.5%" in desk.brief()
    assert "borne out" in Desk(tmp_path).says("check", str(desk.place))
    story(desk, ("sectors.j2", "f.first | " + said[0], "f.last | " + said[1]))
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
