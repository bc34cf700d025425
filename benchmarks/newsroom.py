"""What newsrooms stated on a day, held against what the daily recap of that session states.

``newsroom.py STORIES.json --data DATASET [--json FILE] [--report NAME] [--only ID ...]`` prints
every miss on a line, then the figures, of all stories, or of those with ids that begin with the
given text. T1 to T4 are the shares of the newsroom's verified claims that the brief states, by tier
(figures of the day; structure such as records and superlatives; week, month and year; rates,
volatility, oil, bitcoin, sectors and stocks), ``lead_family`` the share of leads of the same
family, ``lead_top3`` of the newsroom's among the families of our three top findings.

No weight is fitted to stories: the rules, and the tables [weights] of the ``beat.toml`` files, are
written by hand. So nothing is fitted without a month and measured on it: each month counts as held
out when it is measured. ``without_a_month`` is how far the figures of the leads move where the
stories of one calendar month are left out: the lowest and the highest. But who wrote the rules may
have read these stories; only stories that were kept apart say how well the rules hold.

Claims count that were verified against closes, of instruments that the brief's record has levels
of.

A story with a ``market`` ("London") is compared with the recap of the market in that time zone,
made from ``markets/*.toml``. One that tells of several exchanges ("World") is
held claim by claim against the recap of the market that lists the index. There the figures of the
data are given twice: ``T1`` and ``T2`` are of the claims that the data support, ``all`` of every
verified claim of an index. The data support a claim if they have the closes of the session and of
the one before, and if the figure of a day, computed from them, is the one that was printed: a
source with one decimal supports no level with two (:func:`unsupported`). They support no
comparison with a day before a session that they lack. At home they do not
support one that a figure of the record contradicts (:func:`contradiction`).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

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
    "prior_record": ("record_close",),
    "ytd_change": ("ytd_change", "year_change"),
    "year_change": ("ytd_change", "year_change"),
}
"""Our kinds that state what a newsroom's kind does."""
RECAP = "daily-recap"
DAYS = ("day", "prior-day")
SPANS = {"months": 1, "years": 12}
LACKS = re.compile(r"\bgap: |the newest close is of ")
"""What an error says of a required index that lacks the close of a session."""
PRINTED = 0.0101
ABOUT = 0.15
"""The part of a figure by which "about" may be off."""


class Lead(NamedTuple):
    """How our lead compares with a newsroom's, and the month of both."""

    month: str
    lead_family: bool
    lead_top3: bool


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
    misses: list[str] = field(default_factory=list)
    beyond: list[str] = field(default_factory=list)
    """Claims that the data do not support, each with why."""
    leads: list[Lead] = field(default_factory=list)


class Place(NamedTuple):
    """A recap of one session: the report and the day."""

    report: str
    session: str


