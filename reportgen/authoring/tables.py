"""Display tables: rows of facts by id, so that a table prints facts alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.beats.measure import Measure, moved
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Track
from reportgen.markets.calendar import STARTS
from reportgen.statistics import returns

SPARK_SESSIONS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One instrument: the facts of its cells, and the levels of its sparkline."""

    instrument: str
    cells: dict[str, str]
    spark: tuple[float, ...]
    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A named table."""

    name: str
    rows: tuple[Row, ...]


def strip(
    tracks: Sequence[Track],
    window: str = "day",
) -> tuple[Table, list[Fact]]:
    """The market strip.

    Level, change over the *window* and 30 sessions of each track, and the facts
    it shows.
    """
    rows, facts = [], []
    for track in tracks:
        measure = Measure.of(track)
        yielding = track.instrument.unit is Unit.YIELD
        level = measure.fact(
            "yield_level" if yielding else "level",
            track.last,
            track.instrument.unit,
        )
        if yielding:
            if window == "day":
                before = float(track.closes.iloc[-2])
            else:
                start = STARTS[window](track.session)
                _, before = returns.base_close(track.closes, start)
            change = measure.fact(
                "yield_change_bp",
                track.last - before,
                Unit.BP,
                "ytd" if window == "year" else window,
            )
            shown: tuple[Fact, ...] = (level, change)
        else:
            kind, moves, sigma, over = moved(track, window)
            shown = (level, *measure.change(kind, moves, sigma, over))
        session = measure.fact("session", track.session, Unit.DATE)
        facts += [*shown, session]
        cells = {"level": level.id, "change": shown[1].id, "session": session.id}
        recent = track.closes.iloc[-SPARK_SESSIONS:]
        spark = tuple(round(float(level), 6) for level in recent)
        rows.append(
            Row(
                instrument=track.instrument.symbol,
                cells=cells,
                spark=spark,
                live=track.live,
            )
        )
    return Table(name="strip", rows=tuple(rows)), facts
