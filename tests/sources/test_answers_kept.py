"""A raw answer is kept once, and comes back as it was received."""

from __future__ import annotations

import datetime as dt
import json
import random
import zlib
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.sources import answers_kept, store
from reportgen.sources.answers_kept import applied, body_of, difference
from reportgen.sources.providers.contract import Reply

AT = dt.datetime(2025, 1, 8, 22, tzinfo=dt.UTC)
URL = "https://example.com/history.json"


def history(sessions, more=""):
    """A whole history as some providers send it: a row for each session, the oldest first."""
    days = [dt.date(2020, 1, 1) + dt.timedelta(days=number) for number in range(sessions)]
    rows = [{"date": str(day), "close": f"{100 + day.toordinal() ** 2 % 977}"} for day in days]
    return json.dumps({"timestamp": f"after {sessions}{more}", "data": rows}).encode()


def digest(body):
    """The SHA-256 of *body*."""
    return sha256(body).hexdigest()


def received(path, *bodies, url=URL):
    """A store that holds *bodies*, each an answer from *url*."""
    store.append(path, [])
    for body in bodies:
        reply = Reply(url=url, status=200, at=AT, body=body)
        fetched = store.Fetched(
            provider="p", source="P", terms="", role="rates", symbol="X", replies=(reply,), rows=()
        )
        store.append(path, [fetched])


def kept(path):
    """The bytes that the store holds of whole answers, and of differences."""
    with store.reading(path) as connection:
        rows = connection.execute(
            "SELECT base <> '', sum(octet_length(body)) FROM answers JOIN pieces USING (number)"
            " GROUP BY base, number ORDER BY number"
        ).fetchall()
    return [[size for differs, size in rows if differs == which] for which in (False, True)]


def read(path):
    """All answers of the store, in the order in which they were received."""
    with store.reading(path) as connection:
        digests = connection.execute("SELECT sha256 FROM fetches ORDER BY id").fetchall()
        return [body_of(connection, digest) for (digest,) in digests]


@pytest.fixture
def path(tmp_path):
    """Where the store of a test is."""
    return tmp_path / "store.duckdb"


def test_a_history_that_is_sent_every_day_is_kept_once(path):
    """Twenty later answers together are smaller than the first, and all come back whole."""
    answers = [history(1000 + day) for day in range(21)]
    received(path, *answers)
    whole, differences = kept(path)
    assert (len(whole), len(differences)) == (1, 20)
    assert sum(differences) < whole[0]
    assert read(path) == answers


def test_an_answer_of_the_same_bytes_is_no_second_copy(path):
    """Neither of a whole answer, nor of a difference, nor at another address."""
    answers = [history(1000), history(1001)]
    received(path, *answers, *answers)
    received(path, *answers, url="https://example.com/other.json")
    assert [len(sizes) for sizes in kept(path)] == [1, 1]
    assert read(path) == answers * 3


@pytest.mark.parametrize(
    "other", [history(2000)[::-1], b"{}", history(10)], ids=["another", "short", "shorter"]
)
def test_another_answer_is_kept_whole(path, other):
    """Where a difference would save little."""
    received(path, history(1000), other)
    assert [len(sizes) for sizes in kept(path)] == [2, 0]
    assert read(path) == [history(1000), other]


def test_a_history_that_is_told_otherwise_is_kept_whole_again(path):
    """After a split each row has changed; later answers are held against the new one."""
    split = history(1000).replace(b'"close": "1', b'"close": "2')
    received(path, history(1000), split, split + b" ")
    assert [len(sizes) for sizes in kept(path)] == [2, 1]
    assert read(path)[1:] == [split, split + b" "]


@pytest.mark.parametrize("number", [1, 2], ids=["whole", "difference"])
def test_an_answer_whose_bytes_were_changed_is_none(path, number):
    """Its hash tells."""
    received(path, history(1000), history(1001))
    with store.writing(path) as connection:
        wrong = [zlib.compress(b"something else"), number]
        connection.execute("UPDATE pieces SET body = ? WHERE number = ?", wrong)
    assert read(path)[1] is None


def test_a_long_answer_is_kept_in_short_pieces(path):
    """And none of them is longer than the database keeps in a row."""
    body = random.Random(1).randbytes(50_000)
    received(path, body)
    with store.reading(path) as connection:
        sizes = connection.execute("SELECT octet_length(body) FROM pieces").fetchall()
    assert len(sizes) == 13
    assert max(sizes) == (answers_kept.PIECE,)
    assert read(path) == [body]


def test_answers_of_a_store_of_before_are_read(path):
    """They are whole, in one table, and the next answer is held against them."""
    received(path)
    old = history(1000)
    with store.writing(path) as connection:
        connection.execute("INSERT INTO payloads VALUES (?, ?)", [digest(old), zlib.compress(old)])
        connection.execute("DROP TABLE pieces")
        connection.execute("DROP TABLE answers")
        connection.execute("DROP TABLE imports")
        connection.execute(
            "INSERT INTO fetches VALUES (1, ?, 'p', 'P', '', 'rates', 'X', ?, 200, ?, 0, '')",
            [store.naive(AT), URL, digest(old)],
        )
    assert read(path) == [old]
    received(path, old, history(1001))
    assert [len(sizes) for sizes in kept(path)] == [0, 1]
    assert read(path) == [old, old, history(1001)]


@given(
    st.lists(st.sampled_from([b"{a}", b"{b}", b"c", b"\n", b"}", b"x,y}"]), max_size=12),
    st.lists(st.sampled_from([b"{a}", b"{b}", b"c", b"\n", b"}", b"z"]), max_size=12),
)
def test_a_difference_makes_the_answer(base, body):
    """Whatever the two have in common."""
    first, second = b"".join(base), b"".join(body)
    assert applied(first, difference(first, second)) == second


def test_a_large_history_is_no_long_work():
    """The rows that are compared are those of the two answers, each once."""
    base, body = history(20_000), history(20_001)
    assert len(answers_kept.ROW.findall(body)) < 20_010
    assert len(difference(base, body)) < 200
