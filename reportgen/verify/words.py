"""Words of a desk's own: what they mean, which facts they fit, and who vouches for them.

Heads of columns, other words for a phrase, phrases for kinds of facts of its own, and the lines
for which a person vouches, in ``templates/story/en/words.toml``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Annotated

from reportgen.config.schema import UNKNOWN, Line, parsed, says
from reportgen.core.errors import SettingsError, did_you_mean
from reportgen.record.kinds import OwnKind
from reportgen.record.templates import WORDS, Templates
from reportgen.story.citations import Run
from reportgen.verify import phrases
from reportgen.verify.claims import span
from reportgen.verify.own_kinds import faults
from reportgen.verify.vocabulary import DIGIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A table [columns.HEAD]: which figures may stand below that head."""

    window: Line
    """Their window: "day", "week", "month", "quarter", "ytd", "since-high"."""
    points: bool = False
    """Whether they are in points, money or levels, and not a share."""
    level: bool = False
    """Whether they are levels, and not changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """A table [[vouched]]: a line of a story for which a person vouches."""

    text: str
    """Its words as they were then; each expression is "…"."""
    digest: Annotated[
        str, says("a SHA-256, as 'reportgen vouch' writes it", UNKNOWN, pattern="^[0-9a-f]{64}$")
    ]
    """The SHA-256 of the line with its expressions: a change asks again."""
    by: Annotated[str, says("a name", "Jane Doe", pattern=r"\S")]
    """Who vouches for it."""
    on: dt.date
    """Since when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsFile:
    """A words.toml."""

    columns: Mapping[str, Column] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)
    """Other words for a phrase: "its best session since" = "best day since"."""
    kinds: Mapping[str, OwnKind] = field(default_factory=dict)
    """Kinds of facts that no shipped family of news has, and what may be said of them."""
    vouched: tuple[Vouched, ...] = ()
    """The lines of stories for which a person vouches. ``reportgen vouch`` writes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words(WordsFile):
    """The shipped words and the desk's own."""

    def plainly(self, run: Run) -> Run:
        """*run* with the shipped phrase where it has the desk's other words for it."""
        if not self.phrases or not run.ref or run.ref.startswith(("@", "commentary.")):
            return run
        text = run.text
        for own in sorted(self.phrases, key=len, reverse=True):
            text = re.sub(span(re.escape(own)), self.phrases[own], text, flags=re.IGNORECASE)
        return replace(run, text=text)


@cache
def words_of(templates: Templates) -> Words:
    """The words that a story of those *templates* may use.

    Raises:
        SettingsError: The desk's file is off, or says otherwise what a shipped word says.
    """
    text, place = Templates(()).text(WORDS)
    shipped = parsed(text, WordsFile, place)
    found = Words(columns=shipped.columns, phrases=shipped.phrases)
    for name, (text, place) in templates.texts.items():
        if name.endswith(".toml"):
            found = _joined(found, parsed(text, WordsFile, place), place)
    return found


def _joined(known: Words, own: WordsFile, place: str) -> Words:
    """The words that are *known* and those of the file at *place*."""
    for head in own.columns:
        if head in known.columns and own.columns[head] != known.columns[head]:
            raise SettingsError(
                f"{place}: the column '{head}' has a meaning already; choose another head.",
                subject=head,
            )
    for said, meant in own.phrases.items():
        if reason := _objection(said, meant):
            raise SettingsError(f"{place}: '{said}' = '{meant}': {reason}", subject=said)
    twice = {name: "another words.toml has it, too." for name in own.kinds if name in known.kinds}
    for name, reason in {**twice, **faults(own.kinds)}.items():
        raise SettingsError(f"{place}: [kinds.{name}]: {reason}", subject=name)
    return Words(
        columns={**known.columns, **own.columns},
        phrases={**known.phrases, **own.phrases},
        kinds={**known.kinds, **own.kinds},
        vouched=(*known.vouched, *own.vouched),
    )


def _objection(said: str, meant: str) -> str:
    """Why *said* cannot be other words for *meant*, or ""."""
    rules = [rule for pattern, rule in phrases.COMPILED if pattern.fullmatch(meant)]
    if not rules:
        hint = did_you_mean(meant, [words for words, _ in phrases.PHRASES])
        return f"no rule proves '{meant}'.{hint}"
    if DIGIT.search(said) or not said.strip():
        return "it has a digit, which only a fact may bring, or no words."
    taken = [pattern for pattern, _ in phrases.COMPILED if pattern.fullmatch(said)]
    return "it is a phrase already, with a rule of its own." if taken else ""
