"""OAuth2 access tokens for a mail server, and the sources that they come from.

A source is a variable or a file, a command, or the credentials of an application at Microsoft or
at Google. What it fetches is a secret: no error shows it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Protocol

from reportgen.config.resources import workspace
from reportgen.config.schema import Line, Variable, says
from reportgen.config.secrets import is_set, secret
from reportgen.core.errors import SettingsError

TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""An access token (RFC 6750, 2.1)."""
CODE = re.compile(r"AADSTS\d+")
LATER = ("temporarily_unavailable", "server_error")
"""Answers of a token server that a later attempt may change."""
GOOGLE_SCOPE = "https://mail.google.com/"
Command = Annotated[
    tuple[Line, ...],
    says("a list of words, a program and its arguments", ["./token.sh", "desk@example.com"]),
]


class NoTokenNow(Exception):
    """There is no token now; a later attempt may get one."""


class Source(Protocol):
    """What gives access tokens."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the environment variables that it reads."""

    @property
    def renewal(self) -> str:
        """How to get a token that the server accepts, as an error says it."""

    def check(self) -> None:
        """Look at what it needs, without a network; a secret that is not set is passed over.

        Raises:
            SettingsError: A program or a package is missing, or a secret is not what it should be.
        """

    def token(self, user: str, seconds: float) -> str:
        """A token for the mailbox *user*.

        Args:
            user: The address of the mailbox.
            seconds: How long fetching may take.

        Raises:
            SettingsError: There will be none until a person changes something.
            NoTokenNow: There is none at this time.
        """


@dataclass(frozen=True, slots=True)
class Named:
    """A token in the environment variable *name*, or in the file that NAME_FILE names."""

    name: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """The variable."""
        return (self.name,)

    @property
    def renewal(self) -> str:
        """Where to put another one."""
        return (
            f"Put a new one into {self.name}, or into the file that {self.name}_FILE names. A token"
            " is valid for about an hour; token_command fetches one for each run."
        )

    def check(self) -> None:
        """Whether the variable holds a token; see :class:`Source`."""
        if is_set(self.name):
            _whole(secret(self.name), self.name)

    def token(self, user: str, seconds: float) -> str:
        """The token; see :class:`Source`."""
        del user, seconds
        return _whole(secret(self.name), self.name)


