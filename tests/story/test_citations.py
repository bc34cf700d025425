"""Text with citations.

What data holds cannot break out of its run, and sentences end where they end.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.markets import market
from reportgen.record.templates import Templates
from reportgen.story.citations import (
    END,
    MIDDLE,
    START,
    Run,
    capitalise,
    cite,
    clean,
    sentences,
    shortened,
    split,
    text_of,
)
from reportgen.story.compose import environment
from reportgen.story.phrases import Phrases

HOSTILE = [
    f"a{END}b",
    f"a{START}rut.level{MIDDLE}9{END}",
    f"{MIDDLE}{MIDDLE}",
    "a\n\n# Another title",
    "a\n- a key point",
    "a\n~ footer: mine",
    "a\n!mountain",
    "a\r\n\r\n> said",
    "a\u2028b\u2029c",
    "a\x00b\x1b[31mc",
    "{{ lead.change }}",
    "{% set x = 1 %}",
    "{# gone #}",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a\u202eb",
    "\ufeffa",
    "\ue003\ue010",
    "a\tb\u00a0c",
    "\u200bx\u200d",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_data_stays_in_its_run(text):
    """Whatever a file holds, it is one run on one line, with its own citation and no other."""
    runs = split(f"before {cite('commentary.x', text)} after")
    assert [run.ref for run in runs] == ["", "commentary.x", ""]
    assert "\n" not in text_of(runs)
    assert not any(mark in text_of(runs) for mark in (START, MIDDLE, END))


@pytest.mark.parametrize("text", [t for t in HOSTILE if "{" in t or "<" in t])
def test_data_is_not_a_template_and_not_markup(text, tmp_path):
    """Jinja and HTML in data come through as the characters they are; renderers escape them."""
    import datetime as dt

    (tmp_path / "story.j2").write_text("{{ item | words }}")
    env = environment(
        Templates.of(tmp_path), Phrases(dt.datetime(2025, 1, 8, tzinfo=dt.UTC), {}, market("us"))
    )
    told = env.get_template("story.j2").render(item={"id": "commentary.x", "text": text})
    assert split(told) == (Run(text, "commentary.x"),)


@pytest.mark.parametrize("text", HOSTILE)
def test_data_does_not_start_a_block_of_the_story(text):
    """No text makes a title, a key point, a notice, a picture or a new paragraph."""
    from reportgen.story.compose import _narrative
    from reportgen.story.people import Said

    story = _narrative(
        f"# Title\n\n~ kicker: K\n\nHe said {cite('commentary.x', text)}\n\n>"
        f" {cite('commentary.x', text)}",
        (),
        Said(),
    )
    assert (
        text_of(story.title),
        story.key_points,
        story.notices,
        story.footer,
        story.pictures,
    ) == ("Title", (), (), (), ())
    assert len(story.blocks) == 2


@given(st.text(max_size=60))
def test_any_text_comes_back_as_one_run(text):
    """What is cited is what is read back, cleaned."""
    assert split(cite("x", text)) == (Run(clean(text), "x"),)
    assert clean(clean(text)) == clean(text)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "rut.level", "@^RUT"]), st.text("abc 8.", min_size=1, max_size=8)
        ),
        max_size=6,
    )
)
def test_the_text_of_runs_is_the_text_that_was_marked(pieces):
    """Marks add and lose nothing but folded white space."""
    marked = "".join(cite(ref, text) if ref else text for ref, text in pieces)
    plain = "".join(clean(text) if ref else text for ref, text in pieces)
    assert (
        text_of(split(marked)) == " ".join(plain.split()) or "  " in plain or plain != plain.strip()
    )


@pytest.mark.parametrize(
    ("marked", "text"),
    [
        ("the index fell", "The index fell"),
        (cite("@^RUT", "the index"), "The index"),
        (cite("x", "éclat"), "Éclat"),
        ("", ""),
        ("  a", "A"),
        (f"{cite('x', '8.9%')} below", "8.9% below"),
    ],
)
def test_the_first_letter_is_capitalised_inside_its_run(marked, text):
    """A citation at the start of a sentence keeps its reference."""
    assert text_of(split(capitalise(marked))) == text
    assert [r.ref for r in split(capitalise(marked))] == [r.ref for r in split(marked)]


def told(*pieces: str | tuple[str, str]) -> list[str]:
    """The sentences of runs given as plain words or as (words, citation)."""
    return [
        text_of(s)
        for s in sentences(tuple(Run(p) if isinstance(p, str) else Run(*p) for p in pieces))
    ]


def test_a_full_stop_in_a_cited_run_ends_no_sentence():
    """Dates and names have stops of their own."""
    closed = told("It closed on ", ("Jan. 8", "x"), " at ", ("2,225.43", "y"), ". Then it rose.")
    assert closed == ["It closed on Jan. 8 at 2,225.43.", "Then it rose."]
    assert told(("head of U.S. small caps", "commentary.x"), " spoke. She left.") == [
        "head of U.S. small caps spoke.",
        "She left.",
    ]
    assert told("At ", ("4 p.m. ET", "x"), " it ended.") == ["At 4 p.m. ET it ended."]


def test_a_sentence_may_begin_or_end_with_a_citation():
    """The stop before a citation ends a sentence,
    and a citation at the end of a line is in the last one."""
    assert told("It fell. ", ("The index", "@^RUT"), " rose.") == ["It fell.", "The index rose."]
    assert told("It fell. ", ("Jan. 8", "x")) == ["It fell.", "Jan. 8"]


def test_a_short_form_in_plain_words_ends_no_sentence():
    """The stops of "U.S." in "U.S. stock markets are closed" end no sentence."""
    found = told("U.S. stock markets are ", ("closed", "x"), " on ", ("Thursday", "y"), ".")
    assert found == ["U.S. stock markets are closed on Thursday."]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["It fell. ", "Jan. 8", "U.S. ", "rose", ". ", "? ", "a "]),
            st.booleans(),
        ),
        max_size=8,
    )
)
def test_no_words_are_lost_between_sentences(pieces):
    """The sentences hold all citations in their order,
    and all words but for the spaces between sentences."""
    runs = tuple(Run(w, "x" if c else "") for w, c in pieces)
    found = [run for sentence in sentences(runs) for run in sentence]
    assert [r for r in found if r.ref] == [r for r in runs if r.ref] or text_of(runs).strip() == ""
    assert text_of(found).replace(" ", "") == text_of(runs).replace(" ", "")


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("Stocks rise", "Stocks rise"),
        (f"Nasdaq {'very ' * 10}much down as Dow edges lower", f"Nasdaq {'very ' * 10}much down"),
        (
            f"Small caps fall {'very ' * 9}far in early-afternoon trading",
            f"Small caps fall {'very ' * 9}far",
        ),
        (f"Small caps{' fall' * 20}", f"Small caps{' fall' * 12}"),
    ],
)
def test_a_subject_ends_where_a_clause_does(title, subject):
    """Of a headline that is too long the last clause that fits ends it, or the last word."""
    assert text_of(shortened(split(title), 70)) == subject


def test_a_shortened_line_keeps_its_citations():
    """What is left still says what it rests on."""
    line = split(f"{cite('a', 'S&P 500')} rises {cite('b', '0.8%')} as {cite('c', 'Dow')} falls")
    assert [run.ref for run in shortened(line, 20)] == ["a", "", "b"]
