"""A dialogue with a mail server that ends, whatever the server does.

The library's timeouts are those of one read: a server that sends a byte a second, or lines
without end, would hold a sender, and with it the ledger, for ever.
"""

from __future__ import annotations

import io
import smtplib
import time
from typing import Any

LONGEST_REPLY = 64 << 10
"""Bytes of one reply, all its lines together."""
PIECE = 16 << 10
"""Bytes of a message that are handed to the connection at once."""


class Exceeded(Exception):
    """The server took more time, or said more, than it may.

    Not an OSError: the library would put words of its own in the place of these.
    """


class TimedSMTP(smtplib.SMTP):
    """A connection that ends by the moment *until*.

    Each reply is whole within *seconds*, and has at most ``LONGEST_REPLY`` bytes.

    Args:
        host: The name of the server.
        port: Its port.
        seconds: How long one reply may take.
        until: The end of all, by ``time.monotonic``. It may be set anew for each message.
        options: What the library's class takes beside.

    Raises:
        Exceeded: Here and in every method, in which case the connection is of no use.
    """

    def __init__(
        self, host: str, port: int, *, seconds: float, until: float, **options: Any
    ) -> None:
        self.seconds, self.until = seconds, until
        self.received = 0
        self._reply_until = until
        try:
            super().__init__(host, port, timeout=self.left(), **options)
        except BaseException:
            self.close()
            raise

    def left(self) -> float:
        """How many seconds the next step may take."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise Exceeded("the time for one letter is over")
        return min(self.seconds, left)

    def left_of_reply(self) -> float:
        """How many seconds the rest of a reply may take."""
        left = min(self.left(), self._reply_until - time.monotonic())
        if left <= 0:
            raise Exceeded(f"no whole answer came within {self.seconds:g} seconds")
        return left

    def getreply(self) -> tuple[int, bytes]:
        """The next reply: its code and its words."""
        self.received = 0
        self._reply_until = time.monotonic() + self.seconds
        if self.file is None:
            self.file = io.BufferedReader(_Received(self))
        return super().getreply()

    def send(self, s: Any) -> None:
        """Send *s*, text or bytes, in pieces; each has its time."""
        data = s.encode(self.command_encoding) if isinstance(s, str) else s
        for at in range(0, len(data), PIECE):
            if self.sock is not None:
                self.sock.settimeout(self.left())
            super().send(data[at : at + PIECE])


class TimedSMTPS(TimedSMTP, smtplib.SMTP_SSL):
    """The same over a connection that is encrypted from its start."""


class _Received(io.RawIOBase):
    """What the server of *smtp* sends."""

    def __init__(self, smtp: TimedSMTP) -> None:
        self._smtp = smtp

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        smtp = self._smtp
        if smtp.sock is None:
            return 0
        smtp.sock.settimeout(smtp.left_of_reply())
        try:
            count = smtp.sock.recv_into(buffer)
        except TimeoutError:
            smtp.left_of_reply()  # says which of the two times is over
            raise
        smtp.received += count
        if smtp.received > LONGEST_REPLY:
            raise Exceeded(f"an answer has more than {LONGEST_REPLY >> 10} kilobytes")
        return count
