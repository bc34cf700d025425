"""How alike briefs are: the skeleton of a sentence, its verbs, and what is counted of many."""

import sys
from pathlib import Path

import pytest

from reportgen.story.citations import Run

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

import variety

SPX, DOW = Run("The S&P 500", "@^GSPC"), Run("the Dow", "@^DJI")


def fell(words, name=SPX, end="."):
    """A sentence on one move."""
    return name, Run(" "), Run(words, "spx.pct_change"), Run(end)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (fell("fell 1.1%"), fell("rose 0.3%", DOW)),
        (fell("was down 2%"), fell("was up less than 0.1%")),
        (fell("had its worst day since Aug. 5"), fell("had its best day since Oct. 1, 2023")),
        (fell("edged lower"), fell("inched higher")),
    ],
)
def test_names_figures_days_and_directions_make_no_other_frame(one, other):
    """Nor does another verb of motion."""
    assert variety.skeleton(one) == variety.skeleton(other)


@pytest.mark.parametrize("other", [fell("was down 1.1%"), fell("fell 1.1%", end=", too.")])
def test_other_words_make_another_frame(other):
    """The order and the plain words count."""
    assert variety.skeleton(fell("fell 1.1%")) != variety.skeleton(other)


def test_verbs_are_counted_by_their_past_and_only_where_they_cite_a_fact():
    """A name or a plain word that looks like one is none."""
    told = (*fell("falls 1%"), Run("Gap", "@GAP"), Run(" rose "), *fell("sinking 2%, rose"))
    assert variety.verbs(told) == {"fell": 1, "sank": 1, "rose": 1}


def measured(session, *skeletons, verbs=(), words=10):
    """A brief with sentences of those skeletons."""
    return variety.Measured(
        session=session,
        headline=skeletons[0],
        lead=skeletons[0],
        sentences=tuple((one, one) for one in skeletons),
        verbs=dict(verbs),
        words=words,
        dull=words < 10,
        remarks=(),
    )


@pytest.mark.parametrize(("briefs", "repeated"), [(4, 0.0), (5, 0.5)])
def test_a_frame_is_repeated_with_four_other_briefs(briefs, repeated):
    """The other half of the sentences are of one brief each."""
    told = [measured(f"2024-01-0{i}", "N moved #", f"own {i}") for i in range(briefs)]
    assert variety.summary(told)["repeated"] == repeated


def test_neighbours_of_one_frame_are_named():
    """By the later of the two; a third with another frame is not."""
    told = [measured(day, one) for day, one in (("01", "a"), ("02", "a"), ("03", "b"))]
    assert variety.summary(told)["alike_headlines"] == ["02"]


def test_the_share_of_a_verb_is_of_all_moves():
    """And dull days are listed with their words."""
    found = variety.summary(
        [measured("01", "a", verbs={"rose": 3}), measured("02", "b", verbs={"sank": 1}, words=9)]
    )
    assert found["verbs"] == {"rose": 0.75, "sank": 0.25}
    assert found["dull"] == {"02": 9}
