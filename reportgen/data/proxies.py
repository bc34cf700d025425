"""Which index has no source, and the fund whose prices a brief tells instead, by the fund's own name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from reportgen.data.instruments import registry
from reportgen.market.calendar import Moment

Table = Mapping[str, pd.Series]


def with_funds(symbols: Iterable[str]) -> list[str]:
    """*symbols*, and behind them the funds that may have to stand in for some of them."""
    wanted = list(symbols)
    return list(dict.fromkeys([*wanted, *(registry()[s].proxy for s in wanted if s in registry() and registry()[s].proxy)]))


def stand_ins(symbols: Iterable[str], needed: Iterable[str], closes: Table, levels: Table, moment: Moment) -> dict[str, str]:
    """The fund that has what is due at *moment*, by each of *symbols* that has not.

    One that the data do not know by then is left out, as any other, unless it is *needed*: its history may begin later.
    """
    found, needed = {}, set(needed)
    for symbol in symbols:
        fund = registry()[symbol].proxy if symbol in registry() and (symbol in closes or symbol in needed) else ""
        if fund and not _told(symbol, closes, levels, moment) and _told(fund, closes, levels, moment):
            found[symbol] = fund
    return found


def _told(symbol: str, closes: Table, levels: Table, moment: Moment) -> bool:
    """Whether the newest close of *symbol*, or in a session a level of it, is there."""
    if symbol not in closes:
        return False
    if moment.state == "open":
        known = levels.get(symbol)
        current = known is not None and len(known) > 0 and known.index[-1] >= pd.Timestamp(moment.opened)
        return current and closes[symbol].index[-1].date() >= moment.previous
    return bool(closes[symbol].index[-1].date() >= moment.session)
