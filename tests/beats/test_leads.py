"""Which findings may lead a recap of several indexes, and what the others are held to."""

import datetime as dt
from types import SimpleNamespace

import pytest

from reportgen.authoring.news import NONE, _Alone, of_index
from reportgen.beats import beats, detector
from reportgen.beats.measure import Measure
from reportgen.beats.milestones.detect import milestone
from reportgen.beats.records.detect import leads as near_or_record_leads
from reportgen.beats.relative.detect import of_two
from reportgen.beats.scene import ASIDE, PRESSING, Scene, news_of
from reportgen.beats.scene import judged as judged_in
from reportgen.beats.spec import SHIPPED
from reportgen.beats.superlatives.detect import rare
from reportgen.beats.windows.detect import rare as rare_week
from reportgen.core.facts import Unit
from reportgen.datasets.market import Tracks

END = "2025-06-06"
BEAT = {kind: beat for beat in beats() for kind in beat.kinds}


def alone(track):
    """The scene of one index."""
    return _Alone(market=NONE, tracks=Tracks([track]), next=track.session)


def judged(found, track):
    """*found* with the score that its index leaves it."""
    return judged_in(found, BEAT[found.finding.kind], alone(track))


def may_lead(found, track):
    """Whether its kind may lead of that index, and its detector lets it."""
    rule = BEAT[found.finding.kind].kinds[found.finding.kind].may_lead
    return not found.aside and (rule == "any" or (rule == "lead index" and track.leads))


def detected(track, kind):
    """What the beat of *kind* finds of it."""
    found = (detector(BEAT[kind].name))(alone(track))
    return next(news for news in found if news and news.finding.kind == kind)


def finding(track, kind, parts=None, **roles):
    """A finding of *kind* on *track*: a text in a role is a date, a number a number."""
    facts = {
        role: (
            Measure.of(track).fact(
                f"{kind}.{role}", value, Unit.DATE if isinstance(value, str) else Unit.FRACTION
            )
        )
        for role, value in roles.items()
    }
    return Measure.of(track).news(kind, facts, parts or {"threshold": 10.0})


def superlative(track, gap, move):
    """The best (or worst) day since the session *gap* sessions ago."""
    since = track.closes.index[-1 - gap].date().isoformat()
    found = finding(track, f"{'best' if move > 0 else 'worst'}_day_since", since=since, change=move)
    return found.beside(unless=rare(found, track))


@pytest.mark.parametrize(
    ("move", "gap", "leads"),
    [
        (0.0150, 15, True),
        (-0.0150, 15, True),
        (0.0149, 59, False),
        (0.0120, 60, True),
        (-0.0120, 59, False),
        (0.0119, 200, False),
    ],
)
def test_the_smaller_a_move_the_longer_ago_must_one_as_large_be(track, move, gap, leads):
    """1.5% always leads, 1.2% after 60 sessions, less never."""
    index = track("^GSPC", END)
    assert may_lead(superlative(index, gap, move), index) == leads


@pytest.mark.parametrize(
    ("symbol", "weight"),
    [("^GSPC", 1.0), ("^IXIC", 0.8), ("^DJI", 0.75), ("^RUT", 0.65), ("MDY", 0.5)],
)
def test_what_may_lead_keeps_its_score_times_its_index(track, symbol, weight):
    """An index the desk does not know counts half."""
    index = track(symbol, END)
    found = judged(finding(index, "milestone", {"threshold": 20.0}), index).finding
    assert found.score == pytest.approx(20.0 * weight)
    assert found.score == pytest.approx(sum(found.parts.values()))


def test_a_superlative_that_may_lead_presses(track):
    """It gains half of its score; one that may not is held aside."""
    index = track("^GSPC", END)
    assert judged(superlative(index, 100, 0.03), index).finding.score == pytest.approx(
        10.0 * PRESSING
    )
    assert judged(superlative(index, 100, 0.01), index).finding.score == pytest.approx(ASIDE)