def main() -> None:
    """Run the recaps, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stories", type=Path)
    parser.add_argument("--data", required=True)
    parser.add_argument("--report", default="daily-recap")
    parser.add_argument("--json", type=Path, help="where the figures go")
    parser.add_argument("--only", nargs="+", default=[], help="the ids of stories, or their starts")
    given = parser.parse_args()
    stories = [
        story
        for story in json.loads(given.stories.read_text(encoding="utf-8"))
        if not given.only or story["id"].startswith(tuple(given.only))
    ]
    if not stories:
        parser.error(f"no story's id begins with {' or '.join(given.only)}")
    with tempfile.TemporaryDirectory(prefix="newsroom-") as folder:
        data = given.data if given.data == "sample" else str(Path(given.data).resolve())
        desks = desks_in(Path(folder)) if any("market" in story for story in stories) else Desks()
        wanted = {place for story in stories for place in desks.places(story, given.report)}
        briefs, lost = made(sorted(wanted), data, Path(folder))
        score = Score()
        for story in stories:
            compare(story, Told(story, desks, given.report, briefs, lost, data), score)
        false = list(false_claims(briefs, data))
    figures = summary(score, len(false))
    print("\n".join([*score.misses, *score.beyond, *false]))
    print(json.dumps(figures, indent=1))
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Desks:
    """The reports of other markets."""

    by_name: Mapping[str, str] = field(default_factory=dict)
    """The report of a market by the first word of its time: "London"."""
    by_index: Mapping[str, str] = field(default_factory=dict)
    """The report of the market that lists an index."""

    def report(self, story: Mapping[str, Any], symbol: str, base: str) -> str | None:
        """The report that could state a claim of *symbol*; None where no market lists it."""
        if "market" not in story:
            return base
        return self.by_name.get(story["market"]) or self.by_index.get(symbol)

    def places(self, story: Mapping[str, Any], base: str) -> set[Place]:
        """The recaps that a story is held against."""
        symbols = {claim["instrument"] for claim in story["claims"]}
        reports = {self.report(story, symbol, base) for symbol in symbols}
        return {Place(one, story["session"]) for one in reports if one}


def desks_in(folder: Path) -> Desks:
    """Write a desk with a recap of every market into *folder*, and work there."""
    from reportgen.markets import market, market_names

    (folder / "reportgen.toml").write_text("", encoding="utf-8")
    by_name, by_index = {}, {}
    for name in market_names():
        spec, report = market(name), f"{name}-close"
        lines = (f'title = "{spec.name}"', f'market = "{name}"', f'like = "{RECAP}"', "")
        place = folder / "reports" / report
        place.mkdir(parents=True)
        (place / "report.toml").write_text("\n".join(lines), encoding="utf-8")
        by_name.setdefault(spec.zone_label.split()[0], report)
        by_index |= {symbol: report for symbol in spec.symbols if symbol not in by_index}
    os.environ["REPORTGEN_CONFIG"] = str(folder / "reportgen.toml")
    return Desks(by_name, by_index)


class Told:
    """What the recaps of a story's session state of it."""

    def __init__(
        self,
        story: Mapping[str, Any],
        desks: Desks,
        base: str,
        briefs: Mapping[Place, Mapping[str, Any]],
        lost: Mapping[Place, str],
        data: str,
    ) -> None:
        self._desks, self._story, self._base, self._data = desks, story, base, data
        self._lost = lost
        self._briefs = {
            place.report: brief
            for place, brief in briefs.items()
            if place.session == story["session"]
        }
        self.world = "market" in story
        one = story["market"] in desks.by_name if self.world else True
        found = self._briefs.get(desks.report(story, "", base) or "") if one else None
        self.lead: Mapping[str, Any] | None = found
        """The recap of the story's own market, to compare the leads; None without one."""
        self._rows: dict[str, Any] = {}

    def brief(self, symbol: str) -> Mapping[str, Any] | None:
        """The recap that could state a claim of *symbol*."""
        return self._briefs.get(self._desks.report(self._story, symbol, self._base) or "")

    def unsupported(self, claim: Mapping[str, Any], symbol: str) -> str | None:
        """Why the data cannot support a claim of another market; None where they can.

        A proof's rows are asked, not the brief: the closes of the session and of the one before
        have to be there, and a figure of a day has to be the one that was printed.
        """
        report = self._desks.report(self._story, symbol, self._base)
        if report is None:
            return None
        brief = self.brief(symbol)
        if brief is None:
            return self._lost.get(Place(report, self._story["session"]))
        if report not in self._rows:
            day = dt.date.fromisoformat(self._story["session"])
            self._rows[report] = judge(brief, self._data, day)
        rows = self._rows[report]
        if lack := _lack(claim, symbol, rows, self._story["session"]):
            return lack
        _, values = rows.closes(symbol)
        if claim["window"] not in DAYS or claim["kind"] not in ("level", *DAY_KINDS):
            return finer(claim, symbol) if claim["kind"] == "record_intraday" else None
        end = len(values) - 1 - DAYS.index(claim["window"])
        last, before = values[end], values[end - 1]
        if claim["kind"] == "level":
            found, unit = last, "level"
        elif claim["unit"] == "points":
            found, unit = last - before, "points"
        else:
            found, unit = 100 * (last / before - 1), "pct"
        ours = {"kind": claim["kind"], "unit": unit}
        return None if same_number(found, ours, claim) else f"by the data it is {found:.2f}"


def _lack(claim: Mapping[str, Any], symbol: str, rows: Any, session: str) -> str | None:
    """What closes the *rows* lack to support a claim of *symbol*; None for nothing."""
    try:
        days, _ = rows.closes(symbol)
    except LookupError as error:
        return str(error)
    if days[-1].isoformat() != session:
        return f"its last close at that moment is of {days[-1]}"
    first = rows.unbroken(symbol)[0][0]
    behind = _reaches_behind(claim, first, rows.began(symbol))
    return f"closes are missing before {first}" if behind else None


def _reaches_behind(claim: Mapping[str, Any], first: dt.date, began: dt.date | None) -> bool:
    """Whether a claim compares a day with one before the day *first*, the end of a hole."""
    if claim["kind"].endswith("_since") and claim["unit"] == "date":
        return str(claim["value"]) < first.isoformat()[: len(str(claim["value"]))]
    return claim["kind"].endswith("_ever") and (began is None or began < first)


