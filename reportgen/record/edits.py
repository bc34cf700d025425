"""What people change in a brief.

Its headline and lead, what is dropped, and the causes they name, kept in
``edits.toml`` beside it.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any

from reportgen.config.schema import says, typed
from reportgen.core.errors import EditError
from reportgen.files.outputs import Folder

FILE = "edits.toml"
LONGEST_HEADLINE = 75
OneLine = Annotated[
    str,
    says(
        "one line of text in quotation marks",
        "Small caps inch lower",
        pattern=r"^[^\n]*$",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A cause that a person names: a whole sentence in the *author*'s words."""

    text: OneLine
    author: OneLine
    date: OneLine = ""

    def __post_init__(self) -> None:
        """Refuse half a sentence, a missing author, and an invalid date."""
        if not self.text.rstrip("\u201d").endswith(".") or not self.author:
            raise ValueError(
                "a driver needs a text, a whole sentence that ends with a full"
                " stop, and its author."
            )
        try:
            dt.date.fromisoformat(self.date or "2000-01-01")
        except ValueError:
            raise ValueError(
                f"the driver's date '{self.date}' is no day, such as 2025-01-08."
            ) from None


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
    correction: Correction | None = None

    def updated(
        self,
        *,
        lead: str = "",
        drop: Sequence[str] = (),
        correction: Correction | None = None,
    ) -> Edits:
        """These edits with another lead or correction, if given, and more dropped."""
        dropped = tuple(dict.fromkeys((*self.drop, *drop)))
        return replace(
            self,
            lead=lead or self.lead,
            drop=dropped,
            correction=correction or self.correction,
        )

    def payload(self) -> dict[str, Any]:
        """The edits as JSON."""
        edits = asdict(self)
        if not edits["correction"]:
            del edits["correction"]
        return edits

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
        raise EditError(
            f"{FILE} in {place} is not valid TOML: {error}",
            subject=place,
        ) from error


def file_of(edits: Edits, place: Folder) -> bytes:
    """The contents of ``edits.toml`` with the lead and dropped findings.

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
