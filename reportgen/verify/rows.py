"""The raw rows of a dataset, read a second time: what the proofs of claims go by.

This module has a reader and a calendar of its own. It uses the standard library only and shares no
code with the product. The lists that no rule follows from (the members of a basket, the first day
of an index) come from the product's TOML files.
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
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Day = dt.date
Claim = Mapping[str, Any]
"""A claim of a brief.json: fact, kind, unit, value, window, instrument, text and more."""
Closes = tuple[list[Day], list[float]]
"""Days and closes, oldest first."""
Month = tuple[int, int]
"""A year and a month of it."""

MARKETS = Path(__file__).parents[1] / "markets"
US = MARKETS / "us.toml"
TABLES = MARKETS / "tables"

TOLD_OF, PAUSE = 125, 150
"""For how many days a run of moves of the Fed is told of, and how long a pause ends it."""
ONE_DAY = dt.timedelta(days=1)
YEAR = dt.timedelta(days=365)
ROUND_THE_CLOCK = "24/7"
"""The calendar of what trades on all days, in a table of instruments."""
MONTH_LETTERS = "FGHJKMNQUVXZ"
"""The letters of futures contracts, January to December."""
ODD_SHORT_DAYS = {Day(2002, 7, 5), Day(2003, 12, 26)}

NUMBER = re.compile(r"([+\u2212-])?(?:[A-Z]{3} |[A-Z]{0,2}[^\w\s.,+\u2212-])?(\d[\d,]*(?:\.\d+)?)")
"""A number with its sign, and the sign or the code of a currency between the two."""
ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)?\b")
SCALES = {"fraction": 100.0, "pp": 100.0, "yield": 100.0, "probability": 100.0, "bp": 10_000.0}
HEDGED = re.compile(r"nearly|more than|just over|less than|about|just under")
COUNTED = "zero one two three four five six seven eight nine ten eleven twelve"
RANKED = "first second third fourth fifth sixth seventh eighth ninth tenth"
WORDS = {word: number for number, word in enumerate(COUNTED.split())}
RANKS = {word: number for number, word in enumerate(RANKED.split(), 1)}


class Series:
    """The closes of one symbol, oldest first, on the stock exchange's sessions."""

    def __init__(
        self, symbol: str, rows: list[tuple[Day, float]], ranges: Mapping[Day, tuple[float, float]]
    ) -> None:
        self.symbol = symbol
        self.days = [day for day, _ in rows]
        self.values = [value for _, value in rows]
        self.ranges = ranges
        """The low and the high of each day that has them."""

    def upto(self, day: Day) -> Closes:
        """Days and closes up to and with *day*.

        Raises:
            LookupError: That day has no close.
        """
        end = bisect.bisect_right(self.days, day)
        if not end or self.days[end - 1] != day:
            raise LookupError(f"{self.symbol} has no close on {day}")
        return self.days[:end], self.values[:end]


