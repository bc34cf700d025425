"""What a desk sets once for all its briefs, in ``reportgen.toml``.

Whose name is on its mail, which server takes it, who is told of failures.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from reportgen.config.resources import CONFIG as FILE
from reportgen.config.resources import Defaults, Places, config_file
from reportgen.config.schema import File, Line, Variable, read_toml, says
from reportgen.config.sealing import Sealing
from reportgen.config.settings import Settings
from reportgen.core import headers
from reportgen.core.errors import SettingsError
from reportgen.publish.mail.tokens import Command, Google, Microsoft, Named, Printed, Source
from reportgen.publish.suppression import Suppression

SUPPRESSED = "suppressed.csv"
LOCAL = ("localhost", "127.0.0.1", "::1")
ADDRESS = re.compile(r"[!-~]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+")
HOST = (
    r"^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}))*$"
    r"|^[0-9a-fA-F:]+$"
)
LIST_ID = r"^([^<>\x00-\x1f\x7f]*<[A-Za-z0-9.-]+>)?$"
UNSUBSCRIBE = r"^(https://[^\s<>\x00-\x1f\x7f]{1,122})?$"
CREDENTIALS = ("password", "token", "token_command", "microsoft", "google")
"""The keys of [mail] that authenticate its user."""
URL = r"^(https?://[^\s<>\"'\x00-\x1f\x7f]+/)?$"
PLAIN_ADDRESS = f"^{ADDRESS.pattern}$"


def outbox_path() -> Path:
    """The path of the delivery ledger: REPORTGEN_OUTBOX, or the user's data folder."""
    if place := os.environ.get("REPORTGEN_OUTBOX"):
        return Path(place)
    from platformdirs import user_data_path

    return user_data_path("reportgen") / "outbox.sqlite"


def _address(value: str) -> bool:
    """Whether the header *value* is exactly one address, with a name or without."""
    try:
        return bool(ADDRESS.fullmatch(headers.only_address(value)))
    except ValueError:
        return False


