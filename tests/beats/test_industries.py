"""An industry is told by its fund, where it moved far and farther than is usual."""

from __future__ import annotations

import pytest

from reportgen.beats.industries.detect import industry
from reportgen.core.facts import Unit


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
