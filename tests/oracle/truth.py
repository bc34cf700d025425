"""The judge's day: every claim of the daily recap of every session; ``truth.py [YEAR...]`` prints what was claimed and what was false."""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))  # as a script it finds what the tests share

from inprocess import executed
from judge import Judge

from reportgen.narrative.compose import compose
from reportgen.record import read_record
from reportgen.render.brief import Brief
from reportgen.render.json import claims
from reportgen.request import load_report

REPORT = "daily-recap"
FIRST, LAST = dt.date(2000, 1, 4), dt.date(2026, 5, 29)
"""The first session whose recap is judged, and the last that all files of the real market reach."""


def claims_of(session: str, data: Path | str) -> list[dict[str, Any]]:
    """What the recap of *session* claims, as brief.json has it."""
    report, record = load_report(REPORT), read_record(executed(session, data, REPORT))
    brief = Brief(
        report=REPORT, title=report.title, label=session, record=record, narrative=compose(record, report.folder, report.title),
        verdict="send", gaps=(), notebook={}, svgs={}, specs={},
    )  # fmt: skip
    return claims(brief)


def judged_year(folder: Path, year: int, every: int) -> tuple[Counter[str], list[str]]:
    """How many claims of each kind the recaps of a year's sessions make, and the false ones in words."""
    from reportgen.market import calendar

    counted, false = Counter[str](), []
    for session in calendar.sessions(max(FIRST, dt.date(year, 1, 1)), min(LAST, dt.date(year, 12, 31)))[::every]:
        judge = Judge(folder, session)
        for claim in claims_of(session.isoformat(), folder):
            counted[claim["kind"]] += 1
            if why := judge.objection(claim):
                false.append(f"{session} {claim['instrument']} {claim['kind']}: {why} | {claim['text']} | {claim['sentence']}")
    return counted, false


def main() -> None:
    """Judge every session of the years given, or of all; print what was claimed and what was false."""
    folder = Path(__file__).parents[1] / "real_market"
    years = [int(text) for text in sys.argv[1:]] or list(range(FIRST.year, LAST.year + 1))
    counted, false = Counter[str](), list[str]()
    with ProcessPoolExecutor() as pool:
        for year, (more, wrong) in zip(years, pool.map(partial(judged_year, folder, every=1), years), strict=True):
            counted, false = counted + more, false + wrong
            print(f"{year}: {sum(more.values())} claims, {len(wrong)} false", flush=True)
    print("\n".join([*(f"{kind}: {number}" for kind, number in counted.most_common()), *false]))
    print(f"claims {sum(counted.values())}, false {len(false)}")
    sys.exit(bool(false))


if __name__ == "__main__":
    main()
