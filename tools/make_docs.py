"""Rebuild what the documentation quotes from the program.

The commands' help, the checks of data, the providers, the files, the families of news, the language
of stories, and the picture of the rooms.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import notebook_page
import rooms
import story_language

import reportgen
from reportgen.beats import Beat, Kind, beats, scene
from reportgen.beats.spec import FILE, SHIPPED
from reportgen.cli import DEGRADED, clock, mail, main
from reportgen.core import errors
from reportgen.core.checks import CHECKS
from reportgen.jobs.schemas import file_kinds, schema_of
from reportgen.markets import spec as markets
from reportgen.sources.plan import read_sources
from reportgen.sources.providers import registered

DOCS = Path(__file__).parents[1] / "docs"
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
            "The help of every command. Exit codes: 0 ready, 2 usage, 3 data or held by the gate,"
            " 4 execution, 5 fact check, 6 rendering or writing, 7 delivery, 8 made, with gaps"
            " named, 9 nothing is due, 10 its data are not there, 11 overdue, 12 a"
            " call at another time than --begin asks for, 13 no brief"
            " may be published."
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
            "The checks that market data must pass. `reportgen data verify` runs them on every"
            " series, and every run on the year before its session."
        ),
        (
            "`block` keeps a series out of a brief, which then names the gap. If the series is"
            " required, the brief is held. A finding of more than a year before the session"
            " does not block, except `non_positive` and `duplicate` of an index, for its records"
            " may be of any year."
        ),
        (
            "A person accepts a finding with `reportgen data accept`, or with an `[[accepted]]`"
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
        "The sources that `reportgen fetch` can ask, their keys and terms, and the order.",
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
            "All keys of the TOML files of a desk. One reader reads them all. It refuses an unknown"
            " key, and names the nearest one. It refuses a value of another type or out of its"
        ),
        "range, with its line and an example. `reportgen doctor` reads all files of a desk.",
        "",
        (
            "An editor that knows JSON Schema completes and checks these files as you type. Save"
            " the output of this command as"
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


def beats_page() -> str:
    """The page of the shipped families of news: what each looks at, and how its kinds are told."""
    found = [beat for beat in beats() if (SHIPPED / beat.name / FILE).is_file()]
    lines = [
        "# Beats",
        "",
        (
            "A beat is a family of news. These are the shipped ones, as their `beat.toml` has them."
            " How to add one: [add a kind of news of your own](../how-to/add-a-beat.md). How news"
            " are ordered: [how news is judged](../explanation/how-news-is-judged.md)."
        ),
        "",
        "The sentences of a beat are in `templates/story/en/NAME.j2`. A dash means: not set.",
        "",
    ]
    for beat in found:
        lines += _beat(beat)
    lines += ["## Keys of a beat.toml", ""]
    return "\n".join([*lines, *_tables_of(schema_of("beat"))])


def weights_page() -> str:
    """The page of what news are worth: the weights of indexes, of all news, and of each family."""
    market = markets.home()
    lines = [
        "# News weights",
        "",
        (
            "The score of a finding is the sum of its parts; the highest one leads. This page has"
            " the weights of the parts. [How news is"
            " judged](../explanation/how-news-is-judged.md) explains them. A desk changes one in"
            " its own `beats/NAME/beat.toml`, below `[weights]`, or in its `markets/NAME.toml`."
        ),
        "",
        "## All news of indexes",
        "",
        "| weight | value | what it is |",
        "|---|---|---|",
        f"| `ASIDE` | {scene.ASIDE} | The most that news scores which do not lead. |",
        f'| `PRESSING` | {scene.PRESSING} | The factor on news that lead and have a "since". |',
        "| surprise | 0 to 5 | Half the bits of how rare such a move was in five years. |",
        "| surprise of a gap | 0 to 10 | All of its bits, from a percentage point on. |",
        "| size | 0 to 3 | Half the size of the move, in usual moves of the last weeks. |",
        "| reach | log2 | The doublings of a month since the last move as large. |",
        "",
        f"## The indexes of `{market.name}`",
        "",
        "The score of an index's news is multiplied by this.",
        "",
        "| index | weight |",
        "|---|---|",
        *(f"| `{index.symbol}` | {index.weight} |" for index in market.indexes),
        "",
        "## Families",
        "",
        "| beat | weight | value | what it is |",
        "|---|---|---|---|",
    ]
    for beat in beats():
        if beat.weights and (SHIPPED / beat.name / FILE).is_file():
            rows = _numbers(beat, "weights")
            lines += [f"| [{beat.name}](beats.md#{beat.name}) {row}" for row in rows]
    return "\n".join([*lines, ""])


def _numbers(beat: Beat, table: str) -> Iterator[str]:
    """A row for each number in that *table* of a beat.toml, with the comment above it."""
    text = (SHIPPED / beat.name / FILE).read_text(encoding="utf-8").partition(f"\n[{table}]\n")[2]
    said = ""
    for name, value in getattr(beat, table).items():
        found = re.search(rf"^# (.+)\n{name} = ", text, re.MULTILINE)
        said = found[1] if found else said
        yield f"| `{name}` | {value} | {said} |"


def _beat(beat: Beat) -> Iterator[str]:
    """The section of a beat."""
    text = (SHIPPED / beat.name / FILE).read_text(encoding="utf-8")
    yield from (f"## {beat.name}", "", text.removeprefix("# ").splitlines()[0], "")
    yield f"- Looks at: `{beat.looks_at}`"
    yield from (f"- Windows: {', '.join(beat.windows)}", "")
    if beat.limits:
        yield from ("| limit | value | what it is |", "|---|---|---|")
        yield from _numbers(beat, "limits")
        yield ""
    if beat.weights:
        yield from ("| weight | value | what it is |", "|---|---|---|")
        yield from _numbers(beat, "weights")
        yield ""
    keys = [one.name for one in dataclasses.fields(Kind)]
    if beat.kinds:
        yield f"| kind | {' | '.join(f'`{key}`' for key in keys)} |"
        yield f"|---{'|---' * len(keys)}|"
        for name, kind in beat.kinds.items():
            yield f"| `{name}` | {' | '.join(_cell(getattr(kind, key)) for key in keys)} |"
        yield ""
    yield from (f"What `reportgen/beats/{beat.name}/detect.py` finds:", "", *_finds(beat), "")
    if beat.roles:
        yield from ("| role | unit and window |", "|---|---|")
        yield from (f"| `{role}` | {words} |" for role, words in beat.roles.items())
        yield ""


def _finds(beat: Beat) -> Iterator[str]:
    """A line for each function of the beat's detect.py that gives news, but for ``detect``."""
    module = import_module(f"reportgen.beats.{beat.name}.detect")
    for name, one in inspect.getmembers(module, inspect.isfunction):
        gives_news = "News" in str(inspect.signature(one).return_annotation)
        if (
            gives_news
            and one.__module__ == module.__name__
            and not name.startswith(("_", "detect"))
        ):
            about = re.sub(r"[*](\w+)[*]", r"`\1`", inspect.getdoc(one) or "")
            yield f"- `{name}`: {' '.join(about.split())}"


