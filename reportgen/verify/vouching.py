"""The lines of a story that are not shipped, and who vouches for each."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import astuple, dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from reportgen.config.resources import cached
from reportgen.core.errors import FactCheckError
from reportgen.record.templates import Templates
from reportgen.story.passages import CITED, SAID, Passage, framed, is_older, own_passages
from reportgen.story.wording import fold, shipped_literals
from reportgen.verify import unvouchable
from reportgen.verify.phrases import provable
from reportgen.verify.unvouchable import Objection, objections
from reportgen.verify.vocabulary import CONNECTING, WORD
from reportgen.verify.words import Vouched, words_of

MOST = 3
"""So many lines an error shows."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the lines of a report's own templates stand that no shipped template has."""

    vouched: tuple[tuple[Passage, Vouched], ...]
    """Those that a person vouches for, with the table that says so."""
    new: tuple[Passage, ...]
    """Those that nobody vouches for, or that nobody can vouch for."""


@cache
def standing(templates: Templates) -> Standing:
    """How the own lines of a story stand.

    Lines of older versions count as shipped, and a line that only joins its facts says nothing.

    Raises:
        NarrativeError: A template cannot be read.
        SettingsError: Its words.toml is off.
    """
    passages = [one for one in own_passages(templates) if _says(one) and not is_older(one)]
    if not passages:
        return Standing((), ())
    known = {one.digest: one for one in words_of(templates).vouched}
    barred = _barred(passages) if known else ()
    settled = [one for one in passages if one.digest in known and one.digest not in barred]
    return Standing(
        tuple((one, known[one.digest]) for one in settled),
        tuple(one for one in passages if one not in settled),
    )


def _barred(passages: Sequence[Passage]) -> Collection[str]:
    """The digests of those of *passages* that nobody can vouch for, as they were found before."""
    mark = hashlib.sha256(json.dumps([list(map(str, astuple(one))) for one in passages]).encode())
    for file in (__file__, unvouchable.__file__, unvouchable.LISTS):
        mark.update(Path(file).read_bytes())
    kept = cached(f"passages/{mark.hexdigest()[:32]}-barred.json", lambda: _packed(passages))
    try:
        return frozenset(json.loads(kept))
    except (ValueError, TypeError):  # a damaged cache costs time, not the brief
        return frozenset(json.loads(_packed(passages)))


def _packed(passages: Sequence[Passage]) -> bytes:
    return json.dumps(sorted({one.digest for one, _ in refused(passages)})).encode()


def _says(passage: Passage) -> bool:
    """Whether a line says something, and does not only join its facts: "… is … of …"."""
    words = CITED.sub(lambda said: "" if provable(said[0][1:-1]) else said[0], passage.words)
    left = WORD.sub(lambda word: "" if word[0].lower() in CONNECTING else word[0], words)
    return SAID.search(left) is not None


def refused(passages: Sequence[Passage]) -> Iterator[tuple[Passage, Objection]]:
    """What nobody can vouch for in *passages*, also across two lines that follow each other."""
    told = set[tuple[Passage, str]]()
    for passage in passages:
        for objection in (*objections(_unproven(passage.words)), *_misused(passage.words)):
            told.add((passage, objection.word))
            yield passage, objection
    for one, after in pairwise(passages):
        if one.place == after.place and 0 < after.line - one.line <= 1:
            both = f"{_unproven(one.words)} {_unproven(after.words)}"
            for objection in objections(both):
                if not {(one, objection.word), (after, objection.word)} & told:
                    yield one, objection


def _misused(words: str) -> Iterator[Objection]:
    """The causes and figures in what a fact says by a phrase of the desk's own."""
    for said in CITED.findall(words):
        found = () if provable(said[1:-1]) else objections(said[1:-1])
        yield from (one for one in found if one.what in ("a cause", "a figure"))


def _unproven(words: str) -> str:
    """*words* without what a fact says, and without the longer literals of shipped templates."""
    parts = re.split(r"([…\[\]|])", framed(words))
    shipped = shipped_literals()
    return "".join("…" if " " in part.strip() and fold(part) in shipped else part for part in parts)


def refuse_new(templates: Templates, report: str) -> None:
    """Raise FactCheckError where a line of the story is nobody's word."""
    new = standing(templates).new
    if new:
        barred = dict[Passage, Objection]()
        for passage, objection in refused(new):
            barred.setdefault(passage, objection)
        listed = sorted(new, key=lambda one: one not in barred)
        shown = "; ".join(_listed(one, barred.get(one)) for one in listed[:MOST])
        more = f"; and {len(new) - MOST} more" if len(new) > MOST else ""
        first = "First rewrite the words in brackets. " if barred else ""
        raise FactCheckError(
            f"Nobody has vouched for {counted(len(new))} of the story: {shown}{more}."
            f" {first}{advice(report)}",
            subject=new,
        )


def _listed(passage: Passage, barred: Objection | None) -> str:
    """A line of the story for an error, and in brackets a word that needs a fact instead."""
    why = f" ('{barred.word}' is {barred.what}; {barred.instead})" if barred else ""
    return f'{passage.where}: "{passage.words}"{why}'


def advice(report: str) -> str:
    """What to do about words that are nobody's."""
    return f"Read and vouch for them: reportgen vouch {report} --by NAME"


def counted(number: int) -> str:
    """That many lines, in words of an error."""
    return f"{number} line{'' if number == 1 else 's'}"
