"""Whether an installation can make a brief: each finding with what was seen."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import warnings
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from reportgen.datasets.dataset import listed_meetings

Finding = tuple[str, bool, str]
LEAVING = "the next release"
"""What every warning says of an old name or an old form."""


def examine(today: dt.date) -> Iterator[Finding]:
    """Name, whether it is well, and a note, for each thing a brief needs *today*."""
    yield "python", sys.version_info >= (3, 11), sys.version.split()[0]
    for package in (
        "papermill",
        "nbconvert",
        "jinja2",
        "pandas",
        "altair",
        "vl-convert-python",
        "typst",
    ):
        try:
            yield package, True, version(package)
        except PackageNotFoundError:
            yield package, False, "missing; install this copy again"
    yield _kernel()
    yield _fonts()
    yield _bundle()
    yield _sample()
    yield from _desk()
    yield _used_up("Fed meetings", max(end for _, end in listed_meetings()), today)


def _used_up(name: str, last: dt.date, today: dt.date) -> Finding:
    """What is known ahead, and whether it will do for another quarter."""
    ahead = (last - today).days
    return (
        name,
        ahead > 90,
        f"known until {last}" if ahead > 90 else f"known until {last} only; update reportgen",
    )


def _kernel() -> Finding:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        return "kernel", True, str(KernelSpecManager().get_kernel_spec("python3").display_name)
    except NoSuchKernel:
        return (
            "kernel",
            False,
            "no kernel 'python3'; run: python -m ipykernel install --sys-prefix",
        )


def _fonts() -> Finding:
    from reportgen.rendering.assets import FACES, font_file

    missing = [face[0] for face in FACES if not font_file(*face).is_file()]
    return (
        "fonts",
        not missing,
        f"missing: {', '.join(missing)}" if missing else "IBM Plex Sans and Serif",
    )


def _bundle() -> Finding:
    from reportgen.rendering.assets import font_faces, vega_bundle

    return (
        "page parts",
        True,
        f"{(len(vega_bundle()) + len(font_faces())) // 1000} kB of script and fonts, cached",
    )


def _sample() -> Finding:
    from reportgen.config.resources import SAMPLE
    from reportgen.core.errors import ReportgenError
    from reportgen.datasets.dataset import open_dataset

    try:
        return "sample", True, open_dataset(SAMPLE).name
    except ReportgenError as error:
        return "sample", False, str(error)


def _desk() -> Iterator[Finding]:
    """Whether what the desk wrote can be read, where there is a desk."""
    from reportgen.config.resources import workspace
    from reportgen.core.errors import ReportgenError

    desk = workspace()
    if desk is None:
        return
    for name, look in (
        ("settings", _settings),
        ("mail", _mail),
        ("instruments", _instruments),
        ("markets", _markets),
        ("beats", _beats),
        ("sources", _sources),
        ("channels", _channels),
        ("closures", _closures),
        ("reports", _reports),
        ("store", _store),
        ("recipients", _recipients),
        ("suppression list", _suppressed),
        ("statements", _statements),
        ("colours", _colours),
        ("schedule", _schedule),
        ("briefs", _briefs),
    ):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                well, said = True, look(desk)
            except (ReportgenError, OSError, ValueError) as error:
                well, said = False, str(error)
        old = dict.fromkeys(str(one.message) for one in told)
        yield name, well, "; ".join([said, *(words for words in old if LEAVING in words)])


def _settings(_: Path) -> str:
    from reportgen.config.resources import config_file
    from reportgen.publish.channels import door
    from reportgen.publish.config import read_config
    from reportgen.publish.kept import ledger_of

    config = read_config()
    for name, table in config.doors.items():
        door(name, table)
    ledger_of(config)
    return f"{config_file()}, channels: {', '.join(config.doors) or 'none'}"


def _mail(_: Path) -> str:
    """How the mail server knows the desk, with what that needs; nothing is sent or fetched.

    Secrets that are not set here are a note: they may be those of the scheduler.
    """
    from reportgen.config.secrets import is_set, secret
    from reportgen.publish.config import CREDENTIALS, read_config

    mail = read_config().mail
    if mail is None:
        return "no [mail]"
    if source := mail.token_source:
        source.check()
    way = next((f"{mail.user} by {name}" for name in CREDENTIALS if getattr(mail, name)), "no user")
    unset = [name for name in mail.secrets if not (is_set(name) and secret(name))]
    return f"{mail.host}, {way}{''.join(f'; {name} is not set here' for name in unset)}"


def _instruments(desk: Path) -> str:
    """The desk's own instruments and baskets, once their files were read; old words in them."""
    from reportgen.markets.baskets import baskets
    from reportgen.markets.instruments import instrument_files, registry

    own = [path.relative_to(desk).as_posix() for path in instrument_files(desk)]
    own += ["baskets.toml"] if (desk / "baskets.toml").is_file() else []
    with warnings.catch_warnings(record=True) as old:
        warnings.simplefilter("always", DeprecationWarning)
        registry.cache_clear()
        found = registry()
    read = f"{len(found)} instruments, {len(baskets())} baskets;"
    notes = (str(warning.message) for warning in old)
    return "; ".join([f"{read} {', '.join(own) or 'none'} of the desk's own", *notes])


