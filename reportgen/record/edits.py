"""What people change in a brief.

Its headline and lead, what is dropped, and the causes they name, kept in
``edits.toml`` beside it.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any

from reportgen.config.schema import says, typed
from reportgen.core.errors import EditError
from reportgen.files.outputs import Folder

FILE = "edits.toml"
LONGEST_HEADLINE = 75
LONGEST_CLAUSE = 40
NOT_IN_A_CLAUSE = re.compile(r"[^\w '\u2019&.-]|[\d_]|\.(?=\s*$)")
"""What no clause has: figures, a full stop at its end, and marks between sentences."""
CONNECTIVES = ("after", "amid", "as", "because", "on", "since", "when", "while")
OneLine = Annotated[
    str,
    says(
        "one line of text in quotation marks",
        "Small caps inch lower",
        pattern=r"^[^\n]*$",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A statement of a person: a whole sentence in the *author*'s words."""

    text: OneLine
    author: OneLine
    role: OneLine = ""
    date: OneLine = ""
    about: OneLine = ""
    """The symbol of what it is about, "" for the market as a whole."""
    source: OneLine = ""

    def __post_init__(self) -> None:
        """Refuse half a sentence, a missing author, and an invalid date."""
        what = type(self).__name__.lower()
        if not self.text.rstrip("\u201d").endswith(".") or not self.author:
            raise ValueError(
                f"a {what} needs a text, a whole sentence that ends with a full"
                " stop, and its author."
            )
        if not any(map(str.isalpha, self.author)):
            raise ValueError(f"the author of a {what} is a person's name, not '{self.author}'.")
        try:
            dt.date.fromisoformat(self.date or "2000-01-01")
        except ValueError:
            raise ValueError(
                f"the {what}'s date '{self.date}' is no day, such as 2025-01-08."
            ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver(Quote):
    """A cause that a person names.

    Its *clause* says it in a few words, for the headline or a key point.
    """

    clause: OneLine = ""

    def __post_init__(self) -> None:
        """Refuse also a clause that cannot stand in a headline."""
        Quote.__post_init__(self)
        if self.clause and (why := objection(self.clause)):
            raise ValueError(f"the driver's clause '{self.clause}' {why}.")


def objection(clause: str) -> str:
    """Why the clause of a driver cannot stand in a headline, or ""."""
    if len(clause) > LONGEST_CLAUSE:
        return f"has {len(clause)} characters; {LONGEST_CLAUSE} at most"
    if odd := NOT_IN_A_CLAUSE.search(clause):
        return (
            f"has {odd[0]!r}; it has words alone: figures stand in the text, where quotation"
            " marks show whose they are"
        )
    first = clause.split(maxsplit=1)[0].lower()
    if first in CONNECTIVES:
        return f"begins with '{first}', which the brief says itself; leave it out"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure that was different before.

    Its fact, its name, and its words then and now.
    """

    fact: OneLine
    name: OneLine
    was: OneLine
    stands: OneLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The correction of a brief that was sent.

    The number of its edition, why, and each figure that changed.
    """

    edition: int
    why: OneLine
    changed: tuple[Change, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a correction that does not say why."""
        if not self.why:
            raise ValueError("a correction says why; 'reportgen correct' writes it.")

    @property
    def notice(self) -> str:
        """What stands on top of a corrected brief."""
        changes = (f"{one.name}: {one.stands}, was {one.was}" for one in self.changed)
        listed = "; ".join(changes)
        why = self.why if self.why.endswith(".") else f"{self.why}."
        notice = f"Correction, edition {self.edition}: {why}"
        return f"{notice} {listed}." if listed else notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """The changes of one brief; findings go by "kind" or "kind SYMBOL"."""

    headline: OneLine = ""
    lead: OneLine = ""
    drop: Annotated[
        tuple[OneLine, ...],
        says("a list of findings", ["highest_close_since ^GSPC"]),
    ] = ()
    driver: tuple[Driver, ...] = ()
    quote: tuple[Quote, ...] = ()
    correction: Correction | None = None

    def updated(self, asked: Edits) -> Edits:
        """These edits with another lead or correction, if *asked*, and more of the rest."""
        return replace(
            self,
            lead=asked.lead or self.lead,
            drop=tuple(dict.fromkeys((*self.drop, *asked.drop))),
            driver=tuple(dict.fromkeys((*self.driver, *asked.driver))),
            quote=tuple(dict.fromkeys((*self.quote, *asked.quote))),
            correction=asked.correction or self.correction,
        )

    def payload(self) -> dict[str, Any]:
        """The edits as JSON."""
        edits = asdict(self)
        for name in ("correction", "quote"):
            if not edits[name]:
                del edits[name]
        return {**edits, "driver": [_row(driver) for driver in self.driver]} | (
            {"quote": [_row(quote) for quote in self.quote]} if self.quote else {}
        )

    @classmethod
    def from_payload(cls, data: Mapping[str, Any], text: str = "") -> Edits:
        """The edits that were kept as *data*.

        Raises:
            EditError: It names what is unknown or of the wrong type, and the
                line of *text* that it was read from.
        """
        return typed(_plain(data), cls, FILE, EditError, text)

    def __post_init__(self) -> None:
        """Refuse a headline that is too long, or ends as a sentence does."""
        if len(self.headline) > LONGEST_HEADLINE or self.headline.endswith("."):
            raise ValueError(
                f"the headline has {len(self.headline)} characters; "
                f"{LONGEST_HEADLINE} at most, without a full stop."
            )


def _row(said: Quote) -> dict[str, str]:
    """A statement as JSON, without what it leaves open."""
    kept: dict[str, str] = asdict(said)
    return {k: v for k, v in kept.items() if v or k in ("text", "author", "date")}


def _plain(data: Any) -> Any:
    """*data* with single blanks and days as text, without an empty correction."""
    if isinstance(data, str):
        return data if "\n" in data.strip() else " ".join(data.split())
    if isinstance(data, Mapping):
        kept = {k: v for k, v in data.items() if k != "correction" or v}
        return {key: _plain(value) for key, value in kept.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    return data.isoformat() if isinstance(data, dt.date) else data


def read_edits(place: Folder) -> Edits:
    """The edits kept in the folder of a brief, none where it has no ``edits.toml``.

    Raises:
        EditError: That cannot be read.
    """
    try:
        text = place.read(FILE).decode("utf-8-sig")
    except FileNotFoundError:
        return Edits()
    except OSError as error:
        raise EditError(
            f"{FILE} in {place} cannot be read: {error.strerror}.", subject=FILE
        ) from error
    except UnicodeDecodeError:
        raise EditError(
            f"{FILE} in {place} is not UTF-8 text; save it as UTF-8.",
            subject=place,
        ) from None
    try:
        return Edits.from_payload(tomllib.loads(text), text)
    except tomllib.TOMLDecodeError as error:
        words, _, at = str(error).rstrip(")").partition(" (at ")
        line = f", {at.partition(',')[0]}" if at.startswith("line") else ""
        raise EditError(
            f"{FILE}{line}: it is not valid TOML: {words}. It is in {place}.",
            subject=place,
        ) from error


def file_of(edits: Edits, place: Folder) -> bytes:
    """The contents of ``edits.toml`` with the lead, dropped findings and new statements.

    Its other contents, comments too, stay.
    """
    import tomlkit

    try:
        document = tomlkit.parse(place.read(FILE).decode("utf-8-sig"))
    except FileNotFoundError:
        document = tomlkit.document()
        document.add(
            tomlkit.comment(
                "What people changed in this brief: headline, lead, drop, and"
                " [[driver]] with text and author."
            )
        )
    stored = Edits.from_payload(document.unwrap())
    values = {"lead": edits.lead, "drop": list(edits.drop)}
    for name in (name for name, value in values.items() if value):
        document[name] = values[name]
    for name in ("driver", "quote"):
        tables = document.get(name, tomlkit.aot())
        for said in getattr(edits, name):
            if said not in getattr(stored, name):
                table = tomlkit.item({k: v for k, v in _row(said).items() if v})
                table.trivia.indent = "\n" if len(tables) else ""
                tables.append(table)
        if len(tables):
            document[name] = tables
    if edits.correction:
        document["correction"] = {
            **asdict(edits.correction),
            "changed": [asdict(change) for change in edits.correction.changed],
        }
    text: str = tomlkit.dumps(document)
    return text.encode()
