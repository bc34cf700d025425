"""A week, month or year that has ended, as a whole.

Its days, its records, and what prices and yields did over it.
"""

import datetime as dt
import math
import statistics

import pandas as pd
import pytest

from reportgen.authoring.news import (
    coin_over,
    days,
    gauge,
    moved,
    mover,
    of_period,
    sectors,
    yields_over,
)
from reportgen.core.errors import NoData, StaleData
from reportgen.datasets.market import Market
from reportgen.datasets.snapshot import Snapshot
from reportgen.markets import market

calendar = market("us").calendar

FRIDAY, MONDAY = "2025-06-06", dt.date(2025, 6, 9)
BASE = {"2025-05-30": 100.0}


@pytest.fixture
def market():
    """``market(session, rates=..., closes=...)`` at the close of *session*.

    Series are levels by date, or written out whole.
    """

    def build(session, rates=None, closes=None):
        moment = calendar.close_of(dt.date.fromisoformat(session), dt.datetime.now(dt.UTC))
        return Market(
            Snapshot(
                name="test",
                notice="",
                moment=moment,
                closes=closes or {},
                levels={},
                rates=rates or {},
                futures=pd.DataFrame(),
                meetings=[],
                events=pd.DataFrame(),
                commentary=[],
                sources=dict.fromkeys(closes or {}, "test"),
            )
        )

    return build


def yields(start, end, at, usual=0.04):
    """A yield on every session, *usual* and a basis point more by turns,
    other levels on the days of *at*."""
    index = calendar.session_index(dt.date.fromisoformat(start), dt.date.fromisoformat(end))
    levels = pd.Series([usual + 0.0001 * (i % 2) for i in range(len(index))], index=index)
    levels.update(pd.Series(at.values(), index=pd.DatetimeIndex(list(at)), dtype=float))
    return levels


def coin(start, end, at):
    """A coin on every day, around 100,000, other levels on the days of *at*."""
    index = pd.date_range(start, end)
    levels = pd.Series(
        [100_000.0 + 500 * (i % 2) for i in range(len(index))], index=index, name="BTC-USD"
    )
    levels.update(pd.Series(at.values(), index=pd.DatetimeIndex(list(at)), dtype=float))
    return levels


def test_the_sessions_of_a_week_are_counted_by_their_way(track, said):
    """Up, unchanged, down, up and up: three rose and one fell of five."""
    told = said(days(track("^GSPC", FRIDAY, 100.0, 101.0, 101.0, 99.0, 100.0, 102.0), "week"))
    assert (told["number"], told["rising"], told["falling"]) == (5, 3, 1)
    assert (told["level"], told["points"]) == (102.0, 2.0)


def test_the_best_and_the_worst_day_of_a_week_are_named(track, said):
    """Up 4% on Tuesday, down 5% on Thursday; what was before Monday does not count."""
    told = said(days(track("^GSPC", FRIDAY, 50.0, 100.0, 100.0, 104.0, 104.0, 98.8, 98.8), "week"))
    assert (told["best_day"], told["best"]) == ("2025-06-03", pytest.approx(0.04))
    assert (told["worst_day"], told["worst"]) == ("2025-06-05", pytest.approx(-0.05))


def test_of_days_as_good_the_earlier_one_is_the_best(track, said):
    """From 100 to 110 on Monday, Wednesday and Friday, back on the days between."""
    told = said(days(track("^GSPC", FRIDAY, 100.0, 110.0, 100.0, 110.0, 100.0, 110.0), "week"))
    assert (told["best_day"], told["worst_day"]) == ("2025-06-02", "2025-06-03")


@pytest.mark.parametrize("levels", [(100.0,) * 6, (100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0)])
def test_a_week_whose_days_all_went_the_same_way_by_as_much_has_no_best(track, said, levels):
    """Five unchanged sessions, or each twice the one before: no day is better than another."""
    told = said(days(track("^GSPC", FRIDAY, *levels), "week"))
    assert told["number"] == 5
    assert not {"best", "best_day", "worst", "worst_day"} & set(told)


