"""What is told beside the lead, in which order, and which findings are key points."""

import pytest

from reportgen.beats import beats
from reportgen.core.errors import NarrativeError
from reportgen.core.facts import Finding
from reportgen.story import plan as editor
from reportgen.story.plan import Rules, chosen

RULES = Rules(beats(), "^GSPC")
FAMILY = {kind: beat.name for beat in beats() for kind in beat.kinds}


def plan(told, lead):
    """The plan where the S&P 500 stands for the market."""
    return editor.plan(told, lead, RULES)


def told(kind, score=5.0, instrument="^GSPC"):
    """A finding with nothing but what the editor looks at."""
    return Finding(kind=kind, instrument=instrument, facts={}, score=score)


LEAD = told("broad_up", 9.0)


def groups(*items, lead=LEAD):
    """The families of the plan with the kinds told in each."""
    return [
        (family, [item.kind for item in found])
        for family, found in plan([lead, *items], lead).groups
    ]


def points(*items, lead=LEAD):
    """The families that have a key point, with the score of each."""
    return [(family, item.score) for family, item in plan([lead, *items], lead).points]


def test_families_are_told_in_the_order_of_newsrooms():
    """Whatever their scores are."""
    found = groups(
        told("correction", 16.0),
        told("streak_up", 9.0),
        told("reversal_up", 0.0),
        told("record_close", 1.0),
        told("worst_day_since", 3.0),
    )
    assert [family for family, _ in found] == [
        "superlatives",
        "reversals",
        "records",
        "streaks",
        "corrections",
    ]


def test_findings_of_a_family_stay_together_in_their_ranks():
    """The highest-ranked first, as they came."""
    first, second = told("near_correction", 6.0), told("bear_market", 5.0, "^RUT")
    found = plan([LEAD, first, told("streak_up"), second], LEAD).groups
    assert found[1] == ("corrections", (first, second))


def test_the_lead_is_not_told_again():
    """Nor is a finding of its kind on its index; another index's is."""
    lead = told("record_close", 12.0)
    twin, other = told("record_close", 3.0), told("record_close", 4.0, "^IXIC")
    made = plan([lead, twin, other], lead)
    assert (made.lead, made.family, made.groups) == (lead, "records", (("records", (other,)),))


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("best_day_since", 3.0),
        ("milestone_up", 0.8),
        ("near_correction", 3.0),
        ("outperform", 4.0),
        ("reversal_up", 0.0),
    ],
)
def test_a_family_is_told_from_its_least_score_on(kind, least):
    """Just below it is left out."""
    assert groups(told(kind, least)) == [(FAMILY[kind], [kind])]
    assert groups(told(kind, least - 0.01)) == []


@pytest.mark.parametrize(
    "kind",
    ["below_record", "near_correction", "near_bear_market", "streak_up_ended", "streak_down_ended"],
)
def test_small_news_is_told_of_the_first_index_only(kind):
    """Of the others it would be noise."""
    assert groups(told(kind, instrument="^RUT")) == []
    assert groups(told(kind), told(kind, instrument="^RUT")) == [(FAMILY[kind], [kind])]


@pytest.mark.parametrize(("line", "families"), [(3.0, ["corrections"]), (2.9, ["records"])])
def test_how_far_below_its_record_the_first_index_is_is_told_once(line, families):
    """With the correction it comes near, where that is told."""
    assert [
        family for family, _ in groups(told("below_record"), told("near_correction", line))
    ] == families


@pytest.mark.parametrize("kind", ["near_record", "correction", "streak_up", "record_close"])
def test_large_news_is_told_of_every_index(kind):
    """Whichever it is of."""
    assert groups(told(kind, instrument="^RUT")) == [(FAMILY[kind], [kind])]


def test_kinds_the_editor_does_not_know_and_the_market_as_one_have_no_group():
    """A gauge and a wrap have places of their own."""
    assert groups(told("gauge"), told("mixed"), told("week_wrap")) == []


def test_key_points_are_the_two_best_families():
    """The third is left out."""
    assert points(told("streak_up", 4.0), told("record_close", 8.0), told("correction", 6.0)) == [
        ("records", 8.0),
        ("corrections", 6.0),
    ]


def test_a_family_has_one_key_point():
    """Its best; the next one is of another family."""
    found = points(
        told("record_close", 7.0, "^IXIC"), told("record_close", 8.0), told("streak_up", 4.0)
    )
    assert found == [("records", 8.0), ("streaks", 4.0)]


@pytest.mark.parametrize(("score", "said"), [(3.0, [("windows", 3.0)]), (2.99, [])])
def test_a_key_point_needs_a_score_of_three(score, said):
    """A wrap has no group but may be a point."""
    assert points(told("week_wrap", score)) == said


def test_the_family_of_the_lead_and_the_market_as_one_are_no_key_points():
    """The first is the story, the second its first sentence."""
    lead = told("record_close", 12.0)
    assert points(
        told("record_close", 9.0, "^IXIC"), told("broad_up", 8.0), told("streak_up", 4.0), lead=lead
    ) == [("streaks", 4.0)]


def test_of_two_equal_findings_the_higher_ranked_is_the_key_point():
    """A tie is settled by the order they came in."""
    first, second = told("streak_up", 5.0, "^DJI"), told("streak_up", 5.0, "^RUT")
    assert plan([LEAD, first, second], LEAD).points == (("streaks", first),)
    assert plan([LEAD, second, first], LEAD).points == (("streaks", second),)


@pytest.mark.parametrize(
    ("choices", "first", "name"),
    [
        ([("a", True), ("b", True), ("c", True)], 0, "c"),  # the last of three by turns
        ([("a", True), ("b", False), ("c", False)], 0, "a"),
        ([("a", False), ("b", True), ("c", True)], 1, "c"),
        ([("a", True), ("b", True), ("c", True)], 1, "a"),
        ([("a", True), ("b", True), ("c", True)], 2, "a"),
        ([("a", False), ("b", True), ("c", True)], 2, "b"),
        ([("a", False), ("b", False)], 1, ""),
        ([], 0, ""),
    ],
)
def test_what_presses_is_chosen_and_the_rest_takes_turns(choices, first, name):
    """Here every turn is the last one's."""
    assert chosen(choices, lambda number: number - 1, first) == name


def test_turns_are_taken_among_what_holds():
    """Two of four."""
    asked = []
    assert (
        chosen(
            [("a", False), ("b", True), ("c", False), ("d", True)],
            lambda number: asked.append(number) or 0,
        )
        == "b"
    )
    assert asked == [2]


def test_a_report_on_one_index_leads_with_what_it_has():
    """In a recap the day of an index has no place; there it may be all the news."""
    alone = told("day", 1.0, "^RUT")
    with pytest.raises(NarrativeError, match="'day' cannot lead"):
        plan([alone], alone)
    rules = Rules(beats(), "^GSPC", any_leads=True)
    assert editor.plan([alone], alone, rules).family == "session"


@pytest.mark.parametrize(("kinds", "room"), [((), True), (("milestone", "record_close"), False)])
def test_two_key_points_leave_no_room(kinds, room):
    """For the move of a gauge or of another index."""
    found = [told(kind, 5.0) for kind in kinds]
    assert plan([LEAD, *found], LEAD).room == room
