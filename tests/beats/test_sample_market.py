"""What beats beside the indexes find in the embedded sample, and in markets built for a case."""

import dataclasses
import datetime as dt
from contextlib import nullcontext

import pandas as pd
import pytest

from reportgen.beats import scene as scenes
from reportgen.beats.baskets.detect import basket
from reportgen.beats.calendar.detect import ahead, event
from reportgen.beats.coins.detect import crypto, of_session
from reportgen.beats.fed.detect import odds, odds_history, policy, tree
from reportgen.beats.measure import Measure
from reportgen.beats.relative.detect import behind, of_two
from reportgen.beats.scene import Scene, judged, news_of
from reportgen.beats.seasons.detect import months, turn
from reportgen.beats.spec import beats
from reportgen.beats.yields.detect import curve, yields
from reportgen.config.resources import SAMPLE
from reportgen.core.errors import NoData, RecordError
from reportgen.core.facts import Unit
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.market import Market, Tracks
from reportgen.datasets.snapshot import take
from reportgen.markets import market
from reportgen.record.request import load_report

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def sample(moment):
    """The sample market at that moment."""
    asked = load_report("small-caps")
    at = market("us").calendar.resolve(moment, NOW, asked.window)
    return Market(take(open_dataset(SAMPLE), at, asked.symbols, asked.required))


@pytest.fixture(scope="module")
def live():
    """During a session."""
    return sample("2025-01-08 13:00")


@pytest.fixture(scope="module")
def closed():
    """After its close."""
    return sample("2025-01-08")


def other(market, **changed):
    """*market* with other data."""
    return Market(dataclasses.replace(market.snapshot, **changed))


def rate(market, name, levels):
    """*market* with a rate of those *levels* on its last days, and of the first of them before."""
    known = market.snapshot.rates[name]
    told = pd.Series(levels[0], index=known.index, dtype=float, name=name)
    told.iloc[-len(levels) :] = levels
    return other(market, rates={**market.snapshot.rates, name: told})


def test_three_cuts_make_a_run_of_a_whole_point(closed, said):
    """Announced on Sept. 18, Nov. 7 and Dec. 18, 2024."""
    told = said(policy(closed))
    assert (told["low"], told["high"]) == (pytest.approx(0.0425), pytest.approx(0.045))
    assert (told["moves"], told["total"]) == (3, pytest.approx(-0.01))
    assert (told["first"], told["last"]) == ("2024-09-18", "2024-12-18")
    assert "held_since" not in told


@pytest.mark.parametrize(
    ("moment", "newer"),
    [("2025-01-08", True), ("2024-12-31", False), ("2025-01-02 08:00", True)],
)
def test_a_utc_day_that_ended_before_the_session_is_no_price_of_it(moment, newer):
    """Priced at the close; by the day before; and before an open, by a day after the session."""
    now = sample(moment)
    assert of_session(crypto(now, "BTC-USD"), now) is newer


def test_a_range_that_has_long_stood_is_held_since_its_last_change(closed, said):
    """A run is told of for 125 days after its last move."""
    days = closed.snapshot.rates["DFEDTARU"].index
    cut = pd.Series(0.045, index=days).where(days >= "2024-06-13", 0.0475)
    told = said(policy(other(closed, rates={**closed.snapshot.rates, "DFEDTARU": cut})))
    assert told["held_since"] == "2024-06-12"
    assert "moves" not in told


def test_a_range_that_never_changed_has_no_day_of_a_change(closed, said):
    """Its two ends are all there is to tell."""
    assert set(said(policy(rate(closed, "DFEDTARU", [0.045])))) == {"low", "high"}


