"""Fixed phrases, each with facts that bear it out and facts that all but do."""

from dataclasses import replace

import pytest
from tiny import borne, count, day, fact, since

from reportgen.core.facts import Unit

CLOSED, OPEN = "post", "open"


def fallen(now, before):
    """A fall from the high, now and on the session before."""
    id = "spx.drawdown_from_high"
    return fact(id, now), fact(f"{id}.before", before, kind="drawdown_before")


@pytest.mark.parametrize(("name", "line"), [("correction", -0.1), ("bear market", -0.2)])
@pytest.mark.parametrize(
    ("words", "now", "before", "true"),
    [
        ("in a", 0.0, 0.0, True),
        ("in a", 0.001, 0.0, False),
        ("a", 0.0, 0.0, True),
        ("a", 0.001, 0.0, False),
        ("past the line of a", 0.0, 0.0, True),
        ("past the line of a", 0.001, 0.0, False),
        ("into a", 0.0, 0.001, True),
        ("into a", 0.0, 0.0, False),
        ("into a", 0.001, 0.002, False),
        ("closer to a", 0.001, 0.002, True),
        ("closer to a", 0.001, 0.001, False),
        ("closer to a", 0.0, 0.002, False),
        ("out of a", 0.001, 0.0, True),
        ("out of a", 0.001, 0.001, False),
        ("out of a", 0.0, -0.001, False),
        ("deeper into a", -0.001, 0.0, True),
        ("deeper into a", -0.001, 0.001, False),
        ("deeper into a", -0.001, -0.001, False),
    ],
)
def test_a_line_is_crossed_on_it_and_not_above_it(words, name, line, now, before, true):
    """A fall of exactly ten or twenty percent is on the line; *now* and *before* are from there."""
    assert borne(f"{words} {name}", *fallen(line + now, line + before)) is true


def test_nobody_falls_into_a_correction_before_the_close():
    """During a session a fall is past the line, and may end above it."""
    facts = fallen(-0.11, -0.09)
    assert not borne("into a correction", *facts, state=OPEN)
    assert borne("past the line of a correction", *facts, state=OPEN)


@pytest.mark.parametrize(
    ("now", "before", "true"),
    [
        (-0.09, -0.1, True),
        (-0.19, -0.2, True),
        (-0.09, -0.09, False),
        (-0.1, -0.11, False),
        (-0.2, -0.21, False),
    ],
)
def test_back_above_is_out_of_either(now, before, true):
    """A correction or a bear market."""
    assert borne("back above", *fallen(now, before)) is true


@pytest.mark.parametrize(("number", "true"), [(3, True), (0, False)])
def test_sessions_past_a_line_are_past_it(number, true):
    """A count of none is none."""
    assert borne("past the line of a correction", count("market.correction", number)) is true
    assert not borne("past the line of a bear market", count("market.correction", number))


def months(own, *others, name="best", year="2024", **rest):
    """The extreme month of a year, told as November, and the changes of it and of others."""
    told = day(f"spx.{name}_month", "2024-11", kind=f"{name}_month_of_year", window=year, **rest)
    changes = {f"{year}-11": own} | {f"{year}-{n:02}": v for n, v in enumerate(others, 1)}
    changes |= {"2023-01": 0.5, "2023-02": -0.5}
    return told, *(
        fact(f"spx.month_change.{month}", value, kind="month_change", window=month)
        for month, value in changes.items()
    )


@pytest.mark.parametrize(
    ("words", "name", "own", "others", "true"),
    [
        ("its best month of the year", "best", 0.1, (0.09, 0.0), True),
        ("the best", "best", 0.1, (0.09, 0.0), True),
        ("the best", "best", 0.1, (0.1, 0.0), False),
        ("the best", "best", 0.1, (0.11, 0.0), False),
        ("the best", "best", 0.1, (0.09,), False),
        ("the best", "worst", 0.1, (0.09, 0.0), False),
        ("its worst month of the year", "worst", -0.1, (-0.09, 0.0), True),
        ("its worst", "worst", -0.1, (-0.1, 0.0), False),
        ("its worst", "worst", -0.1, (-0.11, 0.0), False),
        ("the worst", "worst", -0.1, (-0.09,), False),
        ("the worst", "best", -0.1, (-0.09, 0.0), False),
    ],
)
def test_a_month_is_an_extreme_of_at_least_three_of_its_year(words, name, own, others, true):
    """Alone at the top or at the bottom; other years do not count."""
    assert borne(words, *months(own, *others, name=name)) is true


def test_a_month_that_has_no_change_on_file_is_no_extreme():
    """The others alone prove nothing."""
    told, _, *others = months(0.1, 0.05, 0.04, 0.03)
    assert not borne("the best", told, *others)


@pytest.mark.parametrize(
    ("words", "name", "change", "true"),
    [
        ("its best month of the year", "best", 0.0001, True),
        ("its best month of the year", "best", 0.0, False),
        ("its best month of the year", "best", -0.01, False),
        ("its worst month of the year", "worst", -0.0001, True),
        ("its worst month of the year", "worst", 0.0, False),
        ("its worst month of the year", "worst", 0.01, False),
    ],
)
def test_a_month_that_is_over_is_an_extreme_by_its_own_change(words, name, change, true):
    """The best rose, the worst fell."""
    told = day(f"spx.{name}", "2024-12", kind=f"{name}_month_of_year", window="prior-month")
    assert borne(words, told, fact("spx.month_before", change)) is true


@pytest.mark.parametrize(
    ("words", "kind", "change", "date", "true"),
    [
        ("best day since", "best_day_since", 0.01, "2024-12-10", True),
        ("best day since", "best_day_since", 0.01, "2024-12-11", False),
        ("best day since", "best_day_since", 0.0, "2024-11-06", False),
        ("best day since", "best_day_since", -0.01, "2024-11-06", False),
        ("best day since", "worst_day_since", 0.01, "2024-11-06", False),
        ("worst day since", "worst_day_since", -0.01, "2024-12-10", True),
        ("worst day since", "worst_day_since", -0.01, "2024-12-11", False),
        ("worst day since", "worst_day_since", 0.01, "2024-11-06", False),
    ],
)
def test_a_best_day_is_the_best_of_at_least_29_days(words, kind, change, date, true):
    """It rose; a worst one fell."""
    told = since(f"spx.{kind}", date)
    assert borne(words, told, fact("spx.pct_change", change)) is true
    other = day(f"spx.{kind}", date, since="2020-03-24")
    assert not borne(words, other, fact("spx.pct_change", change))


