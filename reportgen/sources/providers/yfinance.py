"""Yahoo's chart API through the package yfinance; no key.

It gets answers where a plain client is turned away.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from reportgen.core.errors import ProviderError
from reportgen.sources.providers.contract import Answer
from reportgen.sources.providers.yahoo import Yahoo


class YFinance(Yahoo):
    """The calls of Yahoo, sent with a browser's handshake, cookie and crumb.

    It needs the extra ``yfinance`` and stands in no order of its own accord.
    """

    name = "yfinance"
    title = "Yahoo Finance by yfinance"

    def send(
        self,
        url: str,
        headers: Mapping[str, str],
        seconds: float,
    ) -> Answer:
        """The answer to yfinance's own session."""
        del headers  # the chart has no validator, and the session brings its own
        try:
            from yfinance.data import YfData  # type: ignore[import-untyped, unused-ignore]
            from yfinance.exceptions import (  # type: ignore[import-untyped, unused-ignore]
                YFException,
                YFRateLimitError,
            )
        except ImportError:
            raise ProviderError("it needs the package yfinance: pip install yfinance") from None
        own = "" if self.base_url == Yahoo.base_url else self.base_url
        try:
            found = YfData(session=_session(own)).get(url, timeout=seconds)
        except YFRateLimitError:
            return Answer(429, {}, b"")
        except YFException as error:
            raise ProviderError(str(error)) from None
        return Answer(
            found.status_code,
            {name.lower(): value for name, value in found.headers.items()},
            found.content,
        )


@cache
def _session(root: str) -> Any:
    """A browser's session.

    *root* replaces all of Yahoo's hosts, as for a mirror, unless it is "".
    """
    from urllib.parse import urlsplit

    from curl_cffi import requests

    class Session(requests.Session[Any]):
        def request(
            self,
            method: Any,
            url: str,
            *args: Any,
            **kwargs: Any,
        ) -> Any:
            parts = urlsplit(url)
            mirrored = root and (parts.hostname or "").endswith("yahoo.com")
            if mirrored:
                query = f"?{parts.query}" if parts.query else ""
                url = f"{root}{parts.path}{query}"
            return super().request(method, url, *args, **kwargs)

    return Session(impersonate="chrome")
