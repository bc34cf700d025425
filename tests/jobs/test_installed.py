"""What a desk installs from: the wheel, and what it needs, each by its hash."""

from __future__ import annotations

import hashlib
import re
import subprocess
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from reportgen.jobs.installed import COMMANDS, DISTRIBUTION, VENDOR, vendored

ROOT = Path(__file__).parents[2]
EXTRAS = ("s3", "dkim", "seal")
"""What a delivery from CI may need: a ledger in S3, a signed mail, a signed seal."""
PIN = re.compile(r"^(\S+)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)


@pytest.fixture(scope="module")
def pins():
    """The versions in requirements.txt, by name."""
    return {canonicalize_name(m[1]): m[2] for m in PIN.finditer(text())}


def text():
    """The requirements."""
    return (ROOT / "requirements.txt").read_text()


def needed(name, extras):
    """The names of all distributions that *name* needs on this machine, with itself."""
    found, waiting = set(), [(name, frozenset(extras))]
    while waiting:
        one, wanted = waiting.pop()
        if (one, wanted) in found:
            continue
        found.add((one, wanted))
        for line in distribution(one).requires or ():
            need = Requirement(line)
            if need.marker is None or any(
                need.marker.evaluate({"extra": extra}) for extra in ("", *wanted)
            ):
                waiting.append((canonicalize_name(need.name), frozenset(need.extras)))
    return {one for one, _ in found}


def test_every_requirement_has_a_version_and_a_hash():
    """And nothing else is in the file: no address, no option."""
    assert not PIN.sub("", text()).strip()


def test_all_that_the_program_needs_is_there(pins):
    """By the metadata of what is installed here; nothing more is there."""
    assert set(pins) == needed(DISTRIBUTION, EXTRAS) - {DISTRIBUTION}


def test_the_versions_are_those_it_was_tested_with(pins):
    """The ones of constraints.txt."""
    lines = (line.partition("==") for line in (ROOT / "constraints.txt").read_text().splitlines())
    tested = {canonicalize_name(name): version for name, _, version in lines}
    assert {name: tested.get(name) for name in pins} == pins


def test_a_vendored_file_has_its_sum():
    """The wheel and the requirements; the same copy gives the same bytes."""
    files = vendored()
    assert files == vendored()
    sums = dict(line.split()[::-1] for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {
        name: hashlib.sha256(data).hexdigest()
        for name, data in files.items()
        if name != "SHA256SUMS"
    }


def test_nothing_is_installed_from_an_index_without_a_hash():
    """The program itself from a file, all others by --require-hashes; no address is named."""
    check, others, own = COMMANDS
    assert check == "(cd vendor && sha256sum --check SHA256SUMS)"
    assert "--require-hashes" in others
    assert "--no-deps --no-index" in own
    assert "://" not in " ".join(COMMANDS)


@pytest.mark.parametrize("name", ["requirements.txt", "SHA256SUMS", "*.whl"])
def test_a_vendored_file_that_was_changed_ends_the_installation(tmp_path, name):
    """Before pip is called."""
    (tmp_path / VENDOR).mkdir()
    for file, data in vendored().items():
        (tmp_path / VENDOR / file).write_bytes(data)
    changed = next((tmp_path / VENDOR).glob(name))
    changed.write_bytes(changed.read_bytes().replace(b"a", b"b", 1))
    done = subprocess.run(
        ["sh", "-ec", "python() { echo called; }\n" + "\n".join(COMMANDS)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode != 0, "called" in done.stdout) == (True, False)
