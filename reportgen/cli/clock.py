"""The commands of a schedule: is a brief due, make it, is it overdue."""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.group import DeskOption, config_option, report_argument, warn_of_old_forms
from reportgen.cli.log import note
from reportgen.cli.mail import remember

if TYPE_CHECKING:
    from reportgen.config.settings import Settings
    from reportgen.publish.config import Config
    from reportgen.record.request import Request

NOTHING, NOT_THERE, OVERDUE, NOT_NOW = 9, 10, 11, 12
"""Exit codes.

Nothing is due; a brief is due and its data are missing; a brief is overdue; a call at another time
than --begin asks for, which does nothing.
"""

out_option = click.option(
    "--out",
    cls=DeskOption,
    default="out",
    show_default=True,
    help="The folder of the briefs, or its URL.",
)
data_option = click.option(
    "--data",
    cls=DeskOption,
    default="store",
    show_default=True,
    help="store, sample, or a folder with a dataset.toml.",
)
deadline_option = click.option(
    "--deadline",
    default="06:45",
    show_default=True,
    help="The time of day, in --zone, at which waiting ends.",
)
zone_option = click.option(
    "--zone",
    cls=DeskOption,
    default="",
    help="The time zone of --deadline.  [default: the market's]",
)
paper_option = click.option(
    "--paper",
    cls=DeskOption,
    type=click.Choice(["us-letter", "a4"]),
    default="us-letter",
    show_default=True,
    help="Paper of the PDF.",
)


def begin_option(until: str) -> Callable[[Any], Any]:
    """The option for a scheduler that calls every hour; its calls count until *until*."""
    return click.option(
        "--begin",
        default="",
        envvar="REPORTGEN_BEGIN",
        show_envvar=True,
        metavar="HH:MM",
        help=f"Only work from this time of day, in --zone, until {until}, and on days of the week"
        " on which the market trades; otherwise, end with exit code 12. For a scheduler that calls"
        " every hour, whatever its time zone.",
    )


@click.command()
@report_argument
@out_option
@data_option
@click.option(
    "--catch-up",
    is_flag=True,
    help="Also print sessions missed since the newest finished brief.",
)
def due(report: str, out: str, data: str, catch_up: bool) -> None:
    """Print the sessions for which a brief of REPORT is due.

    Exit code 9: none is due. Exit code 10: the data are not there yet.

    \b
    Example:
      for day in $(reportgen due daily-recap --catch-up); do
        reportgen run daily-recap --data store --as-of $day
      done
    """  # noqa: D301 - click reads the mark
    from reportgen.jobs import schedule
    from reportgen.record.request import Request, load_report, located

    now, known = dt.datetime.now(dt.UTC), load_report(report)
    found = schedule.due(known, out, now, catch_up=catch_up)
    if not found.sessions:
        click.echo(f"{report} of {found.newest} is done.", err=True)
        sys.exit(NOTHING)
    reason = schedule.lacking(
        Request(report=known, as_of=f"{found.newest}", data=located(data)),
        now,
    )
    for session in found.sessions:
        click.echo(session)
    if reason:
        click.echo(f"the data are not there yet: {reason}", err=True)
        sys.exit(NOT_THERE)


