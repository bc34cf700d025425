"""What newsrooms stated on a day, held against what the daily recap of that session states.

``newsroom.py STORIES.json --data DATASET [--json FILE] [--report NAME]`` prints every miss on a
line, then the figures: T1 to T4 are the shares of the newsroom's verified claims that the brief
states, by tier (figures of the day; structure such as records and superlatives; week, month and
year; rates, volatility, oil, bitcoin, sectors and stocks), ``lead_family`` the share of leads of
the same family, ``lead_top3`` of the newsroom's among the families of our three top findings.

Claims count that were verified against closes, of instruments that the brief's record has levels
of, where no figure of the record contradicts them: newsrooms quote a yield of another hour.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

from measure import ROOT

INDEXES = ("^GSPC", "^DJI", "^IXIC", "^RUT", "BROAD")
SYMBOLS = {"^TNX": "DGS10"}
TIERS = {
    "T1": ("pct_change", "level", "point_change"),
    "T2": (
        "record_close",
        "near_record",
        "drawdown_from_high",
        "correction",
        "bear_market",
        "bear",
        "milestone_cross",
        "streak_up",
        "streak_down",
        "best_day_since",
        "worst_day_since",
        "best_week_since",
        "worst_week_since",
        "best_month_since",
        "worst_month_since",
        "best_month_of_year",
        "worst_month_of_year",
        "best_day_of_year",
        "worst_day_of_year",
        "best_week_of_year",
        "worst_week_of_year",
        "highest_close_since",
        "lowest_close_since",
    ),
    "T3": ("week_change", "month_change", "quarter_change", "ytd_change", "year_change"),
}
FAMILIES = {
    "direction": (
        "broad_up",
        "broad_down",
        "mixed",
        "flat",
        "direction",
        "reversal",
        "reversal_up",
        "reversal_down",
    ),
    "record": (
        "record_close",
        "near_record",
        "milestone_cross",
        "milestone",
        "milestone_up",
        "milestone_down",
        "high_52_weeks",
    ),
    "since": (
        "best_day_since",
        "worst_day_since",
        "best_day_of_year",
        "worst_day_of_year",
        "point_change",
        "highest_close_since",
        "lowest_close_since",
    ),
    "correction": tuple(
        f"{way}{name}"
        for name in ("correction", "bear_market", "bear")
        for way in ("", "near_", "in_", "left_")
    ),
    "window": (
        "streak_up",
        "streak_down",
        "week_change",
        "month_change",
        "ytd_change",
        "year_change",
        "week_wrap",
        "month_wrap",
        "quarter_wrap",
        "year_wrap",
        "worst_week_since",
        "best_week_since",
        "best_month_since",
        "worst_month_since",
        "best_month_of_year",
        "worst_month_of_year",
    ),
    "relative": ("outperform", "underperform", "rotation"),
}
FAMILY = {kind: family for family, kinds in FAMILIES.items() for kind in kinds}
HUNDRED = {"fraction": 100.0, "yield": 100.0, "pp": 100.0, "probability": 100.0, "bp": 10_000.0}
DAY_KINDS = ("mover", "sector_leader", "sector_laggard", "pct_change", "point_change")
ALIKE = {
    "level": ("level", "record_close"),
    "record_close": ("record_close", "level", "near_record", "milestone"),
    "milestone_cross": ("milestone_cross", "milestone"),
    "ytd_change": ("ytd_change", "year_change"),
    "year_change": ("ytd_change", "year_change"),
}
"""Our kinds that state what a newsroom's kind does."""
PRINTED = 0.0101
ABOUT = 0.15
"""The part of a figure by which "about" may be off."""


@dataclass
class Score:
    """What was stated of what could be, by tier, and the leads."""

    stated: Counter[str] = field(default_factory=Counter)
    possible: Counter[str] = field(default_factory=Counter)
    families: int = 0
    top3: int = 0
    instruments: int = 0
    stories: int = 0
    words: list[int] = field(default_factory=list)
    unsupported: int = 0
    misses: list[str] = field(default_factory=list)


