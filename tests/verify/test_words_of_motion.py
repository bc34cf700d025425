"""Verbs, directions, dates and counts at, just below and just above each of their thresholds."""

import pytest
from tiny import borne, count, day, fact

from reportgen.core.facts import Unit

KEYS = {
    "index": "spx.pct_change",
    "etf": "mdy.pct_change",
    "sector": "xlk.pct_change",
    "stock": "nvda.pct_change",
    "commodity": "oil.pct_change",
    "basket": "quantum.pct_change",
    "volatility": "vix.pct_change",
    "crypto": "btc.pct_change",
    "yield": "dgs10.yield_change_bp",
    "policy_rate": "fed.target_change_bp",
}
"""A change of each kind of instrument, by its id."""


def moved(words, change, usual=None, kind="index", window="day"):
    """Whether *words* are true of a change, where moves are that large as a rule."""
    id = KEYS[kind]
    unit = Unit.BP if id.endswith("_bp") else Unit.FRACTION
    told = fact(id, change, unit, window=window)
    sigma = [] if usual is None else [fact(f"{id}.sigma", usual, unit, window=window)]
    return borne(words, told, *sigma)


@pytest.mark.parametrize(
    ("change", "usual", "true"),
    [
        (0.00099, 0.01, True),
        (-0.00099, 0.01, True),
        (0.001, 0.01, False),
        (-0.001, 0.01, False),
        (0.00299, 0.03, True),
        (0.003, 0.03, False),
        (0.0, 0.01, True),
        (0.00049, 0.001, True),
        (0.0005, 0.001, False),
        (0.00049, None, True),
        (0.0005, None, False),
    ],
)
def test_little_changed_is_a_tenth_of_a_usual_move_or_half_a_tenth_of_a_percent(
    change, usual, true
):
    """The larger of the two is the line; a move on it has changed."""
    assert moved("was little changed", change, usual) is true


@pytest.mark.parametrize(
    ("words", "change", "usual", "true"),
    [
        ("rose", 0.001, 0.01, True),
        ("rose", 0.00099, 0.01, False),
        ("rose", 0.002, 0.01, True),
        ("rose", 0.00099, None, True),
        ("rose 0.1%", 0.00099, 0.01, True),
        ("fell", -0.001, 0.01, True),
        ("fell", -0.00099, 0.01, False),
        ("edged higher", 0.001, 0.01, True),
        ("edged higher", 0.00099, 0.01, False),
        ("edged up 0.1%", 0.00099, 0.01, True),
        ("ticked lower", -0.001, 0.01, True),
        ("ticked lower", -0.00099, 0.01, False),
    ],
)
def test_a_verb_without_a_figure_needs_a_tenth_of_a_usual_move(words, change, usual, true):
    """Below that nothing moved; a figure beside the verb says how little it was."""
    assert moved(words, change, usual) is true


@pytest.mark.parametrize(
    ("words", "change", "true"),
    [
        ("rose", 0.01, True),
        ("rose", -0.01, False),
        ("rose", 0.0, False),
        ("fell", -0.01, True),
        ("fell", 0.01, False),
        ("fell", 0.0, False),
        ("edged", -0.001, True),
        ("edged higher", 0.001, True),
        ("edged up", 0.001, True),
        ("edged higher", -0.001, False),
        ("edged up", 0.0, False),
        ("edged lower", -0.001, True),
        ("edged down", 0.001, False),
        ("edged lower", 0.0, False),
        ("up", 0.01, True),
        ("up", 0.0, False),
        ("higher", 0.01, True),
        ("higher", -0.01, False),
        ("above", 0.01, True),
        ("above", -0.01, False),
        ("down", -0.01, True),
        ("down", 0.0, False),
        ("lower", -0.01, True),
        ("below", -0.01, True),
        ("below", 0.01, False),
        ("unchanged", 0.0, True),
        ("unchanged", 0.0001, False),
        ("unchanged", -0.0001, False),
        ("no change", 0.0, True),
        ("no change", 0.0001, False),
        ("no change", -0.0001, False),
        ("a gain", 0.01, True),
        ("a gain", 0.0, False),
        ("a gain", -0.0001, False),
        ("a loss", -0.01, True),
        ("a loss", 0.0, False),
        ("a loss", 0.0001, False),
        ("gains", 0.01, True),
        ("losses", 0.01, False),
    ],
)
def test_a_word_of_direction_has_the_sign_of_the_change(words, change, true):
    """No change is no rise and no fall, and as a gain it is one of nothing."""
    assert moved(words, change) is true


