"""The last word: send, send with its gaps named, or hold; in doubt, hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from reportgen.core.errors import line_of
from reportgen.record.edits import FILE
from reportgen.record.record import Gap, Record
from reportgen.record.request import Policy
from reportgen.verify.vouching import standing

CITED = ", but for the sentences with cited figures"
"""What is checked of a notebook without a story that records facts."""
RUNNING = " during the session"
"""What follows a symbol in the sources of a record, where its level is of a running session."""


class Verdict(StrEnum):
    """What may be done with a brief."""

    SEND = "send"
    DEGRADED = "degraded"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict, the gaps that the brief names, and why.

    A line for each thing that a person can act on.
    """

    verdict: Verdict
    gaps: tuple[str, ...]
    reasons: tuple[str, ...]
    kept_out: tuple[str, ...] = ()
    """What a check keeps out of the data, where no gap comes of it."""


def rule(record: Record, policy: Policy) -> Ruling:
    """HOLD where what the report needs is missing, or too much else is.

    DEGRADED where anything is; else SEND.
    """
    found = record.gaps
    gaps = tuple(dict.fromkeys(gap.name for gap in found))
    reasons = tuple(dict.fromkeys(reason for gap in found for reason in gap.reasons))
    held = tuple(_holding(record, policy, found))
    out = tuple(_kept_out(record, reasons))
    if held:
        return Ruling(Verdict.HOLD, gaps, tuple(dict.fromkeys((*held, *reasons))), out)
    return Ruling(Verdict.DEGRADED if gaps else Verdict.SEND, gaps, reasons, out)


def _kept_out(record: Record, reasons: Sequence[str]) -> Iterator[str]:
    """What a check keeps out and no reason tells, such as a stock that is not followed yet."""
    told = " ".join(reasons)
    for name, why in record.context.get("kept_out", {}).items():
        if why not in told:
            yield f"{name}: {why}"


def _holding(
    record: Record,
    policy: Policy,
    gaps: Sequence[Gap],
) -> Iterator[str]:
    """Why the record cannot carry a brief, reason by reason."""
    yield from (gap.reasons[0] for gap in gaps if gap.required)
    needed = {s.name for s in record.sections if s.required}
    if not needed:
        yield "no required section was run"
    elif not any(finding.section in needed for finding in record.findings):
        yield (
            f"{', '.join(sorted(needed))}: nothing was found; the history is"
            " too short for this report"
        )
    for symbol, least in policy.agree.items():
        if record.context.get("agreeing", {}).get(symbol, 1) < least:
            yield (
                f"{symbol}: fewer than {least} sources tell its newest close"
                f" alike; reportgen fetch {symbol}, or ask less in [gate] of"
                " the report"
            )
    yield from (gap.reasons[0] for gap in gaps if gap.section and gap.section in policy.needed)
    ran = {section.name for section in record.sections}
    yield from (
        f"{name}: [gate] of report.toml needs this section, and the notebook did not run it"
        for name in policy.needed
        if name not in ran
    )
    counted = list(dict.fromkeys(gap.name for gap in gaps if not gap.declared))
    if len(counted) > policy.most_gaps:
        most = f"at most {policy.most_gaps} may be"
        yield f"{len(counted)} parts are missing, and {most}: {'; '.join(counted)}"
    yield from (
        f"the chart '{name}'{_section_of(chart)} shows nothing; its data have no bar, and no line"
        " of two points"
        for name, chart in record.charts.items()
        if blank(chart["spec"])
    )
    if len(record.charts) < policy.charts:
        yield f"there are {len(record.charts)} charts, and at least {policy.charts} were expected"


def _section_of(chart: Mapping[str, Any]) -> str:
    """The section that recorded *chart*, in words."""
    return f" of section '{chart['section']}'" if chart.get("section") else ""


def blank(spec: Mapping[str, Any]) -> bool:
    """Whether a chart is empty: no bar or cell, or no line of two points.

    A row of one value is a rule across the picture, and no mark.
    """
    most = 0
    for rows in _tables(spec):
        marks = {str(row) for row in rows if len(row) > 1}
        most = max(most, len(marks))
    return most < (2 if _line(spec) else 1)


def _line(part: Any) -> bool:
    """Whether a chart draws a line or an area somewhere."""
    if isinstance(part, list):
        return any(map(_line, part))
    if not isinstance(part, Mapping):
        return False
    mark = part.get("mark")
    kind = mark.get("type") if isinstance(mark, Mapping) else mark
    return kind in ("line", "area") or any(
        _line(value) for name, value in part.items() if name not in ("data", "datasets")
    )


def _tables(part: Any) -> Iterator[Sequence[Any]]:
    """The data tables in a chart: those below "data" and below "datasets"."""
    if isinstance(part, list):
        for value in part:
            yield from _tables(value)
    elif isinstance(part, Mapping):
        data = part.get("data")
        if isinstance(data, Mapping) and isinstance(data.get("values"), list):
            yield data["values"]
        yield from (rows for rows in part.get("datasets", {}).values() if isinstance(rows, list))
        for name, value in part.items():
            if name not in ("data", "datasets"):
                yield from _tables(value)


