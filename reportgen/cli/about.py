"""The commands that list reports, show their inputs, and check the installation."""

from __future__ import annotations

import sys

import click

from reportgen.cli.group import report_argument
from reportgen.config.resources import tidy


@click.command(name="list")
def list_reports() -> None:
    """List the reports."""
    from reportgen.core.errors import SettingsError
    from reportgen.record import foreign
    from reportgen.record.request import load_report, report_names

    for name in sorted({*report_names(), *foreign.in_desk()}):
        try:
            said = load_report(name).description
        except SettingsError as error:  # of one desk's report; the others can be run
            said = tidy(str(error))
        click.echo(f"{name:<16}{said}")


@click.command()
@report_argument
def show(report: str) -> None:
    """Show what REPORT takes: its parameters and the data it needs."""
    from reportgen.record.request import load_report, text_of

    found = load_report(report)
    click.echo(f"{found.title}: {found.description}\n\nParameters:")
    if not found.parameters:
        click.echo("  none")
    for p in found.parameters.values():
        shown = text_of(p.default)
        bounds = (
            f"{p.min} to {p.max}"
            if p.min is not None
            else " or ".join(
                map(
                    str,
                    p.choices or (["true", "false"] if p.type == "boolean" else []),
                )
            )
        )
        click.echo(f"  {p.name:<12}{p.type:<9}default {shown:<8}{bounds:<17} {p.help}")
    if found.plain:
        return
    click.echo(f"\nNeeds:  {', '.join(found.required)}\nUses:   {', '.join(found.optional)}")
    if ranked := found.universe.symbols:
        click.echo(f"Ranks:  {', '.join(ranked)}")
    click.echo(
        "Roles:  daily_bars; intraday_bars during a session; rates, futures,"
        " meetings, events, commentary where there are any"
    )


@click.command()
@click.argument("kind", required=False)
def schema(kind: str | None) -> None:
    """Print the JSON Schema of a KIND of TOML file. Editors complete and check files with it.

    Without KIND, list the kinds.
    """
    import json

    from reportgen.jobs.schemas import file_kinds, schema_of

    if kind is None:
        for name, (where, _) in file_kinds().items():
            click.echo(f"{name:<14}{where}")
        return
    click.echo(json.dumps(schema_of(kind), indent=2, ensure_ascii=False))


@click.command()
def doctor() -> None:
    """Check the installation and the desk.

    It looks at versions, the kernel, fonts and the sample, and at the settings, reports,
    recipients and statements of the desk.
    """
    import datetime as dt

    from reportgen.jobs.doctor import examine

    results = list(examine(dt.datetime.now(dt.UTC).date()))
    for name, state, detail in results:
        click.echo(f"{'ok ' if state else 'BAD'}  {name:<20}{tidy(detail)}")
    if not all(state for _, state, _ in results):
        sys.exit(1)


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that completes commands, options and names of reports in SHELL.

    \b
    Examples:
      reportgen completion bash >> ~/.bashrc
      reportgen completion fish > ~/.config/fish/completions/reportgen.fish
    """  # noqa: D301 - click reads the mark
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click has all three
    click.echo(kind(ctx.find_root().command, {}, "reportgen", "_REPORTGEN_COMPLETE").source())
