"""What a notebook reads: closes of symbols that the report lists, and rates."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial

import pandas as pd
import pytest

from reportgen.authoring import desk as desks
from reportgen.config.resources import SAMPLE
from reportgen.core.errors import NoData, SettingsError
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.market import Market
from reportgen.datasets.snapshot import take
from reportgen.markets import home
from reportgen.record.request import load_report


@pytest.fixture(scope="module")
def small():
    """The sample as a run cuts it for a report that lists one symbol."""
    moment = home().calendar.resolve("2025-01-08 18:00", dt.datetime.now(dt.UTC))
    return Market(take(open_dataset(SAMPLE), moment, ["^GSPC"], ["^GSPC"]))


def test_a_symbol_that_the_report_does_not_list_is_no_hole_in_the_data(small):
    """The error says where to list it."""
    with pytest.raises(NoData, match=r"XLK: not listed in report.toml.*\[instruments\]"):
        small.track("XLK")


def test_a_listed_symbol_without_closes_is_a_hole_in_the_data(small):
    """The error names the dataset."""
    asked = replace(small.snapshot, asked=frozenset({"^GSPC", "XLK"}))
    with pytest.raises(NoData, match="dataset 'Sample market' has no closes by 2025-01-08 18:00"):
        Market(asked).track("XLK")


def test_a_rate_that_is_asked_for_its_closes_is_read_by_another_call(small, author):
    """The error names the call, and it works."""
    with pytest.raises(NoData, match=r"read it by desk\.rate\('DGS10'\)"):
        small.track("DGS10")
    rate = author.desk.rate("DGS10")
    assert (rate.iloc[-1], rate.index[-1].date()) == (0.0467, dt.date(2025, 1, 8))


def test_the_strip_leaves_out_what_the_report_does_not_list(small, monkeypatch):
    """A report that borrows a notebook and lists less has no gap for the rest of its strip."""
    monkeypatch.setattr(desks, "_display", lambda _: None)
    market = Market(small.snapshot)
    desk = desks.Desk(market, "portfolio")
    desk._known = replace(load_report("portfolio"), optional=("^DJI",))
    with desk.section("strip"):
        desk.strip(["^GSPC", "XLK", "^DJI"])
    assert [*desk._parts["strip"].log.missing] == ["^DJI"]


@pytest.mark.parametrize("by", ["table", "stat"])
def test_a_listed_symbol_that_a_figure_of_the_authors_is_about_is_read(by, author):
    """So a brief does not call it missing; only one with prices is."""
    with author.desk.section("own"):
        if by == "table":
            author.desk.table(pd.DataFrame({"Weight": [0.5]}, index=["MSFT"]), "held")
        else:
            author.desk.stat("held", 0.5, "fraction", of="MSFT")
    (section,) = [one for one in author.record().sections if one.name == "own"]
    assert section.read == ("MSFT",)


def test_a_desk_has_the_window_of_its_report(tmp_path, monkeypatch):
    """The notebook does not say it again, and is refused where it says another one."""
    monkeypatch.chdir(tmp_path)
    opened = partial(desks.open_desk, report="weekly-recap", data="sample", as_of="2025-01-08")
    assert [opened().window, opened(window="week").window] == ["week", "week"]
    with pytest.raises(SettingsError, match=r"report\.toml of 'weekly-recap' says"):
        opened(window="month")
