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


def run(place, change):
    """The digests of the files of a run of the command line in *place*."""
    clean = {k: v for k, v in os.environ.items() if k not in ("TZ", "LANG", "LC_ALL")}
    done = subprocess.run(
        [*COMMAND, str(place / "out")],
        check=False,
        cwd=place,
        env=clean | change,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return digests(place / "out" / "small-caps" / "2025-01-08T1300")


def digests(folder):
    """Those of the files of a brief, by their names."""
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}


def test_neither_surroundings_nor_the_command_leave_a_trace(tmp_path_factory, sample_brief):
    """Another clock, language, home, cache and working folder, and the pipeline alone."""
    here, there = (tmp_path_factory.mktemp(name) for name in ("here", "elsewhere"))
    elsewhere = ELSEWHERE | {"HOME": str(there), "XDG_CACHE_HOME": str(there / "cache")}
    assert run(here, HERE) == run(there, elsewhere) == digests(sample_brief.folder)
