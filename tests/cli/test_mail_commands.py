"""Delivery from the command line: send, outbox, preview, approve, hold, correct."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path

import pytest
from postbox import PASSWORD, Postbox

from reportgen.publish.ledger import Key, Ledger

PEOPLE = """[[recipient]]
address = "ann@example.org"
name = "Ann"
groups = ["clients"]

[[recipient]]
address = "bob@example.org"
"""


@pytest.fixture
def postbox(tmp_path):
    """A mail server."""
    with Postbox(tmp_path) as here:
        yield here


@pytest.fixture
def desk(tmp_path, monkeypatch, postbox, sample_brief):
    """A folder with a configuration, a list of readers and a brief, in
    which commands are called.
    """
    (tmp_path / "reportgen.toml").write_text(f'outbox = "outbox.sqlite"\n{postbox.config()}')
    (tmp_path / "recipients.toml").write_text(PEOPLE)
    shutil.copytree(sample_brief.folder, tmp_path / "brief")
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
    monkeypatch.delenv("REPORTGEN_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


SEND = ("send", "brief", "--to", "recipients.toml", "--late")


@pytest.mark.usefixtures("desk")
def test_a_brief_is_sent_and_seen_in_the_outbox(call, postbox):
    """Once; the second time nobody is left."""
    result = call(*SEND)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "2 sent.\n", "")
    assert call(*SEND).stdout == "0 sent, 2 already.\n"
    lines = call("outbox", "brief").stdout.splitlines()
    assert [line.split()[2:6] for line in lines[:2]] == [
        ["sent", f"{name}@example.org", "small-caps", "2025-01-08T1300"] for name in ("ann", "bob")
    ]
    assert lines[-1] == "2 sent."
    assert set(postbox.received().values()) == {1}


@pytest.mark.usefixtures("desk")
def test_a_dry_run_sends_nothing(call, postbox):
    """It says who would get it."""
    result = call(*SEND, "--dry-run", "--group", "clients")
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["ann@example.org", "Small"]
    assert not postbox.connections
    assert not Path("outbox.sqlite").exists()


@pytest.mark.usefixtures("desk")
def test_a_dry_run_says_who_has_it(call, postbox):
    """And what became of whom else, with the time."""
    postbox.faults.recipients["bob@example.org"] = ["550 no such user"]
    assert call(*SEND).exit_code == 7
    ann, bob, counts = call(*SEND, "--dry-run").stdout.splitlines()
    assert re.fullmatch(r"ann@example.org +Ann +already, \d{4}-\d\d-\d\d \d\d:\d\d UTC", ann)
    assert "refused, " in bob
    assert counts.endswith(": 0 would get it, 2 would not.")
    assert call(*SEND, "--dry-run", "--resend", "bob@example.org").stdout.endswith(
        ": 1 would get it, 1 would not.\n"
    )


@pytest.mark.usefixtures("desk")
def test_a_dry_run_needs_what_the_sending_needs(call, monkeypatch):
    """But for a server.

    And who may have the mail of a sender that was killed is no one to send it to.
    """
    key = Key("small-caps", "2025-01-08T1300", 1)
    ledger = Ledger(Path("outbox.sqlite"))
    with ledger.held():
        assert ledger.claim(key, "ann@example.org", "<1@x>", dt.datetime.now(dt.UTC)) is None
        ledger.handing(key, ["ann@example.org"])
    assert call(*SEND, "--dry-run").stdout.endswith(": 1 would get it, 1 would not.\n")
    assert call(*SEND).stdout == "1 sent, 1 unknown.\n"
    monkeypatch.delenv("SMTP_PASSWORD")
    refused = call(*SEND, "--dry-run")
    assert (refused.exit_code, "SMTP_PASSWORD is not set" in refused.stderr) == (2, True)


@pytest.mark.slow
@pytest.mark.usefixtures("desk")
def test_a_form_that_differs_is_no_correction_of_a_figure(call, apart):
    """Nor is a brief that lacks what a reader got held against it."""
    made, sent = (
        ("run", "small-caps", "--as-of", "2025-01-08"),
        ("send", "out/small-caps", "--to", "recipients.toml", "--late"),
    )
    assert (apart(*made).exit_code, call(*sent).exit_code) == (0, 0)
    assert "differs now" not in apart(*made, "--format", "json", "--out", "elsewhere").stderr
    assert "differs now (in its words)" in apart(*made, "-p", "strip=false").stderr


@pytest.mark.slow
@pytest.mark.usefixtures("desk")
def test_a_brief_that_was_sent_and_tells_something_else_now_says_so_at_once(call, apart):
    """When it is made again, and before it is sent again."""
    made = (
        "run",
        "small-caps",
        "--as-of",
        "2025-01-08",
        "--format",
        "html",
        "--format",
        "eml",
        "--format",
        "txt",
        "--format",
        "json",
    )
    sent = ("send", "out/small-caps", "--to", "recipients.toml", "--late")
    words = "was sent before and differs now"
    assert (apart(*made).exit_code, call(*sent).exit_code, words in apart(*made).stderr) == (
        0,
        0,
        False,
    )
    again = apart(*made, "-p", "mid_caps=false")
    assert (again.exit_code, words in again.stderr) == (0, True)
    assert (
        f"reportgen correct {Path('out/small-caps/2025-01-08')} --why"
        in call(*sent, "--dry-run").stderr
    )


@pytest.mark.usefixtures("desk")
def test_a_refused_reader_ends_with_7_and_a_line(call, postbox):
    """All others have it."""
    postbox.faults.recipients["bob@example.org"] = ["550 no such user"]
    result = call(*SEND)
    assert (result.exit_code, result.stdout) == (7, "1 sent, 1 refused.\n")
    assert result.stderr.split() == ["refused", "bob@example.org", "550", "no", "such", "user"]
    assert call(*SEND, "--resend", "bob@example.org").stdout == "1 sent, 1 already.\n"


@pytest.mark.usefixtures("desk")
def test_one_word_sends_all_unknown_again(call, postbox):
    """After a kill or a line that broke, in a dry run too."""
    postbox.faults.data = ["cut", "cut"]
    assert call(*SEND).stdout == "0 sent, 2 unknown.\n"
    assert call(*SEND).exit_code == 7, "nobody is told below [alerts]"
    assert "0 would get it, 2 would not." in call(*SEND, "--dry-run").stdout
    assert "2 would get it." in call(*SEND, "--dry-run", "--resend", "unknown").stdout
    assert call(*SEND, "--resend", "unknown").stdout == "2 sent.\n"


@pytest.mark.usefixtures("desk")
def test_who_unsubscribed_is_not_mailed_and_that_is_said(call, refused, postbox):
    """In the output, in the dry run and in the outbox; it is no failure."""
    told = call("unsubscribe", "BOB@example.org", "--why", "asked by phone")
    assert (told.exit_code, told.stdout) == (0, "BOB@example.org gets no more mail.\n")
    assert (
        call("unsubscribe", "bob@example.org").stdout == "bob@example.org gets no mail already.\n"
    )
    assert "suppressed, gets no mail since" in call(*SEND, "--dry-run").stdout
    result = call(*SEND, "--resend", "bob@example.org", "--resend", "unknown")
    assert (result.exit_code, result.stdout) == (0, "1 sent, 1 suppressed.\n")
    assert re.fullmatch(r"suppressed +bob@example.org .*: asked by phone\n", result.stderr)
    assert call("outbox", "brief").stdout.endswith("1 sent, 1 suppressed.\n")
    listed = call("unsubscribe").stdout.splitlines()
    assert (listed[0].split()[0], listed[1].split()[0]) == ("BOB@example.org", "1")
    refused(2, ("unsubscribe", "--undo"), "--undo needs the ADDRESS")
    refused(2, ("unsubscribe", "nobody"), "is not an address")
    call("unsubscribe", "bob@example.org", "--undo")
    assert call(*SEND).stdout == "1 sent, 1 already.\n"
    assert postbox.received() == {"ann@example.org": 1, "bob@example.org": 1}


@pytest.mark.usefixtures("desk")
def test_a_stale_brief_is_not_sent(refused, postbox):
    """It tells of a session long past."""
    refused(7, SEND[:-1], "tells of 2025-01-08", "--late")
    assert not postbox.connections


def test_a_brief_that_was_tampered_with_is_not_sent(desk, refused, postbox):
    """What leaves is checked as it lies there."""
    mail = desk / "brief" / "brief.eml"
    mail.write_bytes(mail.read_bytes().replace(b"2,225.43", b"2,335.43"))
    refused(5, SEND, "brief.eml was changed since the brief was sealed")
    assert not postbox.connections


@pytest.mark.usefixtures("desk")
def test_a_held_brief_is_not_sent_until_it_is_approved(call, refused, postbox):
    """By a person, with a name."""
    assert (
        call("hold", "brief", "--by", "A. Editor", "--reason", "the lead is wrong").exit_code == 0
    )
    refused(7, SEND, "held by a person", "the lead is wrong (A. Editor)")
    assert "approved by A. Editor" in call("approve", "brief", "--by", "A. Editor").stdout
    assert call(*SEND).exit_code == 0
    assert len(postbox.messages) == 2


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--group", "client"), "Did you mean 'clients'"),
        (("--resend", "an@example.org"), "Did you mean 'ann@example.org'"),
        (("--resend", "ann@example.org"), "has no delivery of small-caps of 2025-01-08T1300 to"),
    ],
)
def test_who_is_not_there_is_said(refused, args, words):
    """With the nearest name."""
    refused(2, (*SEND, *args), words)


def test_without_a_server_it_says_what_to_write(desk, refused):
    """And where."""
    (desk / "reportgen.toml").unlink()
    refused(2, SEND, "[mail]", "reportgen.toml")


@pytest.mark.usefixtures("desk")
def test_the_preview_is_the_page_with_its_pictures(call):
    """One file that a browser shows without the network."""
    page = Path(call("preview", "brief", "--no-open").stdout.strip()).read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 2
    assert "cid:" not in page


@pytest.mark.usefixtures("desk")
def test_what_was_not_sent_is_not_corrected(refused):
    """There is nothing to correct."""
    refused(7, ("correct", "brief", "--why", "The level was wrong."), "was not sent yet")


def test_no_password_is_written_or_said(desk, call):
    """Not in the outbox, not in a line, not in what lies beside the brief."""
    said = [call(*SEND).output, call("outbox").output]
    assert PASSWORD not in "".join(said)
    assert [
        path
        for path in desk.rglob("*")
        if path.is_file() and PASSWORD.encode() in path.read_bytes()
    ] == []