@pytest.mark.parametrize(
    ("session", "number", "told"),
    [("2001-09-10", 1, False), ("2024-07-02", 2, False), ("2024-07-03", 3, True)],
)
def test_a_best_day_needs_three_sessions(track, said, session, number, told):
    """The week of September 2001 had one.

    That of July 4, 2024 had two on its Tuesday, three on its Wednesday.
    """
    found = said(
        days(track("^GSPC", session, 101.0, start=f"{int(session[:4]) - 1}-01-02"), "week")
    )
    assert found["number"] == number
    assert ("best_day" in found, "worst_day" in found) == (told, told)


def test_a_week_of_one_session_is_that_session(track, said):
    """The week of Sept.

    10, 2001 ended on its Monday, for the exchange stayed closed until the 17th.
    """
    index = track("^GSPC", "2001-09-10", 100.0, 97.0, start="2000-01-03")
    found = {
        news.finding.kind: news for news in of_period(index, "week", dt.date(2001, 9, 17)) if news
    }
    assert said(found["week_wrap"])["change"] == pytest.approx(-0.03)
    assert (said(found["days"])["points"], said(found["days"])["falling"]) == (-3.0, 1)


@pytest.mark.parametrize(
    ("before", "week", "made"),
    [
        (4700.0, (4800.0, 4790.0, 4810.0, 4810.0, 4820.0), 3),  # an equal close is none
        (
            4805.0,
            (4800.0, 4790.0, 4810.0, 4810.0, 4820.0),
            2,
        ),  # one of the week before does not count
        (
            4700.0,
            (4700.0, 4710.0, 4720.0, 4730.0, 4796.56),
            0,
        ),  # nor one that only equals the known record
    ],
)
def test_the_records_made_in_a_week_are_counted(track, said, before, week, made):
    """Above the S&P 500's 4,796.56 of Jan. 3, 2022."""
    index = track(
        "^GSPC", FRIDAY, before, *week, start="2022-01-03", usual=4000.0, at={"2022-01-03": 4796.56}
    )
    assert said(days(index, "week"))["records"] == made


def test_a_series_that_does_not_reach_its_record_counts_none(track, said):
    """From 2024 on it is not known what was a record."""
    assert "records" not in said(days(track("^GSPC", FRIDAY, 9000.0), "week"))


def test_a_month_tells_each_of_its_sessions(track, said):
    """February 2024 had 20, of which the last was the 29th."""
    found = days(
        track(
            "^GSPC",
            "2024-02-29",
            100.0,
            103.0,
            start="2021-01-04",
            at={"2024-01-31": 101.0, "2024-02-01": 100.0},
        ),
        "month",
    )
    told = said(found)
    assert (told["number"], told["points"]) == (20, 2.0)
    assert told["c01"] == pytest.approx(-1 / 101)
    assert (found.finding.facts["c20"], told["c20"]) == (
        "spx.pct_change.2024-02-29",
        pytest.approx(0.03),
    )
    assert "c21" not in told


def test_a_month_that_ended_on_february_29_is_wrapped_as_such(track, said):
    """Its change runs from the last close of January,
    and it is the best day that the leap day was."""
    index = track("^GSPC", "2024-02-29", 100.0, 103.0, start="2021-01-04", at={"2024-01-31": 101.0})
    found = {
        news.finding.kind: said(news)
        for news in of_period(index, "month", dt.date(2024, 3, 1))
        if news
    }
    assert found["month_wrap"]["change"] == pytest.approx(2 / 101)
    assert found["days"]["best_day"] == "2024-02-29"


def test_the_first_session_of_a_year_is_a_day_of_it(track, said):
    """2024 had 252 sessions.

    Jan. 2 counts from the last close of 2023 on, which is of the year before.
    """
    index = track(
        "^GSPC",
        "2024-12-31",
        110.0,
        start="2021-01-04",
        at={"2023-12-28": 50.0, "2023-12-29": 100.0, "2024-01-02": 115.0},
    )
    told = said(days(index, "year"))
    assert (told["number"], told["points"]) == (252, 10.0)
    assert (told["best_day"], told["best"], told["worst_day"]) == (
        "2024-01-02",
        pytest.approx(0.15),
        "2024-01-03",
    )


def test_the_first_session_of_a_year_is_all_of_it(track, said):
    """So far: one session, from the close of New Year's Eve."""
    told = said(days(track("^GSPC", "2025-01-02", 107.0, at={"2024-12-31": 100.0}), "year"))
    assert (told["number"], told["points"], told["rising"]) == (1, 7.0, 1)
    assert "best" not in told


