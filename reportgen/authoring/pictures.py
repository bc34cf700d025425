"""Charts of an author's own, by Altair: drawn, and their words read from the drawing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, NamedTuple, Self, TypedDict

from reportgen.authoring import columns
from reportgen.core.errors import RecordError, did_you_mean
from reportgen.core.facts import Fact
from reportgen.core.svg import VIEWS, own_ids, picture, views_of

WIDTH = 660
NAME = re.compile(r"[a-z][a-z0-9_-]*")
FACT = "fact:"
"""What stands before the id of a fact in a text of a chart, which shows its figure."""
CITED = re.compile(r'"fact:([^"]*)"')
SLOT = re.compile(r'"slot:([^"]*)"')
REMOTE = ("url", "href")
"""Keys that make a picture read another file, or lead to one."""
MOST_BYTES = 2_000_000
MOST = 180
"""Letters of what the renderer says that an error repeats."""


class Said(TypedDict, total=False):
    """What an author may say of a chart."""

    title: str
    """What stands above it; by default its own title."""
    subtitle: str
    """The line below the title; by default it is made from the specification."""
    alt: str
    """What a reader without pictures is told; by default it is made as well."""
    facts: Iterable[str | Fact]
    """The facts that its words may cite, or their ids; by default all of its section."""
    mail: bool
    """Whether the mail has it; without it, the mail has the first two pictures."""


class Words(NamedTuple):
    """What the author says beside a chart, and the facts that its words may cite."""

    title: str
    subtitle: str
    alt: str
    cites: tuple[str, ...]

    @classmethod
    def of(cls, said: Said, section: Iterable[str]) -> Self:
        """What the author *said*; the facts of the *section* where no others are named."""
        facts = [one.id if isinstance(one, Fact) else one for one in said.get("facts", section)]
        title, subtitle = said.get("title", ""), said.get("subtitle", "")
        return cls(title, subtitle, said.get("alt", ""), tuple(facts))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart as it is recorded, and as a notebook shows it."""

    name: str
    payload: dict[str, Any]
    html: str


def is_altair(chart: Any) -> bool:
    """Whether *chart* is one of Altair's: single, layered, faceted, repeated or joined."""
    return type(chart).__module__.split(".")[0] == "altair" and hasattr(chart, "to_dict")


def drawn(chart: Any, name: str, words: Words, shown: Mapping[str, str]) -> Drawn:
    """*chart* as a record keeps it, its words read from its drawing.

    *shown* has the figures of facts by their ids, for the picture in the notebook.

    Raises:
        RecordError: It cannot be drawn, or it reads another file.
    """
    spec = _spec(chart, name)
    name = name or _name(spec)
    if not NAME.fullmatch(name):
        raise RecordError(
            f"'{name}' cannot name a chart; write small letters, digits and underscores:"
            ' desk.show(chart, "spread").',
            subject=name,
        )
    _refuse(spec, name)
    columns.refuse_absent(spec, name)
    spec, title, subtitle = _untitled(spec)
    _refuse_unknown(spec, name, shown)
    spec = _slotted(spec)
    spec["usermeta"] = {**spec.get("usermeta", {}), VIEWS: views_of(spec)}
    svg = _svg(_with_figures(spec, shown), name)
    texts = [
        {"text": text, "role": role}
        for text, role in dict.fromkeys(_Texts.of(svg))
        if not _is_figure(text, spec, shown)
    ]
    made = _made(spec)
    said = {
        "title": words.title or title or made.title,
        "subtitle": words.subtitle or subtitle or made.subtitle,
        "alt": words.alt or made.alt,
    }
    said = {part: " ".join(text.split()) for part, text in said.items()}
    own = {**said, "cites": list(words.cites), "texts": texts}
    slots = list(dict.fromkeys(SLOT.findall(json.dumps(spec))))
    payload = {"name": name, "spec": spec, "slots": slots, "own": own}
    return Drawn(name, payload, picture(own_ids(svg, name), said["alt"]))


