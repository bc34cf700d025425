"""The check of a finished file: it says what the narrative says, and no digit besides."""

from __future__ import annotations

import email
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from email import policy
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

from reportgen.check.factcheck import Check
from reportgen.narrative.model import Narrative
from reportgen.narrative.runs import text_of
from reportgen.record import Record

VOID = ("meta", "link", "br", "img", "hr", "input")
ON_PAGE = ("notice", "kicker", "title", "key_points", "table", "body", "caption", "footer")


class _Reader(HTMLParser):
    """Visible text of a page: parts by name, figures by fact, the rest; pictures and the appendix apart."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[tuple[str, str]] = []
        self.rest: list[str] = []
        self.drawn: list[str] = []
        self.facts: list[tuple[str, str]] = []
        self.alts: list[str] = []
        self._open: list[tuple[str, str | None]] = []
        self._mute = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._note(tag, given)
        if tag in VOID:
            return
        part = given.get("data-part")
        if part:
            self.parts.append((part, ""))
        if not self._mute and (tag in ("script", "style", "title") or given.get("id") in ("appendix", "origin")):
            self._mute = len(self._open) + 1
        self._open.append((tag, part))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, dict(attrs))

    def _note(self, tag: str, given: dict[str, str | None]) -> None:
        if tag == "data":
            self.facts.append((given.get("data-fact") or "", given.get("value") or ""))
        self.alts += [text for name, text in given.items() if name in ("alt", "aria-label") and text]

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        while self._open:
            found, _ = self._open.pop()
            if len(self._open) < self._mute:
                self._mute = 0
            if found == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._mute:
            return
        if any(tag == "svg" for tag, _ in self._open):
            self.drawn.append(data)
        elif any(part for _, part in self._open):
            name, text = self.parts[-1]
            self.parts[-1] = (name, text + data)
        else:
            self.rest.append(data)


def _fold(text: str) -> str:
    return " ".join(text.replace("\xa0", " ").split())


def expected(narrative: Narrative) -> list[tuple[str, str]]:
    """Every line of the narrative with where it stands, as folded text."""
    return [(where, _fold(text_of(runs))) for where, runs in narrative.texts()]


def page(html: str, narrative: Narrative, record: Record) -> list[Check]:
    """Failed checks of a page: parts missing or changed, loose digits, labels not drawn, values not the fact's."""
    reader = _Reader()
    reader.feed(html)
    drawn = _fold(" ".join(reader.drawn))
    lines = expected(narrative)
    alts, labels = ({t for w, t in lines if w == where} for where in ("alt", "label"))
    wanted = [(w, t) for w, t in lines if w in ON_PAGE]
    failed = list(_compare(wanted, [(w, _fold(t)) for w, t in reader.parts], "page"))
    failed += [Check("page", label, label, "", "the picture does not show this label") for label in sorted(labels) if label not in drawn]
    failed += [Check("page", alt, alt, "", "the picture lacks this alternative text") for alt in sorted(alts) if alt not in reader.alts]
    for fact, value in reader.facts:
        if fact not in record.facts or str(record.facts[fact].value) != value:
            failed.append(Check("page", value, value, fact, "the value behind the words is not the fact's"))
    return failed + list(_loose(_fold(" ".join(reader.rest)), "page"))


def _compare(wanted: list[tuple[str, str]], found: list[tuple[str, str]], file: str) -> Iterator[Check]:
    left = list(found)
    for part in wanted:
        if part in left:
            left.remove(part)
        else:
            yield Check(file, part[1], part[0], "", "this line of the narrative is missing or was changed")
    for where, text in left:
        yield Check(file, text, where, "", "this line is not in the narrative")


def _loose(text: str, file: str) -> Iterator[Check]:
    for match in re.finditer(r"\S*\d\S*", text):
        yield Check(file, text[max(0, match.start() - 40) : match.end() + 40], match[0], "", "a figure outside the narrative")


def plain(text: str, narrative: Narrative, file: str = "text") -> list[Check]:
    """Failed checks of a plain text: every line of the narrative in it, and nothing else with a digit."""
    rest = _fold(re.sub(r"^[ \t]*(?:\* |\[ )?|\s\]$", "", text, flags=re.MULTILINE))
    return list(_subtract(rest, _in_text(narrative), file))


def _in_text(narrative: Narrative) -> list[tuple[str, str]]:
    """What a plain text shows: of a picture its title and its alternative text."""
    titles = {_fold(text_of(p.title)) for p in narrative.pictures}
    return [(w, t) for w, t in expected(narrative) if w in (*ON_PAGE, "alt") and (w != "caption" or t in titles)]