def test_a_week_over_new_year_has_the_sessions_of_both_years(track, said):
    """Dec. 30 and 31, 2024, then Jan. 2 and 3."""
    told = said(days(track("^GSPC", "2025-01-03", 100.0, 101.0, 102.0, 101.0, 104.0), "week"))
    assert (told["number"], told["rising"], told["falling"], told["points"]) == (4, 3, 1, 4.0)
    assert told["best_day"] == "2025-01-03"


@pytest.mark.parametrize(
    ("window", "session", "upcoming"),
    [
        ("week", "2025-06-05", (2025, 6, 6)),
        ("month", FRIDAY, (2025, 6, 9)),
        ("year", FRIDAY, (2025, 6, 9)),
        ("week", FRIDAY, (2025, 6, 6)),
    ],
)
def test_nothing_is_told_of_a_window_that_goes_on(track, window, session, upcoming):
    """By the session to come, whatever the weekday."""
    assert (
        list(
            of_period(
                track("^GSPC", session, 101.0, start="2021-01-04"), window, dt.date(*upcoming)
            )
        )
        == []
    )


def test_nothing_is_told_of_a_window_while_its_last_session_runs(track):
    """Nor if the next session lies in another week."""
    closed, running = (track("^GSPC", FRIDAY, 101.0, live=live) for live in (False, True))
    assert list(of_period(closed, "week", MONDAY)) != []
    assert list(of_period(running, "week", MONDAY)) == []


@pytest.mark.parametrize(
    ("window", "session", "start", "upcoming"),
    [
        ("week", FRIDAY, "2025-06-02", (2025, 6, 9)),
        ("month", "2025-05-30", "2025-05-01", (2025, 6, 2)),
        ("year", "2024-12-31", "2024-01-02", (2025, 1, 2)),
    ],
)
def test_nothing_is_told_of_a_window_that_is_older_than_the_series(
    track, window, session, start, upcoming
):
    """Its first session is the first of the window: where it began is not known."""
    assert (
        list(of_period(track("^GSPC", session, 101.0, start=start), window, dt.date(*upcoming)))
        == []
    )


def test_only_the_window_itself_may_lead(track):
    """All else that is told of an index scores nothing, records and falls included."""
    index = track(
        "^GSPC",
        FRIDAY,
        4000.0,
        4900.0,
        start="2022-01-03",
        usual=4000.0,
        at={"2022-01-03": 4796.56},
    )
    first, *others = [news.finding for news in of_period(index, "week", MONDAY) if news]
    assert (first.kind, first.score > 0) == ("week_wrap", True)
    assert {"days", "so_far", "day", "record_close"} <= {finding.kind for finding in others}
    assert [finding.score for finding in others] == [0.0] * len(others)


@pytest.mark.parametrize(
    ("symbol", "weight"),
    [("^GSPC", 1.0), ("^IXIC", 0.8), ("^DJI", 0.75), ("^RUT", 0.65), ("MDY", 0.5)],
)
def test_a_window_weighs_what_its_index_means_to_readers(track, symbol, weight):
    """The parts add up to the score, the weight's own included."""
    found = next(of_period(track(symbol, FRIDAY, 105.0, at=BASE), "week", MONDAY)).finding
    assert found.score == pytest.approx(weight * (found.parts["window"] + found.parts["size"]))
    assert found.score == pytest.approx(sum(found.parts.values()))


def test_a_month_that_began_with_the_last_session_of_a_week_is_told_too(track, said):
    """Friday, March 1, 2024: the month's change is the day's."""
    index = track("^GSPC", "2024-03-01", 100.0, 102.0, start="2022-01-03")
    found = {
        news.finding.kind: said(news)
        for news in of_period(index, "week", dt.date(2024, 3, 4))
        if news
    }
    assert found["so_far"]["month"] == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("window", "kind", "change", "shown"),
    [
        ("day", "pct_change", 0.05, "day"),
        ("week", "week_change", 0.0396039604, "week"),
        ("month", "month_change", 0.0396039604, "month"),
        ("quarter", "quarter_change", 0.1666666667, "quarter"),
        ("year", "ytd_change", 0.3125, "ytd"),
    ],
)
def test_a_window_s_change_is_measured_from_the_close_before_it(track, window, kind, change, shown):
    """105 after 100, 101 on May 30, 90 on March 31, 80 on Dec. 31."""
    index = track(
        "^GSPC",
        "2025-06-04",
        100.0,
        105.0,
        at={"2024-12-31": 80.0, "2025-03-31": 90.0, "2025-05-30": 101.0},
    )
    found = moved(index, window)
    assert (found[0], found[1], found[3]) == (kind, pytest.approx(change), shown)


