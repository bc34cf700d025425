"""The plain words of a report: what its templates hold beside facts, piece by piece."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from reportgen.errors import NarrativeError
from reportgen.resources import resource

IMPORT = re.compile(r'{%-? (?:import|include) "([^"]+)"')
PREFIX = re.compile(r"^(?:~ )?[a-z_]+: ?|^[#>-] ")


@cache
def pieces(folder: Path) -> frozenset[str]:
    """Every literal of the story in *folder* and of the sentence templates it imports, white space folded, also capitalised."""
    from jinja2 import Environment, TemplateSyntaxError

    lexer, found = Environment(trim_blocks=True, lstrip_blocks=True), set[str]()  # noqa: S701 - nothing is rendered
    for file in imported(folder / "story.j2"):
        try:
            parts = list(lexer.lex(file.read_text(encoding="utf-8")))
        except TemplateSyntaxError as error:
            raise NarrativeError(
                f"{file}, line {error.lineno}: {error.message}.", subject=file
            ) from error
        for _, kind, value in parts:
            if kind == "data":
                found |= {
                    _fold(value),
                    *(_fold(line) for line in value.split("\n")),
                    *(_fold(cell) for cell in re.split(r"[\n|]", value)),
                }
            elif kind == "string":
                found |= {_fold(value[1:-1]), *(_fold(cell) for cell in value[1:-1].split("|"))}
    found |= {PREFIX.sub("", piece) for piece in found}
    found |= {piece[0].upper() + piece[1:] for piece in found if piece}
    return frozenset(piece for piece in found if piece)


def imported(story: Path) -> list[Path]:
    """*story* and every template that it imports or includes, or that one of those imports."""
    found, waiting = list[Path](), [story]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.append(file)
            try:
                text = file.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise NarrativeError(
                    f"{file} can not be read, and the story {story} needs it: {error}", subject=file
                ) from error
            waiting += [resource(f"templates/{name}") for name in IMPORT.findall(text)]
    return sorted(found)


def made_of(text: str, known: frozenset[str]) -> bool:
    """Whether *text* can be pieced together from *known* literals and spaces."""
    text, by_first = _fold(text), _by_first(known)
    reached = {0}
    for place, letter in enumerate(text):
        if place in reached:
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


def _fold(text: str) -> str:
    return " ".join(text.split())
