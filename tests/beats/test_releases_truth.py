"""The figures of releases from 2022 to 2025 against a list that was made by hand.

The list is not part of the project; see tests/real_market.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import defaultdict
from decimal import Decimal
from functools import cache
from pathlib import Path
from statistics import stdev

import pytest
from printed import EACH, WHOLE, told, write

from reportgen.markets import market
from reportgen.markets.instruments import instrument

LISTED = Path(__file__).parents[3] / "shared" / "prints"
SERIES = {
    "nonfarm_payrolls": ("CES0000000001", "", 1000),
    "unemployment_rate": ("LNS14000000", "", 1),
    "avg_hourly_earnings_mm": ("CES0500000003", "", 1),
    "cpi_mm": ("CUSR0000SA0", "", 1),
    "cpi_yy": ("CUUR0000SA0", "", 1),
    "core_cpi_mm": ("CUSR0000SA0L1E", "", 1),
    "core_pce_mm": ("PCEPILFE", "", 1),
    "gdp_advance_saar": ("A191RL1Q225SBEA", "advance", 1),
    "gdp_second_saar": ("A191RL1Q225SBEA", "second", 1),
    "gdp_third_saar": ("A191RL1Q225SBEA", "third", 1),
    "retail_sales_mm": ("RSAFS", "", 1),
    "retail_sales_ex_autos_mm": ("RSFSXMV", "", 1),
    "ppi_mm": ("WPSFD4", "", 1),
    "core_ppi_mm": ("WPSFD49104", "", 1),
    "ism_manufacturing": ("ISM.PMI", "", 1),
    "ism_services": ("ISM.NMI", "", 1),
    "jolts_openings": ("JTS000000000000000JOL", "", 1_000_000),
    "adp_employment": ("ADPMNUSNERSA", "", 1000),
    "eci_qq": ("CIS1010000000000Q", "", 1),
    "umich_sentiment_prelim": ("UMCSENT", "preliminary", 1),
    "umich_sentiment_final": ("UMCSENT", "final", 1),
    "cb_consumer_confidence": ("CB.CCI", "", 1),
    "initial_jobless_claims": ("ICSA", "", 1000),
}
"""What the list calls each series: our id, its stage, and the size of its unit."""
ELSEWHERE = {"fomc_upper_bound", "umich_1y_inflation_prelim"}
"""What other news tell, and what nobody does."""
QUARTERS = ("first", "second", "third", "fourth")
DIRECTIONS = {"rose": 1, "added": 1, "grew": 1, "fell": -1, "lost": -1, "shrank": -1}
ABOVE = ("more than the", "above the", "hotter than the")
BELOW = ("fewer than the", "less than the", "below the", "cooler than the")
OF_A_CHANGE = {"jobs", "change"}

pytestmark = [
    pytest.mark.truth,
    pytest.mark.skipif(not LISTED.is_dir(), reason="the list of releases is not here"),
]


@cache
def listed():
    """The rows of the list that we tell, each with the figure first printed before."""
    with (LISTED / "releases.csv").open() as one, (LISTED / "releases_extra.csv").open() as two:
        pairs = zip(csv.DictReader(one), csv.DictReader(two), strict=True)
        return [
            {**row, "first": more["previous_first_print"]}
            for row, more in pairs
            if row["series"] not in ELSEWHERE
        ]


def scaled(row, name):
    """A figure of the list in the unit of our data, as text."""
    _, _, size = SERIES[row["series"]]
    return format((Decimal(row[name]) * size).normalize(), "f") if row[name] else ""


def ours(row):
    """The row as a desk writes it."""
    series, stage, _ = SERIES[row["series"]]
    return {
        "series": series,
        "period": row["period"].removeprefix("w/e "),
        "stage": stage,
        "actual": scaled(row, "actual"),
        "previous": scaled(row, "previous"),
        "previous_first": scaled(row, "first") if row["previous"] else "",
        "consensus": scaled(row, "consensus"),
        "poll": "a survey" if row["consensus"] else "",
        "released_at": f"{row['date']}T{row['time_et']}",
    }


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The whole list as a desk's file."""
    return write(tmp_path_factory.mktemp("listed"), map(ours, listed()))


@cache
def usual(series, date):
    """The spread of the last 24 surprises of a series of the list before a day, None for few."""
    rows = [row for row in listed() if row["series"] == series and row["date"] < date]
    gaps = [Decimal(row["actual"]) - Decimal(row["consensus"]) for row in rows if row["consensus"]]
    return stdev(gaps[-24:]) if len(gaps) >= 12 else None


def period_of(row):
    """How a sentence names the period of a row."""
    period = row["period"].removeprefix("w/e ")
    if "Q" in period:
        return f"in the {QUARTERS[int(period[-1]) - 1]} quarter"
    if len(period) > 7:
        day = dt.date.fromisoformat(period)
        month = (
            f"{day:%B}" if day.month in range(3, 8) else f"{day:%b}".replace("Sep", "Sept") + "."
        )
        return f"in the week ended {month} {day.day}"
    return f"in {dt.date.fromisoformat(period + '-01'):%B}"


def shown(row, name):
    """How a sentence prints a figure of a row, without a sign."""
    value = abs(Decimal(row[name]))
    unit = row["unit"].split()[0]
    if unit == "million":
        return f"{value:.2f} million"
    if unit == "thousand":
        return f"{value * 1000:,.0f}"
    return f"{value:.1f}%" if unit == "percent" else f"{value:.1f}"


