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

from reportgen.core.errors import DeliveryError
from reportgen.publish.config import Mail
from reportgen.publish.mail.signin import SignIn, advice
from reportgen.publish.mail.tokens import NoTokenNow
from reportgen.publish.recipients import wire

State = Literal["sent", "refused", "deferred", "unknown"]
LATER = range(400, 500)
OK, GO_ON = 250, 354


class Outcome(NamedTuple):
    """What became of a message to one reader.

    The state, the server's code (0 for none) and its words.
    """

    state: State
    code: int
    answer: str


class _Cut(Exception):
    """The connection ended before the server could have taken the message.

    It may be sent again, but to those *refused* by then.
    """

    def __init__(
        self,
        words: str,
        refused: dict[str, Outcome] | None = None,
    ) -> None:
        super().__init__(words)
        self.refused = refused or {}


class Line:
    """A connection to the server of *mail*; use it in a ``with``."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._smtp: smtplib.SMTP | None = None
        self._sign_in = SignIn(mail)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
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
        again; the last attempt's answer counts.

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
        found: dict[str, Outcome] = {}
        waiting = list(recipients)
        for attempt in range(self._mail.attempts):
            if attempt:
                time.sleep(self._mail.patience * 2 ** (attempt - 1))
            try:
                told = self._handed(data, waiting, handing)
            except _Cut as cut:
                self._drop()
                told = dict.fromkeys(waiting, Outcome("deferred", 0, str(cut))) | cut.refused
            found |= told
            settled(told)
            waiting = [address for address in waiting if found[address].state == "deferred"]
            if not waiting:
                break
        return found

    def _handed(
        self,
        data: bytes,
        recipients: Sequence[str],
        handing: Callable[[list[str]], None],
    ) -> dict[str, Outcome]:
        """One attempt."""
        smtp = self._opened()
        refused: dict[str, Outcome] = {}
        try:
            code, words = smtp.docmd(
                "MAIL",
                f"FROM:<{_bare(self._mail.sender)}>{_options(smtp, data)}",
            )
            if code != OK:
                smtp.rset()
                return dict.fromkeys(recipients, _refused(code, words))
            for address in recipients:
                code, words = smtp.docmd("RCPT", f"TO:<{wire(address)}>")
                if code not in (OK, 251):
                    refused[address] = _refused(code, words)
            taken = [address for address in recipients if address not in refused]
            if not taken:
                smtp.rset()
                return refused
            handing(taken)
            code, words = smtp.docmd("DATA")
            if code != GO_ON:
                smtp.rset()
                return refused | dict.fromkeys(taken, _refused(code, words))
            smtp.send(_stuffed(data if data.endswith(b"\r\n") else data + b"\r\n"))
            if smtp.sock is None or select.select([smtp.sock], [], [], 0)[0]:
                raise smtplib.SMTPServerDisconnected("the server spoke, or left, before the end")
        except (OSError, smtplib.SMTPException) as error:
            raise _Cut(
                f"the connection ended before the message was whole: {_said(error)}",
                refused,
            ) from error
        return refused | dict.fromkeys(taken, self._ended(smtp))

    def _ended(self, smtp: smtplib.SMTP) -> Outcome:
        """The answer to the dot that ends a message; the server may have taken it."""
        try:
            smtp.send(b".\r\n")
            code, words = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome(
                "unknown",
                0,
                f"no answer came after the whole message: {_said(error)}",
            )
        if code == OK:
            return Outcome("sent", code, _text(words))
        with suppress(OSError, smtplib.SMTPException):
            smtp.rset()
        return _refused(code, words)

    def _opened(self) -> smtplib.SMTP:
        """The connection, made if need be."""
        if self._smtp is None:
            try:
                self._smtp = self._connected()
            except (
                ssl.SSLCertVerificationError,
                smtplib.SMTPAuthenticationError,
                smtplib.SMTPNotSupportedError,
            ) as error:
                if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code in LATER:
                    raise _Cut(f"{self._name} authenticates nobody now: {_said(error)}") from error
                raise DeliveryError(
                    f"{self._name} cannot be used: {_said(error)}. {advice(error, self._mail)}",
                    subject=self._mail.host,
                ) from error
            except NoTokenNow as error:
                raise _Cut(f"{self._name} cannot be used yet: {error}") from error
            except (OSError, smtplib.SMTPException) as error:
                raise _Cut(f"{self._name} does not answer: {_said(error)}") from error
        return self._smtp

    @property
    def _name(self) -> str:
        return f"The mail server {self._mail.host}:{self._mail.port}"

    def _connected(self) -> smtplib.SMTP:
        mail = self._mail
        context = ssl.create_default_context(cafile=mail.ca or None)
        smtp = (
            smtplib.SMTP_SSL(mail.host, mail.port, timeout=mail.seconds, context=context)
            if mail.security == "tls"
            else smtplib.SMTP(mail.host, mail.port, timeout=mail.seconds)
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


def _options(smtp: smtplib.SMTP, data: bytes) -> str:
    """What the server wants to be told of a message ahead."""
    return f" SIZE={len(data)}" if smtp.has_extn("size") else ""


def _bare(sender: str) -> str:
    from email.utils import parseaddr

    return wire(parseaddr(sender)[1])


def _refused(code: int, words: bytes) -> Outcome:
    return Outcome("deferred" if code in LATER else "refused", code, _text(words))


def _text(words: bytes) -> str:
    return " ".join(words.decode("utf-8", "replace").split())[:500]


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return (
            f"{error.smtp_code} {_text(words if isinstance(words, bytes) else str(words).encode())}"
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    return str(error).rstrip(".") or type(error).__name__


def _stuffed(data: bytes) -> bytes:
    """*data* with a full stop more where a line begins with one.

    A single one ends a message (RFC 5321, 4.5.2).
    """
    return (
        data.replace(b"\n.", b"\n..") if data[:1] != b"." else b"." + data.replace(b"\n.", b"\n..")
    )