WEEKS = [
    "2025-04-04",
    "2025-04-11",
    "2025-04-17",
    "2025-04-25",
    "2025-05-02",
    "2025-05-09",
    "2025-05-16",
    "2025-05-23",
    "2025-05-30",
    FRIDAY,
]


@pytest.mark.parametrize(("start", "enough"), [("2025-03-31", True), ("2025-04-07", False)])
def test_a_usual_week_is_that_of_eight_weeks_before(track, start, enough):
    """Fridays at 100 and 104 by turns, and a last week that does not count.

    With seven it is that of a day, times the root of five.
    """
    fridays = {day: 104.0 if n % 2 else 100.0 for n, day in enumerate(WEEKS[:-1]) if day >= start}
    sigma = moved(track("^GSPC", FRIDAY, 150.0, start=start, at=fridays), "week")[2]
    assert (sigma == pytest.approx(statistics.pstdev([0.04, 100 / 104 - 1] * 4))) == enough


def test_without_a_history_of_months_a_month_is_21_usual_days(track):
    """Two tenths of a percent a day, up and down."""
    sigma = moved(track("^GSPC", "2025-05-30", 100.0, start="2024-12-02"), "month")[2]
    assert sigma == pytest.approx(0.002 * 21**0.5, rel=0.003)


@pytest.mark.parametrize(
    ("window", "known"), [("week", True), ("month", True), ("quarter", False), ("year", False)]
)
def test_a_change_over_a_window_older_than_the_series_is_no_data(track, window, known):
    """From April 1, 2025 on, nobody knows where the quarter began."""
    index = track("^GSPC", FRIDAY, 101.0, start="2025-04-01")
    if known:
        assert moved(index, window)[1] == pytest.approx(101 / 100 - 1, abs=0.003)
        return
    with pytest.raises(NoData, match="no close before 2025-"):
        moved(index, window)


@pytest.fixture
def week(track):
    """``week(symbol, *levels)``: 100 on Friday, May 30, then *levels* up to June 6."""
    return lambda symbol, *levels: track(symbol, FRIDAY, *levels, at=BASE)


def test_the_funds_of_a_week_are_ordered_by_the_week(week, said):
    """One rose on the day and fell over the week, one the other way round,
    one ended where it began."""
    found = sectors(
        [week("XLB", 97.0, 98.0), week("XLE", 104.0, 103.0), week("XLF", 101.0, 100.0)], "week"
    )
    told = said(found)
    assert (told["members"], told["rising"], told["falling"]) == (3, 1, 1)
    assert [found.finding.facts[role] for role in ("first", "second", "last")] == [
        "xle.week_change",
        "xlf.week_change",
        "xlb.week_change",
    ]
    assert (told["first"], told["last"]) == (pytest.approx(0.03), pytest.approx(-0.02))
    assert {fact.window for fact in found.facts} == {"week"}


@pytest.mark.parametrize(
    ("window", "name"), [("day", "pct_change"), ("month", "month_change"), ("year", "ytd_change")]
)
def test_the_change_of_a_fund_bears_the_name_of_its_window(track, window, name):
    """A year's is the year to date, for it ends with the session."""
    found = sectors([track("XLB", FRIDAY, 101.0), track("XLE", FRIDAY, 99.0)], window)
    assert [found.finding.facts[role] for role in ("first", "last")] == [
        f"xlb.{name}",
        f"xle.{name}",
    ]


@pytest.mark.parametrize("order", [("XLB", "XLE", "XLF"), ("XLF", "XLE", "XLB")])
def test_of_funds_that_moved_alike_over_a_week_the_symbol_decides(week, order):
    """So that the same data always give the same brief."""
    found = sectors([week(symbol, 103.0) for symbol in order], "week")
    assert [found.finding.facts[role] for role in ("s01", "s02", "s03")] == [
        f"{key}.week_change" for key in ("xlb", "xle", "xlf")
    ]


