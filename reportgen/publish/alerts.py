"""Alerts to the owners of a desk on failure, and the heartbeat on success."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path

from reportgen.config.resources import tidy, written
from reportgen.core import headers
from reportgen.core.errors import DeliveryError, SettingsError
from reportgen.publish.config import Config
from reportgen.publish.mail.smtp import Line


def alert(
    config: Config,
    subject: str,
    text: str,
    attached: Sequence[Path],
    at: dt.datetime,
) -> list[str]:
    """The owners that could not be told, each with the reason.

    Nobody is told where none is named below [alerts].
    """
    if not config.alerts:
        return []
    try:
        mail = config.mailer()
        message = EmailMessage(policy=headers.WRITTEN)
        message["From"], message["To"] = mail.sender, ", ".join(config.alerts)
        message["Subject"] = " ".join(f"reportgen: {subject}".split())[:150]
        message["Date"], message["Message-ID"] = (
            format_datetime(at),
            make_msgid(domain=parseaddr(mail.sender)[1].rpartition("@")[2] or None),
        )
        message.set_content(tidy(text))
        for path in attached:
            if path.is_file():
                message.add_attachment(
                    tidy(path.read_text(encoding="utf-8", errors="replace")).encode(),
                    "text",
                    "plain",
                    filename=path.name,
                )
        with Line(mail) as line:
            outcomes = line.send(
                message.as_bytes(),
                config.alerts,
                lambda _: None,
                lambda _: None,
            )
    except (DeliveryError, SettingsError, ValueError, OSError) as error:
        return [f"{', '.join(config.alerts)}: {error}"]
    return [
        f"{address}: {outcome.answer}"
        for address, outcome in outcomes.items()
        if outcome.state != "sent"
    ]


def beat(config: Config, told: dict[str, str]) -> list[str]:
    """Why the heartbeat failed, for the file or the address of [heartbeat].

    It does not quote the address, which may contain a key.
    """
    failed = []
    if config.heartbeat_file:
        try:
            written(
                Path(config.heartbeat_file),
                (json.dumps(told, indent=1) + "\n").encode(),
            )
        except OSError as error:
            failed.append(f"the heartbeat's file could not be written: {error.strerror}")
    if config.heartbeat_url:
        try:
            failed += _called(config.heartbeat_url)
        except Exception as error:  # noqa: BLE001 - the brief is made
            failed.append(f"the heartbeat's address could not be called: {type(error).__name__}")
    return failed


def _called(url: str) -> list[str]:
    import httpx

    with httpx.stream("GET", url, timeout=10.0, follow_redirects=True) as answer:
        return (
            []
            if answer.is_success
            else [f"the heartbeat's address answered with HTTP {answer.status_code}"]
        )
