"""The check of brief.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reportgen.record.record import Record
from reportgen.story.citations import sentences, text_of
from reportgen.story.model import Narrative
from reportgen.verify import gate
from reportgen.verify.factcheck import Check


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
        **({"private": True} if "holdings" in record.context else {}),
        "claims": _claims(narrative, record),
        "facts": {id: {**f.payload(), "cell": f.cell} for id, f in sorted(record.facts.items())},
        **({"fact_checked": False, "values": dict(record.values)} if record.plain else {}),
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
                            "label",
                            "evidence",
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
