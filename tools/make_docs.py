"""Rebuild what the documentation quotes from the program.

The commands' help, the checks of data, the providers.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

import reportgen
from reportgen.cli import main
from reportgen.core import errors
from reportgen.core.checks import CHECKS
from reportgen.jobs.schemas import file_kinds, schema_of
from reportgen.sources.plan import read_sources
from reportgen.sources.providers import registered

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
LOOK: dict[str, Any] = {
    "max_content_width": 100,
    "terminal_width": 100,
    "help_option_names": ["-h", "--help"],
}


def _helps(command: click.Command, parent: click.Context | None, name: str) -> Iterator[str]:
    """The section of *command*, and those of the commands below it."""
    context = click.Context(command, parent=parent, info_name=name, **LOOK)
    yield from (f"## {context.command_path}", "", "```text", command.get_help(context), "```", "")
    if isinstance(command, click.Group):
        for below, child in sorted(command.commands.items()):
            yield from _helps(child, context, below)


def commands_page() -> str:
    """The page of all commands, with the help that each prints."""
    lines = [
        "# Commands",
        "",
        (
            "Exit codes: 0 ready, 2 usage, 3 data or held by the gate, 4 execution, 5 fact check, 6"
            " rendering or writing, 7 delivery, 8 made, with gaps named, 9 nothing is due, 10 its"
            " data are not there, 11 overdue."
        ),
        "",
    ]
    return "\n".join([*lines, *_helps(main, None, "reportgen")])


def checks_page() -> str:
    """The page of the named checks of data."""
    lines = [
        "# Checks of market data",
        "",
        (
            "`reportgen data verify` holds every series against them, and every run the year before"
            " its session. `block` keeps a series out of"
        ),
        (
            "a brief, which then names the gap; a required one holds the brief. A finding of more"
            " than a year before the session never blocks."
        ),
        (
            "A person lets a finding stand with `reportgen data accept`, or with an `[[accepted]]`"
            " entry in `dataset.toml`."
        ),
        "",
        "| check | severity | what it finds |",
        "|---|---|---|",
        *(f"| `{name}` | {severity} | {text} |" for name, (severity, text) in CHECKS.items()),
        "",
    ]
    return "\n".join(lines)


def providers_page() -> str:
    """The page of the providers: what each has, its key, its terms, and who is asked for what."""
    lines = [
        "# Providers",
        "",
        "| provider | has | key | a brief may be published | terms |",
        "|---|---|---|---|---|",
    ]
    for name, cls in registered().items():
        keys = ", ".join(f"`{key}`" for key in cls.keys) or "none"
        lines.append(
            f"| `{name}`: {cls.title} | {', '.join(sorted(cls.roles))} | {keys} |"
            f" {'yes' if cls.licence.publish else 'no'} | {cls.licence.terms} |"
        )
    lines += [
        "",
        "A key is the value of that environment variable, or of the file that `NAME_FILE` names.",
        "",
        "## Order",
        "",
        "| kind | asked in turn |",
        "|---|---|",
    ]
    lines += [f"| {kind} | {', '.join(names)} |" for kind, names in read_sources().order.items()]
    return "\n".join([*lines, ""])


def files_page() -> str:
    """The page of the TOML files: every key of every table, what it holds, and its default."""
    lines = [
        "# Files",
        "",
        (
            "Every TOML file is read by one reader. It refuses an unknown key with the nearest one,"
            " and a value of another type or out of its"
        ),
        "range with its line and an example. `reportgen doctor` reads all files of a desk.",
        "",
        (
            "An editor that knows JSON Schema completes and checks these files as you type. Save"
            " what this command prints as"
        ),
        (
            "`report.schema.json` next to the file, and name it in the file's first line (as Even"
            " Better TOML for VS Code and taplo read it):"
        ),
        "",
        "```console",
        "$ reportgen schema report",
        "```",
        "",
        "```toml",
        "#:schema ./report.schema.json",
        "```",
        "",
    ]
    for kind, (where, _) in file_kinds().items():
        lines += [f"## {kind}", "", f"`{where}`", ""]
        lines += _tables_of(schema_of(kind))
    return "\n".join(lines)


def _tables_of(schema: dict[str, Any]) -> Iterator[str]:
    """A Markdown table for each TOML table of a schema, the file's top first."""
    for name, shape in schema["$defs"].items():
        if "properties" not in shape:
            continue
        about = " ".join(shape.get("description", name).split())
        yield from (about, "", "| key | holds | default |", "|---|---|---|")
        for key, rule in shape["properties"].items():
            default = "required" if key in shape["required"] else f"`{_default(rule)}`"
            yield f"| `{key}` | {_holds(rule)} | {default} |"
        yield ""


def _holds(rule: dict[str, Any]) -> str:
    words = rule.get("description") or "a table"
    return words.replace("|", "\\|").replace("\n", " ")


def _default(rule: dict[str, Any]) -> str:
    default = rule.get("default", {})
    return "none" if default is None else json.dumps(default)


def api_page() -> str:
    """The page of what ``import reportgen`` offers, from its signatures and docstrings."""
    lines = [
        "# Python API",
        "",
        (
            "What `import reportgen` offers. How to use it: [use it from"
            " Python](../how-to/use-from-python.md)."
        ),
        "",
        "## Calls",
        "",
    ]
    for name in ("run", "render", "check", "read_brief"):
        lines += _call(name)
    lines += ["## Results", ""]
    for cls in (reportgen.Brief, reportgen.Fact, reportgen.Finding, reportgen.Check):
        lines += _result(cls)
    verdicts = ", ".join(f'`{one.name}` ("{one.value}")' for one in reportgen.Verdict)
    lines += [f"`Verdict` is {verdicts}.", "", "## Errors", ""]
    lines += ["Each is a `ReportgenError`; the number is the exit code of the command line.", ""]
    tree = str(errors.__doc__).split("\n\n")[1]
    return "\n".join([*lines, "```text", tree, "```", ""])


def _call(name: str) -> list[str]:
    """The section of a function: its signature, an argument to a line, and its docstring."""
    call = getattr(reportgen, name)
    signature = inspect.signature(call)
    arguments: list[str] = []
    for one in signature.parameters.values():
        if one.kind is one.KEYWORD_ONLY and "    *," not in arguments:
            arguments.append("    *,")
        default = "" if one.default is one.empty else f" = {one.default!r}"
        arguments.append(f"    {one.name}: {one.annotation}{default},")
    shown = "\n".join([f"{name}(", *arguments, f") -> {signature.return_annotation}"])
    about = inspect.getdoc(call) or ""
    return [f"### {name}", "", "```python", shown, "```", "", "```text", about, "```", ""]


def _result(cls: Any) -> list[str]:
    """The section of a class: its fields with their types, and its properties."""
    about = (inspect.getdoc(cls) or "").split("\n\n")[0].replace("\n", " ")
    rows = [(one.name, f"`{one.type}`".replace("|", "or")) for one in dataclasses.fields(cls)]
    for name, value in vars(cls).items():
        if isinstance(value, property):
            rows.append((name, (inspect.getdoc(value) or "").splitlines()[0]))
    table = [f"| `{name}` | {words} |" for name, words in rows]
    return [f"### {cls.__name__}", "", about, "", "| name | type |", "|---|---|", *table, ""]


PAGES = {
    "commands.md": commands_page,
    "python-api.md": api_page,
    "checks.md": checks_page,
    "providers.md": providers_page,
    "files.md": files_page,
}

if __name__ == "__main__":
    for file, page in PAGES.items():
        (REFERENCE / file).write_text(page(), encoding="utf-8")
        print(REFERENCE / file)