def test_the_odds_of_a_meeting_add_up_and_are_those_of_the_tree(closed, said):
    """For the meeting of Jan. 28 and 29, by the settlements of the session."""
    told, whole = said(odds(closed)), tree(closed)
    assert (told["start"], told["end"]) == ("2025-01-28", "2025-01-29")
    assert told["hold"] + told["cut"] + told["increase"] == pytest.approx(1)
    row = whole.meetings[dt.date(2025, 1, 29)]
    assert row[425] == pytest.approx(told["hold"])
    assert sum(p for low, p in row.items() if low < 425) == pytest.approx(told["cut"])
    assert told["marked"] == whole.marked.isoformat() > told["marked_before"]
    assert whole.payload()["target_high"] == pytest.approx(4.5)
    before = tree(closed, 1).meetings[dt.date(2025, 1, 29)]
    assert before[425] == pytest.approx(told["hold_before"])


def test_the_last_row_of_the_history_is_what_is_told(closed, said):
    """Every row adds up to one."""
    table, told = odds_history(closed), said(odds(closed))
    assert table.iloc[-1].to_dict() == pytest.approx(
        {name: told[name] for name in ("hold", "cut", "increase")}
    )
    assert table.sum(axis=1).to_numpy() == pytest.approx(1)
    assert table.index.is_monotonic_increasing


@pytest.mark.parametrize("ask", [odds, tree])
def test_without_a_listed_meeting_there_are_no_odds(closed, ask):
    """The error says what is missing."""
    with pytest.raises(NoData, match=r"no Fed meeting|No Fed meeting"):
        ask(other(closed, meetings=[]))


def test_a_meeting_the_futures_do_not_reach_has_no_tree(closed):
    """Only the contract of its own month is there."""
    futures = closed.snapshot.futures
    cut = futures[[column for column in futures.columns if column == futures.columns[0]]]
    with pytest.raises(NoData):
        tree(other(closed, futures=cut))


def test_odds_of_the_day_before_are_not_those_of_another_meeting(closed, said):
    """A meeting that ended between the two settlements was the next one then."""
    told = said(odds(closed))
    day = dt.date.fromisoformat(told["marked"])
    meetings = sorted([*closed.snapshot.meetings, (day, day)])
    found = said(odds(other(closed, meetings=meetings)))
    assert "hold_before" not in found


def test_a_yield_has_its_change_on_the_day_and_since_the_cuts(closed, said):
    """The base is the yield on the eve of the first cut."""
    told, levels = said(yields(closed, "DGS10")), closed.snapshot.rates["DGS10"]
    assert told["level"] == pytest.approx(levels.iloc[-1])
    assert told["change"] == pytest.approx(levels.iloc[-1] - levels.iloc[-2])
    assert told["base_date"] == "2024-09-17"
    assert told["since"] == pytest.approx(levels.iloc[-1] - levels["2024-09-17"])


def test_without_a_target_range_a_yield_is_told_all_the_same(closed, said):
    """Its change since the cuts is left out."""
    rates = {"DGS10": closed.snapshot.rates["DGS10"]}
    told = said(yields(other(closed, rates=rates), "DGS10"))
    assert "change" in told
    assert "since" not in told


def test_a_yield_without_a_value_near_the_eve_has_no_change_since(closed, said):
    """Its history begins after the first cut."""
    levels = closed.snapshot.rates["DGS10"]["2024-10-01":]
    rates = {**closed.snapshot.rates, "DGS10": levels}
    assert "since" not in said(yields(other(closed, rates=rates), "DGS10"))


@pytest.mark.parametrize(
    ("gaps", "since"),
    [
        ((0.002, *[-0.001] * 60, 0.001), True),
        ((0.002, *[-0.001] * 20, 0.001), False),
        ((*[-0.001] * 80, 0.001), False),
        ((0.002, *[0.001] * 60), False),
    ],
)
def test_a_curve_that_turns_is_news_after_sixty_days_the_other_way(closed, said, gaps, since):
    """Twenty sessions are too few, and what was never so before has no day."""
    days = closed.snapshot.rates["DGS10"].index[-len(gaps) :]
    short = pd.Series(0.04, index=days)
    long = short + pd.Series(gaps, index=days)
    rates = {**closed.snapshot.rates, "DGS2": short, "DGS10": long}
    found = curve(other(closed, rates=rates), "DGS10", "DGS2")
    assert ("turned" in said(found)) is since
    assert found.finding.score == (3.0 if since else 0.0)
    if since:
        assert said(found)["turned"] == days[0].date().isoformat()


