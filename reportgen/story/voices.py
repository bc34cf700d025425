"""Statements: those of a brief's days, and how a brief introduces speakers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from reportgen.core.errors import EditError
from reportgen.record.edits import FILE
from reportgen.record.record import Record
from reportgen.story.citations import Run, cite
from reportgen.story.english import dates
from reportgen.story.model import Block, Paragraph

Statement = Mapping[str, Any]
PEOPLE = (
    "adviser",
    "advisor",
    "analyst",
    "broker",
    "chair",
    "dealer",
    "economist",
    "editor",
    "governor",
    "investor",
    "manager",
    "president",
    "reporter",
    "strategist",
    "trader",
)
"""What a headline may call a person for short, where the title ends so."""
SUFFIXES = ("Jr", "Sr", "II", "III", "IV")
GLOBALS = {
    "voices": "on",
    "said_today": "said_today",
    "causes": "causes",
    "inline": "inline",
    "speaker": "speaker",
    "signed_by": "signed_by",
    "credited": "credited",
}
"""What a story may call, and the methods that answer."""


class Voices:
    """The statements of a record as a story asks for them.

    Who was heard once is named shortly from then on.
    """

    def __init__(self, record: Record, as_of: dt.date) -> None:
        self._items = list(record.commentary.values())
        self._moment = record.context["moment"]
        self._as_of = as_of
        self._heard: dict[str, Statement] = {}
        self._lead = record.market.lead
        self._spoken: dict[tuple[str, str], bool] = {}

    def names(self) -> dict[str, Any]:
        """The global names of a story."""
        return {name: getattr(self, method) for name, method in GLOBALS.items()}

    def on(self, topic: str) -> list[Statement]:
        """The current statements on a topic, by id."""
        return [item for item in self._items if item["topic"] == topic]

    def said_today(self) -> list[Statement]:
        """The statements made since the session before, without causes.

        A statement without an exact date is left out.
        """
        return [
            item
            for item in self._items
            if item["topic"] != "driver" and item["source"] != FILE and self._of(item, "day")
        ]

    def causes(self, window: str = "day") -> list[Statement]:
        """The causes named in the *window*, and what the editors of the brief quote.

        Those about the market as a whole come first.

        Raises:
            EditError: An editor's cause is of another day.
        """
        told = []
        for item in self.on("driver"):
            if self._of(item, window):
                told.append(item)
            elif item["source"] == FILE:
                what = "its day" if window == "day" else f"its {window}"
                raise EditError(
                    f"The driver of {item['speaker']} is of {item['date']}; this brief tells of"
                    f" {what}, {self._moment['session']}, and a cause belongs to the brief of its"
                    " own day.",
                    subject=item["date"],
                )
        told += [
            item for item in self._items if item["source"] == FILE and item["topic"] != "driver"
        ]
        return sorted(told, key=lambda item: self.subject(item) != self._lead)

    def inline(self, items: Sequence[Statement]) -> list[Statement]:
        """Those of *items* that stand beside their subject's sentence.

        Quotes with a subject, and for each subject one cause: the editors' own, or the newest.
        """
        newest = sorted(items, key=lambda item: (item["source"] == FILE, item["date"]))
        causes = {self.subject(item): item for item in newest if item["topic"] == "driver"}
        return [
            item
            for item in items
            if (causes[self.subject(item)] is item if item["topic"] == "driver" else _placed(item))
        ]

    def subject(self, item: Statement) -> str:
        """The symbol of what a statement is about: the lead index for the market as a whole."""
        return str(item.get("about") or self._lead)

    def _of(self, item: Statement, window: str) -> bool:
        """Whether *item* is dated in the *window* that ends with the session."""
        date, session = str(item["date"]), str(self._moment["session"])
        if window in ("month", "year"):
            return date >= session[: 7 if window == "month" else 4]
        if len(date) != 10:
            return False
        if window != "week":
            return date > str(self._moment["previous"])
        day = dt.date.fromisoformat(session)
        monday = day - dt.timedelta(days=day.weekday())
        return date >= monday.isoformat()

    def speaker(self, item: Statement, *, dated: bool = True) -> str:
        """The speaker of a statement, with when and how.

        "Tom Lee, Fundstrat's head of research, told CNBC in November"; the next
        time "Lee also said". What is said beside news of its own day needs no
        date: without *dated* it has none then.
        """
        dated = dated or item["date"] != self._moment["session"]
        words = self._introduced(item, dated=dated)
        self._spoken[item["id"], words] = dated
        return cite(item["id"], words)

    def _introduced(self, item: Statement, *, dated: bool) -> str:
        before = self._heard.get(item["speaker"])
        self._heard[item["speaker"]] = item
        if before is None:
            who = f"{_in_full(item)}," if item["title"] else item["speaker"]
        elif all(before[name] == item[name] for name in ("date", "medium")):
            return f"{self._short(item)} also said"
        else:
            who = self._short(item)
        said = f"{who} {item['medium'] or 'said'}"
        return f"{said} {self._when(item, dates.day)}" if dated else said

    def in_order(self, blocks: Sequence[Block]) -> tuple[Block, ...]:
        """*blocks* with each speaker in full where a reader meets the name first."""
        self._heard = {}
        by_id = {item["id"]: item for item in self._items}
        return tuple(
            replace(
                block,
                runs=tuple(
                    run
                    if (dated := self._spoken.get((run.ref, run.text))) is None
                    else Run(self._introduced(by_id[run.ref], dated=dated), run.ref)
                    for run in block.runs
                ),
            )
            if isinstance(block, Paragraph)
            else block
            for block in blocks
        )

    def signed_by(self, item: Statement) -> str:
        """The speaker and the date of a cause: "Jane Doe, Jan. 8"."""
        day = self._when(item, dates.date).partition(" ")[2]
        who = _in_full(item) if item["source"] == FILE else item["speaker"]
        return cite(item["id"], f"{who}, {day}")

    def credited(self, item: Statement, *, named: bool = False) -> str:
        """Whose words a clause is: "strategist says"; *named*, "chief strategist Jane Doe says"."""
        title = item["title"]
        if named:
            plain = title and "," not in title
            who = f"{title} {item['speaker']}" if plain else item["speaker"]
        else:
            noun = title.split()[-1] if title else ""
            who = noun if noun in PEOPLE else item["speaker"]
        return cite(item["id"], f"{who} says")

    def _when(self, item: Statement, told: Any) -> str:
        """The day of *item* in the form of *told*, after "on", or its month."""
        if len(item["date"]) == 10:
            return f"on {told(dt.date.fromisoformat(item['date']), self._as_of)}"
        return f"in {dt.date.fromisoformat(item['date'] + '-01'):%B}"

    def _short(self, item: Statement) -> str:
        """The surname, or the whole name where two speakers share the surname."""
        surname = _surname(item["speaker"])
        speakers = {other["speaker"] for other in self._items}
        alike = [speaker for speaker in speakers if _surname(speaker) == surname]
        return surname if len(alike) == 1 else str(item["speaker"])


def _placed(item: Statement) -> bool:
    """Whether a statement that is no cause stands beside a subject."""
    return bool(item.get("about")) or item["source"] == FILE


def _in_full(item: Statement) -> str:
    """A speaker with firm and title: "Tom Lee, Fundstrat's head of research"."""
    firm, title = item["firm"], item["title"]
    if firm:
        title = f"{firm}'{'' if firm.endswith('s') else 's'} {title}"
    return f"{item['speaker']}, {title}" if title else str(item["speaker"])


def _surname(speaker: str) -> str:
    parts = [part for part in speaker.split() if part.strip(",.") not in SUFFIXES]
    return parts[-1].strip(",") if parts else speaker
