"""Every command that hands a brief over, shows it or changes it refuses one with a changed byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

PEOPLE = '[[recipient]]\naddress = "ann@example.org"\n'
COMMANDS = {
    "seal": ("seal", "out/small-caps/2025-01-08T1300"),
    "check": ("check", "out/small-caps/2025-01-08T1300"),
    "send": ("send", "out/small-caps/2025-01-08T1300", "--to", "recipients.toml", "--late"),
    "dry run": (
        "send",
        "out/small-caps/2025-01-08T1300",
        "--to",
        "recipients.toml",
        "--late",
        "--dry-run",
    ),
    "post": ("post", "out/small-caps/2025-01-08T1300", "--door", "desk", "--late"),
    "preview": ("preview", "out/small-caps/2025-01-08T1300", "--no-open"),
    "render": ("render", "out/small-caps/2025-01-08T1300"),
    "approve": ("approve", "out/small-caps/2025-01-08T1300", "--by", "A. Editor"),
    "correct": ("correct", "out/small-caps/2025-01-08T1300", "--why", "A number."),
    "site build": ("site", "build", "archive", "--from", "out"),
}
BRIEF = Path("out/small-caps/2025-01-08T1300")
FILES = ("brief.eml", "notebook.ipynb")
OTHERS = ("brief.html", "brief.pdf", "brief.txt", "brief.json", "gate.txt", "seal.json")


@pytest.fixture
def desk(made, tmp_path, monkeypatch):
    """A desk with a finished brief, a list of readers and a door."""
    shutil.copytree(made[1], tmp_path / BRIEF)
    (tmp_path / "recipients.toml").write_text(PEOPLE)
    (tmp_path / "reportgen.toml").write_text(
        '[mail]\nhost = "localhost"\nport = 1\nsecurity = "none"\nsender = "desk@example.org"\n'
        '[doors.desk]\nkind = "slack"\nurl = "DESK_URL"\n'
    )
    monkeypatch.setenv("DESK_URL", "http://localhost:1/hook")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def flip(path):
    """Change one byte in the middle of *path*."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    "name", [*FILES, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)]
)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_changed_byte_is_refused_with_one_line(call, command, name):
    """Exit 5, the file by its name, and nothing written."""
    flip(BRIEF / name)
    before = {path.name: path.read_bytes() for path in BRIEF.iterdir()}
    result = call(*COMMANDS[command])
    assert result.exit_code == 5, result.output
    assert (result.stdout, result.stderr.count("\n")) == ("", 1)
    assert name in result.stderr
    assert {path.name: path.read_bytes() for path in BRIEF.iterdir()} == before


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("command", ["check", "approve", "site build", "seal"])
def test_an_unchanged_brief_is_taken(call, command):
    """The same commands, so that their refusals mean something."""
    assert call(*COMMANDS[command]).exit_code == 0