@pytest.mark.parametrize(
    ("last", "told"), [(102.1, True), (101.9, False), (97.9, True), (98.1, False), (100.0, False)]
)
def test_a_stock_that_moved_less_than_two_percent_over_a_week_is_no_news(week, last, told):
    """However far it went in between."""
    assert (mover(week("AAPL", 110.0, 90.0, last), "week") is not None) == told


def test_a_stock_that_always_moves_is_told_over_a_window(track, said):
    """After weeks of 10% up and down, 5% is nothing in a day.

    Over a week it is told, and since nothing.
    """
    stock = track("MSTR", FRIDAY, *[110.0, 100.0] * 30, 105.0, at=BASE)
    assert mover(stock, "day") is None
    found = mover(stock, "week")
    assert (said(found)["change"], found.finding.facts["change"]) == (
        pytest.approx(0.05),
        "mstr.week_change",
    )
    assert "since" not in said(found)


def test_a_stock_that_went_farther_weighs_more(week):
    """Either way."""
    scores = [
        mover(week("AAPL", last), "week").finding.score for last in (103.0, 110.0, 90.0, 97.0)
    ]
    assert scores[0] < scores[1]
    assert scores[3] < scores[2]


def test_a_gauge_over_a_week_tells_its_level_and_the_change_of_the_week(week, said):
    """Not the points of its last day."""
    found = gauge(week("CL=F", 104.0, 103.0), "week")
    assert (said(found)["level"], said(found)["change"]) == (103.0, pytest.approx(0.03))
    assert "points" not in said(found)
    assert found.finding.facts["change"].endswith(".week_change")


@pytest.mark.parametrize(
    ("levels", "at", "kind"),
    [
        ((130.0,), {"2025-01-15": 140.0}, "highest_close_since"),
        ((70.0,), {"2025-01-15": 60.0}, "lowest_close_since"),
        ((60.0, 70.0), {"2025-01-15": 60.0}, None),  # a fall over the week, but Thursday was lower
        ((130.0,), {"2025-05-15": 140.0}, None),  # not 60 sessions ago
    ],
)
def test_a_gauge_looks_back_the_way_of_its_week(track, levels, at, kind):
    """For the last level as far out, at least 60 sessions ago."""
    found = gauge(track("^VIX", FRIDAY, *levels, at={**BASE, **at}), "week")
    assert [fact.kind for fact in found.facts if fact.since] == ([kind] if kind else [])


@pytest.mark.parametrize(
    "tell",
    [
        lambda one, two: sectors([one, two], "year"),
        lambda one, _: mover(one, "year"),
        lambda one, _: gauge(one, "year"),
    ],
)
def test_what_began_inside_a_window_has_no_change_over_it(track, tell):
    """A fund, a stock or a gauge from the first session of a year on.

    From the last of the year before on it has one.
    """
    other = track("XLE", FRIDAY, 110.0)
    assert tell(track("XLB", FRIDAY, 110.0, start="2024-12-31"), other).finding.facts
    with pytest.raises(NoData, match="no close before 2025-01-01"):
        tell(track("XLB", FRIDAY, 110.0, start="2025-01-02"), other)


def test_a_yield_over_a_week_is_told_with_what_it_was_before(market, said):
    """4.40% on Friday, May 30, and 4.51% a week later."""
    levels = yields("2024-01-02", FRIDAY, {"2025-05-30": 0.044, FRIDAY: 0.0451})
    told = said(yields_over(market(FRIDAY, {"DGS10": levels}), "DGS10", "week"))
    assert (told["level"], told["before"], told["date"]) == (0.0451, 0.044, FRIDAY)
    assert told["change"] == pytest.approx(0.0011)


@pytest.mark.parametrize(
    ("window", "before"),
    [("month", "2025-02-28"), ("quarter", "2024-12-31"), ("year", "2024-12-31")],
)
def test_a_yield_is_measured_from_the_last_one_before_the_window(market, said, window, before):
    """On March 31, 2025: from the Friday before the month, and from New Year's Eve."""
    levels = yields(
        "2024-01-02",
        "2025-03-31",
        {"2024-12-31": 0.0458, "2025-02-28": 0.0424, "2025-03-31": 0.0423},
    )
    told = said(yields_over(market("2025-03-31", {"DGS10": levels}), "DGS10", window))
    assert told["before"] == levels[before]
    assert told["change"] == pytest.approx(0.0423 - levels[before])


