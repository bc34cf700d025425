"""Statements: those of a brief's days, and how a brief introduces speakers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from reportgen.record.edits import FILE
from reportgen.record.record import Record
from reportgen.story.citations import cite
from reportgen.story.english import dates

Statement = Mapping[str, Any]
SUFFIXES = ("Jr", "Sr", "II", "III", "IV")
GLOBALS = {
    "voices": "on",
    "said_today": "said_today",
    "causes": "causes",
    "speaker": "speaker",
    "signed_by": "signed_by",
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
        items = (item for item in self._items if item["topic"] != "driver")
        return [item for item in items if self._of(item, "day")]

    def causes(self, window: str = "day") -> list[Statement]:
        """The causes named in the *window*, and the editors' own."""
        drivers = self.on("driver")
        return [item for item in drivers if item["source"] == FILE or self._of(item, window)]

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

    def speaker(self, item: Statement) -> str:
        """The speaker of a statement, with when and how.

        "Tom Lee, Fundstrat's head of research, told CNBC in November"; the next
        time "Lee also said".
        """
        before = self._heard.get(item["speaker"])
        self._heard[item["speaker"]] = item
        if before is None:
            who = (
                f"{item['speaker']},"
                f" {item['firm']}'{'' if item['firm'].endswith('s') else 's'}"
                f" {item['title']},"
            )
        elif all(before[name] == item[name] for name in ("date", "medium")):
            return cite(item["id"], f"{self._short(item)} also said")
        else:
            who = self._short(item)
        return cite(
            item["id"],
            f"{who} {item['medium'] or 'said'} {self._when(item, dates.day)}",
        )

    def signed_by(self, item: Statement) -> str:
        """The speaker and the date of a cause: "Jane Doe, Jan. 8"."""
        day = self._when(item, dates.date).partition(" ")[2]
        return cite(item["id"], f"{item['speaker']}, {day}")

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


def _surname(speaker: str) -> str:
    parts = [part for part in speaker.split() if part.strip(",.") not in SUFFIXES]
    return parts[-1].strip(",") if parts else speaker