def made(
    places: Sequence[Place], data: str, folder: Path
) -> tuple[dict[Place, dict[str, Any]], dict[Place, str]]:
    """brief.json of every recap, with the kinds of its three top findings as "top".

    And those of other markets that could not be made because the data lack a close, with the
    error.
    """
    from reportgen.produce import batch
    from reportgen.produce.executors import executor
    from reportgen.produce.telling import read_notebook
    from reportgen.record.record import read_record

    jobs = [
        batch.Job(
            report=place.report,
            as_of=place.session,
            data=data,
            parameters={},
            formats=("json", "txt"),
            out=str(folder / "out"),
            asked_at=dt.datetime.now(dt.UTC),
        )
        for place in places
    ]
    found, lost = {}, {}
    with executor("local") as pool:
        for outcome in batch.run(jobs, pool):
            place = Place(outcome.job.report, outcome.job.as_of)
            if outcome.state != "made":
                why = str(outcome.error)
                print(f"{place.report} {place.session}: {why}", file=sys.stderr)
                if LACKS.search(why):
                    lost[place] = why
                elif place.report == RECAP:
                    raise SystemExit(1)
                continue
            made_in = folder / "out" / place.report / place.session
            brief = json.loads((made_in / "brief.json").read_text(encoding="utf-8"))
            record = read_record(read_notebook(made_in / "notebook.ipynb"))
            ranked = [
                f.kind for f in sorted(record.findings, key=lambda f: f.rank) if f.kind in FAMILY
            ]
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
            brief["listed"] = record.context["list"]
            brief["spec"] = record.market.payload()
            brief["untold"] = [row["symbol"] for one in record.sections for row in one.missing]
            found[place] = brief
    return found, lost


def compare(story: Mapping[str, Any], told: Told, score: Score) -> None:
    """Add what the recaps of a story's session state of its claims."""
    if told.lead is not None:
        compare_leads(story, told.lead, score)
    for claim in story["claims"]:
        symbol = SYMBOLS.get(claim["instrument"], claim["instrument"])
        brief = told.brief(symbol)
        known = {fact["instrument"] for fact in brief["facts"].values()} if brief else set()
        if not countable(claim, symbol, {*known, symbol} if told.world else known, story):
            continue
        tier = tier_of(claim, symbol)
        candidates = [
            {**one, "session": story["session"]}
            for one in (brief["claims"] if brief else ())
            if one["instrument"] in (INDEXES if symbol == "BROAD" else (symbol,))
        ]
        stated = any(states(ours, claim) for ours in candidates) or differs(candidates, claim)
        line = (
            f"{story['id']} {tier} {symbol} {claim['kind']} {claim['window']}"
            f" {claim.get('cmp', '')} {claim['value']} {claim['unit']}:"
            f" {claim.get('detail', '')}"
        )
        score.possible[f"all {tier}"] += 1
        score.stated[f"all {tier}"] += stated
        if not stated:
            why = told.unsupported(claim, symbol) if told.world else contradiction(claim, brief)
            if why:
                score.beyond.append(f"{line} | not supported: {why}")
                continue
        score.possible[tier] += 1
        score.stated[tier] += stated
        if not stated:
            score.misses.append(f"{line}{nearest(candidates, claim)}")


def contradiction(claim: Mapping[str, Any], brief: Mapping[str, Any] | None) -> str | None:
    """What the record says against a figure of a claim: newsrooms quote a yield of another hour."""
    if brief is None or claim["unit"] in ("flag", "rank", "date", "count"):
        return None
    symbol = SYMBOLS.get(claim["instrument"], claim["instrument"])
    figures = [
        fact
        for fact in brief["facts"].values()
        if (fact["instrument"], fact["window"]) == (symbol, claim["window"])
        and claim["kind"] in (fact["kind"], *(DAY_KINDS if fact["kind"] == "pct_change" else ()))
        and not isinstance(fact["value"], str)
        and same_kind(fact, claim)
    ]
    wrong = figures and not any(states(fact, claim) for fact in figures)
    return f"by the data it is {figures[0]['value']}" if wrong else None


def nearest(candidates: Sequence[Mapping[str, Any]], claim: Mapping[str, Any]) -> str:
    """What the brief states of that kind instead, for the line of a miss."""
    found = [f"{c['value']} ({c['window']})" for c in candidates if c["kind"] == claim["kind"]]
    return f" | ours {', '.join(dict.fromkeys(found))}" if found else ""


