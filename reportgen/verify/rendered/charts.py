"""What a chart of the record has to look like, wherever it is drawn.

The recorded specification says the values and the ends of the scales. So the place of
each bar, point and label follows, as a share of the plot, without any code that draws.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from reportgen.story.citations import text_of
from reportgen.story.model import Picture

Row = Mapping[str, Any]
Where = Callable[[Any], float]
KEYS = {"x", "y", "y2", "text", "color", "opacity", "tooltip"}
"""The channels that are read; a layer with others is not."""
SPEC = {"$schema", "layer", "height", "datasets", "background", "config", "usermeta", "params"}
LAYER = {"data", "mark", "encoding", "transform", "params"}
MARK = {
    *("type", "color", "opacity", "clip", "filled", "size", "height"),
    *("stroke", "strokeWidth", "strokeDash", "strokeJoin"),
    *("align", "dx", "dy", "fontSize", "fontWeight"),
}
PLACE = {"field", "type", "axis", "scale", "sort", "timeUnit"}
SCALE = {"domain", "type", "nice", "zero"}
"""What is read of a specification and of its layers, marks, axes and scales.

Anything else could move a mark: then no place is known.
"""
MONTH = 7
"""Letters of a date up to its month."""


class UnreadError(Exception):
    """A chart of a desk's own says its places in a way that is not read here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One layer: its kind, and of each of its rows the place, the colour and the words.

    Places are shares of the plot, from its left and its top. ``base`` is where bars and
    areas begin, ``spread`` along which axis they have their length.
    """

    kind: str
    points: tuple[tuple[float, float], ...]
    colours: tuple[str, ...]
    texts: tuple[str, ...] = ()
    shift: tuple[float, float] = (0.0, 0.0)
    base: float = 0.0
    spread: str = "y"
    depths: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis: the names of its bands in their order, or the value at each share of it."""

    names: tuple[str, ...] = ()
    value: Callable[[float], float] | None = None
    dated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart as it has to be drawn.

    ``marks`` is None where its specification says places in a way that is not read.
    """

    labels: tuple[str, ...]
    marks: tuple[Mark, ...] | None
    words: tuple[str, ...] | None = None
    """The words of a chart of the notebook's own, beside the ticks of its axes; None for others."""
    x: Axis = field(default_factory=Axis)
    y: Axis = field(default_factory=Axis)

    @property
    def texts(self) -> list[str]:
        """Its labels in the order in which they are drawn.

        Two with the same words at the same place are one.
        """
        places = {
            (text, mark.points[i], mark.shift): text
            for mark in self.marks or ()
            for i, text in enumerate(mark.texts)
        }
        return list(places.values())


