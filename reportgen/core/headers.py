"""What people write into the head of a mail.

Judged as a reader's program decodes it, and held against the head as it leaves.

A display name may arrive as an encoded word (RFC 2047, ``=?utf-8?q?...?=``).
Its letters may hide a line break, and with it a header of somebody else's; so a
text is judged after it was decoded, and a head is compared with what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import Header, decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, compat32
from email.utils import getaddresses
from typing import TYPE_CHECKING

ENCODED = re.compile(r"=\?[^?\s]*\?[bBqQ]\?[^?]*\?=|=\?|\?=")
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]"
    "|[\u00ad\u200b\u2060-\u2064\ufeff\U000e0000-\U000e007f]"
)
"""Control characters, line ends, direction marks, and letters without a shape.

The joiners U+200C and U+200D are not among them: Persian names
and emoji need them.
"""
ADDRESSES = ("from", "to", "reply-to")
"""Headers with addresses: names are equal with quotes or without."""
if TYPE_CHECKING:
    _Policy = EmailPolicy[EmailMessage]
else:
    _Policy = EmailPolicy

WIDTH, PLAIN = 76, 150
"""Characters of a line of a message: where words are encoded (RFC 2047, 2; RFC 2045, 6), and of a
plain header.
"""
ROUNDS = 3
"""How often a text may be encoded; deeper nesting is no name."""
LONGEST = 200


class _Written(_Policy):
    """Lines of at most ``WIDTH`` characters, and plain headers of at most ``PLAIN``.

    A plain subject so stays on the line of its name: some readers show none that is folded
    below it.
    """

    def fold(self, name: str, value: str) -> str:
        """The header *name* in lines."""
        if str(value).isascii():
            return str(_PLAIN.fold(name, value))
        return f"{name}: {_encoded(name, value)}\r\n"

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header *name* in lines, as bytes."""
        return self.fold(name, value).encode("ascii")


def _encoded(name: str, value: str) -> str:
    """*value* in encoded words, but for its addresses.

    The folding of the library's policies breaks a name that has both quotes and other letters.
    """
    if name.lower() not in ADDRESSES:
        return _words(name, str(value))
    pairs = getaddresses([str(value)])
    return ",\r\n ".join(
        f"{_words(name, shown)}\r\n <{address}>" if shown else address for shown, address in pairs
    )


def _words(name: str, text: str) -> str:
    """*text* as encoded words of RFC 2047, for the header *name*."""
    header = Header(text, "utf-8", WIDTH, header_name=name)
    return header.encode(linesep="\r\n", maxlinelen=WIDTH)


WRITTEN: EmailPolicy[EmailMessage] = _Written(linesep="\r\n", max_line_length=WIDTH)
"""How messages are written: with CRLF, in lines that every server and reader takes."""
_PLAIN = SMTP.clone(max_line_length=PLAIN)


def decoded(text: str) -> str:
    """*text* as a reader's program shows it.

    Its encoded words decoded, also nested ones

    Raises:
        ValueError: It is none.
    """
    for _ in range(ROUNDS):
        if not ENCODED.search(text):
            return text
        try:
            text = str(make_header(decode_header(text)))
        except (HeaderParseError, LookupError, UnicodeError, ValueError) as error:
            raise ValueError("it holds an encoded word that cannot be read") from error
    if ENCODED.search(text):
        raise ValueError("it holds '=?' or '?=', which begin and end encoded words")
    return text


def line(text: str) -> str:
    """*text*, decoded, as one line of a header.

    Raises:
        ValueError: It hides controls, line ends or marks of direction.
    """
    shown = decoded(text)
    if HIDDEN.search(shown):
        raise ValueError("it holds a control, a line break or a mark of direction")
    if len(shown) > LONGEST:
        raise ValueError(f"it has more than {LONGEST} letters")
    return shown


def printable(text: str, longest: int = 500) -> str:
    """*text* of a stranger as one line for a terminal or a file.

    What would move the cursor, change colours or turn the direction is left out.
    """
    return " ".join(HIDDEN.sub(" ", text).split())[:longest]


def refuse_another(head: bytes, meant: Sequence[tuple[str, str]]) -> None:
    """Raise ValueError unless *head* is exactly the headers *meant*, in order.

    Names are compared as bytes, values as a reader's program decodes them. The
    parser of the new policies keeps the blank between two encoded words, so
    values are decoded by RFC 2047.
    """
    if b"\r\n\r\n" in head.rstrip(b"\r\n") or re.search(rb"(?<!\r)\n|\r(?!\n)", head):
        raise ValueError("the head of the message does not end where it should")
    names = [name.lower() for name in message_from_bytes(head, policy=compat32)]
    if names != [name.lower() for name, _ in meant]:
        raise ValueError(
            f"the head of the message has other headers than meant: {', '.join(names)}"
        )
    read = message_from_bytes(head, policy=compat32)
    for name, value in meant:
        found = str(read[name])
        if _shown(name, found) != _shown(name, value):
            shown = " ".join(_decoded_once(found).split())[:80]
            raise ValueError(f"the header {name} reads '{shown}', and '{value[:80]}' was meant")


def _shown(name: str, value: str) -> object:
    """What a reader sees of the header *name*: text, or names with addresses."""
    if name.lower() in ADDRESSES:
        pairs = getaddresses([value.replace("\r\n", "")])
        return [(" ".join(_decoded_once(who).split()), address) for who, address in pairs]
    return " ".join(_decoded_once(value).split())


def _decoded_once(text: str) -> str:
    return str(make_header(decode_header(text)))


def only_address(value: str) -> str:
    """The one address that the header *value* names.

    Raises:
        ValueError: It names none or several.
    """
    try:
        head = EmailMessage(policy=SMTP)
        head["From"] = value
        found = head["From"].addresses
        groups = [group for group in head["From"].groups if group.display_name is not None]
    except (ValueError, AttributeError, IndexError, HeaderParseError) as error:
        raise ValueError("it is not an address, with a name or without") from error
    if len(found) != 1 or groups:
        raise ValueError("it must name exactly one address; put a name with a comma in quotes")
    return str(found[0].addr_spec)
