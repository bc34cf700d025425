"""An ordinary notebook as a report: its cells, its parameters and its title.

It knows nothing of reportgen. It is an ``.ipynb`` file, or a ``.py`` file with cells that begin
with ``# %%``. Nothing of it runs here.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

from reportgen.config.resources import workspace
from reportgen.core.errors import InvalidParameter, RecordError, SettingsError, did_you_mean
from reportgen.markets import home
from reportgen.record.request import FORMATS, Parameter, Report, Value

ENDINGS = (".ipynb", ".py")
"""How the name of a notebook ends."""
FOLDER = "notebooks"
"""The folder of a desk with notebooks that go by their names, as reports do."""
NAMED = re.compile(r"[A-Za-z0-9]")
CELL = re.compile(r"^# ?%%+(?P<rest>.*)$")
"""The line that begins a cell of a ``.py`` file."""
LIGHT = re.compile(r"^# \+(?:\s|$)")
TAGS = re.compile(r"\btags\s*=\s*(\[[^\]]*\])")
TYPES: Mapping[type, Any] = {bool: "boolean", int: "integer", float: "number", str: "string"}
FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
"""The head of a notebook in YAML, as quarto reads it."""
HEADING = re.compile(r"^#[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
OPTION = re.compile(r"^#\|[ \t]*([\w-]+):[ \t]*(.*)$")
"""A line at the top of a cell that says how it is shown, as quarto reads it."""
PLACE = "place"
"""Where in the file a cell stands: the key below ``metadata.reportgen`` of the cell."""
INJECTED = "injected-parameters"
"""The tag of the cell in which papermill sets the parameters."""
OF_PAPERMILL = frozenset((INJECTED, "papermill-error-cell-tag"))
"""The tags of cells that papermill adds."""
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LINE = re.compile(r"^\s*Cell In\[\d+\], line (\d+)", re.MULTILINE)
"""A line of a cell in a traceback, the innermost one last."""
FILE_OF_CELL = re.compile(r" \((?:<[^>]*>|\d+\.py), line \d+\)$")
"""What Python says of the place of an error of syntax in a cell."""
MOST_HINT = 40
"""Letters of a cell that stand beside its number."""


def is_notebook(name: str) -> bool:
    """Whether *name* is that of a file with a notebook, and not that of a report."""
    return name.endswith(ENDINGS)


def in_desk() -> dict[str, Path]:
    """The notebooks in the folder ``notebooks`` of the desk, by the names of their reports."""
    desk = workspace()
    folder = desk / FOLDER if desk is not None else None
    if folder is None or not folder.is_dir():
        return {}
    files = sorted(path for path in folder.iterdir() if path.suffix in ENDINGS and path.is_file())
    return {named(path): path for path in files if NAMED.search(path.stem)}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyParameter(Parameter):
    """A parameter without a simple type: it takes a value in YAML."""

    def __post_init__(self) -> None:
        """Take any default."""

    def parse(self, text: str) -> Value:
        """The value of *text*."""
        try:
            value: Value = yaml.safe_load(text)
        except yaml.YAMLError:
            raise InvalidParameter(
                f"Parameter '{self.name}' is '{text}'; write a value such as 12, text or [1, 2].",
                subject=self.name,
            ) from None
        return value


@dataclass(frozen=True, kw_only=True)
class NotebookReport(Report):
    """A report that is a notebook alone: no story, no list of instruments, no data."""

    file: Path
    source: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """The notebook, as it will run; {} where only its record is at hand."""

    @property
    def plain(self) -> bool:
        """Whether it is a notebook alone."""
        return True

    @property
    def address(self) -> str:
        """What it is asked for by: its file, in any folder."""
        return str(self.file.absolute())

    @property
    def notebook(self) -> Path:
        """The notebook that computes it."""
        return self.file

    def parameter_values(self, given: Mapping[str, str]) -> dict[str, Value]:
        """The values that are *given*, and the defaults that are plain values.

        A default that the notebook computes is left to it.
        """
        for name in given:
            if name not in self.parameters:
                raise InvalidParameter(self._unknown(name), subject=name)
        return {
            name: one.parse(given[name]) if name in given else one.default
            for name, one in self.parameters.items()
            if name in given or not isinstance(one, AnyParameter)
        }

    def _unknown(self, name: str) -> str:
        if not self.parameters:
            return (
                f"{self.file.name} has no parameter '{name}': no cell of it has the tag"
                " 'parameters'."
            )
        hint = did_you_mean(name, self.parameters)
        return f"{self.file.name} has no parameter '{name}'.{hint}"

    def injected(
        self,
        values: Mapping[str, Value],
        given: Mapping[str, str],
        as_of: str,
        data: str,
    ) -> dict[str, Value]:
        """What papermill puts into the notebook.

        A parameter ``as_of`` gets the day of the brief, and ``data`` what --data says,
        if nobody gives it another value.
        """
        own = {"as_of": as_of, "data": data}
        told = {name: own[name] for name in own if name in self.parameters and name not in given}
        return {**values, **told}

    def kept(self, moment: Mapping[str, Any]) -> dict[str, Any]:
        """What the record keeps of it, to be told again without the file."""
        return {
            "file": self.file.name,
            "report": self.name,
            "title": self.title,
            "moment": dict(moment),
            "parameters": {
                name: {"type": one.type, "default": one.default, "any": _any(one)}
                for name, one in self.parameters.items()
            },
        }


def _any(one: Parameter) -> bool:
    return isinstance(one, AnyParameter)


def load_notebook(path: Path) -> NotebookReport:
    """The report that the notebook at *path* is.

    Raises:
        SettingsError: It is missing, cannot be read, or is not of Python.
    """
    if (path.parent / "report.toml").is_file() and path.name == "notebook.ipynb":
        name = path.absolute().parent.name
        raise SettingsError(
            f"{path} is the notebook of the report '{name}'; write 'reportgen run {name}'.",
            subject=path,
        )
    source = read_cells(path)
    refuse_other_language(source, path)
    title = title_of(source["cells"]) or str(source["metadata"].get("title") or "")
    return NotebookReport(
        name=named(path),
        folder=path.parent,
        described=path.parent,
        title=title or titled(path.stem),
        description=f"The notebook {path.name}.",
        required=(),
        optional=(),
        formats=FORMATS,
        parameters={one.name: one for one in _parameters(source["cells"])},
        market=home(),
        file=path,
        source=source,
    )


def recorded(kept: Mapping[str, Any]) -> NotebookReport:
    """The report of a finished brief, from what its record *kept* of it."""
    return NotebookReport(
        name=kept["report"],
        folder=Path(),
        described=Path(),
        title=kept["title"],
        description=f"The notebook {kept['file']}.",
        required=(),
        optional=(),
        formats=FORMATS,
        parameters={
            name: (AnyParameter if row["any"] else Parameter)(
                name=name, type=row["type"], default=row["default"]
            )
            for name, row in kept["parameters"].items()
        },
        market=home(),
        file=Path(kept["file"]),
    )


def named(path: Path) -> str:
    """The name of a report that is the notebook at *path*: "Weekly_note" is "weekly-note".

    Raises:
        SettingsError: The name of the file has no letter and no digit of ASCII.
    """
    name = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")
    if not name:
        raise SettingsError(
            f"{path}: the folder of its briefs has the name of the file; name the file with"
            " letters from a to z or digits.",
            subject=path,
        )
    return name


def titled(stem: str) -> str:
    """The name of a file as a title: "weekly-note" is "Weekly note"."""
    words = re.sub(r"[-_\s]+", " ", stem).strip()
    return words[:1].upper() + words[1:]


def read_cells(path: Path) -> dict[str, Any]:
    """The notebook at *path* in nbformat 4, each cell with its place in the file.

    Raises:
        SettingsError: There is none, or it cannot be read.
    """
    if not path.is_file():
        near = sorted(one.name for one in path.parent.glob(f"*{path.suffix}"))
        hint = did_you_mean(path.name, near) if near else ""
        raise SettingsError(f"There is no notebook {path}.{hint}", subject=path)
    if path.suffix == ".py":
        return _from_script(path)
    notebook = cells_of(path)
    for number, cell in enumerate(notebook["cells"], 1):
        _placed(cell, f"cell {number}")
    return {**notebook, "nbformat": 4, "nbformat_minor": 5}


def cells_of(path: Path) -> dict[str, Any]:
    """The notebook at *path* in nbformat 4, as JSON; older forms are converted.

    Raises:
        SettingsError: It is none; the error names the line that is no JSON.
    """
    try:
        found = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsError(f"{path} cannot be read: {error}", subject=path) from error
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise SettingsError(
            f"{path}, line {line}: it is not a notebook, for it is no JSON:"
            f" {getattr(error, 'msg', error)}. Look for marks of a merge, or save it anew in"
            " Jupyter.",
            subject=path,
        ) from error
    if _whole(found):
        own = [{**cell, "source": source_of(cell)} for cell in found["cells"]]
        return {**found, "cells": own}
    import nbformat

    try:
        return dict(json.loads(json.dumps(nbformat.reads(json.dumps(found), as_version=4))))
    except Exception as error:  # nbformat fails in many ways on what is no notebook
        raise SettingsError(
            f"{path} is not a notebook: {error}. Save it in Jupyter, in nbformat 4.", subject=path
        ) from error


def _whole(notebook: Any) -> bool:
    """Whether *notebook* is in nbformat 4 and has all that is read of it here."""
    return (
        isinstance(notebook, dict)
        and notebook.get("nbformat") == 4
        and isinstance(notebook.get("metadata"), dict)
        and isinstance(notebook.get("cells"), list)
        and all(
            isinstance(cell, dict)
            and isinstance(cell.get("metadata"), dict)
            and isinstance(cell.get("source"), str | list)
            and cell.get("cell_type") in ("code", "markdown", "raw")
            and (cell["cell_type"] != "code" or isinstance(cell.get("outputs"), list))
            for cell in notebook["cells"]
        )
    )


def _placed(cell: dict[str, Any], place: str) -> None:
    """Note where *cell* stands in its file. Errors call it by its id."""
    cell["metadata"].setdefault("reportgen", {})[PLACE] = place
    cell["id"] = place.replace(" ", "-")


def _from_script(path: Path) -> dict[str, Any]:
    """The cells of a ``.py`` file in the percent format."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}", subject=path) from error
    starts = [number for number, line in enumerate(lines) if CELL.match(line)]
    if not starts and any(LIGHT.match(line) for line in lines):
        raise SettingsError(
            f"{path} is in jupytext's light format; jupytext --to py:percent {path.name} makes one"
            " with cells that begin with '# %%'.",
            subject=path,
        )
    if not starts:
        raise SettingsError(
            f"{path} has no cells; begin each one with a line '# %%', or '# %% [markdown]'.",
            subject=path,
        )
    cells = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        rest = str(CELL.match(lines[start])["rest"])  # type: ignore[index] # it is a start
        text = "\n".join(lines[start + 1 : end]).strip("\n")
        prose = re.search(r"\[(?:markdown|md)\]", rest) is not None
        cell: dict[str, Any] = {
            "cell_type": "markdown" if prose else "code",
            "metadata": {"tags": _tags(rest)},
            "source": _prose(text) if prose else text,
        }
        if not prose:
            cell |= {"execution_count": None, "outputs": []}
        _placed(cell, f"line {start + 1}")
        cells.append(cell)
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def _tags(rest: str) -> list[str]:
    found = TAGS.search(rest)
    try:
        tags = ast.literal_eval(found[1]) if found else []
    except (ValueError, SyntaxError):
        tags = []
    return [str(tag) for tag in tags]


