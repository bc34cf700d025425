"""A slow judge of every claim of a brief.

It recomputes each from the rows of the files, and reads the words once more.

It shares no code with the product, and imports neither it nor pandas. Where it does not know a kind
of claim, that claim is false: nothing is stated that nobody can prove.
"""

from __future__ import annotations

import bisect
import csv
import datetime as dt
import gzip
import math
import re
import statistics
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import recompute

Day = dt.date
INCEPTION = {
    "^GSPC": Day(1957, 3, 4),
    "^IXIC": Day(1971, 2, 5),
    "^DJI": Day(1896, 5, 26),
    "^RUT": Day(1978, 12, 31),
}
RECORDS = {
    "^GSPC": (Day(2022, 1, 3), 4796.56),
    "^IXIC": (Day(2021, 11, 19), 16057.44),
    "^DJI": (Day(2022, 1, 4), 36799.65),
    "^RUT": (Day(2021, 11, 8), 2442.74),
}
"""Record closes as newspapers printed them, for series that do not reach back to their start."""
SECTORS = ("XLB", "XLC", "XLE", "XLF", "XLI", "XLK", "XLP", "XLRE", "XLU", "XLV", "XLY")
BASKETS = {
    "megacaps": ("AAPL", "MSFT", "NVDA", "AMZN", "GOOGL", "META", "TSLA"),
    "quantum": ("IONQ", "RGTI", "QBTS", "QUBT"),
    "miners": ("RIOT", "CLSK", "WULF"),
    "space": ("RKLB", "ASTS", "LUNR"),
}
NAMES = {
    "megacaps": "large technology stocks",
    "quantum": "quantum-computing stocks",
    "miners": "bitcoin miners",
    "space": "space stocks",
}
SMALL = 1e-9
EXCHANGE = ZoneInfo("America/New_York")
ISO_DAY, ISO_MONTH = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d")
NUMBER = re.compile(r"([+\u2212-])?\$?(\d[\d,]*(?:\.\d+)?)")
SCALES = {"fraction": 100.0, "pp": 100.0, "yield": 100.0, "probability": 100.0, "bp": 10_000.0}
HEDGED = re.compile(r"nearly|more than|just over|less than|about|just under")
WORDS = {
    w: n
    for n, w in enumerate(
        (
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        )
    )
}
RANKS = {
    w: n
    for n, w in enumerate(
        (
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
        ),
        1,
    )
}


class Series:
    """The closes of one symbol, oldest first, on the stock exchange's sessions."""

    def __init__(
        self, symbol: str, rows: list[tuple[Day, float]], ranges: Mapping[Day, tuple[float, float]]
    ) -> None:
        self.symbol = symbol
        self.days = [day for day, _ in rows]
        self.values = [value for _, value in rows]
        self.ranges = ranges

    def upto(self, day: Day) -> tuple[list[Day], list[float]]:
        """Days and closes up to and with *day*; an error where that day has none."""
        end = bisect.bisect_right(self.days, day)
        if not end or self.days[end - 1] != day:
            raise LookupError(f"{self.symbol} has no close on {day}")
        return self.days[:end], self.values[:end]


@cache
def market(folder: Path) -> tuple[dict[str, Series], dict[str, list[tuple[Day, float]]]]:
    """All closes by symbol, and all rates by name, of the dataset in *folder*."""
    found: dict[str, dict[Day, float]] = {}
    ranges: dict[str, dict[Day, tuple[float, float]]] = defaultdict(dict)
    rates: dict[str, list[tuple[Day, float]]] = defaultdict(list)
    for entry in tomllib.loads((folder / "dataset.toml").read_text(encoding="utf-8"))["files"]:
        path = folder / entry["path"]
        if entry["role"] == "daily_bars":
            fresh: dict[str, dict[Day, float]] = defaultdict(dict)
            for row in _rows(path):
                if row["symbol"] not in found:
                    day = Day.fromisoformat(row["date"][:10])
                    fresh[row["symbol"]][day] = float(row["close"])
                    if row.get("low") and row.get("high"):
                        ranges[row["symbol"]][day] = float(row["low"]), float(row["high"])
            found |= fresh
        elif entry["role"] == "rates":
            for row in _rows(path):
                if row["value"]:
                    rates[row["series"]].append(
                        (Day.fromisoformat(row["date"]), float(row["value"]) / 100)
                    )
    sessions = set(found["^GSPC"])
    series = {
        s: Series(
            s,
            sorted((d, v) for d, v in rows.items() if d in sessions or s.endswith("-USD")),
            ranges[s],
        )
        for s, rows in found.items()
    }
    return series, {name: sorted(rows) for name, rows in rates.items()}


