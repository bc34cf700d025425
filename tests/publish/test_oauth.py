"""Mail with an OAuth2 access token instead of a password.

To a real server that speaks XOAUTH2, with tokens from all sources.
"""

from __future__ import annotations

import json
import sys

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from postbox import PASSWORD, Postbox, readers
from tokenbox import EXPIRED, MAILBOX, TokenBox, TokenServer, given

from reportgen.core.errors import DeliveryError, SettingsError
from reportgen.jobs import doctor
from reportgen.publish.config import read_config
from reportgen.publish.mail.sending import Errand, planned
from reportgen.publish.mail.smtp import Line
from reportgen.publish.mail.tokens import Printed
from reportgen.publish.suppression import Suppression

FIRST, SECOND = "first-secret-token", "second-secret-token"
CLIENT = "00000000-0000-0000-0000-00000000c1e4"
VARIABLE = {"token": "SMTP_TOKEN"}
MESSAGE = b"Subject: A brief\r\n\r\nShares rose.\r\n"


@pytest.fixture
def box(tmp_path):
    """A server that takes the first token at all times, and no password."""
    with TokenBox(tmp_path, first_secret_token=99) as here:
        yield here


@pytest.fixture(autouse=True)
def token(monkeypatch):
    """The first token, where the configuration says."""
    monkeypatch.setenv("SMTP_TOKEN", FIRST)


@pytest.fixture
def handed(tmp_path):
    """``handed(box, people, mail, more)`` is what became of a message to each, over one line."""

    def deliver(box, people=None, mail=None, more=""):
        (tmp_path / "reportgen.toml").write_text(box.config(**(mail or {})) + more)
        found = {}
        with Line(read_config(tmp_path / "reportgen.toml").mailer()) as line:
            for one in people or readers():
                found |= line.send(MESSAGE, [one.address], lambda _: None, lambda _: None)
        return {address: (one.state, one.answer) for address, one in found.items()}

    return deliver


def states(told):
    """What became of each copy."""
    return [state for state, _ in told.values()]


def printing(*tokens, folder):
    """A command that prints the next of *tokens* each time it is called."""
    (folder / "tokens.txt").write_text("\n".join(tokens))
    code = (
        "import pathlib, sys; file = pathlib.Path(sys.argv[1]);"
        " first, *rest = file.read_text().split('\\n'); print(first);"
        " file.write_text('\\n'.join(rest or [first]))"
    )
    return {"token_command": [sys.executable, "-c", code, str(folder / "tokens.txt")]}


# The dialogue
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_is_sent_with_a_token(tmp_path, handed, security):
    """Encrypted from the start or later; a run authenticates once."""
    with TokenBox(tmp_path, security, first_secret_token=1) as box:
        assert states(handed(box, readers(3), VARIABLE)) == ["sent"] * 3


def test_a_token_may_be_in_a_file(box, handed, tmp_path, monkeypatch):
    """As a password may, which another program renews."""
    (tmp_path / "token.txt").write_text(f"{FIRST}\n")
    monkeypatch.delenv("SMTP_TOKEN")
    monkeypatch.setenv("SMTP_TOKEN_FILE", str(tmp_path / "token.txt"))
    assert states(handed(box, mail=VARIABLE)) == ["sent"]


def test_an_expired_token_is_refused_with_how_to_get_another_one(box, handed):
    """The server explains in JSON, the client says nothing more, and the refusal comes."""
    box.tokens, box.challenge = {}, EXPIRED
    with pytest.raises(DeliveryError) as caught:
        handed(box, mail=VARIABLE)
    assert box.answered == [b"\r\n"]
    assert "535 5.7.8 Token not accepted (status 401)" in str(caught.value)
    assert f"the token of {MAILBOX}: it has expired" in str(caught.value)
    assert "Put a new one into SMTP_TOKEN" in str(caught.value)


def test_a_token_that_is_refused_without_an_explanation_is_an_error_too(box, handed):
    """As Microsoft answers; nobody gets anything, and it can be sent later."""
    box.tokens, box.refusal = {}, "535 5.7.3 Authentication unsuccessful"
    with pytest.raises(DeliveryError, match=r"535 5\.7\.3 Authentication unsuccessful"):
        handed(box, mail=VARIABLE)
    assert not box.messages
    box.tokens = {FIRST: 1}
    assert states(handed(box, mail=VARIABLE)) == ["sent"]


