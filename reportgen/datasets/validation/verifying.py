"""Judges every series of a store or a dataset, as `reportgen data verify` shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from reportgen.core.checks import Defect
from reportgen.core.facts import Unit
from reportgen.datasets.dataset import DataFile, Dataset, listed_meetings, read
from reportgen.datasets.validation.finding import Bars, Row, defect
from reportgen.datasets.validation.intraday import Intraday
from reportgen.datasets.validation.judging import Evidence, judge
from reportgen.datasets.validation.sources import TOLD
from reportgen.markets import home
from reportgen.markets.instruments import Instrument, known
from reportgen.sources import store

SINCE = "1990-01-02"
"""Older bars are not judged."""
RECENTLY = dt.timedelta(days=6)
"""How far back second sources are held against the newest close of a store."""
MANY = 5
"""Restated days of a series that are told one by one."""


def known_or_like(symbol: str) -> Instrument:
    """The instrument of that symbol.

    For a symbol that the registry lacks, a stock of the desk's market.
    """
    if found := known(symbol):
        return found
    spec = home()
    return Instrument(
        key=symbol,
        symbol=symbol,
        first=symbol,
        second=symbol,
        short=symbol,
        unit=Unit.MONEY,
        currency=spec.currency,
        decimals=2,
        kind="stock",
        inception=dt.date.min,
        calendar=spec.exchange,
    )


def verify(
    frame: pd.DataFrame,
    due: dt.date,
    rates: pd.DataFrame | None = None,
    *,
    real: bool = True,
) -> list[Defect]:
    """All findings on the bars of *frame*; the newest day is *due*.

    Columns date, symbol and close; open, high, low and volume where they are known.
    *rates* in percent have a column a series, by day. They are not judged themselves. Only the
    series of a *real* market are held against each other.
    """
    table = pd.DataFrame() if rates is None else rates
    found = judge(Evidence(bars=_bars(frame, due), rates=table, real=real))
    return [one for one in found if one.symbol not in table]


def _bars(
    table: pd.DataFrame, due: dt.date, columns: Mapping[str, str] | None = None
) -> dict[str, Bars]:
    """The rows of each symbol of *table*; the newest session is *due*."""
    bars = dict[str, Bars]()
    for name, rows in table.groupby("symbol"):
        known = known_or_like(str(name))
        last = due - dt.timedelta(days=1) if known.sessions.always else due
        frame = rows.reset_index(drop=True)
        column = (columns or {}).get(str(name), "close")
        bars[str(name)] = Bars(instrument=known, frame=frame, due=last, column=column)
    return bars


def by_day(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of date, series and value as a table: a row a day, a column a series."""
    once = rows.dropna().drop_duplicates(["date", "series"], keep="last")
    return once.pivot(index="date", columns="series", values="value").sort_index()


def verify_dataset(dataset: Dataset, due: dt.date | None = None) -> list[Defect]:
    """All findings on *dataset*.

    A symbol in several files is that of the first, a rate that of the last. Stale is what ends
    before the newest.
    """
    bars, beside, columns = _daily(dataset)
    always = {s for s in bars["symbol"].unique() if known_or_like(s).sessions.always}
    sessions = bars[~bars["symbol"].isin(always)]["date"]
    newest = sessions if len(sessions) else bars["date"]
    due = due or (newest.max().date() if len(newest) else dt.date.max)
    points = [read(file) for file in dataset.of_role("rates")]
    series = dict[str, pd.Series]()
    for table in map(by_day, points):
        series |= {str(name): table[name] for name in table}
    futures = [read(file).dropna() for file in dataset.of_role("futures")]
    told = [
        read(file).dropna(subset=["close"]).assign(source=file.source)
        for file in dataset.of_role("confirmations")
    ]
    return judge(
        Evidence(
            bars=_bars(bars, due, columns),
            told=pd.concat(told) if told else pd.DataFrame(columns=list(TOLD)),
            beside=beside,
            intraday=[
                one
                for file in dataset.of_role("intraday_bars")
                for one in of_file(file, read(file))
            ],
            rates=pd.DataFrame(series),
            points=points,
            futures=pd.concat(futures) if futures else pd.DataFrame(),
            meetings=[read(file) for file in dataset.of_role("meetings")],
            listed=listed_meetings(),
            real=not dataset.simulated,
        )
    )


