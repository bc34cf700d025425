"""All that a report's notebook imports.

``from reportgen.authoring import charts, news, open_desk`` is its first line.
Each is imported when it is first asked for: a chart needs no desk.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reportgen.authoring import charts, measures, news, tables
    from reportgen.authoring.desk import Desk, open_desk
    from reportgen.statistics import seasons

__all__ = ["Desk", "charts", "measures", "news", "open_desk", "seasons", "tables"]

_PLACES = {
    "news": "reportgen.authoring.news",
    "measures": "reportgen.authoring.measures",
    "charts": "reportgen.authoring.charts",
    "tables": "reportgen.authoring.tables",
    "seasons": "reportgen.statistics.seasons",
}


def __getattr__(name: str) -> Any:
    """The public *name*, imported now."""
    if name in _PLACES:
        return import_module(_PLACES[name])
    if name in __all__:
        return getattr(import_module("reportgen.authoring.desk"), name)
    raise AttributeError(
        f"module 'reportgen.authoring' has no attribute '{name}'",
    )