def test_a_refusal_for_now_is_tried_again(box, handed):
    """Nothing has to be changed."""
    box.tokens, box.refusal = {}, "454 4.7.0 Temporary authentication failure"
    assert states(handed(box, mail=VARIABLE)) == ["deferred"]


def test_a_token_that_expires_within_a_run_is_fetched_again(tmp_path, handed):
    """Over the next connection, and once."""
    source = printing(FIRST, SECOND, folder=tmp_path)
    with TokenBox(tmp_path, first_secret_token=1, second_secret_token=1) as box:
        box.faults.cut = ["", "MAIL"]
        assert states(handed(box, readers(2), source)) == ["sent", "sent"]
        assert box.tokens == {FIRST: 0, SECOND: 0}


def test_a_token_that_is_still_good_is_used_again(tmp_path, handed):
    """The next connection of a run asks no source for another one."""
    source = printing(FIRST, SECOND, folder=tmp_path)
    with TokenBox(tmp_path, first_secret_token=2) as box:
        box.faults.cut = ["", "MAIL"]
        assert states(handed(box, readers(2), source)) == ["sent", "sent"]


def test_a_second_token_that_is_refused_ends_the_run(tmp_path, handed):
    """It is not fetched over and over."""
    source = printing(FIRST, SECOND, folder=tmp_path)
    with TokenBox(tmp_path, first_secret_token=1) as box:
        box.faults.cut = ["", "MAIL"]
        with pytest.raises(DeliveryError, match="refuses the token"):
            handed(box, readers(2), source)


def test_a_server_without_xoauth2_is_named_with_what_it_offers(tmp_path, handed):
    """No token is sent to it."""
    with (
        Postbox(tmp_path) as plain,
        pytest.raises(DeliveryError, match=r"does not offer XOAUTH2 \(but LOGIN, PLAIN\)"),
    ):
        handed(plain, mail=VARIABLE | {"user": MAILBOX, "password": ""})


def test_no_token_is_sent_in_the_clear(tmp_path, handed):
    """A server that offers no encryption where it is asked for sees no AUTH at all."""
    with TokenBox(tmp_path, "none") as box, pytest.raises(DeliveryError, match="STARTTLS"):
        handed(box, mail=VARIABLE | {"security": "starttls", "ca": str(tmp_path / "authority.pem")})
    with pytest.raises(SettingsError, match="is for a server on this machine"):
        config(tmp_path, 'host = "mail.example.com"\nsecurity = "none"\ntoken = "SMTP_TOKEN"')


# What servers say of passwords and mailboxes
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refusal", "advice"),
    [
        (
            "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
            r"accepts no password here.*\[mail\.microsoft\], token_command or token",
        ),
        (
            "550 5.7.30 Basic authentication is not supported for Client Submission.",
            "accepts no password here",
        ),
        (
            (
                "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the"
                " Mailbox."
            ),
            "Set-CASMailbox -Identity desk@example.com -SmtpClientAuthenticationDisabled",
        ),
        ("534 5.7.9 Application-specific password required.", r"\[mail\.google\].*app password"),
        (
            "535 5.7.8 Username and Password not accepted. https://support.google.com/mail/",
            "accepts an app password, and not that of the account",
        ),
        ("535 5.7.8 Error: authentication failed", r"Correct \[mail\] in reportgen.toml"),
    ],
)
def test_a_refused_password_is_answered_with_what_to_configure(box, handed, refusal, advice):
    """By what the large providers mean with their codes."""
    box.refusal = refusal
    with pytest.raises(DeliveryError, match=advice):
        handed(box, mail={"password": "SMTP_PASSWORD"})


def test_a_mailbox_without_smtp_is_named_for_a_token_as_well(box, handed):
    """No other token would help."""
    box.tokens, box.refusal = {}, "535 5.7.139 SmtpClientAuthentication is disabled for the Tenant."
    with pytest.raises(DeliveryError, match="Set-CASMailbox"):
        handed(box, mail=VARIABLE)


