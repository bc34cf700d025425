"""What an author records of their own: statistics, and tables of any columns."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypedDict

import pandas as pd

from reportgen.core.errors import RecordError, did_you_mean
from reportgen.core.facts import Fact, Unit
from reportgen.record.kinds import OwnKind
from reportgen.record.own import REF, SHEET

ID = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")
WRITTEN = re.compile(r"[|\n\r\ue000-\ue002]")
"""What a cell of a table cannot have: it is the sign between cells."""
MOST_ROWS, MOST_COLUMNS = 40, 8
"""What a sheet of paper holds of a table."""
SHARES = (Unit.FRACTION, Unit.YIELD, Unit.PROBABILITY)
"""Units of which one is a hundred percent: 0.012 is 1.2%."""
PLACES = {
    Unit.FRACTION: 1,
    Unit.PROBABILITY: 1,
    Unit.YIELD: 2,
    Unit.PP: 2,
    Unit.BP: 0,
    Unit.COUNT: 0,
}
"""The decimals of a unit where the author says none; two of the others."""
CHANGES = (Unit.FRACTION, Unit.PP, Unit.BP, Unit.POINTS, Unit.MONEY_CHANGE)
"""Units of a column in which a rise has a plus, where some of its figures fell."""


def unit_of(unit: str | Unit, what: str) -> Unit:
    """The unit called *unit*.

    Raises:
        RecordError: There is none; the error names *what* has it, and the nearest one.
    """
    try:
        return Unit(unit)
    except ValueError:
        near = did_you_mean(str(unit), list(Unit))
        raise RecordError(
            f"{what}: '{unit}' is no unit.{near} Returns, yields and weights are in fraction:"
            " 0.012 for 1.2%.",
            subject=unit,
        ) from None


def raw(value: Any, what: str) -> float | str:
    """*value* as a fact holds it: a number, a date in ISO 8601, or words.

    Raises:
        RecordError: It is none of them, or it is no finite number.
    """
    if isinstance(value, pd.Period):
        value = value.start_time
    if isinstance(value, pd.Timestamp | dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return " ".join(value.split())
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise RecordError(
            f"{what} is a {type(value).__name__}; give one number, a date or words:"
            " series.iloc[-1], not the series.",
            subject=what,
        ) from None
    if not math.isfinite(number):
        raise RecordError(
            f"{what} is {number}; look where its series has a gap, or leave it out.",
            subject=what,
        )
    return number


def refuse_percent(value: float | str, unit: Unit, what: str, *, large: bool) -> None:
    """Raise RecordError where a share is above one: most likely it is in percent.

    A *large* one is meant; no probability is above one or below zero.
    """
    if unit not in SHARES or isinstance(value, str):
        return
    if unit is Unit.PROBABILITY and not 0 <= value <= 1:
        raise RecordError(
            f"{what} is {value:g}, and a probability is from 0 to 1; divide percents by 100.",
            subject=what,
        )
    if abs(value) > 1 and not large:
        raise RecordError(
            f"{what} is {value:g}, which would be printed as {value:.0%}: a {unit} of 0.012 is"
            " 1.2%. Divide percents by 100, or write large=True where it is meant.",
            subject=what,
        )


def key_of(words: Any) -> str:
    """*words* as a part of an id: "Weight, net" is "weight_net"."""
    return re.sub(r"[^a-z0-9]+", "_", str(words).lower()).strip("_") or "x"


def refused_id(id: str) -> str:
    """*id*, if a story can cite it.

    Raises:
        RecordError: It has other letters than small ones, digits and underscores.
    """
    if not ID.fullmatch(str(id)):
        raise RecordError(
            f"'{id}' cannot be an id; write small letters, digits and underscores: '{key_of(id)}'.",
            subject=id,
        )
    return id


def kind_said(name: str, says: Mapping[str, Any]) -> OwnKind:
    """The kind *name*, and what may be said of it: ``{"positive": "above"}``.

    Raises:
        RecordError: A key is none of those that a kind has.
    """
    sides = ("positive", "negative", "zero", "always", "highest", "lowest")
    for side in says:
        if side not in sides:
            hint = did_you_mean(side, sides)
            raise RecordError(
                f"says={{'{side}': ...}} of '{name}': a kind has {', '.join(sides)}.{hint}",
                subject=side,
            )
    told: dict[str, Any] = {
        side: (words,) if isinstance(words, str) else tuple(words) for side, words in says.items()
    }
    return OwnKind(**told)


class Stat(TypedDict, total=False):
    """What an author may say of a statistic."""

    of: str
    """The symbol that it belongs to: a sentence that names it may have the figure."""
    window: str
    """What it is over: "200 sessions", "3 months"."""
    label: str
    """What it is called: "200-day average". A number in it is one of the window."""
    kind: str
    """Its kind, by default its id; ``[kinds.KIND]`` of report.toml says what may be said of it."""
    says: Mapping[str, Any]
    """What may be said of it: ``{"positive": "above", "negative": "below"}``."""
    decimals: int
    """How many are printed."""
    currency: str
    """Of money; by default that of the symbol or of the market."""
    source: str
    """Where it comes from; by default the source of the symbol."""
    as_of: str
    """Its day; by default that of the symbol."""
    large: bool
    """Whether a fraction above 1, which is more than 100%, is meant."""


class Said(TypedDict, total=False):
    """What an author may say of a table."""

    title: str
    """What stands above it."""
    columns: Mapping[str, Any]
    """By head, the unit, or unit and decimals, or a mapping with unit, decimals, window, signed
    and large.

    What is not given is inferred, and the notebook says so.
    """
    order: str
    """The head by which the rows fall, or with "+" before it, rise."""
    total: Sequence[str]
    """Heads with a last row that sums the others."""


def refuse_others(said: Mapping[str, Any], known: type, what: str) -> None:
    """Raise RecordError where a call says what it cannot, with the nearest word."""
    for name in said:
        if name not in known.__annotations__:
            hint = did_you_mean(name, known.__annotations__)
            words = ", ".join(known.__annotations__)
            raise RecordError(f"{what} has no '{name}'.{hint} It takes {words}.", subject=name)


def stat(id: str, value: Any, unit: str | Unit, said: Stat, origin: Origin) -> Fact:
    """The fact of a statistic, with what its author says of it.

    Raises:
        RecordError: The id, the value or the unit is none.
    """
    refused_id(id)
    found, known = raw(value, f"The value of '{id}'"), unit_of(unit, f"Statistic '{id}'")
    if isinstance(found, str) != (known in (Unit.TEXT, Unit.DATE, Unit.TIME)):
        raise RecordError(
            f"The value of '{id}' is {found!r}, which is not in {known}; words are in text, days in"
            " date.",
            subject=id,
        )
    refuse_percent(found, known, f"The value of '{id}'", large=said.get("large", False))
    return Fact(
        id=id,
        value=found,
        unit=known,
        instrument=origin.instrument,
        kind=said.get("kind") or id.replace(".", "_"),
        window=said.get("window") or "day",
        as_of=said.get("as_of") or origin.as_of,
        source=said.get("source") or origin.source,
        currency=(said.get("currency") or origin.currency) if known.money else "",
        label=" ".join(said.get("label", "").split()),
        decimals=said.get("decimals"),
    )


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the figures of an author come from: of what, since when known, and by whom."""

    instrument: str
    as_of: str
    source: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table: its head, and how the figures below it are printed."""

    head: str
    unit: Unit
    decimals: int
    window: str
    signed: bool
    given: bool
    """Whether the author said the unit; otherwise it is inferred."""
    large: bool = False
    """Whether fractions above 1, which are more than 100%, are meant."""

    def stated(self) -> str:
        """The column in words: "Weight: fraction, 1 decimal (inferred)"."""
        if self.unit in (Unit.TEXT, Unit.DATE):
            told = f"{self.head}: {self.unit}"
        else:
            told = f"{self.head}: {self.unit}, {self.decimals} decimal{'s' * (self.decimals != 1)}"
        return told if self.given else f"{told} (inferred)"

    def payload(self) -> dict[str, Any]:
        """The column as a record keeps it."""
        return {
            "head": self.head,
            "unit": str(self.unit),
            "decimals": self.decimals,
            "window": self.window,
            "signed": self.signed,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table as it is recorded: its columns, its rows by the ids of facts, and its order."""

    name: str
    title: str
    head: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    """What names a row, "@SYMBOL" or the id of a fact, and the id in each cell or ""."""
    facts: tuple[Fact, ...]
    order: str = ""
    """The head by which the rows fall, or with "+" before it, rise; "" for no order."""
    total: tuple[str, ...] = ()
    """The heads with a last row that is the sum of those above it."""

    def payload(self, section: str) -> dict[str, Any]:
        """The table as a record keeps it."""
        return {
            "name": self.name,
            "section": section,
            SHEET: {
                "title": self.title,
                "head": self.head,
                "columns": [column.payload() for column in self.columns],
                "order": self.order,
                "total": list(self.total),
            },
            "rows": [{"name": name, "cells": list(cells)} for name, cells in self.rows],
        }


