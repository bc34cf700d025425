"""A ledger that outlives its machine, on a branch of a real Git repository.

A machine is a clone of its own; a lost machine is a process that is killed, and
a clone that nobody sees again.
"""

from __future__ import annotations

import datetime as dt
import signal
import sqlite3
import subprocess
import sys
from collections import Counter

import pytest
from postbox import readers

from reportgen.core.errors import DeliveryError, Overtaken
from reportgen.publish.config import read_config
from reportgen.publish.keepers import git
from reportgen.publish.kept import consulted, ledger_of
from reportgen.publish.mail.sending import Errand, send

pytestmark = pytest.mark.slow
NOW = dt.datetime(2025, 1, 8, 21, 30, tzinfo=dt.UTC)
PROGRAM = """
import datetime as dt, sys
from pathlib import Path
from reportgen.publish import release
from reportgen.publish.config import read_config
from reportgen.publish.kept import ledger_of
from reportgen.publish.mail import sending
from reportgen.publish.recipients import Recipient

folder, file, count = sys.argv[1:]
config = read_config(Path(file))
people = [
    Recipient(address=f"reader{n}@example.org", name="", parameters={})
    for n in range(int(count))
]
errand = sending.Errand(
    brief=release.finished(Path(folder)),
    readers=people,
    mail=config.mailer(),
    suppression=config.suppression,
)
for told in sending.send(errand, ledger_of(config), lambda: dt.datetime.now(dt.UTC)):
    print(told.recipient, told.state, flush=True)
"""


