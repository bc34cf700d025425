"""``desk.table``: any frame is a table of facts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reportgen.core.errors import RecordError

HELD = pd.DataFrame(
    {"Weight": [0.5, 0.3, 0.2], "P&L": [1200.5, -3.2, np.nan], "Since": ["IPO", "May", "ever"]},
    index=pd.Index(["^RUT", "AAPL", "Cash"], name="Holding"),
)


def test_each_figure_of_a_frame_is_a_fact_of_what_names_its_row(author):
    """Symbols are instruments; other names are facts that hold words. An empty cell stays empty."""
    units = {"Weight": "fraction", "P&L": ("money", 2)}
    with author.desk.section("own"):
        author.desk.table(HELD, "held", title="Holdings", columns=units, order="Weight")
    record = author.record()
    table = record.tables["held"]
    assert [row["name"] for row in table["rows"]] == ["@^RUT", "@AAPL", "held.cash.name"]
    assert table["rows"][2]["cells"][1] == ""
    weight, money = record.facts["held.rut.weight"], record.facts["held.aapl.p_l"]
    assert (weight.value, weight.unit, weight.instrument, weight.kind) == (
        0.5,
        "fraction",
        "^RUT",
        "held_weight",
    )
    assert (money.value, money.currency, money.window) == (-3.2, "USD", "P&L")
    assert table["sheet"]["head"] == "Holding"
    assert {"held_weight", "held_p_l"} <= record.kinds.keys()


def test_a_unit_that_is_inferred_is_stated_in_the_notebook(author):
    """So that a share is not taken for a level unseen."""
    frame = pd.DataFrame(
        {
            "Weight": [0.5],
            "Return, %": [0.012],
            "Trades": [3],
            "Day": [pd.Timestamp("2025-01-03")],
            "Sector": ["Tech"],
        },
        index=["AAPL"],
    )
    author.desk.table(frame, "held")
    assert author.shown[-1]["text/plain"] == (
        "table held: 1 rows. Weight: level, 1 decimal (inferred);"
        " Return, %: fraction, 1 decimal (inferred); Trades: count, 0 decimals (inferred);"
        " Day: date (inferred); Sector: text (inferred)"
    )


def test_a_cell_may_be_a_fact_that_is_recorded(author):
    """The table then shows that fact, and makes none of its own."""
    told = author.desk.stat("gap", 0.064, "fraction", of="AAPL")
    author.desk.table(pd.DataFrame({"Gap": [told]}, index=["AAPL"]), "gaps")
    record = author.record()
    assert record.tables["gaps"]["rows"][0]["cells"] == ["gap"]
    assert "gaps.aapl.gap" not in record.facts


@pytest.mark.parametrize("index", [pd.period_range("2024-11", periods=2, freq="M"), [2023, 2024]])
def test_days_and_years_name_rows_too(index, author):
    """They are facts: a date, or words."""
    author.desk.table(pd.DataFrame({"Weight": [1.0, 2.0]}, index=index), "years")
    names = [row["name"] for row in author.record().tables["years"]["rows"]]
    assert all(author.record().facts[name].kind == "row" for name in names)


@pytest.mark.parametrize(
    ("frame", "said", "words"),
    [
        (HELD.iloc[:0], {}, "has no rows or no columns"),
        (pd.concat([HELD] * 14), {}, "has 42 rows and 3 columns; a page holds 40 and 8"),
        (pd.concat([HELD, HELD]), {}, "has two rows '^RUT'"),
        (pd.concat([HELD, HELD], axis=1), {}, "has two columns 'Weight'"),
        (HELD, {"order": "Wieght"}, "has no column 'Wieght'. Did you mean 'Weight'?"),
        (HELD, {"columns": {"P&L": "euros"}}, "'euros' is no unit"),
        (HELD, {"columns": {"Since": "fraction"}}, "'Since' of '^RUT' in table 'held' is 'IPO'"),
        (HELD, {"columns": {"Weight": {"units": "fraction"}}}, "'units' is unknown; it has unit"),
        (HELD.rename(columns={"Weight": "a|b"}), {}, "has a line break or a '|'"),
        (HELD.replace(np.nan, np.inf), {}, "is inf; look where its series has a gap"),
        ([1, 2], {}, "takes a DataFrame, not list"),
        (HELD, {"titel": "Held"}, "has no 'titel'. Did you mean 'title'?"),
    ],
)
def test_a_frame_that_no_page_can_hold_is_refused_with_the_cure(frame, said, words, author):
    """It names the table, the row and the column."""
    with pytest.raises(RecordError) as refused:
        author.desk.table(frame, "held", **said)
    assert words in str(refused.value)
