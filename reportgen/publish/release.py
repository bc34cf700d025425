"""Whether a finished brief may leave.

What the gate said, what people said, and whether it is the brief of now.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any

from reportgen import renamed
from reportgen.core import headers
from reportgen.core.errors import DeliveryError, RecordError
from reportgen.files.outputs import LocalFolder
from reportgen.publish.config import Mail
from reportgen.verify.gate import Verdict, verdict_of
from reportgen.verify.seal import RECORD, SEAL, verified

REPORT = re.compile(r"\w[\w.-]*")
LABEL = re.compile(r"\d{4}-\d\d-\d\d(?:T\d{4})?")
"""The name of a brief's folder: its session, with a time of day where it was
made before the close.
"""
UNNAMED = "nobody"
"""The reader of a private brief that was made for nobody by name."""
MARK = "text:"
"""How a mark begins, since those of earlier versions."""
APPROVED, HOLD = "approved.json", "hold.txt"
"""What a person leaves beside a brief.

That this very one may go, or that it, or all below a folder, must not.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A brief as it lies in its folder."""

    folder: Path
    report: str
    label: str
    """The moment it tells of, to the minute: with the report, its identity."""
    session: dt.date
    as_of: dt.datetime
    verdict: str
    mark: str
    """What two briefs share that tell the same, in whatever form."""
    old_mark: str = field(repr=False, compare=False)
    """The mark that earlier versions gave it, in which the form of the mail counted."""
    document: bytes
    words: bytes = field(repr=False)
    """The email as it was when the brief was read.

    It is what is sent. Empty where there is none.
    """
    told: Mapping[str, Any] = field(repr=False, compare=False)
    """The document, read."""
    title: str
    edition: int = 1
    """The edition that it says it is, as a correction of those before."""
    reader: str | None = None
    """Whom a private brief is for, as :attr:`Recipient.mark` says it; None for a public one."""

    @property
    def private(self) -> bool:
        """Whether it tells what a reader holds: then nobody else gets it."""
        return self.reader is not None

    @property
    def known_as(self) -> str:
        """What the ledger calls its report: of a private one, another name for each reader."""
        return f"{self.report}.{self.reader or UNNAMED}" if self.private else self.report

    @property
    def evidence(self) -> bytes:
        """What the ledger keeps of it: its document, and nothing of a private one."""
        return b"" if self.private else self.document

    @property
    def seal(self) -> str:
        """The SHA-256 of its seal; "" where it has none."""
        file = self.folder / "seal.json"
        return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""

    @property
    def shown(self) -> str:
        """How a person names it."""
        return f"{self.report} of {self.label}"


def newest(folder: Path) -> Path:
    """*folder*, or where it is that of a report, the folder of its newest brief."""
    if (folder / "brief.json").is_file() or not folder.is_dir():
        return folder
    briefs = [
        place
        for place in folder.iterdir()
        if LABEL.fullmatch(place.name) and (place / "brief.json").is_file()
    ]
    return max(
        briefs,
        key=lambda place: json.loads((place / "brief.json").read_bytes())["as_of"],
        default=folder,
    )


def _in_old_units(stated: dict[str, Any]) -> dict[str, Any]:
    """A claim or a fact in the units of 0.1.0, for the mark of what was sent.

    So a brief that 0.1.0 sent is the same brief when it is rendered again.
    """
    if stated.get("currency") != renamed.CURRENCY:
        return stated
    kept = {name: value for name, value in stated.items() if name != "currency"}
    return {**kept, "unit": renamed.OLD_UNITS[stated["unit"]]}


def finished(folder: Path) -> Finished:
    """The brief in *folder*.

    Raises:
        DeliveryError: There is none that can be sent.
    """
    try:
        document = (folder / "brief.json").read_bytes()
        told: dict[str, Any] = json.loads(document)
        words = (folder / "brief.eml").read_bytes() if (folder / "brief.eml").is_file() else b""
        stated = _stated(told)
        mark = MARK + hashlib.sha256(f"{stated}\0{_text_of(words)}".encode()).hexdigest()
        as_of = dt.datetime.fromisoformat(told["as_of"])
        return Finished(
            folder=folder,
            report=_named(told["report"]),
            label=f"{as_of:%Y-%m-%dT%H%M}",
            as_of=as_of,
            session=dt.date.fromisoformat(told["session"]),
            verdict=told["verdict"],
            mark=mark,
            old_mark=hashlib.sha256(stated.encode() + words).hexdigest(),
            document=document,
            words=words,
            told=told,
            title=told["title"],
            edition=int(told.get("correction", {}).get("edition", 1)),
            reader=_reader(told, folder),
        )
    except (
        OSError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        _refuse_changed(folder)
        raise DeliveryError(
            f"There is no finished brief in {folder}: brief.json cannot be"
            " read. Make one: reportgen run REPORT.",
            subject=folder,
        ) from error


def _reader(told: Mapping[str, Any], folder: Path) -> str | None:
    """Whom a private brief is for, as its record says; None for a public one."""
    if not told.get("private"):
        return None
    record = json.loads((folder / RECORD).read_bytes())
    return str(record["metadata"]["reportgen"]["inputs"]["reader"])


def refuse_private(brief: Finished) -> None:
    """Raise DeliveryError where *brief* tells what a reader holds."""
    if brief.private:
        raise DeliveryError(
            f"{brief.shown} tells what a reader holds, and goes to that reader alone: reportgen"
            f" send {brief.folder} --to LIST.",
            subject=brief.folder,
        )


def _text_of(words: bytes) -> str:
    """All that the text part of the mail *words* says, and its subject."""
    mail = message_from_bytes(words, policy=headers.WRITTEN)
    part = mail.get_body(("plain",))
    return " ".join(f"{mail['Subject']} {part.get_content() if part else ''}".split())


def same(brief: Finished, mark: str, document: bytes = b"") -> bool:
    """Whether *mark* and *document*, a ``brief.json`` that was kept, tell the same as *brief*.

    A mark of an earlier version is that of a mail to the byte. A brief that was rendered again
    since has another form; it is then judged by what it states.
    """
    if mark.startswith(MARK):
        return mark == brief.mark
    return mark == brief.old_mark or (
        bool(document) and _stated(json.loads(document)) == _stated(brief.told)
    )


def _stated(told: Mapping[str, Any]) -> str:
    """What the document of a brief states: its figures, its gaps, and the words around them."""
    body = {name: told[name] for name in ("title", "verdict", "gaps")}
    body["claims"] = [_in_old_units(claim) for claim in told["claims"]]
    body["facts"] = {id: _in_old_units(fact) for id, fact in told["facts"].items()}
    return json.dumps(body, sort_keys=True)


def _named(report: str) -> str:
    """The name of a report, which folders elsewhere are named by: never a path."""
    if not REPORT.fullmatch(report):
        raise ValueError(f"{report!r} is not the name of a report")
    return report


def _refuse_changed(folder: Path) -> None:
    """Raise SealError if a file of the sealed brief in *folder* was changed: the true cause."""
    if (folder / SEAL).is_file():
        with suppress(RecordError):
            verified(LocalFolder(folder))


def refuse(
    brief: Finished,
    mail: Mail | None,
    last_session: dt.date,
    *,
    late: bool = False,
) -> None:
    """Raise DeliveryError where *mail* forbids sending *brief*; say what to do."""
    if reason := held(brief):
        raise DeliveryError(reason, subject=brief.folder)
    if brief.verdict == "degraded" and mail and mail.degraded == "hold":
        raise DeliveryError(
            f'{brief.shown} names gaps, and [mail] says degraded = "hold"; fetch what is missing'
            ' and make it again, or say "send".',
            subject=brief.folder,
        )
    if mail and mail.approval and approved_by(brief) is None:
        raise DeliveryError(
            f"{brief.shown} waits for a person: reportgen approve {brief.folder} --by NAME.",
            subject=brief.folder,
        )
    if brief.session < last_session and not late:
        raise DeliveryError(
            f"{brief.shown} tells of {brief.session}, and the last session was"
            f" {last_session}; send the newest brief, or this one with --late.",
            subject=brief.folder,
        )


def held(brief: Finished) -> str:
    """Why the gate or a person holds *brief*; "" where nobody does."""
    page = brief.folder / "gate.txt"
    verdict = verdict_of(page.read_bytes()) if page.is_file() else None
    if verdict is None:
        return f"{brief.shown} has no verdict in {page}; make it again."
    if verdict is Verdict.HOLD:
        return (
            f"{brief.shown} is held by the gate; {page} says why. What lies"
            " there is an older brief."
        )
    place = held_at(brief.folder)
    if place is None:
        return ""
    said = " ".join((place / HOLD).read_text(encoding="utf-8", errors="replace").split())
    return (
        f"{brief.shown} is held by a person: {said or 'no reason is given'}."
        f" Let it go: reportgen approve {brief.folder} --by NAME, or remove"
        f" {place / HOLD}."
    )


def held_at(folder: Path) -> Path | None:
    """The folder where a person holds *folder*: itself, or one of its parents."""
    places = (folder, *folder.absolute().parents[:2], *folder.resolve().parents[:2])
    return next((place for place in places if (place / HOLD).is_file()), None)


def approved_by(brief: Finished) -> str | None:
    """Who approved this very brief.

    None where nobody did, or it was made again since and tells something else.
    """
    try:
        said = json.loads((brief.folder / APPROVED).read_text(encoding="utf-8"))
        approved = same(brief, said["mark"]) and said.get("seal", brief.seal) == brief.seal
        return str(said["by"]) if approved else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def approve(brief: Finished, person: str, at: dt.datetime) -> None:
    """Record that *person* approves this very brief, and lift any hold on it."""
    from reportgen.config.resources import written

    said = {
        "by": person,
        "at": at.isoformat(timespec="seconds"),
        "mark": brief.mark,
        "seal": brief.seal,
    }
    written(
        brief.folder / APPROVED,
        (json.dumps(said, indent=1, ensure_ascii=False) + "\n").encode(),
    )
    (brief.folder / HOLD).unlink(missing_ok=True)


def hold(brief: Finished, person: str, reason: str) -> None:
    """Leave word that *person* keeps the brief back, and why."""
    from reportgen.config.resources import written

    written(
        brief.folder / HOLD,
        f"{' '.join(reason.split())} ({' '.join(person.split())})\n".encode(),
    )
    (brief.folder / APPROVED).unlink(missing_ok=True)
