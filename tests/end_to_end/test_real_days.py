"""The brief on real prices: the day it was made for, and days of every other kind."""

from __future__ import annotations

import datetime as dt

import pytest
from sparing import first_quick
from told import Told, tell

from reportgen.core.errors import NotASession
from reportgen.markets import market

calendar = market("us").calendar

AT_ONE, CLOSE = "2025-01-08 13:00", "2025-01-08"


@pytest.fixture(scope="module")
def at_one(real_market) -> Told:
    """8 January 2025, 1 p.m."""
    return tell(AT_ONE, real_market)


@pytest.fixture(scope="module")
def at_close(real_market) -> Told:
    """8 January 2025, the close."""
    return tell(CLOSE, real_market)


@pytest.mark.parametrize(
    ("fact", "value", "within"),
    [
        ("rut.drawdown_from_high", -0.0887, 5e-5),
        ("rut.level", 2225.43, 1e-9),
        ("rut.pct_change", -0.0108, 5e-5),
        ("rut.ytd_change", -0.0021, 5e-5),
        ("rut.correction.level", 2197.827, 1e-6),
        ("rut.year_change.2024", 0.1002, 5e-5),
        ("rut.event.change", -0.0157, 5e-5),
        ("rut.event.next_day", 0.0584, 5e-5),
        ("rut.event.share_of_gain", 0.892, 5e-4),
        ("fed.target_changes", 3, 0),
        ("fed.target_change_bp", -0.01, 1e-9),
        ("rut.month_change.2024-11", 0.1084, 5e-5),
        ("rut.month_change.2024-12", -0.0840, 5e-5),
        ("spx.year_change.2024", 0.2331, 5e-5),
        ("rut.outperform.spx.2024", -0.133, 5e-4),
        ("fed.fed_probability.hold", 0.957, 5e-4),
        ("mid.year_change.2024", 0.123, 5e-4),
        ("btc.crypto_level", 94031, 0.5),
    ],
)
def test_at_one_o_clock_every_claim_has_its_true_value(at_one, fact, value, within):
    """The values that were recomputed by hand from the same prices."""
    assert at_one.value(fact) == pytest.approx(value, abs=within)


def test_at_one_o_clock_stocks_without_intraday_prices_are_a_labelled_gap(at_one):
    """The dataset says that it never covers them; the reader is told so at the foot."""
    declared = [gap for gap in at_one.record.gaps if gap.declared]
    assert [gap.section for gap in at_one.record.gaps if not gap.declared] == []
    assert "Not in these data: " in at_one.text
    assert "IonQ" in declared[0].name


@pytest.mark.parametrize(
    ("fact", "value", "within"),
    [
        ("rut.drawdown_from_high", -0.0832, 5e-5),
        ("rut.level", 2238.96, 1e-9),
        ("rut.pct_change", -0.0048, 5e-5),
        ("rut.ytd_change", 0.0039, 5e-5),
        ("spx.ytd_change", 0.0062, 5e-5),
        ("rut.event.change", -0.0097, 5e-5),
        ("fed.fed_probability.hold", 0.947, 5e-4),
        ("quantum.pct_change", -0.412, 5e-4),
    ],
)
def test_at_the_close_every_claim_has_the_close_s_value(at_close, fact, value, within):
    """What was true at one o'clock only is not said any more."""
    assert at_close.value(fact) == pytest.approx(value, abs=within)


def test_at_the_close_nothing_is_nearly_or_just_over_one_percent_down(at_close):
    """The brief is told anew, not patched."""
    assert "The Russell 2000 fell 0.5% to 2,238.96" in at_close.body
    assert "trading" not in at_close.body.split(".")[1]


def test_a_day_of_mourning_is_refused_with_the_reason_and_the_nearest_sessions():
    """9 January 2025."""
    with pytest.raises(NotASession, match=r"mourning.*2025-01-08.*2025-01-10"):
        calendar.resolve("2025-01-09", dt.datetime.now(dt.UTC))


def test_the_tenth_of_january_entered_a_correction(real_market):
    """The first close below -10%."""
    told = tell("2025-01-10", real_market)
    assert told.title == "Small caps drop into a correction"
    assert (
        "ended 10.4% below its Nov. 25 closing high of 2,442.03. That is a correction" in told.body
    )


def test_the_25th_of_november_closed_just_shy_of_the_record(real_market):
    """0.71 points below the close of 8 November 2021."""
    told = tell("2024-11-25", real_market)
    assert told.title == "Small caps close just shy of their record of 2021"
    assert "0.71 points, below the record close of 2,442.74 set on Nov. 8, 2021" in told.body


def test_the_fourth_of_april_was_deep_in_a_bear_market(real_market):
    """Entered on the third."""
    told = tell("2025-04-04", real_market)
    assert told.title == "Small caps drop deeper into a bear market"
    assert "in a bear market, a fall of 20% from a recent high, since April 3" in told.body


def test_the_eleventh_of_july_small_caps_surged_as_large_caps_fell(real_market):
    """The divergence leads."""
    told = tell("2024-07-11", real_market)
    assert told.title == "Small caps soar as large caps drop"
    assert "soared 3.57%" in told.body
    assert "fell 0.88%, a gap of 4.45 percentage points" in told.body


@pytest.mark.parametrize("session", ["2024-02-23", "2024-05-28", "2024-08-29"])
def test_a_dull_day_reads_like_one(real_market, session):
    """No strong verb, no superlative, no correction in the headline or the lead."""
    told = tell(session, real_market)
    strong = {
        "surge",
        "soar",
        "plunge",
        "tumble",
        "jump",
        "rally",
        "drop",
        "sink",
        "best",
        "worst",
        "record",
        "correction",
    }
    assert not strong & set(told.title.lower().split()), told.title
    assert len(told.body.split()) < 300


@pytest.mark.parametrize(
    ("moment", "said", "unsaid"),
    first_quick(
        [
            ("2025-01-08 08:00", "fell", "trading"),
            ("2025-01-08 11:00", "in morning trading", "closed at"),
            ("2025-01-11 10:00", "on Friday", "trading"),
            ("2025-01-09 10:00", "on Wednesday", "in morning trading"),
        ],
        quick=2,
    ),
)
def test_tense_follows_the_state_of_the_session(real_market, moment, said, unsaid):
    """Before, during, on a weekend and on a holiday."""
    told = tell(moment, real_market)
    assert said in told.body
    assert unsaid not in told.body.partition("for the year")[0]
    assert told.failed() == []


@pytest.mark.truth
@pytest.mark.parametrize(
    "month", [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]
)
def test_the_brief_of_every_session_passes_its_fact_check(real_market, month):
    """All sessions of 2024 and 2025; failures are listed by session."""
    first = dt.date.fromisoformat(f"{month}-01")
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    failed = {}
    for session in calendar.sessions(first, last):
        told = tell(session.isoformat(), real_market)
        failed |= {session: [str(c) for c in told.failed()]} if told.failed() else {}
        assert len(told.title) <= 70
    assert not failed