def test_a_curve_needs_two_days(closed):
    """One gap has no day before it."""
    days = closed.snapshot.rates["DGS10"].index[-1:]
    one = pd.Series(0.04, index=days)
    rates = {**closed.snapshot.rates, "DGS2": one, "DGS10": one}
    assert curve(other(closed, rates=rates), "DGS10", "DGS2") is None


def test_yields_and_odds_are_found_by_the_part_that_asks(closed):
    """A series that is not there is written down and not told."""
    scene = Scene(market=closed, series=["DGS10"])
    kinds = {news.finding.kind for part in ("yields", "fed") for news in news_of(part, scene)}
    assert {"yields", "odds"} <= kinds
    empty = Scene(market=other(closed, rates={}), series=["DGS10"])
    assert not [news for news in news_of("yields", empty) if news.finding.kind == "yields"]
    assert "DGS10" in empty.market.log.missing


def test_a_coin_is_told_since_the_close_of_stocks(live, said):
    """By its intraday levels, those of a day earlier included."""
    told = said(crypto(live, "BTC-USD"))
    now = live.level_at("BTC-USD", live.moment.at)
    then = live.level_at("BTC-USD", live.moment.previous_closes)
    earlier = live.level_at("BTC-USD", live.moment.previous_closes - dt.timedelta(days=1))
    assert told["level"] == now
    assert told["change"] == pytest.approx(now / then - 1)
    assert told["two_days"] == pytest.approx(now / earlier - 1)
    assert told["anchor"] == live.moment.previous_closes.isoformat()


def test_a_coin_without_intraday_levels_is_told_by_days(live, said):
    """By its last whole UTC day."""
    told = said(crypto(other(live, levels={}), "BTC-USD"))
    closes = live.snapshot.closes["BTC-USD"]
    assert told["level"] == closes.iloc[-1]
    assert told["day"] == closes.index[-1].date().isoformat()
    assert told["change"] == pytest.approx(closes.iloc[-1] / closes.iloc[-2] - 1)


def test_coins_are_found_by_the_part_that_asks(live):
    """On the day, and over a week."""
    day = news_of("coins", Scene(market=live, series=["BTC-USD"]))
    assert [news.finding.kind for news in day] == ["crypto"]
    week = news_of("coins", Scene(market=live, series=["BTC-USD"], window="week"))
    assert [news.finding.kind for news in week] == ["coin"]


def test_a_basket_moves_by_its_median(track, said):
    """Of +1%, -2% and -3% it is -2%; two of three fell."""
    tracks = [
        track(symbol, "2025-06-06", 100.0, level)
        for symbol, level in (("IONQ", 101.0), ("RGTI", 98.0), ("QBTS", 97.0))
    ]
    told = said(basket("quantum", "quantum stocks", tracks))
    assert told["change"] == pytest.approx(-0.02)
    assert (told["members"], told["decliners"]) == (3, 2)
    assert (told["low"], told["high"]) == (pytest.approx(-0.03), pytest.approx(0.01))
    assert [told[f"m0{n}"] for n in (1, 2, 3)] == pytest.approx([0.01, -0.02, -0.03])


def test_a_basket_with_a_hole_is_not_told(track):
    """Nor an empty one."""
    one = track("IONQ", "2025-06-06", 100.0, 101.0)
    assert basket("quantum", "quantum stocks", Tracks([one], ["RGTI"])) is None
    assert basket("quantum", "quantum stocks", []) is None


def test_a_basket_is_found_by_the_part_that_asks(track, closed):
    """Under its own key and name."""
    tracks = Tracks([track("IONQ", "2025-06-06", 100.0, 101.0)])
    (found,) = news_of("baskets", Scene(market=closed, tracks=tracks, key="q", name="quantum"))
    assert found.finding.instrument == "basket:q"


