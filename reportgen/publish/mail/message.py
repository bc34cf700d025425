"""The message that leaves.

The checked email of a brief, with the headers of one reader and the signature of
the sender's domain.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import quopri
from collections.abc import Sequence
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from reportgen.config.resources import tokens
from reportgen.config.secrets import secret
from reportgen.core import headers
from reportgen.core.errors import DeliveryError
from reportgen.publish.config import Mail
from reportgen.publish.ledger import Key
from reportgen.publish.recipients import identity, wire
from reportgen.rendering.page import filled

OURS = (
    "from",
    "to",
    "date",
    "message-id",
    "reply-to",
    "in-reply-to",
    "references",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
)
BRIEFS = ("subject", "mime-version", "content-type", "content-transfer-encoding")
"""The headers that a letter takes from the brief; it has no others."""
SIGNED = [
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"reply-to",
    b"in-reply-to",
    b"references",
    b"list-id",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
    b"mime-version",
    b"content-type",
]


def message_id(key: Key, recipient: str, sender: str) -> str:
    """The message ID for *key* and *recipient*: the same at every attempt."""
    digest = hashlib.sha256(
        "\0".join([key.report, key.label, str(key.edition), identity(recipient)]).encode()
    ).hexdigest()[:32]
    return f"<{digest}@{parseaddr(sender)[1].rpartition('@')[2]}>"


class Letter:
    """The email *checked* of a brief, made ready once for all who get the same.

    *pdf* is attached where there is one.
    """

    def __init__(
        self,
        checked: bytes,
        mail: Mail,
        pdf: tuple[str, bytes] | None = None,
    ) -> None:
        self._mail = mail
        found = message_from_bytes(checked, policy=headers.WRITTEN)
        if not isinstance(found, EmailMessage) or found.defects:
            raise DeliveryError(
                "brief.eml cannot be read as an email; make the brief again.",
                subject="brief.eml",
            )
        if pdf:
            found.add_attachment(pdf[1], "application", "pdf", filename=pdf[0])
            found.set_boundary(f"={hashlib.sha256(checked).hexdigest()[:24]}-m=")
        self._places = _with_places(found, checked) if mail.leavable else {}
        self._kept = [
            (name, str(value)) for name, value in found.items() if name.lower() not in OURS
        ]
        other = [name for name, _ in self._kept if name.lower() not in BRIEFS]
        if other:
            raise DeliveryError(
                f"brief.eml has a header of its own, {other[0]}; make the brief again.",
                subject="brief.eml",
            )
        self._body = found.as_bytes(policy=headers.WRITTEN).partition(b"\r\n\r\n")[2]

    def to(
        self,
        readers: Sequence[tuple[str, str]],
        key: Key,
        at: dt.datetime,
        corrects: str = "",
    ) -> bytes:
        """The bytes of the message to *readers*, name and address of each.

        More than one is written to nobody in particular. A correction is told as an answer to
        the message that it *corrects*.
        """
        mail = self._mail
        address = readers[0][1] if len(readers) == 1 else ""
        meant = [("From", mail.sender), ("To", "undisclosed-recipients:;")]
        if address:
            meant[1] = (
                "To",
                str(
                    Address(
                        display_name=headers.line(readers[0][0]),
                        addr_spec=wire(address),
                    )
                ),
            )
        meant += [
            ("Date", format_datetime(at)),
            ("Message-ID", message_id(key, address or "all", mail.sender)),
        ]
        meant += [("Reply-To", mail.reply_to)] if mail.reply_to else []
        if corrects:
            meant += [("In-Reply-To", corrects), ("References", corrects)]
        meant += [("List-Id", mail.list_id)] if mail.list_id else []
        links = _links(mail, address)
        if links:
            meant.append(("List-Unsubscribe", ", ".join(f"<{link}>" for link in links)))
        if links and links[0].startswith("https:"):
            meant.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
        meant += self._kept
        head = EmailMessage(policy=headers.WRITTEN)
        for name, value in meant:
            head[name] = value
        written = head.as_bytes().partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        headers.refuse_another(written, meant)
        body = self._body
        for kind, place in self._places.items():
            body = body.replace(place, _leaving(kind, links[0]) if links else b"")
        return self._signed(written + body)

    def _signed(self, data: bytes) -> bytes:
        signature = self._mail.dkim
        if signature is None:
            return data
        import dkim  # type: ignore[import-untyped, unused-ignore]

        line = dkim.sign(
            data,
            signature.selector.encode(),
            signature.domain.encode(),
            self._key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=SIGNED,
        )
        return bytes(line) + data

    @cached_property
    def _key(self) -> bytes:
        """The private key.

        Raises:
            DeliveryError: What signs is not installed, or it is none.
        """
        signature = self._mail.dkim
        assert signature is not None  # noqa: S101 - asked for by a signer alone
        key = secret(signature.key).encode()
        try:
            from dkim import crypto  # type: ignore[import-untyped, unused-ignore]

            crypto.parse_pem_private_key(key)
        except ImportError:
            raise DeliveryError(
                "Signing needs the package dkimpy: pip install dkimpy.",
                subject="dkim",
            ) from None
        except Exception as error:
            raise DeliveryError(
                f"{signature.key} holds no private key in PEM that can sign.",
                subject=signature.key,
            ) from error
        return key


def _links(mail: Mail, address: str) -> list[str]:
    """Where the reader at *address* may leave, "" for a message to several: a page, then a mail.

    They name the reader in ASCII: filters for spam take a header with "%BC" for a template that
    was not filled in.
    """
    address, links = wire(address) if address else "", []
    if mail.unsubscribe and (address or "{address}" not in mail.unsubscribe):
        links.append(mail.unsubscribe.replace("{address}", quote(address)))
    if mail.unsubscribe_mail:
        subject = quote(f"unsubscribe {address}".strip())
        links.append(f"mailto:{mail.unsubscribe_mail}?subject={subject}")
    return links


def _with_places(message: EmailMessage, checked: bytes) -> dict[str, bytes]:
    """Add an empty line to the text and the HTML of *message*, where each reader's link goes.

    Returns:
        By "txt" and "html", the bytes of that line, which no other line of *checked* has.
    """
    digest = hashlib.sha256(checked).hexdigest()
    places = {}
    for kind, subtype in (("txt", "plain"), ("html", "html")):
        part = message.get_body((subtype,))
        if part is None:
            continue
        mark = f"{kind}-{digest}"
        words = str(part.get_content())
        end = words.rfind("</body>") if kind == "html" else -1
        before, after = (words[:end], words[end:]) if end >= 0 else (words, "")
        part.set_content(
            f"{before.rstrip()}\n{mark}\n{after}", subtype=subtype, cte="quoted-printable"
        )
        if part is not message:
            del part["MIME-Version"]
        places[kind] = f"{mark}\r\n".encode()
    return places


def _leaving(kind: str, link: str) -> bytes:
    """The lines of a *kind*, "txt" or "html", in which a reader finds the *link*."""
    words = filled(f"email/leave.{kind}.j2", link=link, colour=tokens()["light"])
    lead = "\n" if kind == "txt" else ""
    return quopri.encodestring(f"{lead}{words}\n".encode()).replace(b"\n", b"\r\n")


def page(path: Path) -> bytes:
    """The HTML part of the email at *path*, pictures embedded, for a browser.

    Raises:
        DeliveryError: There is none.
    """
    try:
        found = message_from_bytes(path.read_bytes(), policy=headers.WRITTEN)
    except OSError as error:
        raise DeliveryError(
            f"{path} cannot be read; make the brief with the format eml.",
            subject=path,
        ) from error
    rich = found.get_body(("html",)) if isinstance(found, EmailMessage) else None
    if rich is None:
        raise DeliveryError(f"{path} has no HTML part.", subject=path)
    text = str(rich.get_content())
    for part in found.walk():
        name = str(part["Content-ID"] or "").strip("<>")
        if name:
            data = base64.b64encode(part.get_content()).decode()
            text = text.replace(
                f"cid:{name}",
                f"data:{part.get_content_type()};base64,{data}",
            )
    return text.encode()
