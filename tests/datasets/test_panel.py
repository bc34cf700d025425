"""A list of stocks: who is on it, who has prices, and which of them are read whole."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reportgen.datasets import frames, table_cache
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.panel import MOST, Listed
from reportgen.datasets.snapshot import take
from reportgen.markets import companies, market
from reportgen.record.request import load_report

CALENDAR = market("us").calendar
SESSIONS = CALENDAR.session_index(dt.date(2023, 10, 2), dt.date(2025, 3, 5))
MOMENT = CALENDAR.resolve("2025-03-05", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
SYMBOLS = sorted(companies.companies())[:120:2]


@pytest.fixture(scope="session")
def closes():
    """Sixty stocks that move like stocks; the first one gains a fifth on the last day."""
    rng = np.random.default_rng(11)
    steps = rng.normal(0, 0.015, (len(SESSIONS), len(SYMBOLS)))
    steps[-1] = np.where(np.abs(steps[-1]) > 0.02, 0.0, steps[-1])
    steps[-1, 0] = np.log(1.12)
    levels = np.round(50 * np.exp(np.cumsum(steps, axis=0)), 2)
    return pd.DataFrame(levels, index=SESSIONS, columns=SYMBOLS)


@pytest.fixture
def panel(tmp_path, closes):
    """``panel(edit, **listed)`` is that of the closes, after ``edit(closes)``."""

    def make(edit=lambda table: table, **listed):
        folder = tmp_path / "data"
        folder.mkdir()
        frames.written({"prices": edit(closes.copy())}, folder)
        asked = Listed(**{"members": (), "everything": True, "floor": 0.9, **listed})
        return take(open_dataset(folder), MOMENT, [], [], asked).panel

    return make


def test_a_list_of_all_has_each_stock_that_trades(panel):
    """All sixty; only the farthest movers are read whole."""
    found = panel()
    assert (set(found.members), found.closes.shape[1]) == (set(SYMBOLS), 60)
    assert found.farthest[0] == SYMBOLS[0]
    assert len(found.farthest) == MOST
    assert found.enough


def test_named_stocks_are_ranked_among_themselves_too(panel):
    """On a wild day the farthest movers are stocks that few readers follow."""
    calm = SYMBOLS[-1]
    found = panel(lambda table: still(table, calm), named=(calm,))
    assert len(found.farthest) == MOST + 1
    assert found.farthest[-1] == calm


def still(table, symbol):
    """The closes, with a stock that did not move on the last day."""
    table.iloc[-1, table.columns.get_loc(symbol)] = table[symbol].iloc[-2]
    return table


def test_a_list_has_the_name_that_its_report_gives(panel):
    """Sentences call its stocks so."""
    assert panel(name="technology stocks").name == "technology stocks"


def test_what_is_no_stock_of_the_exchange_is_not_on_the_list(panel):
    """An index, a commodity, and an unknown symbol."""
    others = {"^GSPC": 5000.0, "GC=F": 2000.0, "XYZZY": 1.0}
    found = panel(lambda table: table.assign(**others))
    assert set(found.members) == set(SYMBOLS)


def test_a_stock_that_stopped_trading_is_no_longer_on_the_list(panel):
    """Its last close is of last year."""

    def delisted(table):
        table.loc["2025-01-02":, SYMBOLS[3]] = np.nan
        return table

    assert SYMBOLS[3] not in panel(delisted).members


def test_a_stock_without_the_newest_close_is_a_hole(panel):
    """It traded the day before, so it is on the list, and has no price."""

    def late(table):
        table.iloc[-1, 3] = np.nan
        return table

    found = panel(late)
    assert "the newest close is of 2025-03-04, 2025-03-05 is needed" in found.without[SYMBOLS[3]]
    assert (len(found.members), found.closes.shape[1]) == (60, 59)


@pytest.mark.parametrize(("holes", "enough"), [(6, True), (7, False)])
def test_a_list_with_too_many_holes_is_not_told(panel, holes, enough):
    """Nine tenths of sixty must have prices: 54."""

    def sparse(table):
        table.iloc[-1, 2 : 2 + holes] = np.nan
        return table

    assert panel(sparse).enough is enough


def test_a_fault_in_one_stock_takes_that_stock_out(panel):
    """A split that the history does not have; the others count."""

    def split(table):
        table.iloc[-60:, 5] = (table.iloc[-60:, 5] / 4).round(2)
        return table

    found = panel(split)
    assert "split_like" in found.without[SYMBOLS[5]]
    assert SYMBOLS[5] not in found.closes
    assert found.closes.shape[1] == 59


def test_a_named_stock_that_is_not_in_the_data_is_named(panel):
    """Among all that the data have, too."""
    found = panel(members=("NVDA",), named=("NVDA",))
    assert found.without["NVDA"] == "NVDA: dataset 'DataFrames' has no closes by 2025-03-05"


def test_the_farthest_of_a_week_are_taken_from_the_close_before_it(panel, closes):
    """From 28 February to 5 March."""
    found = panel(window="week")
    moved = (closes.iloc[-1] / closes.loc["2025-02-28"] - 1).abs()
    assert found.farthest[0] == moved.idxmax()


def test_later_rows_change_nothing(panel, closes):
    """What comes after the moment is not known."""
    later = pd.concat([closes, closes.iloc[-1:].mul(2).set_axis([pd.Timestamp("2025-03-06")])])
    found = panel(lambda _: later)
    pd.testing.assert_frame_equal(found.closes[SYMBOLS], closes.loc[found.closes.index, SYMBOLS])


def test_an_edition_before_the_open_ranks_the_session_before():
    """Its window is not a week, month, quarter or year."""
    report = replace(load_report("daily-recap"), window="pre-open")
    assert Listed.of(report, MOMENT).window == ""


def test_a_stock_with_a_rule_of_its_own_is_known_no_earlier(tmp_path, closes):
    """The file says that its close comes on the next morning: on the evening it is a hole."""
    frames.written({"prices": closes}, tmp_path)
    described = tmp_path / "dataset.toml"
    rule = f'available = {{ "{SYMBOLS[4]}" = "+1d 09:00" }}\n'
    described.write_text(
        described.read_text().replace('role = "daily_bars"\n', f'role = "daily_bars"\n{rule}')
    )
    asked = Listed(members=(), everything=True, floor=0.9)
    found = take(open_dataset(tmp_path), MOMENT, [], [], asked).panel
    assert "the newest close is of 2025-03-04" in found.without[SYMBOLS[4]]
    assert found.closes.shape[1] == 59


def test_a_batch_reads_a_list_once_for_the_sessions_of_a_year(tmp_path, closes):
    """A later session finds the rows read, and an earlier brief sees nothing of them."""
    frames.written({"prices": closes}, tmp_path)
    now, asked = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), Listed(members=(), everything=True)
    data = open_dataset(tmp_path)
    (file,) = data.of_role("daily_bars")
    read = []
    for day in ("2025-01-08", "2025-03-05"):
        found = take(data, CALENDAR.resolve(day, now), [], [], asked).panel
        pd.testing.assert_series_equal(
            found.closes.iloc[-1], closes.loc[day], check_names=False, check_freq=False
        )
        read.append(table_cache._lists[file.path])
    assert read[0] is read[1]


def test_another_file_in_its_place_is_read_again(tmp_path, closes):
    """Its time or its size tells."""
    for factor in (1, 2):
        frames.written({"prices": closes * factor}, tmp_path)
        asked = Listed(members=(), everything=True)
        found = take(open_dataset(tmp_path), MOMENT, [], [], asked).panel
        assert found.closes.iloc[-1, 0] == closes.iloc[-1, 0] * factor


def test_of_a_file_the_rows_of_one_part_are_kept(tmp_path, closes):
    """A batch asks for other stocks on each day, and must not keep them all."""
    frames.written({"prices": closes}, tmp_path)
    (file,) = open_dataset(tmp_path).of_role("daily_bars")
    whole = table_cache.table(file)
    for symbol in SYMBOLS[:5]:
        assert set(table_cache.table(file, [symbol])["symbol"]) == {symbol}
    kept = table_cache._kept[file.path]
    assert kept.rows is whole
    assert kept.part[0] == {SYMBOLS[4]}
