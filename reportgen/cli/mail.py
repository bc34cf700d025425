"""The commands of delivery: preview, send, post, approve, hold, correct, unsubscribe."""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.group import (
    as_of_option,
    config_option,
    pairs,
    param_option,
    sample_option,
)
from reportgen.config.resources import tidy
from reportgen.core.errors import InvalidParameter, did_you_mean

if TYPE_CHECKING:
    from reportgen.publish.config import Config
    from reportgen.publish.mail.sending import Errand, Told
    from reportgen.publish.recipients import Recipient
    from reportgen.publish.release import Finished


def _newest(
    _: click.Context,
    __: click.Parameter,
    place: Path | None,
) -> Path | None:
    """The folder of the brief; for the folder of a report, that of its newest brief."""
    from reportgen.publish.release import newest

    return newest(place) if place else None


UNCERTAIN = 14
"""The exit code when only unknown outcomes are left, and an owner was told of them."""
UNKNOWN = "unknown"
"""What stands for all readers with an unknown outcome."""

brief_argument = click.argument(
    "brief",
    type=click.Path(path_type=Path, file_okay=False),
    callback=_newest,
)


@click.command()
@brief_argument
@click.option(
    "--to",
    "readers",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A CSV or TOML list of recipients.",
)
@click.option(
    "--group",
    default="",
    help="Only recipients in this group.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Print who would get it. Nothing is sent.",
)
@click.option(
    "--resend",
    multiple=True,
    metavar="ADDRESS",
    help="Send again after an unknown or refused delivery. Repeat it for several. The word"
    " 'unknown' in place of an address is all recipients with an unknown outcome.",
)
@click.option(
    "--not-before",
    type=click.DateTime(["%H:%M"]),
    metavar="HH:MM",
    help="Leave out recipients for whom it is earlier than that, in their own zone.",
)
@click.option(
    "--late",
    is_flag=True,
    help="Send it even if a later session has closed.",
)
@config_option
def send(brief: Path, readers: Path, **options: Any) -> None:
    """Mail the brief in BRIEF to every recipient of a list, each once, even if interrupted.

    \b
    Examples:
      reportgen send out/daily-recap/2025-01-08 --to recipients.toml --dry-run
      reportgen send out/daily-recap/2025-01-08 --to recipients.toml --group clients
    """  # noqa: D301 - click reads the mark
    from reportgen.markets import home
    from reportgen.produce import telling
    from reportgen.publish import release
    from reportgen.publish.config import read_config
    from reportgen.publish.kept import consulted, ledger_of
    from reportgen.publish.mail import sending
    from reportgen.publish.recipients import read_recipients

    settings = read_config()
    telling.refuse(
        telling.check_folder(brief, settings.sealing)
    )  # what leaves is checked as it lies there
    found = release.finished(brief)
    last = home().calendar.resolve("last-session", dt.datetime.now(dt.UTC)).session
    release.refuse(found, settings.mailer(), last, late=options["late"])
    chosen = _chosen(
        read_recipients(readers, telling.report_at(found.folder)),
        options["group"],
        readers,
    )
    chosen = sending.own_readers(found, chosen)
    if options["not_before"]:
        clock, now = options["not_before"].time(), dt.datetime.now(dt.UTC)
        early = [one for one in chosen if one.morning(found.as_of, clock) > now]
        chosen = [one for one in chosen if one not in early]
        click.echo(
            f"{len(early)} wait for {clock:%H:%M} by their own clocks.",
            err=True,
        )
    errand = sending.Errand(
        brief=found,
        readers=chosen,
        mail=settings.mailer(),
        again=_again(options["resend"], chosen),
        unknown=UNKNOWN in options["resend"],
        suppression=settings.suppression,
    )
    again = [one for one in chosen if one.identity in errand.again and not errand.suppressed(one)]
    _delivered(found, [one.identity for one in again], settings)
    if options["dry_run"]:
        _planned(errand, sending.planned(errand, consulted(settings)))
    else:
        _report(
            sending.send(errand, ledger_of(settings), lambda: dt.datetime.now(dt.UTC)),
            settings,
            found.shown,
        )


def _planned(errand: Errand, told: Iterable[Told]) -> None:
    """Print who would get it, who would not, and why."""
    due = 0
    for reader, one in zip(errand.readers, told, strict=True):
        due += one.state == "due"
        why = "" if one.state == "due" else f"{one.state}, {one.answer}"
        click.echo(f"{one.recipient:<40}{reader.name:<24}{why}".rstrip())
    rest = len(errand.readers) - due
    click.echo(f"{errand.brief.title}: {due} would get it{f', {rest} would not' if rest else ''}.")


