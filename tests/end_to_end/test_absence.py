"""What a report lists and the data lack is named.

In the brief, by the gate, and no sentence claims over the hole.
"""

from __future__ import annotations

import gzip
import shutil

import pytest
from inprocess import executed
from sparing import first_quick

from reportgen.config.resources import SAMPLE
from reportgen.config.settings import Settings
from reportgen.markets import instruments
from reportgen.produce import telling
from reportgen.record.record import read_record
from reportgen.record.request import load_report
from reportgen.verify import gate
from reportgen.verify.gate import Verdict

REPORTS = {
    "daily-recap": "2025-01-08",
    "small-caps": "2025-01-08",
    "weekly-recap": "2025-01-10",
    "month-in-review": "2025-01-31",
    "year-in-review": "2025-01-08",
    "open-recap": "2025-01-08",
}
ALIKE = 4
"""Instruments of one kind in one report that are taken away, each alone: rules know kinds."""


def few_of_each_kind(report):
    """The first symbols of each kind that *report* lists."""
    kinds = {}
    for symbol in load_report(report).symbols:
        kinds.setdefault(instruments.known(symbol).kind, []).append(symbol)
    return [symbol for symbols in kinds.values() for symbol in symbols[:ALIKE]]


CASES = [(report, symbol) for report in REPORTS for symbol in few_of_each_kind(report)]
USUAL = [
    ("daily-recap", "XLK"),
    ("daily-recap", "^DJI"),
    ("daily-recap", "NVDA"),
    ("daily-recap", "GC=F"),
    ("small-caps", "MDY"),
    ("weekly-recap", "XLE"),
]


FILES = ("daily.csv.gz", "intraday.csv.gz", "rates.csv.gz", "published.csv.gz", "prints.csv")
"""The sample's files of series."""


def without(folder, *symbols, names=FILES):
    """The sample in *folder* with no row of the *symbols*."""
    shutil.copytree(SAMPLE, folder)
    for name in names:
        data, packed = (SAMPLE / name).read_bytes(), name.endswith(".gz")
        head, *rows = (gzip.decompress(data) if packed else data).decode().splitlines()
        kept = [row for row in rows if not {*symbols} & {*row.split(",")[:2]}]
        text = "\n".join([head, *kept, ""]).encode()
        (folder / name).write_bytes(gzip.compress(text, 1) if packed else text)
    return folder


def judged(report, folder, as_of=""):
    """The record of a run on *folder*, and what the gate says to it."""
    notebook = executed(as_of or REPORTS[report], folder, report)
    record = read_record(notebook)
    return notebook, record, gate.rule(record, load_report(report).gate)


def words(notebook):
    """The brief that *notebook* tells, as text."""
    (rendering,) = telling.render(telling.tell(notebook), ("txt",), Settings())
    return rendering.data.decode()


@pytest.mark.parametrize("report", first_quick(REPORTS, 2))
def test_the_whole_sample_is_sent(report):
    """So that a gap below means something."""
    _, record, ruling = judged(report, "sample")
    assert (ruling.verdict, ruling.reasons, record.gaps) == (Verdict.SEND, (), ())


@pytest.mark.parametrize(
    ("report", "symbol"),
    first_quick([*USUAL, *(case for case in CASES if case not in USUAL)], quick=len(USUAL)),
)
def test_an_instrument_that_is_missing_is_named(tmp_path, report, symbol):
    """Refused where the report needs it, else a gap with its name."""
    folder = without(tmp_path / "data", symbol)
    if symbol in load_report(report).required:
        with pytest.raises(Exception, match=symbol.replace("^", r"\^")):
            judged(report, folder)
        return
    notebook, record, ruling = judged(report, folder)
    assert ruling.verdict is not Verdict.SEND
    assert symbol in " ".join(ruling.reasons)
    if ruling.verdict is Verdict.DEGRADED:
        told = telling.tell(notebook)
        assert set(record.told_gaps) <= set(told.gaps)
        assert told.gaps


@pytest.mark.parametrize("file", first_quick(["rates.csv.gz", "futures.csv.gz", "intraday.csv.gz"]))
def test_a_file_that_is_missing_is_named(tmp_path, file):
    """With all that it held."""
    folder = shutil.copytree(SAMPLE, tmp_path / "data")
    text = (folder / "dataset.toml").read_text().split("[[files]]")
    (folder / "dataset.toml").write_text("[[files]]".join(p for p in text if file not in p))
    _, _, ruling = judged("daily-recap", folder, "2025-01-08 13:00")
    assert ruling.verdict is not Verdict.SEND
    assert ruling.gaps


def test_a_sector_that_is_missing_leads_nothing(tmp_path):
    """The others are no longer all of them, and none of them is the best or the worst."""
    notebook, _, _ = judged("daily-recap", without(tmp_path / "data", "XLV"))
    text = " ".join(words(notebook).split())
    assert not any(word in text for word in ("stocks led", "fell the most", "the weakest", "All 1"))