def compare_leads(story: Mapping[str, Any], brief: Mapping[str, Any], score: Score) -> None:
    """Add how the lead of a brief compares with that of a story."""
    score.stories += 1
    theirs, ours = (
        FAMILY.get(story["lead"]["kind"], "direction"),
        FAMILY.get(brief["lead"]["kind"], "direction"),
    )
    tops = {FAMILY[kind] for kind in brief["top"]}
    score.leads.append(Lead(story["session"][: len("2024-12")], theirs == ours, theirs in tops))
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


def tier_of(claim: Mapping[str, Any], symbol: str) -> str:
    """The tier of a claim."""
    if symbol not in INDEXES and not is_index(symbol):
        return "T4"
    return next((tier for tier, kinds in TIERS.items() if claim["kind"] in kinds), "T2")


def finer(claim: Mapping[str, Any], symbol: str) -> str | None:
    """Why a level is told with more decimals than the data have of the index."""
    from reportgen.markets.instruments import registry

    places = registry()[symbol].decimals
    within = claim.get("tol", 0.005) + PRINTED
    fits = abs(round(float(claim["value"]), places) - float(claim["value"])) <= within
    return None if fits else f"the data have {places} decimal of it"


def is_index(symbol: str) -> bool:
    """Whether a symbol is an index that some market lists, or another stock index of a place."""
    from reportgen.markets.instruments import registry

    found = registry().get(symbol)
    return found is not None and found.kind == "index" and found.calendar != "XNYS"


def states(ours: Mapping[str, Any], claim: Mapping[str, Any]) -> bool:
    """Whether a claim of the brief states what the newsroom's does."""
    kind, value = claim["kind"], claim["value"]
    if isinstance(ours["value"], str):
        if claim["unit"] in SPANS and same_kind(ours, claim):
            return spans(ours, claim)
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


def spans(ours: Mapping[str, Any], claim: Mapping[str, Any]) -> bool:
    """Whether a date lies as many whole months or years before the session, or farther."""
    then, now = dt.date.fromisoformat(ours["value"]), dt.date.fromisoformat(ours["session"])
    months = 12 * (now.year - then.year) + now.month - then.month - (now.day < then.day)
    return months // SPANS[claim["unit"]] == claim["value"]


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

    def shares(prefix: str) -> dict[str, float | None]:
        return {
            tier: round(score.stated[prefix + tier] / possible, 4) if possible else None
            for tier in ("T1", "T2", "T3", "T4")
            for possible in (score.possible[prefix + tier],)
        }

    return {
        **shares(""),
        "all": shares("all "),
        "lead_family": round(score.families / score.stories, 4),
        "lead_top3": round(score.top3 / score.stories, 4),
        "without_a_month": without_a_month(score.leads),
        "lead_instrument": round(score.instruments / score.stories, 4),
        "false_claims": false,
        "words_median": median(score.words),
        "stories": score.stories,
        "claims": dict(score.possible),
    }


def without_a_month(leads: Sequence[Lead]) -> dict[str, list[float]]:
    """The lowest and the highest figure of the leads where one calendar month is left out."""
    left = [
        [lead for lead in leads if lead.month != month] for month in {one.month for one in leads}
    ]
    left = [rest for rest in left if rest]
    found = {}
    for name in ("lead_family", "lead_top3"):
        shares = [round(sum(getattr(one, name) for one in rest) / len(rest), 4) for rest in left]
        found[name] = [min(shares), max(shares)] if shares else []
    return found


def judge(brief: Mapping[str, Any], data: str, session: dt.date) -> Any:
    """The independent judge of a brief, which reads the rows of the dataset *data* again."""
    sys.path.append(str(ROOT / "tests" / "oracle"))
    from judge import Judge

    from reportgen.config.resources import SAMPLE
    from reportgen.verify.rows import Location

    folder = SAMPLE if data == "sample" else Path(data)
    untold, listed = frozenset(brief["untold"]), brief["listed"]
    location = Location(path=folder, untold=untold, listed=listed)
    return Judge(location, session, market=brief["spec"])


def false_claims(briefs: Mapping[Place, Mapping[str, Any]], data: str) -> Iterator[str]:
    """The claims of the briefs that an independent judge finds false."""
    for place, brief in briefs.items():
        judged = judge(brief, data, dt.date.fromisoformat(place.session))
        for claim in brief["claims"]:
            if why := judged.objection(claim):
                yield (
                    f"{place.report} {place.session} FALSE {claim['instrument']} {claim['kind']}:"
                    f" {why} | {claim['text']} | {claim['sentence']}"
                )


if __name__ == "__main__":
    main()