@cache
def hours(folder: Path) -> dict[str, dict[dt.datetime, float]]:
    """The prices of intraday bars by symbol and the time at which the bar ends, in UTC."""
    found: dict[str, dict[dt.datetime, float]] = defaultdict(dict)
    for entry in tomllib.loads((folder / "dataset.toml").read_text(encoding="utf-8"))["files"]:
        if entry["role"] == "intraday_bars":
            zone, length = (
                ZoneInfo(entry.get("timezone", "America/New_York")),
                dt.timedelta(minutes=entry.get("minutes", 15)),
            )
            for row in _rows(folder / entry["path"]):
                begun = dt.datetime.fromisoformat(
                    row[entry.get("columns", {}).get("start", "start")]
                )
                begun = begun if begun.tzinfo else begun.replace(tzinfo=zone)
                found[entry.get("symbols", {}).get(row["symbol"], row["symbol"])][
                    begun.astimezone(dt.UTC) + length
                ] = float(row["close"])
    return found


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8")
    ) as file:
        yield from csv.DictReader(file)


class Judge:
    """The claims of the brief of one session after its close."""

    def __init__(self, folder: Path, session: Day) -> None:
        self.series, self.rates = market(folder)
        self.session = session
        following = self.series["^GSPC"].days
        place = bisect.bisect_right(following, session)
        self.next = following[place] if place < len(following) else None
        self.previous = following[place - 2]
        self.hours = hours(folder)
        self.folder = folder

    def objection(self, claim: Mapping[str, Any]) -> str:
        """Why the claim is false, or ""."""
        try:
            rule = RULES.get((claim["kind"], claim["unit"])) or RULES.get((claim["kind"], ""))
            if rule is None:
                return f"nobody can judge a {claim['kind']} in {claim['unit']}"
            return rule(self, claim) or words(claim)
        except (LookupError, ValueError, StopIteration) as error:
            return f"it cannot be recomputed: {error!r}"

    @cached_property
    def table(self) -> recompute.Table:
        """The rows known at the close, as the other report's oracle reads them."""
        return recompute.known(self.folder, self.session)

    def hourly(self, symbol: str, day: Day) -> float | None:
        """The price at the stock market's close of *day*, where the hours of that day are known."""
        at = dt.datetime.combine(day, dt.time(recompute.closing(day)), EXCHANGE).astimezone(dt.UTC)
        return self.hours.get(symbol, {}).get(at)

    def closes(self, claim: Mapping[str, Any]) -> tuple[list[Day], list[float]]:
        """Days and closes of the claim's instrument up to the session."""
        return self.series[claim["instrument"]].upto(self.session)


def same(value: Any, truth: float) -> str:
    """Why *value* is not *truth*, or ""."""
    return (
        ""
        if math.isclose(float(value), truth, rel_tol=1e-7, abs_tol=1e-7)
        else f"{value} was stated, {truth} is true"
    )


def equal(value: Any, truth: Any) -> str:
    """Why *value* is not *truth*, or ""."""
    return "" if value == truth else f"{value} was stated, {truth} is true"


