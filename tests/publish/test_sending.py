"""A brief handed over to a real mail server.

Once to each reader, whatever the server and the line do.
"""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import replace

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from postbox import Postbox, readers

from reportgen.core.errors import DeliveryError
from reportgen.publish.recipients import Recipient
from reportgen.publish.suppression import Suppression

NOW = dt.datetime(2025, 1, 8, 21, 30, tzinfo=dt.UTC)
ONE = "reader0@example.org"


def states(told):
    """What became of each, without the server's words."""
    return {address: state for address, (state, _) in told.items()}


# Well
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_it_arrives(tmp_path, sent, security):
    """Encrypted and with a password, or in the clear to a server on this machine alone."""
    with Postbox(tmp_path, security) as postbox:
        assert sent(postbox) == {ONE: ("sent", "250 OK: queued")}
        assert postbox.received() == {ONE: 1}


def test_the_message_can_be_read_by_any_program(postbox, sent, brief):
    """No defect.

    Who, to whom, when and what; text, page and pictures, each of which the page shows.
    """
    sent(postbox)
    mail = postbox.message()
    assert not mail.defects
    assert (mail["From"], mail["To"]) == (
        "Market desk <desk@example.com>",
        "Reader 0 <reader0@example.org>",
    )
    assert (mail["Subject"], mail["Date"]) == (brief.title, "Wed, 08 Jan 2025 21:30:00 +0000")
    page = mail.get_body(("html",)).get_content()
    names = [part["Content-ID"].strip("<>") for part in mail.walk() if part["Content-ID"]]
    assert len(names) == 2
    assert sorted(names) == sorted(found.split('"')[0] for found in page.split("cid:")[1:])
    assert "Small caps" in mail.get_body(("plain",)).get_content()


def test_sent_again_it_is_sent_to_nobody(postbox, sent):
    """Who has it keeps it; a new reader of the list gets it."""
    assert states(sent(postbox, readers(2))) == {
        "reader0@example.org": "sent",
        "reader1@example.org": "sent",
    }
    assert states(sent(postbox, readers(3))) == {
        "reader0@example.org": "already",
        "reader1@example.org": "already",
        "reader2@example.org": "sent",
    }
    assert set(postbox.received().values()) == {1}


def test_each_reader_has_a_message_of_their_own_that_is_always_the_same_one(postbox, sent, ledger):
    """By its identity, from which a mail program knows a copy."""
    sent(postbox, readers(2))
    identities = {mail["To"]: mail["Message-ID"] for mail in map(postbox.message, range(2))}
    assert len(set(identities.values())) == 2
    assert sorted(identities.values()) == sorted(
        delivery.message_id for delivery in ledger.deliveries()
    )


def test_all_of_a_list_can_get_one_message(postbox, sent):
    """Which names none of them."""
    assert set(states(sent(postbox, readers(3), {"together": True})).values()) == {"sent"}
    assert [len(to) for to, _ in postbox.messages] == [3]
    assert "reader" not in str(postbox.message()["To"])


def test_the_headers_of_a_list_are_those_of_the_desk(postbox, sent):
    """Where to answer, what list it is, and how to leave it with one click."""
    sent(
        postbox,
        mail={
            "reply_to": "editor@example.com",
            "list_id": "<recap.example.com>",
            "unsubscribe": "https://example.com/leave?who={address}",
        },
    )
    mail = postbox.message()
    assert (mail["Reply-To"], mail["List-Id"]) == ("editor@example.com", "<recap.example.com>")
    assert mail["List-Unsubscribe"] == "<https://example.com/leave?who=reader0%40example.org>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_way_to_leave_is_in_letters_that_no_filter_takes_for_a_template(postbox, sent):
    """In ASCII, for a reader at a domain with other letters, too."""
    links = {"unsubscribe": "https://example.com/leave?who={address}"}
    links["unsubscribe_mail"] = "leave@example.com"
    sent(postbox, [Recipient(address="ann@münchen.example", name="", parameters={})], mail=links)
    told = postbox.message()["List-Unsubscribe"]
    assert "who=ann%40xn--mnchen-3ya.example>" in told
    assert "subject=unsubscribe%20ann%40xn--mnchen-3ya.example>" in told


def test_the_pdf_can_go_with_it(postbox, sent, brief):
    """As an attachment, whole; the page and its pictures are as without it."""
    sent(postbox, mail={"attach_pdf": True})
    mail = postbox.message()
    assert not mail.defects
    attached = next(mail.iter_attachments())
    assert attached.get_filename() == "small-caps-2025-01-08T1300.pdf"
    assert attached.get_content() == (brief.folder / "brief.pdf").read_bytes()
    assert "cid:" in mail.get_body(("html",)).get_content()


