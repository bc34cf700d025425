"""Mail servers that are slow, endless or no mail servers: a sender ends, and knows what it knows."""

from __future__ import annotations

import time

import pytest
from stranger import Stranger, drip, endless

from reportgen.publish.config import Mail
from reportgen.publish.mail.smtp import Line

ANN, DATA = "ann@example.org", b"Subject: Stocks rise\r\n\r\nStocks rose.\r\n"
QUICK = {"seconds": 0.3, "letter_seconds": 0.8, "attempts": 1, "patience": 0.0}


def desk(server, **more):
    """The settings that send to *server*."""
    settings = {"sender": "desk@example.com", "security": "none", **QUICK, **more}
    return Mail(host="127.0.0.1", port=server.port, **settings)


def sent(server, data=DATA, **more):
    """What became of one letter, and how long that took."""
    begun = time.monotonic()
    with Line(desk(server, **more)) as line:
        outcome = line.send(data, [ANN], lambda _: None, lambda _: None)[ANN]
    return outcome, time.monotonic() - begun


@pytest.mark.parametrize("step", ["banner", "EHLO", "MAIL", "RCPT", "DATA", "."])
def test_a_reply_that_drips_ends_in_its_time(step):
    """Before the message is whole it can be sent again; after it nobody knows."""
    with Stranger({step: [drip(b"250 " + b"x" * 90)]}) as server:
        outcome, took = sent(server)
    assert outcome.state == ("unknown" if step == "." else "deferred")
    assert "no whole answer came within 0.3 seconds" in outcome.answer
    assert took < 1.5


def test_all_of_a_letter_has_one_time():
    """Though each reply keeps to its own."""
    slow = {step: [drip(b"250 OK\r\n", 0.03)] for step in ("EHLO", "MAIL", "RCPT")}
    with Stranger({"banner": [drip(b"220 hello\r\n", 0.02)], **slow}) as server:
        outcome, took = sent(server, letter_seconds=0.5)
    assert outcome.state == "deferred"
    assert "the time for one letter is over" in outcome.answer
    assert took < 1.5


def test_attempts_share_the_time_of_their_letter():
    """A slow server is not tried four times as long."""
    with Stranger({"banner": [drip(b"220 " + b"x" * 90) for _ in range(9)]}) as server:
        outcome, took = sent(server, attempts=9, letter_seconds=0.7)
        assert server.steps["banner"] in (2, 3)
    assert (outcome.state, took < 2) == ("deferred", True)


@pytest.mark.parametrize("step", ["banner", "EHLO", "."])
@pytest.mark.parametrize("line", [b"250-still here\r\n", b"x" * 1000])
def test_an_endless_reply_is_not_read_to_its_end(step, line):
    """Lines without end, or one line."""
    with Stranger({step: [endless(line)]}) as server:
        outcome, took = sent(server, seconds=5, letter_seconds=9)
        assert server.told < 20 << 20  # what fits into the buffers between the two
    assert outcome.state == ("unknown" if step == "." else "deferred")
    assert took < 3


def test_a_server_that_does_not_take_the_body_is_left():
    """It reads nothing of many megabytes."""
    with Stranger({"DATA": [_stalled()]}) as server:
        outcome, took = sent(server, DATA + b"x" * 70 + b"\r\n" * (30 << 20))
    assert (outcome.state, took < 2) == ("deferred", True)


def _stalled():
    yield b"354 go on\r\n"
    time.sleep(3)


def test_a_server_that_never_ends_its_handshake_is_left():
    """It says that encryption may begin, and no more."""
    with Stranger({"EHLO": [b"250-hello\r\n250 STARTTLS\r\n"]}) as server:
        outcome, took = sent(server, security="starttls")
    assert (outcome.state, took < 2) == ("deferred", True)


def test_a_server_that_closes_after_a_message_defers_it_in_its_own_words():
    """421: the connection is dropped, and the next attempt has one of its own."""
    closing = b"421 4.3.2 Service is shutting down\r\n"
    with Stranger({".": [closing]}) as server:
        outcome, _ = sent(server)
    assert outcome == ("deferred", 421, "4.3.2 Service is shutting down")
    with Stranger({".": [closing]}) as server:
        assert sent(server, attempts=2)[0].state == "sent"
        assert server.steps["banner"] == 2


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_closes_before_a_message_is_quoted_too(step):
    """It took too many over one connection, say."""
    with Stranger({step: [b"421 4.7.0 Too many messages\r\n"]}) as server:
        assert sent(server)[0] == ("deferred", 421, "4.7.0 Too many messages")


@pytest.mark.parametrize("reply", [b"999 whatever\r\n", b"\x00\xff\r\n", b"354 go on\r\n"])
@pytest.mark.parametrize(("step", "state"), [("MAIL", "deferred"), (".", "unknown")])
def test_nonsense_is_no_refusal(step, state, reply):
    """After a whole message nobody knows; and the next letter has a connection of its own."""
    with Stranger({step: [reply]}) as server, Line(desk(server)) as line:
        first, second = (
            line.send(DATA, [ANN], lambda _: None, lambda _: None)[ANN] for _ in range(2)
        )
        assert server.steps["banner"] == 2
    assert (first.state, second.state) == (state, "sent")
    assert "no reply of a mail server" in first.answer


def test_any_reply_of_success_is_one():
    """A client acts by the first digit."""
    with Stranger({"RCPT": [b"252 perhaps\r\n"], ".": [b"259 taken\r\n"]}) as server:
        assert sent(server)[0] == ("sent", 259, "taken")


@pytest.mark.parametrize("step", ["RCPT", "."])
def test_nothing_of_a_server_s_words_moves_a_terminal(step):
    """Colours, cursor, bells, marks of direction."""
    reply = "550 \x1b[31mno\x07 such\x9b2J user\u202e\r\n".encode()
    with Stranger({step: [reply]}) as server:
        assert sent(server)[0] == ("refused", 550, "[31mno such 2J user")


def test_a_server_that_never_answers_is_left_alone():
    """After three letters, so that a long list ends; all can be sent later."""
    with Stranger({"banner": [b"nothing\r\n"] * 9}) as server, Line(desk(server)) as line:
        told = [line.send(DATA, [ANN], lambda _: None, lambda _: None)[ANN] for _ in range(5)]
        assert server.steps["banner"] == 3
    assert {outcome.state for outcome in told} == {"deferred"}
    assert "not tried: The mail server 127.0.0.1" in told[-1].answer


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_message_that_is_not_taken_is_ended(step):
    """The next one on the connection begins anew."""
    with Stranger({step: [b"550 no\r\n"]}) as server:
        assert sent(server)[0].state == "refused"
        assert server.steps["RSET"] == 1