def _subtract(rest: str, wanted: Iterable[tuple[str, str]], file: str) -> Iterator[Check]:
    """Take every wanted line out of *rest* once, the longest first; what stays may hold no word and no digit."""
    for where, line in sorted(wanted, key=lambda row: -len(row[1])):
        if line in rest:
            rest = rest.replace(line, " ", 1)
        else:
            yield Check(file, line, where, "", "this line of the narrative is missing or was changed")
    yield from _loose(rest, file)


def mail(data: bytes, narrative: Narrative) -> list[Check]:
    """Failed checks of a message: its subject, its text part and its HTML part."""
    message = email.message_from_bytes(data, policy=policy.default)
    failed = (
        []
        if message["Subject"] == text_of(narrative.subject)
        else [Check("email", str(message["Subject"]), "subject", "", "not the brief's subject")]
    )
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    if text is None or html is None:
        return [*failed, Check("email", "", "", "", "the message lacks its text or its HTML part")]
    failed += plain(text.get_content(), narrative, "email text")
    reader = _Reader()
    reader.feed(html.get_content())
    shown = {p.name for p in narrative.pictures if f"cid:{p.name}@" in html.get_content()}
    captions = {_fold(text_of(x)) for p in narrative.pictures if p.name in shown for x in (p.title, p.subtitle)}
    wanted = [(w, t) for w, t in expected(narrative) if w in (*ON_PAGE, "preheader") and (w != "caption" or t in captions)]
    failed += _compare(wanted, [(w, _fold(t)) for w, t in reader.parts], "email")
    alts = [text_of(p.alt) for p in narrative.pictures if p.name in shown]
    failed += [Check("email", alt, alt, "", "the picture lacks this alternative text") for alt in alts if alt not in reader.alts]
    return failed + list(_loose(_fold(" ".join(reader.rest)), "email"))


def pdf(data: bytes, narrative: Narrative) -> list[Check]:
    """Failed checks of a PDF: every line of the narrative must be in its text."""
    import pypdfium2

    with closing(pypdfium2.PdfDocument(data)) as document:
        pages = []
        for number in range(len(document)):
            with closing(document[number]) as sheet, closing(sheet.get_textpage()) as text_page:
                pages.append(text_page.get_text_bounded())
    texts = [_squeeze(text) for text in pages]
    failed = []
    for where, line in expected(narrative):
        if where in (*ON_PAGE, "label") and not _present(_squeeze(line), texts):
            failed.append(Check("pdf", line, where, "", "this line of the narrative is missing or was changed"))
    return failed


def _squeeze(text: str) -> str:
    """*text* without white space, hyphens and footnote signs: line breaks differ between extractors."""
    return re.sub(r"[-\s\x02\ufffe\u00ad*\u2020\u2021\u00a7\u00b6\u2016]+", "", text)


def _present(line: str, pages: list[str]) -> bool:
    """Whether *line* is on a page whole, or ends one page and goes on on the next."""
    if any(line in text for text in pages):
        return True
    for text, following in pairwise(pages):
        split = next((n for n in range(len(line) - 1, 0, -1) if line[:n] in text), 0)
        if split and line[split:] in following:
            return True
    return False


def data(text: str, narrative: Narrative, record: Record) -> list[Check]:
    """Failed checks of brief.json: its claims and facts against the record and the narrative."""
    document: Mapping[str, Any] = json.loads(text)
    failed = (
        [] if document["title"] == text_of(narrative.title) else [Check("json", document["title"], "title", "", "not the brief's title")]
    )
    lines = " \n ".join(_fold(t) for _, t in expected(narrative))
    cited = {(run.text, run.ref) for _, runs in narrative.texts() for run in runs}
    for claim in document["claims"]:
        fact = record.facts.get(claim["fact"])
        same = fact is not None and (claim["value"], claim["unit"], claim["instrument"], claim["kind"], claim["window"], claim["since"], claim["cell"]) == (
            fact.value, str(fact.unit), fact.instrument, fact.kind, fact.window, fact.since, fact.cell)  # fmt: skip
        if not same or (claim["text"], claim["fact"]) not in cited or _fold(claim["sentence"]) not in lines:
            failed.append(Check("json", claim["sentence"], claim["text"], claim["fact"], "this claim is not the narrative's"))
    for id, payload in document["facts"].items():
        if id not in record.facts or payload != {**record.facts[id].payload(), "cell": record.facts[id].cell}:
            failed.append(Check("json", id, id, id, "this fact is not the record's"))
    return failed
