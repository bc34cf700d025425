"""Whether an installation can make a brief: each finding with what was seen."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from reportgen.core.errors import SettingsError
from reportgen.datasets.dataset import listed_meetings

Finding = tuple[str, bool, str]
MOST_SHOWN = 3
"""Findings on data that the doctor shows."""
RECIPIENTS = ("recipients.toml", "recipients.csv")
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

    desk = workspace()
    if desk is None:
        return
    told = set[str]()
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
        ("data", _data),
        ("store", _store),
        ("recipients", _recipients),
        ("suppression list", _suppressed),
        ("statements", _statements),
        ("colours", _colours),
        ("schedule", _schedule),
        ("briefs", _briefs),
    ):
        for found in _looked(name, look, desk):
            _, well, words = found
            if well or words not in told:  # one file off may stop several
                told.add(words)
                yield found


def _looked(name: str, look: Callable[[Path], str | list[Finding]], desk: Path) -> list[Finding]:
    """What *look* finds in the *desk*, with what it says of old forms."""
    from reportgen.core.errors import ReportgenError

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            well, said = True, look(desk)
        except (ReportgenError, OSError, ValueError) as error:
            well, said = False, str(error)
    old = dict.fromkeys(str(one.message) for one in told)
    notes = [words for words in old if LEAVING in words]
    if isinstance(said, list):
        return [*said, *((name, True, words) for words in notes)]
    return [(name, well, "; ".join([said, *notes]))]


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
    own = [path.parent for path in sorted(desk.glob("beats/*/beat.toml"))]
    for folder in own:
        _refuse_unused_weights(folder)
    names = ", ".join(folder.name for folder in own)
    unproven = [folder.name for folder in own if not (folder / "proof.py").is_file()]
    note = "; without a proof.py, so that the audit refuses facts of kinds of their own: "
    return (
        f"{len(beats())}, of the desk's own: {names or 'none'}"
        f"{note if unproven else ''}{', '.join(unproven)}"
    )


def _refuse_unused_weights(folder: Path) -> None:
    """Raise SettingsError where a beat weighs a part of a score that its detector never gives."""
    from reportgen.beats import weights_of
    from reportgen.record.request import place_in

    code = (folder / "detect.py").read_text(encoding="utf-8")
    for part in weights_of(folder.name):
        if not re.search(rf"\b{re.escape(part)}\b", code):
            place = place_in(folder / "beat.toml", "weights", part)
            raise SettingsError(
                f"{place}: the weight '{part}' is unused; {folder / 'detect.py'} gives no part of"
                " a score that name.",
                subject=part,
            )


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


def _reports(desk: Path) -> str | list[Finding]:
    """The reports and notebooks of the desk, or each thing that is wrong with one of them."""
    from reportgen.record.foreign import in_desk
    from reportgen.record.request import load_report

    own, alone = _own(desk), in_desk()
    found = [(f"report {name}", False, words) for name in own for words in faults_of(name)]
    for name, file in alone.items():
        found += [(f"notebook {name}", False, words) for words in faults_of(str(file))]
    if found:
        return found
    notes = [note for name in own for note in load_report(name).notes]
    return "; ".join([", ".join([*own, *alone]) or "none of its own", *notes])


def faults_of(name: str) -> list[str]:
    """All that is wrong with the report *name*, as far as no run is needed.

    Each with the file, the line and the cure. *name* may be the path of a notebook.
    """
    from reportgen.core.errors import ReportgenError
    from reportgen.record import cells
    from reportgen.record.request import load_report, unknown_symbols
    from reportgen.record.templates import Templates
    from reportgen.story import reading
    from reportgen.verify.vouching import refuse_new
    from reportgen.verify.words import words_of

    found = list[str]()
    try:
        report = load_report(name)
        missing = [file for file in report.files if not file.is_file()]
        found += [f"{file} is not there; 'reportgen new report' writes one." for file in missing]
        found += unknown_symbols(report)
        if report.notebook not in missing:
            found += cells.faults(report)
        if not (report.plain or missing):
            templates = Templates.of(report.folder)
            words_of(templates)
            unread = list(reading.faults(templates, report.symbols))
            found += unread
            if not unread:
                refuse_new(templates, report.name)
    except (ReportgenError, OSError, ValueError) as error:
        found.append(str(error))
    return found


def _data(desk: Path) -> str:
    """The folders of the desk with data of its own, after reading and checking their files."""
    from reportgen.config.resources import default, named
    from reportgen.core.errors import BadData
    from reportgen.datasets.dataset import open_dataset
    from reportgen.datasets.validation.accepting import kept_out
    from reportgen.datasets.validation.verifying import verify_dataset

    chosen = default("data")
    folders = [] if chosen is None or named(str(chosen)) else [Path(chosen)]
    places = [*desk.glob("*/dataset.toml"), *desk.glob("data/*/dataset.toml")]
    folders += [one.parent for one in sorted(places) if one.parent not in folders]
    told = []
    for folder in folders:
        data = open_dataset(folder.resolve())
        out = kept_out(verify_dataset(data), data.accepted)
        if out:
            raise BadData(
                f"{folder}: {'; '.join(map(str, out[:MOST_SHOWN]))}. It keeps"
                f" {len({one.symbol for one in out})} series out. See: reportgen data verify"
                f" {folder}",
                subject=folder,
            )
        told.append(f"{data.name} in {folder}")
    return ", ".join(told) or "none of its own"


def _store(desk: Path) -> str:
    """Whether the store has what the desk's reports list, or says it never will."""
    from reportgen.core.errors import NoData
    from reportgen.datasets import dataset
    from reportgen.record.request import Report, load_report
    from reportgen.sources import store

    path = store.store_path()
    if not path.is_file():
        return f"{path} is not there yet; fill it: reportgen fetch"
    held = store.symbols(path) | {*dataset.open_dataset(path).absent}
    reports = list[Report]()
    for name in _own(desk):
        with suppress(SettingsError):  # told with the reports
            reports.append(load_report(name))
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
    """The number of recipients in each list. A list is good if it fits any known report."""
    files = [file for file in map(desk.joinpath, RECIPIENTS) if file.is_file()]
    told = [f"{_fitting(file, desk)} in {file}" for file in files]
    return ", ".join(told) or f"no {RECIPIENTS[0]}"


def _fitting(file: Path, desk: Path) -> int:
    """The number of recipients in *file*, read for the first report that it fits."""
    from reportgen.core.errors import ReportgenError
    from reportgen.publish.recipients import read_recipients
    from reportgen.record.request import load_report, report_names

    refused: list[ReportgenError] = []
    for name in dict.fromkeys((*_own(desk), *report_names())):
        with suppress(SettingsError):  # told with the reports
            report = load_report(name)
            try:
                return len(read_recipients(file, report))
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
