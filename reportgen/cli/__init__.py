"""The command line: the commands that make, check and render briefs.

Heavy imports are inside the commands.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from reportgen import __version__
from reportgen.cli import log, streams
from reportgen.cli.about import completion, doctor, list_reports, schema, show
from reportgen.cli.clock import due, morning, paper_option, waited, watch, zone_option
from reportgen.cli.data import data, fed_odds, fetch
from reportgen.cli.desk import init, new_group, schedule_for, vouch
from reportgen.cli.group import (
    DeskOption,
    Group,
    as_of_option,
    pairs,
    param_option,
    report_argument,
    sample_option,
    warn_of_old_forms,
)
from reportgen.cli.mail import (
    approve,
    correct,
    hold,
    outbox,
    post,
    preview,
    remember,
    send,
    unsubscribe,
)
from reportgen.cli.site import serve, site_group
from reportgen.cli.voice import voice_group
from reportgen.config.resources import tidy
from reportgen.core.errors import InvalidParameter
from reportgen.execute import ours

if TYPE_CHECKING:
    from reportgen.config.settings import Settings
    from reportgen.record.request import Request

DEGRADED = 8
"""The exit code of a brief that was made and names its gaps."""
FORMATS = ("html", "pdf", "eml", "txt", "json")
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

formats_option = click.option(
    "--format",
    "formats",
    cls=DeskOption,
    multiple=True,
    type=click.Choice(FORMATS),
    help="Write only this format. Repeat it for several. All by default.",
)

lead_option = click.option(
    "--lead",
    default="",
    metavar="FINDING",
    help="Lead with this finding, such as 'record_close ^IXIC'. See 'findings'.",
)
drop_option = click.option(
    "--drop",
    multiple=True,
    metavar="FINDING",
    help="Leave this finding out. Repeat it for several.",
)


def entry() -> NoReturn:
    """Run the command line and exit at once.

    All files are closed by then. Tearing down libraries would take half a second.
    """
    streams.open_all()
    ours.declare()
    try:
        code = _code()
        sys.stdout.flush()
    except OSError as error:
        code = streams.told(error)
    with suppress(OSError):
        sys.stderr.flush()
    os._exit(code)


def _code() -> int:
    """The exit code of the command."""
    try:
        main()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    return 0


def settings_of(**given: Any) -> Settings:
    """The settings of a run: those *given*, and those of the desk's own file."""
    from reportgen.publish.config import read_config

    return read_config().settings(**given)


@click.group(cls=Group, context_settings=SETTINGS)
@click.version_option(__version__, prog_name="reportgen")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Show each stage, and the traceback of an error.",
)
def main(verbose: bool) -> None:
    """Market recaps. Every number is traced to its cell and checked before it is sent.

    \b
    Examples:
      reportgen run small-caps --as-of "2025-01-08 13:00"
      reportgen run small-caps --as-of 2025-01-08 --data my-data --out briefs
      reportgen check out/small-caps/2025-01-08T1300
    """  # noqa: D301 - click reads the mark
    del verbose


class Parametrised(click.Command):
    """A command that takes a parameter as NAME=VALUE, or as papermill does, as NAME VALUE."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read *args*, the two words of papermill as one."""
        return super().parse_args(ctx, list(_joined(args)))


def _joined(args: list[str]) -> Iterator[str]:
    """*args* with "-p NAME VALUE" as "-p NAME=VALUE"."""
    words = iter(args)
    for word in words:
        yield word
        if word in ("-p", "--param"):
            name = next(words, None)
            if name is None:
                return
            value = None if "=" in name or not name.isidentifier() else next(words, None)
            if value is None or value.startswith("--"):
                yield from (one for one in (name, value) if one is not None)
            else:
                yield f"{name}={value}"


