"""Rebuild what the documentation quotes from the program: the commands' help."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reportgen.cli import main

OUT = Path(__file__).parents[1] / "docs" / "reference" / "commands.md"


def commands_page() -> str:
    """The page of all commands, with the help that each prints."""
    lines = [
        "# Commands",
        "",
        "Exit codes: 0 ready, 2 usage, 3 data or held by the gate, 4 execution, 5 fact check, 6 rendering or writing.",
        "",
    ]
    look: dict[str, Any] = {"max_content_width": 100, "terminal_width": 100, "help_option_names": ["-h", "--help"]}
    root = click.Context(main, info_name="reportgen", **look)
    for name, command in [("", main), *sorted(main.commands.items())]:
        context = root if not name else click.Context(command, parent=root, info_name=name, **look)
        lines += [f"## reportgen {name}".rstrip(), "", "```text", command.get_help(context), "```", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    OUT.write_text(commands_page(), encoding="utf-8")
    print(OUT)
