"""Market recaps from notebooks.

Every number traced to the cell that computed it, and checked before it leaves.

From Python: :func:`run` makes a brief, :func:`render` tells it again, :func:`check` judges it,
:func:`audit` computes its facts again from the data, :func:`read_brief` reads it. Their errors are
all a :class:`ReportgenError`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from reportgen.renamed import OldNames

__version__ = "0.2.0"

if TYPE_CHECKING:
    from reportgen.api import audit, check, read_brief, render, run
    from reportgen.core.errors import (
        DataError,
        DeliveryError,
        ExecutionError,
        FactCheckError,
        Held,
        NarrativeError,
        RecordError,
        RenderError,
        ReportgenError,
        RequestError,
        SealError,
        SettingsError,
    )
    from reportgen.core.facts import Fact, Finding
    from reportgen.rendering.brief import Brief
    from reportgen.verify.audit import Audit
    from reportgen.verify.factcheck import Check
    from reportgen.verify.gate import Verdict

sys.meta_path.insert(0, OldNames())

_PLACES = {
    "reportgen.api": ("audit", "check", "read_brief", "render", "run"),
    "reportgen.verify.audit": ("Audit",),
    "reportgen.verify.factcheck": ("Check",),
    "reportgen.verify.gate": ("Verdict",),
    "reportgen.core.errors": (
        "DataError",
        "DeliveryError",
        "ExecutionError",
        "FactCheckError",
        "Held",
        "NarrativeError",
        "RecordError",
        "RenderError",
        "ReportgenError",
        "RequestError",
        "SealError",
        "SettingsError",
    ),
    "reportgen.core.facts": ("Fact", "Finding"),
    "reportgen.rendering.brief": ("Brief",),
}
"""Where each name is. It is imported when it is first asked for: most commands need few of them."""
__all__ = [
    "Audit",
    "Brief",
    "Check",
    "DataError",
    "DeliveryError",
    "ExecutionError",
    "Fact",
    "FactCheckError",
    "Finding",
    "Held",
    "NarrativeError",
    "RecordError",
    "RenderError",
    "ReportgenError",
    "RequestError",
    "SealError",
    "SettingsError",
    "Verdict",
    "__version__",
    "audit",
    "check",
    "read_brief",
    "render",
    "run",
]


def __getattr__(name: str) -> Any:
    """The public *name*, imported now."""
    from importlib import import_module

    for place, names in _PLACES.items():
        if name in names:
            return getattr(import_module(place), name)
    raise AttributeError(f"module 'reportgen' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
