"""Every chart is valid Vega-Lite, and holds no word of its own but those of axes and tooltips."""

from __future__ import annotations

import datetime as dt
import json
import re

import altair as alt
import pandas as pd
import pytest
from jsonschema import ValidationError

from reportgen.authoring import charts
from reportgen.datasets.courses import Course
from reportgen.datasets.market import Track
from reportgen.markets import market
from reportgen.markets.instruments import instrument

session_index = market("us").calendar.session_index

WORDS = {
    "Growth",
    "Series",
    "Volatility",
    "Figure",
    "Quarter",
    "Year",
    "Session",
    "Close",
    "Month",
    "Change",
    "Index",
    "Rebased",
    "Below the high",
    "Chance",
    "Outcome",
}
"""What a tooltip calls its values."""
DATUM = re.compile(r"slot:[\w.-]+|\d{4}-\d\d-\d\d|gain|loss|Mon|Tue|Wed|Thu|Fri|Jan|Feb|\d{4}")
"""All that may stand as text in the rows that a chart draws."""


def index(symbol, end="2025-06-06", **at):
    """Levels around 100 from 2023 on, other ones on the days of *at*, such as d20250219."""
    sessions = session_index(dt.date(2023, 1, 3), dt.date.fromisoformat(end))
    closes = pd.Series(
        [100 + (i % 7) / 10 for i in range(len(sessions))], index=sessions, name=symbol
    )
    for day, level in at.items():
        closes[pd.Timestamp(day.removeprefix("d"))] = level
    return Track(instrument=instrument(symbol), closes=closes, live=False, as_of=end, source="test")


def three():
    """Three indexes by their keys, as a notebook draws them."""
    return {
        "spx": index("^GSPC"),
        "comp": index("^IXIC", d20250408=80.0),
        "rut": index("^RUT", d20250408=70.0),
    }


FALLEN = index("^GSPC", d20250219=120.0, d20250408=95.0)
MONTHS = pd.Series([0.05, -0.03, 0.0, 0.02], index=pd.period_range("2025-01", periods=4, freq="M"))
COURSE = Course(
    instrument=instrument("GDPC1"),
    levels=pd.Series([1.0, 2.0, 1.5], index=pd.period_range("2024Q1", periods=3, freq="Q")),
    released=dt.datetime(2024, 10, 30, tzinfo=dt.UTC),
    vintage=dt.datetime(2024, 10, 30, tzinfo=dt.UTC),
    was=None,
    source="a test",
)
DRAWN = {
    "mountain": lambda: charts.mountain(FALLEN, 6),
    "mountain at its high": lambda: charts.mountain(index("^GSPC", d20250606=130.0), 6),
    "mountain with a line": lambda: charts.mountain(FALLEN, 6, 108.0),
    "mountain with a line and an event": lambda: charts.mountain(FALLEN, 24, 108.0, "2024-11-05"),
    "monthly": lambda: charts.monthly(MONTHS, "2025-01", "2025-02"),
    "rebased": lambda: charts.rebased(three(), "2025-01-01"),
    "drawdown": lambda: charts.drawdown(three(), 12),
    "heat of a month": lambda: charts.heat(FALLEN, dt.date(2025, 5, 1)),
    "heat of a year": lambda: charts.heat(FALLEN, dt.date(2024, 6, 1)),
    "heat of days without a change": lambda: charts.heat(
        index("^GSPC", d20250605=100.0, d20250606=100.0), dt.date(2025, 6, 6)
    ),
    "odds": lambda: charts.odds(
        pd.DataFrame(
            {"hold": [0.2, 0.9], "cut": [0.8, 0.1], "increase": [0.0, 0.0]},
            index=MONTHS.index[:2].to_timestamp(),
        )
    ),
    "growth on a logarithmic scale": lambda: charts.growth(
        {key: track.closes / track.closes.iloc[0] for key, track in three().items()}
    ),
    "underwater": lambda: charts.underwater(
        {key: track.closes / track.closes.cummax() - 1 for key, track in three().items()}
    ),
    "rolling": lambda: charts.rolling(
        {"spx": FALLEN.closes.pct_change().rolling(21).std().dropna()}
    ),
    "months of a year": lambda: charts.months(
        pd.DataFrame([[0.05, -0.03, None]], index=[2025], columns=["Jan", "Feb", "Mar"])
    ),
    "course": lambda: charts.course(COURSE, 10),
    "bars": lambda: charts.bars("sectors", {"xlb": 0.02, "xle": 0.0, "xlf": -0.01}),
    "bars that all rose": lambda: charts.bars("sectors", {"xlb": 0.02, "xle": 0.01}),
}