@dataclass(frozen=True, slots=True)
class Printed:
    """A token that *command*, a program and its arguments, prints."""

    command: tuple[str, ...]

    @property
    def secrets(self) -> tuple[str, ...]:
        """None: the program finds its own."""
        return ()

    @property
    def renewal(self) -> str:
        """What to look at."""
        return f"'{self.command[0]}' may print an old token, or one for another mailbox."

    def check(self) -> None:
        """Whether the program is there; see :class:`Source`."""
        program, desk = self.command[0], workspace() or Path()
        found = desk / program if "/" in program else program
        if not shutil.which(found):
            raise SettingsError(
                f"token_command: there is no program '{program}'. Write its path; a relative one"
                " begins at the folder of reportgen.toml.",
                subject="token_command",
            )

    def token(self, user: str, seconds: float) -> str:
        """What the program prints; see :class:`Source`.

        It runs without a shell, in the folder of the desk. Its output is never shown.
        """
        del user
        self.check()
        name = f"token_command '{self.command[0]}'"
        try:
            done = subprocess.run(
                self.command,
                cwd=workspace(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NoTokenNow(f"{name} printed no token within {seconds:g} seconds") from None
        except OSError as error:
            raise SettingsError(f"{name} cannot be run: {error.strerror}.") from None
        if done.returncode:
            raise SettingsError(
                f"{name} ended with exit code {done.returncode}. Its output may hold secrets and is"
                " not shown; run it in a terminal.",
                subject="token_command",
            )
        return _whole(done.stdout.decode("utf-8", "replace").strip(), f"What {name} prints")


@dataclass(frozen=True, slots=True, kw_only=True)
class Microsoft:
    """The credentials of an application in Microsoft Entra. They need the package msal."""

    tenant: Annotated[
        str,
        says(
            "the ID or the domain of a tenant",
            "example.onmicrosoft.com",
            pattern=r"^[A-Za-z0-9.-]+$",
        ),
    ]
    client: Annotated[
        str,
        says(
            "the ID of an application",
            "00000000-0000-0000-0000-000000000000",
            pattern=r"^[0-9A-Fa-f-]{36}$",
        ),
    ]
    secret: Variable
    """The name of the environment variable that holds its client secret."""
    authority: Annotated[
        str,
        says(
            "an address that begins with https://, without a slash at its end",
            "https://login.microsoftonline.us",
            pattern=r"^https://[A-Za-z0-9.:-]+$",
        ),
    ] = "https://login.microsoftonline.com"
    """Where tokens are requested. A national cloud has one of its own."""
    scope: Annotated[
        str,
        says(
            "an address that ends with /.default",
            "https://outlook.office365.us/.default",
            pattern=r"^https://[A-Za-z0-9.-]+/\.default$",
        ),
    ] = "https://outlook.office365.com/.default"
    """What a token is for. A national cloud has one of its own."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The variable of the client secret."""
        return (self.secret,)

    @property
    def renewal(self) -> str:
        """What the application may lack."""
        return (
            "The application needs the permission SMTP.SendAsApp with the consent of an"
            " administrator, a service principal in Exchange Online, and that one's full access to"
            " the mailbox."
        )

    def check(self) -> None:
        """Whether msal is installed; see :class:`Source`."""
        try:
            import msal  # noqa: F401
        except ImportError:
            raise _missing("[mail.microsoft]", "msal") from None

    def token(self, user: str, seconds: float) -> str:
        """The token of the application; see :class:`Source`."""
        del user
        self.check()
        import msal

        key = secret(self.secret)
        try:
            application = msal.ConfidentialClientApplication(
                self.client,
                client_credential=key,
                authority=f"{self.authority}/{self.tenant}",
                instance_discovery=False,  # of the authority that is named, and no other
                timeout=seconds,
            )
            answer = application.acquire_token_for_client(scopes=[self.scope])
        except ValueError:
            raise SettingsError(
                f"{self.authority} knows no tenant '{self.tenant}'. Correct tenant below"
                " [mail.microsoft].",
                subject="tenant",
            ) from None
        except (OSError, RuntimeError) as error:
            raise NoTokenNow(_unreached(self.authority, error)) from None
        if "access_token" in answer:
            return _whole(answer["access_token"], "What Microsoft gives")
        raise self._refusal(answer)

    def _refusal(self, answer: Mapping[str, Any]) -> Exception:
        """What the *answer* without a token means."""
        error = str(answer.get("error"))
        code = CODE.search(str(answer.get("error_description")))
        words = f"{self.authority} gives no token: {error}{f', {code[0]}' if code else ''}"
        if error in LATER:
            return NoTokenNow(words)
        return SettingsError(
            f"{words}. Look at client and secret below [mail.microsoft]; a client secret expires.",
            subject=self.secret,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Google:
    """A service account that may act for the mailbox. It needs the package google-auth."""

    key: Variable
    """The name of the environment variable that holds its key, in JSON."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The variable of the key."""
        return (self.key,)

    @property
    def renewal(self) -> str:
        """What the account may lack."""
        return (
            "The client ID of the service account needs domain-wide delegation of the scope"
            f" {GOOGLE_SCOPE} in the Admin console."
        )

    def check(self) -> None:
        """Whether google-auth is installed; see :class:`Source`."""
        try:
            import google.auth.transport.requests  # noqa: F401
        except ImportError:
            raise _missing("[mail.google]", "google-auth[requests]") from None
        if is_set(self.key):
            self._credentials("")

    def token(self, user: str, seconds: float) -> str:
        """The token of the account, which acts for *user*; see :class:`Source`."""
        self.check()
        from google.auth import exceptions
        from google.auth.transport.requests import Request

        credentials = self._credentials(user)
        try:
            credentials.refresh(partial(Request(), timeout=seconds))
        except exceptions.RefreshError as error:
            words = f"Google gives no token for {user}: {_code(error)}"
            if error.retryable:
                raise NoTokenNow(words) from None
            raise SettingsError(f"{words}. {self.renewal}", subject=self.key) from None
        except (exceptions.GoogleAuthError, OSError) as error:
            raise NoTokenNow(_unreached("Google's token server", error)) from None
        return _whole(credentials.token or "", "What Google gives")

    def _credentials(self, user: str) -> Any:
        """The credentials with which the account acts for *user*."""
        from google.auth import exceptions
        from google.oauth2 import service_account

        try:
            return service_account.Credentials.from_service_account_info(
                json.loads(secret(self.key)),
                scopes=[GOOGLE_SCOPE],
                subject=user,
            )
        except (ValueError, TypeError, AttributeError, exceptions.GoogleAuthError):
            raise SettingsError(
                f"{self.key} holds no key of a service account; it is the JSON file that the"
                " Google Cloud console gives.",
                subject=self.key,
            ) from None


def _whole(text: str, name: str) -> str:
    """The token *text*, which *name* gives.

    Raises:
        SettingsError: It is none. The text itself is not shown.
    """
    if not TOKEN.fullmatch(text):
        raise SettingsError(
            f"{name} is not an access token: one word of letters, digits and -._~+/ was expected.",
            subject=name,
        )
    return text


def _missing(table: str, package: str) -> SettingsError:
    return SettingsError(
        f"{table} needs the package {package}: pip install '{package}'.",
        subject=package,
    )


def _unreached(server: str, error: Exception) -> str:
    return f"{server} does not answer ({type(error).__name__})"


def _code(error: Exception) -> str:
    """The code of a refusal, without what follows it."""
    return str(error.args[0] if error.args else "").partition(":")[0][:80] or "no reason is given"