def _beats(desk: Path) -> str:
    """The families of news, after reading all their detectors and sentences."""
    from reportgen.beats import beats, detector, proof
    from reportgen.core.errors import RenderError
    from reportgen.record.templates import sentences_of

    for beat in beats():
        detector(beat.name)
        proof(beat.name)
        if sentences_of(beat.name) is None:
            file = desk / "beats" / beat.name / "words.j2"
            raise RenderError(
                f"The beat '{beat.name}' has no sentences; write {file} with"
                " the macros headline, lead, point and tell.",
                subject=file,
            )
    own = [path.parent.name for path in sorted(desk.glob("beats/*/beat.toml"))]
    return f"{len(beats())}, of the desk's own: {', '.join(own) or 'none'}"


def _markets(_: Path) -> str:
    from reportgen.markets import market, market_names

    return ", ".join(f"{name}: {market(name).name}" for name in market_names())


def _sources(_: Path) -> str:
    from reportgen.sources.plan import read_sources
    from reportgen.sources.providers import registered

    known = registered()
    order = read_sources().order
    return f"{len(known)} providers, in orders for {len(order)} kinds and symbols"


def _channels(_: Path) -> str:
    from reportgen.publish.channels import registered

    return ", ".join(registered())


def _closures(_: Path) -> str:
    from reportgen.markets import home
    from reportgen.markets.closures import closures

    known = closures(home().exchange)
    return f"{len(known.closed)} closings, {len(known.hours)} sessions with hours of their own"


STRANGER = re.compile(r"pip install[^\n]*\breportgen==")


def _schedule(desk: Path) -> str:
    """Whether what a scheduler installs is this program."""
    from reportgen.core.errors import SettingsError

    files = [*desk.glob(".github/workflows/*.yml"), *desk.glob(".gitlab-ci.yml")]
    for file in files:
        if STRANGER.search(file.read_text(encoding="utf-8", errors="replace")):
            report = (_own(desk) or ["REPORT"])[0]
            raise SettingsError(
                f"{file}: it installs somebody else's package, whose name on"
                " the index is reportgen. Write it anew: reportgen schedule"
                f" {report} --for"
                f" {'gitlab' if file.name.startswith('.gitlab') else 'github'}"
                f" > {file}",
                subject=file,
            )
    return ", ".join(file.name for file in files) or "no workflow"


def _briefs(desk: Path) -> str:
    """Whether the finished briefs in the desk's output folder have seals."""
    from reportgen.config.resources import default
    from reportgen.core.errors import SealError

    out = Path(default("out") or desk / "out")
    if "://" in str(default("out")):
        return f"in {default('out')}"
    folders = [path.parent for path in out.glob("*/*/notebook.ipynb")]
    bare = [folder for folder in folders if not (folder / "seal.json").is_file()]
    if bare:
        adopt = f"reportgen seal {out} --adopt"
        raise SealError([f"{bare[0]} has no seal, as those of 0.1.0; take all in: {adopt}"])
    return f"{len(folders)} below {out}"


