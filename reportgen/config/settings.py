"""What an installation, rather than a report, decides: one frozen object."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from reportgen.config.sealing import Sealing


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of one installation, each with the default of the trade."""

    paper: Literal["us-letter", "a4"] = "us-letter"
    sender: str = "Market desk <brief@reportgen.example>"
    recipient: str = "Readers <readers@reportgen.example>"
    engine: Literal["reportgen", "nbclient"] = "reportgen"
    """What runs notebooks: a forked child, or papermill's stock engine."""
    cell_timeout: int = 120
    """Seconds one cell may take."""
    run_timeout: int = 600
    """Seconds a whole notebook may take."""
    profile: Literal["internal", "publish"] = "internal"
    """Who reads a brief.

    "publish" holds what rests on a source with a licence that keeps it
    from the public.
    """
    sealing: Sealing = field(default_factory=Sealing)
    """How briefs are sealed, and what a seal has to show."""
    page_url: str | None = None
    """Where the page will be read, {report} and {label} for the brief's.

    The email links it when it is set.
    """

    def page_of(self, report: str, label: str) -> str:
        """The future page of the brief *label* of *report*; "" if unknown."""
        return (self.page_url or "").replace("{report}", report).replace("{label}", label)
