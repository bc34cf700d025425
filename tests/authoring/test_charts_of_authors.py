"""``desk.show``: any chart of Altair is recorded with its data and the words of its drawing."""

from __future__ import annotations

import altair as alt
import pandas as pd
import pytest

from reportgen.core.errors import RecordError
from reportgen.core.svg import VIEWS

DAYS = pd.date_range("2024-11-01", periods=40)
FRAME = pd.DataFrame({"date": DAYS, "level": range(40), "kind": ["tech", "energy"] * 20})
LINE = alt.Chart(FRAME).mark_line().encode(x="date:T", y=alt.Y("level:Q", title="Level"))
BARS = alt.Chart(FRAME).mark_bar().encode(x="kind:N", y="mean(level):Q")
CHARTS = {
    "single": (LINE, "one"),
    "layered": (LINE + LINE.mark_point(), "one"),
    "side by side": (LINE | BARS, "many"),
    "one above the other": (LINE & BARS, "many"),
    "joined": (alt.concat(LINE, BARS, LINE, columns=2), "many"),
    "faceted": (LINE.facet("kind:N", columns=1), "many"),
    "a column channel": (BARS.encode(column="kind:N"), "many"),
    "repeated": (BARS.encode(y=alt.Y(alt.repeat("row"), type="quantitative")).repeat(row=["level"]), "many"),
    "with a window": (LINE.transform_window(mean="mean(level)", frame=[-5, 0]).encode(y="mean:Q"), "one"),
    "with a regression": (LINE.transform_regression("date", "level"), "one"),
    "with a selection": (LINE.add_params(alt.selection_interval()), "one"),
    "a heat map": (BARS.mark_rect().encode(y="month(date):O", color="mean(level):Q"), "one"),
    "a pie": (alt.Chart(FRAME).mark_arc().encode(theta="sum(level)", color="kind:N"), "one"),
    "a box plot": (BARS.mark_boxplot().encode(y="level:Q"), "one"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHARTS)
def test_any_chart_of_altair_is_recorded(name, author):
    """With its data, its words, and whether a width fits it."""
    chart, views = CHARTS[name]
    author.desk.show(chart, "mine")
    kept = author.record().charts["mine"]
    assert kept["spec"]["usermeta"] == {VIEWS: views}
    assert kept["own"]["texts"]
    assert author.shown[-1]["text/html"].startswith("<img")


def test_the_words_of_a_chart_are_read_from_its_drawing_with_their_roles(author):
    """Titles, labels of axes and legends, and texts in the plot."""
    text = alt.Chart(pd.DataFrame({"x": [5], "say": ["a note"]})).mark_text().encode(text="say:N")
    chart = BARS.encode(color=alt.Color("kind:N", title="Sector")) + text
    author.desk.show(chart, "mine")
    rows = author.record().charts["mine"]["own"]["texts"]
    roles = {row["text"]: row["role"] for row in rows}
    assert roles["a note"] == "mark"
    assert roles["Sector"] == "legend-title"
    assert roles["Mean of level"] == "axis-title"
    assert roles["tech"] in ("axis-label", "legend-label")


def test_a_title_stands_above_the_chart_and_not_in_it(author):
    """A layer's, too; what is not said is made from the specification."""
    author.desk.show(LINE.properties(title="Levels"), "mine")
    own = author.record().charts["mine"]["own"]
    assert (own["title"], own["subtitle"], own["alt"]) == (
        "Levels",
        "Line chart of Level by date",
        "Line chart of Level by date",
    )
    assert "Levels" not in [row["text"] for row in own["texts"]]
    author.desk.show(LINE.properties(title="Levels") + BARS, "mine", alt="A line that rises.")
    own = author.record().charts["mine"]["own"]
    assert (own["title"], own["alt"]) == ("Levels", "A line that rises.")


def test_a_fact_in_a_chart_is_a_slot_which_the_notebook_fills(author):
    """And its words are those of the fact, so that they need nobody."""
    author.desk.stat("mean", 19.5)
    frame = pd.DataFrame({"y": [19.5], "say": ["fact:mean"]})
    text = alt.Chart(frame).mark_text().encode(y="y:Q", text="say:N")
    author.desk.show(LINE + text, "mine")
    kept = author.record().charts["mine"]
    assert kept["slots"] == ["mean"]
    assert "19.50" not in [row["text"] for row in kept["own"]["texts"]]


@pytest.mark.parametrize(("said", "kept"), [({}, None), ({"mail": True}, True), ({"mail": False}, False)])  # fmt: skip
def test_its_author_says_whether_a_mail_has_it(said, kept, author):
    """Without a word, the mail decides."""
    author.desk.show(LINE, "mine", **said)
    assert author.record().charts["mine"].get("mail") is kept


@pytest.mark.parametrize(
    ("chart", "said", "words"),
    [
        (alt.Chart("https://a.example/b.csv").mark_bar().encode(y="a:Q"), {}, "needs no network"),
        (alt.Chart(FRAME).mark_image().encode(url="kind:N"), {}, "shows images"),
        (LINE.encode(href="kind:N"), {}, "reads href"),
        (LINE.encode(x="nothing"), {}, "no valid chart of Altair"),
        (LINE.transform_calculate(a="1 +"), {}, "cannot be drawn"),
        (LINE, {"name": "My chart"}, "cannot name a chart"),
        (LINE, {"titel": "Levels"}, "has no 'titel'. Did you mean 'title'?"),
        (LINE.mark_text().encode(text=alt.value("fact:maen")), {}, "shows fact 'maen', which is"),
        (alt.Chart(pd.concat([FRAME] * 1000)).mark_line().encode(y="level:Q"), {}, "MB of data"),
        ("a figure", {}, "desk.show takes a Chart"),
    ],
)
def test_a_chart_that_cannot_be_shown_is_one_line_with_the_cure(chart, said, words, author):
    """No traceback of a library."""
    author.desk.stat("mean", 1.0)
    with pytest.raises(RecordError) as refused:
        author.desk.show(chart, **said)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
