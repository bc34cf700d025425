"""The audit of a brief against its data, inside a run and afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from reportgen.config.resources import workspace
from reportgen.core.errors import Held, RecordError
from reportgen.markets.closures import closure_files
from reportgen.produce.manifest import data_of, files_of
from reportgen.record.record import Record
from reportgen.verify.audit import Audit, audit, owners
from reportgen.verify.gate import Ruling, Verdict
from reportgen.verify.rows import TABLES, Location, Rows
from reportgen.verify.words import words_of

if TYPE_CHECKING:
    from reportgen.datasets.dataset import Dataset
    from reportgen.rendering.brief import Brief


def location_of(
    dataset: Dataset, symbols: Iterable[str] = (), members: Iterable[str] = ()
) -> Location:
    """Where the data of *dataset* lie, for a reader that knows nothing of datasets.

    Args:
        dataset: An opened dataset.
        symbols: The symbols that a brief needs.
        members: The stocks of its list; it needs their last year.
    """
    needed, listed = tuple(symbols), tuple(members)
    stored = next((file for file in dataset.files if file.fetch is not None), None)
    if stored is None:
        selected = {place: file.path for place, file in enumerate(dataset.files) if file.queried}
        return Location(path=dataset.folder, selected=selected, symbols=needed, members=listed)
    then = stored.then is not None
    return Location(
        path=stored.path, fetch=stored.fetch or 0, then=then, symbols=needed, members=listed
    )


class Auditor:
    """Audits a brief against its data, which it reads while the notebook still runs."""

    def __init__(self, location: Location, market: Mapping[str, Any], session: dt.date) -> None:
        self._location = location
        self._pool = ThreadPoolExecutor(1)
        self._ready: Future[None] = self._pool.submit(warm, location, market, session)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def audit(self, brief: Brief) -> Audit:
        """The audit of *brief*.

        Raises:
            Held: It has an objection.
        """
        self._ready.result()
        found = audit_of(brief, self._location)
        refuse(found, brief)
        return found


def warm(location: Location, market: Mapping[str, Any], session: dt.date) -> None:
    """Read the data of briefs around *session*; later ones find them read."""
    rows = Rows(location, session, market=market, tables=tables(), closings=closure_files())
    owners()
    try:
        rows.warm(location.symbols)
    except (OSError, ValueError, LookupError):
        return  # the audit says what is wrong, claim by claim


def audit_of(brief: Brief, location: Location) -> Audit:
    """The audit of *brief* against the data at *location*."""
    from reportgen.rendering.json import claims

    record = brief.record
    return audit(record, claims(brief), rows_of(record, location), declared(record))


def rows_of(record: Record, location: Location) -> Rows:
    """The raw rows that were known at the moment of *record*."""
    context = record.context
    moment, held = context["moment"], context.get("holdings", {})
    missing = (row for section in record.sections for row in section.missing)
    untold = frozenset(str(row["symbol"]) for row in missing)
    return Rows(
        replace(
            location,
            proxies=context.get("proxies", {}),
            listed=context.get("list"),
            untold=untold,
            holdings=location.holdings or str(held.get("text", "")),
            legs=held.get("rates", {}),
        ),
        dt.date.fromisoformat(moment["session"]),
        at=None if moment.get("evening") else dt.datetime.fromisoformat(moment["at"]),
        market=record.market.payload(),
        tables=tables(),
        closings=closure_files(),
    )


def declared(record: Record) -> frozenset[str]:
    """The kinds of facts that the desk of *record* computes and answers for itself."""
    return frozenset((*words_of(record.templates).kinds, *record.kinds))


def tables() -> tuple[Path, ...]:
    """The folders with tables of instruments and baskets: the shipped one, and the desk."""
    desk = workspace()
    return (TABLES, desk) if desk is not None else (TABLES,)


def refuse(found: Audit, brief: Brief) -> None:
    """Raise Held if the audit *found* an objection to *brief*."""
    if not found.objections:
        return
    reasons = tuple(dict.fromkeys(map(str, found.objections)))
    shown = reasons[0] + (f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else "")
    raise Held(
        f"The brief is held: {shown}.",
        subject=Ruling(Verdict.HOLD, brief.gaps, reasons),
    )


def audit_again(brief: Brief, data: str) -> Audit:
    """The audit of a finished *brief* against *data* as they are now.

    Args:
        brief: A brief that was read from its folder.
        data: The data by the name that a request gives them; "" for those that the record names.

    Raises:
        RecordError: The brief was made from a folder, and *data* does not name it.
        NoData: The data are not there.
    """
    from reportgen.datasets.remote import dataset

    if brief.record.plain:
        raise RecordError(
            f"{brief.folder} shows the notebook {brief.record.context['plain']}, and its facts"
            " are not computed again.",
            subject=brief.folder,
        )
    files = brief.record.context["manifest"]
    name, _, then = (data or data_of(files, Path(brief.folder))).partition(" ")
    symbols = (*brief.record.instruments, *brief.record.context.get("proxies", {}).values())
    listed = brief.record.context.get("list") or {}
    location = location_of(dataset(name), symbols, listed.get("members", ()))
    return audit_of(brief, replace(location, then=bool(then)))


def changed(record: Record, data: str) -> list[str]:
    """The files of *data* that are not those the brief was made from, by name."""
    if data.startswith("store"):
        return []
    now = {row["file"]: row["sha256"] for row in files_of(data)}
    kept = record.context["manifest"]
    return [row["file"] for row in kept if now.get(row["file"]) != row["sha256"]]
