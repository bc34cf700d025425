"""A copy of the embedded sample with one file edited, and what the command line says to it."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from reportgen.config.resources import SAMPLE


class Copy:
    """The sample copied to *folder*; every method edits one file and returns the copy."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(shutil.copytree(SAMPLE, folder))

    def rows(self, name, edit):
        """Replace the rows below the header of a table by ``edit(rows)``,
        each row a list of texts."""
        head, *rows = self.lines(name)
        edited = edit([row.split(",") for row in rows])
        return self.write(name, "\n".join([head, *(",".join(row) for row in edited), ""]))

    def set(self, name, day, symbol, value):
        """Give *symbol* another value in its row of *day* (or of the bar that starts then)."""
        return self.rows(
            name,
            lambda rows: [
                [*r[:2], str(value)] if r[0].startswith(day) and r[1] == symbol else r for r in rows
            ],
        )

    def drop(self, name, day, symbol):
        """Leave out the rows of *symbol* on *day*."""
        return self.rows(
            name, lambda rows: [r for r in rows if not (r[0].startswith(day) and r[1] == symbol)]
        )

    def swap(self, name, old, new):
        """Replace a piece of a text file."""
        text = self.lines(name)
        assert any(old in line for line in text)
        return self.write(name, "\n".join(text).replace(old, new) + "\n")

    def write(self, name, text):
        """Write a file whole."""
        path = self.folder / name
        path.write_bytes(gzip.compress(text.encode(), 1) if path.suffix == ".gz" else text.encode())
        return self

    def lines(self, name):
        """The lines of a file."""
        data = (self.folder / name).read_bytes()
        return (gzip.decompress(data) if name.endswith(".gz") else data).decode().splitlines()


@pytest.fixture
def sample(tmp_path):
    """A fresh copy of the sample, to be broken."""
    return Copy(tmp_path / "dataset")


@pytest.fixture
def refused(tmp_path, apart):
    """Assert that a run on a copy ends with exit code 3, one line that says all the *words*,
    and nothing but the page of the gate."""

    def check(copy, *words, as_of="2025-01-08 13:00"):
        out = tmp_path / "out"
        args = ["--as-of", as_of, "--data", str(getattr(copy, "folder", copy)), "--out", str(out)]
        result = apart("run", "small-caps", *args)
        assert isinstance(result.exception, SystemExit), result.exception
        assert (result.exit_code, result.stdout) == (3, "")
        assert result.stderr.startswith("reportgen: ")
        assert result.stderr.count("\n") == 1
        assert "Traceback" not in result.stderr
        assert [word for word in words if word not in result.stderr] == [], result.stderr
        assert {path.name for path in out.rglob("*.*")} <= {"gate.txt"}

    return check


@pytest.fixture
def degraded(tmp_path, apart):
    """``degraded(copy, gap)`` is the page of the gate of a brief made from a copy.

    Asserts that *gap* is all that the brief lacks, and that both name it.
    """

    def check(copy, gap, as_of="2025-01-08 13:00"):
        out = tmp_path / "out"
        args = ["--as-of", as_of, "--data", str(copy.folder), "--out", str(out), "--format", "txt"]
        result = apart("run", "small-caps", *args)
        assert result.exit_code == 8, result.stderr
        assert "Traceback" not in result.stderr
        (brief,) = out.rglob("brief.txt")
        (gate,) = out.rglob("gate.txt")
        told = " ".join(brief.read_text().split())
        assert f"This brief has a gap: {gap}. " in told or f"({gap}). " in told, told[:600]
        return gate.read_text()

    return check
