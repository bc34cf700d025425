"""A webhook: the brief in short as JSON, signed, to an address that is a secret."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from reportgen.config.secrets import secret
from reportgen.core import headers as heads
from reportgen.core.errors import SettingsError
from reportgen.publish.channels import Post, texts
from reportgen.publish.mail.smtp import Outcome

if TYPE_CHECKING:
    import httpx

SCHEMA = "reportgen.post/1"
HERE = ("localhost", "127.0.0.1", "::1")
ATTEMPTS = 3
AGAIN = frozenset({425, 429, 503})
"""Answers after which another try may be better, and nothing was taken.

A gateway's words do not say whether something was.
"""
UNSURE = 408
LONGEST_WAIT = 30.0
LONGEST_ANSWER = 4 << 10
"""Bytes that are read of an answer; its first line says what became of the post."""
SECONDS, SECONDS_OF_WORDS = 60.0, 5.0
"""How long one attempt may take in all, and after the status, how long its words may."""
WHOLE = re.compile(r"[0-9]{1,4}")
REFERENCE_HINT = (
    "the name of an environment variable that holds it, such as SLACK_WEBHOOK:"
    " who knows the address can post"
)


class Webhook:
    """A door of the kind "webhook".

    JSON of ours. ``url`` and ``secret`` name environment variables.
    """

    optional: tuple[str, ...] = ("secret",)

    def __init__(self, name: str, settings: Mapping[str, Any]) -> None:
        given = texts(name, settings, ("url",), self.optional)
        for key, value in given.items():
            if not value.isidentifier() or not value.isupper():
                raise SettingsError(
                    f"[doors.{name}]: {key} is {REFERENCE_HINT}.",
                    subject=key,
                )
        self._name, self._url, self._secret = name, given["url"], given.get("secret", "")
        self.patience = 1.0
        """Seconds before the second attempt; twice as long before the third."""

    def body(self, post: Post) -> dict[str, Any]:
        """What is posted, as data."""
        return {
            "schema": SCHEMA,
            "id": post.id,
            "report": post.report,
            "session": post.session.isoformat(),
            "as_of": post.as_of.isoformat(),
            "edition": post.edition,
            "title": post.title,
            "key_points": list(post.points),
            "notices": list(post.notices),
            "verdict": post.verdict,
            "page": post.page,
            "chart": post.chart,
        }

    def hand(self, post: Post) -> Outcome:
        """What the address answered; tried again where it surely took nothing."""
        url = self._address()
        data = json.dumps(self.body(post), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": post.id,
            **self._signed(post, data),
        }
        for attempt in range(ATTEMPTS):
            outcome, wait = _posted(url, data, headers)
            if outcome.state != "deferred" or attempt == ATTEMPTS - 1:
                break
            time.sleep(min(wait or self.patience * 2**attempt, LONGEST_WAIT))
        return outcome

    def _address(self) -> str:
        """The address, which is read when it is needed.

        SettingsError, which does not name it, where it is none.
        """
        url = secret(self._url)
        try:
            place = urlsplit(url)
            fits = bool(place.hostname) and (
                place.scheme == "https" or (place.scheme == "http" and place.hostname in HERE)
            )
        except ValueError:
            fits = False
        if not fits:
            raise SettingsError(
                f"[doors.{self._name}]: what {self._url} holds is no https address.",
                subject=self._name,
            )
        return url

    def _signed(self, post: Post, data: bytes) -> dict[str, str]:
        """The headers that prove, to a holder of the secret, our origin and the time."""
        if not self._secret:
            return {}
        stamp = str(int(post.at.timestamp()))
        return {
            "X-Reportgen-Timestamp": stamp,
            "X-Reportgen-Signature": f"sha256={signature(secret(self._secret), stamp, data)}",
        }


def signature(key: str, stamp: str, data: bytes) -> str:
    """The HMAC-SHA256, in hexadecimal, of *stamp*, a full stop and *data*."""
    return hmac.new(key.encode(), stamp.encode() + b"." + data, hashlib.sha256).hexdigest()


def _posted(
    url: str,
    data: bytes,
    headers: Mapping[str, str],
) -> tuple[Outcome, float]:
    """What became of one attempt, and for how many seconds the server asks to wait.

    No word of the address, which is a secret.
    """
    import httpx

    try:
        status, asked, said = asyncio.run(_answer(url, data, headers))
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        return Outcome("deferred", 0, f"it cannot be reached: {type(error).__name__}"), 0.0
    except (httpx.HTTPError, TimeoutError) as error:
        words = f"the line broke before an answer came: {type(error).__name__}"
        if isinstance(error, TimeoutError):
            words = f"no answer came within {SECONDS:g} seconds"
        return Outcome("unknown", 0, words), 0.0
    except (httpx.InvalidURL, ValueError) as error:
        return Outcome("refused", 0, f"its address cannot be called: {type(error).__name__}"), 0.0
    words = _without(url, heads.printable(said, 200))
    if httpx.codes.is_success(status):
        return Outcome("sent", status, words), 0.0
    if status in AGAIN:
        return Outcome("deferred", status, words), float(asked) if WHOLE.fullmatch(asked) else 0.0
    refused = status < 500 and status != UNSURE
    return Outcome("refused" if refused else "unknown", status, words), 0.0


async def _answer(url: str, data: bytes, headers: Mapping[str, str]) -> tuple[int, str, str]:
    """The status of the answer, how long it asks to wait, and how its words begin.

    Raises:
        TimeoutError: None came within ``SECONDS``, however little was read at a time.
    """
    import httpx

    times = httpx.Timeout(10.0, read=30.0)
    plain = {**headers, "Accept-Encoding": "identity"}
    async with (
        asyncio.timeout(SECONDS),
        httpx.AsyncClient(timeout=times, follow_redirects=False) as client,
        client.stream("POST", url, content=data, headers=plain) as answer,
    ):
        said = await _beginning(answer)
        return answer.status_code, answer.headers.get("Retry-After", ""), said


async def _beginning(answer: httpx.Response) -> str:
    """The first words of *answer*; what is missing of them changes nothing."""
    import httpx

    read = bytearray()
    with suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(SECONDS_OF_WORDS):
            async for piece in answer.aiter_raw():
                read += piece
                if len(read) >= LONGEST_ANSWER:
                    break
    return bytes(read[:LONGEST_ANSWER]).decode("utf-8", "replace")


def _without(url: str, words: str) -> str:
    """*words* of a server without the parts of *url*: they are secret."""
    place = urlsplit(url)
    parts = [
        url,
        place.path,
        place.query,
        *place.path.split("/"),
        *place.query.split("&"),
    ]
    for part in sorted(filter(None, parts), key=len, reverse=True):
        if len(part) > 3:
            words = words.replace(part, "...")
    return words