def _spec(chart: Any, name: str) -> dict[str, Any]:
    """The specification of *chart* in Vega-Lite, with its data."""
    import altair as alt

    called = name or "of this cell"
    try:
        with alt.data_transformers.enable("default", max_rows=None, consolidate_datasets=True):
            spec = chart.to_dict()
        text = json.dumps(spec, allow_nan=False)
    except Exception as error:  # noqa: BLE001 - a library may say no in any way
        words = str(error).strip().splitlines() or [type(error).__name__]
        raise RecordError(
            f"Chart {called} is no valid chart of Altair: {words[0][:MOST]}", subject=name
        ) from None
    if len(text) > MOST_BYTES:
        raise RecordError(
            f"Chart {called} has {len(text) / 1e6:.1f} MB of data; a page holds"
            f" {MOST_BYTES / 1e6:.0f} MB: resample the frame, such as by weeks, or take fewer"
            " columns.",
            subject=name,
        )
    return dict(json.loads(text))


def _name(spec: Mapping[str, Any]) -> str:
    return str(spec.get("name") or "chart")


def _refuse(spec: Any, name: str) -> None:
    """Raise RecordError where *spec* reads or leads to a file, or shows images."""
    for key, value in _pairs(spec):
        if key in REMOTE and isinstance(value, str | dict):
            raise RecordError(
                f"Chart '{name}' reads {key} {value!r}; a brief needs no network: read the file"
                " with pandas, and give the frame to alt.Chart(frame).",
                subject=name,
            )
        kind = value.get("type") if isinstance(value, dict) else value
        if key == "mark" and kind == "image":
            raise RecordError(f"Chart '{name}' shows images; use points or text.", subject=name)


def _refuse_unknown(spec: Mapping[str, Any], name: str, shown: Mapping[str, str]) -> None:
    """Raise RecordError where "fact:ID" in a text of *spec* names no fact that is recorded."""
    for id in CITED.findall(json.dumps(spec)):
        if id not in shown:
            hint = did_you_mean(id, shown)
            raise RecordError(
                f"Chart '{name}' shows fact '{id}', which is not recorded.{hint}", subject=id
            )


