"""Where market data come from: one file per provider, all behind one contract.

A package adds a provider by an entry point in the group
``reportgen.providers``; the built-in ones are registered the same way. A desk
adds one by a file ``providers/NAME.py`` with one class.
"""

from __future__ import annotations

import inspect
from functools import cache

from reportgen.config.plugins import desk_classes
from reportgen.core.errors import SettingsError, did_you_mean
from reportgen.sources.providers.contract import Provider


@cache
def registered() -> dict[str, type[Provider]]:
    """The classes of all installed providers and of the desk's own, by name.

    Raises:
        SettingsError: A file of the desk cannot be used.
    """
    from importlib.metadata import entry_points

    found = sorted(
        entry_points(group="reportgen.providers"),
        key=lambda e: e.name,
    )
    own = desk_classes(
        "providers",
        _is_provider,
        "class that is a Provider and has its methods",
    )
    for name, cls in own.items():
        said = getattr(cls, "name", name)
        if said != name:
            raise SettingsError(
                f"providers/{name}.py: its provider has the name '{said}'; write '{name}'.",
                subject=name,
            )
    return {one.name: one.load() for one in found} | own


def _is_provider(cls: type) -> bool:
    return issubclass(cls, Provider) and not inspect.isabstract(cls)


def provider_class(name: str) -> type[Provider]:
    """The class of the provider *name*.

    SettingsError with the nearest name where there is none.
    """
    try:
        return registered()[name]
    except KeyError:
        raise SettingsError(
            f"There is no provider '{name}'.{did_you_mean(name, registered())}",
            subject=name,
        ) from None
