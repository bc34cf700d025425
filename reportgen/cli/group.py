"""The group of all commands: sections of the help, and errors in one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from reportgen.cli import log
from reportgen.config.resources import default, tidy
from reportgen.core.errors import (
    INTERRUPTED,
    NO_MEMORY,
    ExecutionError,
    InvalidParameter,
    ReportgenError,
    SealError,
    SettingsError,
)

if TYPE_CHECKING:
    from reportgen.record.request import Report


Command = TypeVar("Command", bound=Callable[..., Any] | click.Command)
UNMAPPED = "failed to map segment"
"""What the system's loader says of a library for which there is no memory."""


def warn_of_old_forms(report: Report) -> None:
    """Print a warning for each line of a report's files that has an old form."""
    for note in report.notes:
        click.echo(f"reportgen: {tidy(note)}", err=True)


class DeskOption(click.Option):
    """An option with a default that the desk may set below [defaults] in its file."""

    def get_default(self, ctx: click.Context, call: bool = True) -> Any:
        """The desk's value, or that of the command. A help page ignores a file that is off."""
        with suppress(*(() if call else (SettingsError,))):
            value = default(self.name or "")
            if value is not None:
                return value
        return super().get_default(ctx, call=call)


def _completed(_: click.Context, __: click.Parameter, typed: str) -> list[str]:
    """The names of reports that begin as *typed*."""
    from reportgen.record.request import report_names

    return [name for name in report_names() if name.startswith(typed)]


report_argument = click.argument("report", shell_complete=_completed)
as_of_option = click.option(
    "--as-of",
    cls=DeskOption,
    default="last-session",
    show_default=True,
    help="A date (its close), a date with a time (exchange time), or last-session.",
)


def sample_option(when: str = "") -> Callable[[Command], Command]:
    """The option --data of a command that takes the sample by default; *when* it counts."""
    return click.option(
        "--data",
        cls=DeskOption,
        default="sample",
        show_default=True,
        help=f"{when}sample, store, or a folder with a dataset.toml.",
    )


param_option = click.option(
    "-p",
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a parameter of the report, or NAME VALUE. Repeat it for several. See 'show'.",
)


class Group(click.Group):
    """Commands in sections. Each takes -v.

    A known error is printed in one line, and sets the exit code.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections: dict[str, list[click.Command]] = {}

    def add_section(
        self,
        heading: str,
        commands: Iterable[click.Command],
    ) -> None:
        """Add *commands* below *heading*, in their order."""
        self.sections[heading] = list(commands)
        for command in self.sections[heading]:
            for one in (
                command,
                *(command.commands.values() if isinstance(command, click.Group) else ()),
            ):
                one.params.append(
                    click.Option(
                        ["-v", "--verbose"],
                        is_flag=True,
                        expose_value=False,
                        callback=_loud,
                        help="Show each stage, and the traceback of an error.",
                    )
                )
            self.add_command(command)

    def format_commands(
        self,
        ctx: click.Context,
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the commands, each with its whole first sentence."""
        del ctx
        for heading, commands in self.sections.items():
            with formatter.section(heading):
                formatter.write_dl(
                    [
                        (command.name or "", command.get_short_help_str(limit=200))
                        for command in commands
                    ]
                )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that *args* name; what it does goes into the desk's log."""
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None:
            ctx.obj = log.opened(command, rest)
            log.note("begins")
        return name, command, rest

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. A known error becomes one line on standard error."""
        try:
            value = super().invoke(ctx)
        except SystemExit as stop:
            log.note(f"exit code {stop.code or 0}")
            raise
        except ReportgenError as error:
            _fail(error, verbose=ctx.find_root().params.get("verbose", False))
        except KeyboardInterrupt:
            click.echo("reportgen: stopped.", err=True)
            sys.exit(INTERRUPTED)
        except (MemoryError, ImportError) as error:
            if isinstance(error, ImportError) and UNMAPPED not in str(error):
                raise
            click.echo(f"reportgen: {NO_MEMORY}", err=True)
            sys.exit(ExecutionError.exit_code)
        log.note("done")
        return value


def _at(ctx: click.Context, _: click.Parameter, file: Path | None) -> None:
    """Use *file* as the desk's own until the command ends, as REPORTGEN_CONFIG."""
    if file is not None:
        before = os.environ.get("REPORTGEN_CONFIG")
        os.environ["REPORTGEN_CONFIG"] = str(file.absolute())
        ctx.call_on_close(
            lambda: (
                os.environ.pop("REPORTGEN_CONFIG")
                if before is None
                else os.environ.update(REPORTGEN_CONFIG=before)
            )
        )


config_option = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    is_eager=True,
    expose_value=False,
    callback=_at,
    help="The settings of the desk. By default reportgen.toml here, or REPORTGEN_CONFIG.",
)


def pairs(params: tuple[str, ...]) -> dict[str, str]:
    """The values of *params*, "NAME=VALUE" each, by name."""
    found = {}
    for param in params:
        name, equals, value = param.partition("=")
        if not equals:
            raise InvalidParameter(
                f"'--param {param}' has no value; write --param NAME=VALUE.",
                subject=param,
            )
        found[name] = value
    return found


def _loud(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """Let -v after a command do the same as before it."""
    if value:
        ctx.find_root().params["verbose"] = True


def _fail(error: ReportgenError, *, verbose: bool) -> NoReturn:
    log.note(f"exit code {error.exit_code}: {tidy(str(error))}")
    if verbose:
        import traceback

        traceback.print_exception(error)
    if isinstance(error, SealError):
        for line in error.lines:
            click.echo(f"reportgen: {tidy(line)}", err=True)
    else:
        click.echo(f"reportgen: {tidy(str(error))}", err=True)
    sys.exit(error.exit_code)
