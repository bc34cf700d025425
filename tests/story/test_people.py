"""Where a story places what people said: beside its subject, in the headline, in a key point."""

import pytest
from test_tiny_stories import SESSION, statement
from tiny import fact, record

from reportgen.core.errors import EditError
from reportgen.core.facts import Unit
from reportgen.record.edits import FILE
from reportgen.record.templates import Templates
from reportgen.story.citations import text_of
from reportgen.story.compose import Path, compose

FACTS = (
    SESSION,
    fact("spx.pct_change", -0.029),
    fact("dgs10.yield_level", 0.045, Unit.YIELD),
    fact("nvda.pct_change", -0.011),
)
FALL = "{{ brief_name('^GSPC') }} falls {{ fact('spx.pct_change') | pct }}"
TOLD = """
{{ the('^GSPC') | cap }} fell {{ fact('spx.pct_change') | pct }} on the day.

%s

{{ the('^GSPC') | cap }} fell as did {{ the('DGS10') }}. {{ the('DGS10') | cap }} stood at
{{ fact('dgs10.yield_level') | rate }}. {{ the('NVDA') | cap }} fell.
"""
DRIVERS = """
{% for v in causes() %}
>> “{{ v | spoken }},” {{ speaker(v, dated=false) }}.

{% if v.clause %}
~ cause: as {{ v | clause_of }}, {{ credited(v) }}
~ reason: {{ v | clause_of | cap }}, {{ credited(v, named=true) }}.
{% endif %}
{% endfor %}
"""


def driver(n=1, about="", clause="", **rest):
    """A cause that an editor wrote into the brief."""
    known = {"topic": "driver", "source": FILE, "text": f"Cause {n}.", "medium": "", "firm": ""}
    row = {**known, "about": about, "clause": clause, "title": "chief strategist", **rest}
    return statement(n, **row)


def told(*rows, title=FALL, points="", text=TOLD % DRIVERS, **about):
    """A brief of those statements."""
    lines = f"# {title}\n\n~ kicker: Recap\n\n{points}\n\n{text}"
    known = record(*FACTS, commentary=list(rows), **about)
    return compose(known, Path(), "A report", Templates((("story.j2", lines, "story.j2"),)))


def texts(brief):
    """Its paragraphs, a voice that stands alone behind a mark."""
    return [f"{'> ' if b.voice else ''}{text_of(b.runs)}" for b in brief.blocks]


@pytest.mark.parametrize(
    ("about", "before"),
    [
        ("", "on the day. "),
        ("^GSPC", "on the day. "),
        ("DGS10", "stood at 4.50%. "),
        ("NVDA", "Nvidia fell. "),
        ("XLK", ""),
    ],
)
def test_a_cause_stands_beside_the_sentence_on_its_subject(about, before):
    """Of the market, in the lead's paragraph; of what no sentence is on, alone."""
    shown = texts(told(driver(about=about)))
    said = "“Cause 1,” Tom Lee, chief strategist, said."
    assert f"{before or '> '}{said}" in "\n".join(shown)
    assert len(shown) == (2 if before else 3)


def test_a_word_on_a_stock_that_is_not_named_stands_beside_another_stock():
    """Rather than under the lead."""
    apple = dict.fromkeys(("first", "second", "short"), "Apple")
    apple |= {"key": "aapl", "symbol": "AAPL", "kind": "stock", "group": "", "also": []}
    rows = [*record(*FACTS).context["instruments"], apple]
    shown = texts(told(driver(about="AAPL"), instruments=rows))
    assert shown[-1].endswith("Nvidia fell. “Cause 1,” Tom Lee, chief strategist, said.")


def test_a_person_is_introduced_where_a_reader_meets_the_name_first():
    """Whatever the order in the file."""
    shown = " ".join(texts(told(driver(1, about="NVDA"), driver(2, about="DGS10"))))
    first, _, second = shown.partition("Nvidia fell.")
    assert "“Cause 2,” Tom Lee, chief strategist, said." in first
    assert second.strip() == "“Cause 1,” Lee also said."


