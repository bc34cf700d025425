"""Every series of a store or a dataset held against the checks, and what a person has accepted."""

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
from reportgen.datasets.validation.defects import Bars, examine, rates, usual_moves
from reportgen.markets import home
from reportgen.markets.instruments import Instrument, registry
from reportgen.sources import store
from reportgen.sources.providers.contract import Reply

COLUMNS = ["date", "symbol", "open", "high", "low", "close"]


def known_or_like(symbol: str) -> Instrument:
    """The instrument of that symbol.

    For one that the registry does not have, a stock of the desk's market.
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


def verify(frame: pd.DataFrame, due: dt.date) -> list[Defect]:
    """All findings on the bars of *frame* (columns date, symbol, close.

    Open, high, low where they are known), whose newest is *due*.
    """
    groups = {str(symbol): rows.reset_index(drop=True) for symbol, rows in frame.groupby("symbol")}
    closes = {
        s: pd.Series(g["close"].to_numpy(), index=pd.DatetimeIndex(g["date"]))
        for s, g in groups.items()
        if s in home().symbols
    }
    others = usual_moves(
        {symbol: series[~series.index.duplicated()] for symbol, series in closes.items()}
    )
    found = []
    for symbol, rows in groups.items():
        known = known_or_like(symbol)
        last = due - dt.timedelta(days=1) if known.sessions.always else due
        found += examine(Bars(instrument=known, frame=rows, due=last, others=others))
    return found


def verify_dataset(dataset: Dataset, due: dt.date | None = None) -> list[Defect]:
    """All findings on the bars and rates of *dataset*, of the first file that has a symbol.

    Stale is what ends before the newest.
    """
    frames: list[pd.DataFrame] = []
    found: list[Defect] = []
    for file in dataset.of_role("daily_bars"):
        rows = read(file)
        frames.append(
            rows[~rows["symbol"].isin({s for frame in frames for s in frame["symbol"].unique()})]
        )
    if frames:
        bars = pd.concat(frames, ignore_index=True)
        bars = bars[bars["date"] >= "1990-01-02"]
        always = {s for s in bars["symbol"].unique() if known_or_like(s).sessions.always}
        found += verify(bars, due or bars[~bars["symbol"].isin(always)]["date"].max().date())
    for file in dataset.of_role("rates"):
        found += rates(read(file))
    return found


def verify_store(path: Path, due: dt.date) -> list[Defect]:
    """All findings on the store at *path*: what it knows, knew otherwise, and is not final."""
    with store.reading(path) as connection:
        bars = store.latest(connection, "bars", store.MOST).df().rename(columns={"day": "date"})
        points = (
            store.latest(connection, "points", store.MOST, "role = 'rates'")
            .df()
            .rename(columns={"day": "date", "name": "series"})
        )
        told_otherwise = connection.execute(
            "SELECT b.symbol, day, list(close ORDER BY fetch_id) FROM bars b JOIN fetches f ON f.id"
            " = b.fetch_id WHERE final GROUP BY b.symbol, day, provider HAVING count(DISTINCT"
            " close) > 1 ORDER BY b.symbol, day"
        ).fetchall()
        told_by_two = connection.execute(
            "WITH said AS (SELECT symbol, day, close, fetch_id FROM bars WHERE final UNION ALL"
            " SELECT name, day, value, fetch_id FROM points WHERE starts_with(role,"
            " 'confirmations/')), told AS (SELECT s.symbol, day, f.source, arg_max(close, fetch_id)"
            " AS close FROM said s JOIN fetches f ON f.id = s.fetch_id GROUP BY ALL) SELECT symbol,"
            " day, list(source ORDER BY source), list(close ORDER BY source) FROM told GROUP BY"
            " symbol, day HAVING max(close) / min(close) - 1 > ? QUALIFY day = max(day) OVER"
            " (PARTITION BY symbol) ORDER BY symbol",
            [APART],
        ).fetchall()
    found = verify(bars[bars["final"]][COLUMNS], due) if len(bars) else []
    found += rates(points) if len(points) else []
    found += [
        Defect(
            check="live_bar",
            severity="info",
            symbol=row.symbol,
            day=row.date.date(),
            detail=f"{row.close:,.2f}, before the close",
        )
        for row in bars[~bars["final"]].itertuples()
    ]
    found += [
        Defect(
            check="cross_source",
            severity="block",
            symbol=symbol,
            day=day,
            detail=", ".join(
                f"{close:,.2f} by {source}" for source, close in zip(sources, closes, strict=True)
            ),
        )
        for symbol, day, sources, closes in told_by_two
        if day >= due - dt.timedelta(days=5)
    ]
    return sorted(
        found + _restated(told_otherwise),
        key=lambda defect: (defect.symbol, defect.day, defect.check),
    )


def _restated(rows: Iterable[tuple[str, dt.date, list[float]]]) -> list[Defect]:
    """Findings on restated days: one per series where many changed, else one per day.

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
                Defect(check="restated", severity="warn", symbol=symbol, day=day, detail=detail)
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
            url=f"person:{acceptance.person}", status=200, at=at, body=acceptance.reason.encode()
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
        row = [
            store.register(connection, known),
            store.naive(at),
            *(getattr(acceptance, name) for name in ("symbol", "check", "day", "reason", "person")),
        ]
        connection.execute("INSERT INTO acceptances VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def accept_in(folder: Path, acceptance: Acceptance) -> None:
    """Write *acceptance* into the dataset.toml of *folder*.

    What else it holds, comments too, stays.
    """
    import tomlkit

    from reportgen.datasets.dataset import open_dataset
    from reportgen.files.outputs import LocalFolder

    _refuse(acceptance)
    open_dataset(folder)  # a description that cannot be read is refused with its line
    file = folder / "dataset.toml"
    document = tomlkit.parse(file.read_text(encoding="utf-8"))
    listed = document.setdefault("accepted", tomlkit.aot())
    listed.append(tomlkit.item(asdict(acceptance)))
    LocalFolder(folder).write({file.name: tomlkit.dumps(document).encode()})


def _refuse(acceptance: Acceptance) -> None:
    """Raise InvalidParameter where the check is unknown or no reason is given."""
    if acceptance.check not in CHECKS:
        raise InvalidParameter(
            f"There is no check '{acceptance.check}'.{did_you_mean(acceptance.check, CHECKS)}",
            subject=acceptance.check,
        )
    if not acceptance.reason.strip():
        raise InvalidParameter("Say why the finding may stand: --reason TEXT.", subject="reason")
