"""The currency that a sign or a word beside an amount means.

An independent reader: it neither imports nor reads the table that stories print with.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

READ: Mapping[str, Any] = tomllib.loads(
    (Path(__file__).parent / "currencies.toml").read_text(encoding="utf-8")
)
MEANS: Mapping[str, str] = READ["signs"] | READ["behind"] | READ["words"]


def _any_of(signs: Iterable[str]) -> str:
    """A pattern of *signs*, in their own capitals, the longest first."""
    return f"(?-i:{'|'.join(map(re.escape, sorted(signs, key=len, reverse=True)))})"


BEFORE = rf"(?<![^\W\d_])(?:{_any_of(READ['signs'])}|{_any_of(READ['codes'].split())} )"
"""What may stand before an amount."""
BEHIND = rf"(?:{_any_of(READ['behind'])}|\s{_any_of(READ['words'])})(?!\w)"
"""What may stand behind it."""


_ENDS = sorted({sign[-1] for sign in READ["signs"] if not sign[-1].isalpha()})
SIGN = f"[{re.escape(''.join(_ENDS))}]"
"""One character that is a sign of money."""


def meant(sign: str, market: str) -> str:
    """The code of the currency that *sign* means where the market's own is *market*.

    "" for no sign.

    >>> meant("$", "USD"), meant("$", "CAD"), meant("US$", "CAD"), meant("SEK", "CAD")
    ('USD', 'CAD', 'USD', 'SEK')
    """
    if sign in READ["home"].get(market, ()):
        return market
    return MEANS.get(sign, sign)
