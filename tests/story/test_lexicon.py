"""Verbs by the size of a move: their bands, their floors, and that none is used twice in a row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.story.english import lexicon

SIGMA = 0.01
DOWN = [
    (0.05, "are little changed"),
    (0.2, "edge"),
    (0.5, "slip"),
    (1.0, "fall"),
    (2.0, "drop"),
    (3.0, "tumble"),
    (4.5, "plunge"),
]
UP = [
    (0.05, "are little changed"),
    (0.2, "edge"),
    (0.5, "rise"),
    (1.0, "rise"),
    (2.0, "rally"),
    (3.0, "jump"),
    (4.5, "soar"),
]
BASES = sorted(
    {verb.base for side in (lexicon.DOWN, lexicon.UP) for verbs in side for verb in verbs}
    | {"are little changed"}
)


@pytest.mark.parametrize(("z", "base"), DOWN)
def test_a_fall_has_the_verb_of_its_band(z, base):
    """In usual moves of one percent, each band has its verb."""
    assert lexicon.choose(-z * SIGMA, SIGMA, "index", ()).base == base


@pytest.mark.parametrize(("z", "base"), UP)
def test_a_rise_has_the_verb_of_its_band(z, base):
    """In usual moves of one percent, each band has its verb."""
    assert lexicon.choose(z * SIGMA, SIGMA, "index", ()).base == base


@pytest.mark.parametrize(
    ("kind", "change", "base"),
    [
        ("index", 0.01, "rise"),
        ("index", 0.0099, "rise"),
        ("index", 0.005, "rise"),
        ("index", 0.0049, "edge"),
        ("stock", 0.03, "rise"),
    ],
)
def test_a_large_move_has_no_weak_verb(kind, change, base):
    """However restless the weeks: an index does not inch up 1%."""
    assert lexicon.choose(change, change * 5, kind, ()).base == base


@pytest.mark.parametrize(
    ("kind", "change", "band"),
    [
        ("index", 0.0299, 5),
        ("index", 0.03, 6),
        ("index", 0.0149, 4),
        ("index", 0.0079, 3),
        ("index", 0.0029, 2),
        ("stock", 0.0999, 5),
        ("stock", 0.1, 6),
        ("stock", 0.019, 3),
        ("basket", 0.049, 4),
        ("crypto", 0.119, 5),
        ("crypto", 0.12, 6),
        ("crypto", 0.039, 3),
        ("yield", 0.0017, 5),
        ("yield", 0.0018, 6),
        ("yield", 0.0002, 2),
        ("volatility", 0.149, 4),
        ("etf", 0.03, 6),
        ("sector", 0.0079, 3),
    ],
)
def test_a_strong_verb_needs_a_move_of_a_least_size(kind, change, band):
    """However rare a small move is, it does not plunge: the floor of its band is not met."""
    assert lexicon.band(-change, change / 9, kind) == band


@pytest.mark.parametrize("usual", [0.1, 0.35, 0.75, 1.5, 2.5, 4.0])
def test_the_lower_end_belongs_to_the_band(usual):
    """A move of exactly the lower end is in the band, and one just below it is not."""
    at, below = lexicon.band(usual, 1.0, "index"), lexicon.band(usual * 0.9999, 1.0, "index")
    assert (at, below) == (lexicon.BANDS.index(usual) + 1, lexicon.BANDS.index(usual))


@given(
    st.floats(-0.5, 0.5),
    st.floats(0.0005, 0.1),
    st.sampled_from(["index", "stock", "crypto", "yield", "basket"]),
)
def test_a_verb_has_the_direction_of_its_move(change, sigma, kind):
    """No rise is told as a fall, and what is little changed is told as neither."""
    verb = lexicon.choose(change, sigma, kind, ())
    ups, downs = ({v.base for verbs in side for v in verbs} for side in (lexicon.UP, lexicon.DOWN))
    assert verb is lexicon.FLAT or verb.base in (ups if change > 0 else downs)


@given(
    st.floats(0.0001, 0.4),
    st.floats(1.01, 3),
    st.floats(0.0005, 0.1),
    st.sampled_from(["index", "stock", "crypto", "yield"]),
)
def test_a_larger_move_never_has_a_weaker_verb(change, more, sigma, kind):
    """The bands are in the order of their verbs."""
    assert lexicon.band(change * more, sigma, kind) >= lexicon.band(change, sigma, kind)


@given(st.floats(-0.2, 0.2), st.lists(st.sampled_from(BASES), max_size=2))
def test_a_verb_is_not_used_again_at_once_where_there_is_another(change, used):
    """One of the last two verbs comes back only where its band has no other,
    and the band stays the same."""
    verb, fresh = (
        lexicon.choose(change, SIGMA, "index", used),
        lexicon.choose(change, SIGMA, "index", ()),
    )
    level = lexicon.band(change, SIGMA, "index")
    verbs = (
        [v.base for v in (lexicon.UP if change > 0 else lexicon.DOWN)[level - 1]]
        if fresh is not lexicon.FLAT
        else [fresh.base]
    )
    assert verb.base in verbs
    assert verb.base not in used or all(base in used for base in verbs)


def test_a_move_that_prints_as_nothing_is_little_changed():
    """Less than 0.05% is not told as a move, even where it is rare."""
    assert lexicon.choose(0.0004, 0.0001, "index", ()) is lexicon.FLAT
    assert lexicon.choose(0.0004, 0.0001, "yield", ()) is not lexicon.FLAT


def test_a_year_is_told_in_plain_verbs():
    """Over a year nothing is said to slip or to edge; only the truly rare has a strong verb."""
    assert lexicon.choose(0.1, 0.17, "index", (), daily=False).base == "gain"
    assert lexicon.choose(-0.1, 0.17, "index", (), daily=False).base == "lose"
    assert lexicon.choose(0.9, 0.17, "index", (), daily=False).base == "soar"


@pytest.mark.parametrize(
    "verb", [v for side in (lexicon.DOWN, lexicon.UP) for verbs in side for v in verbs]
)
def test_a_verb_has_four_forms(verb):
    """Each form is a word, with its particle where it has one."""
    forms = [verb.form(name) for name in ("base", "third", "past", "gerund")]
    assert all(form.replace(" ", "").isalpha() and not form.startswith(" ") for form in forms)
    assert verb.gerund.endswith("ing")
    assert all(form.endswith(verb.tail) for form in forms)


@pytest.mark.parametrize(("first", "base"), [(0, "tumble"), (1, "slump"), (2, "tumble")])
def test_days_in_a_row_begin_with_different_verbs_of_a_band(first, base):
    """By turns."""
    assert lexicon.choose(-0.03, SIGMA, "index", (), first=first).base == base


def test_a_verb_that_was_used_gives_way_whichever_is_first():
    """The band holds all the same."""
    assert lexicon.choose(-0.03, SIGMA, "index", ("slump",), first=1).base == "tumble"


def test_the_third_verb_of_a_band_is_for_need():
    """After the first two, whichever of them was first."""
    for first, used in ((0, ("fall", "slide")), (1, ("slide", "fall"))):
        assert lexicon.choose(-0.01, SIGMA, "index", used[:1], first=first).base == used[1]
        assert lexicon.choose(-0.01, SIGMA, "index", used, first=first).base == "decline"