class Rows:
    """The raw rows of a dataset's folder, as they were known after the close of a session."""

    def __init__(
        self,
        folder: Path,
        session: Day,
        *,
        market: Path = US,
        tables: Sequence[Path] = (TABLES,),
    ) -> None:
        """The rows of the dataset in *folder* up to *session*.

        Args:
            folder: The folder of a dataset.toml.
            session: The session that the claims are about.
            market: The TOML file of the market.
            tables: Folders of an instruments.toml and a baskets.toml. A later one comes before an
                earlier one.
        """
        self.folder = folder
        self.session = session
        self.market = _toml(market)
        self.instruments = _table(tuple(tables), "instruments.toml")
        self.baskets = _table(tuple(tables), "baskets.toml")

    @cached_property
    def series(self) -> Mapping[str, Series]:
        """All closes by symbol."""
        return prices(self.folder, self.lead, self._always)

    @cached_property
    def rates(self) -> Mapping[str, list[tuple[Day, float]]]:
        """All rates by the name of their series."""
        return rates(self.folder)

    @property
    def lead(self) -> str:
        """The symbol of the market's lead index. Its days are the sessions."""
        return str(self.market["lead"])

    @property
    def sectors(self) -> list[str]:
        """The symbols of the market's sector funds."""
        return list(self.market.get("sectors", ()))

    @property
    def large(self) -> list[str]:
        """The symbols of its indexes, without those of smaller companies."""
        return [one["symbol"] for one in self.market["indexes"] if one.get("role") != "small"]

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the stock exchange."""
        return ZoneInfo(self.market["zone"])

    @cached_property
    def _always(self) -> frozenset[str]:
        known = self.instruments.values()
        return frozenset(one["symbol"] for one in known if one["calendar"] == ROUND_THE_CLOCK)

    def around_the_clock(self, symbol: str) -> bool:
        """Whether *symbol* trades on all days, at all hours."""
        return symbol in self._always

    def instrument(self, symbol: str) -> Mapping[str, Any]:
        """What the tables know of *symbol*.

        Raises:
            LookupError: No table has it.
        """
        for one in self.instruments.values():
            if one["symbol"] == symbol:
                return dict(one)
        raise LookupError(f"no table has {symbol}")

    @cached_property
    def sessions(self) -> list[Day]:
        """The sessions of the stock exchange, the later ones too."""
        return self.series[self.lead].days

    @cached_property
    def next(self) -> Day | None:
        """The session after this one, None where the files end."""
        place = bisect.bisect_right(self.sessions, self.session)
        return self.sessions[place] if place < len(self.sessions) else None

    @cached_property
    def previous(self) -> Day:
        """The session before this one."""
        return self.sessions[bisect.bisect_left(self.sessions, self.session) - 1]

    @property
    def utc_day(self) -> Day:
        """The last UTC day that was over at the close of the session."""
        return self.session - ONE_DAY

    def closes(self, symbol: str) -> Closes:
        """Days and closes of *symbol* up to the session.

        Those of a coin end with the last UTC day that was over.

        Raises:
            LookupError: It has no close on that day.
        """
        last = self.utc_day if self.around_the_clock(symbol) else self.session
        return self.series[symbol].upto(last)

    def base(self, symbol: str, window: str) -> float:
        """The close that a change of *symbol* over *window* is measured from."""
        days, values = self.closes(symbol)
        if window == "day":
            return values[-2]
        if window == "streak":
            return values[-1 - abs(run_of(changes(values)))]
        start = start_of(window, self.session)
        if self.around_the_clock(symbol):  # from the last session of stocks before the window
            start = [day for day in self.sessions if day < start][-1] + ONE_DAY
        return before(days, values, start)

    def basket(self, key: str) -> list[float]:
        """The changes on the day of the members of the basket *key*."""
        found = (self.closes(symbol)[1] for symbol in self.baskets[key]["members"])
        return [values[-1] / values[-2] - 1 for values in found]

    def median(self, key: str) -> float:
        """The median of the changes on the day of the basket *key*."""
        return statistics.median(self.basket(key))

    def close_of(self, day: Day) -> dt.datetime:
        """The time of the stock exchange's close of *day*, in its zone."""
        return dt.datetime.combine(day, dt.time(self.closing(day)), self.zone)

    def closing(self, day: Day) -> int:
        """The hour of the stock exchange's close of *day*.

        Raises:
            LookupError: The exchange is not New York's, and its hours are not known here.
        """
        if self.market["exchange"] != _toml(US)["exchange"]:
            raise LookupError(f"the hours of {self.market['exchange']} are not known")
        return closing(day)

    def price_at(self, symbol: str, at: dt.datetime) -> float:
        """The price of *symbol* at that time.

        Raises:
            LookupError: The hours of that day are not known.
        """
        return hours(self.folder)[symbol][at.astimezone(dt.UTC)]

    def price_at_close(self, symbol: str, day: Day) -> float | None:
        """The price of *symbol* at the stock exchange's close of *day*, None if it is unknown."""
        try:
            return self.price_at(symbol, self.close_of(day))
        except LookupError:
            return None

    @cached_property
    def futures(self) -> list[tuple[Day, dict[Month, float]]]:
        """The settlements of Fed funds futures that were known, by day and by month."""
        found: dict[Day, dict[Month, float]] = defaultdict(dict)
        for day, rule, month, price in settlements(self.folder):
            if self.was_known(day, rule):
                months = found[day]
                if price is not None:
                    months[month] = price
        return sorted(found.items())

    @property
    def meetings(self) -> list[tuple[Day, Day]]:
        """The first and the last day of the Fed's regular meetings."""
        return meetings(self.folder)

    def known_rates(self, name: str) -> list[tuple[Day, float]]:
        """The rates of the series *name* that were known."""
        rule = publication(self.folder, name)
        return [(day, value) for day, value in self.rates[name] if self.was_known(day, rule)]

    def cycle(self, day: Day) -> list[tuple[Day, float]]:
        """The latest run of moves of the Fed's target range, as of *day*.

        Returns:
            The first day in force and the size of each, oldest first.
        """
        return run_of_moves(self.known_rates(self.market["target_range"][-1]), day)

    @property
    def election(self) -> Day:
        """The day of the last election before the session.

        Raises:
            LookupError: The files list none.
        """
        return [day for day in elections(self.folder) if day < self.session][-1]

    def since_election(self, symbol: str) -> Closes:
        """Days and closes of *symbol* from the day of the last election on."""
        days, values = self.closes(symbol)
        place = bisect.bisect_left(days, self.election)
        return days[place:], values[place:]

    def was_known(self, day: Day, rule: str) -> bool:
        """Whether a row of *day* was published by the evening of the session.

        A brief of a day is told with that evening's figures.

        Args:
            day: The day of the row.
            rule: When it is published, as in a dataset.toml: "18:00", "-1d 14:00".
        """
        days, _, _ = rule.rpartition(" ")
        return day + int(days.rstrip("d") or 0) * ONE_DAY <= self.session


