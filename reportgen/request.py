"""What is asked for: a report with typed parameters, on data, as of a moment."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from reportgen.edits import Edits
from reportgen.errors import InvalidParameter, SettingsError, UnknownReport, did_you_mean
from reportgen.resources import resource, resource_dirs

Value = str | int | float | bool
FORMATS = ("html", "pdf", "eml", "txt", "json")
TYPES: Mapping[str, type] = {"integer": int, "number": float, "string": str, "boolean": bool}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a report: its type, default and bounds (both included) or choices.

    A boolean parameter with a ``view`` changes no number: false leaves out what those sections and topics tell.
    """

    name: str
    type: str
    default: Value
    min: float | None = None
    max: float | None = None
    choices: tuple[Value, ...] = ()
    view: tuple[str, ...] = ()
    help: str = ""

    def parse(self, text: str) -> Value:
        """The value that *text* stands for; InvalidParameter where it is of another type or out of bounds."""
        value = self._typed(text)
        if self.choices and value not in self.choices:
            shown = ", ".join(map(str, self.choices))
            raise InvalidParameter(
                f"Parameter '{self.name}' is '{value}'; choose one of {shown}.", subject=self.name
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
        except (KeyError, ValueError):
            raise InvalidParameter(
                f"Parameter '{self.name}' is '{text}'; it takes {_a(self.type)}.", subject=self.name
            ) from None
        return value


def text_of(value: Value) -> str:
    """What stands for *value* where it is written as text, as :meth:`Parameter.parse` reads it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the gate asks of a report's briefs: the table [gate] of report.toml."""

    most_gaps: int = 3
    """Parts that may be missing before a brief is held."""
    needed: tuple[str, ...] = ()
    """Parts of a report, by name, without which a brief is held, beside those that its notebook requires."""
    fresh: Mapping[str, int] = field(default_factory=dict)
    """How many sessions before the one told of the newest value of a series may be; an older one is a gap."""
    agree: Mapping[str, int] = field(default_factory=dict)
    """How many sources must tell the newest close of a series alike; with fewer the brief is held."""
    charts: int = 0
    """Charts that there must be at least."""
    sizes: Mapping[str, int] = field(
        default_factory=lambda: {"html": 4_000_000, "pdf": 4_000_000, "eml": 1_000_000}
    )
    """Bytes of a file at most, by format."""

    def payload(self) -> dict[str, Any]:
        """The rules as JSON, as a record keeps them."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report's folder and what its report.toml says."""

    name: str
    folder: Path
    title: str
    description: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    formats: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    gate: Policy = field(default_factory=Policy)
    series: tuple[str, ...] = ()
    """The rates and futures it tells of, by their names in data: DGS10, FEDFUNDS."""
    window: str = ""
    """The "week", "month", "quarter" or "year" it tells of: the last whole one by the moment asked for; "" for a moment itself."""

    @property
    def notebook(self) -> Path:
        """The notebook that computes it."""
        return self.folder / "notebook.ipynb"

    @property
    def symbols(self) -> tuple[str, ...]:
        """All symbols it uses, the required ones first."""
        return self.required + self.optional

    def parameter_values(self, given: Mapping[str, str]) -> dict[str, Value]:
        """A value for every parameter: those *given* as text, checked, and the defaults."""
        for name in given:
            if name not in self.parameters:
                hint = did_you_mean(name, self.parameters)
                raise InvalidParameter(
                    f"Report '{self.name}' has no parameter '{name}'.{hint}", subject=name
                )
        return {
            name: p.parse(given[name]) if name in given else p.default
            for name, p in self.parameters.items()
        }

    def computed(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """Those of *values* that the notebook takes."""
        return {name: value for name, value in values.items() if not self.parameters[name].view}

    def hidden(self, values: Mapping[str, Value]) -> frozenset[str]:
        """The sections and topics that *values* leave out."""
        return frozenset(
            part
            for name, value in values.items()
            if not value
            for part in self.parameters[name].view
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One brief asked for."""

    report: Report
    as_of: str
    data: str = "sample"
    parameters: Mapping[str, str] = field(default_factory=dict)
    formats: tuple[str, ...] = FORMATS
    edits: Edits = field(default_factory=Edits)


def named(data: str) -> bool:
    """Whether *data* is a name or a URL, and not a folder of this machine."""
    return data in ("sample", "store") or data.startswith("store@") or "://" in data


def located(data: str) -> str:
    """*data* by a name that holds wherever the run takes place: a folder by its absolute path."""
    return data if named(data) else str(Path(data).resolve())


def report_names() -> list[str]:
    """The names of all reports, sorted."""
    return sorted(
        {p.parent.name for folder in resource_dirs("reports") for p in folder.glob("*/report.toml")}
    )


def load_report(name: str) -> Report:
    """The report of that name; UnknownReport with the nearest name where there is none."""
    if name not in report_names():
        raise UnknownReport(
            f"There is no report '{name}'.{did_you_mean(name, report_names())}", subject=name
        )
    folder = resource(f"reports/{name}")
    try:
        return _report(
            name, folder, tomllib.loads((folder / "report.toml").read_text(encoding="utf-8"))
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"{folder / 'report.toml'} cannot be read: {error}", subject=folder
        ) from error
    except KeyError as error:
        raise SettingsError(
            f"{folder / 'report.toml'}: {error} is missing.", subject=folder
        ) from error
    except (TypeError, AttributeError, ValueError) as error:
        raise SettingsError(
            f"{folder / 'report.toml'}: {error}; see a report that is shipped.", subject=folder
        ) from error


def _report(name: str, folder: Path, data: Mapping[str, Any]) -> Report:
    """The report that *data* describes; KeyError, TypeError or ValueError with words for what is missing or of another kind."""
    parameters = {}
    for key, row in data.get("parameters", {}).items():
        parameters[key] = Parameter(
            name=key,
            **{**row, "choices": tuple(row.get("choices", ())), "view": tuple(row.get("view", ()))},
        )
    instruments = data["instruments"]
    formats = _words(data["formats"], "formats")
    if unknown := set(formats) - set(FORMATS):
        raise ValueError(f"formats has '{min(unknown)}'; choose among {', '.join(FORMATS)}")
    for key in ("title", "description"):
        if not isinstance(data[key], str):
            raise TypeError(f"{key} is not a line of text")
    return Report(
        name=name, folder=folder, title=data["title"], description=data["description"], formats=formats, parameters=parameters,
        required=_words(instruments["required"], "required"), optional=_words(instruments.get("optional", []), "optional"),
        series=_words(instruments.get("series", []), "series"),
        window=data.get("window", ""), gate=_policy(data.get("gate", {})),
    )  # fmt: skip


def _words(value: Any, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError(f"{name} is not a list of texts")
    return tuple(value)


def policy_of(row: Mapping[str, Any]) -> Policy:
    """The rules that a record keeps as *row*."""
    return _policy(row)


def _policy(row: Mapping[str, Any]) -> Policy:
    """The gate's rules in the table *row*."""
    policy = Policy(**{**row, "needed": _words(list(row.get("needed", [])), "needed")})
    for name in ("most_gaps", "charts"):
        if not isinstance(getattr(policy, name), int):
            raise TypeError(f"{name} is not a whole number")
    for name in ("fresh", "agree", "sizes"):
        table = getattr(policy, name)
        if not isinstance(table, Mapping) or not all(
            isinstance(number, int) for number in table.values()
        ):
            raise TypeError(f"{name} is not a table of whole numbers")
    return policy
