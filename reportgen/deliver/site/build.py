"""Building an archive: what is new is read and framed, what leads to it is written again, and nothing else is touched."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from reportgen import __version__
from reportgen.check.gate import unpublishable
from reportgen.deliver.config import Site
from reportgen.deliver.release import Finished, approved_by, held, held_at
from reportgen.deliver.site import search
from reportgen.deliver.site.entries import Entry, entry_of, facts_of, folders, seal_of
from reportgen.deliver.site.pages import Around, Pages, framed, own_assets, shared
from reportgen.errors import DeliveryError, ReportgenError
from reportgen.locks import locked
from reportgen.outputs import LocalFolder
from reportgen.record import Record, read_record
from reportgen.resources import cache_dir

STATE = "site.json"
"""What the site knows of itself; where it is, there is a site."""
FORMAT = 1
PATIENCE = 60.0
"""Seconds that a build waits for another one of the same site."""


@dataclass(slots=True, kw_only=True)
class Built:
    """What a build did: how many briefs there are, which are new or made again, which were taken away, and which were left out and why."""

    briefs: int = 0
    fresh: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def build(place: Path, out: Path, site: Site, *, publish: bool = False) -> Built:
    """Bring the site at *place* up to date with the finished briefs below *out*; DeliveryError where *place* holds something else.

    What was once in the archive stays there though its folder below *out* is gone; a brief that a person holds is taken out. With
    *publish*, briefs are left out that rest on a source whose licence keeps them from the public.
    """
    with locked(lock_of(place), PATIENCE) as free:
        if not free:
            raise DeliveryError(f"Another build of {place} is under way.", subject=place)
        state = _state(place)
        builder = _Builder(place, site, state, publish=publish)
        builder.take(out)
        return builder.write()


def lock_of(place: Path) -> Path:
    """The lock of the site at *place*; it is not in what is published."""
    return cache_dir() / "sites" / f"{hashlib.sha256(str(place.resolve()).encode()).hexdigest()[:16]}.lock"


def _state(place: Path) -> dict[str, Any]:
    if not (place / STATE).is_file():
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise DeliveryError(f"{place} is no site and not empty; name a new folder, or empty it.", subject=place)
        return {"format": FORMAT, "look": "", "entries": []}
    try:
        state: dict[str, Any] = json.loads((place / STATE).read_bytes())
        if state["format"] == FORMAT:
            return state
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise DeliveryError(
        f"{place / STATE} can not be read, or is another version's; remove the folder, and build the site again.", subject=place
    )


class _Builder:
    """One build, from what was known before to what is written."""

    def __init__(self, place: Path, site: Site, state: Mapping[str, Any], *, publish: bool) -> None:
        self.place, self.site, self.publish = place, site, publish
        self.known = {entry.key: entry for entry in map(Entry.from_payload, state["entries"])}
        self.before = dict(self.known)
        self.look = _look(site)
        self.restyled = state["look"] != self.look
        self.built = Built()

    def take(self, out: Path) -> None:
        """Read what is new below *out* into the site's folders, and note what a person has taken back."""
        if not out.is_dir():
            raise DeliveryError(f"There are no briefs in {out}: no such folder. Name it with --from.", subject=out)
        for folder in folders(out):
            key = f"{folder.parent.name}/{folder.name}"
            if held_at(folder) is not None:
                self._drop(key, "a person holds it")
            elif key not in self.known or self.known[key].seal != seal_of(folder):
                try:
                    self._read(folder, key)
                except ReportgenError as error:  # what was there of it before stays
                    self.built.left_out[key] = str(error)
        if not self.known:
            raise DeliveryError(
                f"No brief in {out} can be shown: {'; '.join(self.built.left_out.values()) or 'there is none'}.", subject=out
            )

    def _drop(self, key: str, reason: str) -> None:
        self.built.left_out[key] = reason
        if self.known.pop(key, None):
            self.built.gone.append(key)

    def _read(self, folder: Path, key: str) -> None:
        entry, brief = entry_of(folder)
        record = _record(brief)
        if reason := held(brief) or self._unfit(brief, record):
            self.built.left_out[key] = reason
            return
        page, assets = shared((folder / "brief.html").read_text(encoding="utf-8"))
        names = {symbol: row["short"] for symbol, row in record.instruments.items()}
        self._assets(assets)
        files = {
            "index.html": page.encode(),
            "facts.js": search.facts(key, facts_of(brief, names)),
            "brief.json.gz": gzip.compress(brief.document, mtime=0),
            **{name: (folder / name).read_bytes() for name in entry.files if name not in ("brief.html", "brief.json")},
        }
        LocalFolder(self.place / entry.path).write(files)
        self.known[key] = entry
        self.built.fresh.append(key)

    def _unfit(self, brief: Finished, record: Record) -> str:
        """Why *brief* may not be in this archive; "" where it may."""
        if self.site.approval and approved_by(brief) is None:
            return f"{brief.shown} waits for a person: reportgen approve {brief.folder} --by NAME."
        return "; ".join(unpublishable(record)) if self.publish else ""

    def _assets(self, assets: Mapping[str, bytes]) -> None:
        missing = {name.partition("/")[2]: data for name, data in assets.items() if not (self.place / name).is_file()}
        if missing:
            LocalFolder(self.place / "assets").write(missing)

    def write(self) -> Built:
        """Frame the pages that are new or have new neighbours, and write all that leads to them; what the site knows comes last."""
        entries = _newest_first(self.known.values())
        pages = Pages(self.site, entries)
        self._assets(own_assets())
        around, before = _around(entries), _around(_newest_first(self.before.values()))
        for key, entry in self.known.items():
            if self.restyled or key in self.built.fresh or around[key] != before.get(key):
                self._frame(pages, entry, around[key])
        others = dict(self._others(pages))
        for path, make in others.items():
            self._put(path, make())
        for key in self.built.gone:
            shutil.rmtree(self.place / self.before[key].path, ignore_errors=True)
        self._sweep(others)
        state = {"format": FORMAT, "look": self.look, "entries": [asdict(entry) for entry in entries]}
        self._put(STATE, json.dumps(state, ensure_ascii=False, separators=(",", ":")))
        self.built.briefs = len(entries)
        return self.built

    def _frame(self, pages: Pages, entry: Entry, around: Around) -> None:
        path = f"{entry.path}/index.html"
        self._put(path, framed((self.place / path).read_text(encoding="utf-8"), pages.frame(entry, around)))

    def _others(self, pages: Pages) -> Iterator[tuple[str, Callable[[], str | bytes]]]:
        """The pages around the briefs and what the browser searches: where, and what makes it."""
        entries = pages.entries
        first = self.place / entries[0].path / "index.html"
        yield "briefs.js", partial(search.briefs, entries)
        yield "words.js", partial(search.words, entries)
        yield "archive/index.html", partial(pages.year, pages.years[0], first=True)
        for year in pages.years:
            yield f"archive/{year}/index.html", partial(pages.year, year, first=False)
        yield "compare/index.html", pages.compare
        for name, entry in _latest(entries):
            yield f"{name}/index.html", partial(pages.moved, f"{name}/index.html", entry)
            for file in entry.files[1:]:
                yield f"{name}/{file}", partial(self._file, entry, file)
        for day, known in _known_by_day(entries):
            yield f"as-of/{day}/index.html", partial(pages.known_on, day, known)
        yield "feed.xml", pages.feed
        if self.site.url:
            listed = ["index.html", "archive/index.html", *(f"archive/{year}/index.html" for year in pages.years)]
            yield "sitemap.xml", partial(pages.sitemap, [*listed, *(f"{entry.path}/index.html" for entry in entries)])
        yield ".nojekyll", bytes
        yield "index.html", lambda: pages.front(first.read_text(encoding="utf-8"))

    def _file(self, entry: Entry, name: str) -> bytes:
        """The file *name* of a brief in the archive."""
        place = self.place / entry.path
        return gzip.decompress((place / "brief.json.gz").read_bytes()) if name == "brief.json" else (place / name).read_bytes()

    def _put(self, path: str, page: str | bytes) -> None:
        """Write *page* at *path*, unless it is there."""
        file, data = self.place / path, page.encode() if isinstance(page, str) else page
        with suppress(OSError):
            if file.read_bytes() == data:
                return
        LocalFolder(file.parent).write({file.name: data})

    def _sweep(self, wanted: Collection[str]) -> None:
        """Remove pages of days, years and reports that are no more."""
        for name in ("as-of", "archive", "latest"):
            for file in (self.place / name).glob("*/index.html"):
                if file.relative_to(self.place).as_posix() not in wanted:
                    shutil.rmtree(file.parent)


