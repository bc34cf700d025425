"""The figures of the small-caps report, computed a second time.

From the CSV files, with the standard library only.

Nothing here may import the product or pandas, but for the proof of the Fed's policy and odds,
and the rows that it reads, which import neither. Where product and oracle state a convention (what
a week is, how long a run of cuts is told of), each states it for itself; where they differ, one of
them is wrong.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import math
import tomllib
from collections import defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import pstdev

from reportgen.beats.fed.proof import odds, policy
from reportgen.verify.rows import Rows, run_of_moves

ONE_DAY = dt.timedelta(days=1)
KEYS = {"rut": "^RUT", "spx": "^GSPC", "mid": "MDY", "comp": "^IXIC", "dji": "^DJI", "vix": "^VIX"}
PUBLISHED_RECORDS = {"rut": (dt.date(2021, 11, 8), 2442.74)}
"""Record closes of before the sample begins, as newspapers printed them."""

Day = dt.date
Closes = list[tuple[Day, float]]
Facts = dict[str, float | str]
Lines = tuple[dict[str, str], ...]


def facts(folder: Path, close: Day) -> Facts:
    """All figures on the indexes, the Fed and the 10-year yield that a report of the close of
    *close* may state."""
    table = known(folder, close)
    found: Facts = {}
    rut, spx, mid = (table.closes[KEYS[key]] for key in ("rut", "spx", "mid"))
    for key, symbol in KEYS.items():
        found |= level(key, table.closes[symbol])
    found |= session("rut", rut, table.following) | threshold("rut", rut) | record("rut", rut)
    found |= streak("rut", rut) | superlative("rut", rut) | months("rut", rut, table.following)
    found |= against("rut", rut, "spx", spx) | against("rut", rut, "mid", mid)
    found["rut.outperform.spx"] = change(rut) - change(spx)
    for name, date in table.elections[-1:]:
        found |= event("rut", rut, name, date)
    return found | policy(table.rows) | ten_year(table) | odds(table.rows) | odds_before(table)


class Table:
    """The rows of a dataset that were known at the close of a session, by role."""

    def __init__(self, folder: Path, close: Day) -> None:
        self.close = close
        self.rows = Rows(folder, close)
        self.closes: dict[str, Closes] = {}
        self.rates: dict[str, Closes] = defaultdict(list)
        self.elections: list[tuple[str, Day]] = []
        self.following: Day | None = None
        for entry in tomllib.loads((folder / "dataset.toml").read_text(encoding="utf-8"))["files"]:
            read = getattr(self, f"_{entry['role']}", None)
            if read:
                read(rows(folder / entry["path"]), entry)
        traded = {day for day, _ in self.closes[KEYS["spx"]]}
        self.following = min((day for day in traded if day > close), default=None)
        for (
            symbol,
            closes,
        ) in self.closes.items():  # the VIX is published on some days without a session
            self.closes[symbol] = [
                (day, value) for day, value in closes if day <= close and day in traded
            ]

    def _daily_bars(self, lines: Lines, _: dict) -> None:
        found = defaultdict(list)
        for line in lines:
            if line["symbol"] not in self.closes:
                found[line["symbol"]].append(
                    (Day.fromisoformat(line["date"]), float(line["close"]))
                )
        self.closes |= {symbol: sorted(closes) for symbol, closes in found.items()}

    def _rates(self, lines: Lines, entry: dict) -> None:
        for line in lines:
            day, rule = Day.fromisoformat(line["date"]), entry["available"]
            if line["value"] and self.rows.was_known(
                day, rule.get(line["series"], rule["default"])
            ):
                self.rates[line["series"]].append((day, float(line["value"]) / 100))
        for series in self.rates.values():
            series.sort()

    def _events(self, lines: Lines, _: dict) -> None:
        found = (
            (line["name"], Day.fromisoformat(line["date"]))
            for line in lines
            if line["kind"] == "election"
        )
        self.elections = sorted((e for e in found if e[1] < self.close), key=lambda e: e[1])


def known(folder: Path, close: Day) -> Table:
    """The rows of the dataset in *folder* that were known at the close of *close*."""
    return Table(folder, close)


@cache
def rows(path: Path) -> Lines:
    """The rows of a CSV file, packed or not; of prices,
    only those of the indexes that are told of."""
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8")
    ) as file:
        return tuple(
            row for row in csv.DictReader(file) if row.get("symbol") in {None, *KEYS.values()}
        )


# Closes
# ------------------------------------------------------------------------------


def change(closes: Closes) -> float:
    """The last close against the one before."""
    return closes[-1][1] / closes[-2][1] - 1


def changes(closes: Closes) -> list[float]:
    """Every close against the one before it."""
    return [b / a - 1 for (_, a), (_, b) in pairwise(closes)]


def before(closes: Closes, day: Day) -> tuple[Day, float]:
    """The last close before *day*."""
    return next(row for row in reversed(closes) if row[0] < day)


def since(closes: Closes, day: Day) -> float:
    """The last close against the last one before *day*."""
    return closes[-1][1] / before(closes, day)[1] - 1


def year_to_date(closes: Closes) -> float:
    """The last close against the last one of the year before."""
    return since(closes, Day(closes[-1][0].year, 1, 1))


def whole_year(closes: Closes, year: int) -> float:
    """December close to December close."""
    return before(closes, Day(year + 1, 1, 1))[1] / before(closes, Day(year, 1, 1))[1] - 1


def high(closes: Closes) -> tuple[Day, float]:
    """The highest close of the 52 weeks, a year less a day back; the latest of equals."""
    last = closes[-1][0]
    edge = (
        last.replace(year=last.year - 1)
        if (last.month, last.day) != (2, 29)
        else Day(last.year - 1, 2, 28)
    )
    best = closes[-1]
    for row in reversed(closes):
        if row[0] <= edge:
            break
        best = row if row[1] > best[1] else best
    return best


def fall(closes: Closes) -> float:
    """The last close against its 52-week closing high."""
    return closes[-1][1] / high(closes)[1] - 1


def usual(moves: list[float]) -> float:
    """RiskMetrics' volatility of up to 500 moves before the last, from the newest back."""
    weight, total, weights = 1.0, 0.0, 0.0
    for move in reversed(moves[:-1][-500:]):
        total += weight * move * move
        weights += weight
        weight *= 0.94
    return math.sqrt(total / weights)


