"""The plain text of a brief, wrapped at 72 columns."""

from __future__ import annotations

import textwrap

from reportgen.narrative.model import Paragraph
from reportgen.narrative.runs import Runs, text_of
from reportgen.render.brief import Brief, Rendering
from reportgen.render.page import environment

WIDTH = 72


def _wrap(runs: Runs, first: str = "", rest: str = "") -> str:
    return textwrap.fill(text_of(runs), WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False)


def plain_text(brief: Brief) -> str:
    """The brief as plain text: the same sentences, each picture as its alternative text."""
    env = environment().overlay(autoescape=False, keep_trailing_newline=True)
    env.filters |= {"wrap": _wrap, "text": text_of}
    return env.get_template("email/brief.txt.j2").render(story=brief.narrative, is_paragraph=lambda b: isinstance(b, Paragraph))


def render(brief: Brief) -> Rendering:
    """The text file."""
    return Rendering(name="brief.txt", media_type="text/plain", data=plain_text(brief).encode())