def test_a_reader_with_parameters_gets_a_telling_of_their_own(postbox, sent, brief):
    """Told from the record and checked as it leaves, whatever lies in the folder of their copy."""
    own = brief.folder / "recipients" / ONE
    own.mkdir(parents=True)
    shared = (brief.folder / "brief.eml").read_bytes()
    title = " ".join(brief.title.split()[:3]).encode()  # "Small caps" and what they do
    assert title in shared
    (own / "brief.eml").write_bytes(shared.replace(title, b"Small caps soar"))
    plain, terse = readers(2)
    sent(postbox, [plain, replace(terse, parameters={"rates": "false"})])
    texts = [postbox.message(n).get_body(("plain",)).get_content() for n in range(2)]
    assert ["Federal Reserve" in text for text in texts] == [True, False]
    assert [postbox.message(n)["Subject"] for n in range(2)] == [brief.title] * 2


def test_a_reader_who_wants_other_numbers_is_not_sent_these(postbox, sent):
    """They are another brief."""
    with pytest.raises(
        DeliveryError, match=r"reader0@example.org wants other numbers than this brief has"
    ):
        sent(postbox, [replace(readers()[0], parameters={"months": "12"})])
    assert not postbox.messages


def test_readers_of_like_addresses_are_two(postbox, sent):
    """As letters of a file's name they would be one."""
    for address in ("o-brien@example.org", "o'brien@example.org"):
        assert states(sent(postbox, [replace(readers()[0], address=address)])) == {address: "sent"}
    assert set(postbox.received().values()) == {1}


def test_a_domain_in_other_letters_is_written_in_ascii(postbox, sent):
    """To the server and in the header; the ledger knows the reader as the list does."""
    told = sent(
        postbox,
        [
            replace(readers()[0], address="ann@ex\u00e4mple.org", name='Ann "Q", Analyst'),
            readers()[0],
        ],
    )
    assert set(states(told).values()) == {"sent"}
    assert postbox.messages[0][0] == ("ann@xn--exmple-cua.org",)
    assert postbox.message()["To"].addresses[0].display_name == 'Ann "Q", Analyst'


def test_two_spellings_of_a_domain_are_one_reader(postbox, sent, ledger):
    """In letters of a language, in ASCII, in capitals: mailed once, and resent by either."""
    spellings = ("a@m\u00fcnchen.de", "a@xn--mnchen-3ya.de", "A@M\u00dcNCHEN.de")
    told = [
        sent(postbox, [replace(readers()[0], address=spelling)])[spelling][0]
        for spelling in spellings
    ]
    assert told == ["sent", "already", "already"]
    assert [one.recipient for one in ledger.deliveries()] == ["a@xn--mnchen-3ya.de"]
    assert len(postbox.messages) == 1


def test_domains_that_look_alike_in_old_rules_are_two(postbox, sent):
    """By IDNA 2003 the letter sharp s was two letters s, and another's domain."""
    names = ("a@stra\u00dfe.de", "a@strasse.de")
    told = sent(postbox, [replace(readers()[0], address=name) for name in names])
    assert set(states(told).values()) == {"sent"}
    assert postbox.received() == {"a@xn--strae-oqa.de": 1, "a@strasse.de": 1}


def test_all_of_unknown_outcome_are_sent_again_by_one_word(postbox, sent):
    """And nobody who refused it."""
    postbox.faults.data = ["cut", "cut"]
    postbox.faults.recipients["reader2@example.org"] = ["550 no such user"]
    assert list(states(sent(postbox, readers(3))).values()) == ["unknown", "unknown", "refused"]
    assert list(states(sent(postbox, readers(3))).values()) == ["unknown", "unknown", "refused"]
    told = states(sent(postbox, readers(3), unknown=True))
    assert list(told.values()) == ["sent", "sent", "refused"]


def test_who_asked_for_no_mail_gets_none(postbox, sent, ledger, tmp_path):
    """In another spelling, by whatever word of a person, and the outbox says so."""
    suppression = Suppression(tmp_path / "suppressed.csv")
    suppression.add("A@xn--mnchen-3ya.de", "asked by mail", NOW)
    people = [replace(readers()[0], address="a@m\u00fcnchen.de"), readers(2)[1]]
    asked = {"suppression": suppression, "again": [people[0].address], "unknown": True}
    told = sent(postbox, people, **asked)
    words = "gets no mail since 2025-01-08T21:30:00+00:00: asked by mail"
    assert list(told.values()) == [("suppressed", words), ("sent", "250 OK: queued")]
    assert next((one.state, one.answer) for one in ledger.deliveries()) == ("suppressed", words)
    assert postbox.received() == {"reader1@example.org": 1}
    suppression.remove("a@m\u00fcnchen.de")
    assert states(sent(postbox, people, **asked))["a@m\u00fcnchen.de"] == "sent"


