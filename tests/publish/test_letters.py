"""The letter that is made of a brief's email, and its page for a browser."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from reportgen.core import headers
from reportgen.core.errors import DeliveryError
from reportgen.publish.config import Mail
from reportgen.publish.ledger import Key
from reportgen.publish.mail.message import Letter, message_id, page
from reportgen.publish.mail.personal import _addressed
from reportgen.publish.recipients import Recipient

KEY = Key("small-caps", "2025-01-08", 1)
AT = dt.datetime(2025, 1, 8, 21, 30, tzinfo=dt.UTC)
HEAD = b"Subject: Stocks rise\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n"
BODY = b"\r\nStocks rose.\r\n"
ANN, BOB = ("Ann Lee", "ann@example.com"), ("Bob", "bob@example.com")


def letter(*readers, head=b"", pdf=None, **mail):
    """The headers of the letter to *readers*, by name."""
    return message_from_bytes(written(HEAD + head + BODY, *readers, pdf=pdf, **mail), policy=SMTP)


def written(checked, *readers, pdf=None, **mail):
    """The bytes of the letter to *readers* with the email *checked*."""
    desk = Mail(host="localhost", sender="Desk <desk@example.com>", **mail)
    return Letter(checked, desk, pdf).to(readers, KEY, AT)


def test_a_letter_has_the_brief_and_the_headers_of_one_reader():
    """Its sender, its date, and an identity that stays."""
    found = letter(ANN)
    assert (found["From"], found["To"]) == ("Desk <desk@example.com>", "Ann Lee <ann@example.com>")
    assert (found["Subject"], found.get_content().strip()) == ("Stocks rise", "Stocks rose.")
    assert found["Message-ID"] == message_id(KEY, ANN[1], "desk@example.com")
    assert found["Date"].datetime == AT
    assert found["Reply-To"] is found["List-Id"] is found["List-Unsubscribe"] is None


def test_a_letter_to_several_is_to_nobody_in_particular():
    """One cannot read who the others are."""
    found = letter(ANN, BOB)
    assert "undisclosed-recipients" in str(found["To"])
    assert b"example.com" not in str(found["To"]).encode()
    assert found["Message-ID"] == message_id(KEY, "all", "desk@example.com")


@pytest.mark.parametrize(
    ("readers", "link", "told"),
    [
        ((ANN,), "https://example.com/{address}", "<https://example.com/ann%40example.com>"),
        ((ANN, BOB), "https://example.com/{address}", None),
        ((ANN, BOB), "https://example.com/leave", "<https://example.com/leave>"),
    ],
)
def test_a_list_is_left_by_a_link_of_ones_own(readers, link, told):
    """To several, only by one that names nobody."""
    found = letter(*readers, unsubscribe=link)
    assert found["List-Unsubscribe"] == told
    assert found["List-Unsubscribe-Post"] == ("List-Unsubscribe=One-Click" if told else None)


def test_a_list_is_left_by_a_mail_too():
    """One click needs a page; a mail names the reader, and nobody where it is to several."""
    mail = {"unsubscribe_mail": "leave@example.com"}
    link = "mailto:leave@example.com?subject=unsubscribe%20ann%40example.com"
    found = letter(ANN, **mail)
    assert (found["List-Unsubscribe"], found["List-Unsubscribe-Post"]) == (f"<{link}>", None)
    both = letter(ANN, unsubscribe="https://example.com/{address}", **mail)
    page = "https://example.com/ann%40example.com"
    assert both["List-Unsubscribe"] == f"<{page}>, <{link}>"
    assert both["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    several = letter(ANN, BOB, unsubscribe="https://example.com/{address}", **mail)
    assert several["List-Unsubscribe"] == "<mailto:leave@example.com?subject=unsubscribe>"


def test_a_letter_says_where_to_leave_in_words_that_are_seen(brief):
    """At the end of both its parts, one's own link; without one there is no line and no trace."""
    link = "https://example.com/leave?a=1&who={address}"
    data = written(brief.words, ANN, unsubscribe=link)
    own = "https://example.com/leave?a=1&who=ann%40example.com"
    mail, plain = (message_from_bytes(d, policy=SMTP) for d in (data, written(brief.words, ANN)))
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    before = plain.get_body(("plain",)).get_content().splitlines()
    assert text.splitlines() == [*before, "", f"Unsubscribe from this mail: {own}"]
    assert f'href="{own.replace("&", "&amp;")}">Unsubscribe from this mail</a>' in html
    assert html.index("Unsubscribe") > html.rindex('data-part="footer"')
    assert max(map(len, data.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76
    assert not mail.defects
    several = written(brief.words, ANN, BOB, unsubscribe=link)
    bare = message_from_bytes(several, policy=SMTP).get_body(("plain",)).get_content()
    assert bare.splitlines() == before
    assert b"Unsubscribe" not in several.partition(b"\r\n\r\n")[2]


def test_replies_and_lists_are_those_of_the_desk():
    """Where it has them."""
    found = letter(ANN, reply_to="news@example.com", list_id="Desk <desk.example.com>")
    assert found["Reply-To"] == "news@example.com"
    assert found["List-Id"] == "Desk <desk.example.com>"


@pytest.mark.parametrize("header", [b"Bcc: x@example.com\r\n", b"X-Mailer: us\r\n"])
def test_a_header_that_no_brief_has_is_refused(header):
    """Its name is said; those of a letter are replaced."""
    with pytest.raises(DeliveryError, match=r"brief\.eml has a header of its own"):
        letter(ANN, head=header)
    assert letter(ANN, head=b"To: x@example.com\r\n")["To"] == "Ann Lee <ann@example.com>"


def test_what_is_no_email_is_refused():
    """A header that is none, say."""
    desk = Mail(host="localhost", sender="Desk <desk@example.com>")
    with pytest.raises(DeliveryError, match="cannot be read as an email"):
        Letter(b"no header\r\n\r\nwords", desk)


def test_a_pdf_goes_with_it_under_its_name():
    """Beside the words."""
    found = letter(ANN, pdf=("small-caps.pdf", b"%PDF"))
    (attached,) = found.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("small-caps.pdf", b"%PDF")
    assert "Stocks rose." in found.get_body().get_content()


def test_no_line_of_a_body_is_longer_than_a_mail_s(brief):
    """76 characters, of words and of attachments (RFC 2045, 6.7 and 6.8)."""
    data = written(brief.words, ANN, pdf=("small-caps.pdf", bytes(range(256)) * 40))
    body = data.partition(b"\r\n\r\n")[2]
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert not message_from_bytes(data, policy=SMTP).defects


def test_the_page_of_an_email_has_its_pictures_within(brief):
    """A browser shows it as it is."""
    shown = page(brief.folder / "brief.eml").decode()
    assert "<html" in shown
    assert "data:image/png;base64," in shown
    assert "cid:" not in shown


def test_an_email_without_a_page_is_named(tmp_path):
    """And one that is not there."""
    path = tmp_path / "brief.eml"
    with pytest.raises(DeliveryError, match="cannot be read; make the brief with the format eml"):
        page(path)
    path.write_bytes(HEAD + BODY)
    with pytest.raises(DeliveryError, match="has no HTML part"):
        page(path)


def test_a_copy_is_addressed_to_its_reader_under_an_identity_of_its_own():
    """The shared message stays as it is."""
    shared = EmailMessage(policy=headers.WRITTEN)
    shared["To"], shared["Message-ID"] = "undisclosed-recipients:;", "<shared@example.com>"
    shared.set_content("Stocks rose.")
    ann = Recipient(address="ann@example.org", name="Ann Lee", parameters={})
    told = message_from_bytes(_addressed(shared, ann), policy=SMTP)
    assert (told["To"], told.get_content().strip()) == ("Ann Lee <ann@example.org>", "Stocks rose.")
    assert told["Message-ID"] != shared["Message-ID"] == "<shared@example.com>"