def words(claim: Mapping[str, Any]) -> str:
    """Why the figure in the words is not the claim's value, or "".

    Hedges and words for numbers are read too.
    """
    text, value = claim["text"], claim["value"]
    if isinstance(value, str) or text == claim["window"]:
        return ""
    low = text.lower().split()
    if claim["unit"] == "count":
        said = [WORDS.get(w, RANKS.get(w)) for w in low if w in WORDS or w in RANKS]
        said += [int(m[1]) for m in re.finditer(r"(\d+)(?:st|nd|rd|th)?\b", text)]
        return "" if not said or said[0] == value else f"'{text}' says {said[0]}"
    match = NUMBER.search(text)
    if match is None:
        return ""
    size, shown = abs(value) * SCALES.get(claim["unit"], 1.0), float(match[2].replace(",", ""))
    places = len(match[2].partition(".")[2])
    if match[1] and (match[1] == "+") != (value > 0):
        return f"'{text}' has the wrong sign"
    if "less than" in text:
        return "" if size < shown else f"'{text}' of {size}"
    within = 0.5 * 10**-places + 1e-9
    if HEDGED.search(
        text
    ):  # of a chance on a grid of five, of a price on one of a thousand, of a change on whole percents
        within = 3.1 if claim["unit"] == "probability" else max(0.7, 0.01 * shown)
    return "" if abs(size - shown) <= within else f"'{text}' of {size}"


# Windows
# ------------------------------------------------------------------------------------------------------------


def before(days: list[Day], values: list[float], start: Day) -> float:
    """The last close before *start*."""
    place = bisect.bisect_left(days, start)
    if not place:
        raise LookupError(f"no close before {start}")
    return values[place - 1]


def start_of(window: str, day: Day) -> Day:
    """The first day of the week, month, quarter or year that holds *day*."""
    if window == "week":
        return day - dt.timedelta(days=day.weekday())
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "ytd": 1, "year": 1}[
        window
    ]
    return Day(day.year, month, 1)


def ends(days: list[Day], values: list[float], window: str) -> list[tuple[Day, float]]:
    """The last session and close of every week, month, quarter or year, the running one included."""
    last: dict[Day, tuple[Day, float]] = {}
    for day, value in zip(days, values, strict=True):
        last[start_of(window, day)] = (day, value)
    return [last[start] for start in sorted(last)]


def moves(days: list[Day], values: list[float], window: str) -> list[tuple[Day, float]]:
    """The change of every period after the first, with its last session."""
    return [(b[0], b[1] / a[1] - 1) for a, b in pairwise(ends(days, values, window))]


def change(judge: Judge, claim: Mapping[str, Any]) -> str:
    """A change of the day, or of a window up to the session."""
    if claim["instrument"].endswith("-USD"):  # up to the last UTC day that was over
        days, values = judge.series[claim["instrument"]].upto(judge.session - dt.timedelta(days=1))
    else:
        days, values = judge.closes(claim)
    window = claim["window"]
    if window == "day":
        base = values[-2]
    elif window == "prior-day":
        return same(claim["value"], values[-2] / values[-3] - 1)
    elif ISO_DAY.fullmatch(window):
        place = days.index(Day.fromisoformat(window))
        return same(claim["value"], values[place] / values[place - 1] - 1)
    elif ISO_MONTH.fullmatch(window):
        return same(
            claim["value"],
            next(m for d, m in moves(days, values, "month") if f"{d:%Y-%m}" == window),
        )
    elif window == "prior-month":
        end = bisect.bisect_left(days, start_of("month", judge.session))
        return same(
            claim["value"],
            values[end - 1] / before(days, values, start_of("month", days[end - 1])) - 1,
        )
    elif window.isdigit():
        year = int(window)
        return same(
            claim["value"],
            before(days, values, Day(year + 1, 1, 1)) / before(days, values, Day(year, 1, 1)) - 1,
        )
    elif window == "streak":
        run = _run([b / a - 1 for a, b in pairwise(values)])
        base = values[-1 - abs(run)]
    elif claim["instrument"].endswith("-USD"):  # from the last session of stocks before the window
        traded = [d for d in judge.series["^GSPC"].days if d < start_of(window, judge.session)][-1]
        base = before(days, values, traded + dt.timedelta(days=1))
    else:
        base = before(days, values, start_of(window, judge.session))
    return same(
        claim["value"], values[-1] - base if claim["unit"] == "points" else values[-1] / base - 1
    )


