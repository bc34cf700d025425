"""What an archive knows of a brief.

Read from its finished page and its JSON, kept so that neither is read twice.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from reportgen.core.errors import DeliveryError
from reportgen.publish.release import APPROVED, HOLD, LABEL, Finished
from reportgen.rendering.brief import rounded
from reportgen.story.citations import clean
from reportgen.story.english.dates import MONTHS
from reportgen.verify.seal import EDITS, GATE, RECORD, SEAL

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*", re.IGNORECASE)
FILES = ("brief.html", "brief.json", "brief.pdf", "brief.txt")
"""The files that an archive takes; the mail repeats the page for one reader."""
QUOTE = re.compile(
    r'<div class="quote" data-instrument="(?P<symbol>[^"]+)"><span'
    r' class="name"[^>]*>(?P<name>[^<]+)</span>.*?'
    r'<span class="change (?P<sign>\w+)"[^>]*>(?P<change>.*?)</span>\s*<svg'
    r' class="spark"[^>]*><polyline points="(?P<spark>[^"]*)"',
    re.DOTALL,
)
STORY = re.compile(r"<main>(.*?)</main>", re.DOTALL)
UNTOLD = re.compile(r"<(svg|script)\b.*?</\1>|<[^>]+>", re.DOTALL)
WORD = re.compile(r"[a-z]+|\d[\d,]*(?:\.\d+)?")
"""What is looked for: words of letters, and numbers; ``site.js`` reads a
question in the same way.
"""
ALIKE = (
    "level",
    "pct_change",
    "point_change",
    "drawdown_from_high",
    "week_change",
    "month_change",
    "ytd_change",
    "yield_level",
    "yield_change_bp",
    "fed_probability",
    "crypto_level",
)
"""Kinds of facts that briefs of two days share, whether they state them or not."""

VERDICTS = {"send": "complete", "degraded": "gaps named"}
WORDED = {
    "pct_change": "change",
    "point_change": "points",
    "yield_change_bp": "change",
    "yield_level": "yield",
    "fed_probability": "odds",
    "crypto_level": "price",
    "drawdown_from_high": "from the high",
}
"""Words for the kinds of facts that have technical names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A brief in the archive.

    ``symbols`` are those it tells of, with their names; ``quotes`` the rows of
    its strip: symbol, name, change in words, its sign as a class, sparkline;
    ``window`` is what those changes are of, "day" or longer; ``seal`` is what
    its files were when it was read.
    """

    report: str
    kind: str
    label: str
    as_of: str
    session: str
    title: str
    lead: str
    verdict: str
    edition: int
    updated: str
    symbols: tuple[tuple[str, str], ...]
    quotes: tuple[tuple[str, str, str, str, str], ...]
    window: str
    words: str
    files: tuple[str, ...]
    seal: str

    @property
    def key(self) -> str:
        """What it goes by, and where below "briefs" it is."""
        return f"{self.report}/{self.label}"

    @property
    def path(self) -> str:
        """Its folder in the site."""
        return f"briefs/{self.key}"

    @property
    def day(self) -> dt.date:
        """The session it tells of."""
        return dt.date.fromisoformat(self.session)

    @property
    def told(self) -> dt.date:
        """The day on which it was known."""
        return dt.datetime.fromisoformat(self.as_of).date()

    @property
    def quote(self) -> tuple[str, str, str, str, str] | None:
        """The row of the strip that stands for the brief: the first."""
        return self.quotes[0] if self.quotes else None

    @classmethod
    def from_payload(cls, row: dict[str, Any]) -> Entry:
        """The entry that was written as *row*."""
        pairs = {name: tuple(map(tuple, row[name])) for name in ("symbols", "quotes")}
        return cls(**{**row, **pairs, "files": tuple(row["files"])})


def when(day: dt.date) -> str:
    """A date in full: "Wednesday, Jan. 8, 2025"."""
    return f"{day:%A}, {MONTHS[day.month - 1]} {day.day}, {day.year}"


def folders(out: Path) -> Iterator[Path]:
    """The folders below *out* with a brief that is not personal.

    OUT/REPORT/LABEL; copies for readers are nobody else's.
    """
    for report in sorted(p for p in out.iterdir() if p.is_dir() and NAME.fullmatch(p.name)):
        yield from sorted(
            p for p in report.iterdir() if LABEL.fullmatch(p.name) and (p / "brief.json").is_file()
        )


def seal_of(folder: Path) -> str:
    """A value that changes with any file in *folder*, or with a person's decision."""
    seen = []
    for name in (*FILES, "brief.eml", RECORD, SEAL, GATE, EDITS, HOLD, APPROVED):
        try:
            found = (folder / name).stat()
            seen.append(f"{found.st_mtime_ns:x}-{found.st_size:x}")
        except OSError:
            seen.append("")
    return " ".join(seen)