@pytest.mark.parametrize(
    ("words", "change", "usual", "true"),
    [
        ("edged up", 0.00349, 0.01, True),
        ("edged up", 0.00351, 0.01, False),
        ("inched up", 0.00349, 0.01, True),
        ("inched up", 0.00351, 0.01, False),
        ("ticked up", 0.0075, 0.01, True),
        ("ticked up", 0.0076, 0.01, False),
        ("slipped", -0.0075, 0.01, True),
        ("slipped", -0.0076, 0.01, False),
        ("eased", -0.0075, 0.01, True),
        ("dipped", -0.0076, 0.01, False),
        ("slipped", -0.05, None, True),
        ("ticked up", 0.05, None, False),
    ],
)
def test_a_weak_verb_goes_with_a_part_of_a_usual_move(words, change, usual, true):
    """A third of it for edging, three quarters for ticking and slipping."""
    assert moved(words, change, usual) is true


@pytest.mark.parametrize(
    ("kind", "under", "at"),
    [
        ("index", 0.0029, 0.003),
        ("sector", 0.0029, 0.003),
        ("etf", 0.0029, 0.003),
        ("yield", 0.00029, 0.0003),
        ("stock", 0.0099, 0.01),
        ("basket", 0.0099, 0.01),
        ("crypto", 0.0099, 0.01),
        ("commodity", 0.0099, 0.01),
        ("volatility", 0.0299, 0.03),
    ],
)
def test_what_is_small_for_its_kind_bears_a_weak_verb_in_the_calmest_weeks(kind, under, at):
    """Under the floor of its kind a move is small, however small moves usually are."""
    usual = under / 100
    assert moved("edged up", under, usual, kind)
    assert not moved("edged up", at, usual, kind)
    assert moved("slipped", -under, usual, kind)
    assert not moved("slipped", -at, usual, kind)


@pytest.mark.parametrize(("words", "times"), [("sank", 1.5), ("tumbled", 2.5), ("plunged", 4.0)])
def test_a_strong_verb_needs_a_multiple_of_a_usual_move(words, times):
    """In the size of a usual move; without one nothing bears it out."""
    usual = 0.016
    assert moved(words, -usual * times, usual)
    assert not moved(words, -usual * times + 0.0001, usual)
    assert not moved(words, -usual * times)


@pytest.mark.parametrize(("words", "times"), [("rallied", 1.5), ("surged", 2.5), ("soared", 4.0)])
def test_a_strong_verb_upwards_needs_the_same_multiple(words, times):
    """What goes up is judged like what goes down."""
    usual = 0.016
    assert moved(words, usual * times, usual)
    assert not moved(words, usual * times - 0.0001, usual)


@pytest.mark.parametrize(
    ("kind", "floors"),
    [
        ("index", (0.008, 0.015, 0.03)),
        ("etf", (0.008, 0.015, 0.03)),
        ("sector", (0.008, 0.015, 0.03)),
        ("stock", (0.02, 0.05, 0.10)),
        ("commodity", (0.02, 0.05, 0.10)),
        ("basket", (0.02, 0.05, 0.10)),
        ("volatility", (0.10, 0.15, 0.30)),
        ("crypto", (0.04, 0.08, 0.12)),
        ("yield", (0.0008, 0.0012, 0.0018)),
        ("policy_rate", (0.0008, 0.0012, 0.0018)),
    ],
)
def test_a_strong_verb_needs_the_least_size_of_its_kind(kind, floors):
    """Even where usual moves are far smaller."""
    for words, floor in zip(("jumped", "surged", "soared"), (floors[1], *floors[1:]), strict=True):
        assert moved(words, floor, floor / 100, kind)
        assert not moved(words, floor * 0.999, floor / 100, kind)
    assert moved("rallied", floors[0], floors[0] / 100, kind)
    assert not moved("rallied", floors[0] * 0.999, floors[0] / 100, kind)


@pytest.mark.parametrize(
    ("change", "kind", "window", "true"),
    [
        (-0.07, "index", "day", True),
        (-0.0699, "index", "day", False),
        (-0.07, "etf", "day", True),
        (-0.07, "sector", "day", True),
        (-0.12, "stock", "day", False),
        (-0.12, "crypto", "day", False),
        (-0.07, "index", "week", False),
    ],
)
def test_seven_percent_in_a_day_bear_any_verb_of_an_index(change, kind, window, true):
    """However wild the weeks before were; a stock moves so far more often."""
    assert moved("plunged", change, 0.05, kind, window) is true