def run_git(*words, cwd):
    """What git prints."""
    done = subprocess.run(["git", *words], cwd=cwd, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def origin(tmp_path):
    """A bare repository with a first commit of a desk."""
    bare, desk = tmp_path / "origin.git", tmp_path / "desk"
    run_git("init", "--quiet", "--bare", "--initial-branch=main", str(bare), cwd=tmp_path)
    run_git("clone", "--quiet", str(bare), str(desk), cwd=tmp_path)
    (desk / "recipients.toml").write_text("")
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
    run_git("add", ".", cwd=desk)
    run_git(*who, "commit", "--quiet", "-m", "Begin", cwd=desk)
    run_git("push", "--quiet", "origin", "HEAD:main", cwd=desk)
    return bare


@pytest.fixture
def machine(origin, postbox, tmp_path):
    """``machine(name)`` is the settings' file of a desk in a shallow clone of its own."""

    def made(name, batch=50):
        place = tmp_path / name
        run_git("clone", "--quiet", "--depth=1", f"file://{origin}", str(place), cwd=tmp_path)
        (place / "reportgen.toml").write_text(
            'outbox = "state/outbox.sqlite"\n'
            f'[ledger]\nkeep = "git:ledger"\nbatch = {batch}\n{postbox.config()}'
        )
        return place / "reportgen.toml"

    return made


def sent_by(file, brief, count):
    """What became of each copy, by address, sent from the machine of *file*."""
    config = read_config(file)
    errand = Errand(
        brief=brief,
        readers=readers(count),
        mail=config.mailer(),
        suppression=config.suppression,
    )
    return {told.recipient: told.state for told in send(errand, ledger_of(config), lambda: NOW)}


def sender(file, brief, count):
    """A process that sends from the machine of *file*, and prints each outcome."""
    words = [sys.executable, "-c", PROGRAM, str(brief.folder), str(file), str(count)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def branch(origin):
    """The states in the ledger on the branch, by address."""
    data = subprocess.run(
        ["git", "cat-file", "blob", "ledger:outbox.sqlite"],
        cwd=origin,
        check=True,
        capture_output=True,
    ).stdout
    held = sqlite3.connect(":memory:")
    held.deserialize(data)
    return dict(held.execute("SELECT recipient, state FROM deliveries"))


def test_the_next_machine_knows_what_the_last_one_sent(machine, brief, origin, postbox):
    """Two clones, one branch; the second has nothing to push."""
    assert set(sent_by(machine("first"), brief, 3).values()) == {"sent"}
    newest = run_git("rev-parse", "ledger", cwd=origin)
    assert set(sent_by(machine("second"), brief, 3).values()) == {"already"}
    assert run_git("rev-parse", "ledger", cwd=origin) == newest
    assert set(postbox.received().values()) == {1}


def test_whoever_is_about_to_get_it_is_on_the_branch_before_it_leaves(
    machine, brief, origin, postbox, monkeypatch
):
    """Looked at by the server, at the moment a message arrives."""
    seen = []
    taken = postbox.handle_DATA

    async def looked(server, session, envelope):
        seen.append((envelope.rcpt_tos[0], branch(origin)))
        return await taken(server, session, envelope)

    monkeypatch.setattr(postbox, "handle_DATA", looked)
    sent_by(machine("first", batch=2), brief, 5)
    assert [states[reader] for reader, states in seen] == ["handing"] * 5
    assert [Counter(states.values())["handing"] for _, states in seen] == [2, 2, 2, 2, 1]


def test_a_push_covers_a_batch_of_readers(machine, brief, origin):
    """Five readers by two are three pushes, and one of the results."""
    sent_by(machine("first", batch=2), brief, 5)
    assert run_git("rev-list", "--count", "ledger", cwd=origin) == "4"


@pytest.mark.parametrize("batch", [1, 4, 50])
def test_a_lost_machine_leaves_one_batch_unknown_and_nobody_gets_two(
    machine, brief, origin, postbox, batch
):
    """It is killed after its sixth mail; another clone sends to the rest."""
    with sender(machine("lost", batch), brief, 20) as lost:
        for _ in range(6):
            lost.stdout.readline()
        lost.send_signal(signal.SIGKILL)
    told = sent_by(machine("next", batch), brief, 20)
    states = Counter(told.values())
    received = postbox.received()
    assert max(received.values()) == 1
    assert 1 <= states["unknown"] <= batch
    assert states["unknown"] + states["sent"] + states["already"] == 20
    missing = {one.address for one in readers(20)} - set(received)
    assert missing <= {address for address, state in told.items() if state == "unknown"}
    assert set(branch(origin).values()) <= {"sent", "unknown"}


def test_two_machines_at_once_send_to_nobody_twice(machine, brief, postbox):
    """One is overtaken and stops; what is left is told by a third."""
    files = [machine(name, batch=3) for name in ("one", "other")]
    both = [sender(file, brief, 30) for file in files]
    said = [process.communicate(timeout=120)[1] for process in both]
    for words, process in zip(said, both, strict=True):
        assert process.returncode == 0 or "Another run is sending" in words
    told = sent_by(machine("third"), brief, 30)
    received = postbox.received()
    assert max(received.values()) == 1
    assert {one.address for one in readers(30)} - set(received) <= {
        address for address, state in told.items() if state == "unknown"
    }


def test_who_is_overtaken_sends_no_more(machine, brief, postbox, monkeypatch):
    """The push of the third reader is refused: two mails have left, and no third."""
    file, other = machine("first", batch=1), git.at("ledger", machine("other").parent)
    taken = postbox.handle_DATA

    async def pushed(server, session, envelope):
        if envelope.rcpt_tos == ["reader1@example.org"]:
            other.pull()
            other.push(b"another machine's")
        return await taken(server, session, envelope)

    monkeypatch.setattr(postbox, "handle_DATA", pushed)
    with pytest.raises(Overtaken):
        sent_by(file, brief, 5)
    assert set(postbox.received()) == {"reader0@example.org", "reader1@example.org"}
    assert other.pull() == b"another machine's"


def test_where_nothing_can_be_pushed_nothing_is_sent(machine, brief, postbox, monkeypatch):
    """The remote is gone; the word names the branch and what it needs."""
    monkeypatch.setattr(git, "PAUSES", ())
    file = machine("first")
    run_git("remote", "set-url", "origin", "/nowhere.git", cwd=file.parent)
    with pytest.raises(DeliveryError, match=r"cannot be kept at git:ledger: .*remote 'origin'"):
        sent_by(file, brief, 2)
    assert not postbox.messages


def test_a_branch_that_is_protected_is_told_with_gits_own_words(
    machine, brief, origin, monkeypatch
):
    """By a hook of the remote; it was tried twice."""
    monkeypatch.setattr(git, "PAUSES", (0.01,))
    hook = origin / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    file = machine("first")
    with pytest.raises(DeliveryError, match="pre-receive hook declined"):
        sent_by(file, brief, 2)


def test_a_result_that_could_not_be_pushed_is_known_where_it_was_sent(machine, brief, origin):
    """The branch says "handing"; this machine says "sent", and need not ask a person."""
    file = machine("first")
    sent_by(file, brief, 2)
    run_git("update-ref", "refs/heads/ledger", "ledger^", cwd=origin)
    assert set(branch(origin).values()) == {"handing"}
    assert set(sent_by(file, brief, 2).values()) == {"already"}
    assert set(branch(origin).values()) == {"sent"}
    assert set(sent_by(machine("second"), brief, 2).values()) == {"already"}


def test_a_ledger_of_this_machine_alone_is_taken_along(machine, brief, postbox):
    """A desk that begins to keep its ledger elsewhere forgets nobody."""
    file = machine("first")
    text = file.read_text()
    file.write_text(text.replace('keep = "git:ledger"', ""))
    sent_by(file, brief, 2)
    file.write_text(text)
    sent_by(machine("second"), brief, 3)
    assert set(sent_by(file, brief, 3).values()) == {"already"}
    assert postbox.received()["reader2@example.org"] == 1


def test_who_only_looks_sees_what_another_machine_sent(machine, brief, origin):
    """And writes nothing there."""
    sent_by(machine("first"), brief, 2)
    newest = run_git("rev-parse", "ledger", cwd=origin)
    found = consulted(read_config(machine("second"))).deliveries()
    assert [one.state for one in found] == ["sent", "sent"]
    assert run_git("rev-parse", "ledger", cwd=origin) == newest


def test_the_working_tree_is_left_alone(machine, brief):
    """No branch is switched, nothing is staged."""
    file = machine("first")
    sent_by(file, brief, 2)
    assert run_git("status", "--porcelain", cwd=file.parent).split() == [
        "??",
        "reportgen.toml",
        "??",
        "state/",
    ]
    assert run_git("branch", "--show-current", cwd=file.parent) == "main"