def _prose(text: str) -> str:
    """The Markdown of a cell: its lines without "# ", or a text in triple quotes."""
    quoted = re.fullmatch(r'\s*r?("""|\'\'\')(.*)\1\s*', text, re.DOTALL)
    if quoted:
        return quoted[2].strip("\n")
    return "\n".join(re.sub(r"^# ?", "", line) for line in text.split("\n"))


def source_of(cell: Mapping[str, Any]) -> str:
    """The source of *cell*, which a file may keep as a list of lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def tags_of(cell: Mapping[str, Any]) -> frozenset[str]:
    """The tags of *cell*, in the spelling with hyphens."""
    tags = cell.get("metadata", {}).get("tags") or ()
    return frozenset(str(tag).replace("_", "-") for tag in tags)


def options_of(cell: Mapping[str, Any]) -> dict[str, str]:
    """The options at the top of a code *cell*, such as "#| fig-cap: Rates"."""
    found = {}
    for line in source_of(cell).splitlines():
        option = OPTION.match(line)
        if option is None:
            break
        found[option[1]] = option[2].strip().strip("\"'")
    return found


def place_of(cell: Mapping[str, Any], number: int) -> str:
    """Where *cell* stands in its file: "cell 5", or "line 34" of a script."""
    kept = cell.get("metadata", {}).get("reportgen") or {}
    return str(kept.get(PLACE) or f"cell {number}")


def shown_place(cell: Mapping[str, Any], number: int) -> str:
    """The same with the first line of its code: "cell 5 (df.plot())"."""
    lines = [line.strip() for line in source_of(cell).splitlines() if line.strip()]
    first = next((line for line in lines if not line.startswith("#")), "")
    short = first if len(first) <= MOST_HINT else f"{first[: MOST_HINT - 1]}…"
    return f"{place_of(cell, number)} ({short})" if short else place_of(cell, number)


def front_of(cells: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The head of a notebook in YAML, as quarto reads it; {} if there is none."""
    found = FRONT.match(source_of(cells[0])) if cells else None
    if found is None or cells[0]["cell_type"] == "code":
        return {}
    try:
        told = yaml.safe_load(found[1])
    except yaml.YAMLError:
        return {}
    return told if isinstance(told, dict) else {}


