"""A brief handed over to its readers, each once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from reportgen.config.secrets import secret
from reportgen.core.errors import DeliveryError
from reportgen.publish.config import Mail
from reportgen.publish.ledger import ASKED, Delivery, Edition, Key, Ledger, free
from reportgen.publish.mail.message import Letter, message_id
from reportgen.publish.mail.smtp import Line, Outcome
from reportgen.publish.recipients import Recipient, identity
from reportgen.publish.release import Finished, same
from reportgen.publish.suppression import Suppression
from reportgen.record.edits import Change, Correction
from reportgen.verify.seal import RECORD, SEAL

Clock = Callable[[], dt.datetime]


class Told(NamedTuple):
    """What became of one reader's copy.

    A state of the ledger, or "already" where it stood before; and
    the server's words. "suppressed" is who asked for no mail.
    """

    recipient: str
    state: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What is to be sent.

    A brief, its readers, how it is sent, and who gets it *again* after a refusal
    or an unknown outcome: some by identity, and with *unknown* all with an unknown outcome.
    """

    brief: Finished
    readers: Sequence[Recipient]
    mail: Mail
    suppression: Suppression
    """Who gets no mail, whatever else is asked for."""
    again: frozenset[str] = frozenset()
    unknown: bool = False

    def __post_init__(self) -> None:
        """Refuse a private brief for anybody but its reader."""
        others = [one for one in self.readers if not is_for(self.brief, one)]
        if others or (self.brief.private and self.mail.together):
            raise DeliveryError(
                f"{self.brief.shown} tells what a reader holds, and goes to that reader alone.",
                subject=self.brief.folder,
            )

    def states_again(self, reader: Recipient) -> tuple[str, ...]:
        """The states in which *reader* gets it again."""
        if reader.identity in self.again:
            return ASKED
        return ("unknown",) if self.unknown else ()

    def suppressed(self, reader: Recipient) -> str:
        """Why *reader* gets no mail, "" where nothing is known against it."""
        found = self.suppression.of(reader.address)
        return found.words if found else ""


def is_for(brief: Finished, reader: Recipient) -> bool:
    """Whether *reader* may get *brief*: a public one, or the reader's own."""
    return not brief.private or reader.mark == brief.reader


def own_readers(brief: Finished, readers: Sequence[Recipient]) -> list[Recipient]:
    """Those of *readers* who may get *brief*: all, or of a private one its reader.

    Raises:
        DeliveryError: Nobody of them may.
    """
    found = [one for one in readers if is_for(brief, one)]
    if not found:
        made = "" if brief.reader else "; make it by run --recipients, so that it has a reader"
        raise DeliveryError(
            f"{brief.shown} tells what a reader holds, and is for nobody on this list{made}.",
            subject=brief.folder,
        )
    return found


def send(errand: Errand, ledger: Ledger, clock: Clock) -> Iterator[Told]:
    """What became of the copy of every reader, as it is handed over.

    Nobody gets one twice, whatever is killed when.

    Raises:
        DeliveryError: The brief differs from the edition that was sent before
            and does not say so, or the server cannot be used.
    """
    with ledger.held():
        key = edition_of(errand.brief, ledger, clock())
        with Line(errand.mail) as server:
            yield from _handed(errand, key, ledger, server, clock)


def planned(errand: Errand, ledger: Ledger) -> Iterator[Told]:
    """What :func:`send` would do for every reader, with nothing sent or written.

    "due", or as it would tell of who is passed over.
    """
    key, _ = expected(errand.brief, ledger)
    for name in (
        *errand.mail.secrets,
        *((errand.mail.dkim.key,) if errand.mail.dkim else ()),
    ):
        secret(name)
    if source := errand.mail.token_source:
        source.check()
    known = {found.recipient: found for found in ledger.deliveries(*key[:2]) if found.key == key}
    Letters(errand)
    for reader in errand.readers:
        if words := errand.suppressed(reader):
            yield Told(reader.address, "suppressed", words)
            continue
        standing = known.get(reader.identity)
        state = (
            "" if standing is None else "unknown" if standing.state == "handing" else standing.state
        )
        if standing is None or free(state, errand.states_again(reader)):
            yield Told(reader.address, "due", "")
        else:
            yield Told(
                reader.address,
                "already" if state == "sent" else state,
                f"{standing.at:%Y-%m-%d %H:%M} UTC",
            )


def edition_of(brief: Finished, ledger: Ledger, at: dt.datetime) -> Key:
    """The edition that *brief* is, kept in the ledger if it is a new one.

    Raises:
        DeliveryError: It differs from the last and does not say so.
    """
    key, begun = expected(brief, ledger)
    if not begun:
        ledger.begin(
            Edition(key, brief.mark, brief.evidence, sealed_as(brief.folder)),
            at,
        )
    return key


