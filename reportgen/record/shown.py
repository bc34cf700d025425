"""What an executed notebook shows: its Markdown and its outputs, one by one, and what is amiss.

The reader of notebooks that have no story. It takes Jupyter's own media types, and says of each
thing that no brief can show how to show it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reportgen.core.facts import CHART_MEDIA
from reportgen.record.foreign import (
    FRONT,
    OPTION,
    failure_in,
    options_of,
    place_of,
    shown_place,
    source_of,
    tags_of,
)

NOTICE = (
    "Not fact-checked: this brief shows the notebook {file} as it ran. Only sentences with cited"
    " figures are checked."
)
UNTOLD = "Not fact-checked: this brief shows the notebook {file} as it ran."
"""What stands above a brief of a notebook, with and without sentences that cite facts."""
KIND = "notebook"
"""The kind of the one finding of such a brief: that there is a notebook to show."""
VEGA_LITE = re.compile(r"application/vnd\.vegalite\.v\d+(?:\.\d+)?\+json")
VEGA = re.compile(r"application/vnd\.vega\.v\d+(?:\.\d+)?\+json")
SCRAP = re.compile(r"application/scrapbook\.scrap\.(\w+)\+json")
OURS = re.compile(r"application/vnd\.reportgen\.")
PLOTLY = "application/vnd.plotly.v1+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif")
"""The media types of pictures, the best first."""
BEGINS: Mapping[str, bytes] = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
}
PROGRESS = re.compile(r"\d+%\|")
"""A progress bar, which is no news once it has ended."""
NO_AXES = re.compile(r"<Figure size [^>]* with 0 Axes>")
HIDDEN_CELL = frozenset({"remove-cell", "hide-cell"})
HIDDEN_OUTPUT = frozenset({"hide-output", "remove-output"})
EXPECTED: Mapping[str, tuple[str, ...]] = {
    "figure": ("picture", "chart"),
    "table": ("table",),
    "expect": ("picture", "chart", "table", "text", "html", "markdown", "values"),
}
"""Tags that say what a cell has to show, with the kinds of outputs that do."""
MAY_BE_EMPTY = "may-be-empty"
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
"""A code that colours text in a terminal."""
EMBEDDED = re.compile(r"\}\)\(\s*(?=\{)")
"""What stands before a chart in the script that shows it."""
HIDDEN = re.compile(r"<(script|style)\b.*?(?:</\1>|\Z)|<!--.*?-->", re.DOTALL | re.IGNORECASE)
"""What of HTML shows no words."""
LOADS = re.compile(
    r"""\b(?:href|src)\s*=\s*["']?\s*(?!["'\s]|\#|data:image/(?:png|jpeg|gif)\b)"""
    r"""|url\(\s*(?!["']?\#|["']?data:(?:image|font)/)|@import|<!(?!--)""",
    re.IGNORECASE,
)
"""What makes a drawing load something: an address that is not in it."""
RUNS = re.compile(r"<(?:script|iframe|object|embed|canvas|video|audio)\b", re.IGNORECASE)
LONGEST, MOST_LINES = 20_000, 200
"""Letters and lines of one print that a brief shows; it says how much it leaves out."""
LARGEST = 2_000_000
"""Letters of HTML or Markdown that are read of one output."""
HOW_PLOTLY = (
    "the plotly figure has no static picture; install kaleido, and write"
    " pio.renderers.default = 'plotly_mimetype+png' at the top of the notebook"
)
HOW_WIDGET = "a widget works in Jupyter alone; show what it says as text, a table or a picture"
HOW_VEGA = "a chart in Vega cannot be drawn; write it in Vega-Lite, as Altair does"
HOW_URL = (
    "the picture loads data or pictures from a URL, which no brief does; read them in the notebook"
)
HOW_SCRIPT = "the output is a script or a frame of HTML, which no brief runs; show a static picture"


HOW_DESK = "the desk's chart needs the words of a story; show a chart of Altair or matplotlib"


