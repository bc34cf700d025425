"""The one judge of market data: all rules on all that is known of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from reportgen.core.checks import Defect
from reportgen.datasets.validation import currencies, rows, series
from reportgen.datasets.validation.finding import Bars, Row
from reportgen.datasets.validation.futures import futures
from reportgen.datasets.validation.intraday import Intraday
from reportgen.datasets.validation.meetings import meetings
from reportgen.datasets.validation.prints import prints
from reportgen.datasets.validation.rates import doubled, rates
from reportgen.datasets.validation.sources import TOLD, Newest, agreeing, disagreeing, drifting
from reportgen.datasets.validation.together import mixed, together, witnessed


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The data that a judge looks at, as known at a moment. What is left out is not judged."""

    bars: Mapping[str, Bars] = field(default_factory=dict)
    """The daily bars of each symbol."""
    told: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(TOLD)))
    """Closes of second sources: columns date, symbol, close and source."""
    beside: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(TOLD)))
    """Closes of the same symbols that are not used: those of a second file, in these columns."""
    intraday: Sequence[Intraday] = ()
    rates: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Rates in percent: a row a day, a column a series."""
    points: Sequence[pd.DataFrame] = ()
    """The rows of files of rates as they stand there: columns date, series and value."""
    futures: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Settlements: columns date, contract and settle."""
    prints: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Figures of releases: columns as in a dataset's file."""
    meetings: Sequence[pd.DataFrame] = ()
    """The rows of tables of the Fed's meetings: columns start, end and type."""
    listed: Sequence[tuple[dt.date, dt.date]] = ()
    """First and last day of every regular meeting of the Fed's own calendar."""
    real: bool = True
    """Whether the market is real, so that its series must fit each other."""
    stocks: pd.DataFrame | None = None
    """The moves of other stocks as logarithms, a row a day, a column a symbol."""


def judge(evidence: Evidence) -> list[Defect]:
    """All findings on *evidence*, with the severity of their checks and their age.

    What a person has accepted and which series a report requires does not matter here: see
    :mod:`reportgen.datasets.validation.accepting`.
    """
    found = _of_bars(evidence)
    found += [defect for one in evidence.intraday for defect in one.examine()]
    for table in evidence.points:
        found += doubled(table)
    if len(evidence.rates):
        found += rates(evidence.rates)
    if len(evidence.futures):
        found += futures(evidence.futures, evidence.futures["date"].max().date())
    if len(evidence.prints):
        found += prints(evidence.prints)
    for table in evidence.meetings:
        found += meetings(table, evidence.listed)
    return found


def newest(bars: Mapping[str, Bars]) -> dict[str, Newest]:
    """The newest close of each of *bars*, by symbol."""
    found = dict[str, Newest]()
    for symbol, one in bars.items():
        kept = rows.usable(one.instrument, one.recent)
        if len(kept):
            last = kept.iloc[-1]
            source = str(last["source"]) if "source" in kept else ""
            found[symbol] = Newest(last["date"].date(), float(last["close"]), source)
    return found


def _of_bars(evidence: Evidence) -> list[Defect]:
    """Findings on daily bars: alone, in a real market together, and beside second sources."""
    indexes = [symbol for symbol, one in evidence.bars.items() if one.instrument.kind == "index"]
    others = series.usual_moves({symbol: rows.closes(evidence.bars[symbol]) for symbol in indexes})
    bars = {symbol: replace(one, others=others) for symbol, one in evidence.bars.items()}
    found = [defect for one in bars.values() for defect in examine(one)]
    found = witnessed(bars, found, evidence.stocks)
    if evidence.real:
        out = {defect.symbol for defect in found if defect.severity == "block"}
        sound = {symbol: one for symbol, one in bars.items() if symbol not in out}
        found += together(sound, evidence.rates) + mixed(bars, found)
    if evidence.told.empty and evidence.beside.empty:
        return found
    last = newest(bars)
    counts = agreeing(last, evidence.told)
    kept = [one for one in found if one.check != "unconfirmed" or counts[one.symbol] == 1]
    return kept + disagreeing(last, evidence.told) + _drifting(evidence, last)


def _drifting(evidence: Evidence, last: Mapping[str, Newest]) -> list[Defect]:
    """What other closes of the same symbols show of adjustment."""
    tables = [table for table in (evidence.told, evidence.beside) if len(table)]
    return drifting(evidence.bars, last, pd.concat(tables))


def examine(bars: Bars) -> list[Defect]:
    """All findings on *bars* alone, by day; that a close is missing comes last of a day's."""
    every = bars.frame[rows.priced(bars.instrument, bars.frame["close"])]
    found: list[Row] = [
        *rows.non_positive(bars.instrument, bars.frame),
        *rows.duplicates(every),
    ]
    frame = bars.recent[rows.priced(bars.instrument, bars.recent["close"])]
    if coarse := [*series.spacing(frame)]:
        return [*map(bars.defect, coarse)]
    frame = frame.drop_duplicates("date").sort_values("date").reset_index(drop=True)
    if len(frame):
        if not series.whole(bars, frame):
            found += [*series.shifted(bars, frame)] or [*series.calendar(bars, frame)]
        for rule in ALONE:
            found += rule(bars, frame)
        if not any(row.check == "scale" for row in found):
            found += rows.implausible(bars, frame)
    return sorted(
        map(bars.defect, found),
        key=lambda defect: (defect.day, defect.check == "gap", defect.check),
    )


ALONE = (
    rows.in_range,
    series.moves,
    rows.repeated_closes,
    series.spikes,
    rows.at_the_ends,
    rows.off_grid,
    rows.adjusted_column,
    rows.same_bar,
    rows.swapped_columns,
    currencies.late_closes,
    currencies.swapped_days,
)
"""The rules on the rows of one series, one of each day."""
