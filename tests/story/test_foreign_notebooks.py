"""The narrative of a notebook without a story: each thing that it shows, in its order."""

from dataclasses import replace

import pytest
from tiny import fact, record

from reportgen.core.errors import NarrativeError
from reportgen.record.record import Section
from reportgen.record.shown import Shown
from reportgen.story.citations import NOTEBOOK, Run, text_of
from reportgen.story.foreign import compose, judged
from reportgen.story.model import Grid, Heading, Image, Item, Paragraph, Verbatim

RISE = fact("spx.return", 0.0153)
FILE = "weekly.ipynb"


def one(kind, data, caption=""):
    """One thing that the second cell shows."""
    return Shown(kind, data, 1, "cell 2", caption)


def told(*shown, facts=(), headline=(), **about):
    """The narrative of a notebook that shows those things."""
    kept = replace(record(*facts, plain=FILE, **about), shown=shown)
    return compose(kept, headline)


def says(*lines, facts=(RISE,)):
    """The blocks of a text in Markdown, beside *facts*."""
    return told(one("markdown", "\n\n".join(lines)), facts=facts).blocks


SHOWN = [
    (one("markdown", "Some *words*."), Paragraph, "Some words."),
    (one("markdown", "- item"), Item, "item"),
    (one("html", "<h3>Head</h3>"), Heading, "Head"),
    (one("text", "\n a\n\tb\n"), Verbatim, " a\n    b"),
    (one("code", "x = 1"), Verbatim, "x = 1"),
    (one("table", "<table><tr><td>1</table>", "Cap"), Grid, "Cap"),
    (one("values", {"rate": 4.5}), Grid, ""),
    (one("picture", "", "Rates"), Image, "Rates"),
]


@pytest.mark.parametrize(("shown", "kind", "words"), SHOWN)
def test_each_thing_that_is_shown_is_a_block_of_its_kind(shown, kind, words):
    (block,) = told(shown).blocks
    assert type(block) is kind
    if isinstance(block, Verbatim):
        assert block.text == words
    else:
        assert text_of(block.title if isinstance(block, Grid | Image) else block.runs) == words


def test_a_print_without_words_is_left_out():
    assert told(one("text", "\n\x07\u200b\n")).blocks == ()


PICTURES = [
    (one("picture", "", "Rates"), "Figure 1: Rates"),
    (one("picture", ""), "Figure 1, drawn by cell 2"),
    (one("picture", "", "Figure 1: Figure 1: x"), "Figure 1: Figure 1: Figure 1: x"),
    (one("chart", {"title": "Levels"}), "Figure 1: Levels"),
    (one("chart", {"title": {"text": ["Levels", "by day"]}}), "Figure 1: Levels by day"),
    (one("chart", {"description": "A line"}), "Figure 1: A line"),
    (one("chart", {}), "Figure 1, drawn by cell 2"),
    (one("chart", {"title": "Levels"}, "Rates"), "Figure 1: Rates"),
    (one("picture", {"title": "no"}), "Figure 1, drawn by cell 2"),
]


@pytest.mark.parametrize(("shown", "alt"), PICTURES)
def test_a_picture_has_a_text_in_its_place(shown, alt):
    """Its caption, or the title of its chart, or the cell that drew it."""
    (image,) = told(shown).blocks
    assert (text_of(image.alt), image.name, image.place) == (alt, "figure-1", 0)


def test_pictures_are_numbered_among_themselves_and_keep_their_place():
    images = told(one("picture", ""), one("text", "a"), one("picture", "")).images
    assert [(image.name, image.place) for image in images] == [("figure-1", 0), ("figure-2", 2)]


def test_glued_values_are_a_table_of_the_plain_ones():
    """Figures stand to the right if all are; what is no plain value is left out."""
    (grid,) = told(one("values", {"rate": 4.5, "held": 3, "frame": [1], "none": None})).blocks
    rows = [tuple(map(text_of, row)) for row in grid.lines]
    assert rows == [("Name", "Value"), ("rate", "4.5"), ("held", "3")]
    assert grid.right == (False, True)
    (grid,) = told(one("values", {"note": "x" * 99, "rate": 1})).blocks
    assert text_of(grid.rows[0][1]) == "x" * 60
    assert grid.right == (False, False)
    assert told(one("values", {"frame": {"a": 1}})).blocks == ()


