"""Every error reportgen raises on purpose, in one tree.

ReportgenError
├── SettingsError            2
├── RequestError             2
│   ├── UnknownReport
│   ├── InvalidParameter
│   ├── EditError
│   └── NotASession
├── DataError                3
│   ├── ProviderError
│   ├── StoreError
│   ├── NoData
│   │   └── NotYet
│   ├── StaleData
│   └── BadData
├── ExecutionError           4
│   ├── CellFailed
│   ├── CellTimeout
│   ├── OutputTooLarge
│   └── KernelDied
├── RecordError              4
├── NarrativeError           5
│   ├── UnknownFact
│   └── BareNumber
├── FactCheckError           5
├── SealError                5
├── Held                     3
├── RenderError              6
└── DeliveryError            7
    ├── Overtaken
    └── Unpublishable       13

The number is the exit code of the command line. A message names the thing, what
was expected and how to fix it, in one line.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

INTERRUPTED = 130
"""The exit code of a command that Ctrl-C ended."""
NO_MEMORY = (
    "There is not enough memory; end other processes, ask for less (a shorter range, fewer --jobs),"
    " or raise the limit that ulimit -v shows."
)
"""What to do where the system gives no more memory."""


HEAD, TAIL = 1_400, 500
"""Letters at the beginning and at the end of a message that are kept of a longer one."""


def line_of(message: str) -> str:
    """*message* in one line of bounded length, without characters that steer a terminal."""
    line = " ".join(message.split())
    if not line.isprintable():
        line = "".join(letter if letter.isprintable() else "\ufffd" for letter in line)
    left_out = len(line) - HEAD - TAIL
    if left_out <= 0:
        return line
    return f"{line[:HEAD]} [... {left_out:,} letters more ...] {line[-TAIL:]}"


class ReportgenError(Exception):
    """Root of all errors; ``subject`` is the thing the error is about."""

    exit_code = 1

    def __init__(self, message: str, *, subject: object = None) -> None:
        super().__init__(line_of(message))
        self.subject = subject


class SettingsError(ReportgenError):
    """A setting is missing, unknown or of the wrong type."""

    exit_code = 2


class RequestError(ReportgenError):
    """What was asked for cannot be produced as asked."""

    exit_code = 2


class UnknownReport(RequestError):
    """No report of that name exists."""


class InvalidParameter(RequestError):
    """A parameter is unknown, of the wrong type or out of its bounds."""


class EditError(RequestError):
    """A change that a person asked for cannot be made.

    There is no such finding, or no fact proves the words.
    """


class NotASession(RequestError):
    """The date has no trading session, or is in the future."""


class DataError(ReportgenError):
    """Data for the brief are missing or wrong."""

    exit_code = 3


class ProviderError(DataError):
    """A provider gave no answer, or one that is no data."""


class StoreError(DataError):
    """The store cannot be opened, read or written."""


class NoData(DataError):
    """A file, column, symbol or value that is needed is not there."""


class NotYet(NoData):
    """An instrument did not exist at the moment: its absence is no gap."""


class StaleData(DataError):
    """The newest value is older than the as-of of the brief needs."""


class BadData(DataError):
    """A value cannot be right."""


class ExecutionError(ReportgenError):
    """The notebook did not run to its end; ``notebook`` is the saved record."""

    exit_code = 4


class CellFailed(ExecutionError):
    """A cell outside every section raised."""


class CellTimeout(ExecutionError):
    """A cell, or the whole run, took longer than allowed."""


class OutputTooLarge(ExecutionError):
    """A cell puts out more than a notebook may hold."""


class KernelDied(ExecutionError):
    """The kernel's process ended before the notebook did."""


class RecordError(ReportgenError):
    """A notebook is not a readable record of a run."""

    exit_code = 4

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows below the cell: one line, which has the cause and the cure."""
        return [f"{type(self).__name__}: {self}"]


class NarrativeError(ReportgenError):
    """A story template cannot be rendered."""

    exit_code = 5


class UnknownFact(NarrativeError):
    """A template asks for a fact that was not recorded."""


class BareNumber(NarrativeError):
    """A template prints a number that is not a fact."""


class FactCheckError(ReportgenError):
    """The facts do not prove a sentence; ``subject`` has the failed checks."""

    exit_code = 5


class SealError(ReportgenError):
    """A file of a brief is not the one that was sealed.

    ``lines`` has one for each, the true cause first.
    """

    exit_code = 5

    def __init__(self, lines: Sequence[str]) -> None:
        more = "" if len(lines) == 1 else f" (line 1 of {len(lines)})"
        super().__init__(
            f"The seal does not hold: {lines[0]}{more}.",
            subject=lines[0],
        )
        self.lines = tuple(lines)


class Held(ReportgenError):
    """The gate held the brief back."""

    exit_code = 3


class RenderError(ReportgenError):
    """A rendering could not be made or written."""

    exit_code = 6


class DeliveryError(ReportgenError):
    """A brief cannot be delivered, or may not be."""

    exit_code = 7


class Overtaken(DeliveryError):
    """Another machine has written the ledger meanwhile: it is sending, or has sent."""


class Unpublishable(DeliveryError):
    """Licences keep each brief from the public."""

    exit_code = 13


SHOWN = 24
"""The most known names that an error lists."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``" Did you mean 'x'?"`` for the nearest known name, or the list of some."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1)
    if near:
        return f" Did you mean '{near[0]}'?"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f" Known: {', '.join(names[:SHOWN])}{more}." if names else ""
