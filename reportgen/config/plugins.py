"""What a desk or another package adds: entry points, and files of Python in the desk's folder."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

from reportgen.config.resources import workspace
from reportgen.core.errors import SettingsError


@cache
def plugins(group: str) -> dict[str, Any]:
    """The entry points of *group* by name.

    importlib.metadata parses the files of every installed package, which takes
    30 ms where two hundred are installed. Most desks have no plug-ins: unless a
    file names the group, it is spared.
    """
    if not any(_names(Path(place or "."), f"[{group}]".encode()) for place in sys.path):
        return {}
    from importlib.metadata import entry_points

    return {one.name: one for one in entry_points(group=group)}


def plugin_path(group: str, name: str) -> Path:
    """The path that the entry point *name* of *group* stands for.

    Raises:
        SettingsError: It cannot be loaded.
    """
    one = plugins(group)[name]
    try:
        return Path(str(one.load()))
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        raise SettingsError(
            f"The entry point '{name}' of the group {group}, {one.value}, cannot be used: {words}",
            subject=name,
        ) from error


def python_file(path: Path, label: str) -> ModuleType:
    """The module that the file at *path* holds, under the name *label*.

    Raises:
        SettingsError: It cannot be imported.
    """
    spec = spec_from_file_location(label, path)
    assert spec is not None and spec.loader is not None  # noqa: S101, PT018 - a file of Python
    module = module_from_spec(spec)
    sys.modules[label] = module  # dataclasses of the file look themselves up by it
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[label]
        raise unusable(path, error) from error
    return module


def unusable(path: Path, error: Exception) -> SettingsError:
    """What is said of a file of Python at *path* that raised *error*."""
    return SettingsError(
        f"{path}: it cannot be used: {type(error).__name__}: {error}", subject=path
    )


def desk_classes(folder: str, fits: Callable[[type], bool], what: str) -> dict[str, type]:
    """The class in each file of the desk's *folder*, by the name of the file.

    A file holds one class that *fits*, which is called *what*. One that begins with "_" is skipped.

    Raises:
        SettingsError: A file cannot be imported, or holds no such class, or several.
    """
    desk = workspace()
    files = sorted((desk / folder).glob("*.py")) if desk else []
    found = {}
    for path in (file for file in files if not file.name.startswith("_")):
        module = python_file(path, f"reportgen_desk_{folder}_{path.stem}")
        own = [one for one in vars(module).values() if isinstance(one, type)]
        fitting = [one for one in own if one.__module__ == module.__name__ and fits(one)]
        if len(fitting) != 1:
            names = ", ".join(one.__name__ for one in fitting) or "none"
            raise SettingsError(f"{path}: it needs one {what}, and has {names}.", subject=path)
        found[path.stem] = fitting[0]
    return found


def _names(place: Path, head: bytes) -> bool:
    """Whether a package installed in *place* may have a group of that *head*."""
    if not place.is_dir():
        return place.exists()  # an archive: its metadata are not looked into here
    files = chain(
        place.glob("*.dist-info/entry_points.txt"),
        place.glob("*.egg-info/entry_points.txt"),
    )
    return any(head in file.read_bytes() for file in files)