def remember(place: str) -> None:
    """Warn where an earlier, different version of the brief was sent.

    *place* is a folder or a URL.
    """
    from reportgen.publish.config import read_config

    outbox, folder = read_config().outbox, Path(place)
    if not outbox.is_file() or not all(
        (folder / f"brief.{kind}").is_file() for kind in ("json", "eml")
    ):
        return  # by these two it is told what a reader got
    from reportgen.core.errors import DeliveryError
    from reportgen.publish import release
    from reportgen.publish.ledger import Ledger
    from reportgen.publish.mail import sending

    try:
        sending.expected(release.finished(folder), Ledger(outbox))
    except DeliveryError as error:
        click.echo(f"reportgen: {tidy(str(error))}", err=True)


def _chosen(
    listed: Sequence[Recipient],
    group: str,
    readers: Path,
) -> list[Recipient]:
    """Those *listed* in *readers* who are in *group*, or all of them.

    Raises:
        InvalidParameter: Nobody is.
    """
    chosen = [one for one in listed if not group or group in one.groups]
    if not chosen:
        groups = {name for one in listed for name in one.groups}
        raise InvalidParameter(
            f"Nobody in {readers} is in the group '{group}'.{did_you_mean(group, groups)}",
            subject=readers,
        )
    return chosen


def _again(
    addresses: Sequence[str],
    chosen: Sequence[Recipient],
) -> frozenset[str]:
    """The identities of *addresses*, after checking that each is among those *chosen*."""
    from reportgen.publish.recipients import identity

    known = [one.address for one in chosen]
    readers = {one.identity for one in chosen}
    given = [address for address in addresses if address != UNKNOWN]
    for address in given:
        if identity(address) not in readers:
            raise InvalidParameter(
                f"--resend {address}: nobody in the list has this"
                f" address.{did_you_mean(address, known)}",
                subject=address,
            )
    return frozenset(map(identity, given))


def _delivered(brief: Finished, recipients: Sequence[str], settings: Config) -> None:
    """Refuse to send again what the ledger does not know to have been sent.

    Another machine may have sent it to everybody.

    Raises:
        InvalidParameter: The ledger knows of no delivery to one of *recipients*.
    """
    from reportgen.publish.kept import consulted

    if not recipients:
        return
    ledger = consulted(settings)
    known = {one.recipient for one in ledger.deliveries(brief.report, brief.label)}
    for one in set(recipients) - known:
        raise InvalidParameter(
            f"--resend: the ledger {ledger.path} has no delivery of {brief.shown} to"
            f" {one.removeprefix('door:')}. Where another machine sent it, write the place of its"
            " ledger below [ledger] in reportgen.toml; else leave out --resend.",
            subject=one,
        )


def _report(told: Iterable[Told], settings: Config, shown: str) -> None:
    """Print failures as they happen, and in the end how many received it.

    Where some did not, tell the owners: exit code 7. It is 14 where only a person can go on, as
    the outcome of all that are missing is unknown, and an owner was told.
    """
    states, missed = [], []
    for one in told:
        states.append(one.state)
        line = f"{one.state:<11}{one.recipient:<40}{one.answer}"
        if one.state not in ("sent", "already"):
            click.echo(line, err=True)
        if one.state not in ("sent", "already", "suppressed"):
            missed.append(line)
    counts = ", ".join(
        f"{states.count(state)} {state}" for state in dict.fromkeys(("sent", *sorted(states)))
    )
    click.echo(f"{counts}.")
    if missed:
        from reportgen.core.errors import DeliveryError
        from reportgen.publish.alerts import alert

        words = "\n".join(
            (
                f"{shown} did not reach everybody: {counts}.",
                "",
                *missed[:100],
                "",
                "Call the same command again; 'reportgen outbox' shows all.",
            )
        )
        failed = alert(
            settings,
            f"{shown} did not reach {len(missed)} of {len(states)}",
            words,
            [],
            dt.datetime.now(dt.UTC),
        )
        for reason in failed:
            click.echo(f"reportgen: the alert did not arrive: {reason}", err=True)
        told_of = bool(settings.alerts) and not failed
        uncertain = len(missed) == states.count(UNKNOWN)
        sys.exit(UNCERTAIN if uncertain and told_of else DeliveryError.exit_code)


