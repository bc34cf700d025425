"""One run: its report, its request, and the record that its notebook leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reportgen.record.record import Record, read_record

__all__ = ["Record", "read_record"]


def __getattr__(name: str) -> Any:
    """The public *name*, imported now: a report alone needs no record."""
    if name in __all__:
        from reportgen.record import record

        return getattr(record, name)
    raise AttributeError(f"module 'reportgen.record' has no attribute '{name}'")
