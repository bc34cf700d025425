"""What is asked for: a report with typed parameters, on data, as of a moment."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal

from reportgen.config.plugins import plugin_path, plugins
from reportgen.config.resources import named, resource_dirs
from reportgen.config.schema import Line, Symbols, line_of, read_toml, says, typed
from reportgen.core.errors import (
    InvalidParameter,
    RecordError,
    SettingsError,
    UnknownReport,
    did_you_mean,
)
from reportgen.markets import MarketSpec, home, market, market_names
from reportgen.markets.baskets import basket
from reportgen.markets.instruments import known, registry
from reportgen.record.edits import Edits
from reportgen.record.holdings import Holdings, read_holdings
from reportgen.record.kinds import OwnKind
from reportgen.record.old_stories import OLD_CALENDAR
from reportgen.record.templates import STORY
from reportgen.record.universe import Universe, UniverseTable

Value = str | int | float | bool
GROUP = "reportgen.reports"
"""The entry points of packages that bring reports: each names the path of a
report's folder.
"""
FORMATS = ("html", "pdf", "eml", "txt", "json")
SAMPLE_DATA = "sample"
"""The name of the embedded data, for which a report has holdings of its own."""
TYPES: Mapping[str, type] = {
    "integer": int,
    "number": float,
    "string": str,
    "symbol": str,
    "boolean": bool,
    "holdings": str,
}
HOLDINGS = "holdings"
"""The type of a parameter that names a file of holdings."""
Count = Annotated[int, says("a whole number from 0 up", 3, ge=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterTable:
    """A table [parameters.NAME] of a report.toml: type, default, bounds or choices.

    Both bounds are included. A boolean parameter with a ``view`` changes no
    number: false leaves those sections and topics out of the story. A symbol is that of an
    instrument, which the report then needs. "holdings" is the path of a file of holdings: a report
    with one is private, told to one reader and never published.
    """

    type: Literal["integer", "number", "string", "symbol", "boolean", "holdings"]
    default: Value
    min: int | float | None = None
    max: int | float | None = None
    choices: tuple[Value, ...] = ()
    view: tuple[str, ...] = ()
    help: str = ""

    def __post_init__(self) -> None:
        """Refuse a default, bounds or choices of another type."""
        kind = TYPES[self.type]
        named = [("default", self.default)]
        named += [("choices", choice) for choice in self.choices]
        for name, value in named:
            fits = isinstance(value, kind) or (kind is float and isinstance(value, int))
            if not fits or (isinstance(value, bool) and kind is not bool):
                wanted = _a(self.type)
                raise ValueError(f"{name} has {value!r}, which is not {wanted}")
        bounds = self.min is not None or self.max is not None
        if bounds and kind not in (int, float):
            raise ValueError(f"min and max are for numbers, not for {_a(self.type)}")
        if self.view and kind is not bool:
            raise ValueError(f"view is for a boolean, not for {_a(self.type)}")
        self._refuse_default()

    def _refuse_default(self) -> None:
        """Raise ValueError where no value fits, or the default is not among those that do."""
        if self.choices and self.default not in self.choices:
            shown = ", ".join(map(str, self.choices))
            raise ValueError(f"default = {self.default!r} is none of its choices, {shown}")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min = {self.min} is above max = {self.max}; swap them")
        if isinstance(self.default, str):
            return
        if self.min is not None and self.default < self.min:
            raise ValueError(f"default = {self.default} is outside of min = {self.min}")
        if self.max is not None and self.default > self.max:
            raise ValueError(f"default = {self.default} is outside of max = {self.max}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(ParameterTable):
    """One parameter of a report."""

    name: str

    def parse(self, text: str) -> Value:
        """The value of *text*.

        Raises:
            InvalidParameter: It is of another type or out of bounds.
        """
        value = self._typed(text)
        if self.choices and value not in self.choices:
            shown = ", ".join(map(str, self.choices))
            raise InvalidParameter(
                f"Parameter '{self.name}' is '{value}'; choose one of {shown}.",
                subject=self.name,
            )
        low = self.min is not None and not isinstance(value, str) and value < self.min
        high = self.max is not None and not isinstance(value, str) and value > self.max
        if low or high:
            raise InvalidParameter(
                f"Parameter '{self.name}' is {value}; it runs from {self.min} to {self.max}.",
                subject=self.name,
            )
        return value

    def _typed(self, text: str) -> Value:
        try:
            if self.type == "boolean":
                return {"true": True, "false": False}[text.lower()]
            value: Value = TYPES[self.type](text)
            if self.type == HOLDINGS:
                value = Path(text).name  # a record has no path of a machine
        except (KeyError, ValueError):
            raise InvalidParameter(
                f"Parameter '{self.name}' is '{text}'; it takes {_a(self.type)}.",
                subject=self.name,
            ) from None
        if self.type == "symbol" and known(text) is None:
            raise InvalidParameter(
                f"Parameter '{self.name}' is '{text}', and no instrument has that symbol."
                f"{did_you_mean(text, registry())} Describe one of your own in instruments.toml.",
                subject=self.name,
            )
        return value


def text_of(value: Value) -> str:
    """*value* as text, in the form that :meth:`Parameter.parse` reads."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The limits of the gate for a report: the table [gate] of report.toml."""

    most_gaps: Count = 3
    """How many parts may be missing before a brief is held."""
    needed: tuple[str, ...] = ()
    """Sections without which a brief is held, in addition to required ones."""
    fresh: Mapping[str, Count] | None = None
    """How many sessions old the newest value of a series may be.

    An older one is a gap. Without it, what the market says.
    """
    agree: Mapping[str, Count] = field(default_factory=dict)
    """How many sources must agree on the newest close of a series.

    With fewer the brief is held.
    """
    charts: Count = 0
    """The least number of charts."""
    sizes: Mapping[str, Count] = field(
        default_factory=lambda: {
            "html": 4_000_000,
            "pdf": 4_000_000,
            "eml": 1_000_000,
        }
    )
    """The most bytes of a file, by format."""

    def payload(self) -> dict[str, Any]:
        """The rules as JSON, as a record keeps them."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruments:
    """The table [instruments] of a report.toml.

    Without it a report reads what its market names, and needs the lead index alone.
    """

    required: Symbols
    optional: Symbols = ()
    series: Annotated[
        tuple[str, ...],
        says("a list of rates and futures", ["DGS10"]),
    ] = ()

    def __post_init__(self) -> None:
        """Refuse a name that is listed twice."""
        for name, count in Counter((*self.required, *self.optional, *self.series)).items():
            if count > 1:
                raise ValueError(f"it lists '{name}' {count} times; once is enough")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFile:
    """A report.toml."""

    title: Line
    description: Line
    formats: tuple[Literal["html", "pdf", "eml", "txt", "json"], ...]
    like: str = ""
    """The report that has the notebook and the story; what is not said here is as there."""
    instruments: Instruments | None = None
    universe: UniverseTable = field(default_factory=UniverseTable)
    parameters: Mapping[str, ParameterTable] = field(default_factory=dict)
    gate: Policy = field(default_factory=Policy)
    window: Literal["", "pre-open", "week", "month", "quarter", "year"] = ""
    market: str = ""
    abroad: bool = False
    """Whether it tells of what its market names of other ones, where the data have it."""
    releases: bool = False
    """Whether it tells of the figures that were released, where the data have them."""
    kinds: Mapping[str, OwnKind] = field(default_factory=dict)
    """Kinds of the statistics that its notebook records, and what the story may say of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report's folder and what its report.toml says."""

    name: str
    folder: Path
    """Where its notebook and its story are: its own folder, or that of the report it is like."""
    described: Path
    """The folder of its report.toml."""
    title: str
    description: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    formats: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    gate: Policy = field(default_factory=Policy)
    series: tuple[str, ...] = ()
    """The rates and futures it uses, by their names in data: DGS10, FEDFUNDS."""
    universe: Universe = field(default_factory=Universe)
    """The stocks that it ranks."""
    market: MarketSpec = field(default_factory=home)
    """The market that it is about."""
    notes: tuple[str, ...] = ()
    """Old forms in its report.toml, and what to write instead."""
    window: str = ""
    """The "week", "month", "quarter" or "year" it is about.

    The last whole one by the moment asked for; "" for a moment itself, and "pre-open" for one
    before the open of a session.
    """
    abroad: bool = False
    """Whether it tells of other markets and of futures, where the data have them."""
    released: bool = False
    """Whether it tells of the figures that were released, where the data have them."""
    kinds: Mapping[str, OwnKind] = field(default_factory=dict)
    """Kinds of the statistics that its notebook records."""

    @property
    def plain(self) -> bool:
        """Whether it is a notebook alone, without a story, a gate of its own and data."""
        return False

    @property
    def address(self) -> str:
        """What it is asked for by: its name."""
        return self.name

    @property
    def borrows(self) -> bool:
        """Whether its notebook and its story are those of the report that it is like."""
        return self.folder != self.described

    @property
    def notebook(self) -> Path:
        """The notebook that computes it."""
        return self.folder / "notebook.ipynb"

    @property
    def files(self) -> tuple[Path, ...]:
        """The files without which there is no brief: its notebook and its story."""
        return (self.notebook,) if self.plain else (self.notebook, self.folder / STORY)

    @property
    def symbols(self) -> tuple[str, ...]:
        """All symbols it names, the required ones first and those it ranks last."""
        named = self.required + self.optional
        return named + tuple(one for one in self.universe.symbols if one not in named)

    @property
    def whole(self) -> tuple[str, ...]:
        """The symbols that need their whole history, whatever the list of stocks holds."""
        giants = basket(self.market.giants).members if self.ranks and self.market.giants else ()
        return tuple(dict.fromkeys((*self.required, *self.optional, *giants, *self.beside)))

    @property
    def ranks(self) -> bool:
        """Whether it has a list of stocks."""
        return self.universe.everything or bool(self.universe.symbols)

    @property
    def releases(self) -> tuple[str, ...]:
        """The series of releases that it tells of on their day, where the data have them."""
        return self.market.releases if self.released else ()

    @property
    def beside(self) -> tuple[str, ...]:
        """The symbols that it tells of where the data have them, and not otherwise."""
        industries = self.market.industries if self.ranks else ()
        others = (*self.market.abroad, *self.market.index_futures) if self.abroad else ()
        return tuple(one for one in (*industries, *others) if one not in self.symbols)

    @property
    def book(self) -> str:
        """The name of its parameter for a file of holdings, "" where it has none."""
        held = (name for name, one in self.parameters.items() if one.type == HOLDINGS)
        return next(held, "")

    @property
    def private(self) -> bool:
        """Whether it tells what a reader holds: then it is told to that reader alone."""
        return bool(self.book)

    @property
    def read(self) -> tuple[str, ...]:
        """All symbols that it reads: those that it uses, and those beside them."""
        return self.symbols + self.beside

    def parameter_values(self, given: Mapping[str, str]) -> dict[str, Value]:
        """A value for every parameter, *given* as text and checked, or the default."""
        for name in given:
            if name not in self.parameters:
                hint = did_you_mean(name, self.parameters)
                raise InvalidParameter(
                    f"Report '{self.name}' has no parameter '{name}'.{hint}",
                    subject=name,
                )
        return {
            name: p.parse(given[name]) if name in given else p.default
            for name, p in self.parameters.items()
        }

    def asking(self, values: Mapping[str, Value]) -> Report:
        """The report that needs the symbols that *values* name, too."""
        named = [
            str(value)
            for name, value in values.items()
            if name in self.parameters and self.parameters[name].type == "symbol"
        ]
        if not named:
            return self
        required = tuple(dict.fromkeys((*self.required, *named)))
        optional = tuple(one for one in self.optional if one not in named)
        return replace(self, required=required, optional=optional)

    def computed(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """Those of *values* that the notebook takes."""
        own = (name for name in values if not self.parameters[name].view)
        return {name: values[name] for name in own}

    def hidden(self, values: Mapping[str, Value]) -> frozenset[str]:
        """The sections and topics that *values* leave out."""
        off = [self.parameters[name] for name, value in values.items() if not value]
        return frozenset(chain(*(parameter.view for parameter in off)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One brief asked for."""

    report: Report
    as_of: str
    data: str = "sample"
    parameters: Mapping[str, str] = field(default_factory=dict)
    formats: tuple[str, ...] = FORMATS
    edits: Edits = field(default_factory=Edits)
    holdings: Holdings | None = field(default=None, repr=False)
    """What the reader of a private report holds, once its file is read."""
    reader: str = ""
    """Whom a private brief is for, as :attr:`Recipient.mark` says it; "" for nobody by name."""

    def with_holdings(self) -> Request:
        """The request with its file of holdings read, the same where its report has none.

        Raises:
            InvalidParameter: The file is not named, cannot be read, or a row of it is off.
        """
        name = self.report.book
        if not name or self.holdings is not None:
            return self
        given, usual = self.parameters.get(name, ""), self.report.parameters[name].default
        if given:
            return replace(self, holdings=read_holdings(given))
        if self.data != SAMPLE_DATA or not usual:
            raise InvalidParameter(
                f"Report '{self.report.name}' needs a file of holdings: -p {name}=FILE.",
                subject=name,
            )
        return replace(self, holdings=read_holdings(self.report.described / str(usual)))

    @property
    def asked(self) -> Report:
        """The report, with the symbols that its parameters name among those that it needs."""
        return self.report.asking(self.report.parameter_values(self.parameters))


def located(data: str) -> str:
    """*data* by a name valid in any folder: a folder by its absolute path."""
    return data if named(data) else str(Path(data).resolve())


def report_names() -> list[str]:
    """The names of all reports, sorted."""
    ours = set[str]()
    for folder in resource_dirs("reports"):
        ours |= {path.parent.name for path in folder.glob("*/report.toml")}
    return sorted(ours | {*plugins(GROUP)})


def report_folder(name: str) -> Path:
    """The folder of the report *name*: the desk's, a package's, or the shipped one."""
    *desk, shipped = [folder / name for folder in resource_dirs("reports")]
    others = [plugin_path(GROUP, name)] if name in plugins(GROUP) else []
    places = (*desk, *others, shipped)
    return next((place for place in places if place.exists()), places[-1])


def load_report(name: str) -> Report:
    """The report of that name, or the notebook at that path.

    Raises:
        UnknownReport: There is none; it names the nearest one.
        SettingsError: Its report.toml is invalid.
    """
    from reportgen.record import foreign

    if foreign.is_notebook(name):
        return foreign.load_notebook(Path(name))
    if name not in report_names():
        alone = foreign.in_desk()
        if name in alone:
            return foreign.load_notebook(alone[name])
        raise UnknownReport(
            f"There is no report '{name}'.{did_you_mean(name, [*report_names(), *alone])}",
            subject=name,
        )
    folder = report_folder(name)
    notes: list[str] = []

    def whole(data: dict[str, Any]) -> dict[str, Any]:
        return _completed(name, folder, _without_calendar(notes, data))

    told = read_toml(folder / "report.toml", ReportFile, prepare=whole)
    spec = _market(told.market, folder / "report.toml")
    asked = told.instruments or _named_by(spec)
    ranked = told.universe
    if told.instruments is None and ranked == UniverseTable():
        ranked = UniverseTable(symbols=spec.ranked, all=True)
    fresh = spec.fresh if told.gate.fresh is None else told.gate.fresh
    return Report(
        name=name,
        folder=report_folder(told.like) if told.like else folder,
        described=folder,
        title=told.title,
        description=told.description,
        required=asked.required,
        optional=asked.optional,
        series=asked.series,
        universe=Universe.of(ranked, folder),
        formats=told.formats,
        parameters={
            key: Parameter(name=key, **asdict(one)) for key, one in told.parameters.items()
        },
        gate=replace(told.gate, fresh=fresh),
        window=told.window,
        abroad=told.abroad,
        released=told.releases,
        kinds=told.kinds,
        market=spec,
        notes=tuple(f"{folder / 'report.toml'}: {note}" for note in notes),
    )


def _market(name: str, file: Path) -> MarketSpec:
    """The market *name* of a report.toml, "" for that of the desk."""
    if name and name not in market_names():
        hint = did_you_mean(name, market_names())
        raise SettingsError(
            f"{place_in(file, 'market')}: there is no market '{name}'.{hint}", subject=name
        )
    return market(name) if name else home()


def place_in(file: Path, *path: str) -> str:
    """Where in the TOML *file* the key at *path* stands: "report.toml, line 12"."""
    line = line_of(file.read_text(encoding="utf-8-sig"), path)
    return f"{file}, line {line}" if line else str(file)


def unknown_symbols(report: Report) -> Iterator[str]:
    """The symbols that the report.toml of *report* lists and no instrument has, with the line."""
    for key in ("required", "optional", "series"):
        for symbol in getattr(report, key):
            if known(symbol) is None:
                place = place_in(report.described / "report.toml", "instruments", key)
                hint = did_you_mean(symbol, registry())
                near = hint if "mean" in hint else ""
                yield (
                    f"{place}: {key} has '{symbol}', and no instrument has that symbol.{near}"
                    " Others go into the desk's instruments.toml."
                )


def _named_by(spec: MarketSpec) -> Instruments:
    """What a report reads that lists no instruments: all that its market names."""
    rates = (*spec.yields, *spec.target_range, spec.futures)
    others = (
        *spec.symbols,
        *spec.compared,
        spec.mid,
        *spec.sectors,
        *spec.volatility,
        *spec.commodities,
        *spec.coins,
        *(symbol for symbol in spec.strip if symbol not in spec.rates),
    )
    return Instruments(
        required=(spec.lead,),
        optional=tuple(one for one in dict.fromkeys(others) if one not in ("", spec.lead)),
        series=tuple(one for one in dict.fromkeys(rates) if one),
    )


OF_ITS_MARKET = ("instruments", "universe")
"""Tables that a report of another market does not share with the one that it is like."""


def _completed(name: str, folder: Path, data: dict[str, Any]) -> dict[str, Any]:
    """The file of the report *name* in *folder*, with what it leaves to the one it is like.

    Raises:
        SettingsError: There is no such report, it is like another itself, or *folder* has
            a notebook or a story of its own.
    """
    other = data.get("like")
    if not isinstance(other, str) or not other:
        return data
    file, others = folder / "report.toml", sorted({*report_names()} - {name})
    if other not in others:
        hint = did_you_mean(other, others)
        raise SettingsError(f'{file}: like = "{other}": there is no such report.{hint}')
    own = [one for one in ("notebook.ipynb", "story.j2") if (folder / one).is_file()]
    if own:
        raise SettingsError(
            f'{file}: like = "{other}" brings the notebook and the story; remove {own[0]}'
            f" of {folder}, or the line.",
            subject=name,
        )
    place = report_folder(other) / "report.toml"
    with place.open("rb") as text:
        shared = tomllib.load(text)
    if "like" in shared:
        raise SettingsError(
            f'{file}: like = "{other}", which is like "{shared["like"]}"; name that one.',
            subject=name,
        )
    read_toml(place, ReportFile)  # what is off there is named with its own file and line
    if data.get("market") != shared.get("market"):
        for table in OF_ITS_MARKET:
            shared.pop(table, None)
        shared.get("gate", {}).pop("fresh", None)
    shared.pop("market", None)
    return {**shared, **data}


def _without_calendar(notes: list[str], data: dict[str, Any]) -> dict[str, Any]:
    """The file without the calendar that 0.1.0 wrote and nothing read.

    It is put into *notes*. Another calendar than New York's is refused as
    the unknown key it is.
    """
    if data.get("calendar") == OLD_CALENDAR:
        notes.append(f'calendar = "{OLD_CALENDAR}" is an old form; write market = "us".')
        return {key: value for key, value in data.items() if key != "calendar"}
    return data


def policy_of(row: Mapping[str, Any]) -> Policy:
    """The rules that a record keeps as *row*."""
    return typed(row, Policy, "the gate's rules in the record", RecordError)