@click.command(cls=Parametrised)
@report_argument
@as_of_option
@sample_option()
@click.option(
    "--out",
    cls=DeskOption,
    default="out",
    show_default=True,
    help="The output folder, or a URL such as s3://bucket/briefs.",
)
@param_option
@formats_option
@paper_option
@lead_option
@drop_option
@click.option(
    "--recipients",
    type=click.Path(path_type=Path),
    help="A CSV or TOML list of recipients: make a copy for each, from one run.",
)
@click.option(
    "--profile",
    type=click.Choice(["internal", "publish"]),
    default="internal",
    show_default=True,
    help="publish: hold a brief that uses a source that may not be published.",
)
@click.option(
    "--engine",
    type=click.Choice(["reportgen", "nbclient"]),
    default="reportgen",
    show_default=True,
    help="The engine that runs the notebook.",
)
@click.option(
    "--wait-for-data",
    is_flag=True,
    help="Wait until the data are there, or until the deadline. See also 'morning'.",
)
@click.option(
    "--deadline",
    default="06:45",
    show_default=True,
    help="With --wait-for-data: the time of day, in --zone, at which waiting ends.",
)
@zone_option
@click.option("--open", "shown", is_flag=True, help="Open the page in a browser.")
@click.pass_context
def run(ctx: click.Context, /, report: str, **options: Any) -> None:
    """Run REPORT and write its brief: page, PDF, email, text, JSON and the executed notebook.

    REPORT is the name of a report, or the path of a notebook (.ipynb, or .py with # %% cells).
    A notebook needs nothing of reportgen. What it shows is not fact-checked.

    \b
    Examples:
      reportgen run small-caps --as-of "2025-01-08 13:00" -p months=12
      reportgen run notes/weekly.ipynb -p desk "New York"
    """  # noqa: D301 - click reads the mark
    import gc

    gc.disable()  # one brief, and the process ends: there is more to import than to collect

    from reportgen import api
    from reportgen.produce.telling import stopped
    from reportgen.record.request import load_report
    from reportgen.verify.gate import unchecked

    recipients, waiting = options.pop("recipients"), options.pop("wait_for_data")
    deadline, zone, shown = options.pop("deadline"), options.pop("zone"), options.pop("shown")
    options["parameters"] = pairs(options.pop("params"))
    options["formats"] = options["formats"] or FORMATS
    if shown and ("html" not in options["formats"] or recipients or "://" in options["out"]):
        raise InvalidParameter(
            "--open shows the page of one brief in a folder of this machine; write it with"
            " --format html, without --recipients.",
            subject="--open",
        )
    if recipients or waiting:
        out = options.pop("out")
        settings = settings_of(
            **{name: options.pop(name) for name in ("paper", "engine", "profile")}
        )
        request = api.request_of(report, **options)
        if recipients:
            _run_for(recipients, request, out, settings)
        else:
            waited(request, out, deadline, zone, settings)
        return
    brief = api.run(report, **options, progress=_progress(ctx))
    warn_of_old_forms(load_report(report))
    if brief.gaps:
        private = "holdings" in brief.record.context
        missing = "" if private else f" missing: {', '.join(brief.gaps)};"
        click.echo(f"reportgen: degraded;{missing} see gate.txt", err=True)
        for words in () if private else stopped(brief.record, load_report(report).notebook):
            click.echo(f"reportgen: {tidy(words)}", err=True)
    if note := unchecked(brief.record):
        click.echo(f"reportgen: {note}", err=True)
    for path in brief.files:
        click.echo(path)
    remember(brief.folder)
    if shown:
        import webbrowser

        webbrowser.open(Path(brief.folder, "brief.html").absolute().as_uri())
    if brief.gaps:
        sys.exit(DEGRADED)


def _run_for(
    recipients: Path,
    request: Request,
    out: str,
    settings: Settings,
) -> None:
    """Make a copy of the brief for each recipient listed in *recipients*."""
    import datetime as dt

    from reportgen.publish.mail.personal import produce_for
    from reportgen.publish.recipients import read_recipients

    readers = read_recipients(recipients, request.report)
    now = dt.datetime.now(dt.UTC)
    for path in produce_for(readers, request, out, now=now, settings=settings):
        click.echo(path)


