"""The plain text of a brief, wrapped at 72 columns."""

from __future__ import annotations

import textwrap

from reportgen.rendering.brief import Brief, Rendering, form
from reportgen.rendering.page import environment, filled
from reportgen.story.citations import Run, Runs, text_of
from reportgen.story.model import Grid, Paragraph, Table

WIDTH = 72
WHOLE = WIDTH // 3
"""The longest name, date or figure that stays on one line."""
FIXED = "\N{NO-BREAK SPACE}"


def _wrap(runs: Runs, first: str = "", rest: str = "") -> str:
    filled = textwrap.fill(
        "".join(map(_unbroken, runs)),
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return filled.replace(FIXED, " ")


def _unbroken(run: Run) -> str:
    """The text of *run*; a short name, date or figure without a place for a line to break."""
    return run.text.replace(" ", FIXED) if run.ref and len(run.text) <= WHOLE else run.text


def _columns(table: Table) -> str:
    """The rows of *table* in columns as wide as their widest cells.

    Names to the left, figures to the right.
    """
    rows = [list(map(text_of, row)) for row in (table.columns, *table.rows)]
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    lines = []
    for name, *figures in rows:
        cells = map(str.rjust, figures, others)
        lines.append("  ".join([name.ljust(first), *cells]))
    return "\n".join(lines)


def _grid(grid: Grid) -> str:
    """The lines of a notebook's table, each column as wide as its widest cell."""
    rows = [list(map(text_of, row)) for row in grid.lines]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, grid.right, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _set_in(text: str) -> str:
    """Lines as they are, set in."""
    return textwrap.indent(text, "    ")


def plain_text(brief: Brief) -> str:
    """The brief as plain text: the same sentences, pictures as their alt text."""
    env = environment().overlay(autoescape=False, keep_trailing_newline=True)
    env.filters |= {
        "wrap": _wrap,
        "text": text_of,
        "columns": _columns,
        "grid": _grid,
        "set_in": _set_in,
    }
    return filled(
        "email/brief.txt.j2",
        env,
        story=brief.narrative,
        is_paragraph=lambda b: isinstance(b, Paragraph),
        is_table=lambda b: isinstance(b, Table),
        form=form,
    )


def render(brief: Brief) -> Rendering:
    """The text file."""
    return Rendering(
        name="brief.txt",
        data=plain_text(brief).encode(),
    )