@pytest.mark.parametrize("window", ["week", "month", "quarter", "year"])
@pytest.mark.parametrize(
    ("name", "change", "true"),
    [
        ("best", 0.0001, True),
        ("best", 0.0, False),
        ("best", -0.01, False),
        ("worst", -0.0001, True),
        ("worst", 0.0, False),
        ("worst", 0.01, False),
    ],
)
def test_an_extreme_window_moved_that_way(window, name, change, true):
    """The change is that of the same window; a year's is that since its start."""
    words, told = f"{name} {window} since", since(f"spx.{name}_{window}_since", "2020-11-02")
    own = fact(f"spx.{'ytd' if window == 'year' else window}_change", change)
    assert borne(words, told, own) is true
    assert not borne(words, day(told.id, "2020-11-02", since="2019-11-04"), own)
    assert not borne(words, told)


@pytest.mark.parametrize(("change", "true"), [(0.0001, True), (0.0, False), (-0.01, False)])
def test_best_since_is_said_of_a_week(change, true):
    """And worst since of one that fell."""
    best, worst = (since(f"spx.{name}_week_since", "2024-11-04") for name in ("best", "worst"))
    assert borne("best since", best, fact("spx.week_change", change)) is true
    assert borne("worst since", worst, fact("spx.week_change", -change)) is true
    assert not borne("best since", worst, fact("spx.week_change", change))


RECORD, BEFORE = "spx.record_close", "spx.record_close.before"


@pytest.mark.parametrize("words", ["closed at a record", "a record close", "tops", "a record"])
@pytest.mark.parametrize(
    ("unit", "close", "before", "state", "true"),
    [
        (Unit.LEVEL, 6000.01, 6000.0, CLOSED, True),
        (Unit.LEVEL, 6000.0, 6000.0, CLOSED, False),
        (Unit.LEVEL, 5999.99, 6000.0, CLOSED, False),
        (Unit.LEVEL, 6000.01, 6000.0, OPEN, False),
        (Unit.LEVEL, 6000.01, None, CLOSED, False),
        (Unit.MONEY, 600.01, 600.0, CLOSED, True),
        (Unit.COUNT, 3, 2, CLOSED, False),
    ],
)
def test_a_record_is_a_close_above_the_one_before(words, unit, close, before, state, true):
    """After the close, and of a price."""
    others = [] if before is None else [fact(BEFORE, before, unit)]
    assert borne(words, fact(RECORD, close, unit), *others, state=state) is true


def test_the_record_before_is_its_own_words():
    """It is a record, and no close at one."""
    before = fact(BEFORE, 6000.0, Unit.LEVEL, kind="record_before")
    for words in ("the record close of", "its record", "its first since", "a record"):
        assert borne(words, before)
    assert not borne("closed at a record", before)
    assert not borne("its record", fact(RECORD, 6000.0, Unit.LEVEL))


@pytest.mark.parametrize(("second", "true"), [(20_000.01, True), (20_000.0, False)])
def test_records_are_more_than_one(second, true):
    """Of two indexes, both closes."""
    others = (
        fact(BEFORE, 6000.0, Unit.LEVEL),
        fact("ndx.record_close", second, Unit.LEVEL),
        fact("ndx.record_close.before", 20_000.0, Unit.LEVEL),
    )
    for words in (
        "records",
        "does, too",
        "did, too",
        "close at records",
        "closed at records",
        "set records",
    ):
        assert borne(words, fact(RECORD, 6001.0, Unit.LEVEL), *others) is true


@pytest.mark.parametrize(
    ("words", "window", "number", "true"),
    [
        ("in a row", "streak", 3, True),
        ("in a row", "ytd", 3, False),
        ("of the year", "ytd", 57, True),
        ("of the year", "streak", 57, False),
        ("record of the year", "ytd", 57, True),
        ("record closes", "ytd", 57, True),
        ("record close", "week", 1, True),
        ("record closes", "month", 2, True),
        ("record closes", "month", 0, False),
        ("record closes", "streak", 3, False),
    ],
)
def test_records_are_counted_by_window(words, window, number, true):
    """Which window it is, the words say."""
    assert borne(words, count("spx.record_close.n", number, window=window)) is true


