"""brief.json.

What the brief states, each claim with its fact, and all facts with
where they come from.
"""

from __future__ import annotations

import json
from typing import Any

from reportgen.core.facts import Fact
from reportgen.record.record import Record
from reportgen.rendering.brief import Brief, Rendering
from reportgen.story.citations import Runs, sentences, text_of

SCHEMA = "reportgen.brief/1"
STATED = {
    "title": "title",
    "key_points": "key_points",
    "body": "body",
    "table": "table",
    "column": "table",
    "caption": "caption",
    "alt": "caption",
    "label": "caption",
}
"""Where a line of the narrative stands in the words of the schema."""


def claims(brief: Brief) -> list[dict[str, Any]]:
    """Every fact that a line of the brief states, in order, with its sentence."""
    found: list[dict[str, Any]] = []
    for where, runs in brief.narrative.texts():
        if where in STATED:
            for sentence in sentences(runs):
                found += _claims_of(STATED[where], sentence, brief.record)
    return found


def _claims_of(
    where: str,
    sentence: Runs,
    record: Record,
) -> list[dict[str, Any]]:
    text = text_of(sentence).strip()
    cited = [(run.text, record.facts[run.ref]) for run in sentence if run.is_fact]
    return [
        {"text": words, "sentence": text, "where": where, **_origin(fact)} for words, fact in cited
    ]


def _origin(fact: Fact) -> dict[str, Any]:
    return {
        "instrument": fact.instrument,
        "kind": fact.kind,
        "window": fact.window,
        "value": fact.value,
        "unit": str(fact.unit),
        **({"currency": fact.currency} if fact.currency else {}),
        "since": fact.since,
        **({"label": fact.label} if fact.label else {}),
        **({"evidence": fact.proofs} if fact.evidence else {}),
        "fact": fact.id,
        "cell": fact.cell,
    }


def document(brief: Brief) -> dict[str, Any]:
    """The whole of brief.json as data."""
    record = brief.record
    lead = record.lead
    moment = record.context["moment"]
    return {
        "schema": SCHEMA,
        "report": brief.report,
        "session": moment["session"],
        "as_of": moment["at"],
        "state": moment["state"],
        "title": brief.headline,
        "lead": {"kind": lead.kind, "instrument": lead.instrument},
        "verdict": brief.verdict,
        **({"private": True} if "holdings" in record.context else {}),
        "gaps": list(brief.gaps),
        "claims": claims(brief),
        "facts": {id: {**f.payload(), "cell": f.cell} for id, f in sorted(record.facts.items())},
        "provenance": {
            "dataset": record.context["dataset"],
            "notice": record.context["notice"],
            "files": record.context["manifest"],
            "sources": record.context["sources"],
        },
        **({"fact_checked": False, "values": dict(record.values)} if record.plain else {}),
        **({"correction": record.context["correction"]} if "correction" in record.context else {}),
    }


def render(brief: Brief) -> Rendering:
    """The JSON file."""
    data = json.dumps(document(brief), indent=1, sort_keys=False, ensure_ascii=False) + "\n"
    return Rendering(
        name="brief.json",
        data=data.encode(),
    )
