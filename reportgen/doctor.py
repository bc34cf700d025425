"""Whether an installation can make a brief: each finding with what was seen."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from reportgen.data.dataset import listed_meetings
from reportgen.market.exchange import exchange

Finding = tuple[str, bool, str]


def examine(today: dt.date) -> Iterator[Finding]:
    """Name, whether it is well, and a word on it, for each thing that a brief of *today* needs."""
    yield "python", sys.version_info >= (3, 11), sys.version.split()[0]
    for package in ("papermill", "nbconvert", "jinja2", "pandas", "altair", "vl-convert-python", "typst"):
        try:
            yield package, True, version(package)
        except PackageNotFoundError:
            yield package, False, "not installed; reinstall reportgen"
    yield _kernel()
    yield _fonts()
    yield _bundle()
    yield _sample()
    yield from _desk()
    yield _used_up("trading calendar", exchange().sessions[-1], today)
    yield _used_up("Fed meetings", max(end for _, end in listed_meetings()), today)


def _used_up(name: str, last: dt.date, today: dt.date) -> Finding:
    """What is known ahead, and whether it will do for another quarter."""
    ahead = (last - today).days
    return name, ahead > 90, f"known until {last}" if ahead > 90 else f"known until {last} only; update reportgen"


def _kernel() -> Finding:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        return "kernel", True, str(KernelSpecManager().get_kernel_spec("python3").display_name)
    except NoSuchKernel:
        return "kernel", False, "no kernel 'python3'; run: python -m ipykernel install --sys-prefix"


def _fonts() -> Finding:
    from reportgen.render.assets import FACES, font_file

    missing = [face[0] for face in FACES if not font_file(*face).is_file()]
    return "fonts", not missing, f"missing: {', '.join(missing)}" if missing else "IBM Plex Sans and Serif"


def _bundle() -> Finding:
    from reportgen.render.assets import font_faces, vega_bundle

    return "page parts", True, f"{(len(vega_bundle()) + len(font_faces())) // 1000} kB of script and fonts, cached"


def _sample() -> Finding:
    from reportgen.data.dataset import open_dataset
    from reportgen.errors import ReportgenError
    from reportgen.resources import SAMPLE

    try:
        return "sample", True, open_dataset(SAMPLE).name
    except ReportgenError as error:
        return "sample", False, str(error)


def _desk() -> Iterator[Finding]:
    """Whether the desk's own file and reports can be read, where there are any, and its doors opened."""
    from reportgen.deliver.config import read_config
    from reportgen.deliver.doors import door
    from reportgen.errors import ReportgenError
    from reportgen.request import load_report, report_names
    from reportgen.resources import CONFIG, workspace

    desk = workspace()
    if desk is None:
        return
    try:
        for name, table in read_config().doors.items():
            door(name, table)
        own = [report.name for report in map(load_report, report_names()) if report.folder.is_relative_to(desk)]
        yield "workspace", True, f"{CONFIG}, reports of its own: {', '.join(own) or 'none'}"
    except ReportgenError as error:
        yield "workspace", False, str(error)
