"""What a headline may call an instrument, beside the names that it has on file.

The words are of newsrooms; which instrument they stand for is the record's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reportgen.core.facts import Unit
from reportgen.record.record import Record
from reportgen.verify.vocabulary import NUMBER_WORDS

LEAD = ("stocks", "shares", "equities", "stock market", "large caps", "large-cap stocks")
"""The market as a whole: its lead index."""
SMALL = (
    "small caps",
    "small-caps",
    "small-cap stocks",
    "small-company stocks",
    "smaller companies",
    "small companies",
)
"""The market's index of smaller companies."""
INDEXES = ("major indexes", "all major indexes", "main indexes")
"""All indexes of the market but that of smaller companies."""
YIELDS = ("yields", "bond yields", "Treasury yields", "government bond yields")
"""All yields that the market declares: what is said of them is said of each."""
SHORT = {"technology": "tech"}
"""What newsrooms call a sector for short."""
LEGAL = ("Platforms", "Computer", "Computing", "Chase", "Group", "Holdings", "Quantum")
"""What newsrooms leave out at the end of a company's name."""
LEAST = 3
"""The length of the shortest ticker that is a name by itself."""


def subjects(record: Record) -> Mapping[str, tuple[str, ...]]:
    """What each subject of a headline stands for, by its words in small letters, or its ticker.

    Symbols of instruments. The words speak of all of them; for a basket,
    the fact that names it.
    """
    rows: Mapping[str, Any] = record.instruments
    found: dict[str, list[str]] = {}
    for words, symbol in _generic(record):
        if symbol in rows:
            of = found.setdefault(_key(words), [])
            of += [] if symbol in of else [symbol]
    named = {_key(words): symbol for symbol, row in rows.items() for words in _names(row)}
    baskets = {
        _key(str(fact.value)): fact.id
        for fact in record.facts.values()
        if fact.kind == "basket" and fact.unit is Unit.TEXT
    }
    tickers = {symbol: (symbol,) for symbol, row in rows.items() if _is_ticker(row)}
    single = tickers | {
        words: (one,) for words, one in (named | baskets).items() if words != "index"
    }
    return {words: tuple(symbols) for words, symbols in found.items()} | single


def _key(words: str) -> str:
    return words.removeprefix("the ").lower()


def _generic(record: Record) -> Iterator[tuple[str, str]]:
    """Words for a part of the market, with a symbol that they stand for."""
    market = record.market
    street = (market.street,) if market.street else ()
    for words in (*LEAD, market.stocks, market.stocks.replace(".", ""), *street):
        yield words, market.lead
    large = [index.symbol for index in market.indexes if index.role != "small"]
    count = next((word for word, size in NUMBER_WORDS.items() if size == len(large)), "")
    for symbol in large:
        yield from ((words, symbol) for words in INDEXES)
        if count:
            yield f"all {count} indexes", symbol
            yield f"all {count} major indexes", symbol
    for index in market.indexes:
        if index.role == "small":
            yield from ((words, index.symbol) for words in SMALL)
    for symbol in market.yields:
        yield from ((words, symbol) for words in YIELDS)
    for symbol, row in record.instruments.items():
        if row["kind"] == "commodity":
            yield from ((words, symbol) for words in _endings(row["first"]))
        if symbol == market.futures:
            yield row["short"].split()[0], symbol


def _names(row: Mapping[str, Any]) -> Iterator[str]:
    """The names on file, and what newsrooms make of them."""
    names = [row["first"], row["second"], row["short"], row["group"], *row["also"]]
    yield from filter(None, names)
    if row["kind"] == "sector":
        short = SHORT.get(row["second"], row["second"])
        yield from (f"{name} {what}" for name in (row["second"], short) for what in LEAD[:2])
        yield short
    if row["kind"] == "stock":
        short = {row["first"].removesuffix(f" {word}") for word in LEGAL}
        yield from (f"{name}{what}" for name in short for what in ("", " shares", " stock"))
    if row["kind"] == "yield":
        base = row["first"].removeprefix("the ").removesuffix(" yield")
        yield from (f"yield on {base}", f"yield on the {base}")
    if row["kind"] == "index":
        yield re.sub(r" \d+$", "", row["short"])


def _is_ticker(row: Mapping[str, Any]) -> bool:
    """Whether newsrooms call a stock by its symbol, in capitals."""
    symbol: str = row["symbol"]
    return row["kind"] == "stock" and symbol.isalpha() and len(symbol) >= LEAST


def _endings(name: str) -> Iterator[str]:
    """The last words of a name: "crude oil" and "oil" of "U.S. crude oil"."""
    words = name.split()
    yield from (" ".join(words[place:]) for place in range(1, len(words)))


def meaning(stands_for: Mapping[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    """What *name* stands for: a ticker in capitals, any other in any case; () for nothing."""
    return stands_for.get(name) or stands_for.get(name.lower(), ())


def pattern(words: Sequence[str]) -> re.Pattern[str]:
    """One of the *words*, the longest first, with an article or without."""
    longest = [
        f"(?-i:{re.escape(name)})" if name.isupper() else re.escape(name)
        for name in sorted(words, key=len, reverse=True)
    ]
    return re.compile(rf"(?:the )?(?P<name>{'|'.join(longest)})(?![\w-])", re.IGNORECASE)
