"""The rows of a desk's file of prints: how they are read, and which are refused, with the line."""

from __future__ import annotations

import datetime as dt

import pytest

from reportgen.core.errors import BadData
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.market import Market
from reportgen.datasets.snapshot import take
from reportgen.markets import market
from reportgen.verify.rows import Rows

US, JOBS, GDP, CLAIMS = market("us"), "CES0000000001", "A191RL1Q225SBEA", "ICSA"
HEAD = "series,period,stage,actual,previous,previous_first,consensus,poll,released_at,source"
AUGUST = f"{JOBS},2024-08,,142000,89000,114000,160000,a survey,2024-09-06T08:30-04:00,the bureau"


@pytest.fixture
def printed(tmp_path):
    """``printed(series, as_of, *rows)`` is the newest print, and what the audit reads of it."""
    described = 'name = "d"\n[[files]]\npath = "p.csv"\nrole = "prints"\nsource = "file"\n'

    def newest(series, as_of, *rows):
        (tmp_path / "p.csv").write_text("\n".join([HEAD, *rows, ""]))
        (tmp_path / "dataset.toml").write_text(described)
        at = dt.datetime.fromisoformat(as_of).replace(tzinfo=US.calendar.zone)
        moment = US.calendar.moment(at)
        found = Market(take(open_dataset(tmp_path), moment, [], ()), US).printed(series)
        return found, Rows(tmp_path, moment.session, at=at).printed(series)

    return newest


def test_a_row_tells_what_was_expected_and_how_the_month_before_was_revised(printed):
    """And where it came from."""
    found, audited = printed(JOBS, "2024-09-06 16:30", AUGUST)
    assert (found.value, found.before, found.first) == (142_000, 89_000, 114_000)
    assert (found.consensus, found.poll, found.surprise) == (160_000, "a survey", -18_000)
    assert (found.source, found.at.hour, found.step) == ("the bureau", 8, 1000)
    assert (audited.first, audited.asked) == (114_000, (("a survey", 160_000),))


def test_a_first_print_stays_the_first_print(printed):
    """What the month became later is another figure."""
    later = AUGUST.replace("142000", "159000").replace("2024-09-06", "2024-10-04")
    found, audited = printed(JOBS, "2024-10-04 16:30", AUGUST, later)
    assert found.value == audited.actual == 142_000


def test_the_last_stage_of_a_quarter_is_the_newest_one(printed):
    """Against the stage before it."""
    first = f"{GDP},2024Q4,advance,2.3,3.1,,2.7,a survey,2025-01-30T08:30-05:00,"
    second = f"{GDP},2024-10-01,second,2.4,2.3,,2.3,a survey,2025-02-27T08:30-05:00,"
    found, audited = printed(GDP, "2025-02-27 16:30", first, second)
    assert (found.period, found.stage, found.value, found.before) == (
        *("2024Q4", "second"),
        *(0.024, 0.023),
    )
    assert (audited.period, audited.stage) == ("2024Q4", "second")


def test_a_week_is_known_by_its_last_day(printed):
    """A month would be too coarse."""
    row = f"{CLAIMS},2025-01-04,,201000,211000,,214000,a survey,2025-01-08T08:30-05:00,"
    found, audited = printed(CLAIMS, "2025-01-08 16:30", row)
    assert found.period == audited.period == "2025-01-04"


@pytest.mark.parametrize(
    ("second", "consensus"),
    [(",150000,", 160_000), (",142000,", None), (",130000,", None)],
)
def test_polls_that_disagree_on_the_side_give_no_verdict(printed, second, consensus):
    """Two that agree do."""
    other = AUGUST.replace(",160000,a survey", f"{second}another")
    assert printed(JOBS, "2024-09-06 16:30", AUGUST, other)[0].consensus == consensus


@pytest.mark.parametrize(("known", "told"), [(11, False), (12, True)])
def test_the_usual_surprise_needs_a_year_of_them(printed, known, told):
    """Of the figures before, not of this one."""
    rows = [
        f"{JOBS},{2023 + i // 12}-{i % 12 + 1:02},,{100 + 10 * (i % 2)}000,,,100000,a survey,"
        f"{2023 + (i + 1) // 12}-{(i + 1) % 12 + 1:02}-06T08:30-05:00,"
        for i in range(20 - known, 19)
    ]
    first = rows[-1].replace("2024-07", "2023-01").replace("2024-08", "2023-02")
    found, audited = printed(JOBS, "2024-09-06 16:30", first, *rows, AUGUST)
    assert (found.spread is not None) == told
    assert len(audited.gaps) == known


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (AUGUST.replace("2024-08", "Aug 2024"), "'Aug 2024' is no month; write one such as"),
        (AUGUST.replace("142000", "142K"), "actual is '142K', which is no number"),
        (AUGUST.replace("142000", ""), "the row has no actual; write the figure"),
        (AUGUST.replace("a survey", ""), "the consensus has no poll; write who asked"),
        (AUGUST.replace("08,,", "08,flash,"), "'flash' is no stage; write one of advance"),
        (AUGUST.replace(",89000,", ",,"), "previous_first has no previous beside it"),
    ],
)
def test_a_row_that_is_off_is_refused_with_its_line(printed, row, words):
    """And with what to write."""
    with pytest.raises(BadData, match=rf"p\.csv, line 3: {words}"):
        printed(JOBS, "2024-09-06 16:30", AUGUST, row)
