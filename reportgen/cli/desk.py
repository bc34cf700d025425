"""The commands of a desk: create its folder, add a beat, vouch for words, print a schedule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reportgen.cli.clock import deadline_option, zone_option
from reportgen.cli.group import report_argument

publish_option = click.option(
    "--publish/--internal",
    default=False,
    show_default=True,
    help="Where GitHub or GitLab shows the archive: on their Pages, as far as licences allow, or"
    " to those who can read the repository.",
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--report",
    "source",
    default="daily-recap",
    show_default=True,
    help="The report to copy. See 'list'.",
)
@click.option(
    "--name",
    default="desk-recap",
    show_default=True,
    help="The name of your report.",
)
@publish_option
def init(folder: Path, source: str, name: str, publish: bool) -> None:
    """Create a desk in FOLDER: a report to edit, settings, recipients, a statement, a schedule.

    \b
    Example:
      reportgen init desk --report small-caps --name desk-note
    """  # noqa: D301 - click reads the mark
    import datetime as dt

    from reportgen.jobs.schedule import weekdays
    from reportgen.jobs.workspace import create
    from reportgen.record.request import load_report

    days = weekdays(load_report(source), dt.datetime.now(dt.UTC).date())
    for path in create(folder, source, name, days, publish=publish):
        click.echo(path)


@click.group("new")
def new_group() -> None:
    """Add a working example to this desk, to edit."""


@new_group.command("report")
@click.argument("name")
@click.argument("symbols", nargs=-1)
def new_report(name: str, symbols: tuple[str, ...]) -> None:
    """Add a report called NAME that tells the session of SYMBOLS: settings, notebook, story.

    Without SYMBOLS it tells that of the desk's market.

    \b
    Examples:
      reportgen new report desk-note
      reportgen new report watchlist AAPL MSFT NVDA
    """  # noqa: D301 - click reads the mark
    _add("report", name, symbols)


@new_group.command("beat")
@click.argument("name")
def new_beat(name: str) -> None:
    """Add a beat (a family of news) called NAME: its kinds, a detector and its sentences.

    \b
    Example:
      reportgen new beat opening_gap
    """  # noqa: D301 - click reads the mark
    _add("beat", name)


@new_group.command("chart")
@report_argument
@click.argument("name")
def new_chart(report: str, name: str) -> None:
    """Add a chart called NAME to the notebook and the story of REPORT, to edit.

    \b
    Example:
      reportgen new chart desk-note drawn
    """  # noqa: D301 - click reads the mark
    _add("chart", report, name)


@new_group.command("provider")
@click.argument("name")
def new_provider(name: str) -> None:
    """Add a provider of data called NAME: what it is asked, and how its answer is read.

    \b
    Example:
      reportgen new provider inhouse
    """  # noqa: D301 - click reads the mark
    _add("provider", name)


@new_group.command("market")
@click.argument("name")
@click.option(
    "--exchange", required=True, help="Its code in exchange_calendars, such as XWAR, or 24/7."
)
@click.option("--currency", required=True, help="The ISO 4217 code of its prices.")
@click.option("--lead", required=True, help="The symbol of its lead index, such as ^WIG20.")
def new_market(name: str, exchange: str, currency: str, lead: str) -> None:
    """Add a market called NAME: its sessions, clock and money, and its lead index.

    \b
    Example:
      reportgen new market pl --exchange XWAR --currency PLN --lead ^WIG20
    """  # noqa: D301 - click reads the mark
    _add("market", name, exchange, currency, lead)


def _add(kind: str, name: str, *about: Any) -> None:
    """Add an example of a *kind* to this desk, and print its files."""
    from reportgen.config.resources import CONFIG, workspace
    from reportgen.core.errors import SettingsError
    from reportgen.jobs import workspace as desks

    desk = workspace()
    if desk is None:
        raise SettingsError(f"There is no {CONFIG} here or above; 'reportgen init' writes a desk.")
    for path in getattr(desks, f"new_{kind}")(desk, name, *about):
        click.echo(path)


@click.command()
@report_argument
@click.option("--by", default=None, metavar="NAME", help="Who vouches for the words.")
def vouch(report: str, by: str | None) -> None:
    """List the new words of the story of REPORT; with --by, put a name to them.

    \b
    Examples:
      reportgen vouch desk-recap
      reportgen vouch desk-recap --by "Jane Doe"
    """  # noqa: D301 - click reads the mark
    import datetime as dt

    from reportgen.core.errors import FactCheckError
    from reportgen.jobs import vouch as vouching
    from reportgen.record.request import load_report
    from reportgen.verify.vouching import advice, counted

    known = load_report(report)
    found = vouching.read(known)
    for one in found.new:
        click.echo(f'{_near(one.place)}, line {one.line}: "{one.words}"')
    for one, objection in found.refused:
        words = f"'{objection.word}' is {objection.what}, and nobody can vouch for it"
        where = f"{_near(one.place)}, line {one.line}"
        click.echo(f"{where}: {words}; {objection.instead}.", err=True)
    if found.refused:
        raise FactCheckError("Nothing is vouched for. Change these words, and then vouch.")
    if by is None and found.new:
        raise FactCheckError(f"{counted(len(found.new))} to vouch for. {advice(report)}")
    if by is None:
        click.echo(f"{report}: no new words.")
        return
    file = vouching.vouch(known, by, dt.datetime.now(dt.UTC).date())
    click.echo(f"{by.strip()} vouches for {counted(len(found.new))}, in {_near(file)}.")


def _near(file: str | Path) -> Path:
    """*file* as seen from the current folder, where it lies below it."""
    path, here = Path(file), Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


@click.command("schedule")
@report_argument
@click.option(
    "--for",
    "scheduler",
    required=True,
    type=click.Choice(["cron", "systemd", "github", "gitlab"]),
    help="The scheduler.",
)
@deadline_option
@zone_option
@publish_option
def schedule_for(report: str, scheduler: str, deadline: str, zone: str, publish: bool) -> None:
    """Print the settings with which a scheduler makes REPORT every morning in this folder.

    \b
    Example:
      reportgen schedule desk-recap --for cron
    """  # noqa: D301 - click reads the mark
    import datetime as dt

    from reportgen.config import resources
    from reportgen.core.errors import SettingsError
    from reportgen.jobs import schedule, workspace
    from reportgen.record import foreign
    from reportgen.record.request import load_report

    known, now = load_report(report), dt.datetime.now(dt.UTC)
    if known.plain and known.name not in foreign.in_desk():
        raise SettingsError(
            f"A schedule calls a notebook by its name: move {report} into the folder"
            f" {foreign.FOLDER} of the desk, and call this with '{known.name}'.",
            subject=report,
        )
    schedule.deadline(deadline, zone, now)  # both are refused here if they are none
    desk = resources.workspace() or Path.cwd()
    if not (desk / workspace.SCRIPT).is_file():
        raise SettingsError(
            f"There is no {workspace.SCRIPT} in {desk}; 'reportgen init' writes"
            " one, with all that it needs.",
            subject=desk,
        )
    own, store = resources.config_file(), resources.beside("store") or Path(workspace.STORE)
    if own and own.name != resources.CONFIG:
        click.echo(
            f"reportgen: write REPORTGEN_CONFIG={own.name} into"
            f" {desk / '.env'}, or it is made by {resources.CONFIG}.",
            err=True,
        )
    if scheduler in workspace.HOSTED and workspace.renewed(desk):
        click.echo(
            f"reportgen: wrote {desk / 'vendor'}, which the schedule installs"
            " from; commit it with the schedule.",
            err=True,
        )
    kept = str(store.relative_to(desk) if store.is_relative_to(desk) else store)
    click.echo(
        workspace.scheduled(
            scheduler,
            known.name,
            desk,
            zone=zone,
            deadline=deadline,
            hosted=workspace.Hosted(store=kept, publish=publish),
            days=schedule.weekdays(known, now.date()),
        ),
        nl=False,
    )
