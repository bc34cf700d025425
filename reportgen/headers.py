"""What people write into the head of a mail: judged as a reader's program decodes it, and held against the head as it leaves.

A display name may arrive as an encoded word (RFC 2047, ``=?utf-8?q?...?=``). Its letters may hide a line break, and with it
a header of somebody else's; so a text is judged after it was decoded, and a head is compared with what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.policy import SMTP, compat32

ENCODED = re.compile(r"=\?[^?\s]*\?[bBqQ]\?[^?]*\?=|=\?|\?=")
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Controls, line ends, and marks that change the direction of what follows."""
ROUNDS = 3
"""How often a text may be encoded; deeper nesting is no name."""
LONGEST = 200


def decoded(text: str) -> str:
    """*text* as a reader's program shows it: its encoded words decoded, also nested ones; ValueError where it is none."""
    for _ in range(ROUNDS):
        if not ENCODED.search(text):
            return text
        try:
            text = str(make_header(decode_header(text)))
        except (HeaderParseError, LookupError, UnicodeError, ValueError) as error:
            raise ValueError("it holds an encoded word that can not be read") from error
    if ENCODED.search(text):
        raise ValueError("it holds an encoded word inside of another one")
    return text


def line(text: str) -> str:
    """*text*, decoded, as one line of a header; ValueError where it hides controls, line ends or marks of direction."""
    shown = decoded(text)
    if HIDDEN.search(shown):
        raise ValueError("it holds a control, a line break or a mark of direction")
    if len(shown) > LONGEST:
        raise ValueError(f"it has more than {LONGEST} letters")
    return shown


def refuse_another(head: bytes, meant: Sequence[tuple[str, str]]) -> None:
    """ValueError where the serialised *head* is not exactly the headers *meant*, once each and in their order.

    Names are compared as bytes, values as a reader's program decodes them.
    """
    if b"\r\n\r\n" in head.rstrip(b"\r\n") or re.search(rb"(?<!\r)\n|\r(?!\n)", head):
        raise ValueError("the head of the message does not end where it should")
    names = [name.lower() for name in message_from_bytes(head, policy=compat32)]
    if names != [name.lower() for name, _ in meant]:
        raise ValueError(
            f"the head of the message has other headers than meant: {', '.join(names)}"
        )
    read = message_from_bytes(head, policy=SMTP)
    for name, value in meant:
        found = " ".join(str(read[name]).split())
        if found != " ".join(value.split()):
            raise ValueError(
                f"the header {name} reads '{found[:80]}', and '{value[:80]}' was meant"
            )