def test_the_title_is_that_of_the_notebook_and_stands_once():
    """A first heading that repeats it keeps its form there; a person's headline is above both."""
    head = one("markdown", "# A *report*\n\nIt opens so.")
    found = told(head)
    assert found.title == (Run("A ", NOTEBOOK), Run("report", NOTEBOOK, "em"))
    assert [text_of(block.runs) for block in found.blocks] == ["It opens so."]
    found = told(head, headline=(Run("Rates fall"),))
    assert (text_of(found.title), len(found.blocks)) == ("Rates fall", 2)
    assert text_of(told(one("markdown", "# Other")).title) == "A report"


def test_what_stands_around_the_blocks_names_the_file_the_day_and_the_sources():
    """The opening words are those of the first paragraph; without one, the title."""
    found = told(one("markdown", "## Head\n\nIt opens so."), facts=(RISE,), notice="Not checked.")
    assert text_of(found.kicker) == "Notebook weekly.ipynb · Wednesday, Jan. 8, 2025"
    assert text_of(found.preheader) == "It opens so."
    assert [*map(text_of, found.notices)] == ["Not checked."]
    assert text_of(found.footer[0]) == "Made from weekly.ipynb. Sources of the cited figures: test."
    bare = told(one("text", "a"))
    assert (text_of(bare.preheader), found.key_points, found.strip) == ("A report", (), ())
    assert text_of(bare.footer[0]).rstrip() == "Made from weekly.ipynb."
    assert bare.flag == ()


def test_a_correction_and_a_gap_stand_above_it():
    """The correction first, and in the subject of a mail."""
    notice = {"notice": "Corrected: a rate."}
    kept = record(plain=FILE, notice="Not checked.", correction=notice)
    gap = Section(name="cell 3", required=False, status="failed", error="no picture", cell=3)
    found = compose(replace(kept, sections=(gap,)))
    lines = ["Corrected: a rate.", "Not checked.", "Not shown: cell 3."]
    assert [*map(text_of, found.notices)] == lines
    assert text_of(found.subject).startswith(text_of(found.flag))
    assert found.flag


def test_only_the_sentence_that_cites_a_fact_is_checked():
    """Its plain words are those of a story, and those around it the notebook's."""
    (block,) = says("We think. The index rose {{ fact('spx.return') | pct(1) }}. So there.")
    assert [(run.text, run.ref) for run in block.runs] == [
        ("We think.", NOTEBOOK),
        (" The index rose ", ""),
        ("1.5%", "spx.return"),
        (".", ""),
        (" So there.", NOTEBOOK),
    ]


def test_a_text_that_cites_is_a_template_and_one_that_does_not_is_none():
    """Braces of a text without a cited fact stay, and so does code, fenced or in a line."""
    assert text_of(says("{{ 7 * 7 }} {% if %}")[0].runs) == "{{ 7 * 7 }} {% if %}"
    head, code = says(
        "## Up {{ fact('spx.return') | pct(1) }}", "```\n{{ fact('spx.return') | pct }}\n```"
    )
    assert [run.ref for run in head.runs] == ["", "spx.return"]
    assert code.text == "{{ fact('spx.return') | pct }}"
    (line,) = says("Write `{{ fact('spx.return') | pct }}`.")
    assert text_of(line.runs) == "Write {{ fact('spx.return') | pct }}."


REFUSED = [
    (
        "{{ fact('spx.retrun') | pct }}",
        (RISE,),
        "weekly.ipynb, cell 2: .*'spx.retrun', which was not",
    ),
    ("{{ fact('spx.return') | pct }}", (), "cites a fact, and the notebook records none"),
    ("{{ fact('spx.return') | pct }} {{ 7 * 7 }}", (RISE,), "cell 2: .*the bare number 49"),
    ("{{ fact('spx.return') | nope }}", (RISE,), "cell 2: it cannot be told: .*nope"),
    ("{{ fact('spx.return') | pct }}{{ 1 / 0 }}", (RISE,), "it cannot be told: division by zero"),
    ("{{ fact('spx.return') | pct }}{% if %}", (RISE,), "it cannot be told"),
]


@pytest.mark.parametrize(("text", "facts", "words"), REFUSED)
def test_a_text_that_cannot_be_told_is_refused_by_its_file_and_cell(text, facts, words):
    with pytest.raises(NarrativeError, match=words):
        says(text, facts=facts)


def test_a_sentence_ends_at_its_stop_and_not_within_a_name():
    """The words of an abbreviation are checked with the figure behind them."""
    runs = (Run("One. The U.S. rose ", NOTEBOOK), Run("1%", "spx.return"), Run("! Two.", NOTEBOOK))
    parts = [(run.text, run.ref) for run in judged(runs)]
    assert parts == [
        ("One.", NOTEBOOK),
        (" The U.S. rose ", ""),
        ("1%", "spx.return"),
        ("!", ""),
        (" Two.", NOTEBOOK),
    ]