class Reader:
    """Reads a frame as a table of facts."""

    def __init__(
        self,
        name: str,
        frame: pd.DataFrame,
        origins: Mapping[str, Origin],
        own: Origin,
        known: Mapping[str, Fact],
    ) -> None:
        self.name = name
        self.frame = frame
        self.origins = origins
        """Those of the rows that a symbol names."""
        self.own = own
        self.known = known
        """The facts that are recorded, by id: a cell may be one of them."""
        self.facts: dict[str, Fact] = {}

    def sheet(self, said: Said) -> Sheet:
        """The table, with what its author says of it."""
        columns, total = said.get("columns") or {}, said.get("total", ())
        title, order = said.get("title", ""), said.get("order", "")
        heads = [str(head) for head in self.frame.columns]
        self._refuse(heads, columns, order, total)
        told = tuple(self._column(head, columns.get(head)) for head in heads)
        names = self._names()
        rows = []
        for number, name in enumerate(names):
            values = [self.frame.iloc[number, i] for i in range(len(heads))]
            cells = [
                self._cell(name, number, column, value)
                for column, value in zip(told, values, strict=True)
            ]
            rows.append((name, tuple(cells)))
        return Sheet(
            name=self.name,
            title=title or self.name.replace("_", " ").capitalize(),
            head=str(self.frame.index.name or ""),
            columns=told,
            rows=tuple(rows),
            facts=tuple(self.facts.values()),
            order=order,
            total=tuple(total),
        )

    def _refuse(
        self,
        heads: Sequence[str],
        columns: Mapping[str, Any],
        order: str,
        total: Sequence[str],
    ) -> None:
        """Raise RecordError where no page can hold the frame, or a head is not there."""
        rows = len(self.frame)
        if not rows or not heads:
            raise RecordError(f"Table '{self.name}' has no rows or no columns.", subject=self.name)
        if rows > MOST_ROWS or len(heads) > MOST_COLUMNS:
            raise RecordError(
                f"Table '{self.name}' has {rows} rows and {len(heads)} columns; a page holds"
                f" {MOST_ROWS} and {MOST_COLUMNS}: frame.head({MOST_ROWS}), frame[[...]].",
                subject=self.name,
            )
        twice = next((head for head in heads if heads.count(head) > 1), "")
        if twice:
            raise RecordError(
                f"Table '{self.name}' has two columns '{twice}'; rename one.", subject=twice
            )
        for head in (*columns, *total, *([order.lstrip("+")] if order else [])):
            if head not in heads:
                hint = did_you_mean(head, heads)
                raise RecordError(
                    f"Table '{self.name}' has no column '{head}'.{hint}", subject=head
                )
        for text in (*heads, self.name):
            if WRITTEN.search(text):
                raise RecordError(
                    f"Table '{self.name}': '{text}' has a line break or a '|'; rename it.",
                    subject=text,
                )

    def _column(self, head: str, given: Any) -> Column:
        """A column as the author says, or as its figures look."""
        what = f"Column '{head}' of table '{self.name}'"
        said: dict[str, Any] = dict(given) if isinstance(given, Mapping) else {}
        if isinstance(given, str):
            said = {"unit": given}
        elif isinstance(given, tuple):
            said = dict(zip(("unit", "decimals"), given, strict=False))
        if unknown := said.keys() - {"unit", "decimals", "window", "signed", "large"}:
            raise RecordError(
                f"{what}: '{min(unknown)}' is unknown; it has unit, decimals, window, signed and"
                " large.",
                subject=head,
            )
        values = [value for value in self.frame[self._label(head)] if not _empty(value)]
        unit = unit_of(said["unit"], what) if "unit" in said else _inferred(head, values)
        places = said.get("decimals", PLACES.get(unit, _places(values)))
        numbers = [value.value if isinstance(value, Fact) else value for value in values]
        fell = any(_number(value) < 0 for value in numbers)
        return Column(
            head=head,
            unit=unit,
            decimals=int(places),
            window=str(said.get("window", head)),
            signed=bool(said.get("signed", fell and unit in CHANGES)),
            given="unit" in said,
            large=bool(said.get("large", False)),
        )

    def _label(self, head: str) -> Any:
        return next(label for label in self.frame.columns if str(label) == head)

    def _names(self) -> list[str]:
        """What names each row: a symbol, or a fact that holds its words or its day."""
        names, seen = [], set[str]()
        for number, label in enumerate(self.frame.index):
            if isinstance(label, Fact):
                name = self._recorded(label)
            elif str(label) in self.origins:
                name = f"@{label}"
            else:
                words = raw(label, f"The name of row {number + 1} of table '{self.name}'")
                dated = not isinstance(label, str) and isinstance(words, str)
                unit = Unit.DATE if dated else Unit.TEXT
                text = words if isinstance(words, str) else f"{words:g}"
                if WRITTEN.search(text):
                    raise RecordError(
                        f"Table '{self.name}': row '{text}' has a '|'; rename it.", subject=text
                    )
                name = self._keep(self._fact(f"{key_of(text)}.name", text, unit, self._of(text)))
            if name in seen:
                raise RecordError(
                    f"Table '{self.name}' has two rows '{label}'; name each row once.",
                    subject=label,
                )
            seen.add(name)
            names.append(name)
        return names

    def _of(self, text: str) -> Origin:
        return replace_instrument(self.own, f"{self.name}:{key_of(text)}")

    def _recorded(self, fact: Fact) -> str:
        """The id of a *fact* in a cell, or of one that names a row."""
        if fact.id not in self.known:
            raise RecordError(
                f"Table '{self.name}': fact '{fact.id}' is not recorded; record it first.",
                subject=fact.id,
            )
        return fact.id

    def _cell(self, name: str, number: int, column: Column, value: Any) -> str:
        """The id of the fact in a cell; "" for an empty one."""
        if isinstance(value, Fact):
            if value.unit is not column.unit:
                raise RecordError(
                    f"Table '{self.name}': '{column.head}' is in {column.unit}, and fact"
                    f" '{value.id}' in {value.unit}; one column has one unit.",
                    subject=value.id,
                )
            return self._recorded(value)
        if _empty(value):
            return ""
        label = self.frame.index[number]
        label = label.value if isinstance(label, Fact) else label
        symbol = name.startswith("@")
        origin = self.origins[name[1:]] if symbol else self._of(str(raw(label, name)))
        what = f"'{column.head}' of '{label}' in table '{self.name}'"
        found = raw(value, what)
        wordy = column.unit in (Unit.TEXT, Unit.DATE, Unit.TIME)
        if isinstance(found, str) != wordy:
            raise RecordError(
                f"{what} is '{value}', which is not in {column.unit}; give numbers as numbers.",
                subject=column.head,
            )
        if isinstance(found, str) and WRITTEN.search(found):
            raise RecordError(f"{what} has a '|'; write it in other words.", subject=column.head)
        refuse_percent(found, column.unit, what, large=column.large)
        row = key_of(label) if not symbol else key_of(name[1:])
        fact = self._fact(f"{row}.{key_of(column.head)}", found, column.unit, origin)
        kind = f"{self.name}_{key_of(column.head)}"
        return self._keep(replace(fact, kind=kind, window=column.window, decimals=column.decimals))

    def _keep(self, fact: Fact) -> str:
        """The id of *fact*, which is kept; another one where it is taken."""
        id = fact.id
        while id in self.facts:
            id += "_"
        self.facts[id] = replace(fact, id=id)
        return id

    def _fact(self, id: str, value: float | str, unit: Unit, origin: Origin) -> Fact:
        return Fact(
            id=f"{self.name}.{id}",
            value=value,
            unit=unit,
            instrument=origin.instrument,
            kind="row",
            window="table",
            as_of=origin.as_of,
            source=origin.source,
            currency=origin.currency if unit.money else "",
        )