@pytest.mark.parametrize("number", range(1, 13))
def test_a_quarter_is_that_of_the_month_it_begins_with(number):
    """The other three are false, and no other month begins one."""
    told = since("spx.best_quarter_since", f"2020-{number:02}-01")
    names = ("first", "second", "third", "fourth")
    true = [name for name in names if borne(f"the {name} quarter of 2020", told)]
    assert true == ([names[number // 3]] if number % 3 == 1 else [])
    assert not borne("the first quarter of", since("spx.best_month_since", "2020-01-01"))


@pytest.mark.parametrize("words", ["closed above", "for the first time"])
@pytest.mark.parametrize(
    ("line", "level", "before", "state", "true"),
    [
        (6000.0, 6000.0, 5999.9, CLOSED, True),
        (6000.0, 5999.9, 5999.8, CLOSED, False),
        (6000.0, 6000.1, 6000.0, CLOSED, False),
        (6000.0, 6000.1, 5999.9, OPEN, False),
    ],
)
def test_a_line_is_crossed_for_the_first_time_above_the_old_record(
    words, line, level, before, state, true
):
    """At the close."""
    told = fact("spx.milestone_cross", line, Unit.LEVEL)
    others = fact("spx.level", level, Unit.LEVEL), fact(BEFORE, before, Unit.LEVEL)
    assert borne(words, told, *others, state=state) is true
    assert not borne(words, told, others[0], state=state)


@pytest.mark.parametrize(
    ("words", "level", "points", "true"),
    [
        ("closed back above", 6000.0, 0.1, True),
        ("closed back above", 5999.9, 10.0, False),
        ("closed back above", 6000.1, 0.1, False),
        ("passed", 6000.0, 0.1, True),
        ("closed below", 5999.9, -0.1, True),
        ("closed below", 6000.0, -0.1, False),
        ("closed below", 5999.8, -0.1, False),
        ("fell through", 5999.9, -0.1, True),
        ("fell through", 6000.1, -0.1, False),
    ],
)
def test_a_round_number_is_crossed_from_the_other_side(words, level, points, true):
    """A close on it is above it."""
    told = fact("spx.milestone", 6000.0, Unit.LEVEL)
    level, points = (
        fact("spx.level", level, Unit.LEVEL),
        fact("spx.point_change", points, Unit.POINTS),
    )
    assert borne(words, told, level, points) is true
    assert not borne(words, told, level)
    assert not borne(words, told, points)
    assert not borne(words, level, points)


@pytest.mark.parametrize(
    ("words", "told", "true"),
    [
        ("first time since", since("spx.milestone_cross", "2024-11-11"), True),
        ("first time since", since("dgs10.yield_spread", "2022-07-05"), True),
        ("first time since", day("spx.milestone_cross", "2024-11-11"), False),
        ("first time since", since("spx.high_date", "2024-11-11"), False),
        ("highest close since", since("spx.highest_close_since", "2024-11-11"), True),
        ("highest since", day("spx.highest_close_since", "2024-11-11"), False),
        ("highest since", since("spx.lowest_close_since", "2024-11-11"), False),
        ("lowest close since", since("spx.lowest_close_since", "2024-11-11"), True),
        ("lowest since", day("spx.lowest_close_since", "2024-11-11"), False),
        ("lowest since", since("spx.highest_close_since", "2024-11-11"), False),
    ],
)
def test_since_a_day_is_said_of_the_date_that_was_looked_for(words, told, true):
    """A date that stands for something else is none."""
    assert borne(words, told) is true


@pytest.mark.parametrize(
    ("words", "id", "value", "unit", "window", "true"),
    [
        ("a fall of", "spx.definition", 0.1, Unit.FRACTION, "day", True),
        ("a fall of", "spx.pct_change", -0.1, Unit.FRACTION, "day", False),
        ("has risen in", "spx.month_history.rising", 60, Unit.COUNT, "all", True),
        ("has risen in", "spx.month_history.mean", 0.01, Unit.FRACTION, "all", False),
        ("the average", "spx.month_history.mean", 0.01, Unit.FRACTION, "all", True),
        ("the average", "spx.month_history.rising", 60, Unit.COUNT, "all", False),
        ("best week of the year", "spx.best_week_of_year", 0.05, Unit.FRACTION, "ytd", True),
        ("best week of the year", "spx.worst_week_of_year", 0.05, Unit.FRACTION, "ytd", False),
        ("gain in as many weeks", "spx.streak_up", 4, Unit.COUNT, "week", True),
        ("gain in as many weeks", "spx.streak_up", 4, Unit.COUNT, "month", False),
        ("loss in as many weeks", "spx.streak_up", 4, Unit.COUNT, "week", False),
        ("loss in as many months", "spx.streak_down", 4, Unit.COUNT, "month", True),
        ("ended a run of", "spx.streak_up_ended", 5, Unit.COUNT, "day", True),
        ("ended a run of", "spx.streak_up", 5, Unit.COUNT, "day", False),
        ("gains in a row", "spx.streak_up_ended", 5, Unit.COUNT, "day", True),
        ("gains in a row", "spx.streak_down_ended", 5, Unit.COUNT, "day", False),
        ("losses in a row", "spx.streak_down_ended", 5, Unit.COUNT, "day", True),
        ("losses in a row", "spx.streak_up_ended", 5, Unit.COUNT, "day", False),
        ("at its low", "spx.intraday_low_change", -0.01, Unit.FRACTION, "day", True),
        ("at its low", "spx.intraday_high_change", 0.01, Unit.FRACTION, "day", False),
        ("at its high", "spx.intraday_high_change", 0.01, Unit.FRACTION, "day", True),
        ("rose on", "spx.sessions_rising", 3, Unit.COUNT, "week", True),
        ("rose on", "spx.sessions_falling", 3, Unit.COUNT, "week", False),
        ("short of a record", "spx.near_record", -0.01, Unit.FRACTION, "day", True),
        ("short of a record", "spx.pct_change", -0.01, Unit.FRACTION, "day", False),
        ("just shy of", "spx.near_record", -0.0019, Unit.FRACTION, "day", True),
        ("just shy of", "spx.near_record", -0.002, Unit.FRACTION, "day", False),
        ("just shy of", "spx.near_record", 0.0, Unit.FRACTION, "day", False),
        ("just shy of", "spx.near_record", -0.001, Unit.LEVEL, "day", False),
        ("close to", "spx.near_record", -0.0049, Unit.FRACTION, "day", True),
        ("close to", "spx.near_record", -0.005, Unit.FRACTION, "day", False),
        ("close to", "spx.near_record", 0.0, Unit.FRACTION, "day", False),
        ("the good year", "spx.year_change", 0.05, Unit.FRACTION, "2024", True),
        ("the good year", "spx.year_change", 0.0499, Unit.FRACTION, "2024", False),
        ("the good year", "spx.month_change", 0.05, Unit.FRACTION, "month", False),
        ("a poor one by comparison", "spx.outperform.ndx", -0.05, Unit.PP, "2024", True),
        ("a poor one by comparison", "spx.outperform.ndx", -0.0499, Unit.PP, "2024", False),
        ("a poor one by comparison", "spx.year_change", -0.05, Unit.FRACTION, "2024", False),
        ("beat", "spx.outperform.ndx", 0.001, Unit.PP, "day", True),
        ("beat", "spx.outperform.ndx", 0.0, Unit.PP, "day", False),
        ("leads", "spx.outperform.ndx", 0.001, Unit.PP, "day", True),
        ("did worse", "spx.outperform.ndx", 0.001, Unit.PP, "day", True),
        ("behind", "spx.outperform.ndx", -0.001, Unit.PP, "day", False),
        ("lagged", "spx.outperform.ndx", -0.001, Unit.PP, "day", True),
        ("lagged", "spx.outperform.ndx", 0.0, Unit.PP, "day", False),
        ("trails", "spx.outperform.ndx", -0.001, Unit.PP, "day", True),
        ("ahead of", "spx.outperform.ndx", 0.001, Unit.PP, "day", False),
        ("took back", "spx.month_change.now", -0.001, Unit.FRACTION, "month", True),
        ("took back", "spx.month_change.now", 0.0, Unit.FRACTION, "month", False),
        ("cut", "fed.target_change_bp", -0.0025, Unit.BP, "day", True),
        ("cut", "fed.target_change_bp", 0.0, Unit.BP, "day", False),
        ("raised", "fed.target_change_bp", 0.0025, Unit.BP, "day", True),
        ("raised", "fed.target_change_bp", 0.0, Unit.BP, "day", False),
        ("for the week", "spx.week_change", 0.01, Unit.FRACTION, "week", True),
        ("for the week", "spx.month_change", 0.01, Unit.FRACTION, "month", False),
        ("for the year", "spx.ytd_change", 0.01, Unit.FRACTION, "ytd", True),
        ("for the year", "spx.year_change", 0.01, Unit.FRACTION, "year", False),
        ("in two days", "spx.pct_change", 0.01, Unit.FRACTION, "two-days", True),
        ("in two days", "spx.pct_change", 0.01, Unit.FRACTION, "day", False),
        ("the high of the year", "spx.drawdown_from_high", 0.0, Unit.FRACTION, "year", True),
        ("the high of the year", "spx.drawdown_from_high", -0.0001, Unit.FRACTION, "year", False),
    ],
)
def test_a_phrase_is_true_of_its_kind_of_fact(words, id, value, unit, window, true):
    """At its threshold, and just past it."""
    name = id.split(".")[1]
    assert borne(words, fact(id, value, unit, kind=name, window=window)) is true


@pytest.mark.parametrize(
    ("words", "kind", "value", "unit", "true"),
    [
        ("held", "target_change_bp", 0.0, Unit.BP, True),
        ("held", "target_change_bp", 0.0025, Unit.BP, False),
        ("holds", "target_change_bp", 0.0, Unit.BP, True),
        ("held", "decisions", 8, Unit.COUNT, True),
        ("held", "target_range", 0.0, Unit.YIELD, False),
        ("raised", "increases", 2, Unit.COUNT, True),
        ("raised", "increases", 0, Unit.COUNT, False),
        ("raised", "cuts", 2, Unit.COUNT, False),
        ("cut", "cuts", 1, Unit.COUNT, True),
        ("cut", "cuts", 0, Unit.COUNT, False),
        ("straight cut", "straight_cuts", 2, Unit.COUNT, True),
        ("straight cut", "straight_holds", 2, Unit.COUNT, False),
        ("straight increases", "straight_increases", 3, Unit.COUNT, True),
        ("straight increases", "straight_cuts", 3, Unit.COUNT, False),
        ("straight meeting", "straight_holds", 7, Unit.COUNT, True),
        ("straight meeting", "straight_cuts", 7, Unit.COUNT, False),
        ("as expected", "decision_odds", 0.9, Unit.PROBABILITY, True),
        ("as expected", "decision_odds", 0.8999, Unit.PROBABILITY, False),
        ("as expected", "decision_odds", 1.0, Unit.PROBABILITY, True),
        ("as expected", "fed_probability", 0.95, Unit.PROBABILITY, False),
        ("the likelier outcome", "decision_odds", 0.8999, Unit.PROBABILITY, True),
        ("the likelier outcome", "decision_odds", 0.9, Unit.PROBABILITY, False),
        ("the likelier outcome", "decision_odds", 0.5, Unit.PROBABILITY, True),
        ("the likelier outcome", "decision_odds", 0.4999, Unit.PROBABILITY, False),
        ("not the likelier outcome", "decision_odds", 0.4999, Unit.PROBABILITY, True),
        ("not the likelier outcome", "decision_odds", 0.5, Unit.PROBABILITY, False),
        ("a quarter point", "target_change_bp", -0.0025, Unit.BP, True),
        ("half a point", "target_change_bp", 0.0050, Unit.BP, True),
        ("half a point", "target_change_bp", 0.0025, Unit.BP, False),
        ("three-quarters of a point", "target_change_bp", 0.0075, Unit.BP, True),
        ("a full point", "target_change_bp", -0.0100, Unit.BP, True),
        ("a full point", "target_change_bp", -0.0075, Unit.BP, False),
        ("4.25 percentage points", "target_change_bp", 0.0425, Unit.BP, True),
        ("4.25 percentage points", "target_change_bp", 0.0450, Unit.BP, False),
    ],
)
def test_what_the_fed_decided_is_said_by_its_size_its_run_and_its_odds(
    words, kind, value, unit, true
):
    """A hold is no move; an outcome was expected from a chance of 90% on."""
    assert borne(words, fact("fed.decision.one", value, unit, kind=kind, window="decision")) is true


def test_a_window_with_a_move_was_not_one_of_holds():
    """Though most of its meetings were."""
    told = count("fed.decisions.number", 8, kind="decisions")
    moves = count("fed.decisions.moves", 1, kind="target_changes")
    assert not borne("held", told, moves)
    assert borne("held", told, count("fed.decisions.moves", 0, kind="target_changes"))


@pytest.mark.parametrize(
    ("words", "kind", "number", "true"),
    [
        ("unanimous", "votes_against", 0, True),
        ("unanimous", "votes_against", 1, False),
        ("unanimous", "voters", 0, False),
        ("voted against it", "votes_against", 1, True),
        ("voted against it", "votes_against", 0, False),
        ("voted against it", "prefer_lower", 1, False),
        ("preferred a lower range", "prefer_lower", 1, True),
        ("preferred a lower range", "prefer_lower", 0, False),
        ("preferred a lower range", "prefer_higher", 1, False),
        ("preferred a higher range", "prefer_higher", 1, True),
        ("preferred a higher range", "votes_against", 1, False),
    ],
)
def test_a_vote_is_called_what_it_was(words, kind, number, true):
    """Dissent is said of those who dissented, and of what they wanted."""
    assert borne(words, count(f"fed.decision.{kind}", number, kind=kind)) is true


@pytest.mark.parametrize(
    ("words", "kind", "true"),
    [
        ("first cut since", "last_cut", True),
        ("first cut since", "last_increase", False),
        ("first increase since", "last_increase", True),
        ("an unscheduled meeting", "decision_unscheduled", True),
        ("an unscheduled meeting", "decision", False),
    ],
)
def test_the_last_move_of_a_kind_has_its_date(words, kind, true):
    """The words of a cut are not those of an increase."""
    assert borne(words, since("fed.decision.since", "2020-03-15", kind=kind)) is true
    if kind.startswith("last_"):
        assert not borne(words, day("fed.decision.since", "2020-03-15", kind=kind))


@pytest.mark.parametrize(
    ("words", "kind", "window", "true"),
    [
        ("highest close since 2007", "highest_close_since", "day", True),
        ("highest since", "highest_close_on_file", "day", False),
        ("lowest in data since", "lowest_close_on_file", "day", True),
        ("lowest close in data since", "lowest_close_on_file", "day", True),
        ("lowest in data since", "lowest_close_since", "day", False),
        ("lowest on record", "lowest_close_on_record", "day", True),
        ("lowest on record", "lowest_close_on_file", "day", False),
        ("highest on record", "lowest_close_on_record", "day", False),
        ("largest one-day drop since", "largest_fall_since", "day", True),
        ("largest one-day fall since", "largest_fall_since", "day", True),
        ("largest one-day drop since", "largest_fall_since", "month", False),
        ("largest one-day drop since", "largest_rise_since", "day", False),
        ("largest one-day drop in data since", "largest_fall_since", "day", False),
        ("largest one-day rise on record", "largest_rise_on_record", "day", True),
        ("largest one-day rise on record", "largest_rise_on_file", "day", False),
        ("largest weekly gain since", "largest_rise_since", "week", True),
        ("largest monthly gain in data since", "largest_rise_on_file", "month", True),
        ("largest monthly gain in data since", "largest_rise_on_file", "week", False),
        ("largest quarterly drop since", "largest_fall_since", "quarter", True),
        ("largest yearly rise in data since", "largest_rise_on_file", "ytd", True),
        ("largest point gain on record", "largest_point_rise_on_record", "day", True),
        ("largest point gain on record", "largest_rise_on_record", "day", False),
        ("largest point drop on record", "largest_point_fall_on_record", "day", True),
        ("largest point drop on record", "largest_point_rise_on_record", "day", False),
        ("widest since", "widest_spread_since", "day", True),
        ("widest since", "widest_gap_since", "day", False),
        ("widest gap between the two since", "widest_gap_since", "day", True),
        ("widest gap between the two on record", "widest_gap_since", "day", False),
        ("longest such run since", "longest_week_run_since", "week", True),
        ("longest such run since", "longest_week_run_since", "month", False),
        ("longest such run since", "longest_day_run_since", "day", True),
        ("worst", "worst_named_day_on_record", "day", True),
        ("best", "worst_named_day_on_record", "day", False),
        ("on record", "worst_named_day_on_record", "day", True),
        ("on record", "worst_named_day_on_file", "day", False),
        ("in data since", "worst_named_day_on_file", "day", True),
    ],
)
def test_a_superlative_says_how_far_it_reaches(words, kind, window, true):
    """Of a level or a move of that window, since a day, in the data, or ever."""
    told = replace(since(f"vix.{kind}", "2007-08-08"), window=window)
    assert borne(words, told) is true
    assert not borne(words, replace(told, since=None)) or words in ("worst", *ENDS)


ENDS = ("on record", "in data since")


@pytest.mark.parametrize(
    ("words", "side", "end", "change", "true"),
    [
        ("worst day on record", "worst_day", "on_record", -0.01, True),
        ("worst day on record", "worst_day", "on_record", 0.0, False),
        ("worst day on record", "worst_day", "on_file", -0.01, False),
        ("best day in data since", "best_day", "on_file", 0.01, True),
        ("best day in data since", "best_day", "on_file", -0.01, False),
        ("worst day since", "worst_day", "on_file", -0.01, False),
    ],
)
def test_the_worst_day_ever_fell(words, side, end, change, true):
    """And the best one rose."""
    told = since(f"spx.{side}_{end}", "1990-01-02")
    assert borne(words, told, fact("spx.pct_change", change)) is true


@pytest.mark.parametrize(
    ("days", "change", "true"),
    [
        ("2024-12-19", -0.015, True),
        ("2024-12-20", -0.015, False),
        ("2024-12-19", -0.0149, False),
        ("2024-12-10", -0.0149, True),
    ],
)
def test_the_worst_day_in_three_weeks_is_a_large_one(days, change, true):
    """A smaller one is told after a month."""
    told = since("spx.worst_day_since", days)
    assert borne("worst day since", told, fact("spx.pct_change", change)) is true


@pytest.mark.parametrize(
    ("side", "change", "true"),
    [("worst", -0.1, True), ("worst", 0.0, False), ("best", 0.1, True), ("best", -0.1, False)],
)
def test_the_most_in_some_days_went_that_way(side, change, true):
    """A loss fell, a gain rose."""
    told = since(f"spx.{side}_days_since", "2020-03-12")
    moved = fact("spx.days_change", change, window="two-days")
    assert borne("most since", told, moved) is true
    assert borne("in two days", moved)
    assert not borne("in three days", moved)


@pytest.mark.parametrize(
    ("kind", "true"),
    [("ahead_in_a_row", True), ("behind_in_a_row", True), ("streak_up", False)],
)
def test_a_session_in_a_row_is_one_of_two_indexes(kind, true):
    """Of a run of gains there are other words."""
    assert borne("session in a row", count(f"rut.{kind}", 9, kind=kind)) is true


@pytest.mark.parametrize(
    ("rising", "falling", "true"), [(2, 1, True), (0, 3, False), (3, 0, False), (3, None, False)]
)
def test_a_mixed_market_has_both(rising, falling, true):
    """One of each is enough."""
    told = count("market.indexes.rising", rising)
    others = [] if falling is None else [count("market.indexes.falling", falling)]
    assert borne("mixed", told, *others) is true


@pytest.mark.parametrize(
    ("words", "decliners", "true"),
    [
        ("gained ground", 0, True),
        ("gained ground", 1, False),
        ("lost ground", 4, True),
        ("lost ground", 3, False),
        ("ended higher", 0, True),
        ("ended higher", 1, False),
        ("closed lower", 4, True),
        ("closed lower", 3, False),
    ],
)
def test_a_basket_moved_where_all_of_it_did(words, decliners, true):
    """One that went the other way is too many."""
    told = fact("quantum.pct_change", 0.01)
    counts = count("quantum.members", 4), count("quantum.decliners", decliners)
    assert borne(words, told, *counts) is true
    assert not borne(words, told)


def test_sectors_that_moved_are_counted():
    """Each way has its own count."""
    assert borne("gained ground", count("sectors.rising", 7))
    assert borne("lost ground", count("sectors.falling", 4))
    assert not borne("lost ground", count("sectors.rising", 7))


@pytest.mark.parametrize(
    ("words", "side", "true"),
    [
        ("gained ground", "rising", True),
        ("gained ground", "falling", False),
        ("lost ground", "falling", True),
        ("lost ground", "rising", False),
    ],
)
def test_stocks_that_moved_are_counted_too(words, side, true):
    """By the count of their own side."""
    assert borne(words, count(f"list.{side}", 228, kind="advance")) is true


@pytest.mark.parametrize(
    ("words", "id", "number", "true"),
    [
        ("ended higher", "sectors.rising", 7, True),
        ("ended higher", "sectors.rising", 0, False),
        ("ended higher", "sectors.falling", 7, False),
        ("ended higher", "sectors.members", 11, False),
        ("closed lower", "list.falling", 1, True),
        ("closed lower", "list.rising", 1, False),
        ("finished lower", "quantum.decliners", 3, True),
        ("finished lower", "quantum.decliners", 0, False),
        ("finished higher", "quantum.decliners", 3, False),
        ("lost ground", "quantum.decliners", 3, True),
        ("gained ground", "quantum.decliners", 3, False),
    ],
)
def test_those_that_ended_higher_or_lower_are_counted(words, id, number, true):
    """By the count of their own side, and at a close alone."""
    assert borne(words, count(id, number), state=CLOSED) is true
    if words.startswith(("ended", "closed", "finished")):
        assert not borne(words, count(id, number), state=OPEN)


@pytest.mark.parametrize(
    ("words", "change", "true"),
    [
        ("ended higher", 0.001, True),
        ("ended higher", 0.0, False),
        ("ended higher", -0.001, False),
        ("closed lower", -0.001, True),
        ("closed lower", 0.0, False),
        ("closed lower", 0.001, False),
    ],
)
def test_an_index_ends_on_the_side_of_its_change(words, change, true):
    """Without a change it ends on neither."""
    assert borne(words, fact("spx.pct_change", change), state=CLOSED) is true
    assert not borne(words, fact("spx.pct_change", change), state=OPEN)


@pytest.mark.parametrize(("number", "true"), [(0, False), (1, True), (2, False)])
def test_the_only_one_is_one(number, true):
    """Of those that went that way."""
    assert borne("the only one", count("sectors.rising", number, kind="breadth")) is true
    assert not borne("the only one", count("list.rising", number, kind="advance"))


@pytest.mark.parametrize(
    ("words", "name", "rising", "falling", "true"),
    [
        ("losers outnumbered gainers", "falling", 9, 10, True),
        ("losers outnumbered gainers", "falling", 10, 10, False),
        ("losers outnumbered gainers", "rising", 9, 10, False),
        ("gainers outnumbered losers", "rising", 10, 9, True),
        ("gainers outnumbered losers", "rising", 10, 10, False),
        ("decliners outnumbered advancers", "falling", 9, 10, True),
        ("decliners outnumbered advancers", "falling", 10, 10, False),
        ("advancers outnumbered decliners", "rising", 10, 9, True),
        ("advancers outnumbered decliners", "rising", 9, 10, False),
        ("rising stocks outnumbered falling ones", "rising", 10, 9, True),
        ("rising stocks outnumbered falling ones", "rising", 10, 10, False),
        ("falling stocks outnumbered rising ones", "falling", 9, 10, True),
        ("falling stocks outnumbered rising ones", "rising", 9, 10, False),
        ("gainers and losers were even", "rising", 10, 10, True),
        ("gainers and losers were even", "rising", 10, 9, False),
    ],
)
def test_the_larger_side_of_a_list_is_named_first(words, name, rising, falling, true):
    """By one stock, and no more by none."""
    sides = {
        side: fact(f"list.{side}", number, Unit.COUNT, kind="advance")
        for side, number in (("rising", rising), ("falling", falling))
    }
    told = sides.pop(name)
    assert borne(words, told, *sides.values()) is true


@pytest.mark.parametrize(
    ("words", "kind", "true"),
    [
        ("set one-year highs", "one_year_high_count", True),
        ("set one-year highs", "one_year_low_count", False),
        ("set a one-year low", "one_year_low_count", True),
        ("set a one-year low", "one_year_high_count", False),
        ("reached one-year highs", "one_year_high_count", True),
        ("reached one-year highs", "one_year_low_count", False),
        ("reached a one-year low", "one_year_low_count", True),
        ("reached a one-year low", "one_year_high_count", False),
        ("are above their", "above_average", True),
        ("are above their", "advance", False),
        ("above their", "above_average", True),
        ("above their", "advance", False),
        ("stand above their", "above_average", True),
        ("stand above their", "advance", False),
    ],
)
def test_a_count_of_a_list_is_of_what_the_words_say(words, kind, true):
    """Highs are no lows."""
    assert borne(words, fact("list.it", 3, Unit.COUNT, kind=kind)) is true


@pytest.mark.parametrize(
    ("words", "id", "kind", "number", "true"),
    [
        (
            "at the bottom",
            "drawdown_from_high.deepest",
            "drawdown_from_high",
            -0.2,
            True,
        ),
        ("at the bottom", "drawdown_from_high", "drawdown_from_high", -0.2, False),
        ("better than", "outperform", "outperform", -0.05, True),
        ("better than", "outperform", "outperform", 0.05, False),
        ("worse than", "outperform", "outperform", 0.05, True),
        ("worse than", "outperform", "outperform", -0.05, False),
    ],
)
def test_how_far_and_how_much_better_are_of_their_facts(words, id, kind, number, true):
    """The deepest fall is no other, and the gap has a sign."""
    assert borne(words, fact(f"spx.{id}", number, kind=kind)) is true


@pytest.mark.parametrize(
    ("words", "kind", "true"),
    [
        ("low on", "low_of_window", True),
        ("low on", "high_of_window", False),
        ("high on", "high_of_window", True),
        ("high on", "low_of_window", False),
    ],
)
def test_the_turn_of_a_window_is_its_low_or_its_high(words, kind, true):
    """By its date."""
    told = fact("spx.month.turn", "2025-04-08", Unit.DATE, kind=kind, window="month")
    assert borne(words, told) is true


@pytest.mark.parametrize(("number", "true"), [(4, True), (3, False)])
def test_all_are_as_many_as_there_are(number, true):
    """Members of a basket, and sessions of a week."""
    told = count("quantum.breadth", number)
    assert borne("all", told, count("quantum.members", 4)) is true
    rose = count("spx.sessions_rising", number, window="week")
    assert borne("rose on all", rose, count("spx.week.sessions", 4)) is true
    fell = count("spx.sessions_falling", number, window="week")
    assert borne("fell on all", fell, count("spx.week.sessions", 4)) is true


@pytest.mark.parametrize(
    ("words", "name", "own", "other", "true"),
    [
        ("best day was", "best", 0.02, 0.01, True),
        ("best day", "best", 0.02, 0.03, False),
        ("worst day was", "worst", -0.02, 0.01, True),
        ("worst day", "worst", -0.02, -0.03, False),
        ("worst was", "best", -0.02, 0.01, False),
        ("largest gain came on", "best", 0.02, 0.01, True),
        ("largest gain came on", "best", 0.0, -0.01, False),
        ("largest loss came on", "worst", -0.02, 0.01, True),
        ("largest loss came on", "worst", 0.0, 0.01, False),
    ],
)
def test_an_extreme_day_is_one_of_all_days_on_file(words, name, own, other, true):
    """A gain rose, and a loss fell."""
    told = day(f"spx.{name}_day", "2025-01-06", kind=f"{name}_day_of_week", window="week")
    days = [
        fact(f"spx.pct_change.{date}", change, window=date)
        for date, change in (("2025-01-06", own), ("2025-01-07", other))
    ]
    elsewhere = fact("ndx.pct_change.2025-01-06", 0.5, window="2025-01-06")
    today = fact("spx.pct_change", 0.5)
    assert borne(words, told, *days, elsewhere, today) is true
    assert not borne(words, told, *days[1:])


@pytest.mark.parametrize(
    ("words", "own", "others", "true"),
    [
        ("led the way", 0.02, (0.01, -0.01), True),
        ("led the way", 0.0, (0.01, -0.01), False),
        ("lead", 0.02, (0.02, -0.01), True),
        ("fell the least", -0.001, (-0.01, -0.02), True),
        ("fell the least", 0.0, (-0.01, -0.02), False),
        ("fell the least", -0.015, (-0.01, -0.02), False),
        ("gained the least", 0.001, (0.01, 0.02), True),
        ("gained the least", 0.0, (0.01, 0.02), False),
        ("rose the least", 0.001, (0.01, 0.02), True),
        ("rose the least", 0.0, (0.01, 0.02), False),
        ("rose the least", 0.015, (0.01, 0.02), False),
        ("rose the most", 0.03, (0.01, 0.02), True),
        ("rose the most", 0.015, (0.01, 0.02), False),
        ("rose the most", -0.01, (-0.02, -0.03), False),
        ("fell the most", -0.02, (-0.01, 0.02), True),
        ("fell the most", -0.005, (-0.01, 0.02), False),
        ("the weakest", -0.02, (-0.01, 0.02), True),
        ("the weakest", 0.0, (0.01, 0.02), False),
    ],
)
def test_a_sector_leads_or_trails_its_kind(words, own, others, true):
    """Among the sectors of one window; an index that moved further is none."""
    told = fact("xlk.pct_change", own)
    funds = [
        fact(f"{key}.pct_change", change)
        for key, change in zip(("xle", "xlu"), others, strict=True)
    ]
    aside = [
        fact("spx.pct_change", 0.5),
        fact("ndx.pct_change", -0.5),
        fact("xle.pct_change.week", 0.5, window="week"),
        fact("xlu.pct_change.week", -0.5, window="week"),
    ]
    assert borne(words, told, *funds, *aside) is true
    assert not borne(words, aside[0], told, *funds)


@pytest.mark.parametrize(
    ("words", "now", "before", "true"),
    [
        ("widened", 0.0011, 0.001, True),
        ("widened", -0.0011, -0.001, True),
        ("widened", 0.001, 0.001, False),
        ("widened", 0.0009, 0.001, False),
        ("narrowed", 0.0009, 0.001, True),
        ("narrowed", -0.0009, -0.001, True),
        ("narrowed", 0.001, 0.001, False),
    ],
)
def test_a_gap_between_yields_grows_whichever_is_higher(words, now, before, true):
    """Its size is what counts."""
    told = fact("dgs10.yield_spread", now, Unit.BP)
    last = fact("dgs10.yield_spread.before", before, Unit.BP, kind="before")
    assert borne(words, told, last) is true
    assert not borne(words, told)


@pytest.mark.parametrize(
    ("key", "date", "true"),
    [("ndx", "2024-11-06", True), ("ndx", "2024-11-07", False), ("spx", "2024-11-06", False)],
)
def test_too_needs_another_with_the_same_date(key, date, true):
    """Another instrument, and the same kind."""
    told = since("spx.best_day_since", "2024-11-06")
    for words in ("too", "did"):
        assert borne(words, told, since(f"{key}.best_day_since.b", date)) is true


@pytest.mark.parametrize(
    ("drawdown", "year", "owner", "true"),
    [
        (-0.05, 0.05, "spx", True),
        (-0.0499, 0.05, "spx", False),
        (-0.05, 0.0499, "spx", False),
        (-0.05, 0.05, "ndx", False),
    ],
)
def test_a_sharp_turn_is_a_fall_of_five_percent_after_a_year_of_five(drawdown, year, owner, true):
    """Both of one index."""
    told = fact("spx.drawdown_from_high", drawdown)
    other = fact(f"{owner}.year_change", year, window="2024")
    assert borne("a sharp turn", told, other) is true


@pytest.mark.parametrize(
    ("now", "peak", "window", "true"),
    [
        (-0.001, 0.001, "since-event", True),
        (0.0, 0.001, "since-event", False),
        (-0.001, 0.0, "since-event", False),
        (-0.001, 0.001, "month", False),
    ],
)
def test_what_was_gained_since_the_election_is_given_back_below_zero(now, peak, window, true):
    """And only where there was a gain."""
    words, told = (
        "given back all it gained since the election",
        fact("spx.event.change", now, window=window),
    )
    assert borne(words, told, fact("spx.event.peak", peak)) is true
    assert not borne(words, told)


@pytest.mark.parametrize(
    ("words", "change", "total", "true"),
    [
        ("went the other way", 0.001, -0.01, True),
        ("went the other way", 0.001, 0.01, False),
        ("went the other way", 0.0, -0.01, False),
        ("went the same way", -0.001, -0.01, True),
        ("went the same way", 0.001, -0.01, False),
    ],
)
def test_yields_went_with_the_fed_or_against_it(words, change, total, true):
    """By the signs of both changes."""
    told = fact("dgs10.yield_change_bp", change, Unit.BP)
    assert borne(words, told, fact("fed.target_change_bp", total, Unit.BP)) is true
    assert not borne(words, told)


@pytest.mark.parametrize(("words", "name"), [("no change in rates", "hold"), ("a rate cut", "cut")])
@pytest.mark.parametrize(("own", "true"), [(0.5, True), (0.51, True), (0.49, False)])
def test_the_likeliest_decision_has_no_likelier_one_beside_it(words, name, own, true):
    """One that is as likely may stand there."""
    odds = {"hold": 0.5, "cut": 0.5, name: own}
    told, *others = (
        fact(f"fed.fed_probability.{each}", odds[each], Unit.PROBABILITY)
        for each in (name, *(other for other in odds if other != name))
    )
    assert borne(words, told, *others) is true
    assert not borne("a rate increase", told, *others)


@pytest.mark.parametrize(
    ("high", "level", "state", "true"),
    [
        (6000.0, 6000.0, CLOSED, True),
        (6000.0, 6000.1, CLOSED, True),
        (6000.0, 5999.9, CLOSED, False),
        (6000.0, 6000.0, OPEN, False),
        (6000.0, None, CLOSED, False),
    ],
)
def test_the_highest_close_in_a_year_is_reached_by_the_close(high, level, state, true):
    """Not during a session."""
    told = fact("spx.high_close", high, Unit.LEVEL)
    others = [] if level is None else [fact("spx.level", level, Unit.LEVEL)]
    assert borne("closed at the highest in a year", told, *others, state=state) is true


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("during the session", "open"),
        ("after the close", "post"),
        ("before the open", "pre"),
        ("market closed", "closed"),
    ],
)
def test_the_state_of_the_session_is_that_of_the_moment(words, state):
    """No other state bears the words out, and no other fact."""
    told = fact("session.state", state, Unit.TEXT)
    states = ("open", "post", "pre", "closed")
    assert [each for each in states if borne(words, told, state=each)] == [state]
    assert not borne(words, day("session.date", "2025-01-08"), state=state)


@pytest.mark.parametrize("words", ["ended", "closed", "ends", "closes"])
def test_a_session_has_ended_unless_it_goes_on(words):
    """A day without one is always over."""
    told = fact("session.state", "x", Unit.TEXT)
    assert borne(words, told, state=CLOSED)
    assert not borne(words, told, state=OPEN)
    assert borne(words, day("session.closed_on", "2025-01-09"), state=OPEN)


@pytest.mark.parametrize(
    ("words", "kind", "when", "change", "true"),
    [
        ("best first quarter since", "best", "2019-01", 0.1, True),
        ("best first quarter since", "best", "2019-04", 0.1, False),
        ("best second quarter since", "best", "2019-04", 0.1, True),
        ("best third quarter since", "best", "2019-07", 0.1, True),
        ("best fourth quarter since", "best", "2019-10", 0.1, True),
        ("best first quarter since", "worst", "2019-01", 0.1, False),
        ("best first quarter since", "best", "2019-01", 0.0, False),
        ("best first quarter since", "best", "2019-01", -0.1, False),
        ("worst first quarter since", "worst", "2019-01", -0.1, True),
        ("worst first quarter since", "worst", "2019-01", 0.1, False),
    ],
)
def test_a_quarter_by_its_place_has_its_side_and_its_sign(words, kind, when, change, true):
    """A gain is the best, a loss the worst."""
    name = f"{kind}_named_quarter_since"
    told = day(f"spx.{name}", when, kind=name, window="quarter", since=when)
    moved = fact("spx.quarter_change", change, window="quarter")
    assert borne(words, told, moved) is true