def level(judge: Judge, claim: Mapping[str, Any]) -> str:
    """A close, or a price of what is traded around the clock at the end of the last UTC day that was over."""
    if not claim["instrument"].endswith("-USD"):
        return same(claim["value"], judge.closes(claim)[1][-1])
    since = judge.hourly(
        claim["instrument"], judge.previous
    )  # without a price then, it is told by days, as over any longer window
    priced = claim["kind"] == "crypto_level" and claim["window"] == "day" and since is not None
    hour = judge.hourly(claim["instrument"], judge.session) if priced else None
    if isinstance(
        claim["value"], str
    ):  # when it was priced: the UTC day that was over, or the close that it is measured from
        return equal(
            claim["value"][:10],
            (
                (judge.session - dt.timedelta(days=1)).isoformat()
                if hour is None
                else judge.previous.isoformat()
            ),
        )
    _, values = judge.series[claim["instrument"]].upto(judge.session - dt.timedelta(days=1))
    return same(claim["value"], values[-1] if hour is None else hour)


def crypto_change(judge: Judge, claim: Mapping[str, Any]) -> str:
    """The change over the last UTC day that was over, or since the stock market's previous close where hours are known."""
    if claim["window"] in ("since-close", "two-days"):
        close = dt.datetime.combine(
            judge.previous, dt.time(recompute.closing(judge.previous)), EXCHANGE
        )
        base = close - dt.timedelta(days=claim["window"] == "two-days")
        prices = judge.hours[claim["instrument"]]
        return same(
            claim["value"],
            (judge.hourly(claim["instrument"], judge.session) or 0.0)
            / prices[base.astimezone(dt.UTC)]
            - 1,
        )
    _, values = judge.series[claim["instrument"]].upto(judge.session - dt.timedelta(days=1))
    return same(claim["value"], values[-1] / values[-2] - 1)


def basket(judge: Judge, claim: Mapping[str, Any]) -> str:
    """What is said of a basket of stocks.

    Its name, its members, how many fell, the median of their changes.
    """
    key, name = claim["fact"].split(".", 1)
    changes = [
        values[-1] / values[-2] - 1
        for _, values in (judge.series[s].upto(judge.session) for s in BASKETS[key])
    ]
    truth = {
        "name": NAMES[key],
        "members": len(changes),
        "decliners": sum(c < 0 for c in changes),
        "pct_change": statistics.median(changes),
    }
    return (
        equal(claim["value"], truth[name])
        if name != "pct_change"
        else same(claim["value"], truth[name])
    )


def crypto_day(judge: Judge, claim: Mapping[str, Any]) -> str:
    """The last UTC day that was over."""
    return equal(claim["value"], (judge.session - dt.timedelta(days=1)).isoformat())


def day_change(judge: Judge, claim: Mapping[str, Any]) -> str:
    """A change on the day, of whatever is traded."""
    if claim["instrument"].startswith("basket:"):
        return basket(judge, claim)
    return (
        crypto_change(judge, claim)
        if claim["instrument"].endswith("-USD")
        else change(judge, claim)
    )


# Highs and records
# --------------------------------------------------------------------------------------------------


def year_back(days: list[Day], values: list[float]) -> list[tuple[Day, float]]:
    """The closes of the 365 days that end with the last one."""
    edge = days[-1] - dt.timedelta(days=365)
    return [(d, v) for d, v in zip(days, values, strict=True) if d > edge]


def drawdown(judge: Judge, claim: Mapping[str, Any]) -> str:
    """The last close against the highest of 52 weeks."""
    days, values = judge.closes(claim)
    if claim["fact"].endswith(".before"):
        days, values = days[:-1], values[:-1]
    return same(claim["value"], values[-1] / max(v for _, v in year_back(days, values)) - 1)


def high(judge: Judge, claim: Mapping[str, Any]) -> str:
    """The highest close of 52 weeks, its level or its date."""
    days, values = judge.closes(claim)
    top = max(v for _, v in year_back(days, values))
    if claim["unit"] == "date":
        return equal(
            claim["value"],
            next(d for d, v in reversed(year_back(days, values)) if v == top).isoformat(),
        )
    return same(claim["value"], top)


def standing(symbol: str, days: list[Day], values: list[float]) -> tuple[Day, float]:
    """The record close before the last one; LookupError where the series cannot tell."""
    top = max(values[:-1])
    day = next(
        d for d, v in zip(reversed(days[:-1]), reversed(values[:-1]), strict=True) if v == top
    )
    known = RECORDS.get(symbol)
    if known and known[0] < days[-1] and known[1] > top:
        day, top = known
    covered = days[0] <= INCEPTION[symbol] or (
        known is not None and days[0] <= known[0] <= days[-1]
    )
    if not covered:
        raise LookupError(f"{symbol} begins on {days[0]}: no record can be claimed")
    return day, top


