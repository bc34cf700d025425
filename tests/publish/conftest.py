"""A finished brief, a mail server, and the way from one to the other."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest
from postbox import PASSWORD, Postbox, readers

from reportgen.publish.config import read_config
from reportgen.publish.ledger import Ledger
from reportgen.publish.mail.sending import Errand, send
from reportgen.publish.release import finished
from reportgen.publish.suppression import Suppression

NOW = dt.datetime(2025, 1, 8, 21, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def password(monkeypatch):
    """The password of the desk, where its configuration says."""
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)


@pytest.fixture
def postbox(tmp_path):
    """A server that wants STARTTLS and a password."""
    with Postbox(tmp_path) as here:
        yield here


@pytest.fixture
def brief(sample_brief, tmp_path):
    """A copy of the sample brief, in a folder as a run leaves it."""
    return finished(
        shutil.copytree(
            sample_brief.folder, tmp_path / "out" / "small-caps" / sample_brief.folder.name
        )
    )


@pytest.fixture
def ledger(tmp_path):
    """Where deliveries are written down."""
    return Ledger(tmp_path / "outbox.sqlite")


@pytest.fixture
def sent(brief, ledger, tmp_path):
    """``sent(postbox, people, more, **errand)`` is what became of each copy, by address.

    Settings of [mail] go into *mail*.
    """

    def deliver(postbox, people=None, mail=None, more="", **errand):
        (tmp_path / "reportgen.toml").write_text(postbox.config(**(mail or {})) + more)
        settings = read_config(tmp_path / "reportgen.toml").mailer()
        told = {
            "brief": errand.pop("of", brief),
            "again": frozenset(errand.pop("again", ())),
            "suppression": Suppression(tmp_path / "suppressed.csv"),
        } | errand
        errand = Errand(readers=people or readers(), mail=settings, **told)
        return {
            told.recipient: (told.state, told.answer) for told in send(errand, ledger, lambda: NOW)
        }

    return deliver
