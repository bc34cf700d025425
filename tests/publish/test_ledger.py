"""The ledger of deliveries: who may be sent what, and what a file that is none says."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from postbox import readers

from reportgen.core.errors import DeliveryError
from reportgen.publish.config import read_config
from reportgen.publish.ledger import ASKED, Edition, Key, Ledger, free
from reportgen.publish.mail.sending import Errand, planned
from reportgen.publish.mail.smtp import Outcome

MADE = Path(__file__).parents[1] / "made_by_010"
NOW = dt.datetime(2025, 1, 8, 21, 30, tzinfo=dt.UTC)
KEY, ANN = Key("small-caps", "2025-01-08", 1), "ann@example.com"


def claimed(ledger, *, again=False):
    """What stands in the way of sending to Ann."""
    return ledger.claim(KEY, ANN, "<1@example.com>", NOW, again=ASKED if again else ())


def standing(ledger, state):
    """Bring the delivery to Ann into *state*."""
    assert claimed(ledger) is None
    if state == "handing":
        ledger.handing(KEY, [ANN])
    elif state != "claimed":
        ledger.settle(KEY, {ANN: Outcome(state, 250, "words")}, NOW)


@pytest.mark.parametrize(
    ("state", "may", "if_asked"),
    [
        ("claimed", True, True),
        ("deferred", True, True),
        ("sent", False, False),
        ("refused", False, True),
        ("unknown", False, True),
    ],
)
def test_a_delivery_is_tried_again_by_its_state(ledger, state, may, if_asked):
    """What was sent never is, what was refused or is unknown if a person says so."""
    assert (free(state), free(state, ASKED)) == (may, if_asked)
    standing(ledger, state)
    known = claimed(ledger)
    assert (known is None) is may
    if not may:
        assert (known.state, known.answer, known.code, known.at) == (state, "words", 250, NOW)
        assert (claimed(ledger, again=True) is None) is if_asked


@pytest.mark.parametrize(
    ("state", "reached"),
    [
        ("claimed", False),
        ("deferred", False),
        ("refused", False),
        ("sent", True),
        ("handing", True),
        ("unknown", True),
    ],
)
def test_an_edition_has_reached_somebody_where_one_may_have_it(ledger, state, reached):
    """Of this edition, and of no other."""
    assert not ledger.reached(KEY)
    standing(ledger, state)
    assert ledger.reached(KEY) is reached
    assert not ledger.reached(KEY._replace(edition=2))


def test_who_was_killed_while_handing_leaves_it_unknown(ledger):
    """The next sender says so, with what to do."""
    standing(ledger, "handing")
    with ledger.held():
        (told,) = ledger.deliveries()
    assert (told.state, told.attempts) == ("unknown", 1)
    assert "ask the reader, then send it again with --resend" in told.answer


def test_one_sends_at_a_time(ledger):
    """Another is told who is sending."""
    another = Ledger(ledger.path)
    words = "Another run is sending by"
    with ledger.held(), pytest.raises(DeliveryError, match=words), another.held(0.1):
        pass
    with ledger.held(0.1):
        assert ledger.deliveries() == []


def test_who_only_looks_makes_no_ledger(ledger):
    """Nothing was sent, and nothing is written."""
    assert ledger.latest("small-caps", "2025-01-08") is None
    assert ledger.deliveries() == []
    assert not ledger.path.exists()


def test_the_latest_edition_is_the_one_with_the_largest_number(ledger):
    """As it was begun last."""
    first = Edition(KEY, "a mark", b"{}", "a seal")
    second = replace(first, key=KEY._replace(edition=2), mark="another")
    for edition in (second, first, replace(first, mark="the same again")):
        ledger.begin(edition, NOW)
    assert ledger.latest(*KEY[:2]) == second
    assert ledger.latest("small-caps", "2025-01-09") is None


def test_deliveries_are_those_of_a_report_or_of_a_brief(ledger):
    """By name and by label."""
    for label in ("2025-01-07", "2025-01-08"):
        ledger.claim(KEY._replace(label=label), ANN, "<1@example.com>", NOW)
    assert len(ledger.deliveries()) == len(ledger.deliveries("small-caps")) == 2
    (told,) = ledger.deliveries("small-caps", "2025-01-08")
    assert (told.key, told.recipient, told.state) == (KEY, ANN, "claimed")
    assert ledger.deliveries("daily-recap") == []


def test_a_ledger_of_0_1_0_knows_its_readers_by_every_spelling(ledger):
    """Of two rows of one reader, that of the furthest state stays; nobody is mailed twice."""
    shutil.copy(MADE / "outbox.sqlite", ledger.path)
    with sqlite3.connect(ledger.path) as connection:
        for address, state in [
            ("a@m\u00fcnchen.de", "sent"),
            ("a@xn--mnchen-3ya.de", "deferred"),
            ("b@xn--mnchen-3ya.de", "claimed"),
            ("b@m\u00fcnchen.de", "unknown"),
            ("c@m\u00fcnchen.de", "sent"),
            ("door:m\u00fcnchen", "sent"),
        ]:
            connection.execute(
                "INSERT INTO deliveries SELECT report, label, edition, ?, ?, message_id, code,"
                " answer, at, attempts FROM deliveries WHERE recipient = 'ann@example.com'",
                [address, state],
            )
    connection.close()
    told = {one.recipient: one.state for one in ledger.deliveries()}
    assert told == {
        "a@xn--mnchen-3ya.de": "sent",
        "ann@example.com": "sent",
        "b@xn--mnchen-3ya.de": "unknown",
        "ben@example.com": "sent",
        "c@xn--mnchen-3ya.de": "sent",
        "door:m\u00fcnchen": "sent",
    }
    known = ledger.deliveries()[0].key
    assert all(ledger.claim(known, one, "<1@x>", NOW) for one in told)


def test_who_asked_for_no_mail_is_written_down_unless_more_is_known(ledger):
    """What was sent stays sent; what was put off is put off no more, until the reader is back."""
    for state, kept in [("deferred", "suppressed"), ("sent", "sent"), ("unknown", "unknown")]:
        key = KEY._replace(label=state)
        ledger.claim(key, ANN, "<1@x>", NOW)
        ledger.settle(key, {ANN: Outcome(state, 250, "words")}, NOW)
        ledger.pass_over(key, ANN, "left", NOW)
        (told,) = ledger.deliveries(label=state)
        assert told.state == kept
    assert ledger.claim(KEY._replace(label="deferred"), ANN, "<1@x>", NOW) is None


def test_a_ledger_of_a_later_version_is_not_touched(ledger):
    """It says which version it has, and which is read."""
    standing(ledger, "sent")
    with sqlite3.connect(ledger.path) as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(DeliveryError, match=r"has version 9, this reportgen reads \d"):
        ledger.deliveries()


def test_a_file_that_is_no_ledger_is_named(ledger):
    """And left as it is."""
    ledger.path.write_bytes(b"no database" * 100)
    with pytest.raises(DeliveryError, match=r"outbox\.sqlite cannot be used"):
        claimed(ledger)
    assert ledger.path.read_bytes() == b"no database" * 100


def test_what_fails_within_a_transaction_is_not_kept(ledger):
    """Nothing of it."""
    claimed(ledger)
    outcomes = {ANN: Outcome("sent", 250, "words"), "bob@example.com": Outcome([], 250, "")}
    with pytest.raises(DeliveryError):
        ledger.settle(KEY, outcomes, NOW)
    assert [told.state for told in ledger.deliveries()] == ["claimed"]


# Before anything is sent
# ------------------------------------------------------------------------------


@pytest.fixture
def errand(brief, tmp_path, postbox):
    """What would be sent to one reader."""
    (tmp_path / "reportgen.toml").write_text(postbox.config())
    config = read_config(tmp_path / "reportgen.toml")
    return Errand(
        brief=brief, readers=readers(), mail=config.mailer(), suppression=config.suppression
    )


def test_a_plan_sends_nothing_and_looks_for_what_it_needs(errand, ledger, postbox, monkeypatch):
    """The mail of the brief, and the password."""
    assert [told.state for told in planned(errand, ledger)] == ["due"]
    assert (postbox.messages, ledger.path.exists()) == ([], False)
    (errand.brief.folder / "brief.pdf").unlink()
    attached = replace(errand, mail=replace(errand.mail, attach_pdf=True))
    with pytest.raises(DeliveryError, match=r"brief\.pdf is not there; make the brief with"):
        list(planned(attached, ledger))
    monkeypatch.delenv("SMTP_PASSWORD")
    with pytest.raises(Exception, match="SMTP_PASSWORD"):
        list(planned(errand, ledger))


def test_between_attempts_a_sender_waits_longer_each_time(postbox, sent, monkeypatch):
    """Once, and twice as long."""
    waits = []
    monkeypatch.setattr("reportgen.publish.mail.smtp.time.sleep", waits.append)
    postbox.faults.recipients["reader0@example.org"] = ["always 451 greylisted"]
    sent(postbox, mail={"patience": 3, "attempts": 3})
    assert waits == [3, 6]


def test_a_server_s_words_are_kept_and_told_without_what_moves_a_terminal(ledger):
    """Also those that a ledger of 0.1.0 has as they came."""
    claimed(ledger)
    ledger.settle(KEY, {ANN: Outcome("refused", 550, "\x1b[31mno\x07 user")}, NOW)
    assert b"\x1b[" not in ledger.path.read_bytes()
    with sqlite3.connect(ledger.path) as connection:
        connection.execute("UPDATE deliveries SET answer = ?", ["\x1b[31mno\x07 user"])
    connection.close()
    assert [told.answer for told in ledger.deliveries()] == ["[31mno user"]
