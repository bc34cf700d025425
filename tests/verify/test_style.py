"""The lint: every rule has a sentence that breaks it and one that does not."""

import pytest
from style_rules import LONGEST, lint

from reportgen.record.edits import LONGEST_HEADLINE
from reportgen.story.citations import Run, cite, split
from reportgen.story.model import Narrative, Paragraph, StripRow, Table


def brief(*paragraphs, title="Stocks rise", points=(), strip=()):
    """A brief of those paragraphs."""
    blocks = tuple(Paragraph(runs=split(text)) for text in paragraphs)
    return Narrative(
        title=split(title),
        kicker=(),
        preheader=(),
        notices=(),
        key_points=tuple(split(p) for p in points),
        strip=strip,
        blocks=blocks,
        footer=(),
    )


def rules(*paragraphs, **rest):
    """The rules that a brief of those paragraphs breaks."""
    return {remark.rule for remark in lint(brief(*paragraphs, **rest))}


RULES = [
    (
        "wrong number",
        "The S&P 500 rose 0.8% but are down for the week.",
        "The S&P 500 rose 0.8%; stocks are down for the week.",
    ),
    ("figure at the start", "500 stocks rose.", "All 500 stocks rose."),
    ("two hedges", "It fell nearly 2% and about 30 points.", "It fell nearly 2% and 30 points."),
    ("banned verb", "Stocks plummeted on Monday.", "Stocks fell on Monday."),
    ("too long", f"It {'very ' * (LONGEST - 1)}fell.", f"It {'very, ' * (LONGEST - 2)}fell."),
    (
        "too long",
        f"It {'so ,' * LONGEST}fell {'so , ' * LONGEST}.",
        f"It fell; {', '.join(['so'] * LONGEST)}: it rose.",
    ),
    ("starts in lower case", "stocks rose.", "Stocks rose."),
    ("minus zero", "The change was \u22120.0%.", "The change was \u22120.1%."),
    ("minus zero", "The change was -0%.", "The change was -10%."),
    ("zero percent in prose", "The Dow rose 0.0%.", "The Dow rose 10%, or 2.0%, or 100.0%."),
    ("plural of one", "It rose 1 points.", "It rose 1 point, then 2.1 points, then 21 points."),
    ("plural of one", "It rose 1 percentage points.", "It rose 0.1 percentage points."),
    (
        "singular of many",
        "It rose 12 point.",
        "It rose 12 points after a 25-point fall and a 3 point-for-point swap.",
    ),
    ("singular of many", "It was up for 3 session.", "It was up for 3 sessions, then 1 session."),
    (
        "wrong article",
        "It had a 8% fall.",
        "It had an 8% fall, an 11-session run, an 18.5% rise and an 85% share.",
    ),
    ("wrong article", "It had a 11-session run.", "It had a 10-session run and a 1.8% rise."),
    ("wrong article", "It had a 85% share.", "It had a 75% share."),
    ("wrong article", "It had an 1.5% fall.", "It had a 1.5% fall."),
    ("wrong article", "It had an 12% fall.", "It had a 12% fall."),
    ("stray punctuation", "The Dow , too, fell.", "The Dow, too, fell."),
    ("stray punctuation", "The Dow fell,. It rose.", "The Dow fell. It rose."),
    ("stray punctuation", "The Dow fell..", "The Dow fell to 5.5."),
    ("word twice", "The the Dow fell.", "The Dow fell, there the Nasdaq rose."),
    ("same opening", "The Dow fell 2%. The Dow fell again.", "The Dow fell 2%. The Dow then rose."),
    (
        "chain of passives",
        "It was lifted. Oil was pushed. Gold was beaten.",
        "It was lifted. Oil was pushed. Gold lost.",
    ),
    (
        "two strong verbs in the lead",
        "Stocks plunged as oil soared.",
        "Stocks plunged as oil rose. Gold soared, yields slumped.",
    ),
]


@pytest.mark.parametrize(("rule", "bad", "good"), RULES)
def test_a_rule_is_broken_by_the_one_and_kept_by_the_other(rule, bad, good):
    """And the good one breaks no other rule either."""
    assert rule in rules(bad)
    assert rules(good) == set()


@pytest.mark.parametrize(
    "verb", ["crater", "crash", "skyrocket", "nosedive", "plummet", "implode", "explode"]
)
def test_no_verb_of_the_tabloids_passes(verb):
    """In capitals neither; a word that merely holds one does."""
    assert rules(f"Stocks {verb} now.") == {"banned verb"}
    assert rules(f"STOCKS {verb.upper()} NOW.") == {"banned verb"}
    assert rules(f"Stocks un{verb} now.") == set()