def chart_of(
    spec: Mapping[str, Any], picture: Picture, own: Mapping[str, Any] | None = None
) -> Chart:
    """The chart of the recorded *spec* with the words of *picture* in its slots.

    Of one of the notebook's *own* the words are read, and no places.
    """
    words = {f"slot:{name}": text_of(runs) for name, runs in picture.labels.items()}
    labels = tuple(words.values())
    if own is not None:
        said = tuple(row["text"] for row in own["texts"])
        return Chart(labels=labels, marks=None, words=said)
    try:
        return _Reading(spec, words).chart(labels)
    except (UnreadError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
        return Chart(labels=labels, marks=None)


def worded(node: Any, words: Mapping[str, str]) -> Any:
    """*node* of a specification with *words* in the slots of their names."""
    if isinstance(node, str):
        return words.get(node, node)
    if isinstance(node, list):
        return [worded(item, words) for item in node]
    if isinstance(node, Mapping):
        return {key: worded(value, words) for key, value in node.items()}
    return node


class _Reading:
    """A specification, its slots and its two scales."""

    def __init__(self, spec: Mapping[str, Any], words: Mapping[str, str]) -> None:
        self.spec = spec
        self.words = words
        self.layers = [layer for layer in spec["layer"] if not _answers_a_pointer(layer)]
        _known(spec, SPEC)
        for layer in self.layers:
            _known(layer, LAYER)
        self.x, self.x_axis = self._scale("x")
        self.y, self.y_axis = self._scale("y")

    def chart(self, labels: tuple[str, ...]) -> Chart:
        marks = tuple(self._mark(layer) for layer in self.layers)
        return Chart(labels=labels, marks=marks, x=self.x_axis, y=self.y_axis)

    def _rows(self, layer: Mapping[str, Any]) -> list[Row]:
        data = layer["data"]
        rows: list[Row] = (
            data["values"] if "values" in data else self.spec["datasets"][data["name"]]
        )
        for step in layer.get("transform", ()):
            rows = _filtered(rows, step)
        return rows

    def _scale(self, axis: str) -> tuple[Where, Axis]:
        """Where a value of the *axis* stands, as a share from its start; and the axis."""
        channels = [c for layer in self.layers if (c := layer["encoding"].get(axis))]
        for channel in channels:
            _known(channel, PLACE)
        types = {channel["type"] for channel in channels}
        if types & {"nominal", "ordinal"}:
            return self._bands(axis, channels)
        scales = [channel["scale"] for channel in channels if "scale" in channel]
        dated = types == {"temporal"}
        for scale in scales:
            _known(scale, SCALE)
            if scale["domain"] != scales[0]["domain"] or scale.get("nice") or scale.get("zero"):
                raise UnreadError
            if scale.get("type") not in (("utc",) if dated else (None, "log")):
                raise UnreadError
        if not scales or len(types) > 1 or any("timeUnit" in channel for channel in channels):
            raise UnreadError
        logarithmic = {scale.get("type") for scale in scales} == {"log"}
        place: Callable[[Any], float] = _day if dated else math.log if logarithmic else float
        told: Callable[[float], float] = math.exp if logarithmic else float
        low, high = map(place, scales[0]["domain"])
        span = high - low
        if axis == "x":
            return lambda value: (place(value) - low) / span, Axis(
                value=lambda share: told(low + share * span), dated=dated
            )
        return lambda value: (high - place(value)) / span, Axis(
            value=lambda share: told(high - share * span), dated=dated
        )

    def _bands(self, axis: str, channels: Sequence[Mapping[str, Any]]) -> tuple[Where, Axis]:
        """The middle of the band of each name; the names in their order."""
        channel = channels[0]
        length = {"utcyearmonth": MONTH, None: None}[channel.get("timeUnit")]
        if any(
            c.get("field") != channel["field"] or c.get("sort") != channel.get("sort")
            for c in channels
        ):
            raise UnreadError
        names = list(
            dict.fromkeys(
                str(row[channel["field"]])[:length]
                for layer in self.layers
                if axis in layer["encoding"]
                for row in self._rows(layer)
                if channel["field"] in row
            )
        )
        order = channel.get("sort", "ascending")
        if isinstance(order, list):
            names = [name for name in order if name in names]
        elif order == "ascending":
            names.sort()
        else:
            raise UnreadError
        step = 1 / len(names)
        middles = {name: (i + 0.5) * step for i, name in enumerate(names)}
        shown = channel.get("axis", {}) is not None
        return lambda value: middles[str(value)[:length]], Axis(
            names=tuple(self.words.get(name, name) for name in names) if shown else ()
        )

    def _mark(self, layer: Mapping[str, Any]) -> Mark:
        mark, coded = layer["mark"], layer["encoding"]
        _known(mark, MARK)
        _known(coded, KEYS)
        rows = self._rows(layer)
        places = (
            self._places(coded.get("x"), self.x, rows),
            self._places(coded.get("y"), self.y, rows),
        )
        points = tuple(zip(*places, strict=True))
        found: dict[str, Any] = {}
        if mark["type"] == "text":
            found["texts"] = tuple(self.words.get(t, t) for t in self._column(coded["text"], rows))
            found["shift"] = (float(mark.get("dx", 0)), float(mark.get("dy", 0)))
        elif mark["type"] == "bar":
            upright = coded["y"]["type"] == "quantitative"
            found["spread"] = "y" if upright else "x"
            found["base"] = (self.y if upright else self.x)(0)
            if len({point[0 if upright else 1] for point in points}) < len(points):
                raise UnreadError  # bars in one place are stacked
        elif mark["type"] == "area":
            found["base"] = self.y(coded["y2"]["datum"])
        elif mark["type"] == "rect":
            found["depths"] = tuple(self._column(coded["opacity"], rows))
        elif mark["type"] not in ("line", "point", "rule"):
            raise UnreadError
        return Mark(
            kind=mark["type"],
            points=points,
            colours=tuple(self._colours(mark, coded, rows)),
            **found,
        )

    def _places(self, channel: Any, place: Where, rows: Sequence[Row]) -> list[float]:
        """Where the *rows* stand on an axis; nowhere where it says nothing of them."""
        if not channel:
            return [math.nan] * len(rows)
        field = channel["field"]
        return [place(row[field]) for row in rows]

    def _column(self, channel: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Any]:
        return (row[channel["field"]] for row in rows)

    def _colours(
        self,
        mark: Mapping[str, Any],
        coded: Mapping[str, Any],
        rows: Sequence[Row],
    ) -> Iterator[str]:
        if "color" not in coded:
            return (str(mark["color"]) for _ in rows)
        scale = coded["color"]["scale"]
        tints = dict(zip(scale["domain"], scale["range"], strict=True))
        if mark["type"] in ("line", "area"):
            raise UnreadError  # a line of each colour
        return (tints[name] for name in self._column(coded["color"], rows))


def _answers_a_pointer(layer: Mapping[str, Any]) -> bool:
    """Whether *layer* shows only where a pointer is, and nowhere in a still drawing."""
    opacity = layer.get("encoding", {}).get("opacity", {})
    return "param" in opacity.get("condition", {})


def _known(part: Mapping[str, Any], keys: AbstractSet[str]) -> None:
    """Raise UnreadError where *part* of a specification says more than is read."""
    if set(part) - keys:
        raise UnreadError


@lru_cache(maxsize=4096)
def _day(value: Any) -> float:
    return float(dt.date.fromisoformat(str(value)).toordinal())


def _filtered(rows: list[Row], step: Mapping[str, Any]) -> list[Row]:
    """The *rows* that a filter keeps."""
    rule = step["filter"]
    if isinstance(rule, Mapping) and set(rule) == {"field", "equal"}:
        return [row for row in rows if row[rule["field"]] == rule["equal"]]
    if isinstance(rule, str):
        name, sign, zero = rule.removeprefix("datum.").split(" ")
        if zero == "0" and sign in ("<", ">="):
            return [row for row in rows if (row[name] < 0) == (sign == "<")]
    raise UnreadError