def record(judge: Judge, claim: Mapping[str, Any]) -> str:
    """A record close, the one before it, how many the year has seen, and how many in a row."""
    days, values = judge.closes(claim)
    day, top = standing(claim["instrument"], days, values)
    if claim["unit"] == "date":
        return equal(claim["value"], day.isoformat())
    if claim["unit"] == "count":
        flags, least = [], 0.0
        known = RECORDS[claim["instrument"]]
        for d, v in zip(days, values, strict=True):
            least = max(least, known[1]) if d > known[0] else least
            flags.append(v > least and d != days[0])
            least = max(least, v)
        if claim["window"] in ("week", "month", "ytd"):
            start = start_of(claim["window"], days[-1])
            return equal(
                claim["value"], sum(f for d, f in zip(days, flags, strict=True) if d >= start)
            )
        return equal(
            claim["value"], next((n for n, f in enumerate(reversed(flags)) if not f), len(flags))
        )
    if claim["fact"].endswith(".before"):
        return same(claim["value"], top)
    return same(claim["value"], values[-1]) or ("" if values[-1] > top else "it is no record")


def near_record(judge: Judge, claim: Mapping[str, Any]) -> str:
    """What is missing to the record close."""
    days, values = judge.closes(claim)
    _, top = standing(claim["instrument"], days, values)
    return same(
        claim["value"], top - values[-1] if claim["unit"] == "points" else values[-1] / top - 1
    )


def milestone(judge: Judge, claim: Mapping[str, Any]) -> str:
    """A round number between the last two closes; that it was the first time ever, or since when."""
    days, values = judge.closes(claim)
    low, top = sorted(values[-2:])
    line = claim["value"]
    if claim["unit"] == "level":
        if not low < line <= top or line % 100:
            return f"{line} was not passed between {values[-2]} and {values[-1]}"
        if claim["kind"] == "milestone_cross":
            standing(claim["instrument"], days, values)
            return "" if max(values[:-1]) < line <= values[-1] else "it was above before"
        return ""
    lines = [step for step in (100, 500, 1000) if math.floor(top / step) * step > low]
    if not lines:
        return "no round number was passed"
    dates = set()
    for step in lines:
        passed = math.floor(top / step) * step
        rose = values[-1] >= passed
        dates.add(
            next(
                (
                    d.isoformat()
                    for d, v in zip(reversed(days[:-1]), reversed(values[:-1]), strict=True)
                    if (v >= passed) == rose
                ),
                "",
            )
        )
    return "" if line in dates else f"{line} was stated, one of {sorted(dates)} is true"


def far(judge: Judge, claim: Mapping[str, Any]) -> str:
    """The last earlier close as high or as low."""
    days, values = judge.closes(claim)
    up = claim["kind"].startswith("highest")
    found = next(
        d
        for d, v in zip(reversed(days[:-1]), reversed(values[:-1]), strict=True)
        if (v >= values[-1] if up else v <= values[-1])
    )
    return equal(claim["value"], found.isoformat())


# Superlatives and runs
# ----------------------------------------------------------------------------------------------


def since(judge: Judge, claim: Mapping[str, Any]) -> str:
    """The last earlier day, week, month, quarter or year as good or as bad."""
    days, values = judge.closes(claim)
    good, window = claim["kind"].split("_")[0] == "best", claim["kind"].split("_")[1]
    if window == "day":
        history = [(days[i], values[i] / values[i - 1] - 1) for i in range(1, len(days))]
    else:
        history = moves(days, values, window)
        if judge.next is None or start_of(window, judge.next) == start_of(window, judge.session):
            return f"the {window} is not over"
    last = history[-1][1]
    if (last > 0) != good:
        return "it went the other way"
    for ago, (day, move) in enumerate(reversed(history[:-1]), 1):
        if (move >= last) if good else (move <= last):
            shown = (
                day.isoformat() if window in ("day", "week") else f"{start_of(window, day):%Y-%m}"
            )
            return equal(claim["value"], shown) or (
                "" if window != "day" or ago >= 21 else f"only {ago} sessions ago"
            )
    return "the series holds none as large: no date can be named"


