"""The commands of delivery: send a brief once, see what was sent, look at the mail first, let it go or hold it."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.errors import InvalidParameter, did_you_mean

if TYPE_CHECKING:
    from reportgen.deliver.sending import Told
    from reportgen.recipients import Recipient

brief_argument = click.argument("brief", type=click.Path(path_type=Path, file_okay=False))
config_option = click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), help="Instead of reportgen.toml here (or REPORTGEN_CONFIG)."
)


@click.command()
@brief_argument
@click.option("--to", "readers", required=True, type=click.Path(path_type=Path, dir_okay=False), help="A CSV or TOML list of readers.")
@click.option("--group", default="", help="Only those of the list who are in this group.")
@click.option("--dry-run", is_flag=True, help="Say who would get it; connect to nobody.")
@click.option("--resend", multiple=True, metavar="ADDRESS", help="Send again to one whose outcome is unknown or who was refused (repeat).")
@click.option("--late", is_flag=True, help="Send it although a later session has closed.")
@config_option
def send(brief: Path, readers: Path, config: Path | None, **options: Any) -> None:
    """Send the brief in the folder BRIEF to every reader of a list, each once, whatever is interrupted when.

    \b
    Examples:
      reportgen send out/daily-recap/2025-01-08 --to recipients.toml --dry-run
      reportgen send out/daily-recap/2025-01-08 --to recipients.toml --group clients
    """  # noqa: D301 - click reads the mark
    from reportgen import telling
    from reportgen.deliver import release, sending
    from reportgen.deliver.config import read_config
    from reportgen.deliver.ledger import Ledger
    from reportgen.market import calendar
    from reportgen.recipients import read_recipients
    from reportgen.request import load_report

    settings, found = read_config(config), release.finished(brief)
    last = calendar.resolve("last-session", dt.datetime.now(dt.UTC)).session
    release.refuse(found, settings.mailer(), last, late=options["late"])
    listed = read_recipients(readers, load_report(found.report))
    chosen = [one for one in listed if not options["group"] or options["group"] in one.groups]
    if not chosen:
        groups = {name for one in listed for name in one.groups}
        raise InvalidParameter(
            f"Nobody in {readers} is in the group '{options['group']}'.{did_you_mean(options['group'], groups)}", subject=readers
        )
    telling.refuse(telling.check_folder(brief))  # what leaves is checked as it lies there
    if options["dry_run"]:
        for one in chosen:
            click.echo(f"{one.address:<40}{one.name}")
        click.echo(f"{found.title}: {len(chosen)} would get it.")
        return
    errand = sending.Errand(brief=found, readers=chosen, mail=settings.mailer(), again=_again(options["resend"], chosen))
    _report(sending.send(errand, Ledger(settings.outbox), lambda: dt.datetime.now(dt.UTC)))


def _again(addresses: Sequence[str], chosen: Sequence[Recipient]) -> frozenset[str]:
    """The *addresses*, each of which is that of one of those *chosen*."""
    known = [one.address for one in chosen]
    for address in addresses:
        if address not in known:
            raise InvalidParameter(
                f"--resend {address}: nobody in the list has this address.{did_you_mean(address, known)}", subject=address
            )
    return frozenset(addresses)


def _report(told: Iterable[Told]) -> None:
    """Say of whom a person has to know as it happens, and how many got it in the end; exit code 7 where some did not."""
    states = []
    for one in told:
        states.append(one.state)
        if one.state not in ("sent", "already"):
            click.echo(f"{one.state:<10}{one.recipient:<40}{one.answer}", err=True)
    counts = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(("sent", *sorted(states))))
    click.echo(f"{counts}.")
    if set(states) - {"sent", "already"}:
        sys.exit(7)


@click.command()
@brief_argument
@click.option("--why", required=True, help="What was wrong, in a sentence.")
@config_option
def correct(brief: Path, why: str, config: Path | None) -> None:
    """Let the brief in the folder BRIEF, which was sent and made again since, say on top what it corrects, as its next edition.

    \b
    Example:
      reportgen correct out/daily-recap/2025-01-08 --why "The exchange mended the close of the Russell 2000."
    """  # noqa: D301 - click reads the mark
    from reportgen.deliver.config import read_config
    from reportgen.deliver.ledger import Ledger
    from reportgen.deliver.release import finished
    from reportgen.deliver.sending import corrected
    from reportgen.edits import Edits
    from reportgen.pipeline import render_again
    from reportgen.settings import Settings

    correction = corrected(finished(brief), Ledger(read_config(config).outbox), why)
    for path in render_again(brief / "notebook.ipynb", Edits(correction=correction), (), Settings()):
        click.echo(path)


@click.command()
@click.argument("brief", type=click.Path(path_type=Path, file_okay=False), required=False)
@config_option
def outbox(brief: Path | None, config: Path | None) -> None:
    """Show what was sent, to whom, when, and what the server said: of the brief in the folder BRIEF, or of all.

    \b
    Example:
      reportgen outbox out/daily-recap/2025-01-08
    """  # noqa: D301 - click reads the mark
    from reportgen.deliver.config import read_config
    from reportgen.deliver.ledger import Ledger
    from reportgen.deliver.release import finished
    from reportgen.deliver.sending import standing

    of = (found.report, found.label) if brief and (found := finished(brief)) else ("", "")
    deliveries = Ledger(read_config(config).outbox).deliveries(*of)
    for one in deliveries:
        edition = f" edition {one.key.edition}" if one.key.edition > 1 else ""
        click.echo(
            f"{one.at:%Y-%m-%d %H:%M:%S}  {one.state:<9}{one.recipient:<36}{one.key.report} {one.key.label}{edition}  {one.code or ''} {one.answer}".rstrip()
        )
    click.echo(f"{standing(deliveries)}.")


@click.command()
@brief_argument
@click.option("--no-open", is_flag=True, help="Only say where the preview is.")
def preview(brief: Path, no_open: bool) -> None:
    """Show the email of the brief in the folder BRIEF in a browser, as a reader would see it.

    \b
    Example:
      reportgen preview out/daily-recap/2025-01-08
    """  # noqa: D301 - click reads the mark
    import tempfile
    import webbrowser

    from reportgen.deliver.message import page

    path = Path(tempfile.mkdtemp(prefix="reportgen-")) / "email.html"
    path.write_bytes(page(brief / "brief.eml"))
    click.echo(path)
    if not no_open:
        webbrowser.open(path.as_uri())


@click.command()
@brief_argument
@click.option("--by", "person", required=True, help="Who says so.")
def approve(brief: Path, person: str) -> None:
    """Let the brief in the folder BRIEF go: this very one, and not one that is made again and tells something else.

    \b
    Example:
      reportgen approve out/daily-recap/2025-01-08 --by "A. Editor"
    """  # noqa: D301 - click reads the mark
    from reportgen.deliver import release

    found = release.finished(brief)
    release.approve(found, person, dt.datetime.now(dt.UTC))
    click.echo(f"{found.shown} is approved by {person}.")


@click.command()
@brief_argument
@click.option("--by", "person", required=True, help="Who says so.")
@click.option("--reason", required=True, help="Why it must not go.")
def hold(brief: Path, person: str, reason: str) -> None:
    """Hold the brief in the folder BRIEF back until somebody approves it; a file hold.txt in its report's folder holds all of them.

    \b
    Example:
      reportgen hold out/daily-recap/2025-01-08 --by "A. Editor" --reason "the lead is wrong"
    """  # noqa: D301 - click reads the mark
    from reportgen.deliver import release

    found = release.finished(brief)
    release.hold(found, person, reason)
    click.echo(f"{found.shown} is held by {person}.")
