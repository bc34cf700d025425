"""A ledger that outlives its machine.

It is pulled before the first delivery and pushed before each hand-over, so what
a lost machine was handing over is "unknown" to the next one.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import dropwhile, islice
from pathlib import Path

from reportgen.config.resources import written
from reportgen.core.errors import Overtaken
from reportgen.files.locks import locked
from reportgen.publish.config import Config
from reportgen.publish.keepers import Keeper, keeper
from reportgen.publish.ledger import Key, Ledger, free

VARIABLE = "REPORTGEN_LEDGER"
"""Where a ledger is kept if its desk does not say."""
ANNOUNCED = """
INSERT INTO deliveries (report, label, edition, recipient, state, message_id, code, answer, at,
    attempts) VALUES (?, ?, ?, ?, 'handing', '', 0, '', ?, 1)
ON CONFLICT DO UPDATE SET state = 'handing'
"""
ADDED = "INSERT OR IGNORE INTO main.{table} SELECT * FROM here.{table}"
MERGED = """
UPDATE main.deliveries SET state = 'sent' WHERE state = 'handing' AND EXISTS (
    SELECT 1 FROM here.deliveries AS one WHERE one.state = 'sent'
    AND (one.report, one.label, one.edition, one.recipient)
    = (deliveries.report, deliveries.label, deliveries.edition, deliveries.recipient))
"""
"""What this machine knows better: it sent a mail, and could not push the result."""


def ledger_of(config: Config) -> Ledger:
    """The ledger of a desk: a local file, or one that is kept elsewhere, too.

    Raises:
        SettingsError: There is no place of that name.
    """
    where = config.ledger.keep or os.environ.get(VARIABLE, "")
    if not where:
        return Ledger(config.outbox)
    return KeptLedger(config.outbox, keeper(where, config.desk), config.ledger.batch)


def consulted(config: Config) -> Ledger:
    """The same, to look at: what is kept elsewhere was pulled, unless a sender runs here.

    Raises:
        DeliveryError: The place does not answer.
    """
    found = ledger_of(config)
    if isinstance(found, KeptLedger):
        with locked(found.lock) as alone:
            if alone:
                found.prepare()
    return found


class KeptLedger(Ledger):
    """The ledger at *path*, a working copy of what *place* keeps.

    One push covers up to *batch* readers who come next. A machine that is lost
    leaves all of these as "unknown", also those that were not reached.
    """

    def __init__(self, path: Path, place: Keeper, batch: int) -> None:
        super().__init__(path)
        self._place, self._batch = place, batch
        self._queue: Sequence[str] = ()
        self._announced: set[tuple[Key, str]] = set()
        self._pushed: bytes | None = None
        self._overtaken = False

    @contextmanager
    def held(self, seconds: float = 30.0) -> Iterator[None]:
        """As for any ledger; what was settled is pushed at the end.

        Raises:
            Overtaken: Another machine has pushed meanwhile.
            DeliveryError: The place does not answer.
        """
        self._announced, self._overtaken = set(), False
        with super().held(seconds):
            try:
                yield
            finally:
                if not self._overtaken and self.path.read_bytes() != self._pushed:
                    self._push(self.path.read_bytes())

    def prepare(self) -> None:
        """Pull the ledger, and add what only the local file has."""
        self._pushed = self._place.pull()
        if self._pushed is None:
            return
        pulled = Ledger(self.path.with_suffix(".pulled"))
        written(pulled.path, self._pushed)
        for ledger in (self, pulled):  # both of this version, and without a journal
            ledger.make()
        with closing(sqlite3.connect(pulled.path)) as both:
            both.execute("ATTACH ? AS here", [str(self.path)])
            with both:
                for (table,) in both.execute(
                    "SELECT name FROM main.sqlite_master WHERE type = 'table'"
                ).fetchall():
                    both.execute(ADDED.format(table=table))
                both.execute(MERGED)
        pulled.path.replace(self.path)

    def ahead(self, recipients: Sequence[str]) -> None:
        """Take note of who comes next."""
        self._queue = recipients

    def handing(self, key: Key, recipients: list[str]) -> None:
        """Write it down here, and push it, unless a push has told so."""
        super().handing(key, recipients)
        if self._announced.issuperset((key, one) for one in recipients):
            return
        batch = self._next(key, recipients)
        self._push(self._with(key, batch))
        self._announced |= {(key, one) for one in (*recipients, *batch)}

    def _next(self, key: Key, recipients: Sequence[str]) -> list[str]:
        """Who comes after *recipients* and may be handed the message, to fill a batch."""
        done = {
            one.recipient
            for one in self.deliveries(*key[:2])
            if one.key == key and not free(one.state, again=())
        }
        later = dropwhile(lambda one: one not in recipients, self._queue)
        due = (one for one in later if one not in recipients and one not in done)
        return list(islice(due, max(self._batch - len(recipients), 0)))

    def _with(self, key: Key, batch: Sequence[str]) -> bytes:
        """The ledger as it is, with *batch* as if it were being handed over."""
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
            copy.deserialize(self.path.read_bytes())
            (at,) = copy.execute("SELECT max(at) FROM deliveries").fetchone()
            copy.executemany(ANNOUNCED, [[*key, one, at] for one in batch])
            return copy.serialize()

    def _push(self, data: bytes) -> None:
        try:
            self._place.push(data)
        except Overtaken:
            self._overtaken = True
            raise
        self._pushed = data
