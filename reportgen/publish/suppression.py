"""Who asked for no more mail: a file of the desk, which every hand-over obeys.

A CSV with the columns address, at and why. Another program may add a line, such as the one
behind the link by which a reader leaves.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from reportgen.config.resources import written
from reportgen.core import headers
from reportgen.core.errors import InvalidParameter
from reportgen.files.locks import locked
from reportgen.publish.recipients import identity, refuse_address

COLUMNS = ("address", "at", "why")
PATIENCE = 10.0
"""Seconds that a command waits for another one that changes the file."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A reader who gets no mail: the address, since when, and why."""

    address: str
    at: str
    why: str

    @property
    def words(self) -> str:
        """What a sender says of the reader."""
        return f"gets no mail{f' since {self.at}' if self.at else ''}: {self.why or 'unsubscribed'}"


@dataclass
class Suppression:
    """The file at *path*.

    Where it is *required*, a file that is not there is an error, and not an empty one: it may
    be in another place.
    """

    path: Path
    required: bool = field(default=False, kw_only=True)
    _state: tuple[int, int] | None = field(default=None, init=False, compare=False, repr=False)
    _known: dict[str, Suppressed] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def of(self, address: str) -> Suppressed | None:
        """Why *address* gets no mail, in whatever spelling; None where it may.

        The file is read again when it changes.

        Raises:
            InvalidParameter: The file cannot be read, or names the line that is off.
        """
        return self._read().get(identity(address))

    def all(self) -> list[Suppressed]:
        """All readers of the file, in its order."""
        return list(self._read().values())

    def add(self, address: str, why: str, at: dt.datetime) -> bool:
        """Add a line for *address*; False where it is there already."""
        refuse_address(address, "suppress")
        with self._alone():
            known = self._read() if self.path.is_file() else {}
            if identity(address) in known:
                return False
            one = Suppressed(address, at.isoformat(timespec="seconds"), headers.printable(why))
            before = self.path.read_bytes() if self.path.is_file() else b""
            with self.path.open("a", encoding="utf-8", newline="") as file:
                columns = _columns(before) or COLUMNS
                lines = [] if before.strip() else [columns]
                lines.append([str(getattr(one, name)) for name in columns])
                end = "" if not before.strip() or before.endswith(b"\n") else "\n"
                file.write(end + _as_csv(lines))
        return True

    def remove(self, address: str) -> bool:
        """Remove *address*; False where it is not there."""
        with self._alone():
            known = self._read()
            left = [one for key, one in known.items() if key != identity(address)]
            if len(left) < len(known):
                mode = self.path.stat().st_mode
                rows = [[one.address, one.at, one.why] for one in left]
                written(self.path, _as_csv([COLUMNS, *rows]).encode())
                self.path.chmod(mode)
            return len(left) < len(known)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other commands from changing the file."""
        with locked(self.path.with_suffix(".lock"), PATIENCE) as free:
            if not free:
                raise InvalidParameter(
                    f"Another command changes {self.path}; try again when it has ended.",
                    subject=self.path,
                )
            yield

    def _read(self) -> dict[str, Suppressed]:
        try:
            told = self.path.stat()
        except FileNotFoundError:
            if self.required:
                raise InvalidParameter(
                    f"The suppression list {self.path} is not there. Put it back, or make it:"
                    " reportgen unsubscribe ADDRESS.",
                    subject=self.path,
                ) from None
            return {}
        except OSError as error:
            raise _unreadable(self.path, error) from error
        state = (told.st_mtime_ns, told.st_size)
        if state != self._state:
            self._known = _parsed(self.path)
            self._state = state
        return self._known


def _unreadable(path: Path, error: Exception) -> InvalidParameter:
    return InvalidParameter(
        f"The suppression list '{path}' cannot be read: {error}",
        subject=path,
    )


def _columns(data: bytes) -> list[str]:
    """The names in the first line of a file."""
    return [
        name.strip() for name in next(csv.reader([data.decode("utf-8-sig").split("\n")[0]]), [])
    ]


def _as_csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _parsed(path: Path) -> dict[str, Suppressed]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, error) from error
    if not rows:
        return {}
    head = [name.strip() for name in rows[0]]
    if "address" not in head or set(head) - set(COLUMNS):
        raise InvalidParameter(
            f"{path}, line 1: its columns are address, at and why, and not {', '.join(head)}.",
            subject=path,
        )
    found: dict[str, Suppressed] = {}
    for number, row in enumerate(rows[1:], 2):
        if len(row) > len(head):
            raise InvalidParameter(
                f"{path}, line {number}: it has more cells than there are columns.",
                subject=path,
            )
        cells = dict(zip(head, map(headers.printable, row), strict=False))
        if any(cells.values()):
            address = cells.get("address", "")
            refuse_address(address, f"{path}, line {number}")
            one = Suppressed(address, cells.get("at", ""), cells.get("why", ""))
            found.setdefault(identity(address), one)
    return found
