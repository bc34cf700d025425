"""Indexes without a source, and the funds in their place, by the funds' names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from reportgen.markets.calendar import Moment
from reportgen.markets.instruments import registry

Table = Mapping[str, pd.Series]


def proxies_of(
    symbols: Iterable[str],
    needed: Iterable[str],
    closes: Table,
    levels: Table,
    moment: Moment,
) -> dict[str, str]:
    """The fund of each of *symbols* that lacks what is due at *moment*.

    A symbol without any data by then is left out, for its history may begin
    later, unless it is *needed*.
    """
    wanted = set(needed)
    return {
        symbol: registry()[symbol].proxy
        for symbol in symbols
        if symbol in registry()
        and registry()[symbol].proxy
        and (symbol in closes or symbol in wanted)
        and not is_told(symbol, closes, levels, moment)
    }


def is_told(symbol: str, closes: Table, levels: Table, moment: Moment) -> bool:
    """Whether the newest close of *symbol* due at *moment* is there.

    In a session, a level of it, too.
    """
    if symbol not in closes:
        return False
    if moment.state == "open":
        known = levels.get(symbol)
        if known is None or known.empty:
            return False
        if known.index[-1] < pd.Timestamp(moment.opened):
            return False
        return bool(closes[symbol].index[-1].date() >= moment.previous)
    return bool(closes[symbol].index[-1].date() >= moment.session)