# Files
# -------------------------------------------------------------------------------------------------


@cache
def _toml(path: Path) -> Mapping[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _table(folders: tuple[Path, ...], name: str) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for folder in folders:
        if (folder / name).is_file():
            found |= _toml(folder / name)
    return found


def files(folder: Path, role: str) -> list[Mapping[str, Any]]:
    """The entries of the dataset.toml in *folder* that have that *role*."""
    return [entry for entry in _toml(folder / "dataset.toml")["files"] if entry["role"] == role]


def column(entry: Mapping[str, Any], name: str) -> str:
    """What the file of *entry* calls the column *name*."""
    return str(entry.get("columns", {}).get(name, name))


def lines(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file, packed or not."""
    packed = path.suffix == ".gz"
    with gzip.open(path, "rt", encoding="utf-8") if packed else path.open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


@cache
def prices(folder: Path, lead: str, always: frozenset[str]) -> Mapping[str, Series]:
    """All closes by symbol of the dataset in *folder*.

    Where two files have a symbol, the first one counts. Only days on which the *lead* index has a
    close are kept, but for what trades *always*.
    """
    found: dict[str, dict[Day, float]] = {}
    ranges: dict[str, dict[Day, tuple[float, float]]] = defaultdict(dict)
    for entry in files(folder, "daily_bars"):
        fresh: dict[str, dict[Day, float]] = defaultdict(dict)
        for row in lines(folder / entry["path"]):
            symbol = row["symbol"]
            if symbol in found:
                continue
            day = Day.fromisoformat(row["date"][:10])
            fresh[symbol][day] = float(row["close"])
            if row.get("low") and row.get("high"):
                ranges[symbol][day] = float(row["low"]), float(row["high"])
        found |= fresh
    sessions = found[lead].keys()
    series = {}
    for symbol, closes in found.items():
        kept = sorted(row for row in closes.items() if symbol in always or row[0] in sessions)
        series[symbol] = Series(symbol, kept, ranges[symbol])
    return series


@cache
def rates(folder: Path) -> Mapping[str, list[tuple[Day, float]]]:
    """All rates of the dataset in *folder*, as fractions, by the name of their series."""
    found: dict[str, list[tuple[Day, float]]] = defaultdict(list)
    for entry in files(folder, "rates"):
        for row in lines(folder / entry["path"]):
            if row["value"]:
                day = Day.fromisoformat(row["date"])
                found[row["series"]].append((day, float(row["value"]) / 100))
    return {name: sorted(rows) for name, rows in found.items()}


def publication(folder: Path, name: str) -> str:
    """When a rate of the series *name* is published, as in a dataset.toml."""
    rules = files(folder, "rates")[0]["available"]
    return str(rules.get(name, rules["default"]))


@cache
def elections(folder: Path) -> list[Day]:
    """The days of elections, oldest first."""
    found: list[Day] = []
    for entry in files(folder, "events"):
        rows = lines(folder / entry["path"])
        found += [Day.fromisoformat(row["date"]) for row in rows if row["kind"] == "election"]
    return sorted(found)


@cache
def hours(folder: Path) -> Mapping[str, Mapping[dt.datetime, float]]:
    """The prices of intraday bars by symbol and the time at which the bar ends, in UTC."""
    found: dict[str, dict[dt.datetime, float]] = defaultdict(dict)
    for entry in files(folder, "intraday_bars"):
        zone = ZoneInfo(entry.get("timezone") or _toml(US)["zone"])
        length = dt.timedelta(minutes=entry.get("minutes", 15))
        names = entry.get("symbols", {})
        for row in lines(folder / entry["path"]):
            begun = dt.datetime.fromisoformat(row[column(entry, "start")])
            begun = begun if begun.tzinfo else begun.replace(tzinfo=zone)
            symbol = names.get(row["symbol"], row["symbol"])
            found[symbol][begun.astimezone(dt.UTC) + length] = float(row["close"])
    return dict(found)


@cache
def settlements(folder: Path) -> list[tuple[Day, str, Month, float | None]]:
    """The settlements of Fed funds futures: day, when it is known, month, and the price if any."""
    found = []
    for entry in files(folder, "futures"):
        rule = entry["available"]["default"]
        for row in lines(folder / entry["path"]):
            price = row[column(entry, "settle")]
            day, month = Day.fromisoformat(row["date"]), _month_of(row["contract"])
            found.append((day, rule, month, float(price) if price else None))
    return found


@cache
def meetings(folder: Path) -> list[tuple[Day, Day]]:
    """The first and the last day of the Fed's regular meetings."""
    found = []
    for entry in files(folder, "meetings"):
        for row in lines(folder / entry["path"]):
            if row[column(entry, "type")] == "regular":
                first, last = row[column(entry, "start")], row[column(entry, "end")]
                found.append((Day.fromisoformat(first), Day.fromisoformat(last)))
    return sorted(found)


def _month_of(contract: str) -> Month:
    """The month that a contract is for, of "ZQF2025"."""
    return int(contract[3:]), MONTH_LETTERS.index(contract[2]) + 1


# The calendar
# -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def closing(day: Day) -> int:
    """The hour at which the New York Stock Exchange closes on *day*.

    1 p.m. around Thanksgiving, Christmas and Independence Day.
    """
    thursdays = [d for d in range(1, 31) if Day(day.year, 11, d).weekday() == 3]
    short = day.month == 11 and day.day == thursdays[3] + 1
    short |= (
        (day.month, day.day) == (12, 24)
        or ((day.month, day.day) == (7, 3) and day.weekday() < 4 and day.year != 2002)
        or day in ODD_SHORT_DAYS
    )
    return 13 if short else 16


def start_of(window: str, day: Day) -> Day:
    """The first day of the week, month, quarter or year that holds *day*.

    Raises:
        LookupError: The window is none of these.
    """
    if window == "week":
        return day - day.weekday() * ONE_DAY
    quarter = (day.month - 1) // 3 * 3 + 1
    return Day(day.year, {"month": day.month, "quarter": quarter, "ytd": 1, "year": 1}[window], 1)


# Closes
# -------------------------------------------------------------------------------------------------


def before(days: list[Day], values: list[float], start: Day) -> float:
    """The last close before *start*.

    Raises:
        LookupError: There is none.
    """
    place = bisect.bisect_left(days, start)
    if not place:
        raise LookupError(f"no close before {start}")
    return values[place - 1]


def changes(values: list[float]) -> list[float]:
    """Every close against the one before it."""
    return [b / a - 1 for a, b in pairwise(values)]


def ends(days: list[Day], values: list[float], window: str) -> list[tuple[Day, float]]:
    """The last session and close of every week, month, quarter or year, the running one too."""
    last: dict[Day, tuple[Day, float]] = {}
    for day, value in zip(days, values, strict=True):
        last[start_of(window, day)] = (day, value)
    return [last[start] for start in sorted(last)]


def moves(days: list[Day], values: list[float], window: str) -> list[tuple[Day, float]]:
    """The change of every period after the first, with its last session."""
    return [(b[0], b[1] / a[1] - 1) for a, b in pairwise(ends(days, values, window))]


def day_moves(days: list[Day], values: list[float]) -> list[tuple[Day, float]]:
    """The change of every session after the first, with its day."""
    return list(zip(days[1:], changes(values), strict=True))


def run_of(moved: list[float]) -> int:
    """How many of the last changes have one direction. It is negative where they are losses."""
    last = (moved[-1] > 0) - (moved[-1] < 0)
    length = 0
    for move in reversed(moved):
        if (move > 0) - (move < 0) != last or not last:
            break
        length += 1
    return last * length


def backwards(days: list[Day], values: list[float]) -> list[tuple[Day, float]]:
    """The closes before the last one, the newest first."""
    return list(zip(days[-2::-1], values[-2::-1], strict=True))


def year_back(days: list[Day], values: list[float]) -> list[tuple[Day, float]]:
    """The closes of the 365 days that end with the last one."""
    edge = days[-1] - YEAR
    return [(d, v) for d, v in zip(days, values, strict=True) if d > edge]


def standing(rows: Rows, symbol: str) -> tuple[Day, float]:
    """The day and the level of the record close of *symbol* before the last close.

    Raises:
        LookupError: The series does not reach back far enough to tell.
    """
    days, values = rows.closes(symbol)
    top = max(values[:-1])
    day = next(d for d, v in backwards(days, values) if v == top)
    known = published_record(rows, symbol)
    if known and known[0] < days[-1] and known[1] > top:
        day, top = known
    whole = days[0] <= rows.instrument(symbol)["inception"]
    if not whole and (known is None or not days[0] <= known[0] <= days[-1]):
        raise LookupError(f"{symbol} begins on {days[0]}: no record can be claimed")
    return day, top


def published_record(rows: Rows, symbol: str) -> tuple[Day, float] | None:
    """The day and the level of a record close as newspapers printed it, None where none is kept."""
    known = rows.instrument(symbol).get("known_record")
    return (known["session"], float(known["level"])) if known else None


def run_of_moves(upper: list[tuple[Day, float]], day: Day) -> list[tuple[Day, float]]:
    """The latest moves of one sign of the upper end of the target range.

    A run is told of for 125 days after its last move. A pause of 150 days ends it.

    Args:
        upper: The upper end by day, oldest first.
        day: The day on which it is told of.

    Returns:
        The first day in force and the size of each move, oldest first.
    """
    steps = [(b[0], b[1] - a[1]) for a, b in pairwise(upper)]
    moved = [step for step in steps if abs(step[1]) > 1e-9]
    if not moved or (day - moved[-1][0]).days > TOLD_OF:
        return []
    run = [moved[-1]]
    for move in reversed(moved[:-1]):
        if move[1] * run[0][1] < 0 or (run[0][0] - move[0]).days > PAUSE:
            break
        run.insert(0, move)
    return run


# Claims
# -------------------------------------------------------------------------------------------------


def same(value: Any, truth: float) -> str | None:
    """Why the number *value* is not *truth*, None where it is."""
    if math.isclose(float(value), truth, rel_tol=1e-7, abs_tol=1e-7):
        return None
    return f"{value} was stated, {truth} is true"


def equal(value: Any, truth: Any) -> str | None:
    """Why *value* is not *truth*, None where it is."""
    return None if value == truth else f"{value} was stated, {truth} is true"


def words(claim: Claim) -> str | None:
    """Why the figure in the words of a claim is not its value, None where it is.

    Hedges and words for numbers are read too.
    """
    text, value = claim["text"], claim["value"]
    if isinstance(value, str) or text == claim["window"]:
        return None
    if claim["unit"] == "count":
        return _count_in_words(text, value)
    match = NUMBER.search(text)
    if match is None:
        return None
    size, shown = abs(value) * SCALES.get(claim["unit"], 1.0), float(match[2].replace(",", ""))
    places = len(match[2].partition(".")[2])
    if match[1] and (match[1] == "+") != (value > 0):
        return f"'{text}' has the wrong sign"
    wrong = f"'{text}' of {size}"
    if "less than" in text:
        return None if size < shown else wrong
    within = 0.5 * 10**-places + 1e-9
    if HEDGED.search(text):
        # A chance is told on a grid of five, a price on one of a thousand, a change in percents.
        within = 3.1 if claim["unit"] == "probability" else max(0.7, 0.01 * shown)
    return None if abs(size - shown) <= within else wrong


def _count_in_words(text: str, value: Any) -> str | None:
    known = WORDS | RANKS
    said = [known[word] for word in text.lower().split() if word in known]
    said += [int(match[1]) for match in ORDINAL.finditer(text)]
    return None if not said or said[0] == value else f"'{text}' says {said[0]}"
