"""One line to a mail server.

Verified, authenticated, kept open for many messages, and exact about
what became of each.

A message that the server may have taken, although no answer came, is not sent
again: its outcome is unknown, and a person decides.
"""

from __future__ import annotations

import select
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Literal, NamedTuple, Self

from reportgen.core import headers
from reportgen.core.errors import DeliveryError
from reportgen.publish.config import Mail
from reportgen.publish.mail.signin import SignIn, advice
from reportgen.publish.mail.timed import Exceeded, TimedSMTP, TimedSMTPS
from reportgen.publish.mail.tokens import NoTokenNow
from reportgen.publish.recipients import wire

State = Literal["sent", "refused", "deferred", "unknown"]
DONE, GO_ON, LATER, NEVER = 2, 3, 4, 5
"""The first digit of a reply, by which a client acts (RFC 5321, 4.2.1)."""
CLOSING = 421
"""The server ends the connection; the next attempt opens another one."""
BROKEN = (OSError, smtplib.SMTPException, Exceeded)
SILENT = 3
"""Letters in a row without an answer, after which a run leaves a server alone."""


class Outcome(NamedTuple):
    """What became of a message to one reader.

    The state, the server's code (0 for none) and its words.
    """

    state: State
    code: int
    answer: str


class _Cut(Exception):
    """The connection ended before the server could have taken the message.

    It may be sent again, but to those *refused* by then. *code* is that of the server's last
    words, 0 where it said none.
    """

    def __init__(self, words: str, code: int = 0) -> None:
        super().__init__(words)
        self.code = code
        self.refused: dict[str, Outcome] = {}