@pytest.fixture(params=DRAWN)
def chart(request):
    """Each chart in turn."""
    return DRAWN[request.param]()


def accept(spec):
    """Altair's own validation of *spec* against the schema of Vega-Lite.

    An error where it is not valid.
    """
    assert isinstance(alt.Chart.from_dict(spec, validate=True), alt.LayerChart)


def rows(node):
    """The rows of data in a specification, wherever they stand."""
    if isinstance(node, list):
        return [row for item in node for row in rows(item)]
    if not isinstance(node, dict):
        return []
    own = [
        row
        for key, value in node.items()
        if key == "datasets"
        for series in value.values()
        for row in series
    ]
    own += node["data"].get("values", []) if "data" in node else []
    return own + [row for value in node.values() for row in rows(value)]


def under(node, name):
    """The values that stand under *name*, at any depth."""
    if isinstance(node, list):
        return [value for item in node for value in under(item, name)]
    if not isinstance(node, dict):
        return []
    return [value for key, value in node.items() if key == name] + [
        found for value in node.values() for found in under(value, name)
    ]


@pytest.mark.slow
def test_every_part_of_a_chart_is_valid(chart):
    """Marks, encodings, data and selections; the background has a test of its own."""
    accept({key: value for key, value in chart.spec.items() if key != "background"})


def test_the_background_of_a_chart_is_valid():
    """Vega-Lite's schema knows colours, "transparent" among them."""
    accept(charts.bars("sectors", {"xlb": 0.02, "xle": -0.01}).spec)


def test_a_part_that_vega_lite_does_not_know_is_refused():
    """Else the tests above would show nothing."""
    spec = json.loads(
        json.dumps(
            {
                key: value
                for key, value in charts.mountain(FALLEN, 6).spec.items()
                if key != "background"
            }
        )
    )
    accept(spec)
    spec["layer"][0]["mark"]["strokeWidht"] = 3
    with pytest.raises(ValidationError):
        accept(spec)


def test_a_chart_is_json_as_it_stands(chart):
    """No value that is not a number, no date of pandas."""
    assert json.loads(json.dumps(chart.spec, allow_nan=False)) == chart.spec


def test_the_data_of_a_chart_hold_dates_signs_and_slots_only(chart):
    """What a reader reads is filled in by the story."""
    texts = [value for row in rows(chart.spec) for value in row.values() if isinstance(value, str)]
    assert [text for text in texts if not DATUM.fullmatch(text)] == []
    assert [
        row["label"]
        for row in rows(chart.spec)
        if "label" in row and not row["label"].startswith("slot:")
    ] == []


def test_a_chart_has_no_title_and_prints_nothing_but_slots(chart):
    """Axes have no titles, tooltips a word each, and every printed text is the label of a row."""
    assert {title for title in under(chart.spec, "title") if title is not None} <= WORDS
    assert [mark for mark in under(chart.spec, "mark") if "text" in mark] == []
    assert [text["field"] for text in under(chart.spec, "text") if text["field"] != "label"] == []


def test_a_chart_lists_exactly_the_slots_it_holds(chart):
    """Each once.

    One that is listed in vain is asked for in vain, one that is not listed is never filled.
    """
    assert sorted(chart.slots) == sorted(set(re.findall(r'"slot:([^"]*)"', json.dumps(chart.spec))))


@pytest.mark.parametrize(
    ("name", "slots"),
    [
        ("mountain", ["last", "high"]),
        ("mountain at its high", ["last"]),
        ("mountain with a line", ["last", "threshold", "high"]),
        ("mountain with a line and an event", ["last", "threshold", "high", "event"]),
        ("monthly", ["best", "worst"]),
        ("rebased", ["spx", "comp", "rut"]),
        ("drawdown", ["spx", "comp", "rut"]),
        ("heat of a year", []),
        ("bars that all rose", ["xlb", "xlb_value", "xle", "xle_value"]),
    ],
)
def test_the_slots_of_a_chart_are_those_that_a_story_fills(name, slots):
    """By their names."""
    assert list(DRAWN[name]().slots) == slots


def test_a_heat_has_a_slot_for_each_of_its_sessions():
    """May 2025 had 21; a year has too many to name."""
    named = charts.heat(FALLEN, dt.date(2025, 5, 1)).slots
    assert (named[0], named[20], named[21]) == ("d2025-05-01", "d2025-05-30", "d2025-06-02")
    assert len(named) == 26
