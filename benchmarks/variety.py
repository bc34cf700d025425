"""How alike the daily recaps of a year are, sentence by sentence.

``variety.py --data DATASET YEAR [--every N] [--json FILE] [--keep FOLDER]`` tells every Nth session
of the year and prints a short table:

- how many sentences of the key points and of the body share their skeleton with those of at least
  four other briefs. The skeleton is the sentence with each name, figure and day replaced by a
  mark, and each verb of motion and word of direction by one word for all of them, so that
  "rose" for "fell", or "climbed" for "rose", is no other frame;
- the share of each verb of motion among all, in headlines, key points and bodies;
- the pairs of briefs, one after the other, that are alike in the frame of the headline or the lead;
- the remarks of the style lint, the words of a brief, and the longest brief of a dull day: no index
  moved more than 0.5%, made a record, or had its best, worst, highest or lowest since an
  earlier day.

Sentences take turns of two to seven forms by the number of the session: an N that has a factor with
those sees the same forms again and again. 11 is a fair N.

The JSON also has the most frequent skeletons, each with an example. With --keep the executed
notebooks stay in a folder, and the next measurement has only to tell them: the words of stories
change more often than the facts do.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from measure import ROOT

sys.path += [str(ROOT), str(ROOT / "tests")]

import nbformat
from inprocess import executed
from style_rules import lint

from reportgen.markets import public_calendar
from reportgen.record.record import Record, read_record
from reportgen.record.request import load_report
from reportgen.story.citations import Runs, sentences, text_of
from reportgen.story.compose import compose
from reportgen.story.english.lexicon import DOWN, NEUTRAL_DOWN, NEUTRAL_UP, UP
from reportgen.story.model import Narrative, Paragraph
from reportgen.verify.vocabulary import MONTH_NUMBERS, NUMBER_WORDS, ORDINAL_WORDS, WEEKDAYS

REPORT = "daily-recap"
OTHERS = 4
"""The other briefs with the same skeleton from which on a sentence counts as repeated."""
DULL = 0.005
"""The largest move of an index on a dull day."""
NEWS = (
    "record_close",
    "milestone",
    "best_day_since",
    "worst_day_since",
    "largest_points",
    "days_together",
    "highest_close_since",
    "lowest_close_since",
    "named_day",
)
"""Kinds of findings that no dull day has."""
ADD = {"add": "added", "adds": "added", "added": "added", "adding": "added"}
FORMS = ADD | {
    form: verb.past
    for verb in chain(*UP, *DOWN, NEUTRAL_UP, NEUTRAL_DOWN)
    for form in (verb.base, verb.third, verb.past, verb.gerund)
}
"""Each form of a verb of motion, and the past that stands for it."""
WAYS = {
    "up": "up down higher lower",
    "gain": "gain loss gains losses",
    "above": "above below",
    "best": "best worst",
    "highest": "highest lowest",
    "gained": "risen fallen",
}
DIRECTIONS = {word: mark for mark, words in WAYS.items() for word in words.split()}
NAME, FIGURE, DAY = "N", "#", "D"
DATE = re.compile(
    rf"\b(?:(?:{'|'.join(map(re.escape, MONTH_NUMBERS))})(?: \d{{1,2}}(?:-\d+)?)?(?:, \d{{4}})?"
    rf"|{'|'.join(WEEKDAYS)})(?![\w])"
)
SIZE = re.compile(
    r"(?:(?:nearly|about|just over|more than|less than) )?[$+\u2212]?\d[\d,.]*(?:%|st|nd|rd|th)?"
)
COUNT = re.compile(rf"\b(?:{'|'.join([*NUMBER_WORDS, *ORDINAL_WORDS])})\b", re.IGNORECASE)
WORD = re.compile(r"[a-z]+")
MOTION = re.compile(rf"\b(?:{'|'.join(sorted(FORMS, key=len, reverse=True))})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Measured:
    """What is counted of one brief."""

    session: str
    headline: str
    lead: str
    sentences: tuple[tuple[str, str], ...]
    """Each sentence of the key points and of the body: its skeleton and its words."""
    verbs: Mapping[str, int]
    words: int
    dull: bool
    remarks: tuple[str, ...]


def skeleton(runs: Runs) -> str:
    """A sentence without what is of its day alone.

    Names, figures, days, and which way something went.
    """
    parts = (NAME if run.ref.startswith("@") else _bare(run.text, run.ref) for run in runs)
    return " ".join("".join(parts).split())


def _bare(text: str, ref: str) -> str:
    if ref.endswith(".name"):
        return NAME
    if ref:
        text = SIZE.sub(FIGURE, COUNT.sub(FIGURE, DATE.sub(DAY, text)))
    text = MOTION.sub("moved", text)
    return WORD.sub(lambda word: DIRECTIONS.get(word[0], word[0]), text)


def verbs(runs: Runs) -> Counter[str]:
    """The verbs of motion in what cites facts, each in its past."""
    told = (run.text for run in runs if run.ref and not run.ref.startswith("@"))
    return Counter(FORMS[found[0].lower()] for text in told for found in MOTION.finditer(text))


def measured(record: Record, narrative: Narrative) -> Measured:
    """What is counted of the brief of *record*."""
    body = [block.runs for block in narrative.blocks if isinstance(block, Paragraph)]
    told = [one for runs in (*narrative.key_points, *body) for one in sentences(runs)]
    lines = (narrative.title, *narrative.key_points, *body)
    return Measured(
        session=str(record.context["moment"]["session"]),
        headline=skeleton(narrative.title),
        lead=skeleton(next(iter(sentences(body[0])))),
        sentences=tuple((skeleton(one), text_of(one).strip()) for one in told),
        verbs=dict(sum((verbs(runs) for runs in lines), Counter[str]())),
        words=sum(len(text_of(runs).split()) for runs in lines),
        dull=_dull(record),
        remarks=tuple(f"{one.rule}: {one.words} | {one.sentence}" for one in lint(narrative)),
    )


def _dull(record: Record) -> bool:
    moves = [
        record.facts[one.facts["change"]].number
        for one in record.findings
        if one.kind == "day" and one.instrument in record.market.symbols
    ]
    news = [
        one
        for one in record.findings
        if one.kind in NEWS and one.instrument in record.market.symbols
    ]
    return not news and all(abs(move) <= DULL for move in moves)


def summary(briefs: Sequence[Measured]) -> dict[str, Any]:
    """The figures of all *briefs*, in the order of their sessions."""
    within = Counter(chain.from_iterable({s for s, _ in one.sentences} for one in briefs))
    told = [s for one in briefs for s, _ in one.sentences]
    repeated = [s for s in told if within[s] > OTHERS]
    moves = sum((Counter(one.verbs) for one in briefs), Counter[str]())
    total = sum(moves.values()) or 1
    examples = {s: words for one in briefs for s, words in one.sentences}
    return {
        "briefs": len(briefs),
        "sentences": len(told),
        "repeated": round(len(repeated) / (len(told) or 1), 4),
        "alike_headlines": _alike((one.session, one.headline) for one in briefs),
        "alike_leads": _alike((one.session, one.lead) for one in briefs),
        "verbs": {verb: round(count / total, 4) for verb, count in moves.most_common()},
        "words": [min(b.words for b in briefs), max(b.words for b in briefs)],
        "dull": {one.session: one.words for one in briefs if one.dull},
        "remarks": [f"{one.session} {remark}" for one in briefs for remark in one.remarks],
        "frames": [
            {"briefs": count, "skeleton": s, "example": examples[s]}
            for s, count in within.most_common()
            if count > OTHERS
        ],
    }


def _alike(frames: Iterable[tuple[str, str]]) -> list[str]:
    return [after for (_, one), (after, other) in pairwise(frames) if one == other]


def table(found: Mapping[str, Any], most: int) -> str:
    """The figures in a few lines, with the *most* frequent frames."""
    rows = [
        f"{found['briefs']} briefs, {found['sentences']} sentences",
        f"repeated frames: {found['repeated']:.1%}",
        f"headlines like the one before: {len(found['alike_headlines'])}",
        f"leads like the one before: {len(found['alike_leads'])}",
        "verbs: " + ", ".join(f"{v} {s:.1%}" for v, s in list(found["verbs"].items())[:10]),
        f"words: {found['words'][0]} to {found['words'][1]}",
        f"dull days: {len(found['dull'])}, at most {max(found['dull'].values(), default=0)} words",
        f"remarks on style: {len(found['remarks'])}",
        *(f"{f['briefs']:4} {f['skeleton']} | {f['example']}" for f in found["frames"][:most]),
    ]
    return "\n".join(rows)


def told(session: dt.date, data: Path, kept: Path | None) -> Measured:
    """The measures of the brief of one *session*; its notebook stays in the folder *kept*."""
    place = kept / f"{session}.ipynb" if kept else None
    if place and place.exists():
        notebook = nbformat.read(place, as_version=4)
    else:
        notebook = executed(session.isoformat(), data, REPORT)
    if place and not place.exists():
        nbformat.write(notebook, place)
    report, record = load_report(REPORT), read_record(notebook)
    return measured(record, compose(record, report.folder, report.title))


def main() -> None:
    """Tell the briefs, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("year", type=int)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--json", type=Path, help="where the figures go")
    parser.add_argument("--keep", type=Path, help="a folder for executed notebooks")
    parser.add_argument("--most", type=int, default=20, help="how many frames are printed")
    given = parser.parse_args()
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
    days = public_calendar().sessions(dt.date(given.year, 1, 1), dt.date(given.year, 12, 31))
    briefs = [told(day, given.data.resolve(), given.keep) for day in days[:: given.every]]
    found = summary(briefs)
    print(table(found, given.most))
    if given.json:
        text = json.dumps({**found, "told": list(map(asdict, briefs))}, indent=1)
        given.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
