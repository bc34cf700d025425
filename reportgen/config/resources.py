"""Where the shipped templates, reports and data lie.

Inside a wheel, or beside the package in a checkout.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Annotated, Any, Literal

from reportgen import __version__
from reportgen.config.schema import File, Line, read_toml, says
from reportgen.core.errors import SettingsError

if TYPE_CHECKING:
    from jinja2 import BytecodeCache

PACKAGE = Path(__file__).parents[1]
SAMPLE = PACKAGE / "datasets" / "sample"
"""The embedded simulated market."""


ROLES = {"paper", "ink", "muted", "rule", "accent", "second", "third", "gain", "loss"}
"""What a colour is for."""
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
CONFIG = "reportgen.toml"
"""The file that makes a folder a workspace."""


def named(place: str) -> bool:
    """Whether *place* is a name of data or a URL, so that no folder is meant."""
    return place in ("sample", "store") or place.startswith("store@") or "://" in place


def config_file() -> Path | None:
    """The desk's own file.

    REPORTGEN_CONFIG, or the ``reportgen.toml`` here or in the nearest folder
    above, None where there is none

    A link is taken by its own place, not by that of what it leads to: what the
    file names lies beside the link.

    Raises:
        SettingsError: What is named is none.
    """
    named = os.environ.get("REPORTGEN_CONFIG")
    here = Path(named or CONFIG).absolute()
    file = (
        here if named else next((p / CONFIG for p in here.parents if (p / CONFIG).is_file()), here)
    )
    if named and not file.is_file():
        raise SettingsError(
            f"REPORTGEN_CONFIG names {file}, and it is not there.",
            subject=file,
        )
    return file if file.is_file() else None


def workspace() -> Path | None:
    """The folder of the current desk, where its file is; None if there is none."""
    file = config_file()
    return file.parent if file else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The line of a desk's file that names its market."""

    market: str = ""
    """The market of the desk; a report may name another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places(Home):
    """The lines at the top of a desk's file that name a file beside it."""

    outbox: File | None = None
    store: File | None = None
    log: File | None = None
    """Each command adds lines to it: when it began and ended, its stages, and its errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """The table [defaults] of a desk's file: options of commands that make briefs.

    What a command line says comes first.
    """

    data: File | None = None
    """The option --data: store, sample, or a folder; a relative path starts at this file."""
    out: File | None = None
    """The option --out: a folder or a URL; a relative path starts at this file."""
    as_of: Annotated[str, says("a day, a day and a time, or last-session", "2025-01-08")] | None = (
        None
    )
    """The option --as-of of run."""
    paper: Literal["us-letter", "a4"] | None = None
    formats: tuple[Literal["html", "pdf", "eml", "txt", "json"], ...] | None = None
    """The option --format: the files to write."""
    zone: Annotated[Line, says("a time zone", "Europe/London")] | None = None
    """The option --zone: the time zone of --deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultsFile:
    """The part of a desk's file that holds its defaults."""

    defaults: Defaults = field(default_factory=Defaults)


def beside(name: str) -> Path | None:
    """The file that the line *name* of the desk's file names: "store", "outbox" or "log".

    A relative path is taken from the desk's folder. None where
    the file names none.
    """
    file = config_file()
    if file is None:
        return None
    told = getattr(read_toml(file, Places, prepare=_only("outbox", "store", "log")), name)
    return file.parent / told if told else None


def default(name: str) -> Any:
    """The value of *name* in the table [defaults] of the desk's file; None if it has none."""
    file = config_file()
    value = getattr(_defaults(file, file.stat().st_mtime_ns), name) if file else None
    if file and value and name in ("data", "out") and not named(value):
        return os.path.relpath(file.parent / value)
    return value


@cache
def _defaults(file: Path, _changed: int) -> Defaults:
    return read_toml(file, DefaultsFile, prepare=_only("defaults")).defaults


def home_market() -> str:
    """The name of the market that the desk's own file names, "" for none."""
    file = config_file()
    return _home_market(file, file.stat().st_mtime_ns) if file else ""