def _record(brief: Finished) -> Record:
    """The record that bears *brief* out; DeliveryError where there is none, or a file is not the one that was checked against it."""
    try:
        notebook = json.loads((brief.folder / "notebook.ipynb").read_bytes())
        sizes: dict[str, int] = notebook["metadata"]["reportgen"]["files"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DeliveryError(
            f"{brief.shown} lacks its notebook, the record that bears it out; make it again.", subject=brief.folder
        ) from error
    there = LocalFolder(brief.folder).sizes()
    changed = [name for name, size in sizes.items() if there.get(name) != size]
    if changed:
        raise DeliveryError(f"{brief.shown}: {changed[0]} is not the file that was checked; make it again.", subject=brief.folder)
    return read_record(notebook)


def _look(site: Site) -> str:
    """What changes when all pages have to be framed anew."""
    from reportgen.resources import resource

    digest = hashlib.sha256(f"{__version__} {site} {sorted(own_assets())}".encode())
    for slot in sorted(resource("templates/site").glob("*.j2")):
        digest.update(slot.read_bytes())
    return digest.hexdigest()[:16]


def _newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """*entries*, the newest first, and of the same moment that of the report that tells most often."""
    known = list(entries)
    often = Counter(entry.report for entry in known)
    return sorted(known, key=lambda entry: (dt.datetime.fromisoformat(entry.as_of), often[entry.report], entry.report), reverse=True)


def _around(entries: Sequence[Entry]) -> dict[str, Around]:
    """The neighbours of each of *entries*, which come newest first, among those of its report."""
    found: dict[str, Around] = {}
    newer: dict[str, Entry] = {}
    for entry in entries:
        after = newer.get(entry.report)
        found[entry.key] = Around(None, after)
        if after is not None:
            found[after.key] = Around(entry, found[after.key].after)
        newer[entry.report] = entry
    return found


def _latest(entries: Sequence[Entry]) -> Iterator[tuple[str, Entry]]:
    """The folders "latest" and "latest/REPORT", each with its newest brief."""
    yield "latest", entries[0]
    seen: dict[str, Entry] = {}
    for entry in entries:
        seen.setdefault(entry.report, entry)
    yield from ((f"latest/{report}", entry) for report, entry in sorted(seen.items()))


def _known_by_day(entries: Sequence[Entry]) -> Iterator[tuple[dt.date, tuple[Entry, ...]]]:
    """Every day from the first brief's to the last one's, with the newest brief of each report by then."""
    by_day: dict[dt.date, list[Entry]] = {}
    for entry in reversed(entries):
        by_day.setdefault(entry.day, []).append(entry)
    day, last = min(by_day), max(by_day)
    known: dict[str, Entry] = {}
    while day <= last:
        for entry in by_day.get(day, ()):
            known[entry.report] = entry
        yield day, tuple(sorted(known.values(), key=lambda entry: entry.as_of, reverse=True))
        day += dt.timedelta(days=1)