@pytest.mark.parametrize(("score", "left"), [(10.0, ASIDE), (5.0, 3.25), (-2.0, -1.3), (0.0, 0.0)])
def test_what_may_not_lead_is_held_below_the_market_as_one(track, score, left):
    """Nothing is raised by that, and a score of nothing stays one."""
    index = track("^RUT", END)
    assert judged(
        finding(index, "milestone_up", {"threshold": score}), index
    ).finding.score == pytest.approx(left)


@pytest.mark.parametrize(
    ("levels", "told"), [((95.0, 89.0), True), ((95.0, 89.0, 92.0, 89.0), False)]
)
def test_a_line_fallen_through_again_is_not_told(track, levels, told):
    """The first time since the high it is, and leads."""
    index = track("^RUT", END, *levels)
    found = [news for news in of_index(index) if news and news.finding.kind == "correction"]
    assert bool(found) == told
    assert all(may_lead(news, index) for news in found)


@pytest.mark.parametrize(
    ("symbol", "distance", "last", "leads"),
    [
        ("^GSPC", -0.0019, 100.4, True),
        ("^GSPC", -0.0021, 100.4, False),  # too far from it
        ("^GSPC", -0.0019, 100.6, False),  # its move is news itself
        ("^IXIC", -0.0019, 100.4, False),
    ],
)
def test_a_record_missed_by_a_hair_leads_on_a_quiet_day(track, symbol, distance, last, leads):
    """And that of the first index only."""
    index = track(symbol, END, 100.0, last)
    found = finding(index, "near_record", distance=distance)
    beside = found.beside(unless=near_or_record_leads(found, index, index))
    assert may_lead(beside, index) == leads


@pytest.mark.parametrize(
    ("first", "since", "leads"),
    [
        (100.4, "2025-06-04", True),  # the first index did little
        (99.8, "2025-06-04", False),  # it fell: that they parted is the news
        (100.6, "2025-06-04", False),  # it moved, and the record is one of many
        (100.6, "2025-01-06", True),  # the record is the first one in months
    ],
)
def test_a_record_of_another_index_leads_on_a_quiet_day(track, first, since, leads):
    """Or after a long wait."""
    nasdaq, spx = track("^IXIC", END, 100.0, 101.0), track("^GSPC", END, 100.0, first)
    found = finding(nasdaq, "record_close", record_date=since)
    beside = found.beside(unless=near_or_record_leads(found, nasdaq, spx))
    assert may_lead(beside, nasdaq) == leads


@pytest.mark.parametrize(("length", "leads"), [(6, False), (7, True)])
@pytest.mark.parametrize("kind", ["streak_up", "streak_down"])
def test_a_run_leads_from_its_seventh_session_on(track, kind, length, leads):
    """Of any index."""
    way = 1.003 if kind == "streak_up" else 0.997
    before = 100.0 * way**-1
    index = track("^DJI", END, 100.0, before, *(before * way**n for n in range(1, length + 1)))
    assert may_lead(detected(index, kind), index) == leads


@pytest.mark.parametrize(
    ("symbol", "kind", "roles", "leads"),
    [
        ("^GSPC", "week_wrap", {}, False),
        ("^GSPC", "week_wrap", {"since": "2025-01-03"}, True),
        ("^GSPC", "week_wrap", {"of_year": "2025"}, True),
        ("^GSPC", "month_wrap", {}, True),
        ("^IXIC", "month_wrap", {}, False),
        ("^IXIC", "week_wrap", {"since": "2025-01-03"}, False),
    ],
)
def test_a_week_leads_only_if_it_was_rare(track, symbol, kind, roles, leads):
    """A month of the first index always may."""
    index = track(symbol, END)
    found = finding(index, kind, **roles)
    assert may_lead(found.beside(unless=rare_week(found)), index) == leads


@pytest.mark.parametrize(("ago", "leads"), [(59, False), (60, True)])
def test_a_record_of_another_index_leads_if_it_was_long_awaited(track, ago, leads):
    """That of the S&P 500 always does."""
    jumped = [20100.0, *[20000.0] * (ago - 1), 20200.0]
    other = track("^IXIC", END, *jumped, start="2021-11-19", usual=16000.0)
    first = track("^GSPC", END, *jumped, start="2022-01-03", usual=4900.0)
    assert may_lead(detected(other, "record_close"), other) == leads
    assert may_lead(detected(first, "record_close"), first)