def _reports(desk: Path) -> str:
    """The desk's own reports, after reading their files and imported stories."""
    from jinja2 import Environment, TemplateSyntaxError

    from reportgen.core.errors import RenderError
    from reportgen.record.request import load_report
    from reportgen.record.templates import Templates
    from reportgen.story.wording import imported
    from reportgen.verify.vouching import refuse_new
    from reportgen.verify.words import words_of

    env = Environment(trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - nothing is rendered
    for report in map(load_report, _own(desk)):
        if not report.notebook.is_file():
            raise RenderError(f"{report.notebook} is not there.", subject=report.notebook)
        templates = Templates.of(report.folder)
        words_of(templates)
        for file in imported(report.folder / "story.j2"):
            try:
                env.parse(file.read_text(encoding="utf-8"))
            except TemplateSyntaxError as error:
                raise RenderError(
                    f"{file}, line {error.lineno}: {error}",
                    subject=file,
                ) from error
        refuse_new(templates, report.name)
    notes = [note for name in _own(desk) for note in load_report(name).notes]
    return "; ".join([", ".join(_own(desk)) or "none of its own", *notes])


def _store(desk: Path) -> str:
    """Whether the store has what the desk's reports list, or says it never will."""
    from reportgen.core.errors import NoData
    from reportgen.datasets import dataset
    from reportgen.record.request import load_report
    from reportgen.sources import store

    path = store.store_path()
    if not path.is_file():
        return f"{path} is not there yet; fill it: reportgen fetch"
    held = store.symbols(path) | {*dataset.open_dataset(path).absent}
    reports = [load_report(name) for name in _own(desk)]
    listed = dict.fromkeys(s for report in reports for s in (*report.symbols, *report.series))
    lacking = [symbol for symbol in listed if symbol not in held]
    if lacking:
        declared = path.with_suffix(".dataset.toml")
        raise NoData(
            f"{path} lacks {len(lacking)} of {len(listed)} series that the desk's reports list. "
            f"Fetch them: reportgen fetch; or declare in {declared} that it never covers them: "
            f"absent = {json.dumps(lacking)}",
            subject=path,
        )
    return f"{path} holds all {len(listed)} series that the desk's reports list"


def _own(desk: Path) -> list[str]:
    """The names of the reports that lie in *desk*."""
    from reportgen.record.request import report_folder, report_names

    return [name for name in report_names() if report_folder(name).is_relative_to(desk)]


def _recipients(desk: Path) -> str:
    """The number of recipients. A list is good if it fits any known report."""
    from reportgen.core.errors import ReportgenError
    from reportgen.publish.recipients import read_recipients
    from reportgen.record.request import load_report, report_names

    file = desk / "recipients.toml"
    if not file.is_file():
        return "no recipients.toml"
    refused: list[ReportgenError] = []
    for name in dict.fromkeys((*_own(desk), *report_names())):
        try:
            return f"{len(read_recipients(file, load_report(name)))} in {file}"
        except ReportgenError as error:
            refused.append(error)
    raise refused[0]


def _suppressed(_: Path) -> str:
    """The number of addresses that get no mail."""
    from reportgen.publish.config import read_config

    suppression = read_config().suppression
    return f"{len(suppression.all())} in {suppression.path}"


def _statements(_: Path) -> str:
    from reportgen.datasets.commentary import read_commentary
    from reportgen.sources.store import store_path

    folder = store_path().parent / "commentary"
    return f"{len(read_commentary(folder))} in {folder}"


def _colours(_: Path) -> str:
    from reportgen.config.resources import resource, tokens

    return f"{len(tokens())} themes in {resource('templates/tokens.json')}"
