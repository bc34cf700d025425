"""Indexes without a source, and the funds told in their place, under the funds' own names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from reportgen.markets.calendar import Moment
from reportgen.markets.instruments import registry

Table = Mapping[str, pd.Series]


def proxies_of(
    symbols: Iterable[str], needed: Iterable[str], closes: Table, levels: Table, moment: Moment
) -> dict[str, str]:
    """The fund of each of *symbols* that has not what is due at *moment*.

    One that the data do not know by then is left out, as any other, unless it is *needed*: its
    history may begin later.
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
        current = (
            known is not None and len(known) > 0 and known.index[-1] >= pd.Timestamp(moment.opened)
        )
        return current and closes[symbol].index[-1].date() >= moment.previous
    return bool(closes[symbol].index[-1].date() >= moment.session)