class Shown(NamedTuple):
    """One thing that a brief of a notebook shows."""

    kind: str
    """"markdown", "code", "text", "html", "table", "picture", "chart" or "values"."""
    data: Any
    cell: int
    """The number of its cell in the executed notebook, from 0."""
    place: str
    """Where its cell stands in the file."""
    caption: str = ""
    media: str = ""
    width: int = 0
    """Pixels, if the notebook says them."""


@dataclass(kw_only=True)
class Showing:
    """What a notebook shows, and what of it no brief can show."""

    items: list[Shown] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    """The values that scrapbook glued, by name."""
    lacks: list[tuple[str, str]] = field(default_factory=list)
    """Where something is left out, and why."""
    held: list[tuple[str, str]] = field(default_factory=list)
    """Where the notebook failed, or shows nothing where it has to."""


def showing(notebook: Mapping[str, Any], file: str) -> Showing:
    """What the executed *notebook*, the file of that name, shows."""
    found = Showing()
    number = 0
    for index, cell in enumerate(notebook["cells"]):
        tags = tags_of(cell)
        number += "injected-parameters" not in tags
        if cell["cell_type"] == "markdown" and not tags & (HIDDEN_CELL | {"remove-input"}):
            text = source_of(cell)
            prose = FRONT.sub("", text, count=1) if index == 0 else text
            place = place_of(cell, number)
            if prose.strip():
                found.items.append(Shown("markdown", prose[:LARGEST], index, place))
        elif cell["cell_type"] == "code":
            _code(cell, index, number, file, found)
    failed = failure_in(notebook, file)
    if failed:
        where, _, why = failed.partition(": ")
        found.held.insert(0, (where, why))
    elif not found.items and not found.held:
        found.held.append((file, "it shows nothing: no text, no table, no picture and no print"))
    return found


def _code(cell: Mapping[str, Any], index: int, number: int, file: str, found: Showing) -> None:
    """Add what the code *cell* shows to *found*."""
    tags, options = tags_of(cell), options_of(cell)
    told = shown_place(cell, number)
    where = f"{file}, {told}"
    gone = tags & HIDDEN_CELL or options.get("include") == "false"
    quiet = bool(gone or tags & HIDDEN_OUTPUT or options.get("output") == "false")
    if "show-input" in tags and not gone:
        lines = [line for line in source_of(cell).splitlines() if not OPTION.match(line)]
        found.items.append(Shown("code", "\n".join(lines).strip(), index, told))
    at = _At(index, told, options.get("fig-cap") or options.get("tbl-cap") or "")
    own, lacks = list[Shown](), list[str]()
    for output in cell.get("outputs", ()):
        for one in _output(output, at, tags):
            if isinstance(one, str):
                lacks.append(one)
            elif one.kind == "values":
                found.values |= one.data
                own.append(one)
            elif one.kind == "text" and own and own[-1].kind == "text" and not one.media:
                own[-1] = own[-1]._replace(data=own[-1].data + one.data)
            else:
                own.append(one)
    own = [one for one in own if one.kind != "text" or one.data.strip()]
    if not quiet:
        found.items += map(_bounded, own)
        found.lacks += [(where, why) for why in dict.fromkeys(lacks)]
        found.held += [(where, why) for why in _empty(own, tags)]
    found.held += [(where, why) for why in _expected(own, tags, cell)]


class _At(NamedTuple):
    """Where an output is: its cell, and the caption that the cell says."""

    cell: int
    place: str
    caption: str

    def shown(self, kind: str, data: Any, media: str = "", width: int = 0) -> Shown:
        """One thing of this cell."""
        return Shown(kind, data, self.cell, self.place, self.caption, media, width)


