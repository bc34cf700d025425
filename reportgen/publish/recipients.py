"""Who receives a brief: a list of people, with their parameters and formats."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo, available_timezones

from reportgen.config.schema import line_of, read_toml, says
from reportgen.core import headers
from reportgen.core.errors import InvalidParameter, did_you_mean
from reportgen.markets import home
from reportgen.record.holdings import read_holdings
from reportgen.record.request import FORMATS, Report, Value, text_of

ATOM = r"[A-Za-z0-9!$&'*+/=^_`{|}~-]+"
LABEL = r"[^\W_](?:[^\W_]|-)*"
ADDRESS = re.compile(rf"{ATOM}(?:\.{ATOM})*@{LABEL}(?:\.{LABEL})+")
"""An address as people write it (RFC 5321, dot-string), its domain in
letters of any language.

Marks that start something else in a link (#, %, ?) are left out, and
comments in brackets.
"""
LINE = "\n"
"""The key of a row's line in its file, which no column can have."""
OWN = ("address", "name", "formats", "groups", "zone")
"""Columns that are not parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientTable:
    """A table [[recipient]] of a recipients.toml."""

    address: Annotated[str, says("an address", "ann@example.com")]
    name: Annotated[str, says("a line of text", "Ann Lee")] = ""
    formats: Annotated[tuple[str, ...], says("a list of formats", ["html", "eml"])] = ()
    groups: Annotated[tuple[str, ...], says("a list of groups", ["clients"])] = ()
    zone: Annotated[str, says("a time zone", "Europe/London")] = ""
    parameters: Annotated[Mapping[str, Value], says("a table of parameters", {"months": 12})] = (
        field(default_factory=dict)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientsFile:
    """A recipients.toml."""

    recipient: tuple[RecipientTable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One reader.

    An address, the name to show, parameters as text, formats, none for those of
    the run, groups and a time zone.
    """

    address: str
    name: str
    parameters: Mapping[str, str]
    formats: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    zone: str = ""
    """The time zone of the reader's clock, such as "Europe/London"; "" for
    that of the exchange.
    """

    def morning(self, as_of: dt.datetime, clock: dt.time) -> dt.datetime:
        """The first moment at or after *as_of* at which the reader's own clock shows *clock*."""
        there = as_of.astimezone(ZoneInfo(self.zone or home().zone))
        today = dt.datetime.combine(there.date(), clock, there.tzinfo)
        return (
            today
            if today >= there
            else dt.datetime.combine(there.date() + dt.timedelta(days=1), clock, there.tzinfo)
        )

    @property
    def identity(self) -> str:
        """The reader as lists and the ledger know them."""
        return identity(self.address)

    @property
    def mark(self) -> str:
        """What a private brief says of whom it is for, and nobody reads back."""
        return hashlib.sha256(self.identity.encode()).hexdigest()[:16]

    @property
    def folder(self) -> str:
        """The name of the reader's folder, another one for each reader.

        The address, letters that a file name cannot have written as in a URL.
        """
        return quote(self.identity, safe="@+")


def wire(address: str) -> str:
    """*address* as servers and headers write it, its domain in ASCII.

    By IDNA 2008, in which ``straße.de`` is another domain than ``strasse.de``.

    Raises:
        UnicodeError: It cannot be.
    """
    name, _, domain = address.rpartition("@")
    if domain.isascii():
        domain.encode("idna")  # its labels have at most 63 letters
        return f"{name}@{domain}"
    import idna

    return f"{name}@{idna.encode(domain, uts46=True).decode()}"


def identity(address: str) -> str:
    """What two spellings of one address share: its wire form in lower case.

    An address that has no wire form, and so gets no mail, is taken as it is.
    """
    try:
        return wire(address).lower()
    except UnicodeError:
        return address.lower()


def read_recipients(path: Path, report: Report) -> list[Recipient]:
    """The readers listed in *path*.

    A CSV has the columns address, name, formats, groups, zone and parameters of
    the report; TOML has [[recipient]] tables.

    Raises:
        InvalidParameter: It names the line whose address, format or parameter is
            off, or that repeats an address.
    """
    try:
        rows = _toml(path) if path.suffix == ".toml" else _csv(path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidParameter(
            f"Recipients '{path}' cannot be read: {error}",
            subject=path,
        ) from error
    if not rows:
        raise InvalidParameter(f"Recipients '{path}' names nobody.", subject=path)
    found: list[Recipient] = []
    known: set[str] = set()
    for number, row in enumerate(rows, 1):
        line = row.pop(LINE, 0)
        where = f"{path}, line {line}" if line else f"{path}, recipient {number}"
        one = _with_book(_recipient(row, where, report), where, path.parent, report)
        if one.identity in known:
            raise InvalidParameter(
                f"{where}: '{one.address}' is listed twice.",
                subject=one.address,
            )
        known.add(one.identity)
        found.append(one)
    return found


def _with_book(one: Recipient, where: str, folder: Path, report: Report) -> Recipient:
    """*one* with the path of the file of holdings, which is read once to see that it can be.

    Raises:
        InvalidParameter: A private report has no file for the reader, or it is off.
    """
    if not report.private:
        return one
    name = one.parameters.get(report.book)
    if not name:
        raise InvalidParameter(
            f"{where}: report '{report.name}' tells what a reader holds; name the reader's file in"
            f" the column '{report.book}'.",
            subject=report.book,
        )
    path = folder / name
    try:
        read_holdings(path)
    except InvalidParameter as error:
        raise InvalidParameter(f"{where}: {error}", subject=error.subject) from None
    return replace(one, parameters={**one.parameters, report.book: str(path)})


def _csv(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        rows = []
        for row in reader:
            if None in row:
                raise csv.Error(f"line {reader.line_num} has more cells than the first line")
            rows.append({**_from_csv(row), LINE: reader.line_num})
        heads = [name.strip() for name in reader.fieldnames or ()]
    if rows and "address" not in heads:
        marks = "" if len(heads) > 1 else " Separate columns by commas."
        raise InvalidParameter(
            f"{path}, line 1: there is no column 'address'; found {', '.join(heads)}.{marks}",
            subject="address",
        )
    return rows


def _from_csv(row: Mapping[str, str | None]) -> dict[str, Any]:
    cells = {name.strip(): (value or "").strip() for name, value in row.items()}
    return {
        **cells,
        "formats": cells.get("formats", "").split(),
        "groups": cells.get("groups", "").split(),
    }


def _toml(path: Path) -> list[dict[str, Any]]:
    rows = read_toml(path, RecipientsFile, InvalidParameter, _with_parameters).recipient
    text = path.read_text(encoding="utf-8-sig")
    lines = [line_of(text, ("recipient", number)) for number in range(len(rows))]
    return [{**_from_toml(row), LINE: line} for row, line in zip(rows, lines, strict=True)]


def _from_toml(row: RecipientTable) -> dict[str, Any]:
    own = {name: getattr(row, name) for name in OWN}
    parameters = {name: text_of(value) for name, value in row.parameters.items()}
    return own | parameters


def _with_parameters(data: dict[str, Any]) -> dict[str, Any]:
    """The file with each row's parameters in a table, where the row had them."""
    rows = data.get("recipient")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return data
    return {**data, "recipient": [_parted(row) for row in rows]}


def _parted(row: dict[str, Any]) -> dict[str, Any]:
    own = {name: value for name, value in row.items() if name in (*OWN, "parameters")}
    others = {name: value for name, value in row.items() if name not in own}
    given = own.get("parameters", {})
    return {**own, "parameters": {**others, **given}} if isinstance(given, dict) else own


def refuse_address(address: str, where: str) -> None:
    """Raise InvalidParameter, with the place *where*, if nothing can be written to *address*."""
    plain = unicodedata.normalize("NFKC", address) == address
    if not plain or not ADDRESS.fullmatch(address) or headers.ENCODED.search(address):
        raise InvalidParameter(
            f"{where}: {address!r} is not an address; write one such as ann@example.com.",
            subject=address,
        )
    try:
        written = wire(address)
    except UnicodeError:
        written = address
    if not written.isascii():
        raise InvalidParameter(
            f"{where}: '{address}' cannot be written to: its name before the @"
            " is ASCII, and its domain has parts of at most 63 letters.",
            subject=address,
        )


def _name(text: str, where: str) -> str:
    """The display name *text* as a reader's program shows it.

    Raises:
        InvalidParameter: It hides something.
    """
    try:
        return headers.line(text)
    except ValueError as error:
        raise InvalidParameter(
            f"{where}: the name {text[:60]!r} cannot stand in a mail: {error}."
            " Write it as it reads.",
            subject=text,
        ) from None


def _recipient(row: Mapping[str, Any], where: str, report: Report) -> Recipient:
    address, formats = str(row.get("address", "")), tuple(row.get("formats", ()))
    refuse_address(address, where)
    for name in formats:
        if name not in FORMATS:
            raise InvalidParameter(
                f"{where}: '{name}' is not a format; choose among {', '.join(FORMATS)}.",
                subject=name,
            )
    zone = str(row.get("zone", ""))
    if zone and zone not in available_timezones():
        raise InvalidParameter(
            f"{where}: there is no time zone '{zone}'; write one such as Europe/London.",
            subject=zone,
        )
    parameters = {k: str(v) for k, v in row.items() if k not in OWN and str(v)}
    for name in set(parameters) - set(report.parameters):
        hint = did_you_mean(name, (*OWN, *report.parameters))
        raise InvalidParameter(
            f"{where}: '{name}' is no column of ours, and report"
            f" '{report.name}' has no parameter '{name}'.{hint}",
            subject=name,
        )
    try:
        report.parameter_values(parameters)
    except InvalidParameter as error:
        raise InvalidParameter(f"{where}: {error}", subject=error.subject) from error
    return Recipient(
        address=address,
        name=_name(str(row.get("name", "")), where),
        parameters=parameters,
        formats=formats,
        groups=tuple(row.get("groups", ())),
        zone=zone,
    )
