"""One judge for folders and stores: the same findings, and the same effect of an acceptance."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from test_defects import (
    AT,
    DUE,
    FAULTS,
    INDEXES,
    NOW,
    PRICES,
    acceptance,
    clean,
    fetched,
    folder,  # noqa: F401 - a fixture
    market,
    put,
    step,
    stored,
    taken,
    told,
)

from reportgen.core.checks import CHECKS, Acceptance, Defect
from reportgen.core.errors import BadData
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.validation.accepting import accept, accept_in, kept_out
from reportgen.datasets.validation.verifying import verify, verify_dataset, verify_store
from reportgen.sources import store
from reportgen.sources.providers.contract import Point


def test_any_check_is_accepted_in_a_folder_and_in_a_store(folder, tmp_path):  # noqa: F811
    """By the same words, and with the same effect."""
    path, kept = folder({}), stored(tmp_path, {})
    for check in CHECKS:
        accept_in(path, acceptance(check=check))
        accept(kept, acceptance(check=check), AT)
    for accepted in (open_dataset(path).accepted, open_dataset(kept).accepted):
        assert {one.check for one in accepted} == {*CHECKS}
        assert kept_out([blocking(check) for check in CHECKS], accepted, ["NVDA"]) == []


@pytest.mark.parametrize("check", CHECKS)
def test_any_check_that_nobody_accepted_costs_its_series_or_the_brief(check):
    """As the series is optional or required; an acceptance of another one counts for nothing."""
    others = [acceptance(check=other) for other in CHECKS if other != check]
    assert kept_out([blocking(check)], [*others, acceptance(check=check, symbol="MDY")]) == [
        blocking(check)
    ]
    with pytest.raises(BadData, match=f"NVDA {NOW}: {check}: .*reportgen data accept"):
        kept_out([blocking(check)], others, ["NVDA"])


def blocking(check):
    """A finding of *check* on NVDA."""
    day = dt.date.fromisoformat(NOW)
    return Defect(check=check, severity="block", symbol="NVDA", day=day, detail="it fell")


LEFT_OUT = {"duplicate", "non_positive", "spacing", "stale", "tz_shift"}


def planted():
    """Of each check that one series alone can fail, the first fault that blocks it.

    A store has one value of a day, so that no two can differ; days that are all wrong cannot stand.
    """
    seen = set()
    for name, faults, findings in FAULTS:
        found = {finding.split()[0] for finding in findings}
        blocks = all("block" in finding for finding in findings)
        alone = len(faults) == 1 and not found & LEFT_OUT
        if findings and blocks and alone and not found <= seen:
            seen |= found
            yield pytest.param(faults, id=name)


@pytest.mark.parametrize("faults", [*planted()])
@pytest.mark.slow
def test_a_folder_and_a_store_are_judged_alike(folder, tmp_path, faults):  # noqa: F811
    """Before their findings are accepted, and after."""
    (symbol,) = faults
    path, kept = folder(faults), stored(tmp_path, {name: [] for name in INDEXES} | faults)
    first = taken(path)
    assert told(first.blocked) == told(taken(kept).blocked)
    assert symbol not in first.closes
    for one in first.blocked:
        said = Acceptance(
            symbol=one.symbol, check=one.check, day=one.day, reason="it did", person="A. Editor"
        )
        accept_in(path, said)
        accept(kept, said, AT)
    after = [taken(path, symbol), taken(kept, symbol)]
    assert [snapshot.blocked for snapshot in after] == [[], []]
    assert after[0].closes[symbol].tolist() == after[1].closes[symbol].tolist()


def test_the_finding_names_the_line_of_the_file(folder):  # noqa: F811
    """That of the symbol and the day."""
    path = folder({"^RUT": [put(NOW, close=-1.0)]})
    lines = (path / "daily.csv").read_text().splitlines()
    line = next(n for n, text in enumerate(lines, 1) if NOW in text and "^RUT" in text)
    with pytest.raises(BadData, match=rf"daily\.csv, line {line}\. Correct the data"):
        taken(path, "^RUT")


def test_a_wrong_future_stands_once_it_is_accepted(folder):  # noqa: F811
    """As a wrong price does."""
    path = folder({})
    days = clean("^GSPC")["date"].dt.date.iloc[-5:]
    rows = [f"{day},ZQF2025,{70.0 if day == DUE else 95.67}" for day in days]
    (path / "futures.csv").write_text("\n".join(["date,contract,settle", *rows, ""]))
    with (path / "dataset.toml").open("a") as description:
        description.write('\n[[files]]\npath = "futures.csv"\nrole = "futures"\nsource = "us"\n')
    before = taken(path)
    (finding,) = before.blocked
    assert (finding.check, before.futures.empty) == ("unit", True)
    accept_in(path, acceptance(symbol=finding.symbol, check="unit", day=DUE))
    assert taken(path).futures["ZQF2025"].iloc[-1] == 70.0


# Adjustment
# ------------------------------------------------------------------------------


def test_closes_of_a_column_of_adjusted_ones_are_named(folder):  # noqa: F811
    """The newest close is the price, and the changes before hold dividends."""
    path = folder({"NVDA": []})
    table = pd.read_csv(path / "daily.csv")
    table["Adj Close"] = table["close"] * 0.99
    table.to_csv(path / "daily.csv", index=False)
    text = (path / "dataset.toml").read_text()
    column = 'columns = { close = "Adj Close" }\n'
    (path / "dataset.toml").write_text(text + column)
    assert "adjustment warn NVDA 2025-01-10" in told(verify_dataset(open_dataset(path), DUE))
    (path / "dataset.toml").write_text(text + column + 'adjustment = "dividends"\n')
    assert "adjustment" not in str(told(verify_dataset(open_dataset(path), DUE)))


def less_dividends(frame):
    """The closes of a source that takes two percent of dividends from all but the last days."""
    factor = np.where(frame["date"] < "2024-12-20", 0.98, 1.0)
    return frame.assign(close=frame["close"] * factor)[["date", "symbol", "close"]]


@pytest.mark.parametrize(("edit", "named"), [(less_dividends, True), (lambda f: f, False)])
def test_a_second_source_that_is_adjusted_is_named_and_confirms(folder, edit, named):  # noqa: F811
    """It agrees on the newest close; of a year it would tell another change."""
    path = folder({"NVDA": []})
    edit(clean("NVDA"))[["date", "symbol", "close"]].to_csv(path / "second.csv", index=False)
    with (path / "dataset.toml").open("a") as description:
        description.write(
            '\n[[files]]\npath = "second.csv"\nrole = "confirmations"\nsource = "another"\n'
        )
    found = told(verify_dataset(open_dataset(path), DUE))
    assert found == (["adjustment warn NVDA 2025-01-10"] if named else [])
    snapshot = taken(path)
    assert snapshot.agreeing["NVDA"] == 2
    assert snapshot.closes["NVDA"].tolist() == clean("NVDA")["close"].tolist()


def test_a_second_file_that_is_adjusted_is_named_and_changes_nothing(folder):  # noqa: F811
    """The closes are those of the first file; from one to the other a change would be none."""
    path = folder({"NVDA": []})
    second = clean("NVDA").assign(close=less_dividends(clean("NVDA"))["close"])
    second[["date", "symbol", "close"]].to_csv(path / "second.csv", index=False)
    with (path / "dataset.toml").open("a") as description:
        description.write('\n[[files]]\npath = "second.csv"\nrole = "daily_bars"\nsource = "b"\n')
    (found,) = verify_dataset(open_dataset(path), DUE)
    assert (found.check, found.severity, found.symbol) == ("adjustment", "warn", "NVDA")
    assert "by second.csv are 0.980 times these, and now the same" in found.detail
    assert taken(path).closes["NVDA"].tolist() == clean("NVDA")["close"].tolist()


def test_sector_funds_of_two_adjustments_are_named():
    """One as traded beside two that are less their dividends."""
    funds = market({"XLK": [], "XLE": [], "XLF": []})
    adjusted = funds["symbol"] != "XLK"
    funds.loc[adjusted, PRICES] *= 0.98731
    found = [one for one in verify(funds, DUE) if one.check == "adjustment"]
    assert told(found) == ["adjustment warn XLE 2025-01-10", "adjustment warn XLF 2025-01-10"]
    assert "and XLK not" in found[0].detail
    assert "adjustment" not in str(told(verify(market({"XLK": [], "XLE": []}), DUE)))


# Rolls
# ------------------------------------------------------------------------------


@pytest.mark.parametrize("overnight", [True, False], ids=["at the open", "in the session"])
def test_a_jump_between_two_sessions_of_a_future_is_called_a_roll(overnight):
    """Nearly all of it lies between the close before and the open."""
    rolled = market({"CL=F": [step("2025-01-08", 1.2)]}, INDEXES)
    row = (rolled["symbol"] == "CL=F") & (rolled["date"] == "2025-01-08")
    if not overnight:
        before = (rolled["symbol"] == "CL=F") & (rolled["date"] == "2025-01-07")
        rolled.loc[row, "open"] = rolled.loc[before, "close"].to_numpy()
        rolled.loc[row, "low"] = rolled.loc[row, ["open", "low"]].min(axis="columns")
    else:
        rolled.loc[row, "open"] = rolled.loc[row, "close"]
    (found,) = verify(rolled, DUE)
    assert (found.check, found.severity) == ("unconfirmed", "block")
    assert ("a roll to another contract?" in found.detail) is overnight


# The store
# ------------------------------------------------------------------------------


def test_second_sources_of_a_store_confirm_and_contradict_as_in_a_folder(tmp_path):
    """A close of another source that differs blocks in the check and in the brief."""
    path = stored(tmp_path, {"NVDA": []})
    close = float(clean("NVDA")["close"].iloc[-1]) * 1.01
    day = dt.date(2025, 1, 10)
    row = fetched("NVDA", [Point("NVDA", day, close)], "Tiingo", role="confirmations/tiingo")
    store.append(path, [row])
    assert told(verify_store(path, DUE)) == ["cross_source block NVDA 2025-01-10"]
    assert told(taken(path).blocked) == ["cross_source block NVDA 2025-01-10"]


def test_a_price_is_shown_without_the_tail_of_a_float(folder):  # noqa: F811
    """A file of small floats has -37.630001068 for -37.63."""
    path = folder({"MDY": [put(NOW, close=float(np.float32(-37.63)))]})
    (found,) = [one for one in taken(path).blocked if one.check == "non_positive"]
    assert found.detail == "the close is -37.63"
