"""What people change in a brief: its headline and lead, what is dropped, and the causes they name, kept in ``edits.toml`` beside it."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from reportgen.errors import EditError, did_you_mean
from reportgen.outputs import Folder

FILE = "edits.toml"
LONGEST_HEADLINE = 75


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A cause that a person names: a whole sentence in the words of its *author*."""

    text: str
    author: str
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure that was told otherwise before: its fact, what a reader calls it, and its words then and now."""

    fact: str
    name: str
    was: str
    stands: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """That a brief corrects one that was sent: the number of its edition, why, and each figure that changed."""

    edition: int
    why: str
    changed: tuple[Change, ...] = ()

    @property
    def notice(self) -> str:
        """What stands on top of a corrected brief."""
        listed = "; ".join(
            f"{change.name}: {change.stands}, was {change.was}" for change in self.changed
        )
        return (
            f"Correction, edition {self.edition}: {self.why}{'' if self.why.endswith('.') else '.'}"
            + (f" {listed}." if listed else "")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """The changes of one brief; findings go by "kind" or "kind SYMBOL"."""

    headline: str = ""
    lead: str = ""
    drop: tuple[str, ...] = ()
    driver: tuple[Driver, ...] = ()
    correction: Correction | None = None

    def updated(
        self, *, lead: str = "", drop: Sequence[str] = (), correction: Correction | None = None
    ) -> Edits:
        """These edits with another lead or correction, where one is given, and more dropped."""
        dropped = tuple(dict.fromkeys((*self.drop, *drop)))
        return replace(
            self, lead=lead or self.lead, drop=dropped, correction=correction or self.correction
        )

    def payload(self) -> dict[str, Any]:
        """The edits as JSON."""
        return {
            name: value for name, value in asdict(self).items() if name != "correction" or value
        }

    @classmethod
    def from_payload(cls, data: Mapping[str, Any]) -> Edits:
        """The edits that were kept as *data*; EditError names what is unknown or of the wrong type."""
        _refuse_unknown(data, cls)
        drop, drivers = data.get("drop", ()), data.get("driver", ())
        if not isinstance(drop, list | tuple) or not isinstance(drivers, list | tuple):
            raise EditError(
                f'{FILE}: write drop = ["kind SYMBOL"], and each driver below a line [[driver]].',
                subject=FILE,
            )
        edits = cls(
            headline=_text(data, "headline"), lead=_text(data, "lead"), drop=tuple(_one_line(name, "drop") for name in drop),
            driver=tuple(_driver(row) for row in drivers), correction=_correction(data["correction"]) if data.get("correction") else None,
        )  # fmt: skip
        if len(edits.headline) > LONGEST_HEADLINE or edits.headline.endswith("."):
            raise EditError(
                f"{FILE}: the headline has {len(edits.headline)} characters; {LONGEST_HEADLINE} at most, without a full stop.",
                subject=FILE,
            )
        return edits


def _refuse_unknown(data: object, kind: type[Edits | Driver | Correction | Change]) -> None:
    if not isinstance(data, Mapping):
        raise EditError(f"{FILE}: '{data}' is not a table of names and values.", subject=FILE)
    known = [field.name for field in fields(kind)]
    for name in data:
        if name not in known:
            raise EditError(
                f"{FILE}: '{name}' is unknown.{did_you_mean(name, known)}", subject=FILE
            )


def _text(data: Mapping[str, Any], name: str) -> str:
    return _one_line(data.get(name, ""), name)


def _one_line(value: object, name: str) -> str:
    if isinstance(value, dt.date):
        value = value.isoformat()
    if not isinstance(value, str) or "\n" in value.strip():
        raise EditError(
            f"{FILE}: {name} is {value!r}; it takes one line of text in quotation marks.",
            subject=FILE,
        )
    return " ".join(value.split())


def _driver(data: Any) -> Driver:
    _refuse_unknown(data, Driver)
    driver = Driver(
        text=_text(data, "text"), author=_text(data, "author"), date=_text(data, "date")
    )
    if not driver.text.rstrip("\u201d").endswith(".") or not driver.author:
        raise EditError(
            f"{FILE}: a driver needs a text, a whole sentence that ends with a full stop, and its author.",
            subject=FILE,
        )
    try:
        dt.date.fromisoformat(driver.date or "2000-01-01")
    except ValueError:
        raise EditError(
            f"{FILE}: the driver's date '{driver.date}' is no day, such as 2025-01-08.",
            subject=FILE,
        ) from None
    return driver


def _correction(data: Any) -> Correction:
    _refuse_unknown(data, Correction)
    changed = data.get("changed", [])
    if (
        not isinstance(data.get("edition"), int)
        or not isinstance(changed, list | tuple)
        or not _text(data, "why")
    ):
        raise EditError(
            f"{FILE}: a correction has an edition, a number, and why; 'reportgen correct' writes it.",
            subject=FILE,
        )
    for row in changed:
        _refuse_unknown(row, Change)
    names = [field.name for field in fields(Change)]
    return Correction(
        edition=data["edition"],
        why=_text(data, "why"),
        changed=tuple(Change(**{n: _text(row, n) for n in names}) for row in changed),
    )


def read_edits(place: Folder) -> Edits:
    """The edits kept in the folder of a brief, none where it has no ``edits.toml``; EditError where that cannot be read."""
    try:
        text = place.read(FILE).decode("utf-8-sig")
    except FileNotFoundError:
        return Edits()
    except UnicodeDecodeError:
        raise EditError(
            f"{FILE} in {place} is not UTF-8 text; save it as UTF-8.", subject=place
        ) from None
    try:
        return Edits.from_payload(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise EditError(f"{FILE} in {place} is not valid TOML: {error}", subject=place) from error


def file_of(edits: Edits, place: Folder) -> bytes:
    """The contents of ``edits.toml`` with the lead and the dropped findings of *edits*; what else it holds, comments too, stays."""
    import tomlkit

    try:
        document = tomlkit.parse(place.read(FILE).decode("utf-8-sig"))
    except FileNotFoundError:
        document = tomlkit.document()
        document.add(
            tomlkit.comment(
                "What people changed in this brief: headline, lead, drop, and [[driver]] with text and author."
            )
        )
    values = {"lead": edits.lead, "drop": list(edits.drop)}
    for name in (name for name, value in values.items() if value):
        document[name] = values[name]
    if edits.correction:
        document["correction"] = {
            **asdict(edits.correction),
            "changed": [asdict(change) for change in edits.correction.changed],
        }
    text: str = tomlkit.dumps(document)
    return text.encode()