@click.command()
@brief_argument
@click.option(
    "--door",
    "names",
    multiple=True,
    metavar="NAME",
    help="Only this channel, a table below [doors] in reportgen.toml. All by default.",
)
@click.option(
    "--resend",
    multiple=True,
    metavar="NAME",
    help="Post again after an unknown or refused delivery. Repeat it for several.",
)
@click.option("--late", is_flag=True, help="Post it even if a later session has closed.")
@config_option
def post(brief: Path, names: Sequence[str], **options: Any) -> None:
    """Post the brief in BRIEF to the desk's channels (chats, webhooks, folders), each once.

    \b
    Example:
      reportgen post out/daily-recap --door desk-chat
    """  # noqa: D301 - click reads the mark
    from reportgen.config.settings import Settings
    from reportgen.markets import home
    from reportgen.produce import telling
    from reportgen.publish import release
    from reportgen.publish.channels import door, posting
    from reportgen.publish.config import read_config
    from reportgen.publish.kept import ledger_of

    settings = read_config()
    telling.refuse(telling.check_folder(brief, settings.sealing))
    found = release.finished(brief)
    release.refuse_private(found)
    for name in (*names, *options["resend"]):
        if name not in settings.doors:
            raise InvalidParameter(
                f"There is no channel '{name}' below [doors] in reportgen.toml."
                f"{did_you_mean(name, settings.doors)}",
                subject=name,
            )
    doors = {
        name: door(name, table)
        for name, table in settings.doors.items()
        if name in ({*names, *options["resend"]} if names else settings.doors)
    }
    if not doors:
        raise InvalidParameter(
            "There is no channel. Write [doors.NAME] with a kind into reportgen.toml.",
            subject="doors",
        )
    _delivered(found, [f"door:{name}" for name in options["resend"]], settings)
    last = home().calendar.resolve("last-session", dt.datetime.now(dt.UTC)).session
    release.refuse(found, settings.mail, last, late=options["late"])
    page = Settings(page_url=settings.page_url).page_of(found.report, brief.name)
    told = posting.post(
        found,
        doors,
        ledger_of(settings),
        lambda: dt.datetime.now(dt.UTC),
        page=page,
        again=options["resend"],
    )
    _report(told, settings, found.shown)


@click.command()
@brief_argument
@click.option("--why", required=True, help="A sentence that says what was wrong.")
@config_option
def correct(brief: Path, why: str) -> None:
    """Mark the brief in BRIEF as a correction of the one that was sent.

    It becomes the next edition, and says at the top what it corrects.

    \b
    Example:
      reportgen correct out/daily-recap/2025-01-08 --why "The exchange corrected a close."
    """  # noqa: D301 - click reads the mark
    from reportgen.files.outputs import LocalFolder
    from reportgen.produce.again import render_again
    from reportgen.publish.config import read_config
    from reportgen.publish.kept import consulted
    from reportgen.publish.mail.sending import corrected
    from reportgen.publish.release import finished
    from reportgen.record.edits import Edits
    from reportgen.verify.seal import verified

    config = read_config()
    verified(LocalFolder(brief), config.sealing)
    correction = corrected(finished(brief), consulted(config), why)
    record, edits = brief / "notebook.ipynb", Edits(correction=correction)
    for path in render_again(record, edits, (), config.settings()).files:
        click.echo(path)


@click.command()
@click.argument(
    "brief",
    type=click.Path(path_type=Path, file_okay=False),
    required=False,
)
@config_option
def outbox(brief: Path | None) -> None:
    """List the deliveries of BRIEF, or of all briefs: recipient, time, and the server's answer.

    \b
    Example:
      reportgen outbox out/daily-recap/2025-01-08
    """  # noqa: D301 - click reads the mark
    from reportgen.publish.config import read_config
    from reportgen.publish.kept import consulted
    from reportgen.publish.mail.sending import standing
    from reportgen.publish.release import finished

    of = (found.report, found.label) if brief and (found := finished(brief)) else ("", "")
    deliveries = consulted(read_config()).deliveries(*of)
    for one in deliveries:
        edition = f" edition {one.key.edition}" if one.key.edition > 1 else ""
        click.echo(
            f"{one.at:%Y-%m-%d %H:%M:%S}  {one.state:<11}{one.recipient:<36}{one.key.report}"
            f" {one.key.label}{edition}  {one.code or ''} {one.answer}".rstrip()
        )
    click.echo(f"{standing(deliveries)}.")