def _output(output: Mapping[str, Any], at: _At, tags: AbstractSet[str]) -> Iterator[Shown | str]:
    """What one *output* shows, or why it shows nothing."""
    kind = output.get("output_type")
    if kind == "stream" and output.get("name") == "stdout":
        yield at.shown("text", _told(output.get("text", "")))
    elif kind == "error" and "raises-exception" in tags:
        said = f"{output.get('ename', 'Error')}: {output.get('evalue', '')}"
        yield at.shown("text", _told(said), "error")
    elif kind in ("display_data", "execute_result"):
        yield from _bundle(output.get("data", {}), output.get("metadata", {}), at)


def _bundle(data: Mapping[str, Any], about: Mapping[str, Any], at: _At) -> Iterator[Shown | str]:
    """What a bundle of media types shows: the best form of it that a brief can show."""
    scraps = [payload for media, payload in data.items() if SCRAP.fullmatch(media)]
    picture = next((media for media in PICTURES if media in data), "")
    chart = _spec(data)
    if scraps:
        glued = {str(one.get("name")): _finite(one["data"]) for one in scraps if "data" in one}
        yield at.shown("values", glued)
    elif any(OURS.match(media) for media in data):
        yield from [HOW_DESK] if CHART_MEDIA in data else []
    elif chart and not _remote(chart):
        yield at.shown("chart", chart)
    elif picture:
        yield from _picture(data[picture], picture, about, at)
    elif chart:
        yield HOW_URL
    else:
        yield from _rest(data, at)


