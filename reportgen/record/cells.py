"""What is wrong with the cells of a report's notebook, as far as it shows before they run."""

from __future__ import annotations

import ast
import builtins
import warnings
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any, NamedTuple

from reportgen.core.errors import SettingsError, did_you_mean
from reportgen.record.foreign import (
    NotebookReport,
    cells_of,
    refuse_other_language,
    shown_place,
    source_of,
    tags_of,
    within,
)
from reportgen.record.request import TYPES, Report, place_in, text_of

OPENS = "open_desk"
GIVEN = {"as_of", "data"}
"""What a run puts into every notebook."""
OF_JUPYTER = {"get_ipython", "display", "In", "Out", "exit", "quit", "_", "__", "___"}
"""Names that a kernel has, besides Python's own."""
HIDES = {"exec", "eval", "globals", "locals", "vars", "get_ipython"}
"""What may make a name that nobody can read from the code."""
BESIDE = " A file beside the notebook is not found: cells run in a folder of their own."
OF_MODULES = {"__name__", "__file__", "__doc__"}


class Cell(NamedTuple):
    """A code cell: where it stands, its code, and what Python makes of it."""

    place: str
    cell: Mapping[str, Any]
    tree: ast.Module

    def at(self, node: ast.expr | ast.stmt) -> str:
        """Where *node* of its code stands."""
        return f"{self.place}{within(self.cell, node.lineno)}"


def refuse_unfit(report: Report) -> None:
    """Raise SettingsError where the notebook of *report* cannot make its brief, whatever the data.

    It is no notebook, not of Python, has no cell or two cells for the parameters, does not open
    the desk of this report, or Python cannot read a cell. The error names file, cell and line.
    """
    for words in _faults(report):
        raise SettingsError(words, subject=report.notebook)


def faults(report: Report) -> Iterator[str]:
    """All that is wrong with the notebook of *report*; each with its cell, its line and the cure.

    Also what stops one cell alone: a name that no cell makes, a module that is not installed, a
    section in report.toml that no cell has.
    """
    try:
        found = list(_faults(report))
    except SettingsError as error:
        found = [str(error)]
    yield from found
    if found:
        return
    cells = list(_read(report))
    yield from _modules(cells, report)
    yield from _names(cells, report)
    if not isinstance(report, NotebookReport):
        yield from _sections(cells, report)


def _read(report: Report) -> Iterator[Cell]:
    """The code cells of the notebook.

    Raises:
        SettingsError: Python cannot read one of them.
    """
    for number, cell in enumerate(_cells(report), 1):
        if cell["cell_type"] == "code":
            place = f"{report.notebook}, {shown_place(cell, number)}"
            yield Cell(place, cell, _parsed(cell, place))


def _cells(report: Report) -> Sequence[Mapping[str, Any]]:
    if isinstance(report, NotebookReport):
        return list(report.source["cells"])
    notebook = cells_of(report.notebook)
    refuse_other_language(notebook, report.notebook)
    return list(notebook["cells"])


def _parsed(cell: Mapping[str, Any], place: str) -> ast.Module:
    """The code of a cell, its magics as the calls that they are.

    Raises:
        SettingsError: It is no Python.
    """
    source = source_of(cell)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Python, about the style of the author
        try:
            return _compiled(source)
        except SyntaxError:
            pass
        from IPython.core.inputtransformer2 import TransformerManager

        try:
            return _compiled(TransformerManager().transform_cell(source))
        except SyntaxError as error:
            blank = source[: len(source) - len(source.lstrip())].count("\n")  # it drops them
            line = within(cell, error.lineno and error.lineno + blank)
            raise SettingsError(f"{place}{line}: {error.msg}.", subject=place) from None