@click.command()
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@click.option("--why", default="unsubscribed", help="The reason.", show_default=True)
@click.option("--undo", is_flag=True, help="Let ADDRESS get mail again.")
@config_option
def unsubscribe(addresses: Sequence[str], why: str, undo: bool) -> None:
    """Send no more mail to ADDRESS, whichever list names it. Without one, list all such addresses.

    \b
    Examples:
      reportgen unsubscribe ann@example.com --why "asked by mail"
      reportgen unsubscribe ann@example.com --undo
    """  # noqa: D301 - click reads the mark
    from reportgen.publish.config import read_config

    suppression = read_config().suppression
    if undo and not addresses:
        raise InvalidParameter("--undo needs the ADDRESS that may get mail again.", subject="undo")
    for address in addresses:
        if undo:
            changed = suppression.remove(address)
            click.echo(f"{address} {'may get mail again' if changed else 'was not unsubscribed'}.")
        else:
            changed = suppression.add(address, why, dt.datetime.now(dt.UTC))
            click.echo(f"{address} gets no {'more mail' if changed else 'mail already'}.")
    if not addresses:
        for one in suppression.all():
            click.echo(f"{one.address:<40}{one.words}")
        click.echo(f"{len(suppression.all())} unsubscribed in {suppression.path}.")


@click.command()
@click.argument("brief")
@click.option("--no-open", is_flag=True, help="Only print where the preview is.")
@click.option(
    "--watch",
    "report",
    is_flag=True,
    help="BRIEF is a report: show its page, and make it again after each save of its files.",
)
@as_of_option
@sample_option("With --watch: ")
@param_option
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="With --watch: the port of the page.  [default: a free one]",
)
def preview(brief: str, no_open: bool, report: bool, **options: Any) -> None:
    """Show the email of the brief in BRIEF in a browser, as a recipient would see it.

    With --watch, show the page of the report BRIEF. It follows its story, notebook, templates and
    data: what is wrong stands above it, with file and line.

    \b
    Examples:
      reportgen preview out/daily-recap/2025-01-08
      reportgen preview desk-recap --watch --as-of 2025-01-08
    """  # noqa: D301 - click reads the mark
    import webbrowser

    if report:
        _live(brief, options, shown=not no_open)
        return
    from reportgen.files.outputs import LocalFolder
    from reportgen.publish.config import read_config
    from reportgen.publish.mail.message import page
    from reportgen.publish.release import newest
    from reportgen.verify.seal import verified

    place = newest(Path(brief))
    verified(LocalFolder(place), read_config().sealing)
    path = Path(tempfile.mkdtemp(prefix="reportgen-")) / "email.html"
    path.write_bytes(page(place / "brief.eml"))
    click.echo(path)
    if not no_open:
        webbrowser.open(path.as_uri())


def _live(report: str, options: dict[str, Any], *, shown: bool) -> None:
    """Serve the draft of *report*, and make it again as its files change."""
    import webbrowser

    from reportgen import api
    from reportgen.files.scratch import Scratch
    from reportgen.jobs.live import Live
    from reportgen.publish.config import read_config
    from reportgen.publish.site.serve import folder_server

    request = api.request_of(
        report,
        as_of=options["as_of"],
        data=options["data"],
        parameters=pairs(options["params"]),
        formats=("html",),
    )
    with Scratch("live") as folder:
        live = Live(request, folder, read_config().settings())
        with folder_server(folder, options["port"]) as running:
            Thread(target=running.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{running.server_port}/"
            click.echo(address)
            sys.stdout.flush()
            if shown:
                webbrowser.open(address)
            try:
                live.follow(lambda: dt.datetime.now(dt.UTC), click.echo)
            except KeyboardInterrupt:
                click.echo("stopped", err=True)
            finally:
                running.shutdown()


@click.command()
@brief_argument
@click.option("--by", "person", required=True, help="The name of the person.")
def approve(brief: Path, person: str) -> None:
    """Approve the brief in BRIEF. If it is made again with other content, it needs approval again.

    \b
    Example:
      reportgen approve out/daily-recap/2025-01-08 --by "A. Editor"
    """  # noqa: D301 - click reads the mark
    from reportgen.files.outputs import LocalFolder
    from reportgen.publish import release
    from reportgen.publish.config import read_config
    from reportgen.verify.seal import verified

    verified(LocalFolder(brief), read_config().sealing)
    found = release.finished(brief)
    release.approve(found, person, dt.datetime.now(dt.UTC))
    click.echo(f"{found.shown} is approved by {person}.")


@click.command()
@brief_argument
@click.option("--by", "person", required=True, help="The name of the person.")
@click.option("--reason", required=True, help="The reason.")
def hold(brief: Path, person: str, reason: str) -> None:
    """Hold the brief in BRIEF until somebody approves it.

    A file hold.txt in the folder of a report holds all its briefs.

    \b
    Example:
      reportgen hold out/daily-recap/2025-01-08 --by "A. Editor" --reason "the lead is wrong"
    """  # noqa: D301 - click reads the mark
    from reportgen.publish import release

    found = release.finished(brief)
    release.hold(found, person, reason)
    click.echo(f"{found.shown} is held by {person}.")