@pytest.mark.parametrize(
    ("levels", "leads"), [((4990.0, 5010.0), True), ((5010.0, *[4990.0] * 6, 5010.0), False)]
)
def test_a_round_number_leads_the_first_time_only(track, levels, leads):
    """Passed again it is told."""
    index = track("^GSPC", "2024-02-23", *levels, start="2022-01-03", usual=4900.0)
    assert may_lead(milestone(index), index) == leads


@pytest.mark.parametrize(
    ("symbol", "last", "leads"),
    [("^GSPC", 100.3, True), ("^GSPC", 99.0, False), ("^RUT", 100.3, False)],
)
def test_a_reversal_leads_if_all_of_the_fall_was_made_good(track, symbol, last, leads):
    """From 3% down to 1% down is told, but not first; nor is another index's."""
    index = track(symbol, END, 100.0, last, low=97.0, high=101.0)
    assert may_lead(detected(index, "reversal_up"), index) == leads


@pytest.mark.parametrize(
    ("own", "other", "leads"), [(101.2, 99.0, True), (102.5, 100.1, False), (100.9, 99.0, False)]
)
def test_two_indexes_lead_where_they_went_two_ways_and_far(track, own, other, leads):
    """Two percentage points apart, one up and one down."""
    first, second = track("^IXIC", END, 100.0, own), track("^DJI", END, 100.0, other)
    assert may_lead(of_two(first, second), first) == leads


@pytest.mark.parametrize(("own", "leads"), [(101.5, True), (101.2, False)])
def test_a_gap_of_three_usual_ones_leads_though_both_rose(track, own, leads):
    """The usual one is 0.4 percentage points, for there was one of two a month ago."""
    parted = {"2025-05-08": 102.0}
    first = track("^IXIC", END, 100.0, own, at=parted)
    found = of_two(first, track("^GSPC", END, 100.0, 100.1))
    assert may_lead(found, first) == leads


@pytest.mark.parametrize(("last", "kind"), [(101.6, "best_day_since"), (101.4, "broad_up")])
def test_the_market_as_one_does_not_lead_beside_its_rare_day(track, last, kind):
    """What the session did is said by its best day since; a lesser one leaves the lead to it."""
    index = track("^GSPC", END, 100.0, last, at={"2025-05-08": 103.0})
    moment = SimpleNamespace(unfinished=dt.date(2025, 6, 9))
    market = SimpleNamespace(spec=index.market, moment=moment)
    found = news_of("indexes", Scene(market=market, tracks=Tracks([index])))
    assert max(found, key=lambda news: news.finding.score).finding.kind == kind


@pytest.mark.parametrize(("gap", "since"), [(5, "2024-03-08"), (4, None)])
def test_a_long_run_has_the_day_of_the_last_one_as_long(track, gap, since):
    """Of five sessions, more than a year ago; a shorter one is no news."""
    days = ("2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08")
    before = {day: 101.0 + number for number, day in enumerate(days)}
    index = track("^GSPC", END, 100.0, *(101.0 + n for n in range(gap)), at=before)
    found = detected(index, "streak_up")
    assert ("since" in found.finding.facts) == (since is not None)
    assert since is None or found.role("since").value == since


def code_of(family):
    """The modules that find the news of a *family*, in one text."""
    modules = sorted((SHIPPED / family).glob("*.py"))
    return "".join(path.read_text("utf-8") for path in modules if path.name != "proof.py")


def test_each_weight_is_used_by_the_detector_of_its_family():
    """A number in a beat.toml that nobody reads would mislead."""
    unused = [
        (beat.name, weight)
        for beat in beats()
        for weight in beat.weights
        if f'"{weight}"' not in code_of(beat.name)
    ]
    assert unused == []
    assert sum(len(beat.weights) for beat in beats()) > 20