def test_an_index_is_followed_from_a_dated_event(track, said):
    """To 110 the day after, to 120 at most, to 90 in the end."""
    levels = (100.0, 110.0, 120.0, 90.0)
    told = said(event(track("^RUT", "2025-06-06", *levels), "the vote", dt.date(2025, 6, 3)))
    assert told["next_day"] == pytest.approx(0.10)
    assert told["peak"] == pytest.approx(0.20)
    assert told["since"] == pytest.approx(-0.10)
    assert "share" not in told


@pytest.mark.parametrize("date", ["2025-06-06", "2025-06-07", "2025-03-05"])
def test_an_event_is_told_from_the_next_session_on_for_three_months(track, date):
    """Not on its own day, not on a day without a session, not after 92 days."""
    found = event(track("^RUT", "2025-06-06", 100.0), "the vote", dt.date.fromisoformat(date))
    assert found is None


@pytest.mark.parametrize(("year_end", "share"), [(120.0, 1.0), (110.0, 2.0), (90.0, None)])
def test_the_share_of_a_year_s_gain_that_came_after_an_event(track, said, year_end, share):
    """From 100 to a high of 120 after it; where the year was a loss there is no share."""
    levels = {"2023-12-29": 100.0, "2024-11-05": 100.0, "2024-11-25": 120.0}
    closes = track("^RUT", "2025-01-08", 100.0, start="2023-01-03", at=levels)
    closes.closes["2024-12-31"] = year_end
    told = said(event(closes, "the vote", dt.date(2024, 11, 5)))
    assert told.get("share") == (None if share is None else pytest.approx(share))
    assert ("share_high" in told) == (share is not None)


def test_the_next_release_is_told_within_seven_days(closed, said):
    """The jobs report of Jan. 10, at half past eight; without events there is none."""
    told = said(ahead(closed))
    assert told["date"] == "2025-01-10"
    assert told["time"].startswith("2025-01-10T08:30")
    far = closed.snapshot.events.assign(date=pd.Timestamp("2025-02-20"))
    assert ahead(other(closed, events=far, meetings=[])) is None
    scene = Scene(market=closed)
    assert "ahead" in {news.finding.kind for news in news_of("calendar", scene)}


def test_two_indexes_are_compared_over_a_year_and_this_one(track, said):
    """One gained 10% last year and lost 10% since; the other gained 20% and stands."""
    ends = ({"2023-12-29": 100.0, "2024-12-31": last} for last in (110.0, 120.0))
    own, rival = (
        track(symbol, "2025-01-08", now, start="2023-01-03", at=at)
        for symbol, now, at in zip(("^RUT", "^GSPC"), (99.0, 120.0), ends, strict=True)
    )
    told = said(behind(own, rival))
    assert told["year_gap"] == pytest.approx(-0.10)
    assert told["ytd_gap"] == pytest.approx(-0.10)
    assert told["two_year_gap"] == pytest.approx(1.1 * 0.9 - 1.2)
    assert {"own_drawdown", "other_drawdown"} <= set(told)
    young = behind(*(dataclasses.replace(t, closes=t.closes["2023-12-29":]) for t in (own, rival)))
    assert "own_drawdown" in said(young)


@pytest.mark.parametrize(("own", "aside"), [(102.5, False), (101.2, True)])
def test_two_indexes_lead_where_they_part_by_two_percent(track, own, aside):
    """One rose and the other fell by half a percent."""
    first, second = (
        track(symbol, "2025-06-06", 100.0, level)
        for symbol, level in (("^RUT", own), ("^GSPC", 99.5))
    )
    assert of_two(first, second).aside is aside
    late = track("^GSPC", "2025-06-05", 100.0, 99.5)
    assert of_two(first, late) is None


def test_the_lead_index_is_compared_by_the_part_that_asks(track, closed):
    """With each of those that the market names."""
    first, lead = (
        track(symbol, "2025-06-06", 100.0, level)
        for symbol, level in (("^RUT", 103.0), ("^GSPC", 99.0))
    )
    scene = Scene(market=closed, tracks=Tracks([lead]), compared=Tracks([first]))
    kinds = {news.finding.kind for news in news_of("indexes", scene)}
    assert "outperform" in kinds
    assert scene.upcoming == dt.date(2025, 1, 10)
    assert Scene(market=closed).large == []


