"""The ledger of deliveries.

A small SQLite file, written before and after each hand-over, so that
no reader gets a brief twice.

States of one brief to one reader: "claimed" (about to be handed over),
"handing" (the server may have it), then "sent", "refused", "deferred" (refused
for now) or "unknown"; "suppressed" is who asked for no more mail. Only "claimed",
"deferred" and "suppressed" are tried again; a process
that is killed while a message is being handed over leaves "handing", which the
next one reads as "unknown".
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from reportgen.core import headers
from reportgen.core.errors import DeliveryError
from reportgen.files.locks import locked
from reportgen.publish.mail.smtp import Outcome
from reportgen.publish.recipients import identity

VERSION = 3
SCHEMA = """
CREATE TABLE deliveries (
    report TEXT, label TEXT, edition INTEGER, recipient TEXT, state TEXT, message_id TEXT,
    code INTEGER, answer TEXT, at TEXT, attempts INTEGER,
    PRIMARY KEY (report, label, edition, recipient));
CREATE TABLE editions (
    report TEXT, label TEXT, edition INTEGER, mark TEXT, brief BLOB, at TEXT, seal TEXT,
    PRIMARY KEY (report, label, edition));
"""
READ = "BEGIN"
"""The transaction of who only looks: nobody is kept out by it, nor does it
wait for who is sending.
"""
DONE = ("sent", "refused", "unknown")
"""States that are not left without a word of a person."""
ASKED = ("refused", "unknown")
"""States that a person may have tried again."""
FURTHEST = ("sent", "handing", "unknown", "refused", "deferred", "claimed")
"""The states, those first in which a reader may have the brief."""


class Key(NamedTuple):
    """What was delivered: report, label of its moment, and edition (1 is first)."""

    report: str
    label: str
    edition: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One brief to one reader, as the ledger knows it."""

    key: Key
    recipient: str
    state: str
    message_id: str
    code: int
    answer: str
    at: dt.datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a brief that was sent: its mark, and its ``brief.json``."""

    key: Key
    mark: str
    brief: bytes
    seal: str = ""
    """The seal of what was sent and the digests of its files, as JSON; ""
    where 0.1.0 sent it.
    """


class Ledger:
    """The ledger at *path*, held by one sender at a time; made if need be."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._kept: sqlite3.Connection | None = None

    @property
    def lock(self) -> Path:
        """The file that is locked by whoever sends."""
        return self.path.with_suffix(".lock")

    def prepare(self) -> None:
        """Make the file the newest there is; the caller has the lock."""

    def make(self) -> None:
        """Make the file, or repair and upgrade the one that is there."""
        with self._open():
            pass

    @contextmanager
    def held(self, seconds: float = 30.0) -> Iterator[None]:
        """Keep other senders out until the end of the ``with``.

        The lock is the file system's: it ends with its process, however that
        ends. What that one left half done is settled here.

        Raises:
            DeliveryError: One does not end within *seconds*.
        """
        with locked(self.lock, seconds) as free:
            if not free:
                raise DeliveryError(
                    f"Another run is sending by {self.path}; try again when it has ended.",
                    subject=self.path,
                )
            self.prepare()
            try:
                with self._open() as ledger:
                    words = (
                        "the sender was killed while the server may have had the"
                        " message; ask the reader, then send it again with"
                        " --resend"
                    )
                    ledger.execute(
                        "UPDATE deliveries SET state = 'unknown', answer = ?"
                        " WHERE state = 'handing'",
                        [words],
                    )
                self._kept = self._connected()
                yield
            finally:
                if self._kept is not None:
                    self._kept.close()
                self._kept = None

    def _connected(self) -> sqlite3.Connection:
        """A connection on which each commit is durable: on disk before it returns."""
        connection = sqlite3.connect(self.path, timeout=30.0, isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    @contextmanager
    def _open(
        self,
        begin: str = "BEGIN IMMEDIATE",
    ) -> Iterator[sqlite3.Connection]:
        """A transaction: on the connection that has the lock, or on one of its own."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with (
                nullcontext(self._kept) if self._kept else closing(self._connected())
            ) as connection:
                connection.execute(begin)
                try:
                    self._made(connection)
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    with suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")
                    raise
        except (OSError, sqlite3.Error, zlib.error) as error:
            raise DeliveryError(
                f"The outbox at {self.path} cannot be used: {error}.",
                subject=self.path,
            ) from error

    def _made(self, connection: sqlite3.Connection) -> None:
        """Make the tables where there are none.

        Raises:
            DeliveryError: They are of another version.
        """
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if not version:
            for statement in filter(str.strip, SCHEMA.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        elif version in UPGRADES:
            for number in range(version, VERSION):
                UPGRADES[number](connection)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        elif version != VERSION:
            raise DeliveryError(
                f"The outbox at {self.path} has version {version}, this reportgen reads {VERSION}.",
                subject=self.path,
            )

    def claim(
        self,
        key: Key,
        recipient: str,
        message_id: str,
        at: dt.datetime,
        *,
        again: Collection[str] = (),
    ) -> Delivery | None:
        """None where *recipient* may be sent *key* now, which is then claimed.

        Args:
            key: The edition of the brief.
            recipient: The identity of a reader, or "door:" and a name.
            message_id: The identity of the message.
            at: The current time, with a time zone.
            again: States in which it is claimed although it is done: of ``ASKED``.

        Returns:
            The existing delivery, if it may not be sent.
        """
        with self._open() as ledger:
            known = _delivery(
                ledger.execute(
                    f"{SELECT} WHERE report = ? AND label = ? AND edition = ? AND recipient = ?",
                    [*key, recipient],
                ).fetchone()
            )
            if known and not free(known.state, again=again):
                return known
            ledger.execute(
                "INSERT INTO deliveries VALUES (?, ?, ?, ?, 'claimed', ?, 0,"
                " '', ?, 0) ON CONFLICT DO UPDATE SET state = 'claimed', at ="
                " excluded.at, message_id = excluded.message_id",
                [*key, recipient, message_id, at.isoformat()],
            )
        return None

    def pass_over(self, key: Key, recipient: str, words: str, at: dt.datetime) -> None:
        """Write down that *recipient* asked for no mail, unless more is known of the delivery."""
        with self._open() as ledger:
            ledger.execute(
                "INSERT INTO deliveries VALUES (?, ?, ?, ?, 'suppressed', '', 0, ?, ?, 0)"
                " ON CONFLICT DO UPDATE SET state = 'suppressed', answer = excluded.answer,"
                " at = excluded.at WHERE state IN ('claimed', 'deferred')",
                [*key, recipient, headers.printable(words), at.isoformat()],
            )

    def first_message(self, key: Key, recipient: str) -> str:
        """The identity of the first message about *key*'s brief that *recipient* may have.

        That of an earlier edition; "" where there is none.
        """
        with self._open(READ) as ledger:
            row = ledger.execute(
                "SELECT message_id FROM deliveries WHERE report = ? AND label = ? AND edition < ?"
                " AND recipient = ? AND state IN ('sent', 'handing', 'unknown')"
                " ORDER BY edition LIMIT 1",
                [*key, recipient],
            ).fetchone()
        return str(row[0]) if row else ""

    def reached(self, key: Key) -> bool:
        """Whether anybody may have *key*."""
        with self._open() as ledger:
            query = (
                "SELECT 1 FROM deliveries WHERE report = ? AND label = ? AND"
                " edition = ? AND state IN ('sent', 'handing', 'unknown')"
            )
            return ledger.execute(query, list(key)).fetchone() is not None

    def ahead(self, recipients: Sequence[str]) -> None:
        """Be told who is handed a message from here on, in their order."""

    def handing(self, key: Key, recipients: list[str]) -> None:
        """Write down that the server may have the message from now on."""
        with self._open() as ledger:
            ledger.executemany(
                "UPDATE deliveries SET state = 'handing', attempts = attempts"
                " + 1 WHERE report = ? AND label = ? AND edition = ? AND"
                " recipient = ?",
                [[*key, recipient] for recipient in recipients],
            )

    def settle(
        self,
        key: Key,
        outcomes: dict[str, Outcome],
        at: dt.datetime,
    ) -> None:
        """Write down what became of the message."""
        with self._open() as ledger:
            ledger.executemany(
                "UPDATE deliveries SET state = ?, code = ?, answer = ?, at = ?"
                " WHERE report = ? AND label = ? AND edition = ? AND recipient"
                " = ?",
                [
                    [state, code, headers.printable(answer), at.isoformat(), *key, recipient]
                    for recipient, (state, code, answer) in outcomes.items()
                ],
            )

    def deliveries(self, report: str = "", label: str = "") -> list[Delivery]:
        """All deliveries by key, or those of one *report* or of one of its briefs."""
        if not self.path.is_file():
            return []
        with self._open(READ) as ledger:
            rows = ledger.execute(
                f"{SELECT} WHERE ? IN ('', report) AND ? IN ('', label) ORDER"
                " BY label, report, edition, recipient",
                [report, label],
            ).fetchall()
        return [found for row in rows if (found := _delivery(row))]

    def latest(self, report: str, label: str) -> Edition | None:
        """The newest edition of a brief that was begun to be sent."""
        if not self.path.is_file():
            return None
        with self._open(READ) as ledger:
            row = ledger.execute(
                "SELECT edition, mark, brief, coalesce(seal, '') FROM editions"
                " WHERE report = ? AND label = ? ORDER BY edition DESC LIMIT 1",
                [report, label],
            ).fetchone()
            return (
                Edition(
                    Key(report, label, row[0]),
                    row[1],
                    zlib.decompress(row[2]),
                    row[3],
                )
                if row
                else None
            )

    def begin(self, edition: Edition, at: dt.datetime) -> None:
        """Keep *edition* before its first message; it replaces one that was never sent."""
        row = [
            *edition.key,
            edition.mark,
            zlib.compress(edition.brief),
            at.isoformat(),
            edition.seal,
        ]
        with self._open() as ledger:
            ledger.execute(
                "INSERT OR REPLACE INTO editions VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )


def free(state: str, again: Collection[str] = ()) -> bool:
    """Whether a delivery in *state* may be tried; a person may say so of the states *again*."""
    return state not in DONE or (state in again and state in ASKED)


def _with_seals(connection: sqlite3.Connection) -> None:
    """0.1.0 kept no seals."""
    connection.execute("ALTER TABLE editions ADD COLUMN seal TEXT")


def _by_identity(connection: sqlite3.Connection) -> None:
    """Earlier versions knew a reader by the spelling of the list.

    Where two spellings of one reader have a row each, that of the furthest state is kept.
    """
    rows = connection.execute(
        "SELECT rowid, report, label, edition, recipient, state FROM deliveries"
    ).fetchall()
    kept: dict[tuple[str, ...], tuple[int, int]] = {}
    for number, *key, recipient, state in rows:
        known = recipient if recipient.startswith("door:") else identity(recipient)
        rank = FURTHEST.index(state) if state in FURTHEST else len(FURTHEST)
        kept[*key, known] = min(kept.get((*key, known), (rank, number)), (rank, number))
    left = {number: known for (*_, known), (_, number) in kept.items()}
    gone = [[number] for number, *_ in rows if number not in left]
    moved = [
        [left[number], number]
        for number, _, _, _, recipient, _ in rows
        if left.get(number, recipient) != recipient
    ]
    connection.executemany("DELETE FROM deliveries WHERE rowid = ?", gone)
    connection.executemany("UPDATE deliveries SET recipient = ? WHERE rowid = ?", moved)


UPGRADES: Mapping[int, Callable[[sqlite3.Connection], None]] = {1: _with_seals, 2: _by_identity}
"""Upgrades a ledger of an earlier version to the next."""


SELECT = (
    "SELECT report, label, edition, recipient, state, message_id, code,"
    " answer, at, attempts FROM deliveries"
)


def _delivery(row: tuple[str, ...] | None) -> Delivery | None:
    if row is None:
        return None
    report, label, edition, recipient, state, message_id, code, answer, at, attempts = row
    return Delivery(
        Key(report, label, int(edition)),
        recipient,
        state,
        message_id,
        int(code),
        headers.printable(answer),  # a ledger of 0.1.0 has a server's words as they came
        dt.datetime.fromisoformat(at),
        int(attempts),
    )