def of_year(judge: Judge, claim: Mapping[str, Any]) -> str:
    """The best or worst week or month of its year.

    Of the month before this one where the claim is about that.
    """
    days, values = judge.closes(claim)
    good, window = claim["kind"].split("_")[0] == "best", claim["kind"].split("_")[1]
    if claim["window"] == "prior-month":
        end = bisect.bisect_left(days, start_of("month", judge.session))
        days, values = days[:end], values[:end]
    if claim["window"].isdigit():  # which month of that year it was
        told = {
            m: f"{d:%Y-%m}" for d, m in moves(days, values, window) if f"{d:%Y}" == claim["window"]
        }
        return equal(claim["value"], told[max(told) if good else min(told)])
    history = [(d, m) for d, m in moves(days, values, window) if d.year == days[-1].year]
    others = [m for _, m in history[:-1]]
    last = history[-1][1]
    return equal(claim["value"], str(days[-1].year)) or (
        "" if (last > max(others) if good else last < min(others)) else "another was further"
    )


def of_days(judge: Judge, claim: Mapping[str, Any]) -> str:
    """How many sessions of the window there were, rose or fell, and which of them was the best or the worst."""
    days, values = judge.closes(claim)
    start = start_of(claim["window"], judge.session)
    history = [
        (b[0], b[1] / a[1] - 1)
        for a, b in pairwise(zip(days, values, strict=True))
        if b[0] >= start
    ]
    if claim["unit"] == "date":
        extreme = (max if claim["kind"].startswith("best") else min)(m for _, m in history)
        return equal(claim["value"], next(d for d, m in history if m == extreme).isoformat())
    test = {
        "sessions": lambda _: True,
        "sessions_rising": lambda m: m > 0,
        "sessions_falling": lambda m: m < 0,
    }[claim["kind"]]
    return equal(claim["value"], sum(test(m) for _, m in history))


def _run(changes: list[float]) -> int:
    last = (changes[-1] > 0) - (changes[-1] < 0)
    length = 0
    for move in reversed(changes):
        if (move > 0) - (move < 0) != last or not last:
            break
        length += 1
    return last * length


def run(judge: Judge, claim: Mapping[str, Any]) -> str:
    """A run of gains or losses, or the one that the last period ended."""
    days, values = judge.closes(claim)
    window = claim["window"]
    history = (
        [b / a - 1 for a, b in pairwise(values)]
        if window == "day"
        else [m for _, m in moves(days, values, window)]
    )
    if claim["kind"].endswith("_ended"):
        history = history[:-1]
    length = _run(history)
    return equal(claim["value"], abs(length)) or (
        "" if (length > 0) == ("_up" in claim["kind"]) else "it went the other way"
    )


# Lines, breadth and the rest
# ----------------------------------------------------------------------------------------


def line(judge: Judge, claim: Mapping[str, Any]) -> str:
    """Where a correction or a bear market begins, how far that is, and since when the index has been in one."""
    days, values = judge.closes(claim)
    depth = -0.2 if "bear" in claim["kind"] else -0.1
    goal = max(v for _, v in year_back(days, values)) * (1 + depth)
    if claim["unit"] == "level":
        return same(claim["value"], goal)
    if claim["unit"] == "points":
        return same(claim["value"], goal - values[-1])
    if claim["unit"] == "fraction":
        return same(claim["value"], goal / values[-1] - 1)
    end = len(days)
    start = ""
    while (
        end
        and round(values[end - 1] / max(v for _, v in year_back(days[:end], values[:end])) - 1, 12)
        <= depth
    ):
        start = days[end - 1].isoformat()
        end -= 1
    return equal(claim["value"], start)


def definition(_: Judge, claim: Mapping[str, Any]) -> str:
    """A correction is a tenth, a bear market a fifth."""
    return same(claim["value"], -0.2 if "bear" in claim["fact"] else -0.1)


