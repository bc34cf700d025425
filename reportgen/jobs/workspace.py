"""A desk's own folder: its first files, and what a scheduler needs to know."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import shlex
import shutil
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import FileSystemLoader, StrictUndefined

from reportgen.config.resources import CONFIG, resource_dirs
from reportgen.config.sandbox import Sandbox
from reportgen.core.errors import InvalidParameter, SettingsError
from reportgen.files.outputs import LocalFolder
from reportgen.jobs.installed import COMMANDS, VENDOR, vendored
from reportgen.markets import home
from reportgen.record.request import load_report

HOSTED = ("github", "gitlab")
"""Schedulers that install the program anew for each run."""
DEADLINE, STORE = "06:45", "data/store.duckdb"
WORKDAYS = frozenset(range(5))
"""Monday to Friday."""
MONDAY = dt.datetime(2025, 1, 13, tzinfo=dt.UTC)
"""A Monday, from which times of a week are counted."""
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
SCRIPT = "morning.sh"
FILES = {
    "reportgen.toml": CONFIG,
    "recipients.toml": "recipients.toml",
    "statement.md": "data/commentary/jane-doe.md",
    "README.md": "README.md",
    "gitignore": ".gitignore",
    "morning.sh": "morning.sh",
}
"""Which template makes which file."""


def create(
    place: Path,
    source: str,
    name: str,
    days: Collection[int] = WORKDAYS,
    *,
    publish: bool = False,
) -> list[Path]:
    """The files of a new workspace at *place*, with *source* copied as *name*.

    Its morning is on *days* of the week, 0 for Monday. With *publish*, its workflow
    shows the archive to everybody, as far as licences allow.

    Raises:
        SettingsError: Something is in the way.
    """
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise SettingsError(f"{place} is not empty; name a new folder.", subject=place)
    LocalFolder(place).refuse()
    report = load_report(source)
    if not NAME.fullmatch(name):
        raise InvalidParameter(
            f"The report's name '{name}' has small letters, digits and hyphens,"
            " such as desk-recap.",
            subject=name,
        )
    if any(resource_dirs("reports")[-1].glob(f"{name}/report.toml")):
        raise InvalidParameter(
            f"reportgen has a report '{name}' already; choose another name.",
            subject=name,
        )
    title = name.replace("-", " ").capitalize()
    given = {"report": name, "title": title, "zone": home().zone, "deadline": DEADLINE}
    made = {path: _filled(f"workspace/{template}.j2", **given) for template, path in FILES.items()}
    made[f".github/workflows/{name}.yml"] = scheduled(
        "github", name, place, days=days, hosted=Hosted(publish=publish)
    )
    copy = vendored()
    own = place / "reports" / name
    shutil.copytree(
        report.folder,
        own,
        ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"),
    )
    _renamed(own / "report.toml", r'^title = ".*"$', f'title = "{title}"')
    _renamed(own / "notebook.ipynb", rf'report=\\"{source}\\"', f'report=\\"{name}\\"')
    for path, text in made.items():
        file = place / path
        LocalFolder(file.parent).write({file.name: text.encode()})
    (place / "morning.sh").chmod(0o755)
    return [
        *vendor(place, copy),
        *(
            place / path
            for path in (
                *made,
                f"reports/{name}/report.toml",
                f"reports/{name}/story.j2",
                f"reports/{name}/notebook.ipynb",
            )
        ),
    ]


BEAT = {
    "beat.toml": "beats/{name}/beat.toml",
    "detect.py": "beats/{name}/detect.py",
    "proof.py": "beats/{name}/proof.py",
    "words.j2": "beats/{name}/words.j2",
}
"""Which template makes which file of a beat."""


def new_beat(desk: Path, name: str) -> list[Path]:
    """The files of a new beat in *desk*, which finds news and tells it as it stands.

    Raises:
        InvalidParameter: The name is not one of Python's, or a beat has it.
        SettingsError: One of its files is there already.
    """
    from reportgen.beats import beats

    known = {beat.name for beat in beats()} | {kind for beat in beats() for kind in beat.kinds}
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise InvalidParameter(
            f"The beat's name '{name}' has small letters, digits and _, such as opening_gap.",
            subject=name,
        )
    if name in known:
        raise InvalidParameter(
            f"A beat or a kind of news is called '{name}' already; choose another name.",
            subject=name,
        )
    files = {desk / path.format(name=name): template for template, path in BEAT.items()}
    for file in files:
        if file.exists():
            raise SettingsError(f"{file} is there already; choose another name.", subject=file)
    title = name.replace("_", " ").capitalize()
    for file, template in files.items():
        text = _filled(f"workspace/beat/{template}.j2", name=name, title=title)
        LocalFolder(file.parent).write({file.name: text.encode()})
    return list(files)


def renewed(desk: Path) -> bool:
    """Put the running copy into ``vendor/`` of *desk*; False if it is there already."""
    copy = vendored()
    there = {path.name: path.read_bytes() for path in (desk / VENDOR).glob("*") if path.is_file()}
    if there == copy:
        return False
    vendor(desk, copy)
    return True


def vendor(desk: Path, copy: Mapping[str, bytes]) -> list[Path]:
    """The files in ``vendor/`` from which a scheduler installs this *copy*.

    Those of another version are removed.
    """
    folder = LocalFolder(desk / VENDOR)
    folder.write(copy)
    for name in set(folder.sizes()) - set(copy):
        folder.remove(name)
    return [desk / VENDOR / name for name in copy]


def _renamed(file: Path, found: str, put: str) -> None:
    """Put *put* where *file* has the pattern *found*."""
    text, number = re.subn(
        found,
        lambda _: put,
        file.read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    if number != 1:
        raise InvalidParameter(
            f"{file} cannot be renamed: it has '{found}' {number} times; begin as another report.",
            subject=file,
        )
    LocalFolder(file.parent).write({file.name: text.encode()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosted:
    """What a scheduler without a disk of its own keeps between two runs, and shows."""

    store: str = STORE
    """The file of market data."""
    publish: bool = False
    """Whether the archive goes to its Pages, as far as licences allow."""


def scheduled(  # noqa: PLR0913 - keywords, each of which the caller may leave out
    scheduler: str,
    report: str,
    desk: Path,
    *,
    zone: str = "",
    deadline: str = DEADLINE,
    hosted: Hosted | None = None,
    days: Collection[int] = WORKDAYS,
) -> str:
    """The file with which *scheduler* makes the morning of *report*, and looks for it later.

    The morning begins an hour or more before the deadline, at an odd minute derived from the
    report's name: at full hours many other jobs start.

    Args:
        scheduler: "cron", "systemd", "github" or "gitlab".
        report: The name of the report.
        desk: The folder to work in.
        zone: The time zone of *deadline*.
        deadline: When the brief has to be there, as "HH:MM".
        hosted: What "github" and "gitlab" keep and show.
        days: The days of the week on which the market trades, 0 for Monday.

    Raises:
        InvalidParameter: No scheduler can take the name.
    """
    if not NAME.fullmatch(report):
        raise InvalidParameter(
            f"'{report}' has small letters, digits and hyphens where a scheduler is to call it.",
            subject=report,
        )
    hosted = hosted or Hosted()
    last = int(deadline[:2]) * 60 + int(deadline[3:])
    begin = max(
        last - 61 - int(hashlib.sha256(report.encode()).hexdigest(), 16) % 30,
        5,
    )
    begin += 0 if begin % 2 else -1
    look = min(last + 33, 24 * 60 - 1)
    there = zone or home().zone
    calls = sorted({_utc(there, month, begin) for month in (1, 7)})
    given = {
        "report": report,
        "store": hosted.store,
        "publish": hosted.publish,
        "profile": "publish" if hosted.publish else "internal",
        "desk": str(desk.resolve()),
        "zone": there,
        "deadline": deadline,
        "begin": _clock(begin),
        "look": _clock(look),
        "calls": [_cron(call, days) for call in calls],
        "check": _cron(max(_utc(there, month, look) for month in (1, 7)), days),
        "names": _names(days),
        "path": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
    }
    return _filled(f"schedule/{scheduler}.j2", install=COMMANDS, **given)


def _clock(minutes: int) -> tuple[int, int]:
    """Hour and minute *minutes* after midnight."""
    return divmod(minutes, 60)


def _utc(zone: str, month: int, minutes: int) -> dt.datetime:
    """The time in UTC, around MONDAY, at which it is *minutes* after Monday's midnight in *zone*.

    With the difference to UTC that *zone* has in that *month*.
    """
    there = dt.datetime(MONDAY.year, month, 15, tzinfo=ZoneInfo(zone))
    return MONDAY + dt.timedelta(minutes=minutes) - (there.utcoffset() or dt.timedelta())


def _cron(at: dt.datetime, days: Collection[int]) -> str:
    """The times of a cron in UTC for *at*, a time around MONDAY, if Monday stands for *days*."""
    shift = (at.date() - MONDAY.date()).days + 1  # cron counts from Sunday
    numbers = sorted((day + shift) % 7 for day in days)
    run = list(range(numbers[0], numbers[0] + len(numbers)))
    named = f"{run[0]}-{run[-1]}" if numbers == run else ",".join(map(str, numbers))
    return f"{at.minute} {at.hour} * * {named}"


def _names(days: Collection[int]) -> str:
    """The *days* of the week, as systemd reads them."""
    if frozenset(days) == WORKDAYS:
        return "Mon..Fri"
    return ",".join(f"{MONDAY + dt.timedelta(days=day):%a}" for day in sorted(days))


def _filled(template: str, **given: object) -> str:
    """A template of a file; its marks are square, as those files have braces."""
    env = Sandbox(
        loader=FileSystemLoader(resource_dirs("templates")),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        autoescape=False,  # no HTML
    )
    env.filters |= {
        "quoted": shlex.quote,
        "cron": lambda text: text.replace("%", r"\%"),
        "clock": lambda at: f"{at[0]:02d}:{at[1]:02d}",
        "unit": lambda text: text.replace("%", "%%"),
    }
    return env.get_template(template).render(**given)