def _spec(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The chart of a bundle: in Vega-Lite, or in the script that Altair shows it by."""
    found = next((data[media] for media in data if VEGA_LITE.fullmatch(media)), None)
    if found is None:
        return _embedded(_joined(data.get("text/html", "")))
    return found if isinstance(found, Mapping) else {}


def _embedded(html: str) -> dict[str, Any]:
    """The chart in the script that Altair shows unless it is told otherwise; {} for none."""
    found = EMBEDDED.search(html) if "vegaEmbed" in html else None
    if found is None:
        return {}
    try:
        spec, _ = json.JSONDecoder().raw_decode(html, found.end())
    except ValueError:
        return {}
    return spec if isinstance(spec, dict) and "vega-lite" in str(spec.get("$schema")) else {}


def _rest(data: Mapping[str, Any], at: _At) -> Iterator[Shown | str]:
    """What a bundle shows that has no chart and no picture."""
    text = _told(data.get("text/plain", ""))
    if PLOTLY in data:
        yield HOW_PLOTLY
    elif WIDGET in data:
        yield from [] if PROGRESS.search(text) else [HOW_WIDGET]
    elif any(VEGA.fullmatch(media) for media in data):
        yield HOW_VEGA
    elif html := _joined(data.get("text/html", "")).strip():
        yield from _html(html, at)
    elif "text/markdown" in data:
        yield at.shown("markdown", _joined(data["text/markdown"]))
    elif "text/latex" in data:
        yield at.shown("code", _joined(data["text/latex"]).strip())
    elif NO_AXES.fullmatch(text.strip()):
        yield "the figure has no axes"
    elif text.strip():
        yield at.shown("text", text, "text/plain")


def _html(html: str, at: _At) -> Iterator[Shown | str]:
    """A table, or words; what runs is named."""
    if "<table" in html.lower():
        yield at.shown("table", html)
    elif visible(html):
        yield at.shown("html", html)
    elif RUNS.search(html):
        yield HOW_SCRIPT


def _picture(payload: Any, media: str, about: Mapping[str, Any], at: _At) -> Iterator[Shown | str]:
    """A static picture, if its bytes are those of one."""
    data = _bytes(_joined(payload), media)
    if media == "image/svg+xml" and LOADS.search(data.decode()):
        yield HOW_URL
        return
    own = about.get(media)
    width = own.get("width", 0) if isinstance(own, Mapping) else 0
    if data:
        size = int(width) if isinstance(width, int | float) else 0
        yield at.shown("picture", data, media, size)
    else:
        yield f"its picture is no {media}"


def _bytes(text: str, media: str) -> bytes:
    """The bytes of a picture; b"" where they are not those of one."""
    if media == "image/svg+xml":
        return text[text.find("<svg") :].encode() if "<svg" in text else b""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return b""
    return data if data.startswith(BEGINS[media]) else b""


def visible(html: str) -> bool:
    """Whether *html* has words, apart from scripts and styles."""
    bare = HIDDEN.sub("", html)
    return bool(re.sub(r"<[^>]*>", "", bare).strip())


def _empty(own: Sequence[Shown], tags: AbstractSet[str]) -> Iterator[str]:
    """Why the outputs of a cell are empty: a table without rows, a chart without data."""
    if MAY_BE_EMPTY in tags:
        return
    for one in own:
        if one.kind == "table" and "<td" not in one.data.lower():
            yield "its table has no rows"
        elif one.kind == "chart" and _without_data(one.data):
            yield "its chart has no data"
        elif one.kind == "text" and one.data.startswith("Empty DataFrame"):
            yield "its table has no rows"


def _expected(
    own: Sequence[Shown], tags: AbstractSet[str], cell: Mapping[str, Any]
) -> Iterator[str]:
    """What a tag says that the cell has to show, and it does not."""
    failed = any(output.get("output_type") == "error" for output in cell.get("outputs", ()))
    for tag, kinds in EXPECTED.items():
        if tag in tags and not failed and not any(one.kind in kinds for one in own):
            what = "nothing" if tag == "expect" else f"no {tag}"
            yield f"it has the tag '{tag}' and shows {what}"


def _without_data(spec: Any) -> bool:
    """Whether a chart has tables, and none of them has a row."""
    tables = list(_tables(spec))
    return bool(tables) and not any(tables)


def _tables(part: Any) -> Iterator[Any]:
    if isinstance(part, list):
        for value in part:
            yield from _tables(value)
    elif isinstance(part, Mapping):
        data = part.get("data")
        if isinstance(data, Mapping) and isinstance(data.get("values"), list):
            yield data["values"]
        sets = part.get("datasets")
        if isinstance(sets, Mapping):
            yield from (rows for rows in sets.values() if isinstance(rows, list))
        for name, value in part.items():
            if name not in ("data", "datasets"):
                yield from _tables(value)


def _remote(part: Any) -> bool:
    """Whether a chart reads anything from a URL."""
    if isinstance(part, list):
        return any(map(_remote, part))
    if not isinstance(part, Mapping):
        return False
    return any(
        name in ("url", "href") or _remote(value)
        for name, value in part.items()
        if name not in ("values", "datasets")
    )


def _finite(value: Any) -> Any:
    """A glued value as JSON has it: no number is infinite or none."""
    return json.loads(json.dumps(value), parse_constant=lambda _: None)


def _joined(text: Any) -> str:
    """A text that a notebook keeps whole or in lines."""
    if isinstance(text, str):
        return text
    return "".join(map(str, text)) if isinstance(text, list) else ""


def _told(text: Any) -> str:
    """Text as a terminal leaves it: without colours, and each line as it was written last."""
    plain = ESCAPE.sub("", _joined(text)).replace("\r\n", "\n")
    return "\n".join(line.rpartition("\r")[2] for line in plain.split("\n"))


def _bounded(one: Shown) -> Shown:
    """*one* with at most so many lines and letters of a print; it says what is left out."""
    if one.kind in ("markdown", "html", "table") and len(one.data) > LARGEST:
        return one._replace(data=one.data[:LARGEST])
    if one.kind not in ("text", "code"):
        return one
    text = one.data.strip("\n").rstrip()
    lines = text.split("\n")
    kept = "\n".join(lines[:MOST_LINES])[:LONGEST].rstrip()
    left = len(lines) - len(kept.split("\n"))
    if kept == text:
        return one._replace(data=text)
    more = f"{left:,} lines" if left > 0 else f"{len(text) - len(kept):,} letters"
    return one._replace(data=f"{kept}\n[not shown: {more} more]")
