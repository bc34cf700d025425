"""The list of who gets no mail: read as it is now, and never taken for empty by mistake."""

from __future__ import annotations

import datetime as dt

import pytest

from reportgen.core.errors import InvalidParameter
from reportgen.publish.config import read_config
from reportgen.publish.suppression import Suppression

NOW = dt.datetime(2025, 1, 8, 21, 30, tzinfo=dt.UTC)


@pytest.fixture
def suppression(tmp_path):
    """A list that does not exist yet."""
    return Suppression(tmp_path / "suppressed.csv")


def test_an_address_is_known_in_every_spelling(suppression):
    """Added once, removed by another spelling."""
    assert suppression.of("a@münchen.de") is None
    assert suppression.add("a@münchen.de", "asked\x1b by mail", NOW)
    assert not suppression.add("A@xn--mnchen-3ya.de", "", NOW)
    assert suppression.of("a@MÜNCHEN.de").why == "asked by mail"
    assert suppression.remove("a@xn--mnchen-3ya.de")
    assert not suppression.remove("a@münchen.de")
    assert suppression.all() == []


def test_a_line_that_another_program_adds_is_seen_at_once(suppression):
    """An address alone is enough; lines of others are kept."""
    suppression.path.write_text("address\nann@example.com\n")
    assert suppression.of("ann@example.com").words == "gets no mail: unsubscribed"
    with suppression.path.open("a") as file:
        file.write("bob@example.com\n\n")
    assert suppression.of("bob@example.com")
    suppression.add("cy@example.com", "", NOW)
    assert [one.address.partition("@")[0] for one in suppression.all()] == ["ann", "bob", "cy"]


def test_a_file_of_another_program_keeps_its_columns_and_its_rights(suppression):
    """A line is added at its end; only a removal writes it anew."""
    suppression.path.write_text("why, address\nleft,ann@example.com")
    suppression.path.chmod(0o640)
    suppression.add("bob@example.com", "by phone, twice", NOW)
    assert suppression.path.read_text().splitlines()[1:] == [
        "left,ann@example.com",
        '"by phone, twice",bob@example.com',
    ]
    suppression.remove("ann@example.com")
    assert [one.why for one in suppression.all()] == ["by phone, twice"]
    assert suppression.path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ann@example.com\n", "line 1: its columns are address, at and why"),
        ("address\nann at example.com\n", "line 2: 'ann at example.com' is not an address"),
        ('address\n"ann@example.com\n', "cannot be read"),
        ("why,address\nleft\n", "line 2: '' is not an address"),
        ("address\nann@example.com,,,x\n", "line 2: it has more cells than there are columns"),
    ],
)
def test_a_list_that_cannot_be_read_is_an_error(suppression, text, words):
    """Who is mailed by mistake cannot be unmailed."""
    suppression.path.write_text(text)
    with pytest.raises(InvalidParameter, match=words):
        suppression.of("bob@example.com")


def test_a_list_that_the_desk_names_has_to_be_there(tmp_path):
    """It may lie elsewhere; the default one need not exist."""
    config = tmp_path / "reportgen.toml"
    config.write_text("")
    assert read_config(config).suppression.all() == []
    config.write_text('suppressed = "left.csv"\n')
    named = read_config(config).suppression
    with pytest.raises(InvalidParameter, match=r"left\.csv is not there. Put it back, or make it"):
        named.of("ann@example.com")
    named.add("ann@example.com", "", NOW)
    assert named.of("ann@example.com")
