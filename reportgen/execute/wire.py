"""What a kernel without sockets says.

Messages in Jupyter's shape, printed text and what child programs
print among them.
"""

from __future__ import annotations

import base64
import codecs
import datetime as dt
import io
import json
import math
import numbers
import os
import threading
import time
from collections.abc import Iterable, Mapping
from multiprocessing.connection import Connection
from typing import Any

CHUNK = 1 << 16
"""Characters or bytes after which printed text is sent, whether or
not its line has ended.
"""

DELAY = 0.1
"""Seconds that a message or a printed line may wait for others to go with it."""
EARLY = 20
"""Printed lines that do not wait, in each time of :data:`DELAY`.

They are there even if the next statement kills the process.
"""

AT_ONCE = ("execute_input", "execute_reply")
"""Messages that do not wait: the process may end in the cell, and the other side awaits a reply."""


class Wire:
    """The sending side of a connection.

    One message at a time, whichever thread has it, printed text
    before what follows it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.lock = threading.RLock()
        self._process = os.getpid()
        self._waiting: list[bytes] = []
        self._size = 0
        self._wake = threading.Event()
        self._early, self._since = EARLY, 0.0
        threading.Thread(target=self._post_in_time, name="wire", daemon=True).start()
        self.streams: list[Stream] = []
        self.captures: list[Capture] = []

    def fileno(self) -> int:
        """The descriptor to wait on."""
        return self._connection.fileno()

    def receive(self) -> dict[str, Any] | None:
        """The next request; None where the other side has gone."""
        try:
            request: dict[str, Any] = json.loads(self._connection.recv_bytes())
        except (EOFError, OSError):
            return None
        return request

    def send(
        self,
        kind: str,
        content: Mapping[str, Any],
        *,
        flush: bool = True,
    ) -> None:
        """Send a message of *kind*; a process forked by a cell sends nothing."""
        if os.getpid() != self._process:
            return
        with self.lock:
            if flush:
                for stream in self.streams:
                    stream.flush()
            self._waiting.append(
                packed({"msg_type": kind, "time": time.time(), "content": content})
            )
            self._size += len(self._waiting[-1])
            if kind in AT_ONCE or self._size > CHUNK:
                self._post()
            else:
                self._wake.set()

    def wake(self) -> None:
        """Send what is kept in a moment."""
        self._wake.set()

    def hurry(self, stream: Stream) -> None:
        """Send what *stream* keeps: now, or with what comes soon if much has been printed now."""
        now = time.monotonic()
        if now - self._since > DELAY:
            self._early, self._since = EARLY, now
        self._early -= 1
        if self._early < 0:
            self._wake.set()
        else:
            stream.flush()
            self._post()

    def _post(self) -> None:
        waiting, self._waiting, self._size = self._waiting, [], 0
        if waiting:
            self._connection.send_bytes(b"[" + b",".join(waiting) + b"]")

    def _post_in_time(self) -> None:
        """Let no message wait for long, whatever its cell does."""
        while self._wake.wait():
            time.sleep(DELAY)
            with self.lock:
                for stream in self.streams:
                    stream.flush()
                self._wake.clear()
                self._post()

    def settle(self) -> None:
        """Return when all that was printed so far has been sent."""
        for capture in self.captures:
            capture.settle()
        for stream in self.streams:
            stream.flush()


class Stream(io.TextIOBase):
    """Standard output or error of the cells."""

    def __init__(self, name: str, descriptor: int, wire: Wire) -> None:
        super().__init__()
        self.name = name
        self._descriptor = descriptor
        self._wire = wire
        self._process = os.getpid()
        self._parts: list[str] = []
        self._size = 0

    encoding = "UTF-8"

    def fileno(self) -> int:
        """The descriptor behind the stream, which is captured too."""
        return self._descriptor

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Keep *text* until its line has ended, or for a moment."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if not text:
            return 0
        if (
            os.getpid() != self._process
        ):  # forked by a cell: its text takes the way of other programs
            os.write(self._descriptor, text.encode("utf-8", "replace"))
            return len(text)
        with self._wire.lock:
            for other in self._wire.streams:
                if other is not self:
                    other.flush()
            self._parts.append(text)
            self._size += len(text)
            if self._size >= CHUNK:
                self.flush()
            elif "\n" in text:
                self._wire.hurry(self)
            else:
                self._wire.wake()
        return len(text)

    def flush(self) -> None:
        """Send what is kept."""
        if self._parts and os.getpid() == self._process:
            text, self._parts, self._size = "".join(self._parts), [], 0
            self._wire.send("stream", {"name": self.name, "text": text}, flush=False)


class Capture:
    """A file descriptor; what libraries and children write to it goes to a stream."""

    def __init__(self, descriptor: int, stream: Stream) -> None:
        self._stream = stream
        self._reading, writing = os.pipe()
        os.dup2(writing, descriptor)
        os.close(writing)
        self._descriptor = os.dup(descriptor)
        self._mark = b"\0" + base64.b64encode(os.urandom(18)) + b"\0"
        self._seen = threading.Semaphore(0)
        threading.Thread(target=self._read, name=f"capture-{descriptor}", daemon=True).start()

    def settle(self) -> None:
        """Return when all bytes written so far have reached the stream."""
        os.write(self._descriptor, self._mark)
        self._seen.acquire(timeout=5)

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        rest = b""
        while chunk := os.read(self._reading, CHUNK):
            *told, rest = (rest + chunk).split(self._mark)
            for part in told:
                self._tell(decoder.decode(part))
                self._seen.release()
            held = (
                len(self._mark) - 1 if b"\0" in rest[-len(self._mark) :] else 0
            )  # perhaps half a mark
            cut = len(rest) - held if held else len(rest)
            self._tell(decoder.decode(rest[: max(cut, 0)]))
            rest = rest[max(cut, 0) :]

    def _tell(self, text: str) -> None:
        if text:
            self._stream.write(text)
            self._stream.flush()


def packed(message: Mapping[str, Any]) -> bytes:
    """*message* as JSON; other types are converted as a stock kernel does it."""
    try:
        text = json.dumps(message, default=_plain, ensure_ascii=False, allow_nan=False)
    except ValueError:
        text = json.dumps(
            _finite(message),
            default=_plain,
            ensure_ascii=False,
            allow_nan=False,
        )
    return text.encode("utf-8", "surrogateescape")


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        aware = value if value.tzinfo else value.astimezone()
        return aware.isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Iterable):
        return list(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    raise TypeError(f"{value!r} is not JSON serializable")


def _finite(value: Any) -> Any:
    """*value* with numbers that JSON has no form for as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