# Secrets
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["535", "454"])
def test_no_word_of_a_server_shows_a_token(box, sent, ledger, code):
    """Though the server repeats it, whole, encoded or in a piece: not in an error, nor later."""
    box.tokens, box.challenge = {}, EXPIRED
    box.refusal = f"{code} 5.7.8 no {{token}} ({{line}}) ...{{piece}}..."
    try:
        told = str(sent(box, mail=VARIABLE))
    except DeliveryError as error:
        told = f"{error} {error.__cause__!r}"
    told += str(ledger.deliveries())
    assert "no *** (***) ...***..." in told
    assert FIRST not in told
    assert "dXNlcj1" not in told
    box.tokens = {FIRST: 1}
    assert states(sent(box, mail=VARIABLE)) == ["sent"]  # by the next run


def test_no_word_of_a_server_shows_a_password(box, handed):
    """The same for what is there longer."""
    box.refusal = f"535 5.7.8 {PASSWORD} is wrong"
    with pytest.raises(DeliveryError, match=r"535 5\.7\.8 \*\*\* is wrong"):
        handed(box, mail={"password": "SMTP_PASSWORD"})


def test_what_is_no_token_is_not_shown(box, handed, monkeypatch):
    """A value of several words, such as the JSON of a token server."""
    monkeypatch.setenv("SMTP_TOKEN", '{"access_token": "first-secret-token"}')
    with pytest.raises(SettingsError, match="SMTP_TOKEN is not an access token") as caught:
        handed(box, mail=VARIABLE)
    assert "secret" not in str(caught.value)


# A command
# --------------------------------------------------------------------------------------


def test_a_command_gives_the_token(box, handed, tmp_path):
    """What it prints, without the line break."""
    assert states(handed(box, mail=printing(FIRST, folder=tmp_path))) == ["sent"]


def test_no_shell_reads_a_command():
    """Its arguments arrive as they are written."""
    argument = "$(date); x 'y' *"
    command = (sys.executable, "-c", "import sys; print(sys.argv[1].encode().hex())", argument)
    assert bytes.fromhex(Printed(command).token(MAILBOX, 5)).decode() == argument


def test_a_command_is_found_beside_the_file_that_names_it(box, handed, tmp_path, monkeypatch):
    """From whatever folder reportgen is called."""
    program = tmp_path / "token.sh"
    program.write_text(f"#!/bin/sh\necho {FIRST}\n")
    program.chmod(0o700)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setenv("REPORTGEN_CONFIG", str(tmp_path / "reportgen.toml"))
    assert states(handed(box, mail={"token_command": ["./token.sh"]})) == ["sent"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("sys.exit('the secret is hunter2')", "ended with exit code 1. Its output may hold"),
        ("print('hunter2 is', 'the secret')", "is not an access token"),
        ("print('')", "is not an access token"),
    ],
)
def test_what_a_failing_command_says_is_not_shown(box, handed, code, words):
    """It may hold a secret."""
    command = [sys.executable, "-c", f"import sys; {code}"]
    with pytest.raises(SettingsError, match=words) as caught:
        handed(box, mail={"token_command": command})
    assert "hunter2" not in str(caught.value)


def test_a_command_that_hangs_is_ended(box, handed):
    """After the time that the server has, too; the mail waits for another run."""
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    told = handed(box, mail={"token_command": command, "seconds": 0.2, "attempts": 1})
    ((state, words),) = told.values()
    assert state == "deferred"
    assert "printed no token within 0.2 seconds" in words


def test_a_command_that_is_not_there_is_named(box, handed):
    """Before anything is sent."""
    with pytest.raises(SettingsError, match="there is no program 'no-such-program'"):
        handed(box, mail={"token_command": ["no-such-program"]})


# An application at Microsoft, a service account at Google
# --------------------------------------------------------------------------------------


@pytest.fixture
def authority(box, tmp_path, monkeypatch):
    """``authority(*answers)`` is a token server that this machine trusts."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))
    return lambda *answers: TokenServer(box.authority, *answers)


def microsoft(server, tenant="contoso.example"):
    """The table of an application."""
    return (
        f'[mail.microsoft]\ntenant = "{tenant}"\nclient = "{CLIENT}"\nsecret = "M365_SECRET"\n'
        f'authority = "{server.url}"\n'
    )


@pytest.fixture
def entra(authority, monkeypatch):
    """The same as an authority of Microsoft's."""
    pytest.importorskip("msal")
    monkeypatch.setenv("M365_SECRET", "client-secret")
    return authority