Sender = Annotated[
    Line,
    says(
        "an address, or a name with one",
        "Desk <desk@example.com>",
        max_length=500,
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dkim:
    """The signature of the sender's domain.

    ``key`` names the variable that holds the private key; NAME_FILE
    names a file that holds it.
    """

    domain: Line
    selector: Line
    key: Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The mail server, and the sender of each message."""

    host: Annotated[str, says("the name of a server", "smtp.example.com", pattern=HOST)]
    sender: Sender
    port: Annotated[int, says("a whole number from 1 to 65535", 587, ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: Line = ""
    password: Variable = ""
    """The name of the environment variable that holds it."""
    token: Variable = ""
    """The name of the environment variable that holds an OAuth2 access token, instead of a
    password.
    """
    token_command: Command = ()
    """A program that prints such a token. It runs without a shell, for as long as ``seconds``."""
    microsoft: Microsoft | None = None
    google: Google | None = None
    ca: Annotated[Line, says("a file of certificates", "/etc/ssl/private-ca.pem")] = ""
    """A file of certificates to trust instead of the system's."""
    seconds: Annotated[float, says("more than 0 and at most 600", 30, gt=0, le=600)] = 30.0
    """How long the server may take for an answer."""
    letter_seconds: Annotated[float, says("more than 0 and at most 3600", 120, gt=0, le=3600)] = (
        120.0
    )
    """How long one letter, to up to a hundred recipients, may take in all its attempts.

    The waits between them do not count.
    """
    attempts: Annotated[int, says("a whole number from 1 to 20", 4, ge=1, le=20)] = 4
    patience: Annotated[float, says("from 0 to 600", 1, ge=0, le=600)] = 1.0
    """Seconds before the second attempt; twice as long before each further one."""
    reply_to: Line = ""
    list_id: Annotated[
        str,
        says("a name in angle brackets", "<recaps.example.com>", pattern=LIST_ID),
    ] = ""
    unsubscribe: Annotated[
        str,
        says(
            "an address of at most 130 letters that begins with https://, without blanks",
            "https://example.com/stop?reader={address}",
            pattern=UNSUBSCRIBE,
        ),
    ] = ""
    """An https address at which one click, a POST, ends a subscription.

    {address} is replaced by the recipient's. A reader who follows the link sees its page.
    """
    unsubscribe_mail: Annotated[
        str,
        says("an address", "leave@example.com", pattern=f"^({ADDRESS.pattern})?$"),
    ] = ""
    """An address to which a mail ends a subscription; its subject names the recipient."""
    together: bool = False
    """One message to all recipients, instead of one to each."""
    attach_pdf: bool = False
    degraded: Literal["send", "hold"] = "send"
    """What happens to a brief with gaps."""
    approval: bool = False
    """Whether a person has to approve each brief."""
    dkim: Dkim | None = None

    @property
    def leavable(self) -> bool:
        """Whether a letter says how to leave the list."""
        return bool(self.unsubscribe or self.unsubscribe_mail)

    def __post_init__(self) -> None:
        """Refuse what no server takes, and headers that hide something."""
        if self.security == "none" and self.host not in LOCAL:
            raise ValueError(
                f"security = \"none\" is for a server on this machine; '{self.host}' takes "
                "starttls or tls."
            )
        self._refuse_credentials()
        for name in ("sender", "reply_to", "list_id", "unsubscribe"):
            _refuse_hidden(getattr(self, name), name)
        for name in ("sender", "reply_to"):
            value = getattr(self, name)
            if value and not _address(value):
                raise ValueError(
                    f"{name} = {value!r}; it is an address, or a name with one: "
                    "Desk <desk@example.com>."
                )
        if self.ca and not Path(self.ca).is_file():
            raise ValueError(f"ca = {self.ca!r}; it is a file of certificates.")

    def _refuse_credentials(self) -> None:
        """Refuse two ways to authenticate, and a half of one."""
        given = [name for name in CREDENTIALS if getattr(self, name)]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} authenticate both; keep one of them.")
        if bool(self.user) != bool(given):
            others = "" if given else f", or user and one of: {', '.join(CREDENTIALS[1:])}"
            raise ValueError(f"user and {(given or CREDENTIALS)[0]} go together{others}.")
        if self.token_source and not ADDRESS.fullmatch(self.user):
            raise ValueError(
                f"user = {self.user!r}; with a token it is the address of a mailbox:"
                " desk@example.com."
            )

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the variables that authentication reads."""
        if source := self.token_source:
            return source.secrets
        return (self.password,) if self.password else ()

    @property
    def token_source(self) -> Source | None:
        """What gives access tokens; None where a password is used, or nothing."""
        if self.token:
            return Named(self.token)
        if self.token_command:
            return Printed(self.token_command)
        return self.microsoft or self.google


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The title and the address of an archive."""

    title: Line = "Market recaps"
    url: Annotated[
        str,
        says(
            "an address that begins with http:// or https://, and ends with a slash",
            "https://recaps.example.com/",
            pattern=URL,
        ),
    ] = ""
    """Its public address, for the feed, the sitemap and the links of mails.

    It ends with a slash.
    """
    author: Line = ""
    approval: bool = False
    """Whether to show only briefs that a person has approved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """The addresses that receive alerts about failures."""

    to: Annotated[
        tuple[Annotated[str, says("an address", "desk@example.com", pattern=PLAIN_ADDRESS)], ...],
        says("a list of addresses", ["desk@example.com"]),
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """What a successful run writes or calls."""

    file: Annotated[Line, says("the name of a file", "alive.json")] = ""
    url: Annotated[Line, says("an address", "https://example.com/alive")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Where the ledger of deliveries is kept, beside the file on this machine."""

    keep: Annotated[
        str,
        says("git:BRANCH or s3://BUCKET/KEY", "git:ledger", pattern=r"^([a-z0-9]+:\S+)?$"),
    ] = ""
    """A branch of the desk's repository, or a place in S3.

    Without it, what REPORTGEN_LEDGER says; without that, this machine alone.
    """
    batch: Annotated[int, says("a whole number from 1 to 1000", 50, ge=1, le=1000)] = 50
    """How many readers one push covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFile(Places):
    """A reportgen.toml."""

    defaults: Defaults = field(default_factory=Defaults)
    suppressed: File | None = None
    """The list of those who get no mail; by default suppressed.csv, which need not exist."""
    mail: Mail | None = None
    site: Site = field(default_factory=Site)
    doors: Annotated[
        Mapping[str, Mapping[str, Any]],
        says(
            "a table for each channel, such as [doors.desk-chat]",
            {"desk-chat": {"kind": "slack"}},
        ),
    ] = field(default_factory=dict)
    seal: Sealing = field(default_factory=Sealing)
    ledger: Keeping = field(default_factory=Keeping)
    alerts: Alerts = field(default_factory=Alerts)
    heartbeat: Heartbeat = field(default_factory=Heartbeat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the file says."""

    mail: Mail | None = None
    site: Site = field(default_factory=Site)
    doors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The channels: the tables below [doors], by name."""
    sealing: Sealing = field(default_factory=Sealing)
    """How briefs are sealed, and what a seal has to show before a brief leaves."""
    alerts: tuple[str, ...] = ()
    """Addresses that are told of failures."""
    outbox: Path = field(default_factory=outbox_path)
    ledger: Keeping = field(default_factory=Keeping)
    desk: Path = field(default_factory=Path.cwd)
    """The folder of the desk."""
    suppression: Suppression = field(
        default_factory=lambda: Suppression(outbox_path().with_name(SUPPRESSED))
    )
    """Who gets no mail."""
    heartbeat_file: str = ""
    heartbeat_url: str = ""
    """What a successful run writes or calls."""

    @property
    def page_url(self) -> str | None:
        """Where pages will be read, if the site says where it is.

        {report} and {label} stand for the brief's.
        """
        return f"{self.site.url}briefs/{{report}}/{{label}}/index.html" if self.site.url else None

    def settings(self, **given: Any) -> Settings:
        """The settings of a run: those *given*, and what this file says."""
        return Settings(page_url=self.page_url, sealing=self.sealing, **given)

    def mailer(self) -> Mail:
        """How mail is sent.

        Raises:
            SettingsError: The file does not say.
        """
        if self.mail is None:
            raise SettingsError(
                f"No mail server is set; write host and sender below [mail] in {FILE}.",
                subject=FILE,
            )
        return self.mail


def read_config(path: Path | None = None) -> Config:
    """What the file at *path* says.

    By default the file is REPORTGEN_CONFIG or ``reportgen.toml`` here

    Raises:
        SettingsError: It names a line that is off.
    """
    found = path or config_file()
    if found is None:
        return Config()
    told = read_toml(found, ConfigFile)
    return Config(
        mail=told.mail,
        site=told.site,
        doors={name: _door(table, found.parent) for name, table in told.doors.items()},
        sealing=told.seal,
        alerts=told.alerts.to,
        outbox=found.parent / told.outbox if told.outbox else outbox_path(),
        ledger=told.ledger,
        desk=found.parent,
        suppression=Suppression(
            found.parent / (told.suppressed or SUPPRESSED), required=bool(told.suppressed)
        ),
        heartbeat_file=str(found.parent / told.heartbeat.file) if told.heartbeat.file else "",
        heartbeat_url=told.heartbeat.url,
    )


def _door(table: Mapping[str, Any], desk: Path) -> dict[str, Any]:
    """The table of a channel. A folder in it is relative to the desk's file."""
    to = table.get("to")
    if table.get("kind") == "folder" and isinstance(to, str) and "://" not in to:
        return {**table, "to": str(desk / to)}
    return dict(table)


def _refuse_hidden(value: str, name: str) -> None:
    """Raise ValueError where a header decodes differently or contains a line end."""
    try:
        same = headers.line(value) == value
        reason = "it holds an encoded word"
    except ValueError as error:
        same, reason = False, str(error)
    if not same:
        raise ValueError(f"{name} = {value[:60]!r}: {reason}; write it as it reads.")
