"""The pages of an archive.

A brief's own page with its styles and scripts shared, framed by the site's,
and those around it.
"""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from markupsafe import Markup

from reportgen.config.resources import resource, tokens
from reportgen.core.errors import DeliveryError
from reportgen.publish.config import Site
from reportgen.publish.site.entries import VERDICTS, Entry, when
from reportgen.rendering.page import filled, scripts, stylesheet

META = re.compile(r'(<meta http-equiv="Content-Security-Policy" content=")[^"]*(")')
DRAWN = re.compile(r'<script type="application/json">[^<]*</script>\s*')
APPENDIX = re.compile(r'<details id="appendix">.*?</details>\s*', re.DOTALL)
BODY = re.compile(
    r'(<aside class="notices".*?</aside>\s*)?<main>(.*?)</main>',
    re.DOTALL,
)
FOOTER = re.compile(r"<footer>(.*?)</footer>", re.DOTALL)
FOREIGN = re.compile(
    r"<\s*(?:script|iframe|object|embed|form|base)\b|<[^>]*\son[a-z]+\s*=|http-equiv=.?refresh",
    re.IGNORECASE,
)
"""What could run, load or navigate, besides the scripts that we wrote."""
OURS = re.compile(r'<script src="(?:\.\./){3}assets/[0-9a-f]{16}\.js"></script>')
POLICY = (
    "default-src 'none'; img-src 'self' data:; font-src 'self' data:;"
    " style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'"
)
UP = "../../../"
"""The way from a brief's page to the front page.

Everything is linked by its way from there, so that the site works in any folder.
"""
SLOTS = {"head": "</head>", "top": "<body>", "foot": "<footer>"}
"""The parts of a brief's page that belong to the site, and where they stand."""
STEPS = (0.25, 0.75, 1.5)
"""Changes in percent from which a day's shade in the calendar is deeper."""
EARLIER, IN_FEED = 10, 30