def outperform(judge: Judge, claim: Mapping[str, Any]) -> str:
    """The day's change less that of the S&P 500."""
    _, own = judge.closes(claim)
    _, other = judge.series["^GSPC"].upto(judge.session)
    return same(claim["value"], own[-1] / own[-2] - other[-1] / other[-2])


def breadth(judge: Judge, claim: Mapping[str, Any]) -> str:
    """How many sector funds, large indexes, or members of a basket rose or fell."""
    if claim["instrument"].startswith("basket:"):
        return basket(judge, claim)
    indexes = claim["fact"].startswith("market.")
    symbols = ("^GSPC", "^DJI", "^IXIC") if indexes else SECTORS
    known = [judge.series[s] for s in symbols if s in judge.series]
    found = [
        (days, values)
        for days, values in (_until(s, judge.session) for s in known)
        if len(values) > 63
    ]
    if claim["window"] == "day":
        changes = [values[-1] / values[-2] - 1 for _, values in found]
    else:
        start = start_of(claim["window"], judge.session)
        changes = [
            values[-1] / before(days, values, start) - 1
            for days, values in found
            if days[0] < start
        ]
    least = 0.0005 if indexes else SMALL
    name = claim["fact"].rpartition(".")[2]
    truth = {
        "members": len(changes),
        "rising": sum(c >= least for c in changes),
        "falling": sum(c <= -least for c in changes),
    }
    return equal(claim["value"], truth[name])


def _until(series: Series, day: Day) -> tuple[list[Day], list[float]]:
    try:
        return series.upto(day)
    except LookupError:
        return [], []


def intraday(judge: Judge, claim: Mapping[str, Any]) -> str:
    """The low or the high of the session against the close before."""
    days, values = judge.closes(claim)
    low, top = judge.series[claim["instrument"]].ranges[days[-1]]
    reach = low if "low" in claim["kind"] else top
    return same(
        claim["value"], reach - values[-2] if claim["unit"] == "points" else reach / values[-2] - 1
    )


def rate(judge: Judge, claim: Mapping[str, Any]) -> str:
    """A Treasury yield, the one before it, its date and its change."""
    known = [(d, v) for d, v in judge.rates[claim["instrument"]] if d <= judge.session]
    if claim["unit"] == "date":
        return equal(claim["value"], known[-1][0].isoformat())
    window = claim["window"].removeprefix("before-")
    if window in ("week", "month", "ytd"):
        base = before([d for d, _ in known], [v for _, v in known], start_of(window, judge.session))
        return same(claim["value"], known[-1][1] - base if claim["unit"] == "bp" else base)
    if claim["unit"] == "bp":
        return same(claim["value"], known[-1][1] - known[-2][1])
    return same(claim["value"], known[-2 if claim["window"] == "day-before" else -1][1])


def spread(judge: Judge, claim: Mapping[str, Any]) -> str:
    """The 10-year yield less the two-year one, the day before, or the last day on which it had the same sign."""
    ten, two = (dict(judge.rates[name]) for name in ("DGS10", "DGS2"))
    days = sorted(d for d in ten.keys() & two.keys() if d <= judge.session)
    gaps = [round(ten[d] - two[d], 6) for d in days]
    if claim["unit"] == "bp":
        return same(claim["value"], gaps[-2 if claim["window"] == "day-before" else -1])
    if claim["window"] == "day":
        return equal(claim["value"], days[-1].isoformat())
    found = next(
        d
        for d, gap in zip(reversed(days[:-1]), reversed(gaps[:-1]), strict=True)
        if gap * gaps[-1] > 0
    )
    return equal(claim["value"], found.isoformat())


def season(judge: Judge, claim: Mapping[str, Any]) -> str:
    """The same month of up to twenty years before.

    How many there were, how many rose, what they brought on average.
    """
    days, values = judge.closes(claim)
    end = bisect.bisect_left(days, start_of("month", judge.session))
    past = [
        m for d, m in moves(days[:end], values[:end], "month") if d.month == judge.session.month
    ][-20:]
    if start_of("month", days[-2]) == start_of("month", days[-1]):
        return "it is not the first session of the month"
    name = claim["fact"].rpartition(".")[2]
    return same(
        claim["value"],
        {"years": len(past), "rising": sum(m > 0 for m in past), "mean": sum(past) / len(past)}[
            name
        ],
    )


