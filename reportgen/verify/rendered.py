"""The check of a finished file: it says the narrative, and no digit besides."""

from __future__ import annotations

import email
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from email import policy
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

from reportgen.record.record import Record
from reportgen.story.citations import sentences, text_of
from reportgen.story.model import Narrative
from reportgen.verify import gate, numerals
from reportgen.verify.factcheck import Check

VOID = ("meta", "link", "br", "img", "hr", "input")
ON_PAGE = (
    "notice",
    "kicker",
    "title",
    "key_points",
    "table",
    "column",
    "body",
    "caption",
    "footer",
)
# Words of the files themselves, beside the narrative's.
CHROME = (
    "How these figures were computed: the executed notebook",
    "Read it on the page",
    "•",
    "--",
    "[",
    "]",
)
TICK = re.compile(r"[+\u2212]?\d[\d,]*%?|[A-Z][a-z]{2}|\d{4}")
APPENDIX = re.compile(r'<details[^<>]* id="appendix".*?</details>', re.DOTALL)
SIGNS = {1: "gain", -1: "loss", 0: "flat"}


class _Reader(HTMLParser):
    """Visible text of a page: parts by name, figures by fact, drawings, the rest."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[tuple[str, str]] = []
        self.rest: list[str] = []
        self.drawn: dict[str, list[list[str]]] = {}
        self.facts: list[list[str]] = []
        self.origins: list[tuple[str, str]] = []
        self.origin: str | None = None
        self.alts: list[str] = []
        self.changes: list[tuple[str, str]] = []
        self.head = {"title": "", "description": ""}
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self._mute = 0

    def handle_starttag(
        self,
        tag: str,
        attrs: list[tuple[str, str | None]],
    ) -> None:
        given = dict(attrs)
        self._note(tag, given)
        if tag in VOID:
            return
        if given.get("data-part"):
            self.parts.append((str(given["data-part"]), ""))
        if not self._mute and tag in ("script", "style"):
            self._mute = len(self._open) + 1
        self._open.append((tag, given))
        if tag == "svg" and self._figure():
            self.drawn.setdefault(self._figure(), []).append([])

    def updatepos(self, i: int, j: int) -> int:
        """Where reading goes on; nobody asks for lines, so none are counted."""
        del i
        return j

    def handle_startendtag(
        self,
        tag: str,
        attrs: list[tuple[str, str | None]],
    ) -> None:
        self._note(tag, dict(attrs))

    def _figure(self) -> str:
        return next(
            (str(g.get("id")).removeprefix("figure-") for t, g in self._open if t == "figure"),
            "",
        )

    def _note(self, tag: str, given: dict[str, str | None]) -> None:
        if given.get("data-origin"):
            self.origin = given["data-origin"]
        if tag == "data":
            self.origins.append(
                (given.get("data-fact") or "", given.get("title") or self.origin or "")
            )
            self.origin = None
            self.facts.append([given.get("data-fact") or "", given.get("value") or "", ""])
        if tag == "meta" and given.get("name") == "description":
            self.head["description"] = given.get("content") or ""
        self.alts += [text for name, text in given.items() if name == "alt" and text]
        if given.get("role") == "img":
            self.alts.append(given.get("aria-label") or "")

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
        tags = [tag for tag, _ in self._open]
        if "title" in tags and "svg" not in tags:
            self.head["title"] += data
        elif "svg" in tags:
            if self._figure() and data.strip():
                self.drawn[self._figure()][-1].append(_fold(data))
        elif any(given.get("data-part") for _, given in self._open):
            name, text = self.parts[-1]
            self.parts[-1] = (name, text + data)
            if "data" in tags:
                self.facts[-1][2] += data
            classes = next(
                (
                    str(g.get("class"))
                    for _, g in reversed(self._open)
                    if "change" in str(g.get("class"))
                ),
                "",
            )
            if classes and name == "table":
                self.changes.append((classes.split()[-1], _fold(data)))
        else:
            self.rest.append(data)


def _fold(text: str) -> str:
    return " ".join(text.replace("\xa0", " ").split())


def expected(narrative: Narrative) -> list[tuple[str, str]]:
    """Every line of the narrative with where it stands, as folded text."""
    return [(where, _fold(text_of(runs))) for where, runs in narrative.texts()]


def page(html: str, narrative: Narrative, record: Record) -> list[Check]:
    """Failed checks of a page.

    Parts missing or changed, loose words, labels not drawn, values or
    colours not the fact's.
    """
    reader = _Reader()
    reader.feed(APPENDIX.sub("", html, count=1))  # the record itself, which its own code made
    lines = expected(narrative)
    failed = list(
        _compare(
            [(w, t) for w, t in lines if w in ON_PAGE],
            [(w, _fold(t)) for w, t in reader.parts],
            "page",
        )
    )
    failed += _drawings(narrative, reader)
    alts = [t for w, t in lines if w == "alt"]
    failed += [
        Check("page", alt, alt, "", "the picture lacks this alternative text")
        for alt in alts
        if alt not in reader.alts
    ]
    failed += [*_values(narrative, record, reader), *_origins(record, reader)]
    head = {
        "title": text_of(narrative.title),
        "description": text_of(narrative.preheader),
    }
    failed += [
        Check(
            "page", reader.head[k], k, "", "the head of the page does not say what the brief says"
        )
        for k in head
        if head[k] != reader.head[k]
    ]
    signs = [(SIGNS[row.sign], _fold(text_of(row.change))) for row in narrative.strip]
    if reader.changes != signs:
        failed.append(
            Check("page", str(reader.changes), "change", "", "a change is not coloured by its sign")
        )
    return failed + list(_loose(_fold(" ".join(reader.rest)), "page"))


def _drawings(narrative: Narrative, reader: _Reader) -> Iterator[Check]:
    """Each drawing shows all labels of its picture, and otherwise only axis ticks."""
    for picture in narrative.pictures:
        labels = {_fold(text_of(runs)) for runs in picture.labels.values()}
        for drawing in reader.drawn.get(picture.name, [[]]):
            for label in labels - set(drawing):
                yield Check("page", label, label, "", "the picture does not show this label")
            for text in set(drawing) - labels:
                if not TICK.fullmatch(text):
                    yield Check(
                        "page", text, text, "", "the picture shows what the narrative does not say"
                    )


def _values(
    narrative: Narrative,
    record: Record,
    reader: _Reader,
) -> Iterator[Check]:
    """Each figure of a page has the fact the narrative cites, and its raw value."""
    cited: Counter[tuple[str, str]] = Counter()
    for where, runs in narrative.texts():
        if where in ON_PAGE:
            cited.update((run.ref, _fold(run.text)) for run in runs if run.is_fact)
    found = Counter((ref, _fold(text)) for ref, _, text in reader.facts)
    for ref, text in (found - cited) + (cited - found):
        yield Check(
            "page", text, text, ref, "the fact behind the words is not the one the narrative cites"
        )
    for ref, value, text in reader.facts:
        if ref not in record.facts or str(record.facts[ref].value) != value:
            yield Check("page", text, value, ref, "the value behind the words is not the fact's")


def _origins(record: Record, reader: _Reader) -> Iterator[Check]:
    """What a reader sees who points at a figure.

    The unrounded value, the source and the cell of its fact.
    """
    for ref, origin in reader.origins:
        fact = record.facts.get(ref)
        value = origin.partition(" · ")[0]
        if fact is None or fact.source not in origin or not origin.endswith(f"cell {fact.cell}"):
            yield Check("page", origin, origin, ref, "it is not where the figure comes from")
        elif isinstance(fact.value, str):
            if value != fact.value:
                yield Check("page", origin, value, ref, "it is not the fact's value")
        else:
            shown = numerals.NUMBER.search(value)
            size = fact.number * numerals.SCALE.get(fact.unit, 1.0)
            stated = numerals.stated(shown) if shown else None
            if stated is None or not math.isclose(
                stated.size * (stated.sign or 1), size, rel_tol=1e-6, abs_tol=1e-6
            ):
                yield Check("page", origin, value, ref, "it is not the fact's value")


def _compare(
    wanted: list[tuple[str, str]],
    found: list[tuple[str, str]],
    file: str,
) -> Iterator[Check]:
    left = list(found)
    for part in wanted:
        if part in left:
            left.remove(part)
        else:
            yield Check(
                file, part[1], part[0], "", "this line of the narrative is missing or was changed"
            )
    for where, text in left:
        yield Check(file, text, where, "", "this line is not in the narrative")


def _loose(text: str, file: str) -> Iterator[Check]:
    """Words and figures that are neither the narrative's nor the file's own."""
    for chrome in CHROME:
        text = text.replace(chrome, " ")
    for match in re.finditer(r"\S*\w\S*", text):
        yield Check(
            file,
            text[max(0, match.start() - 40) : match.end() + 40],
            match[0],
            "",
            "words outside the narrative",
        )


def plain(text: str, narrative: Narrative, file: str = "text") -> list[Check]:
    """Failed checks of a plain text.

    Every line of the narrative in it, and nothing else with a digit.
    """
    rest = _fold(re.sub(r"^[ \t]*(?:\* |\[ )?|\s\]$", "", text, flags=re.MULTILINE))
    return list(_subtract(rest, _in_text(narrative), file))


def _in_text(narrative: Narrative) -> list[tuple[str, str]]:
    """What a plain text shows: of a picture its title and its alternative text."""
    titles = {_fold(text_of(p.title)) for p in narrative.pictures} | {
        _fold(text_of(t.title)) for t in narrative.tables
    }
    return [
        (w, t)
        for w, t in expected(narrative)
        if w in (*ON_PAGE, "alt") and (w != "caption" or t in titles)
    ]


def _subtract(
    rest: str,
    wanted: Iterable[tuple[str, str]],
    file: str,
) -> Iterator[Check]:
    """Take every wanted line out of *rest* once, the longest first.

    What is left may contain no word and no digit.
    """
    for where, line in sorted(wanted, key=lambda row: -len(row[1])):
        if line in rest:
            rest = rest.replace(line, " ", 1)
        else:
            yield Check(
                file, line, where, "", "this line of the narrative is missing or was changed"
            )
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
        return [
            *failed,
            Check("email", "", "", "", "the message lacks its text or its HTML part"),
        ]
    failed += plain(text.get_content(), narrative, "email text")
    reader = _Reader()
    reader.feed(html.get_content())
    shown = {p.name for p in narrative.pictures if f"cid:{p.name}@" in html.get_content()}
    captions = {_fold(text_of(table.title)) for table in narrative.tables}
    for picture in narrative.pictures:
        if picture.name in shown:
            captions |= {
                _fold(text_of(picture.title)),
                _fold(text_of(picture.subtitle)),
            }
    wanted = [
        (w, t)
        for w, t in expected(narrative)
        if w in (*ON_PAGE, "preheader") and (w != "caption" or t in captions)
    ]
    failed += _compare(wanted, [(w, _fold(t)) for w, t in reader.parts], "email")
    alts = [text_of(p.alt) for p in narrative.pictures if p.name in shown]
    failed += [
        Check("email", alt, alt, "", "the picture lacks this alternative text")
        for alt in alts
        if alt not in reader.alts
    ]
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
            failed.append(
                Check(
                    "pdf", line, where, "", "this line of the narrative is missing or was changed"
                )
            )
    return failed


def _squeeze(text: str) -> str:
    """*text* without white space, hyphens and footnote signs.

    Line breaks differ between extractors.
    """
    return re.sub(r"[-\s\x02\ufffe\u00ad*\u2020\u2021\u00a7\u00b6\u2016]+", "", text)


def _present(line: str, pages: list[str]) -> bool:
    """Whether *line* is whole on one page, or continues on the next."""
    if any(line in text for text in pages):
        return True
    for text, following in pairwise(pages):
        split = next((n for n in range(len(line) - 1, 0, -1) if line[:n] in text), 0)
        if split and line[split:] in following:
            return True
    return False


def data(text: str, narrative: Narrative, record: Record) -> list[Check]:
    """Failed checks of brief.json.

    Its head, its claims and its facts against the record and the narrative.
    """
    document: Mapping[str, Any] = json.loads(text)
    moment, ruling = (record.context["moment"], gate.rule(record, record.policy))
    head = {
        "schema": "reportgen.brief/1",
        "report": record.context["report"],
        "session": moment["session"],
        "as_of": moment["at"],
        "state": moment["state"],
        "title": text_of(narrative.title),
        "verdict": str(ruling.verdict),
        "gaps": list(ruling.gaps),
        "lead": {"kind": record.lead.kind, "instrument": record.lead.instrument},
        "provenance": {
            "dataset": record.context["dataset"],
            "notice": record.context["notice"],
            "files": record.context["manifest"],
            "sources": record.context["sources"],
        },
        "claims": _claims(narrative, record),
        "facts": {id: {**f.payload(), "cell": f.cell} for id, f in sorted(record.facts.items())},
        **{name: record.context[name] for name in ("correction",) if name in record.context},
    }
    wrong = [key for key in head if document.get(key) != head[key]]
    extra = [key for key in document if key not in head]
    return [
        Check("json", str(document.get(key))[:120], key, "", "it is not what the record says")
        for key in wrong + extra
    ]


def _claims(narrative: Narrative, record: Record) -> list[dict[str, Any]]:
    """The claims that brief.json must have: one per cited fact, in order."""
    stated = {
        "alt": "caption",
        "label": "caption",
        "column": "table",
        **{where: where for where in ("title", "key_points", "body", "table", "caption")},
    }
    found = []
    for where, runs in narrative.texts():
        for sentence in sentences(runs) if where in stated else ():
            for run in sentence:
                if run.is_fact:
                    fact: dict[str, Any] = record.facts[run.ref].payload() | {
                        "cell": record.facts[run.ref].cell,
                        "fact": run.ref,
                    }
                    kept: dict[str, Any] = {
                        k: fact[k]
                        for k in (
                            "instrument",
                            "kind",
                            "window",
                            "value",
                            "unit",
                            "currency",
                            "since",
                            "fact",
                            "cell",
                        )
                        if k in fact
                    }
                    found.append(
                        {
                            "text": run.text,
                            "sentence": text_of(sentence).strip(),
                            "where": stated[where],
                            **kept,
                        }
                    )
    return found