def title_of(cells: Sequence[Mapping[str, Any]]) -> str:
    """The title of a notebook: that of its head, or its first heading; "" for none."""
    if title := front_of(cells).get("title"):
        return " ".join(str(title).split())
    for cell in cells:
        if cell["cell_type"] == "markdown" and (found := HEADING.search(source_of(cell))):
            text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", found[1])
            return " ".join(re.sub(r"[*_`]{1,3}(\S(?:.*?\S)?)[*_`]{1,3}", r"\1", text).split())
    return ""


def _parameters(cells: Sequence[Mapping[str, Any]]) -> Iterator[Parameter]:
    """The parameters of the first cell with the tag ``parameters``, as papermill finds it."""
    cell = next((one for one in cells if "parameters" in tags_of(one)), None)
    if cell is None:
        return
    try:
        tree = ast.parse(source_of(cell))
    except SyntaxError as error:
        raise SettingsError(
            f"The cell with the tag 'parameters' cannot be read, line {error.lineno}: {error.msg};"
            " give it assignments alone.",
            subject="parameters",
        ) from error
    for node in tree.body:
        if isinstance(node, ast.Assign):
            names, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            names, value = [node.target], node.value
        else:
            continue
        yield from (_parameter(one.id, value) for one in names if isinstance(one, ast.Name))


