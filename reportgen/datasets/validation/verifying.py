"""Checks every series of a store or a dataset, with what a person has accepted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from reportgen.core.checks import CHECKS, Acceptance, Defect
from reportgen.core.errors import InvalidParameter, did_you_mean
from reportgen.core.facts import Unit
from reportgen.datasets.dataset import Dataset, read
from reportgen.datasets.validation.agreement import APART
from reportgen.datasets.validation.defects import (
    Bars,
    usual_moves,
)
from reportgen.datasets.validation.rates import doubled, rates
from reportgen.datasets.validation.together import findings
from reportgen.markets import home
from reportgen.markets.instruments import Instrument, registry
from reportgen.sources import store
from reportgen.sources.providers.contract import Reply

COLUMNS = ["date", "symbol", "open", "high", "low", "close", "volume"]


def known_or_like(symbol: str) -> Instrument:
    """The instrument of that symbol.

    For a symbol that the registry lacks, a stock of the desk's market.
    """
    if symbol in registry():
        return registry()[symbol]
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
    *rates* in percent have a column a series, by day. Only the series of a *real* market are held
    against each other.
    """
    groups = dict[str, pd.DataFrame]()
    for symbol, rows in frame.groupby("symbol"):
        groups[str(symbol)] = rows.reset_index(drop=True)
    closes = {}
    for symbol in home().symbols:
        if symbol in groups:
            rows = groups[symbol].drop_duplicates("date")
            days = pd.DatetimeIndex(rows["date"])
            closes[symbol] = pd.Series(rows["close"].to_numpy(), index=days)
    others = usual_moves(closes)
    bars = dict[str, Bars]()
    for symbol, rows in groups.items():
        known = known_or_like(symbol)
        last = due - dt.timedelta(days=1) if known.sessions.always else due
        bars[symbol] = Bars(instrument=known, frame=rows, due=last, others=others)
    return findings(bars, pd.DataFrame() if rates is None else rates, real=real)