def fed(judge: Judge, claim: Mapping[str, Any]) -> str:
    """The chances that futures give the next meeting, and its days.

    Computed by the oracle of the other report.
    """
    if claim["window"] == "day-before":
        truth = recompute.odds(judge.table, 1)[claim["fact"].replace(".before", "")]
        return (
            equal(claim["value"], truth) if isinstance(truth, str) else same(claim["value"], truth)
        )
    truth = recompute.odds(judge.table)[claim["fact"]]
    return equal(claim["value"], truth) if isinstance(truth, str) else same(claim["value"], truth)


def session(judge: Judge, claim: Mapping[str, Any]) -> str:
    """Dates and times of the session itself."""
    name = claim["fact"].partition(".")[2]
    if name == "session.prior":
        return equal(claim["value"], judge.previous.isoformat())
    if name in ("date", "session") and claim["fact"].startswith("session"):
        return equal(claim["value"], judge.session.isoformat())
    if name == "session":
        return "" if claim["value"] <= judge.session.isoformat() else "a later session"
    if name == "upcoming" and judge.next is not None:
        return equal(claim["value"], judge.next.isoformat())
    return ""


def occasion(judge: Judge, claim: Mapping[str, Any]) -> str:
    """A short session, or the third Friday of a quarter's last month (the Thursday where that Friday is none)."""
    day = judge.session
    if claim["unit"] == "time":
        return (
            ""
            if recompute.closing(day) < 16
            and claim["value"][:13] == f"{day}T{recompute.closing(day):02d}"
            else "the session was a whole one"
        )
    fridays = [
        Day(day.year, day.month, d)
        for d in range(1, 29)
        if Day(day.year, day.month, d).weekday() == 4
    ]
    expiry = max(d for d in judge.series["^GSPC"].days if d <= fridays[2])
    return "" if day.month % 3 == 0 and day == expiry else f"{expiry} was the third Friday"


def given(_: Judge, __: Mapping[str, Any]) -> str:
    """What is no figure of the market: a name, a parameter, an entry of a calendar."""
    return ""


Rule = Callable[[Judge, Mapping[str, Any]], str]
RULES: dict[tuple[str, str], Rule] = {
    ("level", ""): level,
    ("crypto_level", ""): level,
    ("pct_change", ""): day_change,
    ("point_change", ""): change,
    **{(f"{w}_change", ""): change for w in ("week", "month", "quarter", "ytd", "year", "period")},
    ("month_change", "date"): given,
    ("drawdown_from_high", ""): drawdown,
    ("high_close", ""): high,
    ("record_close", ""): record,
    ("near_record", ""): near_record,
    ("milestone", ""): milestone,
    ("milestone_cross", ""): milestone,
    **{(f"{n}_close_since", ""): far for n in ("highest", "lowest")},
    **{
        (f"{n}_{w}_since", ""): since
        for n in ("best", "worst")
        for w in ("day", "week", "month", "quarter", "year")
    },
    **{(f"{n}_{w}_of_year", ""): of_year for n in ("best", "worst") for w in ("week", "month")},
    **{
        (f"{n}_day_of_{w}", ""): of_days
        for n in ("best", "worst")
        for w in ("week", "month", "year")
    },
    **{(f"sessions{w}", ""): of_days for w in ("", "_rising", "_falling")},
    **{(f"streak_{w}{e}", ""): run for w in ("up", "down") for e in ("", "_ended")},
    ("correction", ""): line,
    ("bear_market", ""): line,
    ("definition", ""): definition,
    ("outperform", ""): outperform,
    ("breadth", ""): breadth,
    ("basket", ""): basket,
    ("occasion", ""): occasion,
    ("crypto_day", ""): crypto_day,
    ("intraday_low_change", ""): intraday,
    ("intraday_high_change", ""): intraday,
    ("yield_level", ""): rate,
    ("yield_change_bp", ""): rate,
    ("yield_spread", ""): spread,
    ("month_history", ""): season,
    ("session", ""): session,
    ("fed_probability", ""): fed,
    ("meeting", ""): fed,
    ("parameter", ""): given,
    ("event", ""): given,
}
