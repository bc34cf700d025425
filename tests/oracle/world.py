"""The judge's day around the world.

Every fact and every claim of the recaps of London, Frankfurt, Tokyo, Hong Kong and of coins, each
session by its own calendar. ``world.py [MARKET...]`` prints what was claimed and what was false.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache, partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))  # as a script it finds what the tests share

from inprocess import run_cells
from judge import Judge
from style_rules import lint

from reportgen.core.errors import ReportgenError
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.snapshot import take
from reportgen.markets import market
from reportgen.record.record import Record, read_record
from reportgen.record.request import load_report
from reportgen.rendering.brief import Brief
from reportgen.rendering.json import claims
from reportgen.story.compose import compose
from reportgen.verify.audit import audit
from reportgen.verify.factcheck import FactCheck
from reportgen.verify.rows import Location

DATA = Path(__file__).parents[1] / "real_world"
FIRST = dt.date(2015, 1, 2)
LAST = {
    "gb": dt.date(2026, 8, 20),
    "de": dt.date(2026, 8, 20),
    "jp": dt.date(2026, 8, 21),
    "hk": dt.date(2026, 8, 20),
    "crypto": dt.date(2026, 8, 20),
}
"""The last session of each market's lead index in the data."""
LIKE = {"": "daily-recap", "-week": "weekly-recap", "-month": "month-in-review"}
"""The reports of a market, by what follows its name."""
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def furnish(desk: Path) -> None:
    """Write a desk with the reports of every market into the folder *desk*, and work there."""
    (desk / "reportgen.toml").write_text("")
    for name, (ending, like) in product(LAST, LIKE.items()):
        folder = desk / "reports" / f"{name}{ending}"
        folder.mkdir(parents=True)
        lines = (f'title = "{name}{ending}"', f'market = "{name}"', f'like = "{like}"', "")
        (folder / "report.toml").write_text("\n".join(lines))
    os.environ["REPORTGEN_CONFIG"] = str(desk / "reportgen.toml")


@cache
def _data() -> Any:
    return open_dataset(DATA)


def recorded(name: str, as_of: str) -> Record:
    """The record of the report *name* as of *as_of*, executed in this process."""
    report = load_report(name)
    moment = report.market.calendar.resolve(as_of, NOW, report.window)
    snapshot = replace(take(_data(), moment, report.whole, report.required), report=name)
    return read_record(run_cells(report.notebook, snapshot, {"as_of": as_of, "data": str(DATA)}))


def told(name: str, as_of: str) -> Brief:
    """The brief of the report *name* as of *as_of*, without its pictures."""
    report, record = load_report(name), recorded(name, as_of)
    return Brief(
        report=name,
        title=report.title,
        label=as_of,
        record=record,
        narrative=compose(record, report.folder, report.title),
        verdict="send",
        gaps=(),
        notebook={},
        svgs={},
        specs={},
    )


def due(place: str, session: dt.date) -> Iterator[str]:
    """The reports of the market *place* that tell of *session*, or of a window that it ends."""
    calendar = market(place).calendar
    close = calendar.close(session)
    for ending in LIKE:
        window = load_report(place + ending).window
        if not window or calendar.ended(close, window) == close:
            yield place + ending


def judge_of(record: Record, session: dt.date) -> Judge:
    """The judge of what *record* tells of *session*."""
    missing = (row for section in record.sections for row in section.missing)
    location = Location(path=DATA, untold=frozenset(row["symbol"] for row in missing))
    return Judge(location, session, market=record.market.payload())


def judged(
    desk: Path, part: tuple[str, int], every: int = 1
) -> tuple[str, Counter[str], list[str], list[str]]:
    """How many claims of each kind the briefs of a market's year make,
    the false ones in words, and what is wrong with their style."""
    os.environ["REPORTGEN_CONFIG"] = str(desk / "reportgen.toml")
    place, year = part
    counted, false, remarks = Counter[str](), list[str](), list[str]()
    first, last = max(FIRST, dt.date(year, 1, 1)), min(LAST[place], dt.date(year, 12, 31))
    for session in market(place).calendar.sessions(first, last)[::every]:
        for name in due(place, session):
            try:
                brief = told(name, session.isoformat())
            except ReportgenError as error:
                false.append(f"{name} {session} failed: {error!r}")
                continue
            failed = [one for one in brief.record.sections if one.status != "ok"]
            false += [f"{name} {session} section {one.name}: {one.error}" for one in failed]
            unsaid = FactCheck(brief.record).narrative(brief.narrative)
            false += [f"{name} {session} held: {one}" for one in unsaid]
            judge = judge_of(brief.record, session)
            audited = audit(brief.record, claims(brief), judge)
            counted[f"{name}: facts"] += audited.proven
            false += [f"{name} {session} {one}" for one in audited.objections]
            for claim in claims(brief):
                counted[f"{name} {claim['kind']}"] += 1
                if why := judge.objection(claim):
                    false.append(
                        f"{name} {session} {claim['instrument']} {claim['kind']}: {why} |"
                        f" {claim['text']} | {claim['sentence']}"
                    )
            remarks += [
                f"{name} {session} {one.rule}: {one.words} | {one.sentence}"
                for one in lint(brief.narrative)
            ]
    return f"{place} {year}", counted, false, remarks


def run(places: Sequence[str], every: int, workers: int = 2) -> tuple[int, int]:
    """The number of claims of the markets *places* and of the false ones, which it prints."""
    counted, failed = Counter[str](), 0
    with TemporaryDirectory() as folder, ProcessPoolExecutor(workers) as pool:
        furnish(Path(folder))
        parts = [(p, y) for p in places for y in range(FIRST.year, LAST[p].year + 1)]
        work = partial(judged, Path(folder), every=every)
        for name, more, wrong, ugly in pool.map(work, parts):
            counted, failed = counted + more, failed + len(wrong)
            said = f"{name}: {sum(more.values())} claims, {len(wrong)} false, {len(ugly)} remarks"
            print("\n".join([said, *wrong, *ugly]), flush=True)
    print("\n".join(f"{kind}: {number}" for kind, number in counted.most_common()))
    return sum(counted.values()), failed


if __name__ == "__main__":
    every = int(os.environ.get("EVERY", "1"))
    claimed, false = run(sys.argv[1:] or list(LAST), every)
    print(f"claims {claimed}, false {false}")
    sys.exit(bool(false))