def level(key: str, closes: Closes) -> Facts:
    """The level and its change, as the strip shows them."""
    return {
        f"{key}.level": closes[-1][1],
        f"{key}.pct_change": change(closes),
        f"{key}.pct_change.sigma": usual(changes(closes)),
        f"{key}.session": closes[-1][0].isoformat(),
    }


def session(key: str, closes: Closes, following: Day | None) -> Facts:
    """The day in points, the year so far before and after it, and at the end of a week the week."""
    last = closes[-1][0]
    found: Facts = {
        f"{key}.point_change": closes[-1][1] - closes[-2][1],
        f"{key}.ytd_change": year_to_date(closes),
        f"{key}.drawdown_from_high": fall(closes),
        f"{key}.high_close": high(closes)[1],
        f"{key}.high_close.date": high(closes)[0].isoformat(),
    }
    if closes[-2][0].year == last.year:
        found[f"{key}.ytd_change.before"] = year_to_date(closes[:-1])
    monday = last - last.weekday() * ONE_DAY
    if following and following - monday >= 7 * ONE_DAY:
        found[f"{key}.week_change"] = since(closes, monday)
        found[f"{key}.week_change.sigma"] = usual(changes(closes)) * 5**0.5
    return found


def line_of_the_day(closes: Closes) -> float | None:
    """The depth of the line in the picture: the one that is news, else a correction half-way to it.

    News is a close below a line, a climb back above it, and a fall that ends within a usual week
    (at least 2%) and four points of it.
    """
    now, then = fall(closes), fall(closes[:-1])
    daily = usual(changes(closes))
    within = max(0.02, 1.5 * daily * 5**0.5)
    for depth in (-0.2, -0.1):
        climbed = then <= depth < now and closes[-1][1] > closes[-2][1]
        falling = then - now >= 0.1 * daily and now < then
        near = falling and now <= depth + 0.04 and (now - depth) / (1 + now) <= within
        if now <= depth or climbed or near:
            return depth
    return -0.1 if now <= -0.05 else None