def test_last_year_is_set_against_this_one(track, said):
    """Up 10%, then down 10%."""
    at = {"2023-12-29": 100.0, "2024-12-31": 110.0}
    told = said(turn(track("^RUT", "2025-01-08", 99.0, start="2023-01-03", at=at)))
    assert (told["year"], told["ytd"]) == (pytest.approx(0.1), pytest.approx(-0.1))


@pytest.mark.parametrize(
    ("end", "start", "upcoming", "year"),
    [
        ("2025-01-08", "2023-01-03", "2025-01-10", "2024"),
        ("2025-03-31", "2023-01-03", "2025-04-01", "2025"),
        ("2025-03-28", "2023-01-03", "2025-03-31", "2024"),
        ("2024-03-28", "2024-01-02", "2024-03-29", None),
    ],
)
def test_months_are_those_of_the_year_that_has_three(track, said, end, start, upcoming, year):
    """Of the year before until the third is over; with too few there are none."""
    found = months(track("^RUT", end, 100.0, start=start), dt.date.fromisoformat(upcoming))
    told = {} if found is None else said(found)
    assert told.get("best_of", "")[:4] == (year or "")
    assert told.get("worst_of", "")[:4] == (year or "")


def test_news_of_a_kind_that_the_beat_does_not_have_are_refused(closed, track):
    """The error names its table."""
    beat = next(beat for beat in beats() if beat.name == "streaks")
    measure = Measure.of(track("^GSPC", "2025-06-06", 100.0))
    with pytest.raises(RecordError, match=r"no table \[kinds\.record_close\]"):
        judged(measure.news("record_close", {}), beat, Scene(market=closed))


@pytest.mark.parametrize(
    ("unit", "window", "refused"),
    [(Unit.COUNT, "day", False), (Unit.FRACTION, "day", True), (Unit.COUNT, "week", True)],
)
def test_a_fact_of_another_unit_or_window_than_its_role_is_refused(
    closed, track, unit, window, refused
):
    """What a beat.toml says of a role holds of all its facts."""
    beat = next(beat for beat in beats() if beat.name == "streaks")
    beat = dataclasses.replace(beat, roles={"len*": "count, day"})
    measure = Measure.of(track("^GSPC", "2025-06-06", 100.0))
    news = measure.news("streak_up", {"length": measure.fact("streak_up", 5, unit, window)})
    expected = pytest.raises(RecordError, match="role 'length'") if refused else nullcontext()
    with expected:
        judged(news, beat, Scene(market=closed))


@pytest.mark.parametrize(
    ("window", "may_lead", "roles", "score"),
    [
        ("day", "any", (), 6.0),
        ("day", "any", ("since",), 6.0 * scenes.PRESSING),
        ("day", "never", (), scenes.ASIDE),
        ("day", "lead index", (), 6.0),
        ("week", "never", (), 6.0),
    ],
)
def test_news_that_may_not_lead_are_capped(closed, track, window, may_lead, roles, score):
    """A superlative that may lead gains half again."""
    beat = next(beat for beat in beats() if beat.name == "streaks")
    kind = dataclasses.replace(beat.kinds["streak_up"], may_lead=may_lead)
    beat = dataclasses.replace(beat, kinds={"streak_up": kind}, roles={})
    measure = Measure.of(track("^GSPC", "2025-06-06", 100.0))
    facts = {role: measure.fact(role, 5, Unit.COUNT) for role in roles}
    news = dataclasses.replace(measure.news("streak_up", facts, {"surprise": 6.0}), weight=1.0)
    told = judged(news, beat, Scene(market=closed, window=window))
    assert told.finding.score == pytest.approx(score)
    assert Scene(market=closed, window="week").standing(news).weight == 0.0
