"""``desk.stat``: a statistic of the author's own is a fact."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from reportgen.core.errors import RecordError
from reportgen.core.facts import Unit
from reportgen.record.kinds import OwnKind


def test_a_statistic_is_a_fact_with_all_that_its_author_says(author):
    """And it belongs to its symbol, with the source and the day of its closes."""
    above = {"positive": "above", "negative": ["below", "short of"]}
    with author.desk.section("own"):
        told = author.desk.stat(
            "gap", 0.064, "fraction", of="^RUT", window="200 sessions", label="gap", says=above
        )
    record = author.record()
    assert record.facts["gap"].payload() == told.payload()
    assert (told.instrument, told.as_of, told.source) == ("^RUT", "2025-01-08", "simulated closes")
    assert (told.unit, told.window, told.label, told.kind) == (
        Unit.FRACTION,
        "200 sessions",
        "gap",
        "gap",
    )
    assert record.kinds["gap"] == OwnKind(positive=("above",), negative=("below", "short of"))


def test_a_statistic_is_shown_as_a_line_with_how_a_story_cites_it(author):
    """Once: the table of the section leaves it out."""
    with author.desk.section("own"):
        author.desk.stat("mean", 2180.14, of="^RUT", window="200 sessions", label="200-day average")
    line, section = author.shown[-2:]
    assert line["text/plain"] == ('200-day average of ^RUT, 200 sessions: 2,180.14   fact("mean")')
    assert "2,180.14" not in section["text/html"]


def test_a_statistic_of_nothing_the_market_names_is_the_notebooks_own(author):
    """Its day is that of the run."""
    told = author.desk.stat("score", 1.5)
    assert (told.instrument, told.source) == ("own", "the notebook")
    assert told.as_of.startswith("2025-01-08T18:00")


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (np.float64(1.5), 1.5),
        (np.int64(3), 3.0),
        (pd.Timestamp("2025-01-03"), "2025-01-03"),
        (dt.date(2025, 1, 3), "2025-01-03"),
        (pd.Period("2025-01", "M"), "2025-01-01"),
        ("  two   words ", "two words"),
    ],
)
def test_values_of_numpy_and_pandas_become_plain_ones(value, kept, author):
    """A number, a day in ISO 8601, words."""
    unit = "date" if str(kept)[:2] == "20" else "text" if isinstance(kept, str) else "level"
    assert author.desk.stat("one", value, unit).value == kept


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda d: d.stat("Gap", 1.0), "'Gap' cannot be an id; write small letters"),
        (lambda d: d.stat("gap", 1.0, "percent"), "'percent' is no unit. Known: bp, count,"),
        (lambda d: d.stat("gap", 1.0, "fractoin"), "Did you mean 'fraction'?"),
        (lambda d: d.stat("gap", float("nan")), "'gap' is nan; look where its series has a gap"),
        (lambda d: d.stat("gap", pd.Series([1.0, 2.0])), "is a Series; give one number"),
        (lambda d: d.stat("gap", "high"), "is 'high', which is not in level"),
        (lambda d: d.stat("gap", 1.0, of="^RTU"), "no '^RTU'. Did you mean '^RUT'?"),
        (lambda d: d.stat("gap", 1.0, windw="day"), "has no 'windw'. Did you mean 'window'?"),
        (lambda d: d.stat("gap", 1.0, says={"up": "above"}), "a kind has positive, negative"),
        (lambda d: d.vouch("Trend", by=" "), "needs the name of a person"),
    ],
)
def test_a_mistake_is_one_line_with_its_cure(call, words, author):
    """A notebook shows it without a traceback."""
    with pytest.raises(RecordError) as refused:
        call(author.desk)
    assert words in str(refused.value)
    assert refused.value._render_traceback_() == [f"RecordError: {refused.value}"]


def test_a_section_that_stops_at_a_mistake_names_the_line_of_its_cell(author, capsys):
    """And the gap has the same words."""
    with author.desk.section("own"):
        author.desk.stat("Gap", 1.0)
    said = capsys.readouterr().out
    assert said.startswith("Section 'own' stopped at line ")
    assert """'author.desk.stat("Gap", 1.0)': 'Gap' cannot be an id""" in said
    assert "Traceback" not in said
    ended = next(one for one in author.record().sections if one.name == "own")
    assert ended.error.startswith("'Gap' cannot be an id")


def test_a_cell_may_run_again_changed_in_a_section_and_outside_of_one(author):
    """The last run counts, and nothing of the one before is left."""
    for value in (1.0, 2.0):
        author.desk.stat("loose", value)
        with author.desk.section("own"):
            author.desk.stat("one", value)
            author.desk.table(pd.DataFrame({"Weight": [value]}, index=["Cash"]), f"t{value:.0f}")
    record = author.record()
    assert (record.facts["one"].value, record.facts["loose"].value) == (2.0, 2.0)
    assert [*record.tables] == ["t2"]


def test_a_kind_of_report_toml_is_declared_by_a_statistic_of_it(author):
    """The record has what may be said of it."""
    known = author.desk._known
    kinds = {"gap": OwnKind(positive=("above",))}
    author.desk.__dict__["_known"] = type(known)(
        **{name: getattr(known, name) for name in known.__slots__} | {"kinds": kinds}
    )
    author.desk.stat("gap", 0.1, "fraction")
    assert author.record().kinds == kinds