def by_day(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of date, series and value as a table: a row a day, a column a series."""
    once = rows.dropna().drop_duplicates(["date", "series"], keep="last")
    return once.pivot(index="date", columns="series", values="value").sort_index()


def verify_dataset(dataset: Dataset, due: dt.date | None = None) -> list[Defect]:
    """All findings on the bars and rates of *dataset*.

    A symbol in several files is that of the first. Stale is what ends before
    the newest.
    """
    frames: list[pd.DataFrame] = []
    found: list[Defect] = []
    known = set[str]()
    files = [read(file) for file in dataset.of_role("rates")]
    told = [by_day(rows) for rows in files]
    for file in dataset.of_role("daily_bars"):
        rows = read(file)
        frames.append(rows[~rows["symbol"].isin(known)])
        known |= set(rows["symbol"].unique())
    if frames:
        bars = pd.concat(frames, ignore_index=True)
        bars = bars[bars["date"] >= "1990-01-02"]
        always = {s for s in bars["symbol"].unique() if known_or_like(s).sessions.always}
        due = due or bars[~bars["symbol"].isin(always)]["date"].max().date()
        found += verify(bars, due, told[0] if told else None, real=not dataset.simulated)
    for rows, table in zip(files, told, strict=True):
        found += doubled(rows) + rates(table)
    return found


def verify_store(path: Path, due: dt.date) -> list[Defect]:
    """All findings on the store at *path*: also what is restated or not final."""
    with store.reading(path) as connection:
        bars = store.latest(connection, "bars", store.MOST).df()
        bars = bars.rename(columns={"day": "date"})
        points = (
            store.latest(connection, "points", store.MOST, "role = 'rates'")
            .df()
            .rename(columns={"day": "date", "name": "series"})
        )
        told_otherwise = connection.execute(
            "SELECT b.symbol, day, list(close ORDER BY fetch_id) FROM bars b"
            " JOIN fetches f ON f.id = b.fetch_id WHERE final GROUP BY"
            " b.symbol, day, provider HAVING count(DISTINCT close) > 1 ORDER BY"
            " b.symbol, day"
        ).fetchall()
        told_by_two = connection.execute(
            "WITH said AS (SELECT symbol, day, close, fetch_id FROM bars WHERE"
            " final UNION ALL SELECT name, day, value, fetch_id FROM points"
            " WHERE starts_with(role, 'confirmations/')), told AS (SELECT"
            " s.symbol, day, f.source, arg_max(close, fetch_id) AS close FROM"
            " said s JOIN fetches f ON f.id = s.fetch_id GROUP BY ALL) SELECT"
            " symbol, day, list(source ORDER BY source), list(close ORDER BY"
            " source) FROM told GROUP BY symbol, day HAVING max(close) /"
            " min(close) - 1 > ? QUALIFY day = max(day) OVER (PARTITION BY"
            " symbol) ORDER BY symbol",
            [APART],
        ).fetchall()
    table = by_day(points) if len(points) else pd.DataFrame()
    found = verify(bars[bars["final"]][COLUMNS], due, table) if len(bars) else []
    found += rates(table) if len(points) else []
    live = bars[~bars["final"]]
    found += [
        Defect(
            check="live_bar",
            severity="info",
            symbol=symbol,
            day=at.date(),
            detail=f"{close:,.2f}, before the close",
        )
        for symbol, at, close in zip(live["symbol"], live["date"], live["close"], strict=True)
    ]
    for symbol, day, sources, closes in told_by_two:
        if day < due - dt.timedelta(days=5):
            continue
        by_source = zip(sources, closes, strict=True)
        told = (f"{close:,.2f} by {source}" for source, close in by_source)
        found.append(
            Defect(
                check="cross_source",
                severity="block",
                symbol=symbol,
                day=day,
                detail=", ".join(told),
            )
        )
    return sorted(
        found + _restated(told_otherwise),
        key=lambda defect: (defect.symbol, defect.day, defect.check),
    )


def _restated(rows: Iterable[tuple[str, dt.date, list[float]]]) -> list[Defect]:
    """Findings on restated days: one for a series with many, else one per day.

    Many days at one ratio are as after a split.
    """
    by_symbol: dict[str, list[tuple[dt.date, list[float]]]] = {}
    for symbol, day, closes in rows:
        by_symbol.setdefault(symbol, []).append((day, closes))
    found = []
    for symbol, days in by_symbol.items():
        shown = days if len(days) <= 5 else days[-1:]
        for day, closes in shown:
            detail = f"{closes[0]:,.4g} before, {closes[-1]:,.4g} now" + (
                f"; so are {len(days) - 1} other days" if len(days) > 5 else ""
            )
            found.append(
                Defect(
                    check="restated",
                    severity="warn",
                    symbol=symbol,
                    day=day,
                    detail=detail,
                )
            )
    return found


def accept(path: Path, acceptance: Acceptance, at: dt.datetime) -> None:
    """Keep *acceptance* in the store at *path*.

    Raises:
        InvalidParameter: The check is unknown or no reason is given.
    """
    _refuse(acceptance)
    with store.writing(path) as connection:
        said = Reply(
            url=f"person:{acceptance.person}",
            status=200,
            at=at,
            body=acceptance.reason.encode(),
        )
        known = store.Fetched(
            provider="person",
            source=acceptance.person,
            terms="",
            role="acceptance",
            symbol=acceptance.symbol,
            replies=(said,),
            rows=(),
        )
        names = ("symbol", "check", "day", "reason", "person")
        row = [
            store.register(connection, known),
            store.naive(at),
            *(getattr(acceptance, name) for name in names),
        ]
        connection.execute(
            "INSERT INTO acceptances VALUES (?, ?, ?, ?, ?, ?, ?)",
            row,
        )


def accept_in(folder: Path, acceptance: Acceptance) -> None:
    """Write *acceptance* into the dataset.toml of *folder*.

    What else it holds, comments too, stays.
    """
    import tomlkit

    from reportgen.datasets.dataset import open_dataset
    from reportgen.files.outputs import LocalFolder

    _refuse(acceptance)
    open_dataset(folder)  # refuses a description that cannot be read
    file = folder / "dataset.toml"
    document = tomlkit.parse(file.read_text(encoding="utf-8"))
    listed = document.setdefault("accepted", tomlkit.aot())
    listed.append(tomlkit.item(asdict(acceptance)))
    LocalFolder(folder).write({file.name: tomlkit.dumps(document).encode()})


def _refuse(acceptance: Acceptance) -> None:
    """Raise InvalidParameter for an unknown check or a missing reason."""
    if acceptance.check not in CHECKS:
        hint = did_you_mean(acceptance.check, CHECKS)
        raise InvalidParameter(
            f"There is no check '{acceptance.check}'.{hint}",
            subject=acceptance.check,
        )
    if not acceptance.reason.strip():
        raise InvalidParameter(
            "Say why the finding may stand: --reason TEXT.",
            subject="reason",
        )