def main() -> None:
    """Run the recaps, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stories", type=Path)
    parser.add_argument("--data", required=True)
    parser.add_argument("--report", default="daily-recap")
    parser.add_argument("--json", type=Path, help="where the figures go")
    given = parser.parse_args()
    stories = json.loads(given.stories.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="newsroom-") as folder:
        data = given.data if given.data == "sample" else str(Path(given.data).resolve())
        briefs = made(
            sorted({story["session"] for story in stories}), given.report, data, Path(folder)
        )
    score = Score()
    for story in stories:
        compare(story, briefs[story["session"]], score)
    false = list(false_claims(briefs, data))
    figures = summary(score, len(false))
    score.misses += false
    print("\n".join(score.misses))
    print(json.dumps(figures, indent=1))
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def made(
    sessions: Sequence[str], report: str, data: str, folder: Path
) -> dict[str, dict[str, Any]]:
    """brief.json of every session, with the kinds of its three top findings as "top"."""
    from reportgen.produce import batch
    from reportgen.produce.executors import executor
    from reportgen.produce.telling import read_notebook
    from reportgen.record.record import read_record

    template = batch.Job(
        report=report,
        as_of="",
        data=data,
        parameters={},
        formats=("json", "txt"),
        out=str(folder),
        asked_at=dt.datetime.now(dt.UTC),
    )
    found = {}
    with executor("local") as pool:
        for outcome in batch.run([replace(template, as_of=session) for session in sessions], pool):
            if outcome.state != "made":
                raise SystemExit(f"{outcome.job.as_of}: {outcome.error}")
            place = folder / report / outcome.job.as_of
            brief = json.loads((place / "brief.json").read_text(encoding="utf-8"))
            record = read_record(read_notebook(place / "notebook.ipynb"))
            ranked = [
                f.kind for f in sorted(record.findings, key=lambda f: f.rank) if f.kind in FAMILY
            ]
            brief["listed"] = record.context["list"]
            brief["top"] = list({FAMILY[kind]: kind for kind in reversed(ranked)}.values())[::-1]
            brief["top"] = sorted(brief["top"], key=ranked.index)[
                :3
            ]  # the best of each family: two of one cause are one piece of news
            told = [
                c["sentence"]
                for c in brief["claims"]
                if c["where"] in ("title", "key_points", "body")
            ]
            brief["words"] = len(
                " ".join(dict.fromkeys(told)).split()
            )  # of headline, key points and story
            found[outcome.job.as_of] = brief
    return found


def compare(story: Mapping[str, Any], brief: Mapping[str, Any], score: Score) -> None:
    """Add what the brief of a story's session states of its claims."""
    score.stories += 1
    theirs, ours = (
        FAMILY.get(story["lead"]["kind"], "direction"),
        FAMILY.get(brief["lead"]["kind"], "direction"),
    )
    tops = {FAMILY[kind] for kind in brief["top"]}
    score.families += theirs == ours
    score.top3 += theirs in tops
    score.instruments += story["lead"]["instrument"] in (brief["lead"]["instrument"], "BROAD")
    score.words.append(brief["words"])
    if theirs != ours:
        score.misses.append(
            f"{story['id']} lead {story['lead']['kind']} {story['lead']['instrument']}, ours"
            f" {brief['lead']['kind']} {brief['lead']['instrument']} (top"
            f" {', '.join(brief['top'])})"
        )
    by_instrument: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for claim in brief["claims"]:
        by_instrument[claim["instrument"]].append(claim)
    known = {fact["instrument"] for fact in brief["facts"].values()}
    for claim in story["claims"]:
        symbol = SYMBOLS.get(claim["instrument"], claim["instrument"])
        if not countable(claim, symbol, known, story) or contradicted(claim, symbol, brief):
            score.unsupported += 1
            continue
        tier = tier_of(claim, symbol)
        score.possible[tier] += 1
        candidates = [
            c for s in (INDEXES if symbol == "BROAD" else (symbol,)) for c in by_instrument[s]
        ]
        if any(states(ours, claim) for ours in candidates) or differs(candidates, claim):
            score.stated[tier] += 1
        else:
            score.misses.append(
                f"{story['id']} {tier} {symbol} {claim['kind']} {claim['window']}"
                f" {claim.get('cmp', '')} {claim['value']} {claim['unit']}:"
                f" {claim.get('detail', '')}"
            )


def countable(
    claim: Mapping[str, Any], symbol: str, known: set[str], story: Mapping[str, Any]
) -> bool:
    """Whether a brief of the close can state the claim.

    Verified against closes, of an instrument with data.
    """
    verified = claim["verified"] == "ok" or (
        claim["verified"].startswith("ok")
        and not story["intraday"]
        and "range" not in claim["verified"]
    )
    return verified and (symbol in known or symbol == "BROAD")


def contradicted(claim: Mapping[str, Any], symbol: str, brief: Mapping[str, Any]) -> bool:
    """Whether the record has the figure of the claim, and another value for it."""
    if claim["unit"] in ("flag", "rank", "date", "count"):
        return False
    figures = [
        fact
        for fact in brief["facts"].values()
        if fact["instrument"] == symbol
        and fact["window"] == claim["window"]
        and not isinstance(fact["value"], str)
        and fact["kind"] == claim["kind"]
        and same_kind(fact, claim)
    ]
    return bool(figures) and not any(states(fact, claim) for fact in figures)


def tier_of(claim: Mapping[str, Any], symbol: str) -> str:
    """The tier of a claim."""
    if symbol not in INDEXES:
        return "T4"
    return next((tier for tier, kinds in TIERS.items() if claim["kind"] in kinds), "T2")


def states(ours: Mapping[str, Any], claim: Mapping[str, Any]) -> bool:
    """Whether a claim of the brief states what the newsroom's does."""
    kind, value = claim["kind"], claim["value"]
    if isinstance(ours["value"], str):
        return (
            same_kind(ours, claim)
            and claim["unit"] == "date"
            and same_date(ours["value"], str(value), claim.get("cmp"))
        )
    if claim["unit"] in ("flag", "rank"):
        return flagged(ours, kind)
    if claim["unit"] == "date":
        return False
    return same_kind(ours, claim) and same_number(
        ours["value"] * HUNDRED.get(ours["unit"], 1.0), ours, claim
    )


