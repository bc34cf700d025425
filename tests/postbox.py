"""A real mail server on this machine, which takes mail well or badly.

TLS with a certificate of a test's own authority, and passwords.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import warnings
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from pathlib import Path
from typing import Any, Self

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from reportgen.publish.recipients import Recipient

USER, PASSWORD = "desk", "mail-secret"
PEOPLE = 50
"""Readers of a list."""


@dataclass
class Faults:
    """How the server fails: codes to answer with before it does well, by address or at a step."""

    recipients: dict[str, list[str]] = field(default_factory=dict)
    """Answers to RCPT, one a try; "always 550 ..." stays."""
    data: list[str] = field(default_factory=list)
    """What happens to whole messages in turn: an answer, "cut" before it, "slow", or "" for well.
    """
    cut: list[str] = field(default_factory=list)
    """At which command the connection is cut, in turn.

    "MAIL", "DATA", or "body" in the midst of a message; "" lets one pass.
    """
    logins: int = 99
    """How many times the password is taken."""


class Postbox:
    """A server for a ``with``.

    *security* is that of the configuration. ``messages`` holds what it took, with its readers.
    """

    def __init__(self, folder: Path, security: str = "starttls") -> None:
        self.folder, self.security = folder, security
        self.faults = Faults()
        self.messages: list[tuple[tuple[str, ...], bytes]] = []
        self.connections = 0
        self._lines: list[SMTP] = []
        self.authority = trustme.CA()
        self.authority.cert_pem.write_to_path(str(folder / "authority.pem"))
        certificate = self.authority.issue_cert("127.0.0.1", "localhost")
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        certificate.configure_cert(self._tls)

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        start = self._loop.create_server(
            self._protocol, "127.0.0.1", 0, ssl=self._tls if self.security == "tls" else None
        )
        self._server = asyncio.run_coroutine_threadsafe(start, self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._closed(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _closed(self) -> None:
        self._server.close()
        for line in self._lines:
            if line.transport is not None:
                line.transport.abort()
        await asyncio.sleep(0.02)  # in which the connections end
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    def config(self, **more: Any) -> str:
        """The table [mail] that sends here."""
        told = {
            "host": "127.0.0.1",
            "port": self.port,
            "security": self.security,
            "sender": "Market desk <desk@example.com>",
            "user": USER,
            "password": "SMTP_PASSWORD",
            "ca": str(self.folder / "authority.pem"),
            "patience": 0.01,
            "seconds": 2.0,
        } | more
        if told["security"] == "none":
            told = {
                name: value
                for name, value in told.items()
                if name not in ("user", "password", "ca")
            }
        rows = [
            f"{name} ="
            f" {str(value).lower() if isinstance(value, (bool, int, float)) else repr(value)}"
            for name, value in told.items()
        ]
        return "[mail]\n" + "\n".join(rows) + "\n"

    def received(self) -> Counter[str]:
        """How many messages each reader got."""
        return Counter(reader for readers, _ in self.messages for reader in readers)

    def message(self, place: int = 0) -> EmailMessage:
        """One of the messages, parsed."""
        found = message_from_bytes(self.messages[place][1], policy=POLICY)
        assert isinstance(found, EmailMessage)
        return found

    def _protocol(self) -> SMTP:
        self.connections += 1
        locked = self.security != "none"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it does not see that all of a connection is encrypted
            return self._made(locked)

    def _made(self, locked: bool) -> SMTP:
        line = _Server(
            self,
            hostname="mail.example.com",
            tls_context=self._tls if self.security == "starttls" else None,
            require_starttls=self.security == "starttls",
            auth_required=locked,
            auth_require_tls=self.security == "starttls",
            authenticator=self._known,
            loop=self._loop,
            enable_SMTPUTF8=True,
        )
        self._lines.append(line)
        return line

    # What the server asks of its handler
    # ---------------------------------------------------------------------------

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._maybe_cut("MAIL", server)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        del server, session
        answers = self.faults.recipients.get(address, [])
        if answers:
            return (
                answers[0].removeprefix("always ")
                if answers[0].startswith("always ")
                else answers.pop(0)
            )
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        fault = self.faults.data.pop(0) if self.faults.data else ""
        if fault[:1] in ("4", "5"):
            return fault
        if fault == "slow":
            await asyncio.sleep(4)
        content = envelope.original_content or b""
        self.messages.append((tuple(envelope.rcpt_tos), content))
        if fault == "cut":
            server.transport.abort()
        return "250 OK: queued"

    def _known(self, _: SMTP, __: Session, ___: Envelope, mechanism: str, data: Any) -> AuthResult:
        del mechanism
        self.faults.logins -= 1
        taken = (
            self.faults.logins >= 0
            and data.login == USER.encode()
            and data.password == PASSWORD.encode()
        )
        return AuthResult(success=taken, handled=False)

    def _maybe_cut(self, step: str, server: SMTP) -> None:
        if self.faults.cut[:1] == [""] and step == "MAIL":
            self.faults.cut.pop(0)
        elif self.faults.cut[:1] == [step]:
            self.faults.cut.pop(0)
            server.transport.abort()


class _Server(SMTP):
    """The server's side of one connection, which can be cut before DATA, and in it."""

    def __init__(self, box: Postbox, **settings: Any) -> None:
        super().__init__(box, **settings)
        self._box = box

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - the same
        if self._box.faults.cut[:1] == ["body"]:
            self._box.faults.cut.pop(0)
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await self._reader.readline()
            self.transport.abort()
            return
        self._box._maybe_cut("DATA", self)
        await super().smtp_DATA(arg)


def readers(count=1):
    """That many people."""
    return [
        Recipient(address=f"reader{n}@example.org", name=f"Reader {n}", parameters={})
        for n in range(count)
    ]
