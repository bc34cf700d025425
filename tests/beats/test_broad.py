"""The market as one: together up or down, mixed, or flat."""

import pytest

from reportgen.authoring.news import broad

SYMBOLS = ("^GSPC", "^IXIC", "^DJI", "^RUT")


@pytest.fixture
def market(track):
    """``market(0.1, -0.2)`` are the S&P 500, the Nasdaq and so on,
    which moved by so many percent from 100."""
    return lambda *percent: [
        track(symbol, "2025-06-06", 100.0, 100.0 + p)
        for symbol, p in zip(SYMBOLS, percent, strict=False)
    ]


@pytest.mark.parametrize(
    ("percent", "kind"),
    [
        ((1.0, 0.5, 0.8, 0.1), "broad_up"),
        ((-1.0, -0.5, -0.8, -0.1), "broad_down"),
        ((1.0, 0.5, -0.8), "mixed"),
        ((-0.4, 0.2, -0.3), "mixed"),
        ((0.5, -0.04, 0.3), "broad_up"),  # a change that rounds to nothing parts no one
        ((-0.5, 0.04, -0.3), "broad_down"),
        ((0.1, -0.2, 0.2), "flat"),
        ((0.0, 0.0, 0.0), "flat"),
        ((0.1, -0.4, 0.2), "mixed"),  # one of them went far
        ((0.2, -0.2, 0.1), "mixed"),  # the first did not stand still
    ],
)
def test_which_way_the_market_went(market, percent, kind):
    """The first index gives the direction; one that went the other way makes it mixed."""
    assert broad(market(*percent)).finding.kind == kind


def test_the_indexes_that_rose_and_fell_are_counted(market, said):
    """One that moved by less than a twentieth of a percent is in neither number."""
    told = said(broad(market(1.0, 0.04, -0.04, -0.8)))
    assert (told["rising"], told["falling"]) == (1, 1)


def test_the_change_of_each_index_is_in_the_role_of_its_key(market, said):
    """That of the first is the market's too."""
    told = said(broad(market(1.0, -0.5, 0.8, 0.1)))
    assert {key: told[key] for key in ("change", "spx", "comp", "dji", "rut")} == pytest.approx(
        {"change": 0.01, "spx": 0.01, "comp": -0.005, "dji": 0.008, "rut": 0.001}
    )


def test_a_mixed_session_weighs_by_how_far_the_indexes_parted(market):
    """Not by how far the first one went."""
    near, wide = broad(market(0.3, -0.1)).finding, broad(market(0.3, -0.5)).finding
    assert near.parts["apart"] < wide.parts["apart"]
    assert "size" not in near.parts


@pytest.mark.parametrize("percent", [(0.0, 0.0), (0.2, -0.2), (3.0, 2.0)])
def test_the_market_as_one_always_scores_five(market, percent):
    """So that it leads where nothing else may."""
    found = broad(market(*percent)).finding
    assert found.parts["always"] == 5.0
    assert found.score >= 5.0


@pytest.mark.parametrize("first", [0.0, -0.01])
def test_an_unchanged_first_index_does_not_turn_the_rise_of_the_others_into_a_fall(market, first):
    """None of them fell."""
    found = broad(market(first, 0.9, 0.6))
    assert found.finding.kind != "broad_down"
