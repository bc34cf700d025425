"""Authentication at a mail server, with a password or an OAuth2 access token.

Both are secrets: what a server answers is shown without them.
"""

from __future__ import annotations

import json
import re
import smtplib
from base64 import b64decode, b64encode
from typing import Any

from reportgen.config.secrets import secret
from reportgen.publish.config import Mail
from reportgen.publish.mail.tokens import Source

CHALLENGE = 334
TAKEN = (235, 503)
"""Authenticated, now or before."""
PIECE = re.compile(r"[A-Za-z0-9_~+/-]{8,}")
"""What may be a piece of a secret in the words of a server."""
HOW = "'Send a brief' in the documentation has a section for Microsoft 365 and one for Gmail."
NO_SMTP = (
    r"SmtpClientAuthentication is disabled",
    (
        "Authenticated SMTP is off for this mailbox or its tenant. An administrator turns it on:"
        " Set-CASMailbox -Identity {user} -SmtpClientAuthenticationDisabled $false."
    ),
)
"""What Microsoft answers to a password and to a token alike, by a pattern, and what to do."""
NO_PASSWORD = (
    (
        r"\b5\.7\.(139|30)\b",
        (
            "Microsoft 365 accepts no password here: basic authentication is disabled. Write"
            f" [mail.microsoft], token_command or token instead of password. {HOW}"
        ),
    ),
    (
        r"\b5\.7\.9\b",
        (
            "Gmail does not accept the password of the account. Write [mail.google], token_command"
            f" or token instead of password, or use an app password. {HOW}"
        ),
    ),
    (
        r"\b5\.7\.8\b.*google",
        (
            "The user or the password is wrong; Gmail accepts an app password, and not that of the"
            f" account. Or write [mail.google], token_command or token instead. {HOW}"
        ),
    ),
)
"""The same for what is answered to a password alone."""


class SignIn:
    """How connections to the server of *mail* authenticate.

    It keeps a token for all connections of a run. Once the server refuses that, it has expired, and
    another one is fetched.
    """

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._held = ""

    def __call__(self, smtp: smtplib.SMTP) -> None:
        """Authenticate the connection *smtp*; nothing happens where no user is set.

        Raises:
            smtplib.SMTPAuthenticationError: The server refuses.
            smtplib.SMTPNotSupportedError: It offers no suitable mechanism.
            NoTokenNow: There is no token at this time.
            SettingsError: The password or the source of tokens is not as it should be.
        """
        mail = self._mail
        if source := mail.token_source:
            self._by_token(smtp, source)
        elif mail.user:
            password = secret(mail.password)
            try:
                smtp.login(mail.user, password)
            except smtplib.SMTPAuthenticationError as error:
                plain = b64encode(f"\0{mail.user}\0{password}".encode()).decode()
                raise _hidden(error, password, plain) from None

    def _by_token(self, smtp: smtplib.SMTP, source: Source) -> None:
        held, self._held = self._held, ""
        if held:
            try:
                xoauth2(smtp, self._mail.user, held)
            except smtplib.SMTPAuthenticationError:
                held = ""
        if not held:
            held = source.token(self._mail.user, self._mail.seconds)
            xoauth2(smtp, self._mail.user, held)
        self._held = held


def xoauth2(smtp: smtplib.SMTP, user: str, token: str) -> None:
    """Authenticate *smtp* as *user* with an access *token*, by the mechanism XOAUTH2.

    A server explains a refusal in a challenge of JSON. The client answers with an empty line, and
    the refusal follows.

    Raises:
        smtplib.SMTPAuthenticationError: The server refuses the token.
        smtplib.SMTPNotSupportedError: It does not offer the mechanism.
    """
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    if "XOAUTH2" not in offered:
        raise smtplib.SMTPNotSupportedError(
            f"it takes no token: it does not offer XOAUTH2 (but {', '.join(offered) or 'nothing'})"
        )
    first = b64encode(f"user={user}\x01auth=Bearer {token}\x01\x01".encode()).decode()
    code, words = smtp.docmd("AUTH", f"XOAUTH2 {first}")
    status = ""
    if code == CHALLENGE:
        status = _status(words)
        code, words = smtp.docmd("")
    if code not in TAKEN:
        raise _hidden(smtplib.SMTPAuthenticationError(code, words + status.encode()), token, first)


def advice(error: Exception, mail: Mail) -> str:
    """What to do about *error*, with which the server of *mail* cannot be used."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        words = f"{error.smtp_code} {error.smtp_error!r}"
        source = mail.token_source
        known = (NO_SMTP,) if source else (NO_SMTP, *NO_PASSWORD)
        for pattern, hint in known:
            if re.search(pattern, words):
                return hint.format(user=mail.user)
        if source:
            return (
                f"The server refuses the token of {mail.user}: it has expired, or it is not for"
                f" this mailbox. {source.renewal}"
            )
    return "Correct [mail] in reportgen.toml."


def _status(challenge: bytes) -> str:
    """The status in a challenge, such as " (status 401)"; "" where there is none."""
    try:
        told: Any = json.loads(b64decode(challenge))
        status = str(told["status"])
    except (ValueError, KeyError, TypeError):
        return ""
    return f" (status {status})" if re.fullmatch(r"[A-Za-z0-9_]{1,20}", status) else ""


def _hidden(
    error: smtplib.SMTPAuthenticationError,
    *secrets: str,
) -> smtplib.SMTPAuthenticationError:
    """*error* without the *secrets* in its words, and without pieces of them."""
    told = error.smtp_error
    words = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
    for value in secrets:
        words = words.replace(value, "***")
    words = PIECE.sub(
        lambda piece: "***" if any(piece[0] in value for value in secrets) else piece[0],
        words,
    )
    return smtplib.SMTPAuthenticationError(error.smtp_code, words.encode())
