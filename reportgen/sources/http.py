"""The one way out to the network.

Limits, retries, time-outs, and no secret in anything that is kept or said.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from reportgen.config.secrets import secret
from reportgen.core.errors import ProviderError
from reportgen.sources.providers.contract import (
    Answer,
    Call,
    Limit,
    Provider,
    Reply,
)

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState

AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that another try may better."""
BROKEN_AFTER = 3
"""Calls that fail in a row before the run leaves a provider alone."""
LONGEST_WAIT = 60.0
"""The most seconds that a run waits for a provider."""
LARGEST = 64 << 20
HELD = 4 << 20
"""Bytes of answers that a run holds in memory, in case another series needs the same one."""
NOT_MODIFIED = 304
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0 Safari/537.36"
)
"""Some providers answer browsers alone."""


class Failed(Exception):
    """A call brought no answer; the circuit counts it."""


class Again(Failed):
    """A call failed in a way that another try may better.

    *wait* is how many seconds the provider asked for.
    """

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


class Earlier(Protocol):
    """An answer of an earlier run, which may still hold."""

    @property
    def validator(self) -> str:
        """By which the server tells whether it has changed since."""

    def reply(self) -> Reply | None:
        """The answer; None where it cannot be read any more."""


@dataclass
class Bucket:
    """Lets a burst through at once, and then a few a second.

    Safe among threads.
    """

    limit: Limit
    left: float = field(init=False)
    at: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.left = float(self.limit.burst)

    def take(self) -> None:
        """Wait until one more may pass."""
        with self.lock:
            here = time.monotonic()
            earned = (here - self.at) * self.limit.per_second
            self.left = min(self.limit.burst, self.left + earned) - 1
            self.at = here
            wait = -self.left / self.limit.per_second
        if wait > 0:
            time.sleep(wait)


class Spool:
    """The answers of a run by URL: the newest in memory, the others in a file until the end.

    Safe among threads.
    """

    def __init__(self, most: int = HELD) -> None:
        self.most = most
        """The bytes of answers in memory."""
        self._held = dict[str, Reply]()
        self._moved = dict[str, tuple[Reply, int, int]]()
        self._size = 0
        self._file: BinaryIO | None = None
        self._lock = threading.Lock()

    def add(self, url: str, reply: Reply) -> None:
        """Keep *reply* as the answer to *url*."""
        with self._lock:
            self._held[url] = reply
            self._size += len(reply.body)
            while self._size > self.most and len(self._held) > 1:
                oldest = next(iter(self._held))
                moved = self._held.pop(oldest)
                self._size -= len(moved.body)
                with suppress(OSError):  # without room on the disk it is asked for again
                    self._move(oldest, moved)

    def _move(self, url: str, reply: Reply) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the run
        start = self._file.seek(0, os.SEEK_END)
        self._file.write(reply.body)
        self._moved[url] = replace(reply, body=b""), start, len(reply.body)

    def get(self, url: str) -> Reply | None:
        """The answer to *url*, or None."""
        with self._lock:
            if url in self._held:
                return self._held[url]
            if url not in self._moved or self._file is None:
                return None
            reply, start, length = self._moved[url]
            self._file.seek(start)
            return replace(reply, body=self._file.read(length))

    def close(self) -> None:
        """Forget all answers."""
        with self._lock:
            self._held.clear()
            self._moved.clear()
            if self._file is not None:
                self._file.close()
                self._file = None


