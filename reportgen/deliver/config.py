"""What a desk sets once for all its briefs, in ``reportgen.toml``: whose name is on its mail, which server takes it, who is told of failures."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from reportgen import headers
from reportgen.errors import SettingsError, did_you_mean
from reportgen.resources import CONFIG as FILE
from reportgen.resources import config_file
from reportgen.sealing import Sealing

REFERENCE = re.compile(r"[A-Z_][A-Z0-9_]*")
"""A name of an environment variable: no password looks like one, and none is written into the file."""
LOCAL = ("localhost", "127.0.0.1", "::1")
ADDRESS = re.compile(r"[!-~]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+")
HOST = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}))*|[0-9a-fA-F:]+"
)
LIST_ID = re.compile(r"[^<>]*<[A-Za-z0-9.-]+>")
UNSUBSCRIBE = re.compile(r"https://[^\s<>]{1,122}")
URL = re.compile(r"https?://[^\s<>\"']+/")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def outbox_path() -> Path:
    """Where the ledger of deliveries is: REPORTGEN_OUTBOX, or the user's data folder."""
    if place := os.environ.get("REPORTGEN_OUTBOX"):
        return Path(place)
    from platformdirs import user_data_path

    return user_data_path("reportgen") / "outbox.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dkim:
    """The signature of the sender's domain: ``key`` names the variable that holds the private key, or NAME_FILE its file."""

    domain: str
    selector: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The server that takes the mail, and what each message says of its sender."""

    host: str
    sender: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    """The name of the environment variable that holds it."""
    ca: str = ""
    """A file of certificates to trust instead of the system's."""
    seconds: float = 30.0
    """How long the server may take for an answer."""
    attempts: int = 4
    patience: float = 1.0
    """Seconds before the second attempt; twice as long before each further one."""
    reply_to: str = ""
    list_id: str = ""
    unsubscribe: str = ""
    """An https address at which one click, a POST, ends a subscription; {address} stands for the reader's."""
    together: bool = False
    """One message to all of a list, instead of one to each reader."""
    attach_pdf: bool = False
    degraded: Literal["send", "hold"] = "send"
    """What becomes of a brief that names gaps."""
    approval: bool = False
    """Whether a person has to approve each brief."""
    dkim: Dkim | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What an archive says of itself."""

    title: str = "Market recaps"
    url: str = ""
    """Where it will be read, for the feed, the sitemap and the links of mails; it ends with a slash."""
    author: str = ""
    approval: bool = False
    """Whether only briefs are shown that a person has approved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the file says."""

    mail: Mail | None = None
    site: Site = field(default_factory=Site)
    doors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The tables below [doors], by name: other ways out than the mail."""
    sealing: Sealing = field(default_factory=Sealing)
    """How briefs are sealed, and what a seal has to show before a brief leaves."""
    alerts: tuple[str, ...] = ()
    """Addresses that are told of failures."""
    outbox: Path = field(default_factory=outbox_path)
    heartbeat_file: str = ""
    heartbeat_url: str = ""
    """Where a run that went well leaves its sign of life."""

    @property
    def page_url(self) -> str | None:
        """Where pages will be read, if the site says where it is; {report} and {label} stand for the brief's."""
        return f"{self.site.url}briefs/{{report}}/{{label}}/index.html" if self.site.url else None

    def mailer(self) -> Mail:
        """How mail is sent; SettingsError where the file does not say."""
        if self.mail is None:
            raise SettingsError(
                f"No mail server is set; write host and sender below [mail] in {FILE}.",
                subject=FILE,
            )
        return self.mail


