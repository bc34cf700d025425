"""The last word: send, send with its gaps named, or hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reportgen.record import Record


class Verdict(StrEnum):
    """What may be done with a brief."""

    SEND = "send"
    DEGRADED = "degraded"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict and the gaps it rests on."""

    verdict: Verdict
    gaps: tuple[str, ...]
    reasons: tuple[str, ...]


def rule(record: Record) -> Ruling:
    """HOLD where a required section failed or none of them found anything, DEGRADED where another did, else SEND."""
    gaps = tuple(s.name for s in record.failed)
    required = tuple(f"{s.name}: {s.error}" for s in record.failed if s.required)
    if not any(s.required for s in record.sections):
        required = ("no required section was run",)
    needed = {s.name for s in record.sections if s.required}
    if not required and not any(finding.section in needed for finding in record.findings):
        required = (f"{', '.join(sorted(needed))}: nothing was found; the history is too short for this report",)
    if required:
        return Ruling(Verdict.HOLD, gaps, required)
    return Ruling(Verdict.DEGRADED if gaps else Verdict.SEND, gaps, tuple(f"{s.name}: {s.error}" for s in record.failed))
