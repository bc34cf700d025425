"""What a desk writes into reportgen.toml is read, or refused with the line that is off."""

from __future__ import annotations

import pytest

from reportgen.core.errors import SettingsError
from reportgen.publish.config import Config, read_config

GOOD = """outbox = "sent.sqlite"

[mail]
host = "mail.example.com"
sender = "Market desk <desk@example.com>"
user = "desk"
password = "SMTP_PASSWORD"

[alerts]
to = ["owner@example.com"]
"""


@pytest.fixture
def read(tmp_path):
    """``read(text)`` is the configuration that a file with that text holds."""

    def written(text):
        (tmp_path / "reportgen.toml").write_text(text)
        return read_config(tmp_path / "reportgen.toml")

    return written


def test_a_good_one_is_read(read, tmp_path):
    """The ledger lies beside the file, encryption is the default."""
    config = read(GOOD)
    assert (config.mailer().host, config.mailer().security, config.mailer().port) == (
        "mail.example.com",
        "starttls",
        587,
    )
    assert (config.alerts, config.outbox) == (("owner@example.com",), tmp_path / "sent.sqlite")


def test_without_a_file_nothing_is_set(tmp_path, monkeypatch):
    """Which is said when mail is to be sent."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REPORTGEN_CONFIG", raising=False)
    assert read_config() == Config()
    with pytest.raises(
        SettingsError, match=r"write host and sender below \[mail\] in reportgen.toml"
    ):
        read_config().mailer()


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("[mail]", "[male]", "unknown 'male'. Did you mean 'mail'"),
        ("host =", "hots =", "unknown 'hots' below .mail.. Did you mean 'host'"),
        ('host = "mail.example.com"\n', "", "'host' is missing below .mail."),
        (
            '"SMTP_PASSWORD"',
            '"hunter2!"',
            (
                r"line 7: password is not the name of an environment variable.*write password ="
                r" .SMTP_PASSWORD"
            ),
        ),
        ('user = "desk"\n', "", "user and password go together"),
        ('user = "desk"', "user = 7", "user = 7 is not a line of text"),
        ('user = "desk"', 'user = "desk\\r\\nBcc: x@example.com"', "is not a line of text"),
        (
            'user = "desk"',
            'user = "desk"\nport = "587"',
            'port = "587" is not a whole number from 1 to 65535; write port = 587',
        ),
        (
            'user = "desk"',
            'user = "desk"\nport = true',
            "port = true is not a whole number from 1 to 65535",
        ),
        ('user = "desk"', 'user = "desk"\nattach_pdf = 1', "attach_pdf = 1 is not true or false"),
        (
            'user = "desk"',
            'user = "desk"\nsecurity = "ssl"',
            '"ssl" is not one of "starttls", "tls", "none"',
        ),
        ('user = "desk"', 'user = "desk"\nsecurity = "none"', "is for a server on this machine"),
        (
            'user = "desk"',
            'user = "desk"\ndegraded = "maybe"',
            '"maybe" is not one of "send", "hold"',
        ),
        (
            'user = "desk"',
            'user = "desk"\nunsubscribe = "http://example.com"',
            "begins with https://",
        ),
        (
            '["owner@example.com"]',
            '"owner@example.com"',
            r'to = "owner@example.com" is not a list of addresses',
        ),
        ("[mail]", "[mail", "reportgen.toml, line 3: it is not valid TOML"),
        (
            'user = "desk"',
            'user = "desk"\nattempts = 0',
            "attempts = 0 is not a whole number from 1 to 20",
        ),
        ('user = "desk"', 'user = "desk"\nseconds = -1', "seconds = -1 is not more than 0"),
        (
            'user = "desk"',
            'user = "desk"\nca = "nowhere.pem"',
            "ca = 'nowhere.pem'; it is a file of certificates",
        ),
        (
            '"Market desk <desk@example.com>"',
            '"Market desk"',
            "it is an address, or a name with one",
        ),
        (
            '"mail.example.com"',
            '"mail..example.com"',
            'host = "mail..example.com" is not the name of a server',
        ),
        (
            '"owner@example.com"',
            '"owner@example.com\\nBcc: x@example.com"',
            "which is not an address",
        ),
    ],
)
def test_a_line_that_is_off_is_named(read, before, after, words):
    """With what was expected."""
    with pytest.raises(SettingsError, match=words) as caught:
        read(GOOD.replace(before, after))
    assert "hunter2" not in str(caught.value)
