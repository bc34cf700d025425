"""Servers on this machine that answer as they like: slowly, endlessly, or with nonsense."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections import Counter
from contextlib import suppress
from typing import Self

WELL = {
    "banner": b"220 mail.example.com\r\n",
    "STARTTLS": b"220 go on\r\n",
    "DATA": b"354 go on\r\n",
    "QUIT": b"221 bye\r\n",
}


def drip(text, pause=0.05):
    """A byte at a time."""
    for byte in text:
        time.sleep(pause)
        yield bytes([byte])


def endless(line):
    """The same line until nobody listens any more."""
    while True:
        yield line * 100


class _Server(socketserver.ThreadingTCPServer):
    """A server for a ``with``; ``told`` is how many bytes it could send."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, handler):
        super().__init__(("127.0.0.1", 0), handler)
        self.port = self.server_address[1]
        self.told = 0

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def handle_error(self, *_):
        """Who is left in the midst of a sentence says nothing."""

    def say(self, connection, said):
        """Send bytes, or a generator of them."""
        for piece in [said] if isinstance(said, bytes) else said:
            connection.sendall(piece)
            self.told += len(piece)


class StrangeHook(_Server):
    """An address that webhooks are posted to, which answers *said*: bytes, or a generator."""

    def __init__(self, said):
        super().__init__(_Exchange)
        self.said = said

    @property
    def url(self):
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/hook/s3cret"


class _Exchange(socketserver.StreamRequestHandler):
    def handle(self):
        size = 0
        while line := self.rfile.readline().strip():
            name, _, value = line.partition(b":")
            size = int(value) if name.lower() == b"content-length" else size
        self.rfile.read(size)
        self.server.say(self.request, self.server.said)


class Stranger(_Server):
    """A mail server for a ``with``.

    *answers* holds, by step, what it says in turn: bytes, or a generator of them; then it does
    well. The steps are "banner", the commands, and "." for a whole message.
    """

    def __init__(self, answers=()):
        super().__init__(_Dialogue)
        self.answers = {step: list(told) for step, told in dict(answers).items()}
        self.steps = Counter()


class _Dialogue(socketserver.StreamRequestHandler):
    def answer(self, step):
        """Say what is due; whether the connection goes on."""
        self.server.steps[step] += 1
        due = self.server.answers.get(step)
        said = due.pop(0) if due else WELL.get(step, b"250 OK\r\n")
        self.server.say(self.request, said)
        self.open = isinstance(said, bytes) and said.startswith(b"354")
        return not (isinstance(said, bytes) and said.startswith((b"421", b"221")))

    def handle(self):
        going = self.answer("banner")
        while going and (line := self.rfile.readline()):
            step = line.split()[0].decode().upper()
            going = self.answer(step)
            if going and step == "DATA" and self.open:
                while (row := self.rfile.readline()) and row != b".\r\n":
                    pass
                going = bool(row) and self.answer(".")
        with suppress(OSError):
            self.request.shutdown(socket.SHUT_RDWR)
