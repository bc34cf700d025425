"""Sector funds in their order, large stocks that moved, and the gauges beside the stock market."""

import pytest

from reportgen.authoring.news import gauge, mover, sectors

END = "2025-06-06"


@pytest.fixture
def funds(track):
    """``funds(XLB=101.0)`` are tracks that all closed at 100 the session before."""
    return lambda **last: [track(symbol, END, 100.0, level) for symbol, level in last.items()]


def test_the_funds_that_led_and_lagged_are_named(funds, said):
    """In the order of their changes, whatever order they came in."""
    found = sectors(funds(XLB=101.0, XLE=98.0, XLF=103.0, XLK=99.0))
    ids = {role: found.finding.facts[role] for role in ("first", "second", "last_but_one", "last")}
    assert list(ids.values()) == [
        "xlf.pct_change",
        "xlb.pct_change",
        "xlk.pct_change",
        "xle.pct_change",
    ]
    assert [said(found)[f"s{place:02d}"] for place in (1, 2, 3, 4)] == pytest.approx(
        [0.03, 0.01, -0.01, -0.02]
    )


def test_an_unchanged_fund_neither_rose_nor_fell(funds, said):
    """Two up, one down, one neither."""
    told = said(sectors(funds(XLB=101.0, XLE=100.0, XLF=103.0, XLK=99.0)))
    assert (told["members"], told["rising"], told["falling"]) == (4, 2, 1)


@pytest.mark.parametrize("order", [("XLB", "XLE", "XLF"), ("XLF", "XLE", "XLB")])
def test_of_funds_that_moved_alike_the_symbol_decides(funds, order):
    """So that the same data always give the same brief."""
    found = sectors(funds(**dict.fromkeys(order, 101.0)))
    assert [found.finding.facts[role] for role in ("s01", "s02", "s03")] == [
        f"{key}.pct_change" for key in ("xlb", "xle", "xlf")
    ]


@pytest.mark.parametrize(
    ("last", "score"),
    [((101.0, 102.0), 2.0), ((99.0, 98.0), 2.0), ((101.0, 98.0), 0.0), ((101.0, 100.0), 0.0)],
)
def test_funds_that_all_went_one_way_are_news(funds, last, score):
    """One that stood still is enough to spoil it."""
    assert sectors(funds(XLB=last[0], XLE=last[1])).finding.score == score


@pytest.mark.parametrize(
    ("last", "told"), [(102.1, True), (101.9, False), (97.9, True), (98.1, False)]
)
def test_a_stock_that_moved_less_than_two_percent_is_no_news(track, last, told):
    """Either way, however quiet it was before."""
    assert (mover(track("AAPL", END, 100.0, last)) is not None) == told


def test_a_stock_that_always_moves_must_move_more(track):
    """After weeks of 10% up and down, 5% is nothing and 20% is news."""
    restless = [110.0, 100.0] * 30
    assert mover(track("MSTR", END, *restless, 105.0)) is None
    assert mover(track("MSTR", END, *restless, 120.0)) is not None


@pytest.mark.parametrize(
    ("jump", "live", "since"),
    [("2025-03-12", False, "2025-03-12"), ("2025-03-13", False, None), ("2025-03-12", True, None)],
)
def test_a_move_as_large_must_be_60_sessions_old(track, said, jump, live, since):
    """March 12 is the 60th before June 6; a running session is not compared."""
    found = mover(track("AAPL", END, 100.0, 103.0, at={jump: 104.0}, live=live))
    assert said(found).get("since") == since


def test_the_worst_day_is_compared_with_falls(track):
    """A rise in between is no answer to a fall."""
    found = mover(track("AAPL", END, 100.0, 97.0, at={"2024-08-05": 90.0, "2025-05-20": 100.1}))
    assert [(fact.kind, fact.value) for fact in found.facts if fact.since] == [
        ("worst_day_since", "2024-08-05")
    ]


@pytest.mark.parametrize(
    ("level", "last", "kind"),
    [(30.0, 25.0, "highest_close_since"), (10.0, 14.0, "lowest_close_since")],
)
def test_a_gauge_tells_since_when_it_was_not_as_far_out(track, level, last, kind):
    """The way of its last change is the way that is looked."""
    found = gauge(track("^VIX", END, 18.0, last, usual=18.0, at={"2025-01-15": level}))
    assert [(fact.kind, fact.value) for fact in found.facts if fact.since] == [(kind, "2025-01-15")]
    assert found.finding.parts["reach"] > 2


@pytest.mark.parametrize(
    ("session", "live", "told"),
    [("2025-03-12", False, True), ("2025-03-13", False, False), ("2025-03-12", True, False)],
)
def test_a_level_as_far_out_must_be_60_sessions_old(track, said, session, live, told):
    """And the session over."""
    found = gauge(track("^VIX", END, 18.0, 25.0, usual=18.0, at={session: 25.0}, live=live))
    assert ("since" in said(found)) == told


def test_a_gauge_is_told_on_a_quiet_day_too(track, said):
    """With its level, its points and its unit, and nothing more."""
    found = gauge(track("GC=F", END, 3000.0, 3000.0, usual=3000.0))
    assert (said(found)["level"], said(found)["points"], said(found)["change"]) == (
        3000.0,
        0.0,
        0.0,
    )
    assert (found.facts[0].unit, found.facts[0].currency) == ("money", "USD")
    assert "since" not in said(found)
