"""What people said: Markdown files with front matter, dated and attributed.

Front matter: ``speaker``, ``title``, ``firm``, ``date`` (a day, a day and time
of New York, or a month where only that is known), ``kind`` ("quote",
"paraphrase" or "driver"), ``topic``, ``source``; optional ``medium`` ("in a
note to clients"), ``event`` (the name of the event the words are about),
``about`` (the symbol of the instrument they are about), ``clause`` (a driver in
a few words) and ``known`` (a day and time by which the public knew the words,
where the date says less).

A brief holds a statement once it is known. Without a time, a statement is known
from the end of its day or month.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reportgen.core.errors import BadData, did_you_mean
from reportgen.markets import home
from reportgen.markets.instruments import known as known_instrument
from reportgen.markets.instruments import registry
from reportgen.record.edits import objection

NEEDED = ("speaker", "title", "firm", "date", "kind", "topic", "source")
OPTIONAL = ("medium", "event", "about", "clause", "known")
KINDS = ("quote", "paraphrase", "driver")
CURRENT_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Commentary:
    """One attributed statement.

    ``text`` is the body of its file, without the outer white space.
    """

    id: str
    speaker: str
    title: str
    firm: str
    date: str
    kind: str
    topic: str
    source: str
    text: str
    medium: str = ""
    event: str = ""
    about: str = ""
    """The symbol of the instrument it is about, "" for none."""
    clause: str = ""
    """A driver in a few words, for a headline or a key point."""
    known: str = ""
    """From when the public knew it, ISO 8601; "" for the end of its day or
    month.

    Without an offset it is a time of the desk's market.
    """

    def known_from(self) -> dt.datetime:
        """From when the public knew it, exchange time."""
        if self.known:
            return known_time(self.known)
        return dt.datetime.combine(
            self.latest() + dt.timedelta(days=1), dt.time(), home().calendar.zone
        )

    def earliest(self) -> dt.date:
        """The first day on which it can have been said."""
        whole = len(self.date) == 10
        return dt.date.fromisoformat(self.date if whole else f"{self.date}-01")

    def latest(self) -> dt.date:
        """The last day on which it can have been said."""
        first = self.earliest()
        if len(self.date) == 10:
            return first
        days = calendar.monthrange(first.year, first.month)[1]
        return first.replace(day=days)

    def payload(self) -> dict[str, Any]:
        """The item as JSON."""
        kept = asdict(self)
        return {k: v for k, v in kept.items() if v or k not in ("about", "clause")}


def known_time(text: str) -> dt.datetime:
    """From when what is dated *text* was known, exchange time.

    A time without an offset is of the desk's market; a day or a month alone
    counts from its end.

    Raises:
        ValueError: It is no date.
    """
    if re.fullmatch(r"\d{4}-\d\d", text):
        first = dt.date.fromisoformat(f"{text}-01")
        text = f"{text}-{calendar.monthrange(first.year, first.month)[1]}"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        after = dt.date.fromisoformat(text) + dt.timedelta(days=1)
        return dt.datetime.combine(after, dt.time(), home().calendar.zone)
    told = dt.datetime.fromisoformat(text)
    zone = home().calendar.zone
    return told.astimezone(zone) if told.tzinfo else told.replace(tzinfo=zone)


def read_commentary(folder: Path) -> list[Commentary]:
    """All items of *folder*, by file name.

    Raises:
        BadData: It names the file and the front matter line that is off.
    """
    return [_read_item(path) for path in sorted(folder.glob("*.md"))]


def _read_item(path: Path) -> Commentary:
    import yaml

    match = re.match(
        r"\A---\r?\n(.*?)\r?\n---\r?\n(.*)\Z",
        _text(path),
        re.DOTALL,
    )
    if match is None:
        raise BadData(
            f"{path}: the front matter is not closed; it stands between two lines '---'.",
            subject=path,
        )
    try:
        data = yaml.load(
            match[1],
            Loader=yaml.BaseLoader,  # noqa: S506 - it makes text alone
        )
    except (yaml.YAMLError, RecursionError) as error:
        raise BadData(
            f"{path}: the front matter is not valid YAML: {error}", subject=path
        ) from error
    if not isinstance(data, dict):
        raise BadData(
            f"{path}: the front matter must be 'name: value' lines.",
            subject=path,
        )
    _check_names(path, data)
    told = {key: str(value).strip() for key, value in data.items()}
    date, _, clock = told["date"].replace("T", " ").partition(" ")
    moment = f"{date} {clock}" if clock else ""
    known = told.get("known", moment).replace("T", " ")
    told |= {"date": date, "known": known}
    item = Commentary(
        id=f"commentary.{path.stem}",
        text=match[2].strip(),
        **told,
    )
    try:
        early = item.known_from().date() < item.earliest()
    except ValueError:
        raise BadData(
            f"{path}: date '{data['date']}' is none of a day (2025-01-07), a"
            " day and time (2025-01-07 15:00) and a month (2025-01); 'known' is"
            " a day and time.",
            subject=path,
        ) from None
    if early:
        raise BadData(
            f"{path}: known '{item.known}' is before the date '{item.date}' on which it was said.",
            subject=path,
        )
    if item.kind not in KINDS:
        hint = did_you_mean(item.kind, KINDS)
        raise BadData(
            f"{path}: kind '{item.kind}' is unknown.{hint}",
            subject=path,
        )
    _check_subject(path, item)
    if not item.text:
        raise BadData(
            f"{path}: there is no text below the front matter.",
            subject=path,
        )
    return item


def _check_subject(path: Path, item: Commentary) -> None:
    if item.about and known_instrument(item.about) is None:
        hint = did_you_mean(item.about, registry())
        raise BadData(
            f"{path}: about '{item.about}' is the symbol of no instrument.{hint}", subject=path
        )
    if item.clause and item.topic != "driver":
        raise BadData(f"{path}: a clause is that of a driver; write 'topic: driver'.", subject=path)
    if item.clause and (why := objection(item.clause)):
        raise BadData(f"{path}: the clause '{item.clause}' {why}.", subject=path)


def _text(path: Path) -> str:
    if not path.is_file():  # a pipe that nobody writes would be waited for
        raise BadData(f"{path}: it is a folder, pipe or device, and no file.", subject=path)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadData(
            f"{path}: the file is not UTF-8 text; save it as UTF-8.",
            subject=path,
        ) from None


def _check_names(path: Path, data: dict[str, Any]) -> None:
    for name in NEEDED:
        if not data.get(name):
            raise BadData(
                f"{path}: '{name}' is missing in the front matter.",
                subject=path,
            )
    for name, value in data.items():
        if not isinstance(value, str):  # a list of lists may be endless as a text
            raise BadData(f"{path}: '{name}' in the front matter is not a text.", subject=path)
        if name not in NEEDED + OPTIONAL:
            raise BadData(
                f"{path}: unknown '{name}' in the front"
                f" matter.{did_you_mean(name, NEEDED + OPTIONAL)}",
                subject=path,
            )


def current(
    items: list[Commentary],
    at: dt.datetime | dt.date,
    events: dict[str, dt.date],
    known: dt.datetime | None = None,
) -> list[Commentary]:
    """The items that a brief may use at *at*.

    Known by then (or by *known*, later that day), and at most 30 days old. *at*
    as a day is the end of that day.

    An item about a dated event belongs to that event's history instead, if it
    was said within 30 days after it; a story then gives its date.
    """
    if not isinstance(at, dt.datetime):
        at = dt.datetime.combine(at, dt.time(23, 59), home().calendar.zone)
        known = known or at + dt.timedelta(minutes=1)
    found, as_of = [], at.astimezone(home().calendar.zone).date()
    for item in items:
        about = events.get(item.event) if item.event else None
        anchor = about or as_of
        day = item.latest()
        age = (day - about).days if about else (as_of - day).days
        by = at if item.known else known or at  # times of a day compare with times
        if item.known_from() > by or anchor > as_of:
            continue
        if abs(age) <= CURRENT_DAYS:
            found.append(item)
    return found