def test_an_application_at_microsoft_gets_a_token_for_smtp(box, handed, entra):
    """By its client secret, for the scope of Exchange Online."""
    with entra(given(FIRST)) as server:
        assert states(handed(box, more=microsoft(server))) == ["sent"]
    (asked,) = server.asked
    assert (asked["grant_type"], asked["client_secret"]) == ("client_credentials", "client-secret")
    assert asked["scope"] == "https://outlook.office365.com/.default"


def test_what_microsoft_refuses_is_told_by_its_code(box, handed, entra):
    """Which says what is wrong; no more of its answer is shown."""
    refused = {
        "error": "invalid_client",
        "error_description": "AADSTS7000222: The secret client-secret is expired.",
    }
    with entra(refused) as server, pytest.raises(SettingsError) as caught:
        handed(box, more=microsoft(server))
    assert "gives no token: invalid_client, AADSTS7000222. Look at client" in str(caught.value)
    assert "client-secret" not in str(caught.value)


def test_a_tenant_that_is_not_there_is_named(box, handed, entra):
    """With the key to mend."""
    with entra() as server, pytest.raises(SettingsError, match="knows no tenant 'nobody'"):
        handed(box, more=microsoft(server, "nobody"))


def test_a_token_server_that_is_busy_defers_the_mail(box, handed, entra):
    """Another run sends it."""
    busy = {"error": "temporarily_unavailable"}
    with entra(busy) as server:
        told = handed(box, mail={"attempts": 1}, more=microsoft(server))
    assert states(told) == ["deferred"]
    told = handed(box, mail={"attempts": 1}, more=microsoft(server))  # it has ended
    assert "does not answer" in str(told)


@pytest.fixture(scope="module")
def pem():
    """A private key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture
def google(authority, monkeypatch, pem):
    """``google(*answers)`` is the token server of a service account whose key is set."""
    pytest.importorskip("google.auth")

    class Server(TokenServer):
        def __enter__(self):
            super().__enter__()
            key = {"client_email": "a@b.example", "private_key": pem, "token_uri": f"{self.url}/t"}
            monkeypatch.setenv("GOOGLE_KEY", json.dumps({"type": "service_account"} | key))
            return self

    return lambda *answers: _as(Server, authority(*answers))


def _as(kind, server):
    server.__class__ = kind
    return server


GOOGLE = '[mail.google]\nkey = "GOOGLE_KEY"\n'


def test_a_service_account_at_google_gets_a_token_for_the_mailbox(box, handed, google):
    """It signs that it acts for the mailbox, with the scope of mail."""
    with google(given(FIRST)) as server:
        assert states(handed(box, more=GOOGLE)) == ["sent"]
    claims = _claims(server.asked[0]["assertion"])
    assert (claims["sub"], claims["scope"]) == (MAILBOX, "https://mail.google.com/")


def _claims(assertion):
    from base64 import urlsafe_b64decode

    return json.loads(urlsafe_b64decode(assertion.split(".")[1] + "=="))


def test_a_service_account_without_delegation_is_told_what_it_lacks(box, handed, google):
    """By the client ID, in the console of an administrator."""
    refused = {"error": "unauthorized_client", "error_description": "Client is unauthorized"}
    with google(refused), pytest.raises(SettingsError, match=r"unauthorized_client.*delegation"):
        handed(box, more=GOOGLE)


def test_a_key_of_something_else_is_refused(box, handed, monkeypatch):
    """It is not shown."""
    pytest.importorskip("google.auth")
    monkeypatch.setenv("GOOGLE_KEY", '{"private_key": "hunter2"}')
    with pytest.raises(SettingsError, match="GOOGLE_KEY holds no key") as caught:
        handed(box, more=GOOGLE)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("module", "table", "package"),
    [
        ("msal", f'[mail.microsoft]\ntenant = "x"\nclient = "{CLIENT}"\nsecret = "S"\n', "msal"),
        ("google.auth.transport.requests", GOOGLE, "google-auth"),
    ],
)
def test_a_package_that_is_missing_is_named(box, handed, monkeypatch, module, table, package):
    """With the command that installs it."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SettingsError, match=f"needs the package {package}.*pip install"):
        handed(box, more=table)


# Before anything is sent
# --------------------------------------------------------------------------------------