CLAUSE = "Fed signals fewer cuts"
CAUSED = "S&P 500 falls 2.9% as Fed signals fewer cuts, strategist says"


@pytest.mark.parametrize(
    ("title", "row", "headline"),
    [
        (FALL, {}, CAUSED),
        (f"{FALL}, the worst of all", {}, CAUSED),
        (f"{FALL} as stocks fall", {}, CAUSED),
        (FALL, {"title": "head of research"}, CAUSED.replace("strategist", "Tom Lee")),
        (FALL, {"clause": "Fed signals fewer and far later rate cuts"}, "S&P 500 falls 2.9%"),
        (FALL, {"about": "DGS10"}, "S&P 500 falls 2.9%"),
        ("{{ the('NVDA') }} falls", {}, "Nvidia falls"),
        ("{{ the('^IXIC') }} falls", {}, "the Nasdaq falls"),
        (
            "{{ the('^IXIC') }} falls",
            {"about": "^IXIC"},
            CAUSED.replace("S&P 500 falls 2.9%", "the Nasdaq falls"),
        ),
    ],
)
def test_a_clause_follows_the_main_clause_of_the_headline(title, row, headline):
    """With its speaker, where it has room and the headline is on its subject."""
    brief = told(driver(**{"clause": CLAUSE, **row}), title=title)
    assert text_of(brief.title) == text_of(brief.subject) == headline
    assert ([text_of(brief.preheader)] == [headline]) is not bool(brief.key_points)


def test_a_clause_without_room_in_the_headline_is_a_key_point():
    """The first, which the preheader repeats."""
    brief = told(driver(clause=CLAUSE), title="{{ the('NVDA') }} falls", points="- Other.")
    points = ["Fed signals fewer cuts, chief strategist Tom Lee says.", "Other."]
    assert list(map(text_of, brief.key_points)) == points
    assert text_of(brief.preheader) == points[0]


def test_a_clause_on_an_instrument_follows_its_key_point():
    """Where that is one sentence without a cause."""
    brief = told(
        driver(clause="traders cut bets", about="DGS10"), points="- {{ the('DGS10') }} rose."
    )
    point = "the 10-year yield rose as traders cut bets, strategist says."
    assert [text_of(runs) for runs in brief.key_points] == [point]


def test_a_subject_that_is_too_long_loses_the_cause_with_its_speaker():
    """The flag of a correction takes the room, and what is left names no cause."""
    correction = {"notice": "x", "changed": [], "why": "y", "edition": 2}
    brief = told(driver(clause=CLAUSE), correction=correction)
    assert text_of(brief.title) == CAUSED
    assert text_of(brief.subject) == "Correction: S&P 500 falls 2.9%"


def test_a_cause_of_another_day_is_refused():
    """It ages with what it is about."""
    with pytest.raises(EditError, match="belongs to the brief of its own day"):
        told(driver(date="2025-01-07"))


def test_a_story_that_does_not_tell_a_cause_is_refused():
    """It would be lost without a word."""
    with pytest.raises(EditError, match=r"needs '\{\{ people.drivers\(\) \}\}'"):
        told(driver(), text="Stocks fell.")


CHOSEN = "{% for v in inline(causes('week')) %}{{ v.id[11:] }} {% endfor %}."


@pytest.mark.parametrize(("source", "chosen"), [("a note", "8 ."), (FILE, "6 .")])
def test_of_several_causes_of_one_subject_one_stands_inline(source, chosen):
    """The editors' own, or the newest on file."""
    days = {6: source, 7: "a note", 8: "a note"}
    rows = [driver(n, source=by, date=f"2025-01-0{n}") for n, by in days.items()]
    text = CHOSEN + "{% for v in causes('week') %}{{ signed_by(v) }}{% endfor %}"
    assert texts(told(*rows, text=text))[0].startswith(chosen)