def _compiled(source: str) -> ast.Module:
    tree = ast.parse(source)
    compile(source, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    return tree


def _faults(report: Report) -> Iterator[str]:
    """What keeps the whole notebook from running."""
    cells = list(_read(report))
    if isinstance(report, NotebookReport):
        return
    yield from _parameters(cells, report)
    yield from _opened(cells, report)


def _parameters(cells: Sequence[Cell], report: Report) -> Iterator[str]:
    """Whether one cell has the tag, and sets what report.toml lists."""
    tagged = [cell for cell in cells if "parameters" in tags_of(cell.cell)]
    file = report.notebook
    if not tagged:
        yield (
            f"{file}: no cell has the tag 'parameters', so that a run cannot set as_of and data;"
            " give the tag to the cell that sets them."
        )
        return
    if len(tagged) > 1:
        yield f"{tagged[1].place}: a second cell has the tag 'parameters'; leave it on one cell."
    toml = report.described / "report.toml"
    set_here = {name: node for node in tagged[0].tree.body for name in _bound(node)}
    for name in report.computed({name: p.default for name, p in report.parameters.items()}):
        one = report.parameters[name]
        if name not in set_here:
            yield (
                f"{place_in(toml, 'parameters', name)}: the notebook does not set the parameter"
                f" '{name}'; write {name} = {one.default!r} into its cell with the tag"
                " 'parameters'."
            )
            continue
        value = getattr(set_here[name], "value", None)
        kind = TYPES[one.type]
        if isinstance(value, ast.Constant) and not _fits(value.value, kind):
            yield (
                f"{tagged[0].at(set_here[name])}: {name} = {value.value!r} is not the {one.type}"
                f" that report.toml says; write {name} = {text_of(one.default)}."
            )


def _fits(value: object, kind: type) -> bool:
    if isinstance(value, bool) or kind is bool:
        return isinstance(value, bool) and kind is bool
    return isinstance(value, kind) or (kind is float and isinstance(value, int))


def _opened(cells: Sequence[Cell], report: Report) -> Iterator[str]:
    """Whether a cell opens the desk of this report."""
    if not any(OPENS in source_of(cell.cell) for cell in cells):
        yield (
            f"{report.notebook}: no cell opens the desk; write"
            f' desk = open_desk(report="{report.name}", data=data, as_of=as_of).'
        )
    for cell in cells:
        for call in ast.walk(cell.tree):
            if not isinstance(call, ast.Call) or _called(call) != OPENS or report.borrows:
                continue
            said = next((one.value for one in call.keywords if one.arg == "report"), None)
            if isinstance(said, ast.Constant) and said.value != report.name:
                yield (
                    f"{cell.at(said)}: open_desk says report={str(said.value)!r}, and this is the"
                    f" notebook of '{report.name}'; write report=\"{report.name}\"."
                )


def _called(call: ast.Call) -> str:
    """The name of what *call* calls, without what stands before a dot."""
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _modules(cells: Sequence[Cell], report: Report) -> Iterator[str]:
    """The modules that a cell imports and that are not installed here.

    A notebook alone runs in its own folder, and finds the files there.
    """
    beside = {path.stem for path in report.folder.iterdir()} if report.plain else set[str]()
    where = "" if report.plain else BESIDE
    for cell in cells:
        tries = [node for node in ast.walk(cell.tree) if isinstance(node, ast.Try)]
        tried = {inner for node in tries for inner in ast.walk(node)}
        for node in ast.walk(cell.tree):
            if node in tried:
                continue
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names = [node.module]
            for name in names:
                first = name.partition(".")[0]
                if first not in beside and not _installed(first):
                    place = cell.at(node)  # type: ignore[arg-type]
                    yield f"{place}: no module '{name}' is installed in this Python.{where}"


def _installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return True  # something else is the matter, which the run will tell


def _names(cells: Sequence[Cell], report: Report) -> Iterator[str]:
    """The names that a cell uses and no cell makes; none where code may make names unseen."""
    nodes = [node for cell in cells for node in ast.walk(cell.tree)]
    stars = any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in nodes)
    calls = {_called(node) for node in nodes if isinstance(node, ast.Call)}
    if stars or calls & HIDES:
        return
    made = {name for node in nodes for name in _bound(node)} | GIVEN | {*report.parameters}
    known = made | {*dir(builtins)} | OF_JUPYTER | OF_MODULES
    told = set[str]()
    for cell in cells:
        for node in ast.walk(cell.tree):
            if isinstance(node, ast.Name) and node.id not in known | told:
                told.add(node.id)
                hint = did_you_mean(node.id, made)
                near = hint if "mean" in hint else ""
                yield f"{cell.at(node)}: no cell makes the name '{node.id}'.{near}"


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that *node* itself makes, or for an assignment its targets."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from (one.id for one in ast.walk(target) if isinstance(one, ast.Name))
    elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((one.asname or one.name).partition(".")[0] for one in node.names)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest


def _sections(cells: Sequence[Cell], report: Report) -> Iterator[str]:
    """The sections that the gate of report.toml needs, where no cell has them."""
    made = set[str]()
    for cell in cells:
        for node in ast.walk(cell.tree):
            if isinstance(node, ast.Call) and _called(node) == "section" and node.args:
                if not isinstance(node.args[0], ast.Constant):
                    return  # its name is computed
                made.add(str(node.args[0].value))
    toml = report.described / "report.toml"
    for name in report.gate.needed:
        if name not in made:
            yield (
                f"{place_in(toml, 'gate', 'needed')}: needed has '{name}', and the notebook has no"
                f" such section.{did_you_mean(name, made)}"
            )