def test_during_a_session_a_price_that_stopped_is_missing(tmp_path):
    """The Dow of ten o'clock is not the Dow of one."""
    folder = without(tmp_path / "data")
    name = folder / "intraday.csv.gz"
    head, *rows = gzip.decompress(name.read_bytes()).decode().splitlines()
    kept = [r for r in rows if not (r.startswith("2025-01-08T1") and ",^DJI," in r)]
    name.write_bytes(gzip.compress("\n".join([head, *kept, ""]).encode()))
    _, record, ruling = judged("daily-recap", folder, "2025-01-08 13:00")
    assert ruling.verdict is Verdict.DEGRADED
    assert "indexes (Dow)" in record.told_gaps


def lines_without(name, start, word):
    """A copy of a table of the sample without the rows that begin so and have the word."""
    head, *rows = gzip.decompress((SAMPLE / name).read_bytes()).decode().splitlines()
    kept = [row for row in rows if not (row[: len(start)] >= start and word in row)]
    return gzip.compress("\n".join([head, *kept, ""]).encode())


@pytest.mark.parametrize(
    ("name", "since", "word", "gap"),
    first_quick(
        [
            ("rates.csv.gz", "2024-09-15", "DFEDTAR", "DFEDTARU"),
            ("rates.csv.gz", "2025-01-02", "DGS10", "DGS10"),
            ("futures.csv.gz", "2025-01-06", "ZQ", "FEDFUNDS"),
            ("daily.csv.gz", "2025-01-05", "BTC-USD", "BTC-USD"),
        ]
    ),
)
def test_a_series_that_stopped_is_missing(tmp_path, name, since, word, gap):
    """Its last value is not told as the session's."""
    folder = shutil.copytree(SAMPLE, tmp_path / "data")
    (folder / name).write_bytes(lines_without(name, since, word))
    (folder / "intraday.csv.gz").write_bytes(lines_without("intraday.csv.gz", since, "BTC-USD"))
    _, _, ruling = judged("daily-recap", folder)
    assert ruling.verdict is not Verdict.SEND
    assert gap in " ".join(ruling.reasons)


def test_a_year_without_its_base_has_no_return(tmp_path):
    """The close of the last session before it is missing, so nobody knows what the year brought."""
    folder = shutil.copytree(SAMPLE, tmp_path / "data")
    head, *rows = gzip.decompress((SAMPLE / "daily.csv.gz").read_bytes()).decode().splitlines()
    kept = [row for row in rows if not row.startswith("2023-12-29,MDY,")]
    (folder / "daily.csv.gz").write_bytes(gzip.compress("\n".join([head, *kept, ""]).encode()))
    _, _, ruling = judged("small-caps", folder)
    assert "MDY: the close of 2023-12-29 is missing" in " ".join(ruling.reasons)


@pytest.mark.parametrize("report", first_quick(["daily-recap", "weekly-recap"]))
def test_what_a_dataset_says_it_never_covers_is_named_and_not_counted(tmp_path, report):
    """DEGRADED, with that one line, in the footer and on the gate's page."""
    folder = without(tmp_path / "data", "RSP", "XLE")
    description = folder / "dataset.toml"
    description.write_text('absent = ["RSP", "XLE"]\n' + description.read_text())
    notebook, record, ruling = judged(report, folder)
    listed = {"RSP", "XLE"} & set(load_report(report).symbols)
    assert ruling.verdict is Verdict.DEGRADED
    assert len(ruling.reasons) == 1, ruling.reasons
    (reason,) = ruling.reasons
    assert reason.startswith("not in these data")
    assert all(symbol in reason for symbol in listed)
    assert record.told_gaps == []
    assert "Not in these data" in words(notebook)


def test_a_one_year_high_of_months_is_missing(tmp_path):
    """The high of the last 52 weeks is not in a history of four months; it is named,
    and not told."""
    folder = shutil.copytree(SAMPLE, tmp_path / "data")
    head, *rows = gzip.decompress((SAMPLE / "daily.csv.gz").read_bytes()).decode().splitlines()
    kept = [row for row in rows if row >= "2024-09-03"]
    (folder / "daily.csv.gz").write_bytes(gzip.compress("\n".join([head, *kept, ""]).encode()))
    notebook, record, ruling = judged("daily-recap", folder)
    assert ruling.verdict is not Verdict.SEND
    assert "one-year high of S&P 500" in " ".join(record.told_gaps)
    assert "From one-year high" not in words(notebook)


@pytest.mark.parametrize("symbol", ["^GSPC", "^IXIC"])
def test_a_required_index_without_a_price_of_the_session_holds_the_brief(tmp_path, symbol):
    """With the true cause first, before any story is told."""
    folder = without(tmp_path / "data", symbol, names=("intraday.csv.gz",))
    _, _, ruling = judged("daily-recap", folder, "2025-01-08 13:00")
    assert ruling.verdict is Verdict.HOLD
    assert f"{symbol}: dataset 'Sample market' has no price" in ruling.reasons[0]