@pytest.mark.parametrize(
    ("words", "kind", "true"),
    [
        ("rose", "streak_up", True),
        ("rose", "streak_down", False),
        ("fell", "streak_down", True),
        ("fell", "streak_up", False),
        ("rallied", "streak_up", False),
        ("gains", "streak_up", True),
        ("gains", "streak_down", False),
        ("losses", "streak_down", True),
        ("losses", "streak_up", False),
        ("risen", "streak_up", True),
        ("risen", "streak_down", False),
        ("fallen", "streak_down", True),
        ("fallen", "streak_up", False),
    ],
)
def test_a_run_has_a_direction_and_no_strength(words, kind, true):
    """A plain verb and a noun go with it, a strong verb does not."""
    assert borne(words, count(f"spx.{kind}", 4)) is true


def test_a_gap_to_another_index_is_no_gain():
    """Nor is it a loss; it rises as little as a level does."""
    for words, gap in (("a gain", 0.02), ("rose", 0.02), ("a loss", -0.02)):
        assert not borne(words, fact("spx.outperform.ndx", gap, Unit.PP))
    assert not borne("rose", fact("spx.level", 5918.25, Unit.LEVEL))


@pytest.mark.parametrize(
    ("words", "date", "true"),
    [
        ("Thursday", "2025-01-02", True),
        ("Friday", "2025-01-02", False),
        ("Wednesday", "2025-01-01", False),
        ("Wednesday, Jan. 1", "2025-01-01", True),
        ("Tuesday", "2025-01-14", True),
        ("Wednesday", "2025-01-15", False),
        ("Wednesday", "2025-01-08", True),
    ],
)
def test_a_weekday_alone_is_at_most_six_days_away(words, date, true):
    """In both directions; with its date it may be any."""
    assert borne(words, day("session.date", date)) is true


@pytest.mark.parametrize(
    ("words", "date", "true"),
    [
        ("Oct. 25", "2024-10-25", True),
        ("Oct. 24", "2024-10-24", False),
        ("Oct. 24, 2024", "2024-10-24", True),
        ("Oct. 24, 2023", "2024-10-24", False),
        ("Oct. 25, 2024", "2024-10-25", True),
        ("July 9", "2024-07-09", False),
        ("Dec. 31", "2025-12-31", True),
        ("Jan. 6", "2025-01-06", True),
        ("Jan. 7", "2025-01-06", False),
        ("Feb. 6", "2025-01-06", False),
        ("Jan. 6, 2025", "2025-01-06", True),
        ("Jan. 7, 2025", "2025-01-06", False),
        ("March 24", "2026-03-24", False),
    ],
)
def test_a_date_without_a_year_is_of_this_year_or_at_most_75_days_away(words, date, true):
    """Told on Jan. 8, 2025: Oct. 25 is the 75th day before it, Oct. 24 the 76th."""
    assert borne(words, day("spx.high_date", date)) is true


@pytest.mark.parametrize(
    ("words", "start", "end", "true"),
    [
        ("Jan. 2-6", "2025-01-02", "2025-01-06", True),
        ("Jan. 2-7", "2025-01-02", "2025-01-06", False),
        ("Jan. 3-6", "2025-01-02", "2025-01-06", False),
        ("Dec. 30-Jan. 3", "2024-12-30", "2025-01-03", True),
        ("Dec. 30-Feb. 3", "2024-12-30", "2025-01-03", False),
        ("Dec. 2-6", "2024-12-02", "2025-01-06", False),
        ("Dec. 2-6, 2023", "2023-12-02", "2023-12-06", True),
        ("Dec. 2-6", "2023-12-02", "2023-12-06", False),
    ],
)
def test_a_span_of_days_begins_and_ends_as_it_says(words, start, end, true):
    """The second month is that of the first unless it is named."""
    told = day("spx.week.end", end)
    assert borne(words, told, day("spx.week.start", start)) is true


@pytest.mark.parametrize(
    ("words", "month", "now", "true"),
    [
        ("September", "2024-09", "2025-01-09T16:00:00-05:00", True),
        ("September", "2024-09", "2025-01-10T16:00:00-05:00", False),
        ("September 2024", "2024-09", "2025-01-10T16:00:00-05:00", True),
        ("September 2023", "2024-09", "2025-01-10T16:00:00-05:00", False),
        ("October", "2024-09", "2025-01-09T16:00:00-05:00", False),
        ("February", "2025-02", "2025-12-31T16:00:00-05:00", True),
    ],
)
def test_a_month_without_a_year_is_of_this_year_or_began_at_most_130_days_ago(
    words, month, now, true
):
    """Sept. 1 is the 130th day before Jan. 9."""
    assert borne(words, day("spx.best_month_since", month), now=now) is true


