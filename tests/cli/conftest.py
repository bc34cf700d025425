"""One brief for all tests of the command line, and a way to call it."""

from __future__ import annotations

import shutil

import pytest
from click.testing import CliRunner

from reportgen.cli import main


@pytest.fixture(scope="session")
def made(tmp_path_factory, apart):
    """What the command line said when it made the brief of 2025-01-08 13:00, and the
    brief's folder.
    """
    out = tmp_path_factory.mktemp("made") / "out"
    result = apart("run", "small-caps", "--as-of", "2025-01-08 13:00", "--out", out)
    assert result.exit_code == 0, result.stderr
    return result, out / "small-caps" / "2025-01-08T1300"


@pytest.fixture
def brief(made, tmp_path):
    """A copy of that brief, to be changed."""
    return shutil.copytree(made[1], tmp_path / "brief")


@pytest.fixture
def call():
    """Call the command line in this process."""
    return lambda *args: CliRunner().invoke(main, [str(arg) for arg in args])


@pytest.fixture
def refused(call):
    """Assert that a call ends with *code* and so many *lines* on standard error that say
    all the words; return them.
    """

    def check(code, args, *words, lines=1):
        result = call(*args)
        assert isinstance(result.exception, SystemExit), repr(result.exception)
        assert (result.exit_code, result.stdout) == (code, "")
        assert result.stderr.startswith("reportgen: ")
        assert result.stderr.count("\n") == lines
        assert "Traceback" not in result.stderr
        assert [word for word in words if word not in result.stderr] == [], result.stderr
        return result.stderr

    return check