def replace_instrument(origin: Origin, instrument: str) -> Origin:
    """*origin* of figures about *instrument*."""
    return replace(origin, instrument=instrument)


def _empty(value: Any) -> bool:
    if isinstance(value, Fact) or not pd.api.types.is_scalar(value):
        return False
    return bool(pd.isna(value))


def _number(value: Any) -> float:
    """*value* where it is a number; zero for words and days."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def _inferred(head: str, values: Sequence[Any]) -> Unit:
    """The unit that the figures below a head look like: a share only where its head says so."""
    facts = [value for value in values if isinstance(value, Fact)]
    if facts:
        return facts[0].unit
    if values and all(isinstance(value, str) for value in values):
        return Unit.TEXT
    dates = (dt.date, pd.Timestamp, pd.Period)
    if values and all(isinstance(value, dates) for value in values):
        return Unit.DATE
    if "%" in head:
        return Unit.FRACTION
    whole = all(float(value).is_integer() for value in values if _number(value) or value == 0)
    typed = all(pd.api.types.is_integer(value) for value in values)
    return Unit.COUNT if whole and typed else Unit.LEVEL


def _places(values: Iterable[Any]) -> int:
    """As many decimals as the figures have, two at most."""
    numbers = [value for value in values if not isinstance(value, Fact | str)]
    return next(
        (
            places
            for places in (0, 1)
            if all(
                math.isclose(round(_number(n), places), _number(n), abs_tol=1e-9) for n in numbers
            )
        ),
        2,
    )


def cells_of(sheet: Sheet, shown: Mapping[str, str]) -> Iterator[list[str]]:
    """The rows of *sheet* as an author reads them."""
    for name, cells in sheet.rows:
        yield [shown.get(name, name.removeprefix(REF)), *(shown.get(cell, "") for cell in cells)]
