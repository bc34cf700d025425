"""No cell sees a secret: not those that a desk's files name, and none of a telling name."""

from __future__ import annotations

import json
import os

import nbformat
import pytest

from reportgen.config.secrets import SECRET, withheld
from reportgen.jobs import workspace
from reportgen.sources.providers import registered

NAMED = {"MAIL_WORD": "planted-1", "CHAT_ADDRESS": "planted-2", "MAIL_WORD_FILE": "/planted-3"}
"""Secrets that only the desk's file can tell as such."""
TELLING = {
    "FRED_API_KEY": "planted-4",
    "AWS_SECRET_ACCESS_KEY": "planted-5",
    "X_TOKEN": "planted-6",
}
FILE = """
[mail]
host = "mail.example.com"
user = "desk"
sender = "Desk <desk@example.com>"
password = "MAIL_WORD"

[doors.chat]
kind = "slack"
url = "CHAT_ADDRESS"
"""
CELL = "import os\nprint(dict(os.environ))\nprint(os.popen('env').read())"


@pytest.fixture
def desk(tmp_path):
    """A desk whose notebook prints its environment."""
    folder = tmp_path / "desk"
    workspace.create(folder, "small-caps", "desk-note")
    path = folder / "reports" / "desk-note" / "notebook.ipynb"
    book = nbformat.read(path, 4)
    book.cells.append(nbformat.v4.new_code_cell(CELL, id="prints"))
    nbformat.write(book, path)
    text = (folder / "reportgen.toml").read_text()
    (folder / "reportgen.toml").write_text(text.split("\n[mail]")[0] + FILE)
    return folder


def left(folder):
    """The files below *folder* that hold a planted secret."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if b"planted-" in path.read_bytes()]


@pytest.mark.parametrize(
    "words",
    [
        ("run", "desk-note", "--as-of", "2025-01-08"),
        pytest.param(
            ("run", "desk-note", "--as-of", "2025-01-08", "--engine", "nbclient"),
            marks=pytest.mark.slow,
        ),
        pytest.param(
            ("backfill", "desk-note", "--from", "2025-01-08", "--to", "2025-01-08"),
            marks=pytest.mark.slow,
        ),
    ],
    ids=["own engine", "stock engine", "batch"],
)
def test_a_planted_secret_is_in_no_file(desk, apart, words):
    """Of the output, of the archive made of it, or of what the command says."""
    env = {**NAMED, **TELLING, "PLAIN": "seen"}
    done = apart(*words, "--format", "html", "--format", "json", folder=desk, env=env)
    assert done.exit_code == 0, done.stderr
    (record,) = desk.rglob("out/*/*/notebook.ipynb")
    assert "'PLAIN': 'seen'" in json.dumps(json.loads(record.read_text()))
    built = apart("site", "build", "archive", folder=desk, env=env)
    assert built.exit_code == 0, built.stderr
    assert left(desk) == []
    assert "planted-" not in done.output + built.output


def test_what_a_desk_and_a_dataset_name_is_withheld(tmp_path, monkeypatch):
    (tmp_path / "reportgen.toml").write_text('market = "us"\n' + FILE)
    (tmp_path / "dataset.toml").write_text('[[files]]\ndatabase = "DESK_DATABASE"\n')
    (tmp_path / "broken.toml").write_text("= [" * 3000)
    monkeypatch.setenv("REPORTGEN_CONFIG", str(tmp_path / "reportgen.toml"))
    monkeypatch.setenv("FRED_API_KEY", "x")
    found = withheld(tmp_path / name for name in ("dataset.toml", "broken.toml", "absent.toml"))
    assert {*NAMED, "CHAT_ADDRESS_FILE", "DESK_DATABASE", "FRED_API_KEY"} <= found
    assert not found & {"PATH", "HOME", "LANG", "REPORTGEN_CONFIG", "US"}


def test_every_key_that_the_product_reads_has_a_telling_name():
    """So that no list of providers has to be read before a run."""
    keys = [key for provider in registered().values() for key in provider.keys]
    assert len(keys) >= 4
    assert [key for key in keys if not SECRET.fullmatch(key)] == []
    told = ("SMTP_PASSWORD", "GITHUB_TOKEN", "AWS_SESSION_TOKEN", "TIINGO_API_KEY_FILE", "SECRET")
    assert all(map(SECRET.fullmatch, told))
    plain = ("PATH", "KEYBOARD", "TOKENIZERS_PARALLELISM", "MONKEY", "SECRETARY", "PASSWORDS")
    assert not any(map(SECRET.fullmatch, plain))


def test_the_environment_of_who_calls_stays(monkeypatch):
    monkeypatch.setenv("X_TOKEN", "kept")
    assert "X_TOKEN" in withheld()
    assert os.environ["X_TOKEN"] == "kept"