@cache
def _home_market(file: Path, _changed: int) -> str:
    return read_toml(file, Home, prepare=_only("market")).market


def _only(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Keep the lines *names* of a desk's file; whoever reads the others judges them."""
    return lambda data: {name: value for name, value in data.items() if name in names}


PLACES = ("REPORTGEN_CONFIG", "REPORTGEN_STORE", "REPORTGEN_SOURCES", "REPORTGEN_OUTBOX")
"""Variables that name a file, by a relative or an absolute path."""


def anchored() -> dict[str, str]:
    """The environment variables that give other processes this desk and store."""
    file = config_file()
    found = {name: str(Path(os.environ[name]).resolve()) for name in PLACES if os.environ.get(name)}
    return ({"REPORTGEN_CONFIG": str(file)} if file else {}) | found


def resource_dirs(name: str) -> list[Path]:
    """The directories *name* ("templates", "reports"), the first to be asked first.

    The workspace's, then the package's or its checkout's.
    """
    desk, packaged = workspace(), PACKAGE / name
    own = [desk / name] if desk is not None and (desk / name).is_dir() else []
    shipped = packaged if packaged.is_dir() else PACKAGE.parent / name
    return [*(folder for folder in own if folder != shipped), shipped]


def resource(path: str) -> Path:
    """The file or folder at *path*, such as "templates/page/brief.css".

    The workspace's own, or the one that is shipped.
    """
    name, _, rest = path.partition("/")
    places = [folder / rest for folder in resource_dirs(name)]
    return next((place for place in places if place.exists()), places[-1])


@cache
def tokens() -> dict[str, dict[str, str]]:
    """The colours of the look, "#RRGGBB" by theme ("light", "dark") and role.

    Raises:
        SettingsError: It names the one that is off.
    """
    path = resource("templates/tokens.json")
    try:
        table: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
        whole = set(table) == {"light", "dark"} and all(
            set(theme) >= ROLES for theme in table.values()
        )
        colours: dict[str, str] = {}
        for theme, row in table.items():
            colours |= {f"{theme} {role}": colour for role, colour in row.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}", subject=path) from error
    if not whole:
        raise SettingsError(
            f"{path}: it has the themes light and dark, each with {', '.join(sorted(ROLES))}.",
            subject=path,
        )
    for name, colour in colours.items():
        if not COLOUR.fullmatch(str(colour)):
            raise SettingsError(
                f"{path}: {name} is {colour!r}; write a colour such as #0B4F9C.",
                subject=name,
            )
    return table


def cache_dir() -> Path:
    """The user's cache directory for reportgen; it may not exist yet."""
    from platformdirs import user_cache_path

    return user_cache_path("reportgen")


def cached(name: str, build: Callable[[], bytes]) -> bytes:
    """The bytes of *build*, from the file *name* of the cache where it is there.

    An unwritable cache costs time, nothing else.
    """
    path = cache_dir() / name
    with suppress(OSError):
        return path.read_bytes()
    data = build()
    with suppress(OSError):
        written(path, data)
    return data


def written(path: Path, data: bytes) -> None:
    """Write *data* to *path*, so that it is never seen half written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    os.replace(file.name, path)  # noqa: PTH105 - the one atomic step


def tidy(text: str) -> str:
    """*text* without the name of this machine's user: the home folder is "~"."""
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text


@cache
def bytecode() -> BytecodeCache | None:
    """The folder for compiled templates; None where the cache is not writable."""
    from jinja2 import FileSystemBytecodeCache
    from jinja2.bccache import Bucket

    class Shared(FileSystemBytecodeCache):
        """Keeps the code that it has read, so that forks do not read it again."""

        def load_bytecode(self, bucket: Bucket) -> None:
            known = read.get((bucket.key, bucket.checksum))
            if known is not None:
                bucket.code = known
                return
            super().load_bytecode(bucket)
            if bucket.code is not None:
                read[bucket.key, bucket.checksum] = bucket.code

    read = dict[tuple[str, str], CodeType]()
    folder = cache_dir() / f"templates-{__version__}-sandbox"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        return Shared(str(folder))
    return None
