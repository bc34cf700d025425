"""Whether an installation can make a brief: each finding with what was seen."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from reportgen.data.dataset import listed_meetings

Finding = tuple[str, bool, str]


def examine(today: dt.date) -> Iterator[Finding]:
    """Name, whether it is well, and a word on it, for each thing that a brief of *today* needs."""
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
        return "kernel", False, "no kernel 'python3'; run: python -m ipykernel install --sys-prefix"


def _fonts() -> Finding:
    from reportgen.render.assets import FACES, font_file

    missing = [face[0] for face in FACES if not font_file(*face).is_file()]
    return (
        "fonts",
        not missing,
        f"missing: {', '.join(missing)}" if missing else "IBM Plex Sans and Serif",
    )


def _bundle() -> Finding:
    from reportgen.render.assets import font_faces, vega_bundle

    return (
        "page parts",
        True,
        f"{(len(vega_bundle()) + len(font_faces())) // 1000} kB of script and fonts, cached",
    )


def _sample() -> Finding:
    from reportgen.data.dataset import open_dataset
    from reportgen.errors import ReportgenError
    from reportgen.resources import SAMPLE

    try:
        return "sample", True, open_dataset(SAMPLE).name
    except ReportgenError as error:
        return "sample", False, str(error)


def _desk() -> Iterator[Finding]:
    """Whether what the desk wrote can be read, where there is a desk."""
    from reportgen.errors import ReportgenError
    from reportgen.resources import workspace

    desk = workspace()
    if desk is None:
        return
    for name, look in (
        ("settings", _settings), ("reports", _reports), ("readers", _readers), ("statements", _statements), ("colours", _colours),
    ):  # fmt: skip
        try:
            yield name, True, look(desk)
        except (ReportgenError, OSError, ValueError) as error:
            yield name, False, str(error)


def _settings(_: Path) -> str:
    from reportgen.deliver.config import read_config
    from reportgen.deliver.doors import door
    from reportgen.resources import config_file

    doors = read_config().doors
    for name, table in doors.items():
        door(name, table)
    return f"{config_file()}, doors: {', '.join(doors) or 'none'}"


def _reports(desk: Path) -> str:
    """The desk's own reports, once their files and all that their stories import were read."""
    from jinja2 import Environment, TemplateSyntaxError

    from reportgen.errors import RenderError
    from reportgen.narrative.wording import imported
    from reportgen.request import load_report

    env = Environment(trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - nothing is rendered
    for report in map(load_report, _own(desk)):
        if not report.notebook.is_file():
            raise RenderError(f"{report.notebook} is not there.", subject=report.notebook)
        for file in imported(report.folder / "story.j2"):
            try:
                env.parse(file.read_text(encoding="utf-8"))
            except TemplateSyntaxError as error:
                raise RenderError(f"{file}, line {error.lineno}: {error}", subject=file) from error
    return ", ".join(_own(desk)) or "none of its own"


def _own(desk: Path) -> list[str]:
    """The names of the reports that lie in *desk*."""
    from reportgen.request import report_names
    from reportgen.resources import resource

    return [name for name in report_names() if resource(f"reports/{name}").is_relative_to(desk)]


def _readers(desk: Path) -> str:
    """How many there are; a list is well if it fits a report, one of the desk's own or one of ours."""
    from reportgen.errors import ReportgenError
    from reportgen.recipients import read_recipients
    from reportgen.request import load_report, report_names

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


def _statements(_: Path) -> str:
    from reportgen.data.commentary import read_commentary
    from reportgen.data.store import store_path

    folder = store_path().parent / "commentary"
    return f"{len(read_commentary(folder))} in {folder}"


def _colours(_: Path) -> str:
    from reportgen.resources import resource, tokens

    return f"{len(tokens())} themes in {resource('templates/tokens.json')}"