class Web:
    """Fetches what providers call for.

    *clock* says when an answer came; *patience* scales the waits between tries.
    """

    def __init__(
        self,
        clock: Callable[[], dt.datetime],
        *,
        attempts: int = 3,
        patience: float = 1.0,
        seconds: float = 20.0,
    ) -> None:
        self.clock, self.attempts = clock, attempts
        self.patience, self.seconds = patience, seconds
        self.known: Mapping[str, Earlier] = {}
        """Earlier answers by URL: a server that says that one still holds need
        not send it again.
        """
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None
        self._buckets: dict[str, Bucket] = {}
        self._failures = Counter[str]()
        self._got = Spool()
        self._turns: dict[str, threading.Lock] = {}
        self._lost = set[str]()

    def get(self, provider: Provider, call: Call) -> Reply:
        """The answer to *call*.

        Equal calls of a run are made once.

        Raises:
            ProviderError: It says in one line what is wrong with it.
        """
        address = addressed(provider, call)
        with self._lock:
            turn = self._turns.setdefault(address.url, threading.Lock())
        with turn:
            reply = self._got.get(address.url)
            if reply is None:
                reply = self._asked(provider, address)
                self._got.add(address.url, reply)
        if reply.status >= 300:
            raise ProviderError(
                f"{provider.title}: {_said(reply)} ({address.shown})",
                subject=provider.name,
            )
        return reply

    def _asked(self, provider: Provider, address: Address) -> Reply:
        with self._lock:
            bucket = self._buckets.setdefault(
                provider.name,
                Bucket(provider.limit),
            )
            broken = self._failures[provider.name] >= BROKEN_AFTER
        if broken:
            raise ProviderError(
                f"{provider.title} is left alone for this run, after"
                f" {BROKEN_AFTER} failures in a row",
                subject=provider.name,
            )
        try:
            reply = self._tried(provider, address, bucket)
        except Failed as error:
            with self._lock:
                self._failures[provider.name] += 1
            raise ProviderError(
                f"{provider.title}: {error} ({address.shown})",
                subject=provider.name,
            ) from None
        with self._lock:
            self._failures[provider.name] = 0
        return reply

    def _tried(
        self,
        provider: Provider,
        address: Address,
        bucket: Bucket,
    ) -> Reply:
        from tenacity import (
            Retrying,
            retry_if_exception_type,
            stop_after_attempt,
        )

        for attempt in Retrying(
            stop=stop_after_attempt(self.attempts),
            retry=retry_if_exception_type(Again),
            wait=self._wait,
            reraise=True,
        ):
            with attempt:
                bucket.take()
                return self._once(provider, address)
        raise AssertionError  # Retrying either returns or raises

    def _wait(self, state: RetryCallState) -> float:
        from tenacity import wait_exponential_jitter

        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, Again) else 0.0
        patient = wait_exponential_jitter(initial=1, max=8, jitter=1)
        return max(asked, self.patience * patient(state))

    def _once(self, provider: Provider, address: Address) -> Reply:
        known = None if address.shown in self._lost else self.known.get(address.shown)
        headers = {**address.headers, **(_conditions(known) if known else {})}
        try:
            answer = provider.send(address.url, headers, self.seconds)
            answer = answer or self._sent(address, headers)
        except ProviderError as error:
            raise Again(f"the connection failed: {error}") from None
        except OSError as error:
            raise Again(f"the connection failed: {type(error).__name__}") from None
        if answer.status in AGAIN:
            wait = self._rest(answer.headers.get("retry-after", ""))
            if wait > LONGEST_WAIT:
                raise Failed(f"HTTP {answer.status}; it asks to wait {wait:.0f} seconds")
            raise Again(f"HTTP {answer.status}", wait)
        if known and answer.status == NOT_MODIFIED:
            reply = known.reply()
            if reply is None:  # it is asked for as if it had never been known
                self._lost.add(address.shown)
                raise Again("the answer that still holds cannot be read any more")
            return replace(reply, at=self.clock())
        last_modified = answer.headers.get("last-modified", "")
        validator = answer.headers.get("etag") or last_modified
        return Reply(
            url=address.shown,
            status=answer.status,
            at=self.clock(),
            body=address.hidden(answer.body),
            validator=validator,
        )

    def _sent(self, address: Address, headers: Mapping[str, str]) -> Answer:
        """The answer to the common client, all of it within its seconds."""
        import httpx

        started, body = time.monotonic(), bytearray()
        try:
            with self._browser().stream(
                "GET",
                address.url,
                headers=headers,
                follow_redirects=not address.headers,
            ) as answer:
                for chunk in answer.iter_bytes():
                    body += chunk
                    late = time.monotonic() - started > self.seconds
                    if len(body) > LARGEST or late:
                        raise Again(
                            f"no whole answer within {self.seconds:g} seconds"
                            if len(body) <= LARGEST
                            else "the answer is too large"
                        )
        except httpx.TimeoutException:
            raise Again(f"no answer within {self.seconds:g} seconds") from None
        except httpx.HTTPError as error:
            reason = type(error).__name__
            raise Again(f"the connection failed: {reason}") from None
        return Answer(answer.status_code, answer.headers, bytes(body))

    def _rest(self, header: str) -> float:
        """The seconds that a Retry-After header asks for, a number or a date."""
        from email.utils import parsedate_to_datetime

        if header.isdigit():
            return float(header)
        try:
            until = parsedate_to_datetime(header)
            until = until.replace(tzinfo=until.tzinfo or dt.UTC)
            return max(0.0, (until - self.clock()).total_seconds())
        except ValueError:
            return 0.0

    def _browser(self) -> httpx.Client:
        import httpx

        with self._lock:
            if self._client is None:
                for name in ("httpx", "httpcore"):
                    logging.getLogger(name).setLevel(
                        logging.WARNING
                    )  # what they log of a call holds its secrets
                self._client = httpx.Client(
                    timeout=httpx.Timeout(
                        self.seconds,
                        connect=min(5.0, self.seconds),
                    ),
                    follow_redirects=True,
                    max_redirects=3,
                    headers={
                        "User-Agent": AGENT,
                        "Accept": "application/json, text/csv;q=0.9, */*;q=0.5",
                    },
                )
            return self._client

    def close(self) -> None:
        """Close all connections."""
        self._got.close()
        if self._client is not None:
            self._client.close()