def size_of(row):
    """The adverb that the rules ask of a row's surprise."""
    gap, spread = (
        Decimal(row["actual"]) - Decimal(row["consensus"]),
        usual(row["series"], row["date"]),
    )
    step = Decimal(1).scaleb(Decimal(row["actual"]).as_tuple().exponent)
    if not spread or abs(gap) <= step:
        return ""
    return "far " if abs(gap) / spread >= 2 else "well " if abs(gap) / spread >= 1 else ""


def wrong(row, text):
    """What a sentence says otherwise than the row of the list."""
    known = instrument(SERIES[row["series"]][0])
    actual = Decimal(row["actual"])
    change = known.figure in OF_A_CHANGE and known.per != "year"
    if shown(row, "actual") not in text and not (change and not actual):
        yield f"not {shown(row, 'actual')}"
    if period_of(row) not in text:
        yield f"not {period_of(row)}"
    later = SERIES[row["series"]][1] in ("second", "third", "final")
    moved = actual if change else actual - Decimal(row["previous"] or row["actual"])
    verbs = re.findall(rf"\b({'|'.join(DIRECTIONS)})\b", text)
    if not (later and not change) and [DIRECTIONS[verb] for verb in verbs[:1]] != (
        [1 if moved > 0 else -1] if moved else []
    ):
        yield f"moved by {moved}"
    yield from wrong_verdict(row, text, known, later=later)
    first, now = row["first"], row["previous"]
    revised = known.revised and first and now and Decimal(first) != Decimal(now)
    if ("The figure " in text) != bool(revised):
        yield f"revised from {first} to {now}"
    stands = "no change" if change and not Decimal(now or 1) else now and shown(row, "previous")
    if revised and f"{stands} from" not in text:
        yield f"not revised to {stands}"


def wrong_verdict(row, text, known, *, later):
    """What a sentence says otherwise of what was expected."""
    if not row["consensus"]:
        if "expected" in text:
            yield "nobody was asked"
        return
    actual, expected = Decimal(row["actual"]), Decimal(row["consensus"])
    change = known.figure in OF_A_CHANGE and known.per != "year"
    level = not change or (actual > 0 and expected > 0)
    said = [
        (1, "", any(f", {word} {shown(row, 'consensus')}" in text for word in ABOVE)),
        (-1, "", any(f", {word} {shown(row, 'consensus')}" in text for word in BELOW)),
        (0, "", ", in line with what economists polled by a survey had expected" in text),
    ]
    for size in ("well ", "far "):
        for sign, words in ((1, ABOVE), (-1, BELOW)):
            holds = any(f", {size}{word} {shown(row, 'consensus')}" in text for word in words)
            said.append((sign, size, holds))
    found = [(sign, size) for sign, size, holds in said if holds]
    sign = (actual > expected) - (actual < expected)
    if sign and (later or not level):
        if found or "; economists polled by a survey had expected" not in text:
            yield "its verdict is another"
    elif found != [(sign, size_of(row) if sign else "")]:
        yield f"{found}, and {sign} {size_of(row)!r} is true"


@pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.long)])
def test_each_row_is_told_as_it_is_listed(data, every):
    """Its figure, its direction, its period, its verdict with its adverb, and its revision.

    Every figure is proven again from the raw rows. In CI, those of *every* sixth day.
    """
    days = defaultdict(list)
    for row in listed():
        days[row["date"]].append(row)
    faults = []
    assert len(listed()) > 800
    for date, rows in list(days.items())[::every]:
        session = dt.date.fromisoformat(date)
        calendar = market("us").calendar
        if not calendar.is_session(session):
            session = calendar.neighbours(session)[1]
        found = told(data, session.isoformat(), EACH)
        faults += [f"{date}: {check}" for check in found.checked()]
        faults += [f"{date}: {one}" for one in found.audited(data).objections]
        texts = found.paragraphs
        for row in rows:
            own = [text for text in texts if not list(wrong(row, text))]
            if len(own) < 1:
                faults.append(
                    f"{date} {row['series']}: {[[*list(wrong(row, t)), t] for t in texts]}"
                )
    assert faults == []


@pytest.mark.parametrize("every", [24, pytest.param(4, marks=pytest.mark.long)])
def test_a_minute_before_there_is_no_trace(data, every):
    """Of releases over all years."""
    times = sorted({f"{row['date']} {row['time_et']}" for row in listed()})
    for time in times[::every]:
        before = dt.datetime.fromisoformat(time) - dt.timedelta(minutes=1)
        found = told(data, f"{before:%Y-%m-%d %H:%M}", WHOLE)
        late = [fact.value for fact in found.record.facts.values() if fact.id.endswith("print.at")]
        zone = market("us").calendar.zone
        assert all(dt.datetime.fromisoformat(at) <= before.replace(tzinfo=zone) for at in late)


def test_an_event_that_never_came_is_never_told_as_released(tmp_path):
    """A calendar had it; at most it is said to be lacking."""
    with (LISTED / "ghost_events.csv").open() as file:
        ghosts = [row for row in csv.DictReader(file) if row["series"] in SERIES]
    due = "".join(
        f"{row['scheduled_date']},{instrument(SERIES[row['series']][0]).release},release,"
        f"{row['scheduled_time_et']}\n"
        for row in ghosts
    )
    write(tmp_path, map(ours, listed()), due)
    calendar = market("us").calendar
    days = {dt.date.fromisoformat(row["scheduled_date"]) for row in ghosts}
    assert len(ghosts) > 30
    for day in sorted(filter(calendar.is_session, days)):
        found = told(tmp_path, day.isoformat(), WHOLE)
        assert found.table is None or found.table.name == "coming"
        assert all("; the data have no figure of it." in text for text in found.paragraphs)
        assert found.audited(tmp_path).objections == ()
