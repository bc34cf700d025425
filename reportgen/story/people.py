"""Where the statements of people stand in a story: beside their subject, and in its headline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reportgen.core.errors import EditError
from reportgen.record.edits import FILE
from reportgen.record.record import Record
from reportgen.story.citations import Run, Runs, sentences, text_of, upto
from reportgen.story.model import LONGEST_SUBJECT, Block, Narrative, Paragraph
from reportgen.story.voices import Voices

TURN = re.compile(r"[,;:] | as | but | while ")
"""Where the main clause of a headline ends, and a cause may follow."""


@dataclass(kw_only=True)
class Said:
    """What a story tells of people, before it has its place."""

    beside: list[Paragraph] = field(default_factory=list)
    """Statements that stand beside their subject's sentence; each is also a block."""
    causes: list[Runs] = field(default_factory=list)
    """Clauses for a headline: "as Fed signals fewer cuts, strategist says"."""
    reasons: list[Runs] = field(default_factory=list)
    """The same clauses as key points, in the same order."""


def placed(told: Narrative, said: Said, voices: Voices, record: Record) -> Narrative:
    """*told* with the statements of people where they belong.

    A statement without a sentence on its subject stays where the story tells it, set apart.

    Raises:
        EditError: The story leaves out what an editor wrote into the brief.
    """
    if said.beside:
        blocks: Sequence[Block] = told.blocks
        for paragraph in said.beside:
            item = record.commentary[_statement(paragraph.runs)]
            subject = voices.subject(item)
            blocks = _beside(blocks, paragraph, subject, record)
        told = replace(told, blocks=voices.in_order(blocks))
    for cause, reason in zip(said.causes, said.reasons, strict=True):
        subject = voices.subject(record.commentary[_statement(cause)])
        told = _with_cause(told, cause, reason, subject, record)
    _refuse_silence(told, record)
    return told


def _statement(runs: Runs) -> str:
    """The id of the statement that *runs* tell."""
    return next(run.ref for run in runs if run.ref.startswith("commentary."))


def _beside(blocks: Sequence[Block], said: Paragraph, subject: str, record: Record) -> list[Block]:
    """*blocks* with *said* behind the first sentence on *subject*.

    Of the market as a whole, behind the paragraph before it, which is the lead.
    """
    place = next(n for n, block in enumerate(blocks) if block is said)
    texts = {
        n: block.runs
        for n, block in enumerate(blocks)
        if isinstance(block, Paragraph) and not block.voice
    }
    if subject == record.market.lead:
        before = max((n for n in texts if n < place), default=None)
        target = None if before is None else (before, len(sentences(texts[before])))
    else:
        target = _sentence_on(subject, texts, record)
    if target is None:
        return list(blocks)
    n, end = target
    parts = sentences(texts[n])
    runs = _joined([*parts[:end], said.runs, *parts[end:]])
    there = {n: Paragraph(runs=runs)}
    return [there.get(k, block) for k, block in enumerate(blocks) if k != place]


def _sentence_on(subject: str, texts: Mapping[int, Runs], record: Record) -> tuple[int, int] | None:
    """The paragraph and the end of the sentence beside which a word on *subject* belongs.

    The first that begins with its name, else that names it, else that names one of its kind.
    """
    kinds = {symbol: row["kind"] for symbol, row in record.instruments.items()}
    own = kinds.get(subject)
    best, place = 0, None
    for n, runs in texts.items():
        for end, sentence in enumerate(sentences(runs), 1):
            names = list(_names(sentence))
            fit = (
                3
                if subject in names[:1]
                else 2
                if subject in names
                else int(own in map(kinds.get, names))
            )
            if own and fit > best:
                best, place = fit, (n, end)
    return place


def _names(runs: Iterable[Run]) -> Iterator[str]:
    """The symbols that *runs* name, in their order."""
    return (run.ref[1:] for run in runs if run.ref.startswith("@"))


def _joined(parts: Iterable[Runs]) -> Runs:
    """Sentences with a space between them, plain words in one run."""
    found: list[Run] = []
    for part in parts:
        for run in (Run(" "), *part) if found else part:
            if found and not run.ref and not found[-1].ref:
                found[-1] = Run(found[-1].text + run.text)
            else:
                found.append(run)
    return tuple(found)


def _with_cause(
    told: Narrative, cause: Runs, reason: Runs, subject: str, record: Record
) -> Narrative:
    """*told* with a *cause* in its headline, or else in a key point."""
    if _statement(cause) in {run.ref for run in told.title}:
        return told  # the person wrote it there
    lead = record.market.lead
    if next(_names(told.title), lead) == subject:
        title = _caused(told.title, cause, own=bool(record.context.get("headline")))
        if title:
            unpointed = told.preheader == told.title
            return replace(told, title=title, preheader=title if unpointed else told.preheader)
    points = list(told.key_points)
    if subject == lead:
        points.insert(0, reason)
    else:
        on_it = (n for n, point in enumerate(points) if next(_names(point), "") == subject)
        for n in on_it:
            longer = _explained(points[n], cause)
            if longer:
                points[n] = longer
                break
    return replace(
        told, key_points=tuple(points), preheader=points[0] if points else told.preheader
    )


def _caused(title: Runs, cause: Runs, *, own: bool) -> Runs:
    """The main clause of *title* with its *cause*; () where there is no room.

    A person's *own* headline is not cut.
    """
    text = text_of(title)
    ends = [found.start() for found in TURN.finditer(text)]
    if own:
        base = () if " as " in text else title
    else:
        cuts = (upto(title, end) for end in ends)
        base = next((part for part in cuts if any(run.is_fact for run in part)), title)
    if not base or any(run.ref.startswith("commentary.") for run in title):
        return ()  # it has one
    whole = _joined([base, cause])
    return whole if len(text_of(whole)) <= LONGEST_SUBJECT else ()


def _explained(point: Runs, cause: Runs) -> Runs:
    """A key point of one sentence with its *cause*; () where it has one, or more sentences."""
    *rest, last = point
    if len(sentences(point)) != 1 or " as " in text_of(point) or last.ref or last.text[-1:] != ".":
        return ()
    base = (*rest, Run(last.text[:-1])) if last.text != "." else tuple(rest)
    return (*_joined([base, cause]), Run("."))


def _refuse_silence(told: Narrative, record: Record) -> None:
    """EditError where a statement that an editor wrote into the brief is nowhere in *told*."""
    heard = {run.ref for _, runs in told.texts() for run in runs}
    for item in record.commentary.values():
        if item["source"] == FILE and item["id"] not in heard:
            raise EditError(
                f"The story of this report does not tell what {item['speaker']} said; it needs"
                " '{{ people.drivers() }}' below its lead.",
                subject=item["id"],
            )