class Around(NamedTuple):
    """The briefs of the same report before and after one."""

    before: Entry | None
    after: Entry | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the calendar.

    Its briefs, the one that is shown, the change of its index, and
    how deep its shade is.
    """

    day: dt.date
    entries: tuple[Entry, ...]
    shown: Entry | None
    change: str
    sign: str
    depth: int


def named(data: bytes, suffix: str) -> str:
    """The file name of an asset, with a digest of its contents to keep it unique."""
    return f"assets/{hashlib.sha256(data).hexdigest()[:16]}.{suffix}"


@cache
def own_assets() -> dict[str, bytes]:
    """The style and the script of the site's own pages, by file name.

    The style of a brief comes first.
    """
    shared, style, script = (
        stylesheet().encode(),
        resource("templates/site/site.css").read_bytes(),
        resource("templates/site/site.js").read_bytes(),
    )
    return {
        named(shared, "css"): shared,
        named(style, "css"): style,
        named(script, "js"): script,
    }


def shared(html: str) -> tuple[str, dict[str, bytes]]:
    """A brief's page with links to its styles and scripts, and those files by name.

    The page has slots for the frame.

    Raises:
        DeliveryError: The page contains something that could run and that this
            program did not write.
    """
    assets: dict[str, bytes] = {}
    head, mark, rest = html.partition("</head>")
    head = META.sub(
        rf"\g<1>{POLICY}\g<2>",
        _moved_out(head, "style", '<link rel="stylesheet" href="{}">', assets),
    )
    page = head + mark + _moved_out(rest, "script", '<script src="{}"></script>', assets)
    other = FOREIGN.search(OURS.sub("", DRAWN.sub("", page)))
    if other or len(META.findall(head)) != 1:
        found = other[0][:40] if other else "no policy of its own"
        raise DeliveryError(f"the page holds '{found}', which this program did not write")
    for slot, place in SLOTS.items():
        hole = f"<!--{slot}--><!--/{slot}-->"
        page = page.replace(place, place + hole if slot == "top" else hole + place, 1)
    return page, assets


def _moved_out(html: str, tag: str, form: str, assets: dict[str, bytes]) -> str:
    """*html* with each plain element *tag* replaced by *form*, contents in *assets*."""
    first, *rest = html.split(f"<{tag}>")
    told = [first]
    for piece in rest:
        text, _, after = piece.partition(f"</{tag}>")
        if tag == "script" and text not in scripts():
            told.append(
                after
            )  # what this program did not write is not published; the drawings stay
            continue
        name, data = _asset(text, "css" if tag == "style" else "js")
        assets[name] = data
        told += [form.format(UP + name), after]
    return "".join(told)


@lru_cache(maxsize=8)
def _asset(text: str, suffix: str) -> tuple[str, bytes]:
    """The name and the bytes of a style or a script that most pages share."""
    data = text.encode()
    return named(data, suffix), data


def framed(page: str, frame: Mapping[str, str]) -> str:
    """A *page* with slots, whatever was in them, with *frame* in them."""
    for slot, html in frame.items():
        before, mark, rest = page.partition(f"<!--{slot}-->")
        page = before + mark + html + f"<!--/{slot}-->" + rest.partition(f"<!--/{slot}-->")[2]
    return page


class Pages:
    """Renders the pages of one site."""

    def __init__(self, site: Site, entries: Sequence[Entry]) -> None:
        self.site = site
        self.entries = entries
        self.years = sorted({entry.day.year for entry in entries}, reverse=True)

    def _render(self, template: str, root: str, path: str, **given: Any) -> str:
        names = list(own_assets())
        theme = {name: table["paper"] for name, table in tokens().items()}
        common = {
            "site": self.site,
            "root": root,
            "path": path,
            "policy": POLICY,
            "css": names[:2],
            "script": names[2],
            "theme": theme,
        }
        ways = {"when": when, "verdicts": VERDICTS, "years": self.years}
        return filled(f"site/{template}.j2", **common, **ways, **given)

    def frame(self, entry: Entry, around: Around) -> dict[str, str]:
        """What the site adds to the page of a brief, by slot."""
        given = {"entry": entry, "around": around}
        return {
            slot: self._render(f"{slot}.html", UP, f"{entry.path}/index.html", **given)
            for slot in SLOTS
        }

    def front(self, page: str) -> str:
        """The front page.

        The latest brief in full, as its own *page* tells it, and
        those before it.
        """
        entry = self.entries[0]
        told = DRAWN.sub("", APPENDIX.sub("", page)).replace(
            'href="#cell-',
            f'href="{entry.path}/index.html#cell-',
        )
        found = BODY.search(told)
        assert found is not None  # noqa: S101 - only a page with a story comes into the archive
        notices, main = found.groups()
        footer = FOOTER.search(told)[1]  # type: ignore[index] # the same
        scripts = re.findall(rf'<script src="{re.escape(UP)}([^"]+)"></script>', told)
        return self._render(
            "front.html",
            "",
            "index.html",
            entry=entry,
            earlier=self.entries[1 : 1 + EARLIER],
            scripts=scripts[-1:],
            notices=Markup(notices or ""),
            main=Markup(main),
            footer=Markup(footer),
        )

    def year(self, year: int, *, first: bool) -> str:
        """The archive of *year*.

        A calendar of its months, and its briefs; the *first* page of the archive
        also searches all of them.
        """
        own = [entry for entry in self.entries if entry.day.year == year]
        numbers = sorted({entry.day.month for entry in own}, reverse=True)
        months = [month_of(year, number, own) for number in numbers]
        path = "archive/index.html" if first else f"archive/{year}/index.html"
        return self._render(
            "archive.html",
            "../" if first else "../../",
            path,
            year=year,
            months=months,
            entries=own,
            first=first,
        )

    def empty(self) -> str:
        """The front page of an archive without briefs."""
        return self._render("empty.html", "", "index.html")

    def compare(self) -> str:
        """The page that compares the facts of two briefs."""
        return self._render("compare.html", "../", "compare/index.html")

    def known_on(self, day: dt.date, known: Sequence[Entry]) -> str:
        """What the archive knew at the end of *day*."""
        path = f"as-of/{day}/index.html"
        if len(known) == 1:
            return self._render("moved.html", "../../", path, entry=known[0])
        return self._render("known.html", "../../", path, day=when(day), entries=known)

    def moved(self, path: str, entry: Entry) -> str:
        """A page at *path* that leads to the brief of *entry*."""
        return self._render("moved.html", "../" * path.count("/"), path, entry=entry)

    def feed(self) -> str:
        """The Atom feed of the newest briefs."""
        own = uuid.uuid5(uuid.NAMESPACE_URL, self.site.url or "reportgen")
        entries = [(uuid.uuid5(own, entry.key), entry) for entry in self.entries[:IN_FEED]]
        return self._render(
            "feed.xml",
            self.site.url,
            "feed.xml",
            own=own,
            entries=entries,
        )

    def sitemap(self, pages: Sequence[str]) -> str:
        """The site's *pages* for machines that look for them."""
        dates = {f"{entry.path}/index.html": entry.session for entry in self.entries}
        return self._render(
            "sitemap.xml",
            self.site.url,
            "sitemap.xml",
            pages=[(page, dates.get(page)) for page in pages],
        )


def month_of(year: int, month: int, entries: Sequence[Entry]) -> dict[str, Any]:
    """A month by weeks of five days, with the briefs of *entries* on them.

    A day of another month is None.
    """
    in_order = sorted(entries, key=lambda e: (e.day, e.as_of))
    by_day = {day: tuple(own) for day, own in groupby(in_order, key=lambda e: e.day)}

    def cell(day: dt.date) -> Cell | None:
        return _cell(day, by_day.get(day, ())) if day.month == month else None

    whole_weeks = calendar.Calendar().monthdatescalendar(year, month)
    weeks = [list(map(cell, week[:5])) for week in whole_weeks]
    return {
        "name": f"{calendar.month_name[month]} {year}",
        "weeks": [week for week in weeks if any(week)],
    }


def _cell(day: dt.date, entries: tuple[Entry, ...]) -> Cell:
    """The cell of *day* with its newest brief on one day.

    Without a change where all its briefs are of a week or more.
    """
    shown = next(
        (entry for entry in reversed(entries) if entry.quote and entry.window == "day"),
        None,
    )
    change, sign = (shown.quote[2], shown.quote[3]) if shown and shown.quote else ("", "flat")
    size = 0.0
    with suppress(ValueError):
        size = abs(float(change.replace("\N{MINUS SIGN}", "-").rstrip("%")))
    return Cell(
        day,
        entries,
        shown or (entries[-1] if entries else None),
        change,
        sign,
        sum(size >= step for step in STEPS),
    )