@pytest.mark.parametrize(
    ("words", "told", "true"),
    [
        ("2008", day("spx.record_date", "2008-10-28"), True),
        ("2009", day("spx.record_date", "2008-10-28"), False),
        ("2024", fact("spx.year_change", 0.23, window="2024"), True),
        ("2023", fact("spx.year_change", 0.23, window="2024"), False),
        ("2024", fact("spx.pct_change", 0.23), False),
        ("12", day("spx.record_date", "2008-10-12"), False),
    ],
)
def test_a_year_is_that_of_the_date_or_of_the_window(words, told, true):
    """Other digits state nothing of a date."""
    assert borne(words, told) is true


@pytest.mark.parametrize(
    ("part", "first", "last"),
    [
        ("early", "09:30", "10:29"),
        ("morning", "10:30", "11:59"),
        ("midday", "12:00", "12:59"),
        ("early-afternoon", "13:00", "14:29"),
        ("afternoon", "14:30", "15:29"),
        ("late", "15:30", "16:00"),
    ],
)
def test_each_part_of_a_session_begins_and_ends_on_its_minute(part, first, last):
    """No minute belongs to two parts."""
    parts = ("early", "morning", "midday", "early-afternoon", "afternoon", "late")
    for clock in (first, last):
        told = fact("session.as_of", f"2025-01-08T{clock}:00-05:00", Unit.TIME)
        assert [name for name in parts if borne(name, told)] == [part]


@pytest.mark.parametrize(
    ("words", "told", "true"),
    [
        ("three", count("market.records", 3), True),
        ("three", count("market.records", 4), False),
        ("twice", count("market.records", 2), True),
        ("three", fact("spx.level", 3.0, Unit.LEVEL), False),
        ("third", count("market.rank", 3), True),
        ("third", count("market.rank", 2), False),
        ("the 1st", count("market.rank", 1), True),
        ("the 2nd", count("market.rank", 2), True),
        ("the 3rd", count("market.rank", 3), True),
        ("the 12th", count("market.rank", 12), True),
        ("the 11th", count("market.rank", 11), True),
        ("the 11st", count("market.rank", 11), False),
        ("the 21st", count("market.rank", 21), True),
        ("the 21th", count("market.rank", 21), False),
        ("the 111th", count("market.rank", 111), True),
        ("the 12th", count("market.rank", 13), False),
        ("the 12th", fact("spx.level", 12.0, Unit.LEVEL), False),
        ("the 12th-best", count("market.rank", 12), False),
    ],
)
def test_a_number_in_words_and_a_rank_are_those_of_a_count(words, told, true):
    """A rank has the ending of its number."""
    assert borne(words, told) is true


@pytest.mark.parametrize(
    ("words", "points"),
    [
        ("a quarter of a percentage point", 25),
        ("half a percentage point", 50),
        ("three-quarters of a percentage point", 75),
        ("one percentage point", 100),
        ("two percentage points", 200),
    ],
)
def test_a_change_of_the_target_range_in_words_is_exact_to_half_a_basis_point(words, points):
    """Up or down; a percentage is in no such words."""
    for by, true in ((0.0, True), (0.4, True), (-0.4, True), (0.6, False), (-0.6, False)):
        for sign in (1, -1):
            told = fact("fed.target_change_bp", sign * (points + by) / 10_000, Unit.BP)
            assert borne(words, told) is true
    assert not borne(words, fact("spx.pct_change", points / 10_000))


@pytest.mark.parametrize(
    ("words", "id", "kind", "number", "true"),
    [
        ("rose", "sectors.rising", "breadth", 1, True),
        ("rose", "sectors.rising", "breadth", 0, False),
        ("advanced", "list.rising", "advance", 202, True),
        ("advanced", "list.falling", "advance", 202, False),
        ("fell", "list.falling", "advance", 1, True),
        ("fell", "list.unchanged", "advance", 1, False),
        ("declined", "quantum.decliners", "breadth", 3, True),
        ("declined", "quantum.decliners", "breadth", 0, False),
        ("rose", "quantum.decliners", "breadth", 3, False),
        ("jumped", "list.rising", "advance", 202, False),
    ],
)
def test_a_count_of_a_side_has_its_verb(words, id, kind, number, true):
    """A plain one, where at least one went that way."""
    assert borne(words, count(id, number, kind=kind)) is true
