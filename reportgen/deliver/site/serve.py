"""A look at an archive from this machine: a server that nobody else reaches."""

from __future__ import annotations

import errno
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from reportgen.deliver.site.build import STATE
from reportgen.errors import DeliveryError

LOOPBACK = "127.0.0.1"
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


class _Handler(SimpleHTTPRequestHandler):
    """Files of the site below a base path, to who asks this machine by its own name."""

    def __init__(self, *args: Any, base: str, **options: Any) -> None:
        self.base = base
        super().__init__(*args, **options)

    def send_head(self) -> Any:
        """The file asked for; 403 to another name, which only a page from elsewhere would use, 404 outside the base path."""
        name = self.headers.get("Host", "").rpartition(":")[0]
        if name not in (LOOPBACK, "localhost"):
            self.send_error(403, "This server is for this machine alone")
            return None
        if not self.path.startswith(self.base):
            self.send_error(404)
            return None
        self.path = "/" + self.path[len(self.base) :]
        return super().send_head()

    def list_directory(self, path: Any) -> None:
        """No listings: what is not linked is not there."""
        del path
        self.send_error(404)

    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the browser says what it could not load."""


def server(site: Path, port: int, base: str = "/") -> ThreadingHTTPServer:
    """A server of *site* on the loopback interface at *port*, any free one for 0, below the path *base*; DeliveryError where it can not start."""
    if not (site / STATE).is_file():
        raise DeliveryError(f"{site} is no site; build one: reportgen site build {site}.", subject=site)
    base = f"/{base.strip('/')}/" if base.strip("/") else "/"
    try:
        return ThreadingHTTPServer((LOOPBACK, port), partial(_Handler, base=base, directory=str(site)))
    except OSError as error:
        used = error.errno == errno.EADDRINUSE
        raise DeliveryError(
            f"Port {port} can not be used: {'something else listens there' if used else error.strerror}; name another with --port.",
            subject=port,
        ) from error
