"""Same inputs, same bytes: two runs of the command line in different surroundings."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

COMMAND = [
    sys.executable,
    "-c",
    "from reportgen.cli import main; main()",
    "run",
    "small-caps",
    "--as-of",
    "2025-01-08 13:00",
    "--out",
]
FILES = ("brief.html", "brief.pdf", "brief.eml", "brief.txt", "brief.json")
HERE = {"TZ": "America/New_York", "LANG": "en_US.UTF-8"}
ELSEWHERE = {
    "TZ": "Asia/Tokyo",
    "LANG": "C",
    "LC_ALL": "C",
    "PYTHONHASHSEED": "7",
    "SOURCE_DATE_EPOCH": "1",
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The digests of two runs.

    One here, one with another clock, language, home, cache and working folder.
    """
    found = []
    for number, change in enumerate((HERE, ELSEWHERE)):
        place = tmp_path_factory.mktemp(f"surroundings-{number}")
        homes = (
            {"HOME": str(place), "XDG_CACHE_HOME": str(place / "cache")}
            if change is ELSEWHERE
            else {}
        )
        environment = (
            {k: v for k, v in os.environ.items() if k not in ("TZ", "LANG", "LC_ALL")}
            | change
            | homes
        )
        done = subprocess.run(
            [*COMMAND, str(place / "out")],
            check=False,
            cwd=place,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        folder = place / "out" / "small-caps" / "2025-01-08T1300"
        found.append(
            {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
        )
    return found


@pytest.mark.parametrize("name", FILES)
def test_two_runs_in_different_surroundings_give_the_same_file(runs, name):
    """Neither time zone, language, home, cache nor working folder leaves a trace."""
    assert runs[0][name] == runs[1][name]


@pytest.mark.parametrize("name", FILES)
def test_a_run_of_the_command_line_gives_what_the_pipeline_gives(runs, sample_brief, name):
    """The command adds nothing of its own."""
    assert runs[0][name] == hashlib.sha256((sample_brief.folder / name).read_bytes()).hexdigest()
