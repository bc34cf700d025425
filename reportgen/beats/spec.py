"""A beat is a family of news, in a folder with a ``beat.toml``.

Its sentences are in ``templates/story/recap/NAME.j2``: the macros ``headline``, ``lead`` and
``point`` of one finding, and ``tell`` of a list of them. A ``detect.py`` beside the file finds its
news: ``detect(track)`` gives what is worth telling of one index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from reportgen.config.plugins import plugins
from reportgen.config.resources import workspace
from reportgen.config.schema import read_toml
from reportgen.core.errors import SettingsError

SHIPPED = Path(__file__).parent
GROUP = "reportgen.beats"
"""The entry points of packages that bring beats: each names the path of a beat's folder."""
FILE = "beat.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A table [kinds.NAME] of a beat.toml."""

    lead_index_only: bool = False
    """Whether only findings of the market's lead index are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeatFile:
    """A beat.toml."""

    order: int | None = None
    """Its place in a recap, 10 before 20. Without one, a recap tells it only as its lead."""
    least: float = 0.0
    """The lowest score of a finding that is told."""
    kinds: Mapping[str, Kind] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat(BeatFile):
    """A family of news."""

    name: str

    def payload(self) -> dict[str, Any]:
        """The beat as JSON, as a record keeps it."""
        return asdict(self)


@cache
def beats() -> tuple[Beat, ...]:
    """All beats, in the order in which a recap tells them; those without an order come last.

    A desk's own ``beats/NAME/`` replaces a shipped beat of that name.

    Raises:
        SettingsError: A line of a beat.toml is off, or two beats have a kind of one name.
    """
    found = {folder.name: _read(folder) for folder in _folders()}
    owners = dict[str, str]()
    for name, beat in found.items():
        for kind in beat.kinds:
            if kind in owners:
                raise SettingsError(
                    f"The beats '{owners[kind]}' and '{name}' both have the kind '{kind}'.",
                    subject=kind,
                )
            owners[kind] = name
    return tuple(sorted(found.values(), key=_place))


def _place(beat: Beat) -> tuple[float, str]:
    return float("inf") if beat.order is None else beat.order, beat.name


@cache
def detectors() -> tuple[Callable[[Any], Iterable[Any]], ...]:
    """The ``detect`` of each beat that has one of its own.

    Raises:
        SettingsError: A detect.py cannot be imported, or has no ``detect``.
    """
    return tuple(_imported(folder) for folder in _folders() if (folder / "detect.py").is_file())


def _imported(folder: Path) -> Callable[[Any], Iterable[Any]]:
    path = folder / "detect.py"
    spec = spec_from_file_location(f"reportgen_beat_{folder.name}", path)
    assert spec is not None and spec.loader is not None  # noqa: S101, PT018 - a file of Python
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        found: Callable[[Any], Iterable[Any]] = module.detect
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        raise SettingsError(f"{path}: it cannot be used: {words}", subject=path) from error
    return found


@cache
def _folders() -> tuple[Path, ...]:
    """The folders of all beats: the shipped ones, then those of packages and of the desk."""
    others = [Path(str(one.load())) for one in plugins(GROUP).values()]
    desk = workspace()
    own = sorted(desk.glob(f"beats/*/{FILE}")) if desk else []
    shipped = sorted(SHIPPED.glob(f"*/{FILE}"))
    return (*(path.parent for path in shipped), *others, *(path.parent for path in own))


def _read(folder: Path) -> Beat:
    told = read_toml(folder / FILE, BeatFile)
    return Beat(name=folder.name, order=told.order, least=told.least, kinds=told.kinds)