def threshold(key: str, closes: Closes) -> Facts:
    """The levels of a correction and a bear market, what is left to them,
    and since when the index has been below."""
    top, last = high(closes)[1], closes[-1][1]
    found: Facts = {f"{key}.drawdown_from_high.before": fall(closes[:-1])}
    for name, depth in (("correction", -0.1), ("bear_market", -0.2)):
        line = top * (1 + depth)
        found[f"{key}.{name}.depth"] = depth
        found[f"{key}.{name}.level"] = line
        found[f"{key}.{name}.points"] = line - last
        found[f"{key}.{name}.distance"] = line / last - 1
    if drawn := line_of_the_day(closes):
        found[f"{key}.chart_line"] = top * (1 + drawn)
    depth = -0.2 if fall(closes) <= -0.2 else -0.1
    end = len(closes)
    while fall(closes[:end]) <= depth:
        found[f"{key}.spell_start"] = closes[end - 1][0].isoformat()
        end -= 1
    return found


def record(key: str, closes: Closes) -> Facts:
    """The record close before the last one, what the last one lacks of it,
    and whether it is one itself."""
    day, old = closes[0]
    for row in closes[:-1]:
        day, old = row if row[1] >= old else (day, old)
    published = PUBLISHED_RECORDS[key]
    if published[0] < closes[-1][0] and published[1] > old:
        day, old = published
    found: Facts = {
        f"{key}.record_close.before": old,
        f"{key}.record_close.before.date": day.isoformat(),
    }
    last = closes[-1][1]
    if last > old:
        found[f"{key}.record_close"] = last
        best, made = 0.0, []
        for day, value in closes:
            best = max(best, published[1]) if day > published[0] else best
            made.append(value > best and day != closes[0][0])
            best = max(best, value)
        found[f"{key}.record_close.count"] = sum(
            m for m, (day, _) in zip(made, closes, strict=True) if day.year == closes[-1][0].year
        )
        found[f"{key}.record_close.run"] = next(
            (n for n, m in enumerate(reversed(made)) if not m), len(made)
        )
    elif -0.005 <= last / old - 1 < 0:
        found[f"{key}.near_record"] = last / old - 1
        found[f"{key}.near_record.points"] = old - last
    return found


def streak(key: str, closes: Closes) -> Facts:
    """Three sessions or more in one direction: how many, and how far."""
    moves = changes(closes)
    up, length = moves[-1] > 0, 0
    while (
        moves[-1] and length < len(moves) and moves[-1 - length] and (moves[-1 - length] > 0) == up
    ):
        length += 1
    if length < 3:
        return {}
    return {
        f"{key}.streak_{'up' if up else 'down'}": length,
        f"{key}.streak_change": closes[-1][1] / closes[-1 - length][1] - 1,
        f"{key}.streak_change.sigma": usual(moves) * length**0.5,
    }


def superlative(key: str, closes: Closes) -> Facts:
    """The last day with a move as large, where it is at least 21 sessions ago and the move one
    to speak of."""
    moves = changes(closes)
    last = moves[-1]
    if abs(last) < max(0.009, usual(moves)):
        return {}
    for ago in range(1, len(moves)):
        if (moves[-1 - ago] >= last) if last > 0 else (moves[-1 - ago] <= last):
            day = closes[-1 - ago][0].isoformat()
            least = 15 if abs(last) >= 0.015 else 21
            side = "best" if last > 0 else "worst"
            return {f"{key}.{side}_day_since": day} if ago >= least else {}
    return {}


def months(key: str, closes: Closes, following: Day | None) -> Facts:
    """The completed months of this year, or of the last one until three of this year are
    complete."""
    last = closes[-1][0]
    ends = {(day.year, day.month): value for day, value in closes}
    moves = {b: ends[b] / ends[a] - 1 for a, b in pairwise(sorted(ends))}
    if following is None or (following.year, following.month) == (last.year, last.month):
        del moves[last.year, last.month]
    year = last.year if sum(y == last.year for y, _ in moves) >= 3 else last.year - 1
    told = {month: move for month, move in moves.items() if month[0] == year}
    found: Facts = {f"{key}.month_change.{y}-{m:02d}": move for (y, m), move in told.items()}
    spread = pstdev(list(moves.values())[:-1][-60:])
    latest = sorted(told, reverse=True)
    best, worst = max(latest, key=told.__getitem__), min(latest, key=told.__getitem__)
    found |= {f"{key}.month_change.{y}-{m:02d}.sigma": spread for y, m in {best, worst, latest[0]}}
    found[f"{key}.best_month_of_year"] = f"{best[0]}-{best[1]:02d}"
    found[f"{key}.worst_month_of_year"] = f"{worst[0]}-{worst[1]:02d}"
    return found


