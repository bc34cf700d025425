"""Markets as values: one TOML file for each, and the type that it is read as."""

from reportgen.markets.spec import Index, MarketSpec, market, market_names

__all__ = ["Index", "MarketSpec", "market", "market_names"]
