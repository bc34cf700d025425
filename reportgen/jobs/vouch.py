"""Vouching: a person reads the new lines of a story and puts a name to them.

The names are in the desk's words.toml, beside the digests of the lines.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.config.resources import CONFIG, workspace
from reportgen.core.errors import InvalidParameter, ReportgenError, SettingsError
from reportgen.files.outputs import LocalFolder
from reportgen.markets.instruments import registry
from reportgen.record.request import Report, load_report, report_names
from reportgen.record.templates import WORDS, Templates
from reportgen.story.passages import Passage, own_passages
from reportgen.verify.claims import span
from reportgen.verify.unvouchable import Objection, objection
from reportgen.verify.vouching import refused, standing
from reportgen.verify.words import words_of


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person has to read before a report may use its words."""

    new: tuple[Passage, ...]
    """The lines for which nobody vouches."""
    refused: tuple[tuple[Passage, Objection], ...]
    """What is in them that nobody can vouch for."""


def read(report: Report) -> Reading:
    """The new lines of the story of *report* and of its desk's templates.

    Raises:
        NarrativeError: A template cannot be read.
    """
    new = standing(Templates.of(report.folder)).new
    return Reading(new, (*refused(new), *_named(new, report)))


def _named(new: Iterable[Passage], report: Report) -> Iterator[tuple[Passage, Objection]]:
    """The names of instruments of *report* in plain words, which cite none."""
    known = registry()
    rows = [known[symbol] for symbol in (*report.read, *report.series) if symbol in known]
    names = {n for row in rows for n in (row.first, row.second, row.short, row.group, *row.also)}
    bare = {name.removeprefix("the ") for name in names - {"the index"} if len(name) > 2}
    if not bare:
        return
    listed = "|".join(re.escape(name) for name in sorted(bare, key=len, reverse=True))
    pattern = re.compile(span(f"(?:{listed})"), re.IGNORECASE)
    for passage in new:
        for match in pattern.finditer(passage.words):
            yield passage, objection(match[0], "a name")


def vouch(report: Report, by: str, on: dt.date) -> Path:
    """Write that *by* vouches for all new lines of *report* since *on*; return the file.

    Rows of lines that no report of the desk has any more are dropped. Nothing is written
    where a line has words for which nobody can vouch.

    Raises:
        InvalidParameter: *by* is no name.
        SettingsError: There is no desk.
    """
    if not by.strip():
        raise InvalidParameter('--by is empty; write who vouches, such as --by "Jane Doe".')
    file = words_file(report)
    found = read(report)
    if found.refused:
        raise InvalidParameter(f"{found.refused[0][0].where} has words to cite.", subject=found)
    words_of(Templates.of(report.folder))  # a file that is off is named before it is written
    rows = [(one.words, one.digest, by.strip(), on) for one in found.new]
    if rows or file.is_file():
        LocalFolder(file.parent).write({file.name: _with(file, rows, _used(report)).encode()})
    return file


def words_file(report: Report) -> Path:
    """The words.toml that *report* reads, or the one that its desk will have.

    Raises:
        SettingsError: There is no desk.
    """
    desk = workspace()
    if desk is None:
        raise SettingsError(f"There is no {CONFIG} here or above; 'reportgen init' writes a desk.")
    texts = Templates.of(report.folder).texts
    file = Path(texts[WORDS][1]) if WORDS in texts else desk / "templates" / WORDS
    if not file.is_relative_to(desk):
        raise SettingsError(
            f"{file} is not in {desk}; copy the folder of '{report.name}' into its reports/.",
            subject=file,
        )
    return file


def _used(report: Report) -> frozenset[str] | None:
    """The digests of the own lines of all reports; None where one of them cannot be read."""
    found = {one.digest for one in own_passages(Templates.of(report.folder))}
    for name in report_names():
        with suppress(ReportgenError):
            found |= {one.digest for one in own_passages(Templates.of(load_report(name).folder))}
            continue
        return None
    return frozenset(found)


def _with(file: Path, rows: Iterable[tuple[str, str, str, dt.date]], used: Any) -> str:
    """The text of *file* with *rows* below [[vouched]], without those that are not *used*."""
    import tomlkit

    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    told = tomlkit.parse(text)
    kept = tomlkit.aot()
    for row in told.get("vouched", ()):
        if used is None or row["digest"] in used:
            kept.append(_row(row["text"], row["digest"], row["by"], row["on"]))
    digests = {row["digest"] for row in kept}
    for row in rows:
        if row[1] not in digests:
            kept.append(_row(*row))
            digests.add(row[1])
    told.pop("vouched", None)
    head = tomlkit.dumps(told).rstrip("\n")
    below = tomlkit.dumps({"vouched": kept}).strip("\n") if kept else ""
    return "\n\n".join(part for part in (head, below) if part) + "\n"


def _row(text: str, digest: str, by: str, on: dt.date) -> Any:
    import tomlkit

    row = tomlkit.table()
    for key, value in (("text", text), ("digest", digest), ("by", by), ("on", on)):
        row.add(key, value)
    return row