@pytest.mark.parametrize("together", [False, True])
def test_who_leaves_while_others_are_mailed_gets_none(postbox, sent, tmp_path, together):
    """The list is asked before each hand-over."""
    suppression = Suppression(tmp_path / "suppressed.csv")
    (tmp_path / "suppressed.csv").write_text("address\n")

    class Leaving(list):
        def __iter__(self):
            for reader in super().__iter__():
                if reader.address == "reader1@example.org":
                    (tmp_path / "suppressed.csv").write_text(f"address\n{reader.address}\n")
                yield reader

    told = sent(postbox, Leaving(readers(3)), {"together": together}, suppression=suppression)
    assert states(told)["reader1@example.org"] == "suppressed"
    assert set(postbox.received()) == {ONE, "reader2@example.org"}


def test_who_can_not_be_written_to_keeps_nobody_from_it(postbox, sent):
    """A list that was made by other means."""
    told = sent(postbox, [replace(readers()[0], address="j\u00f6rg@example.org"), readers()[0]])
    assert states(told) == {"j\u00f6rg@example.org": "refused", ONE: "sent"}


def test_what_one_attempt_has_settled_the_next_one_leaves(postbox, sent, ledger):
    """One of three has it, one is refused, one is put off; then the
    password is not taken any more.
    """
    postbox.faults.recipients["reader1@example.org"] = ["always 451 busy"]
    postbox.faults.recipients["reader2@example.org"] = ["550 no such user"]
    postbox.faults.logins = 1
    postbox.faults.cut = ["", "MAIL"]
    with pytest.raises(DeliveryError, match="535"):
        sent(postbox, readers(3), {"together": True})
    assert [delivery.state for delivery in ledger.deliveries()] == ["sent", "deferred", "refused"]
    postbox.faults.recipients.clear()
    postbox.faults.logins = 99
    sent(postbox, readers(3), {"together": True})
    assert postbox.received() == {"reader0@example.org": 1, "reader1@example.org": 1}


def test_a_list_without_one_address_has_no_way_to_leave_it_by_address(postbox, sent):
    """The address would be nobody's."""
    sent(
        postbox,
        readers(2),
        {"together": True, "unsubscribe": "https://example.com/leave?who={address}"},
    )
    assert postbox.message()["List-Unsubscribe"] is None