def _cell(value: Any) -> str:
    """A value of a beat.toml in a table."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        value = ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value or "-")


def markets_page() -> str:
    """The page of markets: the keys of their files, and the shipped file."""
    lines = [
        "# Markets",
        "",
        (
            "How to describe a market, in a file `markets/NAME.toml` of a desk. A report names it"
            ' with `market = "NAME"` in its `report.toml`. The same line in `reportgen.toml` makes'
            " it the market of the desk. A desk's file comes before a shipped one of the same name."
            f" A package adds a market by an entry point of the group `{markets.GROUP}` that names"
            " the path of the file. [How to add one](../how-to/add-a-market.md)."
        ),
        "",
        "## Keys",
        "",
        *_tables_of(schema_of("market")),
        "## The shipped market",
        "",
        "`reportgen/markets/us.toml`:",
        "",
        "```toml",
        (markets.SHIPPED / "us.toml").read_text(encoding="utf-8").rstrip(),
        "```",
        "",
    ]
    return "\n".join(lines)


def errors_page() -> str:
    """The page of the errors: what each means, and with which code the command line exits."""
    lines = [
        "# Errors",
        "",
        (
            "The errors that reportgen raises, and its exit codes. Each error is in"
            " `reportgen.core.errors`. Its message is one line: it names the thing, what was"
            " expected, and how to fix it. `subject` is that thing."
        ),
        "",
        "| error | is a | exit code | means |",
        "|---|---|---|---|",
    ]
    for error in _below(errors.ReportgenError):
        about = " ".join((inspect.getdoc(error) or "").split())
        base = error.__bases__[0].__name__
        lines.append(f"| `{error.__name__}` | `{base}` | {error.exit_code} | {about} |")
    codes = {
        0: "Done.",
        1: "`reportgen doctor` found a fault, or an unexpected error occurred.",
        2: "The command line is wrong: an unknown option, a missing argument.",
        DEGRADED: "The brief was made and names its gaps.",
        clock.NOTHING: "Nothing is due.",
        clock.NOT_THERE: "A brief is due, and its data are not there yet.",
        clock.OVERDUE: "A brief is overdue.",
        clock.NOT_NOW: "A call at another time than --begin asks for; nothing was done.",
        mail.UNCERTAIN: "Only unknown outcomes are left, and an owner was told of them.",
        130: "A person stopped the command.",
    }
    lines += [
        "",
        "## Other exit codes",
        "",
        "A batch exits with the highest code of its failed briefs.",
        "",
        "| exit code | means |",
        "|---|---|",
        *(f"| {code} | {words} |" for code, words in sorted(codes.items())),
        "",
    ]
    return "\n".join(lines)


def decisions_page() -> str:
    """The list of the decisions, by number."""
    lines = [
        "# Decisions",
        "",
        (
            "Each page records a decision about the design and the reason for it. A later decision"
            " may replace an earlier one."
        ),
        "",
    ]
    for path in sorted((DOCS / "adr").glob("0*.md")):
        title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        number, _, words = title.partition(". ")
        lines.append(f"{number}. [{words}]({path.name})")
    return "\n".join([*lines, ""])


def _below(error: type[errors.ReportgenError]) -> Iterator[type[errors.ReportgenError]]:
    """*error* and the errors derived from it, each after its base."""
    yield error
    for one in error.__subclasses__():
        if one.__module__ == errors.__name__:
            yield from _below(one)


PAGES = {
    "reference/commands.md": commands_page,
    "reference/python-api.md": api_page,
    "reference/desk.md": notebook_page.page,
    "reference/checks.md": checks_page,
    "reference/providers.md": providers_page,
    "reference/files.md": files_page,
    "reference/story-language.md": story_language.page,
    "reference/beats.md": beats_page,
    "reference/news-weights.md": weights_page,
    "reference/markets.md": markets_page,
    "reference/errors.md": errors_page,
    "explanation/rooms.svg": rooms.picture,
    "adr/README.md": decisions_page,
}

if __name__ == "__main__":
    for file, page in PAGES.items():
        (DOCS / file).write_text(page(), encoding="utf-8")
        print(DOCS / file)
