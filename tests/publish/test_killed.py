"""A sender that is killed at any moment: nobody gets a brief twice, nobody
is lost without a word.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time

import pytest
from postbox import PEOPLE

PROGRAM = """
import datetime as dt, sys
from pathlib import Path
from reportgen.publish import release
from reportgen.publish.config import read_config
from reportgen.publish.ledger import Ledger
from reportgen.publish.mail import sending
from reportgen.publish.recipients import Recipient

folder, config, ledger, count = sys.argv[1:]
people = [
    Recipient(address=f"reader{n}@example.org", name="", parameters={})
    for n in range(int(count))
]
brief, desk = release.finished(Path(folder)), read_config(Path(config))
errand = sending.Errand(
    brief=brief, readers=people, mail=desk.mailer(), suppression=desk.suppression
)
print("ready", flush=True)
for told in sending.send(errand, Ledger(Path(ledger)), lambda: dt.datetime.now(dt.UTC)):
    pass
"""


def killed_until_done(arguments, moments, seed):
    """How often a sender was killed at a random moment of its work, until one ended by itself."""
    rng, kills = random.Random(seed), 0
    while True:
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE
        ) as sender:
            assert sender.stdout.readline() == b"ready\n"
            if kills < moments:
                time.sleep(rng.uniform(0, 0.25))
                sender.send_signal(signal.SIGKILL)
            code = sender.wait()
        if code == 0:
            return kills
        assert code == -signal.SIGKILL
        kills += 1


@pytest.mark.parametrize(
    "moments",
    [
        pytest.param(12, marks=pytest.mark.slow),
        pytest.param(200, marks=[pytest.mark.truth, pytest.mark.long]),
    ],
)
def test_whoever_is_killed_nobody_gets_two(postbox, brief, ledger, tmp_path, moments):
    """Fifty readers: each gets one, or is listed as unknown, whom nobody is sent to again."""
    (tmp_path / "reportgen.toml").write_text(postbox.config())
    people = [f"reader{n}@example.org" for n in range(PEOPLE)]
    assert (
        killed_until_done(
            [brief.folder, tmp_path / "reportgen.toml", ledger.path, PEOPLE], moments, seed=moments
        )
        >= 1
    )
    with ledger.held():
        known = {delivery.recipient: delivery.state for delivery in ledger.deliveries()}
    received = postbox.received()
    assert set(known) == set(people)
    assert set(known.values()) <= {"sent", "unknown"}
    assert max(received.values()) == 1
    assert {address for address in people if not received[address]} <= {
        address for address, state in known.items() if state == "unknown"
    }
