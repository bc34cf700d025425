"""Markets as values: one TOML file for each, and the type that it is read as."""

from reportgen.markets.spec import (
    Index,
    MarketSpec,
    home,
    market,
    market_names,
    market_on,
    policy_futures,
    public_calendar,
)

__all__ = [
    "Index",
    "MarketSpec",
    "home",
    "market",
    "market_names",
    "market_on",
    "policy_futures",
    "public_calendar",
]
