"""A beat is a family of news, in a folder.

``beat.toml`` says which kinds of news it has and how each is told, ``detect.py`` finds them and
``proof.py`` proves them from raw rows. The sentences of a shipped one are in
``templates/story/en/NAME.j2``; those of a package's or a desk's may be ``words.j2`` in its folder.
A desk's folder by the name of a shipped one replaces the files that it has.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal

from reportgen.config.plugins import plugin_path, plugins, python_file, unusable
from reportgen.config.resources import workspace
from reportgen.config.schema import Line, read_toml, says
from reportgen.core.errors import SettingsError, did_you_mean

SHIPPED = Path(__file__).parent
GROUP = "reportgen.beats"
"""The entry points of packages that bring beats: each names the path of a beat's folder."""
FILE, WORDS, PHRASES = "beat.toml", "words.j2", "words.toml"

Limit = Annotated[int | float, says("a number", 0.05)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A table [kinds.NAME] of a beat.toml: how a recap tells news of that kind."""

    rank: int | None = None
    """Its place in a recap, 10 before 20. Without one, only the lead or its section tells it."""
    least: float = 0.0
    """The lowest score with which a recap tells it."""
    may_lead: Literal["never", "lead index", "any"] = "never"
    """The indexes for which it may be the headline. Its detector may exclude single findings."""
    key_point: bool = False
    """Whether it may be a line below the headline."""
    lead_index_only: bool = False
    """Whether a recap tells it only for the lead index."""
    covers: tuple[str, ...] = ()
    """What a reader knows about an instrument after this news, in words that beats agree on."""
    unless_covered: str = ""
    """A recap leaves it out if other news of the instrument covers this.

    It does not lead beside other news that may and that cover it.
    """
    pictures: tuple[Literal["drawdown", "mountain"], ...] = ()
    """The pictures that fit it as a lead, the best first. Lines of the year fit any lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeatFile:
    """A file beats/NAME/beat.toml: what a family of news looks at, and its kinds of news."""

    looks_at: Line = "indexes"
    """The part of a notebook that asks for its news, such as "indexes", "sectors", "yields"."""
    windows: tuple[Literal["day", "week", "month", "quarter", "year"], ...] = ("day",)
    """The windows of reports that it has news for."""
    limits: Mapping[str, Limit] = field(default_factory=dict)
    """The numbers that sentences ask for, by name: from which size on a move is worth a clause."""
    weights: Mapping[str, Limit] = field(default_factory=dict)
    """What its news are worth, by name: parts of their scores, or factors of them."""
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    """Its kinds of news, by name."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """Unit and window of the fact in each role, "fraction, day"; "*" stands for any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat(BeatFile):
    """A family of news."""

    name: str


@cache
def beats() -> tuple[Beat, ...]:
    """All beats, by name. A desk's own ``beats/NAME/beat.toml`` replaces that of a shipped beat.

    Raises:
        SettingsError: A line of a beat.toml is off, or two beats have a kind of one name.
    """
    found = {name: _read(name, folder) for name, folder in _folders().items()}
    owners = dict[str, str]()
    for name, beat in found.items():
        for kind in beat.kinds:
            if kind in owners:
                raise SettingsError(
                    f"The beats '{owners[kind]}' and '{name}' both have the kind '{kind}'.",
                    subject=kind,
                )
            owners[kind] = name
    return tuple(found[name] for name in sorted(found))


@cache
def payloads() -> list[dict[str, Any]]:
    """All beats as JSON, as records keep them."""
    kept: list[dict[str, Any]] = json.loads(json.dumps([asdict(beat) for beat in beats()]))
    return kept


def shipped_limits() -> dict[str, Mapping[str, Limit]]:
    """The limits of each shipped beat."""
    return {name: told.limits for name, told in _shipped().items()}


@cache
def weights_of(name: str) -> Mapping[str, Limit]:
    """What the news of the beat *name* are worth, by the names in its beat.toml."""
    return next((beat.weights for beat in beats() if beat.name == name), {})


@cache
def detector(name: str) -> Callable[[Any], Iterable[Any]] | None:
    """The ``detect`` of the beat *name*; None where it has no detect.py.

    Raises:
        SettingsError: Its detect.py cannot be imported, or has no ``detect``.
    """
    found: Callable[[Any], Iterable[Any]] | None = _part(name, "detect.py", "detect")
    return found


@cache
def proof(name: str) -> Callable[[Any, Any], str | None] | None:
    """The ``objection`` of the beat *name*; None where it has no proof.py.

    Raises:
        SettingsError: Its proof.py cannot be imported, or has no ``objection``.
    """
    found: Callable[[Any, Any], str | None] | None = _part(name, "proof.py", "objection")
    return found


@cache
def proven(name: str) -> tuple[str | tuple[str, str], ...]:
    """The ``KINDS`` of facts that the proof of the beat *name* proves; none without a proof.py.

    Each is the kind of a fact, or a kind and a unit.

    Raises:
        SettingsError: Its proof.py cannot be imported, or has no ``KINDS``.
    """
    return tuple(_part(name, "proof.py", "KINDS") or ())


def words_of(name: str) -> Path | None:
    """The sentences in the folder of the beat *name*; None where they are not there."""
    folder = _folders().get(name)
    return folder / WORDS if folder is not None and (folder / WORDS).is_file() else None


def phrases_of(name: str) -> Path | None:
    """The file of words in the folder of a beat that is not shipped; None where it has none."""
    folder = _folders().get(name, SHIPPED)
    file = folder / PHRASES
    return file if folder.parent != SHIPPED and file.is_file() else None


def added() -> tuple[Path, ...]:
    """The folders of the beats that a package or the desk brings."""
    return tuple(folder for folder in _folders().values() if folder.parent != SHIPPED)


def _part(name: str, file: str, part: str) -> Any:
    """That *part* of a Python file of the beat *name*, None where the file is not there."""
    folders = (_folders()[name], SHIPPED / name)
    path = next((folder / file for folder in folders if (folder / file).is_file()), None)
    if path is None:
        return None
    module = _module(name, path)
    try:
        return getattr(module, part)
    except AttributeError as error:
        raise unusable(path, error) from error


@cache
def _module(name: str, path: Path) -> ModuleType:
    if path.parent.parent == SHIPPED:
        return import_module(f"reportgen.beats.{name}.{path.stem}")
    return python_file(path, f"reportgen_beat_{name}_{path.stem}")


@cache
def _folders() -> Mapping[str, Path]:
    """The folder of each beat: the shipped ones, then those of packages and of the desk."""
    others = [plugin_path(GROUP, name) for name in plugins(GROUP)]
    desk = workspace()
    own = sorted(desk.glob(f"beats/*/{FILE}")) if desk else []
    folders = (*(SHIPPED / name for name in _shipped()), *others, *(path.parent for path in own))
    return {folder.name: folder for folder in folders}


@cache
def _shipped() -> Mapping[str, BeatFile]:
    """The files of the shipped beats, by name."""
    return {
        path.parent.name: read_toml(path, BeatFile) for path in sorted(SHIPPED.glob(f"*/{FILE}"))
    }


def _read(name: str, folder: Path) -> Beat:
    ours = _shipped().get(name)
    told = ours if ours and folder.parent == SHIPPED else read_toml(folder / FILE, BeatFile)
    shipped = ours or told
    for asks, given, known in (
        ("sentence of '{}' asks for a limit", told.limits, shipped.limits),
        ("score of '{}' has a weight", told.weights, shipped.weights),
    ):
        unknown = next((one for one in given if one not in known), None)
        if unknown is not None:
            raise SettingsError(
                f"{folder / FILE}: no {asks.format(name)} '{unknown}'."
                f"{did_you_mean(unknown, known)}",
                subject=unknown,
            )
    return Beat(
        name=name,
        looks_at=told.looks_at,
        windows=told.windows,
        limits={**shipped.limits, **told.limits},
        weights={**shipped.weights, **told.weights},
        kinds=told.kinds,
        roles=told.roles,
    )