def _pairs(node: Any) -> Iterator[tuple[str, Any]]:
    """Every key in a specification outside of its rows of data, and what it has."""
    if isinstance(node, list):
        for item in node:
            yield from _pairs(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield key, value
            if key not in ("datasets", "values"):
                yield from _pairs(value)


def _untitled(spec: dict[str, Any]) -> tuple[dict[str, Any], str, str]:
    """*spec* without its own title, which stands above it, and that title with its second line."""
    kept = {key: value for key, value in spec.items() if key not in ("title", "name")}
    title = spec.get("title", "")
    layers = kept.get("layer", [])
    if not title and layers:
        title = next((layer["title"] for layer in layers if layer.get("title")), "")
        kept["layer"] = [{k: v for k, v in one.items() if k != "title"} for one in layers]
    if isinstance(title, dict):
        return kept, _line(title.get("text", "")), _line(title.get("subtitle", ""))
    return kept, _line(title), ""


def _line(text: Any) -> str:
    return " ".join(text) if isinstance(text, list) else str(text or "")


def _slotted(spec: Any) -> Any:
    """*spec* with a slot in the place of each "fact:ID"."""
    if isinstance(spec, str):
        return f"slot:{spec.removeprefix(FACT)}" if spec.startswith(FACT) else spec
    if isinstance(spec, list):
        return [_slotted(item) for item in spec]
    if isinstance(spec, dict):
        return {key: _slotted(value) for key, value in spec.items()}
    return spec


def _with_figures(spec: Any, shown: Mapping[str, str]) -> Any:
    if isinstance(spec, str) and spec.startswith("slot:"):
        return shown.get(spec.removeprefix("slot:"), spec.removeprefix("slot:"))
    if isinstance(spec, list):
        return [_with_figures(item, shown) for item in spec]
    if isinstance(spec, dict):
        return {key: _with_figures(value, shown) for key, value in spec.items()}
    return spec


def _is_figure(text: str, spec: Mapping[str, Any], shown: Mapping[str, str]) -> bool:
    """Whether *text* is what a slot of *spec* shows."""
    slots = set(SLOT.findall(json.dumps(spec)))
    return text in {shown.get(slot, slot) for slot in slots}


def _svg(spec: Mapping[str, Any], name: str) -> str:
    """The drawing of *spec*.

    Raises:
        RecordError: The renderer refuses it.
    """
    import vl_convert

    wide = {**spec, "width": WIDTH} if spec["usermeta"][VIEWS] == "one" else dict(spec)
    try:
        return str(vl_convert.vegalite_to_svg(wide, vl_version="6.4"))
    except Exception as error:  # noqa: BLE001 - the renderer may say no in any way
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        said = next((line for line in lines if "Error" in line), lines[0] if lines else "")
        said = re.sub(r"^.*?Error: ?|^Vega-Lite to [\w ]+ failed:? ?", "", said)[:MOST]
        raise RecordError(
            f"Chart '{name}' cannot be drawn: {said or type(error).__name__}. Look at its"
            " encodings and transforms.",
            subject=name,
        ) from None


CELL = " cell"
"""How the class of a group ends that is one of several facets."""


class _Texts(HTMLParser):
    """The texts of a drawing, each with the role of the group that it stands in."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._roles: list[str] = []
        self._text: list[str] | None = None

    @classmethod
    def of(cls, svg: str) -> list[tuple[str, str]]:
        """Text and role of each text of *svg*."""
        reader = cls()
        reader.feed(svg)
        return reader.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the role of a group, and that a text begins."""
        if tag == "g":
            kind = dict(attrs).get("class") or ""
            role = re.search(r"\brole-([\w-]+)", kind)
            self._roles.append(CELL if kind.endswith(CELL) else role[1] if role else "")
        elif tag == "text":
            self._text = []

    def handle_data(self, data: str) -> None:
        """Keep what a text says."""
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Note that a group or a text ends."""
        if tag == "g" and self._roles:
            self._roles.pop()
        elif tag == "text" and self._text is not None:
            text = " ".join("".join(self._text).split())
            roles = [role for role in self._roles if role]
            role = roles[-1] if roles else "mark"
            titled = CELL in roles and role == "title-text"
            if titled or {"column-header", "row-header"} & {*roles}:
                role = "header"
            if text:
                self.found.append((text, role))
            self._text = None


class Made(NamedTuple):
    """Words that are made from a specification."""

    title: str
    subtitle: str
    alt: str


MARKS = {"line": "Line", "bar": "Bar", "area": "Area", "point": "Point", "circle": "Point"}


def _made(spec: Mapping[str, Any]) -> Made:
    """What a chart shows, from the marks and the titles of its axes."""
    marks, axes = list[str](), dict[str, str]()
    for key, value in _pairs(spec):
        if key == "mark":
            kind = value if isinstance(value, str) else value.get("type", "")
            marks.append(MARKS.get(kind, ""))
        elif key in ("y", "x") and isinstance(value, dict) and _titled(value):
            axes.setdefault(key, _titled(value))
    kinds = [kind for kind in dict.fromkeys(marks) if kind]
    kind = f"{kinds[0]} chart" if len(kinds) == 1 else "Chart"
    named = " by ".join(axes[key] for key in ("y", "x") if key in axes)
    shown = f"{kind} of {named}" if named else kind
    return Made(named[:1].upper() + named[1:] or kind, shown, shown)


def _titled(channel: Mapping[str, Any]) -> str:
    """The title of an axis, "" where it has none."""
    axis = channel.get("axis") or {}
    for part in (channel, axis):
        if "title" in part:
            return _line(part["title"])
    field = channel.get("field", "")
    return field if isinstance(field, str) and channel.get("axis", {}) is not None else ""
