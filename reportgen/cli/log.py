"""The log of a desk: what each command did, with the time, in the file that its settings name.

A line has no option of the command line, and an address in an error is left out: nobody learns
from a log who reads a brief.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from reportgen.config.resources import beside
from reportgen.core.errors import SettingsError

ADDRESS = re.compile(r"[^\s<>\"',;:]+@[^\s<>\"',;:]+")
NAMED = ("report", "brief", "folder")
"""Arguments of commands that a log names."""


class Log:
    """The lines of one command."""

    def __init__(self, path: Path, command: str) -> None:
        self.path, self.command = path, command

    def add(self, words: str) -> None:
        """Append a line, with the time and the number of the process."""
        now = dt.datetime.now(dt.UTC)
        said = ADDRESS.sub("(address)", " ".join(words.split()))
        line = f"{now:%Y-%m-%dT%H:%M:%SZ} {os.getpid()} {self.command}: {said}\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            reason = error.strerror or str(error)
            sys.stderr.write(f"reportgen: the log {self.path} cannot be written: {reason}.\n")


def opened(command: click.Command, arguments: Sequence[str]) -> Log | None:
    """The log of a *command* with these *arguments*; None where the desk names no file.

    A settings file that is off has no log: the command itself says what is wrong with it.
    """
    path = None
    with suppress(SettingsError):
        path = beside("log")
    if path is None:
        return None
    first = next((one.name for one in command.params if isinstance(one, click.Argument)), "")
    named = arguments[0] if arguments and first in NAMED else ""
    plain = "" if named.startswith("-") else named
    return Log(path, f"{command.name} {plain}".strip())


def note(words: str) -> None:
    """Add *words* to the log of the current command, if it has one."""
    context = click.get_current_context(silent=True)
    log = context.find_root().obj if context else None
    if isinstance(log, Log):
        log.add(words)