def _parameter(name: str, node: ast.expr) -> Parameter:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        value = None
    if type(value) in TYPES:
        return Parameter(name=name, type=TYPES[type(value)], default=value)
    return AnyParameter(name=name, type="string", default="")


def refuse_other_language(source: Mapping[str, Any], path: Path) -> None:
    """Raise SettingsError if the notebook is not of Python."""
    about = source["metadata"]
    spec = about.get("kernelspec") or {}
    language = str((about.get("language_info") or {}).get("name") or spec.get("language") or "")
    if language and not language.lower().startswith(("python", "ipython")):
        kernel = f" (kernel '{spec['name']}')" if spec.get("name") else ""
        raise SettingsError(
            f"{path} is written in {language}{kernel}, and reportgen runs Python. Run it in"
            " Jupyter or with papermill, and then: jupyter nbconvert --to brief NOTEBOOK.",
            subject=path,
        )


def failure_in(notebook: Mapping[str, Any], file: str) -> str:
    """The first error in the outputs of *notebook*, with its file and cell; "" for none."""
    for number, cell in zip(own_numbers(notebook["cells"]), notebook["cells"], strict=True):
        for output in cell.get("outputs", ()):
            if output.get("output_type") == "error" and "raises-exception" not in tags_of(cell):
                name, words = output.get("ename", "Error"), output.get("evalue", "")
                said = f"{name}: {FILE_OF_CELL.sub('', words)}".rstrip(": ")
                line = within(cell, _line_of(output))
                return f"{file}, {shown_place(cell, number)}{line}: {said}"
    return _stopped(notebook, file)


def _stopped(notebook: Mapping[str, Any], file: str) -> str:
    """The cell that papermill says did not end well, with what it printed on stderr last."""
    for number, cell in zip(own_numbers(notebook["cells"]), notebook["cells"], strict=True):
        how = cell.get("metadata", {}).get("papermill", {})
        if how.get("exception") or how.get("status") in ("running", "failed"):
            said = [
                line
                for output in cell.get("outputs", ())
                if output.get("name") == "stderr"
                for line in "".join(output["text"]).splitlines()
            ]
            return f"{file}, {shown_place(cell, number)}{f': {said[-1]}' if said else ''}"
    return ""


def own_numbers(cells: Sequence[Mapping[str, Any]]) -> list[int]:
    """The number of each cell as its author counts: without those that papermill adds."""
    return list(accumulate(int(not tags_of(cell) & OF_PAPERMILL) for cell in cells))


def within(cell: Mapping[str, Any], line: int | None) -> str:
    """The *line* of a cell behind its place, ", line 2"; "" if the place is a line of a script."""
    kept = cell.get("metadata", {}).get("reportgen") or {}
    script = str(kept.get(PLACE, "")).startswith("line")
    return f", line {line}" if line and not script else ""


def _line_of(error: Mapping[str, Any]) -> int:
    """The line of its cell that raised *error*; 0 where it is not known."""
    trace = COLOUR.sub("", "\n".join(error.get("traceback", ())))
    return int(next(reversed(LINE.findall(trace)), 0))


def kept_of(notebook: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a record keeps of the notebook that it is; {} for that of a report.

    Raises:
        RecordError: It is not what this version writes.
    """
    kept = notebook.get("metadata", {}).get("reportgen", {}).get("plain") or {}
    if not isinstance(kept, Mapping):
        raise RecordError("What the record keeps of its notebook cannot be read.")
    return kept
