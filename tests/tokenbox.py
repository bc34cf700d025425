"""A mail server that takes access tokens, and an authorization server that gives them.

Both are real, on this machine: XOAUTH2 over TLS, and HTTPS with a certificate of the same
authority.
"""

from __future__ import annotations

import json
import ssl
import threading
from base64 import b64decode, b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs

import trustme
from aiosmtpd.smtp import SMTP, AuthResult
from postbox import Postbox

MAILBOX = "desk@example.com"
EXPIRED = {"status": "401", "schemes": "bearer mac", "scope": "https://mail.google.com/"}


class TokenBox(Postbox):
    """A server that takes each of *tokens* as often as it is told, and then no more."""

    def __init__(self, folder: Path, security: str = "starttls", **tokens: int) -> None:
        super().__init__(folder, security)
        self.tokens = {name.replace("_", "-"): count for name, count in tokens.items()}
        self.refusal = "535 5.7.8 Token not accepted"
        self.challenge: dict[str, str] = {}
        self.answered: list[bytes] = []
        """What a refusal says, whether JSON explains it, and what the client said to that."""

    async def auth_XOAUTH2(self, server: SMTP, words: list[str]) -> AuthResult:  # noqa: N802
        said = b64decode(words[1]).decode()
        token = said.removeprefix(f"user={MAILBOX}\x01auth=Bearer ").removesuffix("\x01\x01")
        if self.tokens.get(token, 0):
            self.tokens[token] -= 1
            return AuthResult(success=True)
        if self.challenge:
            told = b64encode(json.dumps(self.challenge).encode()).decode()
            await server.push(f"334 {told}")
            self.answered.append(await server._reader.readline())
        refusal = self.refusal.format(token=token, line=words[1], piece=words[1][8:40])
        return AuthResult(success=False, handled=False, message=refusal)

    def _known(self, *told: Any) -> AuthResult:
        """No password is taken."""
        del told
        return AuthResult(success=False, handled=False, message=self.refusal)

    def config(self, **more: Any) -> str:
        """The table [mail] that sends here as the mailbox, without a password."""
        lines = super().config(**{"user": MAILBOX} | more).splitlines(keepends=True)
        kept = more.get("password")
        return "".join(line for line in lines if kept or not line.startswith("password"))


class TokenServer:
    """An authorization server for a ``with``. It gives the *answers* in turn: JSON, or a status."""

    def __init__(self, authority: trustme.CA, *answers: dict[str, Any] | int) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, str]] = []
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("localhost").configure_cert(self._tls)

    def __enter__(self) -> Self:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                base = outer.url + self.path.partition("/v2.0")[0]
                known = "/nobody" not in self.path
                self._tell(
                    {
                        "token_endpoint": f"{base}/token",
                        "authorization_endpoint": f"{base}/authorize",
                        "issuer": f"{base}/v2.0",
                    },
                    200 if known else 400,
                )

            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.asked.append({name: value[0] for name, value in parse_qs(form).items()})
                answer = outer.answers.pop(0)
                if isinstance(answer, int):
                    self._tell({}, answer)
                else:
                    self._tell(answer, 200 if "access_token" in answer else 400)

            def _tell(self, told: dict[str, Any], status: int) -> None:
                data = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://localhost:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def given(token: str) -> dict[str, Any]:
    """The answer of an authorization server that gives a token."""
    return {"access_token": token, "token_type": "Bearer", "expires_in": 3599}
