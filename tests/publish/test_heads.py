"""What people write into the head of a mail: as it was meant, once each, or refused."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import compat32
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.core import headers
from reportgen.core.errors import InvalidParameter, SettingsError
from reportgen.publish.config import Mail, read_config
from reportgen.publish.ledger import Key
from reportgen.publish.mail.message import Letter
from reportgen.publish.recipients import read_recipients
from reportgen.record.request import load_report

CHECKED = (
    b"Subject: Stocks fall\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: 7bit\r\n\r\nText.\r\n'
)
KEY = Key("daily-recap", "2025-01-08", 1)
AT = dt.datetime(2025, 1, 8, 22, tzinfo=dt.UTC)
WANTED = [
    "From",
    "To",
    "Date",
    "Message-ID",
    "Subject",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
]


def mail(**values):
    """The settings of a desk."""
    return Mail(host="localhost", **{"sender": "Desk <desk@example.com>", **values})


def head(name, address="ann@example.com", **values):
    """The head of the letter to a reader, as a reader's program that
    decodes by RFC 2047 takes it.
    """
    data = Letter(CHECKED, mail(**values)).to([(name, address)], KEY, AT)
    return message_from_bytes(data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", policy=compat32)


def shown(value):
    """The name and the address in a header."""
    name, address = parseaddr(str(value).replace("\r\n", ""))
    return " ".join(str(make_header(decode_header(name))).split()), address


INJECTED = [
    "Bcc: evil@example.com",
    "Reply-To: evil@example.com",
    "Subject: x",
    "To: x@y.zz",
    "\r\nBody",
    "Content-Type: text/html",
]
BREAKS = {"crlf": "\r\n", "lf": "\n", "cr": "\r", "nel": "\x85", "ls": "\u2028", "ff": "\x0c"}


def encoded(text, how):
    """*text* as an encoded word of RFC 2047, written in one of several ways."""
    quoted = "".join(f"={b:02X}" for b in text.encode())
    return {
        "q": f"=?utf-8?q?{quoted}?=",
        "Q": f"=?UTF-8?Q?{quoted}?=",
        "plain": text,
        "two": (
            f"=?utf-8?q?{quoted[: len(quoted) // 6 * 3]}?= "
            f"=?utf-8?q?{quoted[len(quoted) // 6 * 3 :]}?="
        ),
        "language": f"=?utf-8*en?q?{quoted}?=",
        "nested": (
            "=?utf-8?q?" + "".join(f"={b:02X}" for b in f"=?utf-8?q?{quoted}?=".encode()) + "?="
        ),
    }[how]


CORPUS = [
    encoded(f"Ann{end}{injected}", how)
    for injected, end, how in itertools.product(
        INJECTED, BREAKS.values(), ("q", "Q", "plain", "two", "language", "nested")
    )
]


def test_the_corpus_is_large():
    """So that one more way of writing is not forgotten by chance."""
    assert len(set(CORPUS)) >= 200


@pytest.mark.parametrize("name", CORPUS)
def test_a_name_that_hides_a_header_is_refused(name):
    """Whether it is encoded, nested, split or plain."""
    with pytest.raises(ValueError, match="it holds"):
        head(name)


@pytest.mark.parametrize(
    "name",
    [
        "Ann Lee",
        "Lee, Ann",
        'Ann "AJ" Lee',
        "O'Neil",
        "Müller, Jörg",
        "李小龙",
        "李" * 60,
        "Łukasz",
        (
            "ООО Управляющая компания Московская биржа,"  # noqa: RUF001
            " департамент аналитики и коммуникаций"
        ),
        "Müller " * 20,
        "A" * 150,
        "=Ann=",
        "a: b; c",
        "👩\u200d💼 Desk",
        "(Ann)",
        "=?utf-8?q?J=C3=B6rg?=",
    ],
)
def test_a_name_of_a_person_reads_as_it_was_meant(name):
    """However long it is and whatever its letters."""
    found = head(name)
    assert list(found) == WANTED
    assert shown(found["To"]) == (headers.decoded(name).strip(), "ann@example.com")


@given(st.text(max_size=40), st.sampled_from(["q", "Q", "plain", "nested"]))
def test_no_name_adds_or_changes_a_header(name, how):
    """The list of headers is the one meant, or the name is refused."""
    try:
        found = head(encoded(name, how))
    except ValueError:
        return
    assert list(found) == WANTED
    assert shown(found["To"])[1] == "ann@example.com"
    assert str(make_header(decode_header(found["Subject"]))) == "Stocks fall"


@given(st.text('Jörg Müller, "AJ" (Zürich) & Söhne; 李小龙 Łukasz=?_.', max_size=190))
def test_encoded_words_and_their_lines_keep_to_their_width(name):
    """RFC 2047, 2: 75 characters of a word, 76 of a line; and all of it reads as it was meant."""
    try:
        text = headers.line(" ".join(name.split()))
    except ValueError:
        return
    message = EmailMessage(policy=headers.WRITTEN)
    message["From"] = str(Address(text, addr_spec="desk@example.com"))
    message["Subject"] = text
    written = message.as_bytes().partition(b"\r\n\r\n")[0]
    headers.refuse_another(written + b"\r\n\r\n", list(message.items()))
    encoded_lines = [line for line in written.split(b"\r\n") if b"=?utf-8?" in line]
    assert all(len(line) <= 76 for line in encoded_lines)
    assert all(len(w) <= 75 for w in re.findall(rb"=\?utf-8\?[bq]\?[^?]*\?=", written))


def test_a_plain_subject_stays_on_the_line_of_its_name():
    """Some readers show none that is folded below it."""
    message = EmailMessage(policy=headers.WRITTEN)
    message["Subject"] = f"S&P 500 {'ends the month ' * 8}".strip()
    message["From"] = "Jörg Müller <desk@example.com>"
    assert f"Subject: {message['Subject']}\r\n".encode() in message.as_bytes()


@pytest.mark.parametrize(
    "sender",
    [
        '"Market Desk" <desk@example.com>',
        "Dr. Lee <desk@example.com>",
        "desk@example.com",
        "A.J. Desk <desk@example.com>",
        '"Lee, Ann" <desk@example.com>',
        "Jörg <desk@example.com>",
    ],
)
def test_an_ordinary_sender_is_taken(sender):
    """With quotes and full stops, as people write them."""
    found = head("Ann", sender=sender, reply_to=sender)
    assert shown(found["From"])[1] == "desk@example.com"
    assert [n for n in found if n != "Reply-To"] == WANTED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sender", "Desk <d@example.com>, Evil <e@example.com>"),
        ("sender", "friends: a@b.cc, d@e.ff;"),
        ("sender", "nobody"),
        ("sender", "=?utf-8?q?a=0D=0ABcc=3A_e=40example.com?= <d@example.com>"),
        ("reply_to", "Desk, Ann <d@example.com>"),
        ("reply_to", "O'Neil"),
        ("reply_to", "Ann@"),
        ("list_id", "recaps"),
        ("list_id", "<a>\\r\\nBcc: e@example.com"),
    ],
)
def test_a_setting_that_no_header_can_have_is_refused(tmp_path, monkeypatch, name, value):
    """When the file is read, by its name."""
    values = {"sender": "desk@example.com", name: value}
    lines = "".join(f'{key} = "{text}"\n' for key, text in values.items())
    path = tmp_path / "reportgen.toml"
    path.write_text(f'[mail]\nhost = "localhost"\nport = 25\nsecurity = "none"\n{lines}')
    monkeypatch.setenv("REPORTGEN_CONFIG", str(path))
    with pytest.raises(SettingsError, match=name):
        read_config()


@pytest.mark.parametrize(
    "address",
    [
        "(x)ann@example.com",
        "ann@example.com(y)",
        "a..b@example.com",
        ".a@example.com",
        "a@b.",
        "ann@exam\u00adple.com",
        "ann@\uff45xample.com",
        "a%0ab@example.com",
        "a?bcc=x@example.com",
        "ann@example.com\nBcc: x@y.zz",
        "ann@example",
        "a b@example.com",
        "=?utf-8?q?a?=@example.com",
    ],
)
def test_an_odd_address_is_refused(tmp_path, address):
    """In the list, before anything is sent."""
    (tmp_path / "r.csv").write_text(f'address\n"{address}"\n')
    with pytest.raises(InvalidParameter):
        read_recipients(tmp_path / "r.csv", load_report("daily-recap"))


def test_a_mailbox_is_listed_once(tmp_path):
    """Whichever way its domain is written; marks of a file's name are the address's own."""
    (tmp_path / "two.csv").write_text("address\na/b@example.com\na-b@example.com\n", "utf-8")
    two = read_recipients(tmp_path / "two.csv", load_report("daily-recap"))
    assert len({one.folder for one in two}) == len({one.identity for one in two}) == 2
    (tmp_path / "r.csv").write_text("address\na@münchen.de\nA@xn--mnchen-3ya.de\n", "utf-8")
    with pytest.raises(InvalidParameter, match="twice"):
        read_recipients(tmp_path / "r.csv", load_report("daily-recap"))