def flagged(ours: Mapping[str, Any], kind: str) -> bool:
    """Whether a claim of the brief says that something is so."""
    if kind in ("correction", "bear", "bear_market"):
        return ours["kind"] == "drawdown_from_high" and ours["value"] <= (
            -0.1 if kind == "correction" else -0.2
        )
    if kind in ("sector_leader", "sector_laggard"):
        return ours["kind"] == "pct_change"
    return bool(ours["kind"] == kind)


def same_kind(ours: Mapping[str, Any], claim: Mapping[str, Any]) -> bool:
    """Whether kind, window and unit are the same thing."""
    kind, window = claim["kind"], claim["window"]
    if (ours["unit"] == "points") != (claim["unit"] == "points") and ours["unit"] != "date":
        return False
    if kind.startswith("streak"):
        return ours["kind"].removesuffix("_ended") == kind and window in (ours["window"], "")
    if kind in DAY_KINDS:
        same_day = (
            ours["window"] == window
            if window == "prior-day"
            else ours["window"] == "day" and window in ("day", "")
        )
        return ours["kind"] in ("pct_change", "point_change") and same_day
    return ours["kind"] in ALIKE.get(kind, (kind,)) and (
        kind != "level" or ours["unit"] in ("level", "money")
    )


def same_number(number: float, ours: Mapping[str, Any], claim: Mapping[str, Any]) -> bool:
    """Whether *number*, in the claim's unit, is what it says, within its rounding or its hedge."""
    value, within, hedge = float(claim["value"]), claim.get("tol", 0.005) + 1e-9, claim.get("cmp")
    if claim["unit"] in ("level", "points"):
        within += PRINTED  # levels are rounded by who prints them, a difference of two levels twice
    if (
        claim["kind"] in ("near_record", "drawdown_from_high", "mover", "point_change")
        or ours["kind"] == "near_record"
    ):
        number, value = abs(number), abs(value)
    if hedge in ("above", "below"):
        return (number - value) * (1 if hedge == "above" else -1) > 0
    if hedge == "at_least":
        return abs(number) >= abs(value) - within
    if hedge == "under":
        return abs(number) <= abs(value) + within
    if hedge == "about":
        within = max(within, ABOUT * abs(value), 0.5 if claim["unit"] == "pct" else 0.0)
    return abs(number - value) <= within


def same_date(ours: str, theirs: str, hedge: str | None) -> bool:
    """Whether a date is the one said, as far as it is said; "about" allows a fortnight."""
    if ours.startswith(theirs) or theirs.startswith(ours):
        return True
    if hedge == "at_least":
        return ours[: len(theirs)] <= theirs
    return (
        hedge == "about"
        and len(theirs) == 10
        and len(ours) == 10
        and abs((dt.date.fromisoformat(ours) - dt.date.fromisoformat(theirs)).days) <= 14
    )


def differs(candidates: Sequence[Mapping[str, Any]], claim: Mapping[str, Any]) -> bool:
    """Whether the brief states both levels if the claim gives their difference."""
    if claim["kind"] != "yield_change_bp":
        return False
    levels = {
        c["window"]: c["value"] * 10_000
        for c in candidates
        if c["kind"] == "yield_level" and not isinstance(c["value"], str)
    }
    both = {"day", "day-before"} <= set(levels)
    return (
        both
        and abs(levels["day"] - levels["day-before"] - claim["value"])
        <= claim.get("tol", 0.5) + 0.51
    )


def summary(score: Score, false: int) -> dict[str, Any]:
    """The figures of the benchmark."""
    shares = {
        tier: round(score.stated[tier] / score.possible[tier], 4) if score.possible[tier] else None
        for tier in ("T1", "T2", "T3", "T4")
    }
    return {
        **shares,
        "lead_family": round(score.families / score.stories, 4),
        "lead_top3": round(score.top3 / score.stories, 4),
        "lead_instrument": round(score.instruments / score.stories, 4),
        "false_claims": false,
        "words_median": median(score.words),
        "stories": score.stories,
        "unsupported": score.unsupported,
        "claims": dict(score.possible),
    }


def false_claims(briefs: Mapping[str, Mapping[str, Any]], data: str) -> Iterator[str]:
    """The claims of the briefs that an independent judge finds false.

    It recomputes them from the rows of the dataset *data*.
    """
    sys.path.append(str(ROOT / "tests" / "oracle"))
    from judge import Judge

    from reportgen.config.resources import SAMPLE

    folder = SAMPLE if data == "sample" else Path(data)
    for session, brief in briefs.items():
        judge = Judge(folder, dt.date.fromisoformat(session))
        judge.location = replace(judge.location, listed=brief["listed"])
        for claim in brief["claims"]:
            if why := judge.objection(claim):
                yield (
                    f"{session} FALSE {claim['instrument']} {claim['kind']}: {why} |"
                    f" {claim['text']} | {claim['sentence']}"
                )


if __name__ == "__main__":
    main()