@pytest.mark.parametrize("last", ["2025-06-06", "2025-06-05"])
def test_a_yield_of_the_session_or_the_day_before_is_told_of_a_window(market, last):
    """That of the session is published on its evening."""
    levels = yields("2024-01-02", last, {})
    assert yields_over(market(FRIDAY, {"DGS10": levels}), "DGS10", "week") is not None


def test_a_yield_that_is_two_days_old_is_missing(market):
    """Named with the day that is needed, not left out without a word."""
    levels = yields("2024-01-02", "2025-06-04", {})
    with pytest.raises(StaleData, match="2025-06-05 is needed"):
        yields_over(market(FRIDAY, {"DGS10": levels}), "DGS10", "week")


@pytest.mark.parametrize(("last", "told"), [("2025-05-28", True), ("2025-05-27", False)])
def test_a_yield_before_the_window_must_be_of_its_eve(market, last, told):
    """Five days before Monday, June 2 are near enough, for holidays and weekends lie between.

    Six are not.
    """
    levels = yields("2024-01-02", FRIDAY, {})
    gap = (levels.index > last) & (levels.index < "2025-06-02")
    assert (
        yields_over(market(FRIDAY, {"DGS10": levels[~gap]}), "DGS10", "week") is not None
    ) == told


def test_a_yield_known_only_since_the_window_began_has_no_change(market):
    """From Monday, June 2 on it is not known where it began."""
    assert (
        yields_over(market(FRIDAY, {"DGS10": yields("2025-06-02", FRIDAY, {})}), "DGS10", "week")
        is None
    )


@pytest.mark.parametrize("start", ["2025-05-30", "2025-05-23", "2025-05-16"])
def test_what_is_usual_of_a_yield_is_a_number_or_not_told(market, said, start):
    """Known since the Friday before, there is no week to compare with.

    A record holds no value that is not a number.
    """
    found = yields_over(market(FRIDAY, {"DGS10": yields(start, FRIDAY, {})}), "DGS10", "week")
    assert found is None or math.isfinite(said(found).get("change_sigma", 0.0))


def test_a_coin_over_a_week_is_told_by_its_whole_days(market, said):
    """From Friday, the base of stocks, to Thursday, midnight in UTC.

    Friday's day is not over when the exchange closes.
    """
    levels = coin("2024-06-01", "2025-06-05", {"2025-05-30": 100_000.0, "2025-06-05": 104_000.0})
    told = said(coin_over(market(FRIDAY, closes={"BTC-USD": levels}), "BTC-USD", "week"))
    assert (told["level"], told["change"]) == (104_000.0, pytest.approx(0.04))


@pytest.mark.parametrize(
    ("window", "base"), [("month", "2024-11-29"), ("quarter", "2024-09-30"), ("year", "2023-12-29")]
)
def test_a_coin_is_measured_from_the_last_session_before_the_window(market, said, window, base):
    """On Dec.

    31, 2024; November 30 was a Saturday and 2023 ended on a Sunday, on which stocks have no base.
    """
    levels = coin("2023-01-01", "2024-12-30", {base: 80_000.0, "2024-12-30": 92_000.0})
    told = said(coin_over(market("2024-12-31", closes={"BTC-USD": levels}), "BTC-USD", window))
    assert (told["level"], told["change"]) == (92_000.0, pytest.approx(0.15))


@pytest.mark.parametrize(("start", "told"), [("2025-04-30", True), ("2025-05-01", False)])
def test_a_coin_that_began_inside_the_window_has_no_change(market, start, told):
    """A day before May it has one."""
    at_hand = market("2025-05-30", closes={"BTC-USD": coin(start, "2025-05-29", {})})
    if told:
        assert coin_over(at_hand, "BTC-USD", "month").finding.kind == "coin"
        return
    with pytest.raises(NoData, match="no level before the month"):
        coin_over(at_hand, "BTC-USD", "month")
