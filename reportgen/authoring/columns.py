"""Whether the data of a chart have the columns that it draws, in the types that it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reportgen.core.errors import RecordError, did_you_mean

Rows = Sequence[Mapping[str, Any]]
OPEN_ENDED = ("pivot", "flatten", "lookup", "regression", "loess", "density", "quantile", "impute")
"""Transforms whose columns have names that only their data or defaults know."""
SPECIAL = re.compile(r"[.\[\]\\]")
"""What makes a field more than the name of a column: a step into a value."""
GENERATED = ("sequence", "graticule", "sphere")
"""Data that Vega makes itself."""


def refuse_absent(spec: Mapping[str, Any], name: str) -> None:
    """Raise RecordError where a channel of a chart draws a column that its data cannot have.

    The column is not there, or all of its values are of another type: words where the channel is
    quantitative, no days where it is temporal. Columns that a transform makes are there.
    """
    tables = spec.get("datasets", {})
    for channel, part, rows, made in _channels(spec, None, tables, frozenset()):
        field = part["field"]
        if not rows or made is None or field in made or SPECIAL.search(field):
            continue
        values = [row[field] for row in rows if field in row]
        if not values:
            known = sorted({column for row in rows for column in row} | made)
            raise RecordError(
                f"Chart '{name}' draws the column '{field}' as {channel}, and its data have no such"
                f" column.{did_you_mean(field, known)}",
                subject=field,
            )
        _refuse_type(part, [one for one in values if one is not None], f"Chart '{name}'", channel)


def _refuse_type(part: Mapping[str, Any], values: Sequence[Any], what: str, channel: str) -> None:
    kind, field = part.get("type"), part["field"]
    shown = f"{what} draws the column '{field}' as {channel}"
    if not values or part.get("aggregate") in ("count", "distinct"):
        return
    if kind == "quantitative" and not any(isinstance(one, int | float) for one in values):
        raise RecordError(
            f"{shown}, a quantity, and its values are words such as {values[0]!r}; make them"
            f" numbers: pd.to_numeric(frame['{field}']), or write {field}:N for names.",
            subject=field,
        )
    if kind == "temporal" and not any(map(_is_time, values)):
        raise RecordError(
            f"{shown}, a time, and its values are none, such as {values[0]!r}; make them days:"
            f" pd.to_datetime(frame['{field}']).",
            subject=field,
        )


def _is_time(value: Any) -> bool:
    """Whether Vega can read *value* as a time: a text that begins as one, or milliseconds."""
    import pandas as pd

    if not isinstance(value, str):
        return isinstance(value, int | float)
    return not pd.isna(pd.to_datetime(value, errors="coerce"))


def _channels(
    node: Any, rows: Rows | None, tables: Mapping[str, Rows], made: frozenset[str] | None
) -> Iterator[tuple[str, Mapping[str, Any], Rows | None, frozenset[str] | None]]:
    """Each channel with a field, its rows, and the columns of transforms; None for unknown ones."""
    if not isinstance(node, Mapping):
        return
    rows = _rows(node, rows, tables)
    made = _made(node.get("transform", ()), made)
    repeated = "repeat" in node  # its fields are those of the list
    for channel, told in node.get("encoding", {}).items():
        for part in told if isinstance(told, list) else [told]:
            for one in _with_fields(part):
                yield channel, one, rows, made
    facet = node.get("facet")
    if isinstance(facet, Mapping):
        for part in (facet, *(facet.get(way) for way in ("row", "column"))):
            if isinstance(part, Mapping) and isinstance(part.get("field"), str):
                yield "facet", {"field": part["field"]}, rows, made
    inner = [node.get("spec"), *(one for key in JOINED for one in node.get(key, ()))]
    for part in inner:
        yield from _channels(part, rows, tables, None if repeated else made)


JOINED = ("layer", "hconcat", "vconcat", "concat")


def _with_fields(part: Any) -> Iterator[Mapping[str, Any]]:
    """*part* of an encoding and its condition, as far as they name a column."""
    if not isinstance(part, Mapping):
        return
    if isinstance(part.get("field"), str):
        yield part
    condition = part.get("condition")
    for one in condition if isinstance(condition, list) else [condition]:
        if isinstance(one, Mapping) and isinstance(one.get("field"), str):
            yield one


def _rows(node: Mapping[str, Any], above: Rows | None, tables: Mapping[str, Rows]) -> Rows | None:
    """The rows of a view: its own, or those of the view around it; None where they are unknown."""
    data = node.get("data")
    if not isinstance(data, Mapping):
        return above
    values = data.get("values", tables.get(str(data.get("name", ""))))
    if any(key in data for key in GENERATED) or not isinstance(values, list):
        return None
    return values if all(isinstance(one, Mapping) for one in values) else None


def _made(
    steps: Sequence[Mapping[str, Any]], above: frozenset[str] | None
) -> frozenset[str] | None:
    """The columns that transforms make, with those from *above*; None where nobody can tell."""
    if above is None:
        return None
    found = set(above)
    for step in steps:
        if any(key in step for key in OPEN_ENDED):
            return None
        found |= {"key", "value"} if "fold" in step else set()
        found |= set(_named(step))
    return frozenset(found)


def _named(node: Any) -> Iterator[str]:
    """The names below "as" anywhere in a transform."""
    if isinstance(node, list):
        for one in node:
            yield from _named(one)
    elif isinstance(node, Mapping):
        for key, value in node.items():
            if key == "as":
                yield from [value] if isinstance(value, str) else [str(one) for one in value]
            yield from _named(value)