@click.command()
@report_argument
@click.option(
    "--from",
    "first",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="The first day. Days without a session are skipped.",
)
@click.option(
    "--to",
    "last",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day.",
)
@click.option(
    "--data",
    cls=DeskOption,
    default="sample",
    show_default=True,
    help="sample, store, or a folder or URL with a dataset.toml.",
)
@click.option(
    "--out",
    cls=DeskOption,
    default="out",
    show_default=True,
    help="The output folder, or a URL such as s3://bucket/briefs.",
)
@click.option(
    "-p",
    "--param",
    "params",
    multiple=True,
    metavar="NAME=A,B",
    help="Values of a parameter. Several values give a folder each.",
)
@formats_option
@paper_option
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Briefs made at the same time. One per core by default.",
)
@click.option(
    "--executor",
    default="local",
    show_default=True,
    metavar="local|dask|ADDRESS",
    help="Where briefs are made: on this machine, or on a Dask cluster.",
)
@click.option("--again", is_flag=True, help="Also make finished briefs again.")
def backfill(**options: Any) -> None:
    """Make a brief of REPORT for every session in a range of days. Finished briefs are kept.

    \b
    Examples:
      reportgen backfill small-caps --from 2025-01-02 --to 2025-01-31 --jobs 2
      reportgen backfill small-caps --from 2024-01-02 --to 2024-12-31 -p months=6,12
      reportgen backfill small-caps --from 2024-01-02 --to 2024-12-31 --executor tcp://host:8786
    """  # noqa: D301 - click reads the mark
    from dataclasses import replace

    from reportgen.produce import batch
    from reportgen.produce.executors import executor

    template, choices = _template(options)
    jobs: list[batch.Job] = []
    outcomes: list[batch.Outcome] = []
    try:
        with executor(options["executor"], options["jobs"]) as pool:
            first = replace(template, as_of=f"{options['first']:%Y-%m-%d}")
            pool.submit(batch.warm, first)  # while this process reads the calendar
            jobs += batch.jobs_of(
                template,
                _sessions(options, template.asked_at),
                choices,
            )
            outcomes.extend(
                batch.progress(
                    batch.run(jobs, pool, again=options["again"]),
                    len(jobs),
                    _line(),
                )
            )
    except KeyboardInterrupt:
        click.echo(
            f"\nreportgen: stopped after {len(outcomes)} of {len(jobs)}; the"
            " same command goes on from here.",
            err=True,
        )
        sys.exit(130)
    sys.exit(_summary(outcomes))


def _template(options: dict[str, Any]) -> tuple[Any, dict[str, list[str]]]:
    """What all jobs share, with the last day, and the parameters that differ."""
    import datetime as dt

    from reportgen.produce import batch
    from reportgen.record.request import load_report, located

    report = load_report(options["report"])
    warn_of_old_forms(report)
    choices = {name: values.split(",") for name, values in pairs(options["params"]).items()}
    for name, values in choices.items():
        for value in values:
            report.parameter_values({name: value})
    template = batch.Job(
        report=report.address,
        as_of=f"{options['last']:%Y-%m-%d}",
        data=located(options["data"]),
        parameters={},
        formats=options["formats"] or FORMATS,
        out=options["out"],
        asked_at=dt.datetime.now(dt.UTC),
        settings=settings_of(paper=options["paper"]),
    )
    return template, choices


