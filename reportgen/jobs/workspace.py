"""A desk's own folder: its first files, and what a scheduler needs to know."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import shlex
import shutil
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import FileSystemLoader, StrictUndefined

from reportgen.config.resources import CONFIG, home_market, resource_dirs
from reportgen.config.sandbox import Sandbox
from reportgen.core.errors import InvalidParameter, ReportgenError, SettingsError, did_you_mean
from reportgen.files.outputs import LocalFolder
from reportgen.jobs.installed import COMMANDS, VENDOR, vendored
from reportgen.markets import home
from reportgen.markets.calendar import Calendar
from reportgen.markets.instruments import known, registry
from reportgen.markets.spec import HOME, market_names
from reportgen.record.request import load_report, report_names
from reportgen.record.templates import STORY

HOSTED = ("github", "gitlab")
"""Schedulers that install the program anew for each run."""
DEADLINE, STORE = "06:45", "data/store.duckdb"
WORKDAYS = frozenset(range(5))
"""Monday to Friday."""
MONDAY = dt.datetime(2025, 1, 13, tzinfo=dt.UTC)
"""A Monday, from which times of a week are counted."""
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
WORD = re.compile(r"[a-z][a-z0-9_]*")
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


EXAMPLES = {
    "beat": {
        "beat.toml": "beats/{name}/beat.toml",
        "detect.py": "beats/{name}/detect.py",
        "proof.py": "beats/{name}/proof.py",
        "words.j2": "beats/{name}/words.j2",
    },
    "report": {
        "report.toml": "reports/{name}/report.toml",
        "notebook.ipynb": "reports/{name}/notebook.ipynb",
        "story.j2": "reports/{name}/story.j2",
    },
    "provider": {"provider.py": "providers/{name}.py"},
    "market": {
        "market.toml": "markets/{name}.toml",
        "instruments.toml": "instruments/{name}.toml",
    },
}
"""Which template of ``workspace/KIND`` makes which file of an example."""


def new_beat(desk: Path, name: str) -> list[Path]:
    """The files of a new beat in *desk*, which finds news and tells it as it stands.

    Raises:
        InvalidParameter: The name is not one of Python's, or a beat has it.
        SettingsError: One of its files is there already.
    """
    from reportgen.beats import beats

    taken = {beat.name for beat in beats()} | {kind for beat in beats() for kind in beat.kinds}
    _refuse_name("beat", name, WORD, "opening_gap", taken)
    return _written(desk, "beat", name, title=_title(name))


def new_report(desk: Path, name: str, symbols: Sequence[str] = ()) -> list[Path]:
    """The files of a new report in *desk*: the session of *symbols*, in words, figures, a picture.

    Without *symbols*, those of the desk's market: its lead index, and the next one.

    Raises:
        InvalidParameter: The name is not one of a report, or a report has it; a symbol is unknown.
        SettingsError: One of its files is there already.
    """
    _refuse_name("report", name, NAME, "desk-note", report_names())
    spec = home()
    listed = list(dict.fromkeys(symbols or spec.symbols[:2]))
    for symbol in listed:
        if known(symbol) is None:
            raise InvalidParameter(
                f"No instrument has the symbol '{symbol}'.{did_you_mean(symbol, registry())}"
                " Others go into the desk's instruments.toml first.",
                subject=symbol,
            )
    return _written(
        desk,
        "report",
        name,
        title=_title(name),
        market=home_market() or HOME,
        symbols=json.dumps(listed),
        quoted=json.dumps(json.dumps(listed))[1:-1],
        required=json.dumps(listed[:1]),
        optional=json.dumps(listed[1:]),
    )


def new_provider(desk: Path, name: str) -> list[Path]:
    """The file of a new provider in *desk*: closes as CSV from a service that has a key.

    Raises:
        InvalidParameter: The name is not one of Python's, or a provider has it.
        SettingsError: Its file is there already.
    """
    from reportgen.sources.providers import registered

    _refuse_name("provider", name, WORD, "example", registered())
    return _written(desk, "provider", name, title=_title(name))


def new_market(desk: Path, name: str, exchange: str, currency: str, lead: str) -> list[Path]:
    """The files of a new market in *desk*: the market itself, and its lead index.

    Args:
        desk: The folder of the desk.
        name: The name of the market, for ``market = "NAME"`` in a report.toml.
        exchange: A code of exchange_calendars, such as "XLON", or "24/7".
        currency: The ISO 4217 code of its prices.
        lead: The symbol of its lead index.

    Raises:
        InvalidParameter: The name is not one of a market, or a market has it; there is no such
            exchange.
        SettingsError: One of its files is there already.
    """
    _refuse_name("market", name, WORD, "pl", market_names())
    calendar = _calendar(exchange)
    return _written(
        desk,
        "market",
        name,
        title=_title(name),
        exchange=exchange,
        zone=str(calendar.zone),
        currency=currency,
        lead=lead,
        called=lead,
        short=lead,
        inception=calendar.first,
    )


def new_chart(desk: Path, report: str, name: str) -> list[Path]:
    """The changed files of a *report* of the desk, with a chart called *name* as its last picture.

    The notebook draws the closes of the report's first instrument, and the story prints the chart.

    Raises:
        InvalidParameter: The name is not one of a chart, or a chart has it; the report is shipped.
    """
    known = load_report(report)
    if not known.folder.is_relative_to(desk):
        raise InvalidParameter(
            f"The report '{report}' is not the desk's own; copy it first: reportgen init, or"
            " reportgen new report.",
            subject=report,
        )
    told = known.folder / STORY
    notebook = json.loads(known.notebook.read_text(encoding="utf-8"))
    story = told.read_text(encoding="utf-8")
    drawn = {cell.get("id") for cell in notebook["cells"]}
    _refuse_name("chart", name, NAME, "closes", drawn)
    cell = _filled("workspace/chart/cell.py.j2", name=name, symbol=known.required[0])
    notebook["cells"].append(
        {
            "cell_type": "code",
            "execution_count": None,
            "id": name,
            "metadata": {},
            "outputs": [],
            "source": cell.rstrip("\n").splitlines(keepends=True),
        }
    )
    shown = f'{{% if "{name}" in charts %}}{{{{ picture("{name}") }}}}{{% endif %}}\n'
    # The foot of a brief comes last.
    body, foot = _before_foot(story)
    text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    LocalFolder(known.folder).write(
        {known.notebook.name: text.encode(), STORY: f"{body}{shown}\n{foot}".encode()}
    )
    return [known.notebook, told]


def _before_foot(story: str) -> tuple[str, str]:
    """A *story* in two: up to the lines at its foot, and from there on."""
    lines = story.splitlines(keepends=True)
    place = len(lines)
    while place and (not lines[place - 1].strip() or "footer" in lines[place - 1]):
        place -= 1
    return "".join(lines[:place]).rstrip("\n") + "\n\n", "".join(lines[place:]).lstrip("\n")


def _calendar(exchange: str) -> Calendar:
    """The calendar of *exchange*."""
    try:
        calendar = Calendar(exchange)
        _ = calendar.first
    except (ReportgenError, ValueError, LookupError) as error:
        raise InvalidParameter(
            f"There is no exchange '{exchange}'. Its code is one of exchange_calendars, such as"
            ' XLON, or "24/7".',
            subject=exchange,
        ) from error
    return calendar


def _refuse_name(
    kind: str, name: str, form: re.Pattern[str], example: str, taken: Collection[str]
) -> None:
    """Raise InvalidParameter where *name* has another *form*, or is *taken*."""
    marks = "hyphens" if form is NAME else "_"
    if not form.fullmatch(name):
        raise InvalidParameter(
            f"The {kind}'s name '{name}' has small letters, digits and {marks}, such as {example}.",
            subject=name,
        )
    if name in taken:
        also = " or a kind of news" if kind == "beat" else ""
        raise InvalidParameter(
            f"A {kind}{also} is called '{name}' already; choose another name.", subject=name
        )


def _title(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").capitalize()


def _written(desk: Path, kind: str, name: str, **given: object) -> list[Path]:
    """The files of the example of a *kind*, called *name*. None is written where one is there."""
    files = {desk / path.format(name=name): made for made, path in EXAMPLES[kind].items()}
    for file in files:
        if file.exists():
            raise SettingsError(f"{file} is there already; choose another name.", subject=file)
    texts = {
        file: _filled(f"workspace/{kind}/{made}.j2", name=name, **given)
        for file, made in files.items()
    }
    for file, text in texts.items():
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
