"""A look at an archive from this machine: a server that nobody else reaches."""

from __future__ import annotations

import errno
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from reportgen.core.errors import DeliveryError, SealError
from reportgen.publish.site.build import STATE, changed

LOOPBACK = "127.0.0.1"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class _Handler(SimpleHTTPRequestHandler):
    """Files of the site below a base path, for this machine by its own name."""

    def __init__(self, *args: Any, base: str, **options: Any) -> None:
        self.base = base
        super().__init__(*args, **options)

    def send_head(self) -> Any:
        """The file asked for.

        403 to another name, which only a page from elsewhere would use, 404 to
        what is not of the site.
        """
        port = str(self.server.server_address).rpartition(" ")[2].rstrip(")")
        own_names = (LOOPBACK, f"{LOOPBACK}:{port}", "localhost", f"localhost:{port}")
        if self.headers.get("Host", "") not in own_names:
            self.send_error(403, "This server is for this machine alone")
            return None
        path = self.path.partition("?")[0]
        if f"{path}/" == self.base:
            return self._moved(self.base)
        if not path.startswith(self.base) or "//" in path or not self._ours(self._file(path)):
            self.send_error(404)
            return None
        if not path.endswith("/") and self._file(path).is_dir():
            return self._moved(f"{path}/")
        self.path = "/" + path[len(self.base) :]
        return super().send_head()

    def _file(self, path: str) -> Path:
        return Path(self.translate_path("/" + path[len(self.base) :]))

    def _ours(self, file: Path) -> bool:
        """Whether *file* is in the site, links resolved, and meant to be public."""
        try:
            found = file.resolve(strict=True)
        except (OSError, ValueError):  # there is none, or it is no name: too long, or with a NUL
            return False
        return found.is_relative_to(Path(self.directory).resolve()) and file.name != STATE

    def _moved(self, path: str) -> None:
        self.send_response(301)
        self.send_header("Location", path)
        self.send_header("Content-Length", "0")
        self.end_headers()

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


class _Server(ThreadingHTTPServer):
    """A server that says nothing of connections that break off."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """One line, without what a client sent and without paths of this machine."""
        del request, client_address
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):
            sys.stderr.write(
                f"reportgen: a request could not be answered: {type(error).__name__}\n"
            )


def server(site: Path, port: int, base: str = "/") -> ThreadingHTTPServer:
    """A server of *site* on the loopback interface, below the path *base*.

    Args:
        site: A folder that ``reportgen site build`` made.
        port: A TCP port; 0 takes any free one.
        base: The path below which the site is served.

    Raises:
        DeliveryError: It cannot start.
    """
    if not (site / STATE).is_file():
        raise DeliveryError(
            f"{site} is no site; build one: reportgen site build {site}.",
            subject=site,
        )
    if lines := changed(site):
        raise SealError(lines)
    return folder_server(site, port, base)


def folder_server(folder: Path, port: int, base: str = "/") -> ThreadingHTTPServer:
    """A server of the files in *folder* on the loopback interface; see :func:`server`."""
    base = f"/{base.strip('/')}/" if base.strip("/") else "/"
    try:
        return _Server(
            (LOOPBACK, port),
            partial(_Handler, base=base, directory=str(folder)),
        )
    except OSError as error:
        used = error.errno == errno.EADDRINUSE
        raise DeliveryError(
            f"Port {port} cannot be used:"
            f" {'something else listens there' if used else error.strerror};"
            " name another with --port.",
            subject=port,
        ) from error
