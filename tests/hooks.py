"""A local address that webhooks are posted to, which answers well or badly as it is told."""

from __future__ import annotations

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Hook:
    """Keeps what was posted.

    Headers and data. ``faults`` holds the answers to the next posts: a status, "cut", "cut late",
    or "repeat" for a 404 that says where. Use it in a ``with``.
    """

    def __init__(self, *faults: int | str) -> None:
        self.faults = list(faults)
        self.posts: list[tuple[dict[str, str], bytes]] = []

    def __enter__(self) -> Self:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers["Content-Length"]))
                fault = hook.faults.pop(0) if hook.faults else 200
                if fault != "cut":
                    hook.posts.append((dict(self.headers), data))
                if fault == "repeat":
                    self.send_response(404)
                    self.end_headers()
                    self.wfile.write(f"Cannot POST {self.path}".encode())
                    return
                if isinstance(fault, str):
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(fault)
                for name, value in {429: {"Retry-After": "0"}, 302: {"Location": "/elsewhere"}}.get(
                    fault, {}
                ).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"ok" if fault == 200 else b"no")

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_port}/hook/s3cret"

    @property
    def bodies(self) -> list[Any]:
        """What was posted, read as JSON."""
        return [json.loads(data) for _, data in self.posts]
