"""The rows that a reader of raw market data hands out, whatever they were read from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol

from reportgen.verify.raw.tables import Column


class Bars(NamedTuple):
    """Daily bars of one symbol: ordinals of days with close, low and high."""

    column: Column
    rule: str
    """When a bar is known, as in a dataset.toml; "" for the close of its session."""


class Point(NamedTuple):
    """A value of a rate, in percent."""

    day: dt.date
    value: float
    rule: str


class Settlement(NamedTuple):
    """A settlement of a future: its day, when it is known, its month, its price if any."""

    day: dt.date
    rule: str
    month: tuple[int, int]
    price: float | None


class Meeting(NamedTuple):
    """A meeting of the Fed: its first and last day, its kind, when it was announced if known.

    With the votes on its decision by their columns, where they are known.
    """

    start: dt.date
    end: dt.date
    kind: str
    announced: str
    votes: Mapping[str, int] = MappingProxyType({})


class Release(NamedTuple):
    """An event of a calendar, with its time of day and its announcement if they are known."""

    day: dt.date
    name: str
    kind: str
    time: str
    announced: str = ""


class Printed(NamedTuple):
    """A figure of a release: its period, and when it was released or first seen, if that is known.

    A day alone is meant to its end. The period is as the file has it.
    """

    series: str
    period: str
    actual: float
    previous: float | None
    released: dt.datetime | dt.date | None
    seen: dt.datetime | dt.date | None
    stage: str = ""
    first: float | None = None
    """The figure of the period before, as it was printed first."""
    consensus: float | None = None
    poll: str = ""
    earlier: float | None = None
    """The figure of two periods before, as it was known with this one."""


class Unpublished(NamedTuple):
    """A period of a series that has no figure, and from when that was known."""

    series: str
    period: str
    known: dt.datetime | dt.date | None


class Result(NamedTuple):
    """A company's results: when they came.

    A day without a time is "before" the open or "after" the close.
    """

    symbol: str
    at: dt.datetime | dt.date
    when: str
    announced: str = ""
    """When the company said that it would report then, "" where that is not known."""


class Vintage(NamedTuple):
    """The figure of a month or quarter as it was told at a time; a day is meant to its end."""

    series: str
    period: str
    value: float
    released: dt.datetime | dt.date | None


class RawRows(Protocol):
    """What a reader of raw market data has."""

    def symbols(self) -> set[str]:
        """All symbols that have daily bars."""
        ...

    def bars(self, symbol: str) -> Iterator[Bars]:
        """The daily bars of *symbol*, of one file after the other."""
        ...

    def levels(self, symbol: str) -> Iterator[tuple[list[tuple[int, float]], int]]:
        """The intraday prices of *symbol* by seconds of the epoch, and their step in seconds."""
        ...

    @property
    def rates(self) -> Mapping[str, list[Point]]:
        """The values of each series of rates."""
        ...

    @property
    def futures(self) -> list[Settlement]:
        """The settlements of futures of the policy rate."""
        ...

    @property
    def meetings(self) -> list[Meeting]:
        """The Fed's meetings."""
        ...

    @property
    def prints(self) -> list[Printed]:
        """The figures of releases."""
        ...

    @property
    def vintages(self) -> list[Vintage]:
        """The figures of months and quarters, each time that they were told."""
        ...

    @property
    def unpublished(self) -> list[Unpublished]:
        """The periods of releases that have no figure."""
        ...

    @property
    def results(self) -> list[Result]:
        """When companies reported results."""
        ...

    @property
    def releases(self) -> list[Release]:
        """Dated events and publications."""
        ...