def test_a_semicolon_begins_a_new_count_of_words():
    """Both halves are short enough, the whole is not."""
    half = f"It {' '.join(f'word{n}' for n in range(LONGEST - 1))}"
    assert rules(f"{half}; {half}.") == set()
    assert rules(f"{half} and {half}.") == {"too long"}


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("x" * (LONGEST_HEADLINE + 1), "headline too long"),
        ("Stocks rise.", "headline ends with a full stop"),
    ],
)
def test_a_headline_is_short_and_has_no_full_stop(title, rule):
    """One at its limit passes."""
    assert rules("Stocks rose.", title=title) == {rule}
    assert rules("Stocks rose.", title="x" * LONGEST_HEADLINE) == set()


def test_no_sentence_is_told_twice():
    """Not even as a key point and in the story."""
    assert rules("Stocks rose.", "Gold fell. Stocks rose.") == {"told twice"}
    assert rules("Stocks rose.", points=["Stocks rose."]) == {"told twice"}
    assert rules("Stocks rose.", points=["Stocks rose on Monday."]) == set()


def test_key_points_are_read_too():
    """Every sentence of them."""
    assert rules("Gold fell.", points=["Stocks rose. 500 of them."]) == {"figure at the start"}


def test_openings_are_compared_within_a_paragraph():
    """Two words alike are not yet an opening, and a new paragraph is a new start."""
    assert rules("The Dow fell 2%.", "The Dow fell again.") == set()
    assert rules("It rose. It rose today.") == set()
    assert rules("It rose. It rose.") == {"told twice"}


def test_a_remark_names_its_words_and_its_sentence():
    """Also where facts are cited in it."""
    story = Narrative(
        title=split("Stocks rise"),
        kicker=(),
        preheader=(),
        notices=(),
        key_points=(),
        strip=(),
        footer=(),
        blocks=(
            Paragraph(runs=(Run("Gold fell. It had a "), Run("8%", "x.change"), Run(" fall."))),
        ),
    )
    assert [(r.rule, r.words, r.sentence) for r in lint(story)] == [
        ("wrong article", "a 8%", "It had a 8% fall.")
    ]


def test_tables_are_not_prose():
    """A zero change and a figure first are as they should be there."""
    story = brief("Stocks rose.")
    table = Table(
        name="t",
        title=split("Table"),
        columns=(split("Change"),),
        rows=((split("0.0%"),), (split("1 points"),)),
    )
    assert (
        lint(
            Narrative(
                **{name: getattr(story, name) for name in story.__slots__ if name != "blocks"},
                blocks=(*story.blocks, table),
            )
        )
        == []
    )


@pytest.mark.parametrize(
    ("rule", "bad"),
    [
        ("banned verb", "Stocks nosedived."),
        ("banned verb", "Stocks imploded."),
        ("banned verb", "A fund crashes."),
        ("two strong verbs in the lead", "Stocks rallied as oil soared."),
        ("two strong verbs in the lead", "Stocks plunged, with oil surging."),
        ("wrong article", "A 8% fall ended it."),
        ("wrong article", "It had an 20% fall."),
        ("singular of many", "It lost 1,200 point."),
    ],
)
def test_a_rule_sees_every_form_of_its_words(rule, bad):
    """The past tense of verbs in -e and -y, a capital article, a figure with a comma."""
    assert rule in rules(bad)


FELL = cite("spx.pct_change", "fell 1.1%")
LEVEL = cite("spx.level", "5,909.03")
ROW = StripRow(
    instrument="^GSPC",
    name=split("S&P 500"),
    level=split(LEVEL),
    change=split(cite("spx.pct_change", "\u22121.1%")),
    note=(),
    sign=-1,
    spark=(),
)


def test_a_figure_of_one_fact_is_told_once():
    """In one sentence it may stand again, and another fact may have the same figure."""
    assert rules(f"It {FELL}.", f"The index {FELL}.") == {"figure told twice"}
    assert rules(f"It {FELL}, and it {FELL}.") == set()
    assert rules(f"It {FELL}.", f"The other {cite('ndx.pct_change', 'fell 1.1%')}.") == set()


def test_a_count_may_be_told_twice():
    """Nor is a day a figure."""
    days = cite("spx.streak_up", "three")
    assert rules(f"It was {days}.", f"For {days} days on {cite('spx.high', 'Jan. 6')}.") == set()


def test_a_key_point_adds_to_the_strip_and_to_the_lead():
    """What both of them tell is no key point."""
    since = cite("spx.worst_day_since", "worst day since Dec. 18")
    lead = f"Stocks fell, {since}."
    idle = f"The S&P 500 {FELL} to {LEVEL}."
    assert rules(lead, points=[idle], strip=(ROW,)) == {"key point is the strip"}
    assert rules(lead, points=[f"It {FELL}, its {since}."], strip=(ROW,)) == {
        "key point is the lead"
    }
    assert rules("Stocks fell.", points=[f"It {FELL}, its {since}."], strip=(ROW,)) == set()
