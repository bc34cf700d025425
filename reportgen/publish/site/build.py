"""Building an archive.

What is new is read and framed, what leads to it is written again, and
nothing else is touched.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import (
    Callable,
    Container,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from reportgen import __version__
from reportgen.config.resources import cache_dir, resource
from reportgen.config.sealing import Sealing
from reportgen.core.errors import DeliveryError, ReportgenError, SealError, Unpublishable
from reportgen.files.locks import locked
from reportgen.files.outputs import LocalFolder
from reportgen.publish.config import Site
from reportgen.publish.release import (
    Finished,
    approved_by,
    finished,
    held,
    held_at,
)
from reportgen.publish.site import search
from reportgen.publish.site.entries import (
    Entry,
    entry_of,
    facts_of,
    folders,
    seal_of,
)
from reportgen.publish.site.pages import Around, Pages, framed, own_assets, shared
from reportgen.record.record import Record, read_record
from reportgen.verify.gate import unpublishable
from reportgen.verify.seal import digest, verified

STATE = "site.json"
"""What the site knows of itself; where it is, there is a site."""
FORMAT, BEFORE = 3, 2
"""The version of the state, and the one of 0.1.0, which kept no digests."""
PATIENCE = 60.0
"""Seconds that a build waits for another one of the same site."""
MEND = "remove the folder, and build the site again"


@dataclass(slots=True, kw_only=True)
class Built:
    """What a build did.

    How many briefs there are, which are new or made again, which were taken
    away, and which were left out and why.
    """

    briefs: int = 0
    fresh: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    unsealed: list[str] = field(default_factory=list)
    """The briefs that were left out because their seals are broken."""
    barred: list[str] = field(default_factory=list)
    """The briefs that were left out because of a licence."""


@dataclass(slots=True, kw_only=True)
class State:
    """What a site knows of itself.

    The look of its frames, by what rules briefs came in, its briefs, and the
    files beside theirs.
    """

    look: str = ""
    rules: str = ""
    entries: dict[str, Entry] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    """The SHA-256 of each file that a build wrote, by its path in the site."""

    def text(self) -> str:
        """The state as it is written."""
        told = {
            "format": FORMAT,
            "look": self.look,
            "rules": self.rules,
            "files": self.files,
            "digests": self.digests,
        }
        return json.dumps(
            told | {"entries": [asdict(e) for e in self.entries.values()]},
            ensure_ascii=False,
            separators=(",", ":"),
        )


def build(
    place: Path,
    out: Path,
    site: Site,
    *,
    publish: bool = False,
    sealing: Sealing | None = None,
) -> Built:
    """Bring the site at *place* up to date with the finished briefs below *out*.

    What was once in the archive stays there though its folder below *out* is
    gone; a brief that a person holds is taken out. With *publish*, briefs are
    left out that rest on a source with a licence that keeps them from the public.

    Raises:
        DeliveryError: *place* contains something else.
    """
    with alone(place):
        builder = _Builder(
            place,
            site,
            _state(place),
            publish=publish,
            sealing=sealing or Sealing(),
        )
        builder.take(out)
        return builder.write()


@contextmanager
def alone(place: Path) -> Iterator[None]:
    """Lock the site at *place* against other builds until the ``with`` ends.

    Raises:
        DeliveryError: Somebody does not end.
    """
    with locked(lock_of(place), PATIENCE) as free:
        if not free:
            raise DeliveryError(
                f"Another build of {place} is under way.",
                subject=place,
            )
        yield


def lock_of(place: Path) -> Path:
    """The lock of the site at *place*; it is not in what is published."""
    return (
        cache_dir()
        / "sites"
        / f"{hashlib.sha256(str(place.resolve()).encode()).hexdigest()[:16]}.lock"
    )


def _state(place: Path) -> State:
    if not (place / STATE).is_file():
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise DeliveryError(
                f"{place} is no site and not empty; name a new folder, or empty it.",
                subject=place,
            )
        return State()
    try:
        told = json.loads((place / STATE).read_bytes())
        if told["format"] in (FORMAT, BEFORE):
            entries = [Entry.from_payload(row) for row in told["entries"]]
            return State(
                look=told["look"],
                rules=told["rules"],
                entries={e.key: e for e in entries},
                files=list(told["files"]),
                digests=dict(told.get("digests", {})),
            )
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise DeliveryError(
        f"{place / STATE} cannot be read, or is another version's; {MEND}.",
        subject=place,
    )


class _Builder:
    """One build, from what was known before to what is written."""

    def __init__(
        self,
        place: Path,
        site: Site,
        state: State,
        *,
        publish: bool,
        sealing: Sealing,
    ) -> None:
        self.place, self.site, self.publish, self.state = place, site, publish, state
        self.sealing = sealing
        self.digests = dict(state.digests or _found(place, state))
        self.known = {
            key: entry for key, entry in state.entries.items() if self._whole(place / entry.path)
        }
        self.look, self.rules = _look(site), f"publish={publish} approval={site.approval}"
        self.built = Built()

    def take(self, out: Path) -> None:
        """Read new briefs below *out* into the site; note which ones a person held."""
        if not out.is_dir():
            raise DeliveryError(
                f"There are no briefs in {out}: no such folder. Name it with --from.",
                subject=out,
            )
        if not self.state.entries:
            self._put(
                STATE,
                self.state.text(),
            )  # from here on it is a site, also if this build breaks off
        ruled = (
            set() if self.rules == self.state.rules else set(self.known)
        )  # those that came in by other rules
        for folder in folders(out):
            key = f"{folder.parent.name}/{folder.name}"
            if held_at(folder) is not None:
                self._drop(key, "a person holds it")
                ruled.discard(key)
            elif key in ruled or key not in self.known or self.known[key].seal != seal_of(folder):
                self._try(folder, key, ruled)
        for key in ruled:
            self._drop(
                key,
                "its folder is gone, so nobody can say whether it keeps to these rules",
            )
        for key in set(self.state.entries) - set(self.known) - set(self.built.left_out):
            self._drop(
                key,
                "its page in the site was changed or is gone, and so is its folder",
            )
        if not self.known and not self.state.entries:
            if self.built.unsealed:
                raise SealError(
                    [f"{key}: {self.built.left_out[key]}" for key in self.built.unsealed]
                )
            reasons = [f"{key}: {reason}" for key, reason in self.built.left_out.items()]
            raise (Unpublishable if self.built.barred else DeliveryError)(
                f"No brief in {out} can be shown: {'; '.join(reasons) or 'there is none'}.",
                subject=out,
            )

    def _whole(self, folder: Path) -> bool:
        """Whether the files of a brief in the site are the ones that were built.

        Else it is read again.
        """
        names = [path.name for path in folder.glob("*")]
        files = {f"{folder.relative_to(self.place).as_posix()}/{name}": name for name in names}
        known = {path: self.digests.get(path) for path in files}
        return "index.html" in names and all(
            digest((folder / files[path]).read_bytes()) == kept for path, kept in known.items()
        )

    def _drop(self, key: str, reason: str) -> None:
        self.built.left_out[key] = reason
        self.known.pop(key, None)
        if key in self.state.entries:
            self.built.gone.append(key)

    def _try(self, folder: Path, key: str, ruled: set[str]) -> None:
        """Read the brief in *folder*.

        Where it cannot be shown, what was there of it before stays, unless it
        came in by other rules.
        """
        try:
            reason = self._read(folder, key)
        except SealError as error:
            reason = "; ".join(error.lines)
            self.built.unsealed.append(key)
        except ReportgenError as error:
            reason = str(error)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            reason = f"it cannot be read: {type(error).__name__}: {error}"
        if reason:
            self.built.left_out[key] = reason
        else:
            ruled.discard(key)

    def _read(self, folder: Path, key: str) -> str:
        """Take the brief in *folder* into the site; why not, if not."""
        seal, brief = seal_of(folder), finished(folder)
        if brief.private:
            return "it tells what a reader holds, and is for that reader alone"
        record = _record(brief, self.sealing)
        names = {symbol: row["short"] for symbol, row in record.instruments.items()}
        entry = entry_of(brief, names, seal)
        if reason := held(brief) or self._unfit(brief) or self._barred(key, record):
            return reason
        page, assets = shared((folder / "brief.html").read_text(encoding="utf-8"))
        self._assets(assets)
        files = {
            "index.html": page.encode(),
            "facts.js": search.facts(key, facts_of(brief, names)),
            "brief.json.gz": gzip.compress(brief.document, mtime=0),
            **{
                name: (folder / name).read_bytes()
                for name in entry.files
                if name not in ("brief.html", "brief.json")
            },
        }
        place = LocalFolder(self.place / entry.path)
        place.write(files)
        self._noted(entry.path, files)
        for name in set(place.sizes()) - set(files):
            place.remove(name)
            self.digests.pop(f"{entry.path}/{name}", None)
        self.known[key] = entry
        self.built.fresh.append(key)
        return ""

    def _unfit(self, brief: Finished) -> str:
        """Why *brief* may not be in this archive; "" where it may."""
        if self.site.approval and approved_by(brief) is None:
            return f"{brief.shown} waits for a person: reportgen approve {brief.folder} --by NAME."
        return ""

    def _barred(self, key: str, record: Record) -> str:
        """Which licences keep the brief *key* from the public; "" where none does."""
        reasons = unpublishable(record) if self.publish else []
        if reasons:
            self.built.barred.append(key)
        return "; ".join(reasons)

    def _assets(self, assets: Mapping[str, bytes]) -> None:
        for name, data in assets.items():
            self._put(name, data)

    def _noted(self, folder: str, files: Mapping[str, bytes]) -> None:
        """Keep the digests of *files* in *folder*; ``serve`` verifies them."""
        prefix = f"{folder}/" if folder != "." else ""
        self.digests |= {f"{prefix}{name}": digest(data) for name, data in files.items()}

    def write(self) -> Built:
        """Write the pages that are new or have new neighbours, and their links.

        Remove pages of briefs that are gone.
        """
        entries = _newest_first(self.known.values())
        pages = Pages(self.site, entries)
        self._assets(own_assets())
        others = dict(self._others(pages)) if entries else {"index.html": pages.empty}
        try:
            self._frames(pages, entries)
            for path, make in others.items():
                self._put(path, make())
        except BaseException:  # what was written so far is ours, as the next build has to know
            self.state.digests = self.digests
            self._put(STATE, self.state.text())
            raise
        old = self.state.files
        self._forget(others)
        self.state = State(
            look=self.look,
            rules=self.rules,
            entries={entry.key: entry for entry in entries},
            files=sorted(others),
            digests=self.digests,
        )
        self._put(STATE, self.state.text())
        self._sweep(set(old) - set(others))
        self.built.briefs = len(entries)
        return self.built

    def _forget(self, others: Container[str]) -> None:
        """Keep no digests of what is no longer in the site."""
        folders = {entry.path for entry in self.known.values()}
        self.digests = {
            path: kept
            for path, kept in self.digests.items()
            if path in others or path.startswith("assets/") or path.rpartition("/")[0] in folders
        }

    def _frames(self, pages: Pages, entries: Sequence[Entry]) -> None:
        """Frame the pages that are new, or have new neighbours or a new look."""
        around, before = _around(entries), _around(_newest_first(self.state.entries.values()))
        for key, entry in self.known.items():
            if (
                self.look != self.state.look
                or key in self.built.fresh
                or around[key] != before.get(key)
            ):
                self._frame(pages, entry, around[key])

    def _frame(self, pages: Pages, entry: Entry, around: Around) -> None:
        path = f"{entry.path}/index.html"
        self._put(
            path,
            framed(
                (self.place / path).read_text(encoding="utf-8"),
                pages.frame(entry, around),
            ),
        )

    def _others(
        self,
        pages: Pages,
    ) -> Iterator[tuple[str, Callable[[], str | bytes]]]:
        """Path and maker of each page around the briefs, and of the search data."""
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
            listed = [
                "index.html",
                "archive/index.html",
                *(f"archive/{year}/index.html" for year in pages.years),
            ]
            yield (
                "sitemap.xml",
                partial(
                    pages.sitemap,
                    [*listed, *(f"{entry.path}/index.html" for entry in entries)],
                ),
            )
        yield ".nojekyll", bytes
        yield "index.html", lambda: pages.front(first.read_text(encoding="utf-8"))

    def _file(self, entry: Entry, name: str) -> bytes:
        """The file *name* of a brief in the archive."""
        place = self.place / entry.path
        return (
            gzip.decompress((place / "brief.json.gz").read_bytes())
            if name == "brief.json"
            else (place / name).read_bytes()
        )

    def _put(self, path: str, page: str | bytes) -> None:
        """Write *page* at *path*, unless it is there."""
        file, data = self.place / path, page.encode() if isinstance(page, str) else page
        if path != STATE:
            self._noted(Path(path).parent.as_posix(), {file.name: data})
        with suppress(OSError):
            if file.read_bytes() == data:
                return
        LocalFolder(file.parent).write({file.name: data})

    def _sweep(self, files: Iterable[str]) -> None:
        """Remove *files* that earlier builds wrote, and folders of deleted briefs.

        What others laid here stays.
        """
        for file in files:
            (self.place / file).unlink(missing_ok=True)
            with suppress(OSError):
                (self.place / file).parent.rmdir()
        for folder in (self.place / "briefs").glob("*/*"):
            if f"{folder.parent.name}/{folder.name}" not in self.known:
                shutil.rmtree(folder)


def _found(place: Path, state: State) -> dict[str, str]:
    """The digests of what lies in a site of 0.1.0, which kept none.

    From now on it may not change.
    """
    places = [
        place / "assets",
        *(place / entry.path for entry in state.entries.values()),
    ]
    files = [path for folder in places for path in folder.glob("*") if path.is_file()]
    return {path.relative_to(place).as_posix(): digest(path.read_bytes()) for path in files}


def changed(place: Path) -> list[str]:
    """A line for each file of the site at *place* that differs from what was built."""
    state = _state(place)
    if not state.digests:
        again = f"reportgen site build {place}"
        return [f"{place} was built by 0.1.0, which kept no digests; build it again: {again}"]
    return list(_changed_files(place, state.digests))


def _changed_files(place: Path, digests: Mapping[str, str]) -> Iterator[str]:
    for name, known in digests.items():
        file = place / name
        if not file.is_file():
            yield f"{name} is missing from the site; build it again"
        elif digest(file.read_bytes()) != known:
            yield f"{name} was changed since the site was built; build it again"


def _record(brief: Finished, sealing: Sealing) -> Record:
    """The record that bears *brief* out, once its seal was verified.

    Raises:
        SealError: A file was changed.
    """
    return read_record(verified(LocalFolder(brief.folder), sealing))


def _look(site: Site) -> str:
    """What changes when all pages have to be framed anew."""
    digest = hashlib.sha256(f"{__version__} {site} {sorted(own_assets())}".encode())
    for template in sorted(resource("templates/site").glob("*.j2")):
        digest.update(resource(f"templates/site/{template.name}").read_bytes())
    return digest.hexdigest()[:16]


def _newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """*entries*, newest first; at the same moment, the most frequent report first."""
    known = list(entries)
    often = Counter(entry.report for entry in known)
    return sorted(
        known,
        key=lambda e: (dt.datetime.fromisoformat(e.as_of), often[e.report], e.report, e.label),
        reverse=True,
    )


def _around(entries: Sequence[Entry]) -> dict[str, Around]:
    """The neighbours of each of *entries*, newest first, within its report."""
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


def _known_by_day(
    entries: Sequence[Entry],
) -> Iterator[tuple[dt.date, tuple[Entry, ...]]]:
    """Every day from the first brief's to the last's, with what was known then.

    The day's own briefs, and the newest of each report.
    """
    by_day: dict[dt.date, list[Entry]] = {}
    for entry in reversed(entries):
        by_day.setdefault(entry.told, []).append(entry)
    day, last = min(by_day), max(by_day)
    newest: dict[str, Entry] = {}
    while day <= last:
        own = by_day.get(day, [])
        newest |= {entry.report: entry for entry in own}
        yield (
            day,
            tuple(_newest_first({entry.key: entry for entry in (*own, *newest.values())}.values())),
        )
        day += dt.timedelta(days=1)