@dataclass(frozen=True)
class Address:
    """Where a call goes.

    Its URL, the same without secrets, its headers, and the secrets themselves.
    """

    url: str
    shown: str
    headers: Mapping[str, str]
    secrets: tuple[str, ...]

    def hidden(self, body: bytes) -> bytes:
        """*body* without the secrets, which some servers repeat in an error."""
        from urllib.parse import quote, quote_plus

        for value in self.secrets:
            forms = (value, quote_plus(value), quote(value, safe=""))
            for form in dict.fromkeys(forms):
                body = body.replace(form.encode(), b"***")
        return body


def addressed(provider: Provider, call: Call) -> Address:
    """The address of *call*.

    Raises:
        SettingsError: A key of *provider* is not set.
    """
    from urllib.parse import urlencode

    secrets = {name: secret(name) for name in provider.keys}
    headers = dict(call.secret_headers)
    for key, value in secrets.items():
        for name, text in headers.items():
            headers[name] = text.replace(key, value)
    root = provider.base_url + call.path
    params = {
        **call.params,
        **{name: secrets[key] for name, key in call.secret_params.items()},
    }
    shown = {**call.params, **dict.fromkeys(call.secret_params, "***")}
    url = f"{root}?{urlencode(params)}" if params else root
    safe = f"{root}?{urlencode(shown)}" if shown else root
    return Address(
        url,
        safe.replace("%2A%2A%2A", "***"),
        headers,
        tuple(secrets.values()),
    )


def has(provider: Provider | type[Provider]) -> bool:
    """Whether all keys of *provider* are set."""
    keys = provider.keys
    return all(os.environ.get(key) or os.environ.get(f"{key}_FILE") for key in keys)


def _conditions(known: Earlier) -> dict[str, str]:
    """The header that revalidates what is *known*, by its validator."""
    if not known.validator:
        return {}
    tagged = known.validator.startswith(('"', "W/"))
    header = "If-None-Match" if tagged else "If-Modified-Since"
    return {header: known.validator}


def _said(reply: Reply) -> str:
    """What an error's answer says, in a line of readable words."""
    text: Any = reply.body[:2000].decode("utf-8", "replace").strip()
    if text.startswith("<"):
        return f"HTTP {reply.status}"
    return f"HTTP {reply.status}: {' '.join(text.split())[:160]}"
