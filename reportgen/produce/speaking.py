"""A statement of a person added to a finished brief, which is then told again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reportgen.config.resources import cache_dir
from reportgen.config.settings import Settings
from reportgen.core.errors import EditError, did_you_mean
from reportgen.files.locks import locked
from reportgen.files.outputs import folder
from reportgen.produce.again import render_again
from reportgen.record.edits import Driver, Edits, Quote, read_edits
from reportgen.record.record import Record, read_record
from reportgen.story.model import Narrative, Paragraph
from reportgen.verify.subjects import meaning, subjects

PATIENCE = 60.0
"""For how many seconds an addition waits for another one to the same brief."""
PLACES = {"title": "the headline", "key_points": "a key point", "body": "the text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A statement as a person gives it; *about* is a symbol or a name."""

    author: str
    text: str
    role: str = ""
    about: str = ""
    clause: str = ""
    source: str = ""
    date: str = ""
    driver: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """Where the statement stands now, in a sentence, and the files that were written."""

    shown: str
    files: tuple[str, ...] = ()


def add(source: Path, asked: Asked, settings: Settings) -> Added:
    """Add what was *asked* to the ``edits.toml`` of the brief *source*, and tell it again.

    A statement that is there already changes nothing.

    Raises:
        EditError: It lacks a part, is of another day, or is about what the brief does not have.
        SealError: The brief was changed by hand.
    """
    from reportgen.produce.telling import read_notebook

    record = read_record(read_notebook(source))
    place = source.parent
    said = _statement(asked, record)
    edits = Edits(driver=(said,)) if isinstance(said, Driver) else Edits(quote=(said,))
    mark = hashlib.sha256(str(place.resolve()).encode()).hexdigest()[:32]
    with locked(cache_dir() / "edits" / f"{mark}.lock", PATIENCE) as free:
        if not free:
            raise EditError(f"{place} is being edited by another process; try again.")
        stored = read_edits(folder(place))
        if said in (*stored.driver, *stored.quote):
            return Added(shown=f"{place}: it has this statement already; nothing was changed.")
        brief = render_again(source, edits, (), settings)
    ids = [
        row["id"]
        for row in brief.record.commentary.values()
        if (row["text"], row.get("about", "")) == (said.text, said.about)
    ]
    places = list(dict.fromkeys(_places(brief.narrative, ids)))
    unsaid = asked.clause and not {PLACES["title"], PLACES["key_points"]} & set(places)
    note = " No headline or key point has room for the clause." if unsaid else ""
    shown = f"{place}: {asked.author} in {' and '.join(places)}.{note}"
    return Added(shown=shown, files=tuple(brief.files))


def _statement(asked: Asked, record: Record) -> Quote:
    """What was *asked* as a row of ``edits.toml``.

    Raises:
        EditError: A part of it is missing or cannot be used.
    """
    for name, text in (("--by", asked.author), ("--says", asked.text)):
        if not any(map(str.isalpha, text)):
            raise EditError(f"{name} is empty; a statement needs a name and a text.", subject=name)
    if asked.clause and not asked.driver:
        raise EditError("--clause is that of a cause; add --driver.", subject="--clause")
    text = " ".join(asked.text.split())
    row = {
        "text": text if text[-1] in ".\u201d" else f"{text}.",
        "author": " ".join(asked.author.split()),
        "role": " ".join(asked.role.split()),
        "date": asked.date or str(record.context["moment"]["at"])[:10],
        "about": _symbol(asked.about.strip(), record),
        "source": " ".join(asked.source.split()),
    }
    if asked.driver:
        row["clause"] = " ".join(asked.clause.split())
    rows = [{name: text for name, text in row.items() if text}]
    found = Edits.from_payload({"driver" if asked.driver else "quote": rows})
    return (*found.driver, *found.quote)[0]


def _symbol(about: str, record: Record) -> str:
    """The symbol of what a statement is *about*, "" for the market."""
    if not about or about in record.instruments:
        return about
    stands_for = subjects(record)
    symbols = meaning(stands_for, about.removeprefix("the "))
    if len(symbols) == 1 and symbols[0] in record.instruments:
        return symbols[0]
    names = [row["short"] for row in record.instruments.values()]
    near = did_you_mean(about, names)
    known = record.instruments[record.lead.instrument]
    hint = near if "mean" in near else f" Write it as '{known['short']}', or {known['symbol']}."
    raise EditError(f"--about '{about}' is no instrument of this brief.{hint}", subject=about)


def _places(told: Narrative, ids: list[str]) -> Iterator[str]:
    """Where the statements *ids* stand in a brief."""
    for where, runs in told.texts():
        if where in PLACES and any(run.ref in ids for run in runs):
            alone = any(
                isinstance(block, Paragraph) and block.voice and block.runs is runs
                for block in told.blocks
            )
            yield "a paragraph of its own" if alone else PLACES[where]
