"""The narrative of a notebook without a story: what it shows, in its order."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from jinja2 import TemplateError

from reportgen.config.sandbox import MISTAKES
from reportgen.core.errors import NarrativeError
from reportgen.record.record import Record
from reportgen.record.shown import Shown
from reportgen.story import english
from reportgen.story.citations import NOTEBOOK, Run, Runs, shortened, text_of
from reportgen.story.compose import HEADLINE, OWN_SOURCES, Teller, environment
from reportgen.story.english.dates import MONTHS
from reportgen.story.markup import blocks_of, blocks_of_markdown, plain, words
from reportgen.story.model import (
    Block,
    Grid,
    Heading,
    Image,
    Item,
    Narrative,
    Paragraph,
    Verbatim,
)
from reportgen.story.phrases import Phrases

CITES = re.compile(r"\{\{[^{}]*\bfact\(")
"""A text in Markdown that cites a fact: it is a template of the story language."""
CODE = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`)",
    re.MULTILINE | re.DOTALL,
)
"""Code in a text in Markdown: fenced, or in a line. It stands as it is written."""
KEPT = "\ue010"
"""What stands around the number of a piece of code while its text is filled."""
PREHEADER = 140
SENTENCE = re.compile(r"(?<=[.?!])(?<!U\.S\.)(?= \S)")
MOST_VALUES = 60
"""Letters of a value in the table of glued values."""


def compose(record: Record, headline: Runs = ()) -> Narrative:
    """The narrative of a *record* without a story, under a person's *headline* if there is one.

    Raises:
        NarrativeError: A text cites a fact that was not recorded, or breaks off.
    """
    blocks = list(_blocks(record))
    whole = words(record.title)
    title = shortened(headline or whole, HEADLINE)
    first = blocks[0] if blocks else None
    if isinstance(first, Heading) and text_of(first.runs) == text_of(whole) == text_of(title):
        title = first.runs
        del blocks[0]
    context = record.context
    at = dt.datetime.fromisoformat(context["moment"]["at"])
    day = f"{at:%A}, {MONTHS[at.month - 1]} {at.day}, {at.year}"
    opening = next((b.runs for b in blocks if isinstance(b, Paragraph)), title)
    notices = [words(context["notice"])]
    if record.told_gaps:
        notices.append(words(f"Not shown: {'; '.join(record.told_gaps)}."))
    if "correction" in context:
        notices.insert(0, words(context["correction"]["notice"]))
    return Narrative(
        title=title,
        kicker=words(f"Notebook {_short(context['plain'])} · {day}"),
        preheader=shortened(opening, PREHEADER),
        flag=(Run(english.CORRECTION),) if "correction" in context else (),
        notices=tuple(notices),
        key_points=(),
        strip=(),
        blocks=tuple(blocks),
        footer=(words(f"Made from {context['plain']}. {_sources(record)}"),),
    )


def _short(name: str) -> str:
    """The name of a file without the sign that parts a kicker."""
    return name.replace(" · ", ", ")


def _sources(record: Record) -> str:
    """Whose figures the facts of a desk are, in words."""
    named = sorted({fact.source for fact in record.facts.values()} - {"", *OWN_SOURCES})
    return f"Sources of the cited figures: {', '.join(named)}." if named else ""


def _blocks(record: Record) -> Iterator[Block]:
    """What each thing that is shown becomes."""
    told = _Cells(record)
    number = 0
    for place, one in enumerate(record.shown):
        if one.kind == "markdown":
            yield from told.markdown(one)
        elif one.kind in ("table", "html"):
            yield from blocks_of(one.data, words(one.caption))
        elif one.kind in ("text", "code"):
            if text := plain(one.data).strip("\n"):
                yield Verbatim(text=text.expandtabs(4))
        elif one.kind == "values":
            yield from _values(one.data)
        else:
            number += 1
            yield _image(one, place, number)


def _image(one: Shown, place: int, number: int) -> Image:
    """A picture under its caption, or the title that its chart has."""
    said = one.caption or (_title(one.data) if one.kind == "chart" else "")
    title = words(one.caption)
    alt = f"Figure {number}: {said}" if said else f"Figure {number}, drawn by {one.place}"
    if title and text_of(title) == alt:
        alt = f"Figure {number}"
    return Image(name=f"figure-{number}", title=title, alt=words(alt), place=place)


def _title(spec: Mapping[str, Any]) -> str:
    """What a chart says that it shows."""
    said = spec.get("title", "")
    said = said.get("text", "") if isinstance(said, Mapping) else said
    said = " ".join(said) if isinstance(said, list) else said
    return str(said or spec.get("description") or "")


def _values(glued: Mapping[str, Any]) -> Iterator[Grid]:
    """A table of the glued values that are plain ones."""
    rows = [(name, value) for name, value in glued.items() if isinstance(value, str | int | float)]
    if rows:
        shown = [(name, str(value)) for name, value in rows]
        yield Grid(
            title=(),
            columns=(words("Name"), words("Value")),
            rows=tuple((words(name), words(value[:MOST_VALUES])) for name, value in shown),
            right=(False, all(not isinstance(value, str) for _, value in rows)),
        )


class _Cells:
    """The texts of a record, and the story language for those that cite a fact."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._env: Any = None

    def markdown(self, one: Shown) -> Iterator[Block]:
        """The blocks of a text. A sentence that cites a fact is checked, and no other one."""
        if not CITES.search(CODE.sub("", one.data)):
            yield from blocks_of_markdown(one.data)
            return
        for block in blocks_of_markdown(self._filled(one)):
            if isinstance(block, Paragraph | Heading | Item):
                yield replace(block, runs=tuple(judged(block.runs)))
            else:
                yield block

    def _filled(self, one: Shown) -> str:
        """A text with its figures, marked as a story marks them."""
        where = f"{self._record.context['plain']}, {one.place}"
        if not self._record.facts:
            raise NarrativeError(
                f"{where} cites a fact, and the notebook records none; call open_desk, and"
                " record facts in a cell above.",
                subject=where,
            )
        code = [found[0] for found in CODE.finditer(one.data)]
        places = iter(range(len(code)))
        text = CODE.sub(lambda _: f"{KEPT}{next(places)}{KEPT}", one.data)
        try:
            told = str(self._environment().from_string(text).render())
            return re.sub(f"{KEPT}(\\d+){KEPT}", lambda at: code[int(at[1])], told)
        except NarrativeError as error:
            raise type(error)(f"{where}: {error}", subject=error.subject) from error
        except (TemplateError, *MISTAKES) as error:
            raise NarrativeError(f"{where}: it cannot be told: {error}", subject=where) from error

    def _environment(self) -> Any:
        if self._env is None:
            record = self._record
            at = dt.datetime.fromisoformat(record.context["moment"]["at"])
            number = int(record.context["moment"]["number"])
            phrases = Phrases(at, record.instruments, record.market, number)
            self._env = environment(record.templates, phrases)
            teller = Teller(record, phrases, record.templates, record.title)
            self._env.globals.update(teller.names())
        return self._env


def judged(runs: Iterable[Run]) -> Iterator[Run]:
    """*runs* with the plain words of each sentence that cites a fact as words to be checked."""
    parts: list[list[Run]] = [[]]
    for run in runs:
        if run.ref != NOTEBOOK:
            parts[-1].append(run)
            continue
        for number, piece in enumerate(SENTENCE.split(run.text)):
            if number:
                parts.append([])
            if piece:
                parts[-1].append(replace(run, text=piece))
    for part in parts:
        cites = any(run.is_fact for run in part)
        yield from (replace(run, ref="") if cites and run.ref == NOTEBOOK else run for run in part)