def _daily(dataset: Dataset) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, str]]:
    """The rows of daily bars, those of second files, and the column of the closes of each symbol.

    The rows of a symbol are those of the first file that has it.
    """
    frames = [pd.DataFrame({"date": pd.DatetimeIndex([]), "symbol": [], "close": []})]
    others = [pd.DataFrame(columns=list(TOLD))]
    columns = dict[str, str]()
    for file in dataset.of_role("daily_bars"):
        rows = read(file)
        rows = rows[rows["date"] >= SINCE]
        second = rows["symbol"].isin(columns)
        frames.append(rows[~second])
        others.append(rows[second].assign(source=file.path.name)[list(TOLD)])
        columns = dict.fromkeys(rows["symbol"].unique(), file.column_of_prices) | columns
    used = pd.concat(frames[1:] or frames, ignore_index=True)
    return used, pd.concat(others[1:] or others, ignore_index=True), columns


def of_file(file: DataFile, rows: pd.DataFrame) -> Iterable[Intraday]:
    """The bars within sessions of each symbol in the *rows* of *file*."""
    for symbol, bars in rows.groupby("symbol"):
        ordered = bars.sort_values("start", kind="stable")
        yield Intraday(
            instrument=known_or_like(str(symbol)),
            frame=ordered,
            known=ordered,
            due=bars["start"].max().date(),
            minutes=file.minutes,
        )


def verify_store(path: Path, due: dt.date) -> list[Defect]:
    """All findings on the store at *path*: also what is restated or not final."""
    with store.reading(path) as connection:
        bars = store.latest(connection, "bars", store.MOST).df().rename(columns={"day": "date"})
        points = store.latest(connection, "points", store.MOST).df()
        points = points[points["value"].notna()].rename(columns={"day": "date"})
        told_otherwise = connection.execute(
            "SELECT b.symbol, day, list(close ORDER BY fetch_id) FROM bars b"
            " JOIN fetches f ON f.id = b.fetch_id WHERE final GROUP BY"
            " b.symbol, day, provider HAVING count(DISTINCT close) > 1 ORDER BY"
            " b.symbol, day"
        ).fetchall()
        also = connection.execute(
            "SELECT day AS date, b.symbol, f.source, arg_max(close, fetch_id) AS close FROM bars b"
            " JOIN fetches f ON f.id = b.fetch_id WHERE final AND day > ? GROUP BY ALL",
            [due - RECENTLY],
        ).df()
    values = points[points["role"] == "rates"].rename(columns={"name": "series"})
    futures = points[points["role"] == "futures"].rename(
        columns={"name": "contract", "value": "settle"}
    )
    second = points[points["role"].str.startswith("confirmations/")].rename(
        columns={"name": "symbol", "value": "close"}
    )
    found = judge(
        Evidence(
            bars=_bars(bars[bars["final"]], due),
            told=pd.concat([also, second])[list(TOLD)],
            rates=by_day(values[["date", "series", "value"]]),
            futures=futures[["date", "contract", "settle"]],
        )
    )
    found += [*_live(bars[~bars["final"]]), *restated(told_otherwise)]
    return sorted(found, key=lambda one: (one.symbol, one.day, one.check))


def _live(bars: pd.DataFrame) -> Iterable[Defect]:
    """A finding on each bar of a session that is not over."""
    for symbol, at, close in zip(bars["symbol"], bars["date"], bars["close"], strict=True):
        row = Row("live_bar", at.date(), f"{close:,.2f}, before the close")
        yield defect(symbol, row, at.date())


def restated(rows: Iterable[tuple[str, dt.date, list[float]]]) -> Iterable[Defect]:
    """Findings on restated days: one for a series with many, else one per day.

    Many days at one ratio are as after a split.
    """
    by_symbol = dict[str, list[tuple[dt.date, list[float]]]]()
    for symbol, day, closes in rows:
        by_symbol.setdefault(symbol, []).append((day, closes))
    for symbol, days in by_symbol.items():
        more = f"; so are {len(days) - 1} other days" if len(days) > MANY else ""
        for day, closes in days[-1:] if more else days:
            told = f"{closes[0]:,.4g} before, {closes[-1]:,.4g} now{more}"
            yield defect(symbol, Row("restated", day, told), day)
