"""The judge's day.

Every fact and every claim of the briefs of every session; ``truth.py [YEAR...]`` prints what was
claimed and what was false.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))  # as a script it finds what the tests share

import recompute
from inprocess import executed
from judge import Judge, words
from style_rules import lint

from reportgen.markets import market
from reportgen.produce import batch
from reportgen.produce.executors import executor
from reportgen.produce.telling import check_folder
from reportgen.record.record import read_record
from reportgen.record.request import FORMATS, load_report
from reportgen.rendering.brief import Brief
from reportgen.rendering.json import claims
from reportgen.story.compose import compose
from reportgen.verify.audit import audit

calendar = market("us").calendar

REPORTS = ("daily-recap", "weekly-recap", "month-in-review", "year-in-review", "small-caps")
FIRST, LAST = dt.date(2000, 1, 4), dt.date(2026, 5, 29)
"""The first session whose briefs are judged, and the last that all files of the real market reach.
"""
SAMPLED = 250
"""Sessions whose recaps go through kernels and renderers, too."""
SMALL_CAPS = dt.date(2022, 1, 3)
"""From here on the files carry the story of small caps.

The Fed's range, futures, baskets of young stocks.
"""


def told(session: str, data: Path | str, name: str = "daily-recap") -> Brief:
    """The brief of report *name* of *session*, without its pictures."""
    report, record = load_report(name), read_record(executed(session, data, name))
    return Brief(
        report=name,
        title=report.title,
        label=session,
        record=record,
        narrative=compose(record, report.folder, report.title),
        verdict="send",
        gaps=(),
        notebook={},
        svgs={},
        specs={},
    )


def objection(judge: Judge, claim: dict[str, Any], facts: Mapping[str, Any]) -> str | None:
    """Why a claim is false, None where it is true.

    By the *facts* that the other oracle finds for the story of small caps, else by the judge.
    """
    if claim["fact"] not in facts:
        return judge.objection(claim)
    truth = facts[claim["fact"]]
    wrong = (
        claim["value"] != truth
        if isinstance(truth, str)
        else abs(claim["value"] - truth) > 1e-7 * max(1.0, abs(truth))
    )
    return f"{claim['value']} was stated, {truth} is true" if wrong else words(claim)


def due(session: dt.date) -> list[str]:
    """The reports that tell of *session*, or of a window that it ends as known at its close.

    On 10 September 2001 nobody knew yet that the week was over.
    """
    windows = {name: load_report(name).window for name in REPORTS}
    close = calendar.close(session)
    told = [
        name
        for name, window in windows.items()
        if not window or calendar.ended(close, window) == close
    ]
    return [name for name in told if name != "small-caps" or session >= SMALL_CAPS]


def judged_year(folder: Path, year: int, every: int) -> tuple[Counter[str], list[str], list[str]]:
    """How many claims of each kind the briefs of a year's sessions make,
    the false ones in words, and what is wrong with their style."""
    counted, false, remarks = Counter[str](), list[str](), list[str]()
    sessions = calendar.sessions(max(FIRST, dt.date(year, 1, 1)), min(LAST, dt.date(year, 12, 31)))[
        ::every
    ]
    for (
        name
    ) in REPORTS:  # one report after the other: each has its own columns of the files in hand
        for session in (day for day in sessions if name in due(day)):
            judge = Judge(folder, session)
            facts = recompute.facts(folder, session) if name == "small-caps" else {}
            brief = told(session.isoformat(), folder, name)
            judge.location = replace(judge.location, listed=brief.record.context["list"])
            remarks += [
                f"{name} {session} {remark.rule}: {remark.words} | {remark.sentence}"
                for remark in lint(brief.narrative)
            ]
            audited = audit(brief.record, (), judge)
            counted[f"{name}: facts"] += audited.proven
            false += [f"{name} {session} {one}" for one in audited.objections]
            for claim in claims(brief):
                counted[f"{name} {claim['kind']}"] += 1
                if why := objection(judge, claim, facts):
                    false.append(
                        f"{name} {session} {claim['instrument']} {claim['kind']}: {why} |"
                        f" {claim['text']} | {claim['sentence']}"
                    )
    return counted, false, remarks


def through_the_pipeline(folder: Path, years: list[int], number: int) -> list[str]:
    """What went wrong with so many recaps of those years, made by kernels,
    rendered in all formats, written and read again."""
    days = [
        day
        for year in years
        for day in calendar.sessions(
            max(FIRST, dt.date(year, 1, 1)), min(LAST, dt.date(year, 12, 31))
        )
    ]
    chosen = days[:: max(1, len(days) // number)][:number]
    wrong = []
    with TemporaryDirectory() as out, executor("local") as pool:
        jobs = [
            batch.Job(
                report="daily-recap",
                as_of=day.isoformat(),
                data=str(folder),
                parameters={},
                formats=FORMATS,
                out=out,
                asked_at=dt.datetime.now(dt.UTC),
            )
            for day in chosen
        ]
        for outcome in batch.run(jobs, pool):
            place = Path(out) / outcome.job.report / outcome.job.as_of
            failed = check_folder(place) if outcome.state == "made" else [outcome.error]
            wrong += [f"{outcome.job.as_of}: {item}" for item in failed]
    print(f"{len(chosen)} sessions through the whole pipeline, {len(wrong)} objections", flush=True)
    return wrong


def main() -> None:
    """Judge every session of the years given, or of all;
    print what was claimed and what was false."""
    folder = Path(__file__).parents[1] / "real_market"
    years = [int(text) for text in sys.argv[1:]] or list(range(FIRST.year, LAST.year + 1))
    counted, failed = Counter[str](), 0
    with ProcessPoolExecutor() as pool:
        for year, (more, wrong, ugly) in zip(
            years, pool.map(partial(judged_year, folder, every=1), years), strict=True
        ):
            counted, failed = counted + more, failed + len(wrong)
            print(
                "\n".join(
                    [
                        (
                            f"{year}: {sum(more.values())} claims, {len(wrong)} false, {len(ugly)}"
                            " remarks on style"
                        ),
                        *wrong,
                        *ugly,
                    ]
                ),
                flush=True,
            )
    unfit = through_the_pipeline(folder, years, SAMPLED)
    print("\n".join([*unfit, *(f"{kind}: {number}" for kind, number in counted.most_common())]))
    print(f"claims {sum(counted.values())}, false {failed}")
    sys.exit(bool(failed or unfit))


if __name__ == "__main__":
    main()
