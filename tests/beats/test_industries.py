"""An industry is told by its fund, where it moved far and farther than is usual."""

from __future__ import annotations

import math

import pytest

from reportgen.authoring.news import NONE, _Alone
from reportgen.beats.industries.detect import detect, industry
from reportgen.beats.measure import Measure, standout
from reportgen.beats.spec import weights_of
from reportgen.core.facts import Unit
from reportgen.datasets.market import Tracks

WORTH = weights_of("industries")


@pytest.mark.parametrize(
    ("level", "told"), [(97.4, True), (97.6, False), (102.6, True), (102.4, False)]
)
def test_a_move_of_two_and_a_half_percent_is_news(track, level, told):
    """Of a fund that usually moves two tenths of a percent."""
    assert bool(industry(track("KRE", "2025-03-05", 100, level))) is told


def test_a_wild_fund_must_move_farther(track):
    """Three percent a day are usual for it."""
    wild = [100 * (1.03 if day % 2 else 1) for day in range(80)]
    assert industry(track("JETS", "2025-03-05", *wild, 103)) is None


def test_a_rare_day_has_its_date(track, said):
    """The worst of the series but one, a year before."""
    fell = track("KRE", "2025-03-05", 90, start="2023-06-01", at={"2024-02-01": 80.0})
    found = said(industry(fell))
    assert found["since"] == "2024-02-01"
    assert found["change"] == pytest.approx(-0.1, abs=0.003)


def test_its_change_is_a_fraction(track):
    """As [roles] of its beat says."""
    news = industry(track("SMH", "2025-03-05", 110))
    assert news.role("change").unit is Unit.FRACTION


def test_a_fund_that_never_moved_has_no_usual_move(track):
    """Its first move is told, and weighs nothing, as there is no measure of it."""
    still = track("KRE", "2025-03-05", *[100.0] * 520, 104.0, start="2023-01-03")
    assert industry(still).finding.score == 0


def detected(fund, **about):
    """The kinds of news of a day of that *fund*."""
    scene = _Alone(market=NONE, tracks=Tracks([fund]), next=fund.session, **about)
    return [news.finding.kind for news in detect(scene) if news]


@pytest.mark.parametrize(
    ("level", "kinds"),
    [(90.0, ["industry", "standout_industry"]), (110.0, ["industry", "standout_industry"]),
     (95.0, ["industry"]), (99.9, [])],
)  # fmt: skip
def test_what_the_day_was_about_is_found_once_more(track, level, kinds):
    """Its score is the size of the move in percent, and how unusual that is."""
    assert detected(track("KRE", "2025-03-05", 100, level)) == kinds


def test_a_session_that_goes_on_is_about_no_industry(track):
    """It may turn."""
    assert detected(track("KRE", "2025-03-05", 100, 80.0, live=True)) == ["industry"]


@pytest.mark.parametrize(("score", "told"), [(10.0, True), (9.999, False)])
def test_it_needs_a_score_to_lead(track, score, told):
    """About twice that of a usual day of the market."""
    news = Measure.of(track("KRE", "2025-03-05")).news("industry", {}, {"news": score})
    again = standout(news, "standout_industry", WORTH["leads"], WORTH["most"])
    assert (again is not None) == told
    assert again is None or again.finding.kind == "standout_industry"


@pytest.mark.parametrize(
    ("score", "counts"), [(10.5, 10.5), (11.5, 11.5), (11.6, 11.5), (40, 11.5)]
)
def test_it_counts_for_less_than_a_record_close(track, score, counts):
    """The market's own news comes first."""
    news = Measure.of(track("KRE", "2025-03-05")).news("industry", {}, {"news": score})
    again = standout(news, "standout_industry", WORTH["leads"], WORTH["most"])
    assert again.finding.score == pytest.approx(counts)
    assert again.finding.score < weights_of("records")["record"]


def test_how_long_ago_such_a_day_was_adds_to_its_score(track):
    """Half for each doubling from a month of sessions on."""
    rare = track("KRE", "2025-03-05", 90, start="2023-06-01", at={"2024-02-01": 80.0})
    ago = int((rare.closes.index > "2024-02-01").sum())
    assert industry(rare).finding.parts["reach"] == pytest.approx(0.5 * math.log2(ago / 21))
    usual = track("KRE", "2025-03-05", 90, start="2023-06-01", at={"2025-02-03": 80.0})
    assert "reach" not in industry(usual).finding.parts
