"""Where market data come from: one file per provider, all behind one contract.

A package adds a provider by an entry point in the group ``reportgen.providers``; the built-in ones
are registered the same way.
"""

from __future__ import annotations

from functools import cache

from reportgen.core.errors import SettingsError, did_you_mean
from reportgen.sources.providers.contract import Provider


@cache
def registered() -> dict[str, type[Provider]]:
    """The classes of all installed providers, by name."""
    from importlib.metadata import entry_points

    return {
        found.name: found.load()
        for found in sorted(entry_points(group="reportgen.providers"), key=lambda e: e.name)
    }


def provider_class(name: str) -> type[Provider]:
    """The class of the provider *name*; SettingsError with the nearest name where there is none."""
    try:
        return registered()[name]
    except KeyError:
        raise SettingsError(
            f"There is no provider '{name}'.{did_you_mean(name, registered())}", subject=name
        ) from None
