"""The places that keep a ledger: how they are named, and that the second comer is refused."""

from __future__ import annotations

import datetime as dt
import subprocess

import pytest

from reportgen.core.errors import DeliveryError, Overtaken, SettingsError
from reportgen.publish.config import read_config
from reportgen.publish.keepers import git, keeper
from reportgen.publish.kept import KeptLedger, ledger_of
from reportgen.publish.ledger import Key

NOW = dt.datetime(2025, 1, 8, 21, 30, tzinfo=dt.UTC)


def run_git(*words, cwd):
    """Call git."""
    subprocess.run(["git", *words], cwd=cwd, check=True, capture_output=True)


def test_a_push_that_comes_second_is_refused(tmp_path):
    """The other's ledger stays, and this run stops with a word that says why."""
    run_git("init", "--quiet", "--bare", "origin.git", cwd=tmp_path)
    for name in ("one", "other"):
        run_git("clone", "--quiet", "origin.git", name, cwd=tmp_path)
    first, second = (git.at("ledger", tmp_path / name) for name in ("one", "other"))
    assert (first.pull(), second.pull()) == (None, None)
    first.push(b"first")
    with pytest.raises(Overtaken, match="Another run is sending"):
        second.push(b"second")
    assert second.pull() == b"first"


def test_an_answer_of_git_shows_no_password(tmp_path):
    """Also where git names the address with its token."""
    run_git("init", "--quiet", cwd=tmp_path)
    run_git("remote", "add", "origin", "http://desk:token-secret@127.0.0.1:9/x.git", cwd=tmp_path)
    with pytest.raises(DeliveryError, match="cannot be kept at git:ledger") as caught:
        git.at("ledger", tmp_path).pull()
    assert "token-secret" not in str(caught.value)


def test_refused_before_is_not_announced_as_about_to_be_handed_over(tmp_path):
    """A reader whose turn a person has to decide keeps the state that the ledger has."""

    class Shelf:
        def pull(self):
            return None

        def push(self, data):
            self.data = data

    ledger, key = KeptLedger(tmp_path / "outbox.sqlite", Shelf(), 9), Key("note", "2025-01-08", 1)
    with ledger.held():
        for name, state in (("ann", "refused"), ("bob", "deferred"), ("cid", "sent")):
            ledger.claim(key, name, name, NOW)
            ledger.settle(key, {name: (state, 0, "")}, NOW)
        ledger.claim(key, "dan", "dan", NOW)
        ledger.ahead(["dan", "ann", "bob", "cid", "eve"])
        assert ledger._next(key, ["dan"]) == ["bob", "eve"]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("git:", "is no place"),
        ("got:ledger", "Did you mean 'git'"),
        ("git:../x", "names no branch"),
        ("git:-f", "names no branch"),
        ("s3:desk", "names no bucket"),
    ],
)
def test_a_place_that_is_none_is_refused(tmp_path, where, words):
    """Before anything is sent."""
    with pytest.raises(SettingsError, match=words):
        keeper(where, tmp_path)


def test_a_variable_names_the_place_where_the_desk_does_not(tmp_path, monkeypatch):
    """As the generated workflow does; the desk's own file comes first."""
    monkeypatch.setenv("REPORTGEN_LEDGER", "git:ledger")
    (tmp_path / "reportgen.toml").write_text('outbox = "o.sqlite"\n')
    assert isinstance(ledger_of(read_config(tmp_path / "reportgen.toml")), KeptLedger)
    (tmp_path / "reportgen.toml").write_text('[ledger]\nkeep = "nothing:x"\n')
    with pytest.raises(SettingsError, match="nothing:x"):
        ledger_of(read_config(tmp_path / "reportgen.toml"))
