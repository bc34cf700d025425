"""The plain words of a report: what its templates hold beside facts."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from reportgen import __version__
from reportgen.config.resources import cached
from reportgen.core.errors import NarrativeError
from reportgen.record.templates import Templates, shipped_texts

PREFIX = re.compile(r"^(?:~ )?[a-z_]+: ?|^(?:[#-]|>>?) ")
INSIDE = re.compile(r"\w\w(?<!s)|\w(?:s\w)")
"""The middle of a word, apart from an "s" at its end."""


@cache
def pieces(templates: Templates) -> frozenset[str]:
    """Every literal of a story and its templates, spaces folded, also capitalised."""
    texts = [(text, place) for _, text, place in templates.all()]
    literals = "\0".join([__version__, *(text for text, _ in texts)])
    mark = hashlib.sha256(literals.encode())
    kept = cached(
        f"wording/{mark.hexdigest()[:32]}.json",
        lambda: _packed(texts),
    )
    try:
        return frozenset(json.loads(kept))
    except (ValueError, TypeError):  # a damaged cache costs time, not the brief
        return frozenset(json.loads(_packed(texts)))


@cache
def shipped_literals() -> frozenset[str]:
    """Every literal of all shipped stories and templates, spaces folded."""
    texts = shipped_texts()
    mark = hashlib.sha256("\0".join([__version__, *sorted(texts)]).encode())
    kept = cached(
        f"wording/{mark.hexdigest()[:32]}-shipped.json",
        lambda: _packed([(text, "a template") for text in sorted(texts)]),
    )
    return frozenset(json.loads(kept))


def _packed(texts: Sequence[tuple[str, str]]) -> bytes:
    """The pieces of *texts*, each with its place for errors, as JSON."""
    found = set[str]()
    for text, place in texts:
        found |= _literals(text, place)
    found |= {PREFIX.sub("", piece) for piece in found}
    found |= {piece[0].upper() + piece[1:] for piece in found if piece}
    return json.dumps(sorted(piece for piece in found if piece)).encode()


def warm(text: str, place: str) -> None:
    """Split a template, so that later readers of the same text need not."""
    _literals(text, place)


@cache
def _literals(text: str, place: str) -> frozenset[str]:
    from jinja2 import Environment, TemplateSyntaxError

    lexer = Environment(  # noqa: S701 - nothing is rendered
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found = set[str]()
    try:
        parts = list(lexer.lex(text))
    except TemplateSyntaxError as error:
        raise NarrativeError(
            f"{place}, line {error.lineno}: {error.message}.", subject=place
        ) from error
    for _, kind, value in parts:
        if kind == "data":
            found |= {
                fold(value),
                *(fold(line) for line in value.split("\n")),
                *(fold(cell) for cell in re.split(r"[\n|]", value)),
            }
        elif kind == "string":
            words = unescaped(value[1:-1])
            found |= {fold(words), *(fold(cell) for cell in words.split("|"))}
    return frozenset(found)


def unescaped(literal: str) -> str:
    """The text of a literal in a template, as Jinja reads it."""
    return literal.encode("ascii", "backslashreplace").decode("unicode-escape")


def imported(story: Path) -> list[Path]:
    """*story* and every template that it imports or includes, however deep."""
    places = (place for _, _, place in Templates.of(story.parent).all())
    return sorted(map(Path, places))


def made_of(text: str, known: frozenset[str]) -> bool:
    """Whether *text* can be pieced together from *known* literals and spaces.

    No word is: two literals meet between words, or the second is the ending of a plural.
    """
    text, by_first = fold(text), _by_first(known)
    reached = {0}
    for place, letter in enumerate(text):
        if place in reached and not (place and INSIDE.match(text, place - 1)):
            reached |= {
                place + len(piece)
                for piece in by_first.get(letter, ())
                if text.startswith(piece, place)
            }
            if letter == " ":
                reached.add(place + 1)
    return len(text) in reached


@cache
def _by_first(known: frozenset[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for piece in known:
        found.setdefault(piece[0], []).append(piece)
    return found


def fold(text: str) -> str:
    """*text* with its white space folded."""
    return " ".join(text.split())