def usual_year(closes: Closes, year: int) -> float:
    """The spread of up to 60 calendar years before *year*."""
    ends = {day.year: value for day, value in closes if day.year < year}
    moves = [ends[b] / ends[a] - 1 for a, b in pairwise(sorted(ends))]
    return pstdev(moves[-60:]) if len(moves) >= 2 else 0.18


def against(key: str, own: Closes, other: str, theirs: Closes) -> Facts:
    """Last year and this year so far, of both and between them."""
    year = own[-1][0].year - 1
    a, b, c, d = (
        whole_year(own, year),
        whole_year(theirs, year),
        year_to_date(own),
        year_to_date(theirs),
    )
    return {
        f"{key}.year_change.{year}": a,
        f"{key}.year_change.{year}.sigma": usual_year(own, year),
        f"{other}.year_change.{year}": b,
        f"{other}.year_change.{year}.sigma": usual_year(theirs, year),
        f"{key}.outperform.{other}.{year}": a - b,
        f"{other}.ytd_change": d,
        f"{key}.outperform.{other}.ytd": c - d,
        f"{key}.outperform.{other}.two_years": (1 + a) * (1 + c) - (1 + b) * (1 + d),
        f"{other}.drawdown_from_high": fall(theirs),
        f"{other}.high_close.date": high(theirs)[0].isoformat(),
    }


def event(key: str, closes: Closes, name: str, date: Day) -> Facts:
    """From the close of the day of the event.

    The next day, the high since, now, and its share of that year's gain.
    """
    days = [day for day, _ in closes]
    if date not in days or closes[-1][0] - date > 92 * ONE_DAY:
        return {}
    place = days.index(date)
    base, after = closes[place][1], closes[place:]
    moves = changes(closes)
    found: Facts = {
        f"{key}.event": name,
        f"{key}.event.date": date.isoformat(),
        f"{key}.event.level": base,
        f"{key}.event.peak": max(value for _, value in after) / base - 1,
        f"{key}.event.change": closes[-1][1] / base - 1,
        f"{key}.event.change.sigma": usual(moves) * (len(after) - 1) ** 0.5,
        f"{key}.event.next_day": after[1][1] / base - 1,
        f"{key}.event.next_day.sigma": usual(moves[: place + 1]),
    }
    if closes[-1][0].year > date.year:
        year = [row for row in closes if row[0].year == date.year]
        day, top = max(reversed(year), key=lambda row: row[1])
        gain = year[-1][1] - before(closes, Day(date.year, 1, 1))[1]
        if day > date and gain > 0:
            found[f"{key}.event.share_of_gain"] = (top - base) / gain
            found[f"{key}.event.high_date"] = day.isoformat()
    return found


# Rates
# ------------------------------------------------------------------------------


def ten_year(table: Table) -> Facts:
    """The 10-year yield, on the day and since the day before the first announcement of the run
    of moves."""
    yields = table.rates["DGS10"]
    day, now = yields[-1]
    moves = [b - a for (_, a), (_, b) in pairwise(yields)]
    found: Facts = {
        "us10y.yield_level": now,
        "us10y.yield_level.date": day.isoformat(),
        "us10y.yield_level.before": yields[-2][1],
        "us10y.session": day.isoformat(),
        "us10y.yield_change_bp": moves[-1],
        "us10y.yield_change_bp.sigma": usual(moves),
    }
    run = run_of_moves(table.rates["DFEDTARU"], day)
    if run:
        base, level_then = before(yields, run[0][0] - ONE_DAY)
        found["us10y.yield_level.base"] = level_then
        found["us10y.yield_level.base.date"] = base.isoformat()
        found["us10y.yield_change_bp.cycle"] = now - level_then
        found["us10y.yield_change_bp.cycle.sigma"] = (
            usual(moves) * sum(d > base for d, _ in yields) ** 0.5
        )
    return found


def odds_before(table: Table) -> Facts:
    """The same chances by the settlements of the day before."""
    earlier = odds(table.rows, 1)
    if not earlier or any(
        table.rows.futures[-2][0] < end < Day.fromisoformat(str(earlier["fed.meeting.end"]))
        for _, end in table.rows.meetings
    ):
        return {}  # that day, another meeting was the next one
    names = {"fed.fed_probability.date": "fed.fed_probability.before.date"}
    return {
        names.get(name, f"{name}.before"): value
        for name, value in earlier.items()
        if "meeting" not in name
    }