def sealed_as(folder: Path) -> str:
    """The seal of *folder* with its files' digests, as the ledger keeps them.

    "" where it has none.
    """
    try:
        seal = json.loads((folder / SEAL).read_bytes())
        record = json.loads((folder / RECORD).read_bytes())
        return json.dumps(
            {**seal, "files": record["metadata"]["reportgen"]["files"]},
            sort_keys=True,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def expected(brief: Finished, ledger: Ledger) -> tuple[Key, bool]:
    """The edition that *brief* is, and whether the ledger has it so.

    Raises:
        DeliveryError: It differs from the last and does not say so.
    """
    known = ledger.latest(brief.known_as, brief.label)
    if known and same(brief, known.mark, known.brief):
        return known.key, True
    if known and not ledger.reached(known.key):
        return known.key, False
    due = known.key.edition + 1 if known else 1
    if brief.edition != due and known:
        changed = "; ".join(
            f"{change.name}: {change.stands}, was {change.was}"
            for change in changes(known.brief, brief.document)[:3]
        )
        raise DeliveryError(
            f"{brief.shown} was sent before and differs now"
            f" ({changed or 'in its words'}). Let it say so, as edition {due}:"
            f" reportgen correct {brief.folder} --why TEXT.",
            subject=brief.folder,
        )
    return Key(brief.known_as, brief.label, due), False


def changes(before: bytes, now: bytes) -> list[Change]:
    """Each figure that two ``brief.json`` word differently, in the later's order.

    None where the earlier one was not kept, as a private one is not.
    """
    if not before:
        return []
    old, new = (_figures(document) for document in (before, now))
    return [
        Change(fact=fact, name=new[fact][0], was=old[fact][1], stands=new[fact][1])
        for fact in new
        if fact in old and old[fact][1] != new[fact][1] and old[fact][2] != new[fact][2]
    ]


def _figures(document: bytes) -> dict[str, tuple[str, str, Any]]:
    """Each fact of a ``brief.json``: its kind in words, first wording and value."""
    found: dict[str, tuple[str, str, Any]] = {}
    told = json.loads(document)
    for claim in told["claims"]:
        if any(letter.isdigit() for letter in claim["text"]) and claim["unit"] not in (
            "date",
            "time",
        ):
            found.setdefault(
                claim["fact"],
                (
                    claim["kind"].replace("_", " "),
                    claim["text"],
                    told["facts"][claim["fact"]]["value"],
                ),
            )
    return found


def corrected(brief: Finished, ledger: Ledger, why: str) -> Correction:
    """What *brief* has to say on top as the next edition.

    Raises:
        DeliveryError: It was not sent, or is what was sent.
    """
    known = ledger.latest(brief.known_as, brief.label)
    if known is None or same(brief, known.mark, known.brief):
        state = "was not sent yet" if known is None else "tells what was sent"
        raise DeliveryError(
            f"{brief.shown} {state}; there is nothing to correct.",
            subject=brief.folder,
        )
    return Correction(
        edition=known.key.edition + 1,
        why=why,
        changed=tuple(changes(known.brief, brief.document)),
    )


def _handed(
    errand: Errand,
    key: Key,
    ledger: Ledger,
    server: Line,
    clock: Clock,
) -> Iterator[Told]:
    letters = Letters(errand)
    ledger.ahead([one.identity for one in errand.readers if not errand.suppressed(one)])
    together: list[Recipient] = []
    for reader in errand.readers:
        if words := errand.suppressed(reader):
            ledger.pass_over(key, reader.identity, words, clock())
            yield Told(reader.address, "suppressed", words)
            continue
        own = message_id(
            key,
            "all" if errand.mail.together else reader.address,
            errand.mail.sender,
        )
        standing = ledger.claim(
            key,
            reader.identity,
            own,
            clock(),
            again=errand.states_again(reader),
        )
        if standing:
            yield Told(
                reader.address,
                "already" if standing.state == "sent" else standing.state,
                standing.answer,
            )
        elif errand.mail.together:
            together.append(reader)
        else:
            yield from _one(letters, [reader], key, ledger, server, clock)
    if together:
        yield from _one(letters, together, key, ledger, server, clock)


def _one(
    letters: Letters,
    readers: Sequence[Recipient],
    key: Key,
    ledger: Ledger,
    server: Line,
    clock: Clock,
) -> Iterator[Told]:
    """Send one message to *readers*, and record the outcome of each attempt."""

    def settled(outcomes: dict[str, Outcome]) -> None:
        ledger.settle(
            key,
            {identity(address): outcome for address, outcome in outcomes.items()},
            clock(),
        )

    try:
        earlier = (ledger.first_message(key, reader.identity) for reader in readers)
        corrects = next(filter(None, earlier), "") if key.edition > 1 else ""
        data = letters.of(readers, key, clock(), corrects)
        outcomes = server.send(
            data,
            [r.address for r in readers],
            lambda taken: ledger.handing(key, list(map(identity, taken))),
            settled,
        )
    except ValueError as error:  # an address or a name that no header can have
        outcomes = {
            reader.address: Outcome("refused", 0, f"it cannot be written to: {error}")
            for reader in readers
        }
        settled(outcomes)
    yield from (
        Told(
            address,
            outcome.state,
            f"{outcome.code or ''} {outcome.answer}".strip(),
        )
        for address, outcome in outcomes.items()
    )


class Letters:
    """The letters of an errand.

    The brief's own, made ready once for all, and for readers with parameters one
    told from its record.
    """

    def __init__(self, errand: Errand) -> None:
        self._errand = errand
        folder, mail = errand.brief.folder, errand.mail
        try:
            self._pdf = (
                (
                    f"{errand.brief.report}-{errand.brief.label}.pdf",
                    (folder / "brief.pdf").read_bytes(),
                )
                if mail.attach_pdf
                else None
            )
            words = errand.brief.words or (folder / "brief.eml").read_bytes()
            self._shared = Letter(words, mail, self._pdf)
        except FileNotFoundError as error:
            raise DeliveryError(
                f"{error.filename} is not there; make the brief with the formats that are sent.",
                subject=folder,
            ) from error
        self._own = {one.address: data for one, data in _copies(errand)}

    def of(
        self,
        readers: Sequence[Recipient],
        key: Key,
        at: dt.datetime,
        corrects: str,
    ) -> bytes:
        """The bytes of the message to *readers*, which *corrects* an earlier one, "" for none."""
        named = [(reader.name, reader.address) for reader in readers]
        own = self._own.get(readers[0].address) if len(readers) == 1 else None
        return (Letter(own, self._errand.mail) if own else self._shared).to(
            named,
            key,
            at,
            corrects,
        )


def _copies(errand: Errand) -> Iterator[tuple[Recipient, bytes]]:
    """The email of each reader with parameters of their own, told and checked anew.

    Raises:
        DeliveryError: It needs other numbers.
    """
    from reportgen.config.settings import Settings
    from reportgen.produce import telling
    from reportgen.publish.mail import personal
    from reportgen.record.request import Request, text_of

    special = [one for one in errand.readers if _viewed(one, errand.brief).parameters]
    if not special:
        return
    if errand.mail.together:
        raise DeliveryError(
            f"{special[0].address} has parameters of their own; together = true"
            " sends all the same.",
            subject=special[0].address,
        )
    notebook = telling.read_notebook(errand.brief.folder / "notebook.ipynb")
    kept = notebook["metadata"].get("reportgen", {}).get("inputs", {})
    given = {name: text_of(value) for name, value in kept.get("parameters", {}).items()}
    settings = Settings(**kept.get("settings", {}))
    request = Request(
        report=telling.report_at(errand.brief.folder),
        as_of="",
        parameters=given,
        formats=("eml",),
    )
    special = [_viewed(one, errand.brief) for one in special]
    groups = personal.groups(special, request)
    if set(groups) != {()}:
        one = next(readers[0] for part, readers in groups.items() if part)
        raise DeliveryError(
            f"{one.address} wants other numbers than this brief has; make"
            " theirs by run --recipients, and send it from its own folder.",
            subject=one.address,
        )
    for one, files in personal.editions(
        notebook,
        [replace(one, formats=("eml",)) for one in special],
        request,
        settings,
    ):
        yield one, files["brief.eml"]


def _viewed(reader: Recipient, brief: Finished) -> Recipient:
    """*reader* without the file of holdings: a private brief is made from it already."""
    if not brief.private:
        return reader
    from reportgen.produce import telling

    book = telling.report_at(brief.folder).book
    return replace(reader, parameters={k: v for k, v in reader.parameters.items() if k != book})


def standing(deliveries: Iterable[Delivery]) -> str:
    """How many deliveries are in which state, in words."""
    counts: dict[str, int] = {}
    for delivery in deliveries:
        counts[delivery.state] = counts.get(delivery.state, 0) + 1
    return (
        ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
        or "nothing was sent"
    )