def _sessions(options: dict[str, Any], now: Any) -> list[Any]:
    """The sessions asked for that had closed by *now* and end a window.

    Raises:
        InvalidParameter: There is none.
    """
    from reportgen.record.request import load_report

    report = load_report(options["report"])
    window, calendar = report.window, report.market.calendar
    sessions = [
        s
        for s in calendar.sessions(options["first"].date(), options["last"].date())
        if calendar.session_close(s) <= now
    ]
    sessions = [s for s in sessions if not window or calendar.window_ends(s, window)]
    if not sessions:
        raise InvalidParameter(
            "There is no finished session from --from to --to that this report"
            " tells of; name a day, or days in order.",
            subject=options["first"],
        )
    return sessions


def _line() -> Any:
    """Print a batch's progress: on one terminal line, else every ten seconds."""
    import time

    said = [0.0]

    def say(text: str) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{text}\033[K", nl=False, err=True)
        elif time.monotonic() - said[0] > 10:
            said[0] = time.monotonic()
            click.echo(text, err=True)

    return say


def _summary(outcomes: list[Any]) -> int:
    """Print a batch's results, failures in a table; returns the worst exit code."""
    states = [outcome.state for outcome in outcomes]
    if sys.stderr.isatty():
        click.echo(err=True)
    click.echo(
        f"{states.count('made')} made, {states.count('kept')} kept, {states.count('failed')} failed"
    )
    failed = sorted(
        (o for o in outcomes if o.state == "failed"),
        key=lambda o: (o.job.as_of, o.job.out),
    )
    for outcome in failed:
        click.echo(f"  {outcome.job.as_of}  exit {outcome.exit_code}  {outcome.error}")
    for outcome in (o for o in outcomes if o.verdict == "degraded"):
        click.echo(f"  {outcome.job.as_of}  degraded")
    return max((outcome.exit_code for outcome in failed), default=0)


def _progress(ctx: click.Context) -> Any:
    """Note each stage in the log, and print it on a terminal or when asked."""
    import time

    shown = ctx.find_root().params.get("verbose", False) or sys.stderr.isatty()
    started = time.monotonic()

    def say(stage: str) -> None:
        log.note(stage)
        if shown:
            click.echo(f"{time.monotonic() - started:5.1f} s  {stage}", err=True)

    return say


def _sound(folder: Path) -> str:
    """What a check of the brief in *folder* found that found nothing wrong."""
    from reportgen.produce.telling import judged, unchecked

    if not judged(folder):
        return UNCHANGED
    note = unchecked(folder)
    if note:
        return f"its files say what the notebook shows. {note}"
    return "every statement is borne out"


UNCHANGED = "nothing was changed since it was checked, by other templates than these"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def check(folder: Path) -> None:
    """Check the brief in FOLDER: its seal, its story against the record, its files.

    \b
    Example:
      reportgen check out/small-caps/2025-01-08T1300
    """  # noqa: D301 - click reads the mark
    from reportgen import api
    from reportgen.produce.telling import refuse

    failed = api.check(folder)
    for item in failed:
        click.echo(str(item))
    refuse(failed)
    click.echo(f"{folder}: {_sound(folder)}.")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--data",
    default="",
    help="The data of the brief: sample, store, or a folder. By default the sample or the store.",
)
def audit(folder: Path, data: str) -> None:
    """Compute the facts of the brief in FOLDER again from its data, by another reader.

    Each objection is a line, and the exit code is 3. A file of the data that changed since the
    brief was made is named.

    \b
    Examples:
      reportgen audit out/small-caps/2025-01-08T1300
      reportgen audit out/daily-recap/2025-10-14 --data my-data
    """  # noqa: D301 - click reads the mark
    from reportgen import api
    from reportgen.produce.auditing import audit_again, changed, refuse
    from reportgen.record.request import located

    brief, place = api.read_brief(folder), located(data) if data else ""
    for name in changed(brief.record, place) if place else ():
        click.echo(f"changed since: {name}", err=True)
    found = audit_again(brief, place)
    for objection in found.objections:
        click.echo(str(objection))
    refuse(found, brief)
    click.echo(f"{folder}: {found.proven} facts computed again from the data, all true.")


