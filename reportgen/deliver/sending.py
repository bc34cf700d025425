"""A brief handed over to its readers, each once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from reportgen.deliver.config import Mail
from reportgen.deliver.ledger import Delivery, Edition, Key, Ledger
from reportgen.deliver.message import Letter, message_id
from reportgen.deliver.release import Finished
from reportgen.deliver.smtp import Line, Outcome
from reportgen.edits import Change, Correction
from reportgen.errors import DeliveryError
from reportgen.recipients import Recipient

Clock = Callable[[], dt.datetime]


class Told(NamedTuple):
    """What became of one reader's copy: a state of the ledger, or "already" where it stood before; the server's words; when."""

    recipient: str
    state: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What is to be sent: a brief, to whom, how, and which of those whose outcome is unknown or refused get it again."""

    brief: Finished
    readers: Sequence[Recipient]
    mail: Mail
    again: frozenset[str] = frozenset()


def send(errand: Errand, ledger: Ledger, clock: Clock, line: Line | None = None) -> Iterator[Told]:
    """What became of the copy of every reader, as it is handed over; nobody gets one twice, whatever is killed when.

    DeliveryError where the brief differs from the edition that was sent before and does not say so, or the server can not be used.
    """
    with ledger.held():
        key = _edition(errand, ledger, clock())
        with line or Line(errand.mail) as server:
            yield from _handed(errand, key, ledger, server, clock)


def _edition(errand: Errand, ledger: Ledger, at: dt.datetime) -> Key:
    """The edition that the brief is, kept in the ledger if it is a new one."""
    brief, known = errand.brief, ledger.latest(errand.brief.report, errand.brief.label)
    if known and known.mark == brief.mark:
        return known.key
    due = known.key.edition + 1 if known else 1
    if brief.edition != due and known:
        changed = "; ".join(f"{change.name}: {change.stands}, was {change.was}" for change in changes(known.brief, brief.document)[:3])
        raise DeliveryError(
            f"{brief.shown} was sent before and differs now ({changed or 'in its words'}). Let it say so, as edition {due}: "
            f"reportgen correct {brief.folder} --why TEXT.", subject=brief.folder,
        )  # fmt: skip
    key = Key(brief.report, brief.label, due)
    ledger.begin(Edition(key, brief.mark, brief.document), at)
    return key


def changes(before: bytes, now: bytes) -> list[Change]:
    """Each figure that two ``brief.json`` tell in other words, in the order in which the later one tells them."""
    old, new = (_figures(document) for document in (before, now))
    return [
        Change(fact=fact, name=new[fact][0], was=old[fact][1], stands=new[fact][1])
        for fact in new
        if fact in old and old[fact][1] != new[fact][1]
    ]


def _figures(document: bytes) -> dict[str, tuple[str, str]]:
    """The kind of each fact of a ``brief.json``, in words, and the first words with a figure in which it is told."""
    found: dict[str, tuple[str, str]] = {}
    for claim in json.loads(document)["claims"]:
        if any(letter.isdigit() for letter in claim["text"]) and claim["unit"] not in ("date", "time"):
            found.setdefault(claim["fact"], (claim["kind"].replace("_", " "), claim["text"]))
    return found


def corrected(brief: Finished, ledger: Ledger, why: str) -> Correction:
    """What *brief* has to say on top as the next edition; DeliveryError where it was not sent, or is what was sent."""
    known = ledger.latest(brief.report, brief.label)
    if known is None or known.mark == brief.mark:
        state = "was not sent yet" if known is None else "tells what was sent"
        raise DeliveryError(f"{brief.shown} {state}; there is nothing to correct.", subject=brief.folder)
    return Correction(edition=known.key.edition + 1, why=why, changed=tuple(changes(known.brief, brief.document)))


def _handed(errand: Errand, key: Key, ledger: Ledger, server: Line, clock: Clock) -> Iterator[Told]:
    letters = Letters(errand)
    free: list[Recipient] = []
    for reader in errand.readers:
        own = message_id(key, "all" if errand.mail.together else reader.address, errand.mail.sender)
        standing = ledger.claim(key, reader.folder, own, clock(), again=reader.address in errand.again)
        if standing:
            yield Told(reader.address, "already" if standing.state == "sent" else standing.state, standing.answer)
        elif errand.mail.together:
            free.append(reader)
        else:
            yield from _one(letters, [reader], key, ledger, server, clock)
    if free:
        yield from _one(letters, free, key, ledger, server, clock)


def _one(letters: Letters, readers: Sequence[Recipient], key: Key, ledger: Ledger, server: Line, clock: Clock) -> Iterator[Told]:
    """Hand one message over to *readers*."""
    at = clock()
    data = letters.of(readers, key, at)
    folders = {reader.address: reader.folder for reader in readers}
    try:
        outcomes = server.send(data, list(folders), lambda: ledger.handing(key, list(folders.values())))
    except DeliveryError as error:
        ledger.settle(key, dict.fromkeys(folders.values(), Outcome("deferred", 0, str(error))), at)
        raise
    ledger.settle(key, {folders[address]: outcome for address, outcome in outcomes.items()}, clock())
    yield from (Told(address, outcome.state, f"{outcome.code} {outcome.answer}".strip()) for address, outcome in outcomes.items())


class Letters:
    """The letters of an errand: the copy made for a reader, or the brief's own, which is made ready once for all."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand
        self._shared: Letter | None = None

    def of(self, readers: Sequence[Recipient], key: Key, at: dt.datetime) -> bytes:
        """The bytes of the message to *readers*."""
        named = [(reader.name, reader.address) for reader in readers]
        if len(readers) == 1 and (copy := self._copy(readers[0])):
            return copy.to(named, key, at)
        for reader in readers:
            if reader.parameters:
                raise DeliveryError(
                    f"{reader.address} has parameters of their own and no copy in {self._errand.brief.folder / 'recipients'}; "
                    "make the brief with --recipients first.", subject=reader.address,
                )  # fmt: skip
        if self._shared is None:
            self._shared = self._letter(self._errand.brief.folder)
        return self._shared.to(named, key, at)

    def _copy(self, reader: Recipient) -> Letter | None:
        own = self._errand.brief.folder / "recipients" / reader.folder
        return self._letter(own) if (own / "brief.eml").is_file() else None

    def _letter(self, folder: Path) -> Letter:
        brief = self._errand.brief
        try:
            checked = (folder / "brief.eml").read_bytes()
            pdf = (f"{brief.report}-{brief.label}.pdf", (brief.folder / "brief.pdf").read_bytes()) if self._errand.mail.attach_pdf else None
        except FileNotFoundError as error:
            raise DeliveryError(f"{error.filename} is not there; make the brief with the formats that are sent.", subject=folder) from error
        return Letter(checked, self._errand.mail, pdf)


def standing(deliveries: Iterable[Delivery]) -> str:
    """How many deliveries are in which state, in words."""
    counts: dict[str, int] = {}
    for delivery in deliveries:
        counts[delivery.state] = counts.get(delivery.state, 0) + 1
    return ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "nothing was sent"