def read_config(path: Path | None = None) -> Config:
    """What the file at *path* says, by default REPORTGEN_CONFIG or ``reportgen.toml`` here; SettingsError names a line that is off."""
    found = path or config_file()
    if found is None:
        return Config()
    try:
        data = tomllib.loads(found.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{found}: it cannot be read: {error}", subject=found) from error
    for name in data:
        if name not in (*READ, *NAMED):
            raise SettingsError(
                f"{found}: unknown '{name}'.{did_you_mean(name, (*READ, *NAMED))}", subject=name
            )
        if name in NAMED and not (isinstance(data[name], str) and data[name]):
            raise SettingsError(
                f"{found}: {name} = {data[name]!r}; it is the name of a file.", subject=name
            )
    told: dict[str, Any] = {}
    for name, read in READ.items():
        if name in data:
            told |= read(data[name], found)
    return Config(
        outbox=found.parent / data["outbox"] if "outbox" in data else outbox_path(), **told
    )


def _site(row: Any, path: Path) -> dict[str, Any]:
    site = Site(**_typed(row, Site, path, "site"))
    if site.url and not URL.fullmatch(site.url):
        raise SettingsError(
            f"{path}: url = {site.url!r}; it begins with http:// or https://, and ends with a slash.",
            subject="url",
        )
    return {"site": site}


def _doors(row: Any, path: Path) -> dict[str, Any]:
    if not isinstance(row, dict) or not all(isinstance(table, dict) for table in row.values()):
        raise SettingsError(
            f'{path}: write a table for each door: [doors.desk-chat], and below it kind = "slack".',
            subject="doors",
        )
    for table in row.values():  # as the other files of the desk, a shelf lies beside this one
        if (
            table.get("kind") == "folder"
            and isinstance(table.get("to"), str)
            and "://" not in table["to"]
        ):
            table["to"] = str(path.parent / table["to"])
    return {"doors": row}


def _seal(row: Any, path: Path) -> dict[str, Any]:
    sealing = Sealing(**_typed(row, Sealing, path, "seal"))
    for name in ("key", "public"):
        if (value := getattr(sealing, name)) and not REFERENCE.fullmatch(value):
            raise SettingsError(
                f'{path}: {name} is the name of an environment variable, such as "SEAL_KEY", not the key itself.',
                subject=name,
            )
    if sealing.required and not sealing.public:
        raise SettingsError(
            f'{path}: required = true needs public = "...", the variable that holds the public key.',
            subject="seal",
        )
    return {"sealing": sealing}


def _alerts(row: Any, path: Path) -> dict[str, Any]:
    listed = row.get("to", []) if isinstance(row, dict) else None
    if (
        listed is None
        or set(row) - {"to"}
        or not _texts(listed)
        or not all(map(ADDRESS.fullmatch, listed))
    ):
        raise SettingsError(
            f'{path}: write to = ["desk@example.com"] below [alerts].', subject="alerts"
        )
    return {"alerts": tuple(listed)}


def _heartbeat(row: Any, path: Path) -> dict[str, Any]:
    if not isinstance(row, dict) or set(row) - {"file", "url"} or not _texts(list(row.values())):
        raise SettingsError(
            f'{path}: write file = "alive.json" or url = "https://..." below [heartbeat].',
            subject="heartbeat",
        )
    return {
        "heartbeat_file": str(path.parent / row["file"]) if "file" in row else "",
        "heartbeat_url": row.get("url", ""),
    }


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _mail(row: Any, path: Path) -> dict[str, Any]:  # noqa: C901 - a rule after the other
    row = dict(row) if isinstance(row, dict) else {}
    signed = row.pop("dkim", None)
    values = _typed(row, Mail, path, "mail")
    mail = Mail(**values, dkim=Dkim(**_typed(signed, Dkim, path, "mail.dkim")) if signed else None)
    if mail.security not in ("starttls", "tls", "none"):
        raise SettingsError(
            f"{path}: security is '{mail.security}'; choose starttls, tls or none.",
            subject="security",
        )
    if mail.security == "none" and mail.host not in LOCAL:
        raise SettingsError(
            f"{path}: security = \"none\" is for a server on this machine; '{mail.host}' takes starttls or tls.",
            subject="security",
        )
    if mail.degraded not in ("send", "hold"):
        raise SettingsError(
            f"{path}: degraded is '{mail.degraded}'; choose send or hold.", subject="degraded"
        )
    if bool(mail.user) != bool(mail.password):
        raise SettingsError(f"{path}: user and password go together.", subject="user")
    for name in ("sender", "reply_to", "list_id", "unsubscribe"):
        _refuse_hidden(getattr(mail, name), name, path)
    for name, value in (("password", mail.password), ("key", mail.dkim.key if mail.dkim else "")):
        if value and not REFERENCE.fullmatch(value):
            raise SettingsError(
                f'{path}: {name} is the name of an environment variable, such as "SMTP_PASSWORD", not the secret itself.',
                subject=name,
            )
    if mail.unsubscribe and not UNSUBSCRIBE.fullmatch(mail.unsubscribe):
        raise SettingsError(
            f"{path}: unsubscribe is an address of at most 130 letters that begins with https://, without blanks.",
            subject="unsubscribe",
        )
    for name, fits, wanted in (
        (
            "attempts",
            isinstance(mail.attempts, int) and 1 <= mail.attempts <= 20,
            "a whole number from 1 to 20",
        ),
        (
            "port",
            isinstance(mail.port, int) and 1 <= mail.port <= 65535,
            "a whole number from 1 to 65535",
        ),
        ("seconds", 0 < mail.seconds <= 600, "more than 0 and at most 600"),
        ("patience", 0 <= mail.patience <= 600, "from 0 to 600"),
        ("ca", not mail.ca or Path(mail.ca).is_file(), "a file of certificates"),
        (
            "sender",
            _one_address(mail.sender),
            "an address, or a name with one: Desk <desk@example.com>",
        ),
        (
            "reply_to",
            not mail.reply_to or _one_address(mail.reply_to),
            "an address, or a name with one: Desk <desk@example.com>",
        ),
        (
            "list_id",
            not mail.list_id or bool(LIST_ID.fullmatch(mail.list_id)),
            "a name in angle brackets, such as <recaps.example.com>",
        ),
        ("host", bool(HOST.fullmatch(mail.host)), "the name of a server"),
    ):
        if not fits:
            raise SettingsError(
                f"{path}: {name} = {getattr(mail, name)!r}; it is {wanted}.", subject=name
            )
    return {"mail": mail}


def _one_address(value: str) -> bool:
    """Whether the header *value* is exactly one address, with a name or without."""
    try:
        return bool(ADDRESS.fullmatch(headers.only_address(value)))
    except ValueError:
        return False


def _refuse_hidden(value: str, name: str, path: Path) -> None:
    """SettingsError where the header *value* reads otherwise than it is written, or hides a line break."""
    try:
        same = headers.line(value) == value
        reason = "it holds an encoded word"
    except ValueError as error:
        same, reason = False, str(error)
    if not same:
        raise SettingsError(
            f"{path}: {name} = {value[:60]!r}: {reason}; write it as it reads.", subject=name
        )


def _typed(row: Any, cls: type[Any], path: Path, table: str) -> dict[str, Any]:
    """The values of *row* for the fields of *cls*; SettingsError where a name is unknown or missing, or a value of another type."""
    if not isinstance(row, Mapping):
        raise SettingsError(
            f"{path}: '{table}' is a table: write [{table}] on a line of its own.", subject=table
        )
    known = {f.name: f for f in fields(cls)}
    for name, value in row.items():
        if name not in known or name == "dkim":
            raise SettingsError(
                f"{path}: unknown '{name}' below [{table}].{did_you_mean(name, known)}",
                subject=name,
            )
        usual = known[name].default
        wanted: tuple[type, ...] = (
            (bool,)
            if isinstance(usual, bool)
            else (int, float)
            if isinstance(usual, (int, float))
            else (str,)
        )
        off = not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted)
        if off or (isinstance(value, str) and CONTROL.search(value)):
            raise SettingsError(
                f"{path}: {name} = {value!r} is not {'true or false' if bool in wanted else 'a number' if int in wanted else 'a line of text'}.",
                subject=name,
            )
    required = [
        name for name, f in known.items() if f.default is f.default_factory and name not in row
    ]
    if required:
        raise SettingsError(
            f"{path}: '{required[0]}' is missing below [{table}].", subject=required[0]
        )
    return dict(row)


NAMED = ("outbox", "store")
"""Lines at the top that name a file beside this one; of the store the data know for themselves."""
READ: Mapping[str, Callable[[Any, Path], dict[str, Any]]] = {
    "mail": _mail, "seal": _seal, "site": _site, "doors": _doors, "alerts": _alerts, "heartbeat": _heartbeat,
}  # fmt: skip
"""What reads each table of the file."""