class Line:
    """A connection to the server of *mail*; use it in a ``with``."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._smtp: TimedSMTP | None = None
        self._silent = 0
        self._sign_in = SignIn(mail)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._smtp is not None:
            with suppress(*BROKEN):
                self._smtp.until = time.monotonic() + self._mail.seconds
                self._smtp.quit()
            self._drop()

    def _drop(self) -> None:
        """Drop the connection without a word; the next message opens another one."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def send(
        self,
        data: bytes,
        recipients: Sequence[str],
        handing: Callable[[list[str]], None],
        settled: Callable[[dict[str, Outcome]], None],
    ) -> dict[str, Outcome]:
        """The outcome of *data*, a message with CRLF line ends, per recipient.

        A temporary refusal (4xx), and a connection that ends early, are tried
        again; the last attempt's answer counts. All attempts together have
        ``letter_seconds`` for each hundred recipients, without the waits between
        them. A server that left several letters without an answer is not asked again.

        Args:
            data: The message, with CRLF line ends.
            recipients: The addresses, in ASCII.
            handing: Called with the addresses before the server may accept the
                message.
            settled: Called with the outcome by address after each attempt.

        Raises:
            DeliveryError: The server cannot be used at all: it is not trusted, or
                it refused the password or the token.
            SettingsError: The source of tokens has none until a person changes something.
        """
        if self._silent >= SILENT:
            words = f"not tried: {self._name} left {SILENT} letters in a row without an answer"
            found = dict.fromkeys(recipients, Outcome("deferred", 0, words))
            settled(found)
            return found
        found = {}
        waiting, left = list(recipients), self._mail.letter_seconds * -(-len(recipients) // 100)
        for attempt in range(self._mail.attempts):
            if attempt:
                time.sleep(self._mail.patience * 2 ** (attempt - 1))
            begun = time.monotonic()
            try:
                told = self._handed(data, waiting, handing, begun + left)
            except _Cut as cut:
                self._drop()
                deferred = Outcome("deferred", cut.code, str(cut))
                told = dict.fromkeys(waiting, deferred) | cut.refused
            left -= time.monotonic() - begun
            found |= told
            settled(told)
            waiting = [address for address in waiting if found[address].state == "deferred"]
            if not waiting or left <= 0:
                break
        answered = any(outcome.code for outcome in found.values())
        self._silent = 0 if answered else self._silent + 1
        return found

    def _handed(
        self,
        data: bytes,
        recipients: Sequence[str],
        handing: Callable[[list[str]], None],
        until: float,
    ) -> dict[str, Outcome]:
        """One attempt, which ends by *until*."""
        smtp = self._opened(until)
        refused: dict[str, Outcome] = {}
        try:
            sender = f"FROM:<{_bare(self._mail.sender)}>{_options(smtp, data)}"
            if objection := _refusal(smtp, "MAIL", sender):
                self._reset(smtp)
                return dict.fromkeys(recipients, objection)
            for address in recipients:
                if objection := _refusal(smtp, "RCPT", f"TO:<{wire(address)}>"):
                    refused[address] = objection
            taken = [address for address in recipients if address not in refused]
            if not taken:
                self._reset(smtp)
                return refused
            handing(taken)
            if objection := _refusal(smtp, "DATA", good=GO_ON):
                self._reset(smtp)
                return refused | dict.fromkeys(taken, objection)
            smtp.send(_stuffed(data if data.endswith(b"\r\n") else data + b"\r\n"))
            if smtp.sock is None or select.select([smtp.sock], [], [], 0)[0]:
                raise smtplib.SMTPServerDisconnected("the server spoke, or left, before the end")
        except _Cut as cut:
            cut.refused = refused
            raise
        except BROKEN as error:
            broken = _Cut(f"the connection ended before the message was whole: {_said(error)}")
            broken.refused = refused
            raise broken from error
        return refused | dict.fromkeys(taken, self._ended(smtp))

    def _ended(self, smtp: TimedSMTP) -> Outcome:
        """The answer to the dot that ends a message; the server may have taken it."""
        try:
            smtp.send(b".\r\n")
            code, words = smtp.getreply()
        except BROKEN as error:
            self._drop()
            return Outcome(
                "unknown",
                0,
                f"no answer came after the whole message: {_said(error)}",
            )
        if code // 100 == DONE:
            return Outcome("sent", code, _text(words))
        if code // 100 not in (LATER, NEVER):
            self._drop()
            return Outcome("unknown", 0, _nonsense("the whole message", code, words))
        if code == CLOSING:
            self._drop()
        else:
            self._reset(smtp)
        return _refused(code, words)

    def _reset(self, smtp: TimedSMTP) -> None:
        """End a message that the server did not take; drop a connection that cannot."""
        try:
            smtp.rset()
        except BROKEN:
            self._drop()

    def _opened(self, until: float) -> TimedSMTP:
        """The connection, made if need be, for a message that is sent by *until*."""
        if self._smtp is None:
            try:
                self._smtp = self._connected(until)
            except (
                ssl.SSLCertVerificationError,
                smtplib.SMTPAuthenticationError,
                smtplib.SMTPNotSupportedError,
            ) as error:
                code = getattr(error, "smtp_code", 0)
                if code // 100 == LATER:
                    raise _Cut(
                        f"{self._name} authenticates nobody now: {_said(error)}", code
                    ) from error
                raise DeliveryError(
                    f"{self._name} cannot be used: {_said(error)}. {advice(error, self._mail)}",
                    subject=self._mail.host,
                ) from error
            except NoTokenNow as error:
                raise _Cut(f"{self._name} cannot be used yet: {error}") from error
            except BROKEN as error:
                raise _Cut(f"{self._name} does not answer: {_said(error)}") from error
        self._smtp.until = until
        return self._smtp

    @property
    def _name(self) -> str:
        return f"The mail server {self._mail.host}:{self._mail.port}"

    def _connected(self, until: float) -> TimedSMTP:
        mail = self._mail
        context = ssl.create_default_context(cafile=mail.ca or None)
        times = {"seconds": mail.seconds, "until": until}
        smtp = (
            TimedSMTPS(mail.host, mail.port, context=context, **times)
            if mail.security == "tls"
            else TimedSMTP(mail.host, mail.port, **times)
        )
        try:
            if mail.security == "starttls":
                smtp.starttls(context=context)
            if smtp.sock is not None:
                smtp.sock.setsockopt(
                    socket.IPPROTO_TCP,
                    socket.TCP_NODELAY,
                    1,
                )  # the dot after a message does not wait for an answer
            smtp.ehlo_or_helo_if_needed()
            self._sign_in(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp


def _options(smtp: TimedSMTP, data: bytes) -> str:
    """What the server wants to be told of a message ahead."""
    return f" SIZE={len(data)}" if smtp.has_extn("size") else ""


def _bare(sender: str) -> str:
    from email.utils import parseaddr

    return wire(parseaddr(sender)[1])


def _refusal(smtp: TimedSMTP, command: str, argument: str = "", good: int = DONE) -> Outcome | None:
    """Why the server does not take *command*, None where it does.

    Raises:
        _Cut: It ends the connection, or its answer is no reply.
    """
    code, words = smtp.docmd(command, argument)
    if code == CLOSING:
        raise _Cut(_text(words), code)
    if code // 100 == good:
        return None
    if code // 100 not in (LATER, NEVER):
        raise _Cut(_nonsense(command, code, words))
    return _refused(code, words)


def _refused(code: int, words: bytes) -> Outcome:
    return Outcome("deferred" if code // 100 == LATER else "refused", code, _text(words))


def _nonsense(what: str, code: int, words: bytes) -> str:
    said = _text(f"{code if code > 0 else ''} ".encode() + words)
    return f"the answer to {what} is no reply of a mail server: {said}"


def _text(words: bytes) -> str:
    return headers.printable(words.decode("utf-8", "replace"))


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return (
            f"{error.smtp_code} {_text(words if isinstance(words, bytes) else str(words).encode())}"
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    return headers.printable(str(error)).rstrip(".") or type(error).__name__


def _stuffed(data: bytes) -> bytes:
    """*data* with a full stop more where a line begins with one.

    A single one ends a message (RFC 5321, 4.5.2).
    """
    return (
        data.replace(b"\n.", b"\n..") if data[:1] != b"." else b"." + data.replace(b"\n.", b"\n..")
    )
