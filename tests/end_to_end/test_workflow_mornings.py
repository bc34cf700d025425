"""Mornings of a generated workflow: each on a machine of its own, twice a day.

Real: the shell, Git, the mail server, the providers' payloads, the command. The
cache, the artifacts and the Pages are folders (tests/runner.py).
"""

from __future__ import annotations

import datetime as dt
import math
import re
import subprocess
from collections import Counter

import pytest
from feeds import Feeds
from postbox import Postbox
from runner import Runner
from test_open_recap import ORDER

from reportgen.jobs import workspace

pytestmark = pytest.mark.slow

READERS = [f"reader{n}@example.org" for n in range(20)]
OWNER = "owner@example.com"
WORKFLOW = ".github/workflows/desk-note.yml"
SINCE = dt.date(2023, 6, 1)
CALLS = ("10:23", "11:23")
"""When the two calls of a winter's morning begin, in UTC."""
MORNINGS = {6: 3, 7: 6, 8: 7, 9: 8, 13: 10}
"""Days of January 2025, and the last session before each; the 9th had none."""


class World:
    """A desk in a repository, its readers, and the machines that make its mornings."""

    def __init__(self, folder, postbox, *, publish, report="small-caps", order=""):
        desk, origin = folder / "desk", folder / "origin.git"
        workspace.create(desk, report, "desk-note", publish=publish)
        toml = (desk / "reportgen.toml").read_text().replace("8025", str(postbox.port))
        toml = toml.replace("to = []", f'to = ["{OWNER}"]')
        (desk / "reportgen.toml").write_text(f"{toml}\n[ledger]\nbatch = 5\n")
        settings = desk / "reports" / "desk-note" / "report.toml"
        settings.write_text(settings.read_text().replace('"pdf", ', ""))  # as slow as all the rest
        people = "".join(f'[[recipient]]\naddress = "{one}"\n' for one in READERS)
        (desk / "recipients.toml").write_text(people)
        git = ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
        for words in (
            ["init", "--quiet", "--initial-branch=main"],
            ["add", "--all"],
            ["commit", "--quiet", "--message=Begin"],
            ["clone", "--quiet", "--bare", ".", str(origin)],
        ):
            subprocess.run([*git, *words], cwd=desk, check=True)
        names = ("SMTP_PASSWORD", "FRED_API_KEY", "COINGECKO_API_KEY")
        secrets = dict.fromkeys(names, "fred-secret")
        self.runner = Runner(origin=origin, shelf=folder / "runner", secrets=secrets)
        self.folder, self.postbox, self.order = folder, postbox, order

    def call(self, day, clock, lost_after=None):
        """One call of the workflow on *day* of January, at *clock*.

        Its machine is lost as soon as the server has had *lost_after* mails in all.
        """
        with Feeds(dt.date(2025, 1, MORNINGS[day]), since=SINCE) as feeds:
            (self.folder / "sources.toml").write_text(feeds.sources() + self.order)
            return self.runner.run(
                WORKFLOW,
                lambda: len(self.postbox.messages) >= (lost_after or math.inf),
                MOMENT=f"2025-01-{day:02}T{clock}:00+00:00",
                REPORTGEN_SOURCES=str(self.folder / "sources.toml"),
            )


@pytest.fixture
def world(tmp_path):
    """``world(publish=True)`` is a new desk."""
    with Postbox(tmp_path, security="none") as postbox:
        yield lambda **how: World(tmp_path, postbox, **how)


def test_five_mornings_and_a_lost_machine(world):
    """Five briefs, ten calls, and the machine of the third morning is lost in its seventh mail.

    Nobody gets a brief twice. The second call of that day sends to the rest, and mails the owner the
    readers for whom a person has to look. All calls but the lost one are green.
    """
    desk, said = world(publish=True, report="open-recap", order=ORDER), []
    for number, day in enumerate(MORNINGS, 1):
        before = len(desk.postbox.messages)
        mails = before + 7 if number == 3 else None
        runs = [desk.call(day, CALLS[0], lost_after=mails), desk.call(day, CALLS[1])]
        said.append([run.ended for run in runs])
        got = Counter(to[0] for to, _ in desk.postbox.messages[before:])
        assert set(got.values()) == {1}, runs[0].said
        assert (OWNER in got) == (number == 3)
        assert f"briefs/desk-note/2025-01-{MORNINGS[day]:02}/index.html" in runs[1].pages
        if number == 3:
            missed = sorted(set(READERS) - set(got))
            assert len(missed) <= 5
            assert all(re.search(f"unknown +{one}", runs[1].said) for one in missed)
        else:
            assert len(got) == len(READERS), runs[0].said
    assert said == [["lost" if n == 2 else "success", "success"] for n in range(len(MORNINGS))]
    assert desk.runner.issues.count("failed") == 0


def test_licences_that_forbid_it_keep_the_archive_private_and_the_morning_green(world):
    """Nothing is deployed; those who can read the repository get the archive, and know why."""
    done = world(publish=True).call(7, CALLS[0])
    assert (done.ended, done.pages) == ("success", []), done.said
    assert "index.html" in done.artifacts["archive"]
    assert "can be shown: desk-note/2025-01-06: " in done.said
    assert re.search(
        r"Yahoo Finance may not be published \(personal use[^)]*\): .*\^GSPC", done.said
    )


def test_what_licences_allow_is_deployed(world):
    """A desk whose sources all allow it: its archive is a site for everybody."""
    desk = world(publish=True, report="open-recap", order=ORDER)
    done = desk.call(7, CALLS[0])
    assert done.ended == "success", done.said
    assert "briefs/desk-note/2025-01-06/index.html" in done.pages
    assert "archive" not in done.artifacts


def test_an_internal_desk_deploys_nothing_and_a_public_repository_shows_nothing(world):
    """Whatever the artifacts hold could be read by anybody."""
    desk = world(publish=False)
    desk.runner.private = False
    done = desk.call(7, CALLS[0])
    assert (done.ended, done.pages, done.artifacts) == ("success", [], {}), done.said
    desk.runner.private = True
    again = desk.call(7, CALLS[1])
    assert again.ended == "success"
    assert {"out", "archive"} <= set(again.artifacts)