@pytest.fixture
def seen(tmp_path, monkeypatch):
    """``seen(rows)`` is what the doctor says of mail, without a network."""

    def asked(rows):
        config(tmp_path, f'host = "mail.example.com"\n{rows}')
        monkeypatch.setenv("REPORTGEN_CONFIG", str(tmp_path / "reportgen.toml"))
        return doctor._mail(tmp_path)

    return asked


def test_the_doctor_names_how_the_desk_authenticates(seen, monkeypatch):
    """A secret may be the scheduler's alone: where it is not set, that is a note."""
    assert seen('token = "SMTP_TOKEN"') == f"mail.example.com, {MAILBOX} by token"
    monkeypatch.delenv("SMTP_TOKEN")
    assert seen('token = "SMTP_TOKEN"').endswith("by token; SMTP_TOKEN is not set here")
    assert seen(f"token_command = ['{sys.executable}']").endswith("by token_command")


def test_the_doctor_finds_what_would_fail_in_the_morning(seen, monkeypatch):
    """A program or a package that is missing, and a secret that is something else."""
    with pytest.raises(SettingsError, match="there is no program 'no-such-program'"):
        seen('token_command = ["no-such-program"]')
    monkeypatch.setenv("SMTP_TOKEN", "Bearer x")
    with pytest.raises(SettingsError, match="SMTP_TOKEN is not an access token"):
        seen('token = "SMTP_TOKEN"')
    monkeypatch.setitem(sys.modules, "msal", None)
    with pytest.raises(SettingsError, match="needs the package msal"):
        seen(f'[mail.microsoft]\ntenant = "x"\nclient = "{CLIENT}"\nsecret = "S"')


def test_a_dry_run_misses_the_token_too(brief, ledger, tmp_path, monkeypatch):
    """As it misses a password."""
    monkeypatch.delenv("SMTP_TOKEN")
    mail = config(tmp_path, 'host = "mail.example.com"\ntoken = "SMTP_TOKEN"')
    nobody = Suppression(tmp_path / "suppressed.csv")
    errand = Errand(brief=brief, readers=readers(), mail=mail, suppression=nobody)
    with pytest.raises(SettingsError, match="SMTP_TOKEN is not set"):
        list(planned(errand, ledger))


# Configuration
# --------------------------------------------------------------------------------------


def config(folder, rows):
    """What a file with the *rows* below [mail] says."""
    file = folder / "reportgen.toml"
    file.write_text(f'[mail]\nsender = "desk@example.com"\nuser = "desk@example.com"\n{rows}\n')
    return read_config(file).mail


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ('password = "A"\ntoken = "B"', "password and token authenticate both; keep one"),
        ('token = "B"\n[mail.google]\nkey = "K"', "token and google authenticate both"),
        ('token_command = ["x"]\ntoken = "B"', "token and token_command authenticate both"),
        ("", "user and password go together, or user and one of: token, token_command"),
        ('token = "eyJ0eXAi.secret"', "token is not the name of an environment variable"),
        ('token_command = "x y"', "is not a list of words, a program and its arguments"),
        ('[mail.microsoft]\ntenant = "t"\nclient = "me"\nsecret = "S"', "not the ID of an applic"),
        ('[mail.google]\nkeys = "K"', "unknown 'keys' below .mail.google.. Did you mean 'key'"),
    ],
)
def test_authentication_that_is_not_clear_is_refused(tmp_path, rows, words):
    """Two ways at once, a half of one, and a secret in place of its name."""
    with pytest.raises(SettingsError, match=words) as caught:
        config(tmp_path, f'host = "mail.example.com"\n{rows}')
    assert "eyJ0" not in str(caught.value)


def test_a_token_is_for_a_mailbox(tmp_path):
    """Its user is an address, as XOAUTH2 wants."""
    rows = 'host = "mail.example.com"\ntoken = "SMTP_TOKEN"'
    assert config(tmp_path, rows).user == MAILBOX
    file = tmp_path / "reportgen.toml"
    file.write_text(file.read_text().replace('user = "desk@example.com"', 'user = "desk"'))
    with pytest.raises(SettingsError, match="it is the address of a mailbox"):
        read_config(file)


def test_only_who_uses_a_provider_needs_its_package(box, handed, monkeypatch):
    """A token from elsewhere is sent without."""
    for module in ("msal", "google.auth.transport.requests"):
        monkeypatch.setitem(sys.modules, module, None)
    assert states(handed(box, mail=VARIABLE)) == ["sent"]
