"""Which figure of a release is the newest one at a moment, and when none is told."""

from __future__ import annotations

import datetime as dt

import pytest

from reportgen.core.errors import BadData, NoData, StaleData
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.market import Market
from reportgen.datasets.snapshot import take
from reportgen.markets import market
from reportgen.verify.rows import Rows

US, CPI = market("us"), "CUUR0000SA0"
HEAD = "series,period,actual,previous,released_at,known_at"
NOVEMBER = f"{CPI},2024-11,2.7,2.6,2024-12-11T08:30,"
DECEMBER = f"{CPI},2024-12,2.9,2.7,2025-01-15T08:30,"
DUE = "date,name,kind,time\n2025-01-15,the consumer price index,release,08:30\n"


@pytest.fixture
def printed(tmp_path):
    """``printed(as_of, *rows)`` is the newest print at that moment; the audit reads the same."""

    def newest(as_of, *rows, events=""):
        files = [("prints.csv", "prints", "\n".join([HEAD, *rows, ""]))]
        files += [("events.csv", "events", events)] if events else []
        told = ['name = "figures"']
        for name, role, text in files:
            (tmp_path / name).write_text(text)
            told += ["[[files]]", f'path = "{name}"', f'role = "{role}"', 'source = "Bureau"']
        (tmp_path / "dataset.toml").write_text("\n".join(told))
        at = dt.datetime.fromisoformat(as_of).replace(tzinfo=US.calendar.zone)
        moment = US.calendar.moment(at)
        found = Market(take(open_dataset(tmp_path), moment, [], ()), US).printed(CPI)
        audited = Rows(tmp_path, moment.session, at=at).printed(CPI)
        day = found.released.isoformat() if found.released else ""
        assert (audited.period, audited.released_on) == (found.period, day)
        return found

    return newest


def test_a_print_is_known_from_its_minute(printed):
    """The one before it until then."""
    assert printed("2025-01-15 08:29", NOVEMBER, DECEMBER).period == "2024-11"
    found = printed("2025-01-15 08:30", NOVEMBER, DECEMBER)
    assert (found.period, found.value, found.before) == ("2024-12", 0.029, 0.027)
    assert found.released == dt.date(2025, 1, 15)


def test_a_day_alone_counts_to_its_end(printed):
    """Whoever writes a day does not say at what hour."""
    row = DECEMBER.replace("T08:30", "")
    assert printed("2025-01-15 18:00", NOVEMBER, row).period == "2024-11"
    assert printed("2025-01-16 00:01", NOVEMBER, row).released == dt.date(2025, 1, 15)


def test_without_a_time_of_release_it_is_known_when_it_was_first_seen(printed):
    """And no day of release is told."""
    row = f"{CPI},2024-12,2.9,2.7,,2025-01-16T06:00"
    assert printed("2025-01-16 05:59", NOVEMBER, row).period == "2024-11"
    assert printed("2025-01-16 06:00", NOVEMBER, row).released is None


def test_a_row_without_any_time_is_never_known(printed):
    """It might be of tomorrow."""
    assert printed("2025-01-20 12:00", NOVEMBER, f"{CPI},2024-12,2.9,2.7,,").period == "2024-11"
    with pytest.raises(NoData, match="has no print"):
        printed("2025-01-20 12:00", f"{CPI},2024-12,2.9,2.7,,")


def test_a_print_that_the_calendar_has_overtaken_is_not_told(printed):
    """A newer one is out, and the data lack it."""
    assert printed("2025-01-15 08:29", NOVEMBER, events=DUE).period == "2024-11"
    with pytest.raises(StaleData, match="the print of 2025-01-15 is missing"):
        printed("2025-01-15 08:31", NOVEMBER, events=DUE)


def test_a_print_of_long_ago_is_not_told(printed):
    """Each of these series comes once a month."""
    assert printed("2025-01-25 12:00", NOVEMBER).period == "2024-11"
    with pytest.raises(StaleData, match="the newest print was known on 2024-12-11"):
        printed("2025-01-28 12:00", NOVEMBER)


def test_a_print_in_another_unit_is_kept_out(printed):
    """290 is no percentage of a year, and the older one does not stand in for it."""
    with pytest.raises(NoData, match="in another unit"):
        printed("2025-01-16 12:00", NOVEMBER, DECEMBER.replace(",2.9,", ",290,"))


def test_a_period_that_is_no_month_is_refused(printed):
    """With what to write."""
    with pytest.raises(BadData, match=r"'Dec 2024' is no month; write one such as 2025-01"):
        printed("2025-01-16 12:00", DECEMBER.replace("2024-12", "Dec 2024", 1))