def entry_of(brief: Finished, names: Mapping[str, str], seal: str) -> Entry:
    """What *brief* is in an archive; its instruments have *names*.

    Raises:
        DeliveryError: It has no page, or lies in another's folder.
    """
    folder, told = brief.folder, brief.told
    files = tuple(name for name in FILES if (folder / name).is_file())
    page = (folder / "brief.html").read_text(encoding="utf-8") if "brief.html" in files else ""
    story = STORY.search(page)
    if (brief.report, told["as_of"][:10]) != (folder.parent.name, folder.name[:10]):
        raise DeliveryError(
            f"{folder} holds the brief {brief.shown}; a brief belongs into a"
            " folder of its own name.",
            subject=folder,
        )
    if story is None or "<footer>" not in page or brief.verdict not in VERDICTS:
        raise DeliveryError(
            f"{brief.shown} has no page that can be read; make one: reportgen"
            f" render {folder} --format html.",
            subject=folder,
        )
    text = story[1]
    quotes = tuple(
        (unescape(q["symbol"]), plain(q["name"]), plain(q["change"]), q["sign"], q["spark"])
        for q in QUOTE.finditer(text)
    )
    window = next(
        (
            claim["window"]
            for claim in told["claims"]
            if claim["where"] == "table" and claim["kind"].endswith("_change")
        ),
        "day",
    )
    made = dt.datetime.fromtimestamp((folder / "brief.json").stat().st_mtime, dt.UTC)
    updated = (
        made.isoformat(timespec="seconds") if brief.edition > 1 else told["as_of"]
    )  # a correction is news of its own
    instruments = {claim["instrument"] for claim in told["claims"] if claim["instrument"]}
    symbols = tuple((symbol, names.get(symbol, symbol)) for symbol in sorted(instruments))
    words = words_of(
        f"{plain(text, ' ')} {' '.join(map(' '.join, symbols))} {brief.title} {when(brief.session)}"
    )
    return Entry(
        report=brief.report,
        kind=clean(_part(text, "kicker").split(" · ")[0]),
        label=folder.name,
        as_of=told["as_of"],
        session=told["session"],
        title=clean(brief.title),
        lead=clean(_part(text, "body")),
        verdict=brief.verdict,
        edition=brief.edition,
        updated=updated,
        symbols=symbols,
        quotes=quotes,
        window=window,
        words=" ".join(sorted(words)),
        files=files,
        seal=seal,
    )


def words_of(text: str) -> set[str]:
    """The words of *text* as a search sees them: lower case, no commas in numbers."""
    return {word.replace(",", "") for word in WORD.findall(text.lower())}


def plain(html: str, gap: str = "") -> str:
    """The words that *html* shows, without drawings, with *gap* for each tag."""
    return " ".join(unescape(UNTOLD.sub(gap, html)).split())


def _part(story: str, name: str) -> str:
    """The first line of *story* that stands in part *name*, as text."""
    found = re.search(rf'data-part="{name}">(.*?)</(?:p|h1)>', story, re.DOTALL)
    return plain(found[1]) if found else ""


def facts_of(
    brief: Finished,
    names: Mapping[str, str],
) -> list[tuple[str, str, str, str]]:
    """The figures of *brief* that another day's can be held against.

    Id, whose by *names*, what, and the figure rounded, in words.
    """
    told = brief.told
    stated = {claim["fact"] for claim in told["claims"]}
    rows: dict[tuple[str, str], tuple[str, str, str, str]] = {}
    for id, fact in sorted(
        told["facts"].items(), key=lambda item: len(item[0])
    ):  # of two alike the plainer one is of the day
        if (
            not isinstance(fact["value"], str)
            and fact["instrument"] in names
            and (id in stated or fact["kind"] in ALIKE)
        ):
            row = (id, names[fact["instrument"]], _what(fact), rounded(fact["value"], fact["unit"]))
            rows.setdefault(row[1:3], row)
    order = {name: place for place, name in enumerate(names.values())}
    return sorted(rows.values(), key=lambda row: (order[row[1]], row[2]))


def _what(fact: Mapping[str, Any]) -> str:
    """What a fact is, in words: "change, month", and of odds, which way."""
    words = WORDED.get(fact["kind"], fact["kind"].replace("_", " "))
    way = (
        next(
            (f" of a {way}" for way in ("cut", "hold", "increase") if f".{way}" in fact["id"]),
            "",
        )
        if words == "odds"
        else ""
    )
    points = " in points" if fact["unit"] == "points" and "points" not in words else ""
    window = fact["window"].replace("-", " ")
    return f"{words}{way}{points}" + ("" if window == "day" or window in words else f", {window}")