@click.command()
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help="The output folder. The notebook's folder by default.",
)
@lead_option
@drop_option
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMATS),
    help="Write only this format. Repeat it for several. By default those that are there.",
)
@paper_option
def render(notebook: Path, **options: Any) -> None:
    """Render the brief of NOTEBOOK again, with its edits.toml. The notebook does not run.

    \b
    Examples:
      reportgen render out/daily-recap/2025-01-08 --lead "best_day_since ^IXIC"
      reportgen render out/daily-recap/2025-01-08 --out elsewhere --format pdf
    """  # noqa: D301 - click reads the mark
    from reportgen import api

    brief = api.render(notebook, **options)
    for path in brief.files:
        click.echo(path)


@click.command("seal")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--adopt",
    is_flag=True,
    help="Seal a brief that 0.1.0 made, or all below FOLDER, unchanged.",
)
def seal_command(folder: Path, adopt: bool) -> None:
    """Verify the seal of the brief in FOLDER, or of all briefs below it.

    \b
    Examples:
      reportgen seal out/daily-recap/2025-01-08
      reportgen seal out --adopt
    """  # noqa: D301 - click reads the mark
    from reportgen.core.errors import SealError
    from reportgen.files.outputs import LocalFolder
    from reportgen.verify.seal import adopted, unsealed, verified

    sealing = settings_of().sealing
    places = sorted(
        {
            path.parent
            for path in folder.rglob("notebook.ipynb")
            if (path.parent / "gate.txt").is_file()
        }
    )
    if not places:
        raise InvalidParameter(f"{folder} holds no finished brief.", subject=folder)
    broken = 0
    for path in places:
        place = LocalFolder(path)
        try:
            if adopt and unsealed(place):
                place.write(adopted(place, sealing))
            verified(place, sealing)
            click.echo(f"{path}: sealed, and nothing was changed.")
        except SealError as error:
            broken += 1
            for line in error.lines:
                click.echo(f"{path}: {line}", err=True)
    if broken:
        sys.exit(SealError.exit_code)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--data",
    default="",
    help="The folder of the data, if the brief was made from one.",
)
def replay(folder: Path, data: str) -> None:
    """Make the brief in FOLDER again from its inputs, and compare the two byte for byte.

    \b
    Example:
      reportgen replay out/daily-recap/2025-01-08
    """  # noqa: D301 - click reads the mark
    from reportgen.produce.replay import replay as replayed
    from reportgen.record.request import located

    found = replayed(folder, located(data) if data else "")
    for name in found.changed:
        click.echo(f"changed since: {name}", err=True)
    for name in found.differ:
        click.echo(f"differs: {name}")
    if found.differ:
        sys.exit(5)
    click.echo(f"{folder}: {', '.join(found.same)} are the same to the byte.")


@click.command()
@click.argument("notebook", type=click.Path(path_type=Path))
def findings(notebook: Path) -> None:
    """List the findings of NOTEBOOK: scores, their parts, and names for --lead and --drop.

    \b
    Example:
      reportgen findings out/daily-recap/2025-01-08
    """  # noqa: D301 - click reads the mark
    from reportgen.api import record_at
    from reportgen.produce import telling
    from reportgen.record.record import name_of

    for found in telling.findings(telling.read_notebook(record_at(notebook))):
        parts = ", ".join(f"{name} {value:+.1f}" for name, value in found.parts.items() if value)
        click.echo(f"{found.score:6.1f}  {name_of(found):<32}{parts}")


for section, commands in {
    "Briefs": (run, backfill, render, voice_group, findings, check, audit, seal_command, replay),
    "Reports": (list_reports, show, init, new_group, vouch, schema, doctor, completion),
    "Data": (fetch, data, fed_odds),
    "Delivery": (preview, send, post, outbox, approve, hold, correct, unsubscribe),
    "Archive": (site_group, serve),
    "Schedule": (morning, due, watch, schedule_for),
}.items():
    main.add_section(section, commands)
