"""Deliver a brief through the doors of a desk, each once, by the mail's ledger."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future

from reportgen.core import headers
from reportgen.core.errors import SettingsError
from reportgen.publish.channels import Deliverer, Post
from reportgen.publish.ledger import ASKED, Key, Ledger
from reportgen.publish.mail.sending import Clock, Told, edition_of
from reportgen.publish.mail.smtp import Outcome
from reportgen.publish.release import Finished, refuse_private

LONGEST = 300.0
"""Seconds that a door has, all its attempts together."""
FIGURE = re.compile(rb'<figure id="(figure-[a-z0-9-]+)">')


def post(
    brief: Finished,
    doors: Mapping[str, Deliverer],
    ledger: Ledger,
    clock: Clock,
    *,
    page: str = "",
    again: Collection[str] = (),
) -> Iterator[Told]:
    """The outcome for *brief* at each of *doors*, one after the other.

    Args:
        brief: A finished brief.
        doors: The doors by name.
        ledger: What was delivered before.
        clock: The current time.
        page: The URL of the brief's page; "" if unknown.
        again: Names of doors that get it again though they may have it.

    Raises:
        DeliveryError: As for the mail.
    """
    refuse_private(brief)
    with ledger.held():
        key = edition_of(brief, ledger, clock())
        for name, through in doors.items():
            own = f"door:{name}"
            what = posted(brief, key, name, page, clock)
            standing = ledger.claim(
                key, own, what.id, clock(), again=ASKED if name in again else ()
            )
            if standing:
                yield Told(
                    own,
                    "already" if standing.state == "sent" else standing.state,
                    standing.answer,
                )
                continue
            ledger.handing(key, [own])
            outcome = _handed(through, what)
            ledger.settle(key, {own: outcome}, clock())
            yield Told(
                own,
                outcome.state,
                f"{outcome.code or ''} {outcome.answer}".strip(),
            )


def posted(brief: Finished, key: Key, name: str, page: str, clock: Clock) -> Post:
    """What the door *name* is handed of *brief* as the edition *key*."""
    told = brief.told
    points = dict.fromkeys(
        claim["sentence"] for claim in told["claims"] if claim["where"] == "key_points"
    )
    notices = [
        told["provenance"].get("notice"),
        f"Missing: {', '.join(told['gaps'])}." if told["gaps"] else "",
    ]
    files = {path.name: path.read_bytes() for path in sorted(brief.folder.glob("brief.*"))}
    figure = FIGURE.search(files.get("brief.html", b""))
    return Post(
        id=hashlib.sha256(f"{key} {name} {brief.mark}".encode()).hexdigest()[:32],
        report=brief.report,
        label=brief.folder.name,
        session=brief.session,
        as_of=brief.as_of,
        edition=key.edition,
        title=brief.title,
        points=tuple(points),
        notices=tuple(filter(None, notices)),
        verdict=brief.verdict,
        page=page,
        chart=f"{page}#{figure[1].decode()}" if page and figure else "",
        files=files,
        at=clock(),
    )


def _handed(through: Deliverer, what: Post) -> Outcome:
    """What became of *what*, also where a door does not end.

    The others are to have their turn, and other senders the ledger.
    """
    told: Future[Outcome] = Future()

    def turn() -> None:
        try:
            told.set_result(_outcome(through, what))
        except BaseException as error:  # noqa: BLE001 - it ends who waits
            told.set_exception(error)

    threading.Thread(target=turn, daemon=True).start()
    try:
        found = told.result(LONGEST)
    except TimeoutError:
        found = Outcome("unknown", 0, f"no end came within {LONGEST:g} seconds")
    return found._replace(answer=headers.printable(found.answer))


def _outcome(through: Deliverer, what: Post) -> Outcome:
    """What became of *what*, also where a door fails in a way of its own."""
    try:
        return through.hand(what)
    except SettingsError as error:  # before anything left
        return Outcome("deferred", 0, str(error))
    except Exception as error:  # noqa: BLE001 - a door of another package may raise anything
        return Outcome("unknown", 0, f"the door failed: {type(error).__name__}")