def oversized(sizes: Mapping[str, int], policy: Policy) -> list[str]:
    """A reason for each finished file that is empty or larger than *policy* allows."""
    found = []
    for name, size in sizes.items():
        most = policy.sizes.get(name.rpartition(".")[2], 0)
        if not size or (most and size > most):
            found.append(
                f"{name} has {size:,} bytes, and {most:,} at most are expected"
                if size
                else f"{name} is empty"
            )
    return found


def unpublishable(record: Record) -> list[str]:
    """A reason for every source of *record* that may not be published, with its series.

    Not for one of series that were there, but that the report does not list and no fact rests on.
    """
    told = record.context["sources"]
    listed = {row["symbol"] for row in record.context.get("listed", ())} or set(told)
    cited = {part for fact in record.facts.values() for part in fact.source.split(" and ")}
    found = []
    for source, terms in sorted(record.context.get("restricted", {}).items()):
        parts = {source, *source.split(" and ")}
        series = [name for name, by in sorted(told.items()) if parts & {by, *by.split(" and ")}]
        used = listed & {name.removesuffix(RUNNING) for name in series} or parts & cited
        if used or not series:
            found.append(
                f"{source} may not be published ({terms}){': ' if series else ''}"
                f"{', '.join(series)}; use another source, or leave out --profile publish"
            )
    return found


def verdict_of(page: bytes) -> Verdict | None:
    """The verdict on the gate's own *page*; None where it has none."""
    words = page.decode("utf-8", "replace").split()
    return next(
        (verdict for verdict in Verdict if words[:2] == ["VERDICT", verdict.upper()]),
        None,
    )


def _statements(record: Record) -> Iterator[str]:
    """Who answers for each cause, and for what editors quote: name, day, words, source."""
    for item in record.commentary.values():
        if item["topic"] != "driver" and item["source"] != FILE and not item.get("about"):
            continue
        names = (item["speaker"], item["title"], item["firm"])
        where = ", ".join(filter(None, (item["source"], item.get("where"))))
        clause = f' / "{item["clause"]}"' if item.get("clause") else ""
        about = f" on {item['about']}" if item.get("about") else ""
        who = ", ".join(filter(None, names))
        yield line_of(f'- {who}, {item["date"]}{about}: "{item["text"]}"{clause} ({where})')


def _well(record: Record | None) -> str:
    """What the page of a brief says that has no gap."""
    if record is not None and record.plain:
        return "nothing is missing"
    return "nothing is missing, and every statement is borne out"


def unchecked(record: Record) -> str:
    """What of a brief is not checked, in words; "" for one with a story."""
    if not record.plain:
        return ""
    return f"Not fact-checked: what {record.context['plain']} shows{CITED if record.facts else ''}"


def _vouched(record: Record) -> Iterator[str]:
    """Who vouches for which words of the story and of the notebook, a line each."""
    for said, who in standing(record.templates).vouched:
        yield f'- {who.by}, {who.on}: "{said.words}" ({said.name}:{said.line})'
    for text, by in record.vouched.items():
        yield line_of(f'- {by}: "{text}" (notebook)')


def page(ruling: Ruling, record: Record | None, about: Mapping[str, str]) -> str:
    """The gate's page: verdict, reasons, data sources, who vouched, accepted findings."""
    lines = [
        f"VERDICT  {ruling.verdict.upper()}",
        *([f"note     {unchecked(record)}"] if record is not None and record.plain else []),
        *(f"{name:<9}{value}" for name, value in about.items()),
        "",
    ]
    lines += [
        "Reasons",
        *(f"- {line_of(reason)}" for reason in ruling.reasons or (_well(record),)),
        "",
    ]
    if ruling.kept_out:
        lines += ["Kept out by a check, and not needed", *map("- {}".format, ruling.kept_out), ""]
    if record is not None:
        by_source: dict[str, list[str]] = {}
        for name, source in sorted(record.context["sources"].items()):
            by_source.setdefault(source, []).append(name)
        lines += [
            "Sources",
            *(f"- {source}: {', '.join(names)}" for source, names in sorted(by_source.items())),
            "",
        ]
        if told := [*_vouched(record)]:
            lines += ["Words", *told, ""]
        if said := list(_statements(record)):
            lines += ["Statements", *said, ""]
        if later := record.context.get("later"):
            lines += ["Fetched after the moment", f"- {', '.join(later)}", ""]
        if record.context.get("accepted"):
            lines += [
                "Accepted",
                *(
                    f"- {a['symbol']} {a['day']}: {a['check']}: {a['reason']} ({a['person']})"
                    for a in record.context["accepted"]
                ),
                "",
            ]
    return "\n".join(lines)