@click.command()
@report_argument
@out_option
@data_option
@paper_option
@deadline_option
@zone_option
@begin_option("--deadline")
@config_option
def morning(report: str, **options: Any) -> None:
    """Make the brief of REPORT for the last session, once its data are there or at the deadline.

    It fetches, waits for the data, makes the brief, and writes the heartbeat. If it fails, it
    sends an alert to the addresses below [alerts]. Only one run works at a time.
    Exit code 9: the brief is finished already, or another run is making it.

    \b
    Example:
      reportgen morning daily-recap --deadline 06:45 --zone Europe/London
    """  # noqa: D301 - click reads the mark
    from reportgen.jobs import schedule
    from reportgen.publish.config import read_config
    from reportgen.record.request import Request, load_report, located

    known, now = load_report(report), dt.datetime.now(dt.UTC)
    begin, deadline, zone = options["begin"], options["deadline"], options["zone"]
    if begin and not schedule.within(known, begin, deadline, zone, now):
        sys.exit(NOT_NOW)
    settings = read_config()
    warn_of_old_forms(known)
    until = schedule.next_deadline(known, deadline, zone, now)
    with schedule.alone(known, options["out"]) as free:
        if begin and not free:
            sys.exit(NOT_NOW)  # the call of an hour ago still waits for data
        if free:
            schedule.await_edition(known, until, lambda: dt.datetime.now(dt.UTC), time.sleep)
        found = schedule.due(known, options["out"], dt.datetime.now(dt.UTC))
        if not free or not found.sessions:
            click.echo(
                f"{report} of {found.newest} is {'done' if free else 'being made by another run'}.",
                err=True,
            )
            sys.exit(NOTHING)
        request = Request(
            report=known,
            as_of=f"{found.newest}",
            data=located(options["data"]),
        )
        _attended(
            request, options["out"], settings, until, settings.settings(paper=options["paper"])
        )


def waited(
    request: Request,
    out: str,
    deadline: str,
    zone: str,
    settings: Settings,
) -> None:
    """Make the brief of *request* as `morning` does, even if it exists.

    Exit code 9: another run is making it.
    """
    from reportgen.jobs import schedule
    from reportgen.publish.config import read_config

    config, until = (
        read_config(),
        schedule.next_deadline(request.report, deadline, zone, dt.datetime.now(dt.UTC)),
    )
    with schedule.alone(request.report, out) as free:
        if not free:
            click.echo(
                f"{request.report.name} is being made by another run.",
                err=True,
            )
            sys.exit(NOTHING)
        _attended(request, out, config, until, settings)


@click.command()
@report_argument
@out_option
@deadline_option
@zone_option
@begin_option("an hour later")
@config_option
def watch(report: str, out: str, deadline: str, zone: str, begin: str) -> None:
    """Check that the brief of REPORT was there by the last deadline, whenever that was.

    The deadline of a brief is on the day of the session after its own. Exit code 11: it is overdue,
    and an alert is sent.

    \b
    Example:
      reportgen watch daily-recap --deadline 07:00
    """  # noqa: D301 - click reads the mark
    from reportgen.jobs import schedule
    from reportgen.markets import home
    from reportgen.publish.alerts import alert
    from reportgen.publish.config import read_config
    from reportgen.record.request import load_report

    known, now = load_report(report), dt.datetime.now(dt.UTC)
    if begin and not schedule.within(known, begin, "", zone, now):
        sys.exit(NOT_NOW)
    missing = schedule.overdue(known, out, deadline, zone, now)
    if missing is None:
        click.echo(f"{report} is not overdue.")
        return
    until = schedule.due_by(known, missing, deadline, zone)
    clock = f"{deadline} on {until:%Y-%m-%d} ({zone or home().zone})"
    words = (
        f"{report} of {missing} should have been there by {clock} and is not. Look at the schedule"
        " that makes it."
    )
    for reason in alert(read_config(), f"{report} of {missing} is overdue", words, [], now):
        click.echo(f"reportgen: the alert did not arrive: {reason}", err=True)
    click.echo(words)
    sys.exit(OVERDUE)


def _said(words: str) -> None:
    """Print *words* for a person who looks on, and note them in the log."""
    note(words)
    click.echo(f"reportgen: {words}", err=True)


def _attended(
    request: Request,
    out: str,
    config: Config,
    until: dt.datetime,
    settings: Settings,
) -> None:
    """Make the brief and print its files. The exit code is 8 if it has gaps."""
    from reportgen.jobs.morning import Morning, attended

    morning = Morning(
        request=request,
        out=out,
        config=config,
        settings=settings,
        clock=lambda: dt.datetime.now(dt.UTC),
        say=_said,
    )
    made = attended(morning, until)
    for path in made.files:
        click.echo(path)
    remember(made.folder)
    if made.gaps:
        sys.exit(8)
