"""A person vouches for the words of a story: one command, and the brief says whose words they are."""

from __future__ import annotations

import nbformat
import pytest
from outside import Desk

from reportgen.jobs import workspace
from reportgen.record.templates import WORDS

CELL = """
from reportgen.beats.measure import Measure
from reportgen.core.facts import Unit

with desk.section("our own figures"):
    index = desk.track("^GSPC")
    own, mean = Measure.of(index), float(index.closes.iloc[-200:].mean())
    ours = Measure("desk", "desk", desk.moment.at.isoformat(), "request")
    desk.parameter("days", 200)
    desk.parameter("span", 12)
    desk.record(
        own.fact("gap_to_average", index.last / mean - 1, Unit.FRACTION, "200-sessions"),
        own.fact("average", mean, Unit.LEVEL, "200-sessions"),
        ours.fact("list_start", "2020-03-02", Unit.DATE),
        ours.fact("week_end", index.closes.index[-4].date(), Unit.DATE),
    )
    for symbol in ("AAPL", "NVDA", "MSFT"):
        held = desk.track(symbol)
        change = held.last / float(held.closes.iloc[-200]) - 1
        desk.record(Measure.of(held).fact("holding_return", change, Unit.FRACTION, "12-months"))
"""
STORY = """
{% set gap, average, span = fact("spx.gap_to_average"), fact("spx.average"), fact("parameter.days") %}
{% set held = [fact("aapl.holding_return"), fact("nvda.holding_return"), fact("msft.holding_return")] %}
{% set best, week = held | sort(attribute="number") | last, fact("desk.week_end") %}
{{ the("^GSPC") | cap }} stands {{ gap | pct }} {{ gap | says("above") }} its {{ span | round }}-day average of {{ average | level }}.
The {{ best | says("best") }} holding was {{ the(best.instrument) }}, over {{ fact("parameter.span") | spelled }} months.
We have kept this list since {{ fact("desk.list_start") | year }}; its figures are of the week that {{ week | says("ended") }} {{ week | date }}.
"""
KINDS = """# Our words.

[kinds.gap_to_average]
unit = "fraction"
positive = ["above"]
negative = ["below"]

[kinds.average]
unit = "level"

[kinds.list_start]

[kinds.holding_return]
highest = ["best"]
lowest = ["worst"]

[kinds.week_end]
unit = "date"
always = ["ended"]
"""
FOOT = '{% include "story/en/parts/recap/footer.j2" %}'


@pytest.fixture
def desk(tmp_path):
    """A desk with figures and sentences of its own, for which nobody vouches yet."""
    workspace.create(tmp_path / "desk", "daily-recap", "desk-recap")
    found = Desk(tmp_path / "desk")
    place = found.folder / "reports/desk-recap/notebook.ipynb"
    notebook = nbformat.read(place, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(CELL))
    nbformat.write(notebook, place)
    found.writes(f"templates/{WORDS}", KINDS)
    return told(found, STORY)


def told(desk, text):
    """The desk with *text* at the end of its story."""
    story = desk.folder / "reports/desk-recap/story.j2"
    before, after, _ = story.read_text().partition(FOOT)
    assert after, before[-300:]
    story.write_text(f"{before}{text}\n{FOOT}\n")
    return desk


@pytest.mark.slow
def test_honest_sentences_pass_after_one_vouch(desk):
    """They cite their figures, the gate's page says whose words they are."""
    assert "Nobody has vouched for 3 lines" in desk.says("run", "desk-recap", code=5)
    desk.vouches()
    brief = desk.brief()
    assert "-day average of 5," in brief
    assert "The best holding was " in brief
    assert "over twelve months. We have kept this list since 2020" in brief
    assert "the week that ended Jan. 3." in brief
    page = (desk.place / "gate.txt").read_text()
    assert page.startswith("VERDICT  SEND")
    assert '"The «best» holding was …, over … months." (story.j2:' in page
    assert "- A. Author, 20" in page