def test_a_signature_of_the_domain_holds(postbox, sent, monkeypatch):
    """Checked with the public key, as a receiver does; a changed subject breaks it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    monkeypatch.setenv("DKIM_KEY", pem.decode())
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    sent(
        postbox,
        mail={
            "sender": "B\u00f6rsenbrief M\u00fcller & S\u00f6hne Z\u00fcrich und Gen\u00e8ve <desk@example.com>",
            "reply_to": "editor@example.com",
            "unsubscribe": "https://example.com/leave?a=1&who={address}",
            "unsubscribe_mail": "leave@example.com",
            "attach_pdf": True,
        },
        more='[mail.dkim]\ndomain = "example.com"\nselector = "s1"\nkey = "DKIM_KEY"\n',
    )
    data = postbox.messages[0][1]
    assert [part.defects for part in postbox.message().walk() if part.defects] == []
    head, _, body = data.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert max(len(row) for row in head.split(b"\r\n") if b"=?" in row) <= 76
    named = {b"s1._domainkey.example.com.": record}
    assert dkim.verify(
        data,
        dnsfunc=lambda name, timeout=5: named.get(name),  # noqa: ARG005
    )
    assert b"c=relaxed/relaxed" in data.replace(b"\r\n ", b" ").partition(b"From:")[0]
    handed_on = data.replace(b"Subject: Small", b"subject:  Small").replace(b".\r\n", b". \r\n")
    assert dkim.verify(handed_on, dnsfunc=lambda name, timeout=5: named.get(name))  # noqa: ARG005
    assert not dkim.verify(
        data.replace(b"Subject: Small", b"Subject: Large"),
        dnsfunc=lambda name, timeout=5: record,  # noqa: ARG005
    )


# Badly
# --------------------------------------------------------------------------------------


def test_a_refusal_for_now_is_tried_again(postbox, sent):
    """Of a reader, and of a message; then it is well."""
    postbox.faults.recipients[ONE] = ["451 busy", "452 full"]
    postbox.faults.data = ["451 try later"]
    assert states(sent(postbox)) == {ONE: "sent"}
    assert postbox.received() == {ONE: 1}


def test_a_refusal_for_now_that_lasts_is_sent_by_the_next_run(postbox, sent):
    """Its words are kept until then."""
    postbox.faults.recipients[ONE] = ["always 451 greylisted"]
    assert sent(postbox) == {ONE: ("deferred", "451 greylisted")}
    postbox.faults.recipients.clear()
    assert states(sent(postbox)) == {ONE: "sent"}


@pytest.mark.parametrize("step", ["recipient", "message"])
def test_a_refusal_for_good_is_not_tried_again(postbox, sent, step):
    """Not in this run, nor in the next one, unless a person says so."""
    if step == "recipient":
        postbox.faults.recipients[ONE] = ["550 no such user"]
    else:
        postbox.faults.data = ["554 spam"]
    assert states(sent(postbox)) == {ONE: "refused"}
    assert states(sent(postbox)) == {ONE: "refused"}
    assert states(sent(postbox, again=[ONE])) == {ONE: "sent"}


def test_one_of_three_that_is_refused_keeps_nobody_from_it(postbox, sent):
    """One message each, or one to all."""
    for together in (False, True):
        postbox.faults.recipients["reader1@example.org"] = ["550 no such user"]
        told = sent(
            postbox,
            [
                replace(one, address=f"{together}.{one.address}".lower()) if n != 1 else one
                for n, one in enumerate(readers(3))
            ],
            {"together": together},
            again=["reader1@example.org"],
        )
        assert sorted(states(told).values()) == ["refused", "sent", "sent"]


@pytest.mark.parametrize("step", ["MAIL", "DATA"])
def test_a_line_that_is_cut_before_the_message_is_whole_is_taken_up_again(postbox, sent, step):
    """The server cannot have it yet."""
    postbox.faults.cut = [step]
    assert states(sent(postbox)) == {ONE: "sent"}
    assert postbox.received() == {ONE: 1}
    assert postbox.connections == 2


def test_a_line_that_is_cut_in_the_midst_of_a_message_never_doubles_it(postbox, sent):
    """It is sent again where that was seen before its end, and unknown where it was seen after."""
    postbox.faults.cut = ["body"]
    state = states(sent(postbox))[ONE]
    assert state in ("sent", "unknown")
    assert postbox.received()[ONE] == (state == "sent")


def test_a_line_that_is_cut_after_the_message_leaves_it_unknown(postbox, sent, ledger):
    """The server has it, but did not say so: it is never sent again by itself."""
    postbox.faults.data = ["cut"]
    assert states(sent(postbox)) == {ONE: "unknown"}
    assert states(sent(postbox)) == {ONE: "unknown"}
    assert [delivery.state for delivery in ledger.deliveries()] == ["unknown"]
    assert postbox.received() == {ONE: 1}
    assert states(sent(postbox, again=[ONE])) == {ONE: "sent"}


def test_a_server_that_is_too_slow_leaves_it_unknown(postbox, sent):
    """It may have it by now."""
    postbox.faults.data = ["slow"]
    assert states(sent(postbox, mail={"seconds": 0.5})) == {ONE: "unknown"}


@pytest.mark.parametrize(
    ("mail", "words"),
    [({"ca": ""}, "its certificate is not trusted"), ({"user": "somebody"}, "535")],
)
def test_a_server_that_can_not_be_used_is_said_in_one_line(postbox, sent, mail, words):
    """A certificate of somebody else's, a wrong password.

    Nobody gets anything, and it is tried again later.
    """
    with pytest.raises(DeliveryError, match=words):
        sent(postbox, mail=mail)
    assert not postbox.messages
    assert states(sent(postbox)) == {ONE: "sent"}


def test_nothing_is_said_in_the_clear(tmp_path, sent):
    """A server that offers no encryption where it is asked for gets neither the password
    nor the brief.
    """
    with (
        Postbox(tmp_path, "none") as postbox,
        pytest.raises(DeliveryError, match="STARTTLS extension not supported"),
    ):
        sent(postbox, mail={"security": "starttls"})
    assert not postbox.messages


def test_a_server_that_is_not_there_defers_all(postbox, sent):
    """With the reason."""
    told = sent(postbox, mail={"port": 1, "attempts": 2})
    assert states(told) == {ONE: "deferred"}
    assert "does not answer" in told[ONE][1]


# Many
# --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_many_readers_share_one_line(postbox, sent):
    """Each gets one message, over one connection."""
    told = sent(postbox, readers(300))
    assert set(states(told).values()) == {"sent"}
    assert postbox.connections == 1
    assert set(postbox.received().values()) == {1}
    assert len(postbox.received()) == 300
