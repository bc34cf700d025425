"""One typed reader for every TOML file that people write.

A frozen dataclass describes a table; a ``msgspec.Struct`` where a key is a word of Python, such as
"from". Limits and an example stand beside the type of a field::

    Attempts = Annotated[int, says("a whole number from 1 to 20", 4, ge=1, le=20)]

msgspec converts and judges the values. This module finds the first that is off,
its line, and the words for it.
"""

from __future__ import annotations

import ast
import datetime as dt
import inspect
import json
import math
import re
import textwrap
import tomllib
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from itertools import chain, pairwise
from pathlib import Path
from typing import (
    Annotated,
    Any,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

from reportgen.core.errors import ReportgenError, SettingsError, did_you_mean

T = TypeVar("T")
Place = tuple[str | int, ...]
Prepare = Callable[[dict[str, Any]], Any]


END = r"(?![\s\S])"
"""The end of a text in a pattern, in Python and in JSON Schema alike."""
UNKNOWN = "..."
"""An example that shows nothing."""


def says(expected: str, example: Any, **limits: Any) -> Any:
    """A value in words, for errors and editors: expected form, example, limits.

    Args:
        expected: What a value is, as an error says it: "a whole number from 0 up".
        example: A valid value, which errors and the documentation show.
        **limits: Those of ``msgspec.Meta``: ``ge``, ``le``, ``pattern``,
            ``min_length`` and so on. A "$" in a pattern is the end of the text,
            not the place before a last line break.
    """
    if "pattern" in limits:
        limits["pattern"] = limits["pattern"].replace("$", END)
    return msgspec.Meta(description=expected, examples=[example], **limits)


CONTROL = r"\x00-\x1f\x7f\x85\u2028\u2029"
Line = Annotated[str, says("a line of text", UNKNOWN, pattern=rf"^[^{CONTROL}]*$")]
"""Text without line breaks and other control characters."""
File = Annotated[str, says("the name of a file", "file", pattern=rf"^[^{CONTROL}]+$")]
"""A relative path is taken from the folder of the file that names it."""
Variable = Annotated[
    str,
    says(
        "the name of an environment variable (never the secret itself)",
        "SMTP_PASSWORD",
        pattern=r"^([A-Z_][A-Z0-9_]*)?$",
        extra={"secret": True},
    ),
]
"""A secret by reference. What stands there instead is never shown."""
Symbols = Annotated[tuple[str, ...], says("a list of symbols", ["^GSPC"])]


@dataclass(frozen=True, slots=True)
class Fault:
    """One value that is off: where it stands, and what is wrong with it."""

    path: Place
    words: str


def read_toml(
    path: Path,
    kind: type[T],
    error: type[ReportgenError] = SettingsError,
    prepare: Prepare = lambda data: data,
) -> T:
    """The file at *path* as a value of *kind*.

    Args:
        path: The TOML file, in UTF-8.
        kind: A frozen dataclass or a ``msgspec.Struct`` that describes the file.
        error: The class of the errors. Each names the line, the key, what was
            expected and an example.
        prepare: Converts older forms of the file before it is checked.

    Raises:
        ReportgenError: An *error*: the file cannot be read, has an unknown key,
            lacks one, or has a value of another type or out of its range.
    """
    if path.is_fifo() and path.parts[1:2] not in (("dev",), ("proc",)):  # not <(a shell's own)
        raise error(f"{path}: it is a pipe, and no file.", subject=path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise error(f"{path}: it cannot be read: {problem}", subject=path) from problem
    return parsed(text, kind, str(path), error, prepare)


def parsed(
    text: str,
    kind: type[T],
    name: str,
    error: type[ReportgenError] = SettingsError,
    prepare: Prepare = lambda data: data,
) -> T:
    """The TOML *text* as a value of *kind*; see :func:`read_toml`."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as problem:  # too many digits, or too deep, too
        words, _, place = str(problem).rstrip(")").partition(" (at ")
        line = place.partition(",")[0].replace("line", ", line") if "line" in place else ""
        raise error(
            f"{name}{line}: it is not valid TOML: {words}.",
            subject=name,
        ) from problem
    return typed(prepare(data), kind, name, error, text)


def typed(
    data: Any,
    kind: type[T],
    name: str,
    error: type[ReportgenError] = SettingsError,
    text: str = "",
) -> T:
    """*data*, read from TOML or JSON, as a value of *kind*. See :func:`read_toml`.

    With the *text* that they were read from, an error names the line.
    """
    try:
        converted: T = _convert(data, kind)
        if not any(_infinite(data, ())) and not _has_unknown_keys(data, kind):
            return converted
        unfit = "it has a key that is unknown."
    except msgspec.ValidationError as problem:
        unfit = str(problem)
    # What is off is looked for now only: most files are well.
    found = chain(_infinite(data, ()), _faults(data, kind, ()))
    fault = next(found, Fault((), unfit))
    line = line_of(text, fault.path)
    where = f"{name}, line {line}" if line else name
    key = next((step for step in reversed(fault.path) if isinstance(step, str)), name)
    raise error(f"{where}: {fault.words}", subject=key)


def _convert(value: Any, kind: Any) -> Any:
    """*value* as a *kind*; a day or a time is written without quotation marks."""
    return msgspec.convert(value, kind, builtin_types=(dt.date, dt.datetime, dt.time))


def json_schema(kind: Any) -> dict[str, Any]:
    """The JSON Schema of *kind*, for completion and checks in an editor.

    The description of a key is what its value is, and what the docstring
    below the field says.
    """
    found = msgspec.json.schema(kind)
    tables = {table.__name__: table for table in _tables(kind)}
    for name, shape in found.get("$defs", {}).items():
        if "properties" not in shape:
            continue
        shape["additionalProperties"] = False
        about = _about(tables[name])
        known = _fields(tables[name])
        for key, rule in shape["properties"].items():
            of = known[key][0]
            words = [_expected(of)] if not _is_table(_bare(of)) else []
            said = [*words, *([about[key]] if key in about else [])]
            if said:
                rule["description"] = ". ".join(said)
    return found


def _tables(kind: Any) -> Iterator[Any]:
    """All classes of tables in *kind*."""
    bare = _bare(kind)
    if _is_table(bare):
        yield bare
        for of, _ in _fields(bare).values():
            yield from _tables(of)
    for inner in get_args(bare):
        yield from _tables(inner)


def _about(kind: Any) -> dict[str, str]:
    """The docstrings below the fields of a class, by key."""
    found = dict[str, str]()
    for cls in reversed(kind.__mro__):
        if not _is_table(cls) or cls is msgspec.Struct:
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
        assert isinstance(body, ast.ClassDef)  # noqa: S101 - the source of a class
        for field, after in pairwise(body.body):
            told = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            if told and isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                words = ast.literal_eval(after.value)  # type: ignore[attr-defined]
                found[field.target.id] = " ".join(words.split())
    return found


def _infinite(value: Any, path: Place) -> Iterator[Fault]:
    """The numbers in *value* that are none: nan and inf, which TOML can write."""
    if isinstance(value, float) and not math.isfinite(value):
        key = next((step for step in reversed(path) if isinstance(step, str)), "")
        yield Fault(path, f"{key} = {value} is not a finite number.")
    items = value.items() if isinstance(value, Mapping) else ()
    rows = enumerate(value) if isinstance(value, list | tuple) else ()
    for step, item in (*items, *rows):
        yield from _infinite(item, (*path, step))


def _has_unknown_keys(value: Any, kind: Any) -> bool:
    """Whether a table in *value*, which fits *kind*, has an unknown key."""
    bare = _bare(_fitting(kind, value))
    if value is None:
        return False
    if _is_table(bare):
        known = _fields(bare)
        return any(key not in known for key in value) or any(
            _has_unknown_keys(item, known[key][0]) for key, item in value.items()
        )
    inner = get_args(bare)
    if get_origin(bare) in MAPPINGS:
        return any(_has_unknown_keys(item, inner[1]) for item in value.values())
    if get_origin(bare) is tuple and inner:
        return any(_has_unknown_keys(item, inner[0]) for item in value)
    return False


# What is off ------------------------------------------------------------------


def _faults(value: Any, kind: Any, path: Place) -> Iterator[Fault]:
    """All faults of *value*: unknown keys, then missing ones, values, rules."""
    kind = _fitting(kind, value)
    bare = _bare(kind)
    if _is_table(bare):
        yield from _faults_of_table(value, bare, path)
    elif get_origin(bare) in MAPPINGS:
        yield from _faults_of_mapping(value, kind, path)
    elif get_origin(bare) is tuple:
        yield from _faults_of_list(value, kind, path)
    else:
        yield from _faults_of_value(value, kind, path)


MAPPINGS = (dict, Mapping)


def _faults_of_table(value: Any, kind: Any, path: Place) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        name = _dotted(path)
        yield Fault(
            path,
            f"'{name}' is a table: write {_head(path)} on a line of its own.",
        )
        return
    known = _fields(kind)
    below = f" below {_head(path)}" if path else ""
    for key in value:
        if key not in known:
            hint = did_you_mean(str(key), known)
            yield Fault((*path, key), f"unknown '{key}'{below}.{hint}")
    for key, (of, needed) in known.items():
        if needed and key not in value:
            yield Fault(path, f"'{key}' is missing{below}{_write(key, of)}")
    for key, item in value.items():
        if key in known:
            yield from _faults(item, known[key][0], (*path, key))
    yield from _faults_of_rules(value, kind, path)


def _faults_of_mapping(value: Any, kind: Any, path: Place) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield from _faults_of_value(value, kind, path)
        return
    inner = get_args(_bare(kind))[1]
    for key, item in value.items():
        yield from _faults(item, inner, (*path, key))
    yield from _faults_of_value(value, kind, path)


def _faults_of_list(value: Any, kind: Any, path: Place) -> Iterator[Fault]:
    inner, name = get_args(_bare(kind))[0], _dotted(path)
    listed = isinstance(value, list | tuple)
    if not listed and _is_table(_bare(inner)):
        yield Fault(
            path,
            f"'{name}' is a list of tables: write [[{name}]] above each.",
        )
        return
    for number, item in enumerate(value if listed else ()):
        yield from _faults(item, inner, (*path, number))
    yield from _faults_of_value(value, kind, path)


def _faults_of_value(value: Any, kind: Any, path: Place) -> Iterator[Fault]:
    try:
        _convert(value, kind)
    except msgspec.ValidationError as error:
        if not str(error).startswith(("Expected", "Invalid")):  # a rule of a type of ours
            yield Fault(path, _own_words(error))
            return
        yield Fault(path, _not_what_is_expected(value, kind, path))


def _not_what_is_expected(value: Any, kind: Any, path: Place) -> str:
    """What is wrong with the *value* at *path*, which *kind* does not take."""
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    meta = _meta(kind)
    choices = get_args(_bare(kind)) if get_origin(_bare(kind)) is Literal else ()
    near = did_you_mean(str(value), [one for one in choices if isinstance(one, str)])
    hint = near if "mean" in near else ""  # the choices are listed already
    if path and isinstance(path[-1], int):
        return f"{key} has {_toml(value)}, which is not {_expected(kind)}.{hint}"
    secret = meta is not None and (meta.extra or {}).get("secret")
    shown = key if secret else f"{key} = {_toml(value)}"
    if choices:
        return f"{shown} is not {_expected(kind)}.{hint}"
    return f"{shown} is not {_expected(kind)}{_write(key, kind)}"


def _write(key: str, kind: Any) -> str:
    """The end of a sentence that says what to write, where there is an example."""
    example = _example(kind)
    return "." if example == UNKNOWN else f"; write {_key(key)} = {_toml(example)}."


def _faults_of_rules(value: Any, kind: Any, path: Place) -> Iterator[Fault]:
    """The objections of a table's own rules, from its ``__post_init__``."""
    try:
        _convert(value, kind)
    except msgspec.ValidationError as error:
        yield Fault(
            path,
            f"{_head(path)}: {_own_words(error)}" if path else _own_words(error),
        )


def _own_words(error: msgspec.ValidationError) -> str:
    return str(error).partition(" - at `$")[0]


# Types ------------------------------------------------------------------------


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and (is_dataclass(kind) or issubclass(kind, msgspec.Struct))


@cache
def _fields(kind: Any) -> dict[str, tuple[Any, bool]]:
    """The keys of a table, each with its type, and whether it has to be there."""
    if issubclass(kind, msgspec.Struct):
        return {f.encode_name: (f.type, f.required) for f in msgspec.structs.fields(kind)}
    hints = get_type_hints(kind, include_extras=True)
    return {
        f.name: (hints[f.name], f.default is MISSING and f.default_factory is MISSING)
        for f in fields(kind)
        if f.init
    }


def _bare(kind: Any) -> Any:
    """*kind* without its annotations, and without None."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    present = _present(kind)
    return kind if present is kind else _bare(present)


def _present(kind: Any) -> Any:
    """*kind* without None."""
    if get_origin(kind) in (Union, types.UnionType):
        rest = [one for one in get_args(kind) if one is not type(None)]
        return rest[0] if len(rest) == 1 else kind
    return kind


def _fitting(kind: Any, value: Any) -> Any:
    """*kind*; where it is a table or a plain value, the one of both that *value* is meant as."""
    bare = _bare(kind)
    if get_origin(bare) not in (Union, types.UnionType):
        return kind
    alike = [one for one in get_args(bare) if _is_table(_bare(one)) == isinstance(value, Mapping)]
    return alike[0] if len(alike) == 1 else kind


def _meta(kind: Any) -> msgspec.Meta | None:
    kind = _present(kind)
    if get_origin(kind) is not Annotated:
        return None
    found = [one for one in get_args(kind)[1:] if isinstance(one, msgspec.Meta)]
    return found[-1] if found else None


PLAIN: Mapping[Any, tuple[str, Any]] = {
    str: ("a text", UNKNOWN),
    int: ("a whole number", 3),
    float: ("a number", 1.5),
    bool: ("true or false", True),
    dt.date: ("a day", dt.date(2025, 1, 8)),
    dt.datetime: ("a day with a time", dt.datetime(2025, 1, 8, 16)),  # noqa: DTZ001 - as in TOML
    dt.time: ("a time", dt.time(16)),
}
"""What a value of a type without a description is called, and an
example of one.
"""
MANY = {
    "a table": "tables",
    "a text": "texts",
    "a whole number": "whole numbers",
    "a number": "numbers",
    "a day": "days",
}


def _expected(kind: Any) -> str:
    """What a value of *kind* is, in words."""
    meta = _meta(kind)
    if meta is not None and meta.description:
        return str(meta.description)
    bare = _bare(kind)
    origin, inner = get_origin(bare), get_args(bare)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_expected(one) for one in inner))
    if origin is Literal:
        choices = [_toml(choice) for choice in inner]
        return f"one of {', '.join(choices)}" if len(choices) > 1 else choices[0]
    if origin is tuple:
        return f"a list of {_many(inner[0])}"
    if origin in MAPPINGS:
        return f"a table of {_many(inner[1])}"
    return "a table" if _is_table(bare) else PLAIN.get(bare, ("a value", UNKNOWN))[0]


def _many(kind: Any) -> str:
    one = _expected(kind)
    return MANY.get(one, f"values, each {one}")


def _example(kind: Any) -> Any:
    """A value of *kind* to show."""
    meta = _meta(kind)
    if meta is not None and meta.examples:
        return meta.examples[0]
    bare = _bare(kind)
    if get_origin(bare) is Literal:
        return next(choice for choice in get_args(bare) if choice != "")
    if get_origin(bare) is tuple:
        return [_example(get_args(bare)[0])]
    if get_origin(bare) in MAPPINGS:
        return {"name": _example(get_args(bare)[1])}
    if _is_table(bare):
        return {key: _example(of) for key, (of, needed) in _fields(bare).items() if needed}
    return PLAIN.get(bare, ("", UNKNOWN))[1]


# TOML -------------------------------------------------------------------------


def _toml(value: Any) -> str:
    """*value* as TOML writes it, shortened where it is long."""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(key)} = {_toml(item)}" for key, item in value.items())
        shown = f"{{ {inside} }}"
    elif isinstance(value, list | tuple):
        shown = f"[{', '.join(map(_toml, value))}]"
    elif isinstance(value, dt.date | dt.time):
        shown = value.isoformat()
    else:
        shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."


def _key(name: object) -> str:
    return str(name) if re.fullmatch(r"[A-Za-z0-9_-]+", str(name)) else json.dumps(str(name))


def _dotted(path: Place) -> str:
    """A table's name as its head writes it, without the numbers of rows."""
    return ".".join(_key(step) for step in path if isinstance(step, str))


STEP = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
DOTTED = rf"{STEP}(?:\s*\.\s*{STEP})*"


def _head(path: Place) -> str:
    """The head of the table at *path*, as the file writes it."""
    name = _dotted(path)
    return f"[[{name}]]" if path and isinstance(path[-1], int) else f"[{name}]"


HEAD = re.compile(rf"\s*(\[\[?)\s*({DOTTED})\s*\]\]?\s*(?:#.*)?")
KEY = re.compile(rf"\s*({DOTTED})\s*=")


def line_of(text: str, path: Place) -> int:
    """The number of the line of *text* at which the value at *path* begins.

    0 where it cannot be told. A value inside an inline table has
    the line of that table.
    """
    lines = dict[Place, int]()
    above: Place = ()
    rows = dict[Place, int]()
    inside = False  # a text over several lines
    for number, line in enumerate(text.splitlines(), 1):
        was, inside = inside, inside != bool(line.count('"""') % 2 or line.count("'''") % 2)
        if was:
            continue
        if head := HEAD.fullmatch(line):
            above = _steps(head[2], rows)
            if head[1] == "[[":
                rows[above] = rows.get(above, -1) + 1
                above = (*above, rows[above])
            lines.setdefault(above, number)
        elif found := KEY.match(line):
            lines.setdefault((*above, *_names(found[1])), number)
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 0)


def _names(dotted: str) -> list[str]:
    return [step.strip("\"'") for step in re.findall(STEP, dotted)]


def _steps(dotted: str, rows: Mapping[Place, int]) -> Place:
    """The path of a head, with the current row number of each list of tables."""
    path: Place = ()
    names = _names(dotted)
    for name in names[:-1]:
        path = (*path, name)
        if path in rows:
            path = (*path, rows[path])
    return (*path, names[-1])
