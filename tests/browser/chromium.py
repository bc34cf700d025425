"""A small driver for Chromium over its DevTools protocol.

One thread, one socket, pages that remember what they were told.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

NAMES = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
)
PATIENCE = 60.0
"""Seconds that any one answer may take."""


def find() -> str | None:
    """The browser of this machine: the one that CHROMIUM names, or one on the path."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One Chromium that can reach no network, in a profile of its own."""

    def __init__(self, program: str, profile: Path) -> None:
        self._process = subprocess.Popen(
            [program, *SWITCHES, f"--user-data-dir={profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port, path = self._address(profile / "DevToolsActivePort")
        plug = socket.create_connection(
            ("127.0.0.1", port), timeout=PATIENCE
        )  # a socket of ours is never sent through a proxy
        self._stack = contextlib.ExitStack()
        opened = connect(
            f"ws://127.0.0.1:{port}{path}",
            sock=plug,
            max_size=None,
            ping_interval=None,
            compression=None,
        )
        self._socket = self._stack.enter_context(opened)
        self._number = 0
        self._pages: dict[str, Page] = {}

    def _address(self, file: Path) -> tuple[int, str]:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self._process.poll() is None:
            if file.is_file() and len(lines := file.read_text().split()) == 2:
                return int(lines[0]), lines[1]
            time.sleep(0.05)
        raise RuntimeError(f"Chromium did not start (exit code {self._process.poll()}).")

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """The result of one command; events that arrive before it go to their pages."""
        self._number += 1
        number = self._number
        self._socket.send(
            json.dumps(
                {
                    "id": number,
                    "method": method,
                    "params": params,
                    **({"sessionId": session} if session else {}),
                }
            )
        )
        while True:
            told = self.receive(PATIENCE)
            if told.get("id") == number:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']['message']}")
                return dict(told["result"])

    def receive(self, patience: float) -> dict[str, Any]:
        """The next message of the browser, after its page has seen it."""
        told: dict[str, Any] = json.loads(self._socket.recv(timeout=patience))
        page = self._pages.get(told.get("sessionId", ""))
        if page is not None and "method" in told:
            page.hear(told["method"], told["params"])
        return told

    def page(self, width: int = 1000, *, offline: bool = True, **look: bool) -> Page:
        """A fresh page, *width* pixels wide, that shares nothing with another.

        For *look* see Page.emulate. *offline*, it reaches files alone.
        """
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)[
            "targetId"
        ]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self._pages[session] = Page(self, session, context, offline=offline)
        page.emulate(width, **look)
        return page

    def close(self) -> None:
        """End this browser and no other."""
        with contextlib.suppress(Exception):
            self.call("Browser.close")
        self._stack.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Page:
    """One page.

    ``complaints`` holds what its console, its policy and its scripts complained of; ``requests``
    what it asked for.
    """

    def __init__(
        self, browser: Browser, session: str, context: str, *, offline: bool = True
    ) -> None:
        self._browser, self._session, self._context = browser, session, context
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self._loaded = False
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call(
            "Network.emulateNetworkConditions",
            offline=offline,
            latency=0,
            downloadThroughput=0,
            uploadThroughput=0,
        )

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """The result of one command to this page."""
        return self._browser.call(method, self._session, **params)

    def hear(self, method: str, params: dict[str, Any]) -> None:
        """Take note of an event."""
        match method:
            case "Page.loadEventFired":
                self._loaded = True
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Runtime.consoleAPICalled":
                self.complaints.append(
                    f"console.{params['type']}:"
                    f" {[a.get('value', a.get('description')) for a in params['args']]}"
                )
            case "Runtime.exceptionThrown":
                detail = params["exceptionDetails"]
                self.complaints.append(
                    f"exception: {detail.get('exception', {}).get('description', detail['text'])}"
                )
            case "Log.entryAdded":
                self.complaints.append(f"{params['entry']['source']}: {params['entry']['text']}")

    def emulate(
        self,
        width: int = 1000,
        *,
        dark: bool = False,
        scripts: bool = True,
        touch: bool = False,
        paper: bool = False,
    ) -> None:
        """Show the page *width* pixels wide, in the dark, without scripts,
        to a finger or on paper."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=touch,
        )
        self.call("Emulation.setTouchEmulationEnabled", enabled=touch)
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        scheme = [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.call(
            "Emulation.setEmulatedMedia", media="print" if paper else "screen", features=scheme
        )

    def before_load(self, script: str) -> None:
        """Run *script* in every document before its own scripts."""
        self.call("Page.addScriptToEvaluateOnNewDocument", source=script)

    def open(self, file: Path, fragment: str = "") -> Page:
        """Load *file*, wait until it is loaded and its charts had time to draw."""
        return self.go(file.resolve().as_uri() + fragment)

    def go(self, url: str) -> Page:
        """The same with a *url*."""
        self._loaded = False
        told = self.call("Page.navigate", url=url)
        if "errorText" in told:
            raise RuntimeError(f"{url}: {told['errorText']}")
        another = "loaderId" in told
        while another and not self._loaded:
            self._browser.receive(PATIENCE)
        self.wait(
            "document.fonts.status === 'loaded' && !document.querySelector('.chart"
            " [data-live]:not(:has(.stage))')",
            0.5 if self.complaints else 10,
        )
        return self

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; a promise is waited for."""
        told = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in told:
            raise RuntimeError(
                str(told["exceptionDetails"].get("exception", {}).get("description", told))
            )
        return told["result"].get("value")

    def wait(self, expression: str, seconds: float = 5) -> bool:
        """Whether *expression* becomes true within *seconds*; a new complaint ends the wait."""
        until, known = time.monotonic() + seconds, len(self.complaints)
        while (
            not (true := bool(self.evaluate(expression)))
            and time.monotonic() < until
            and len(self.complaints) == known
        ):
            time.sleep(0.05)
        return true

    def settle(self, seconds: float = 0.3) -> None:
        """Let *seconds* pass, hearing what happens in them."""
        time.sleep(seconds)
        self.evaluate("0")

    def mouse(self, x: float, y: float, *, click: bool = False) -> None:
        """Move the mouse to a point of the window, and press its button there."""
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        for kind in ("mousePressed", "mouseReleased") if click else ():
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def tap(self, x: float, y: float) -> None:
        """Tap with one finger."""
        self.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        self.settle()

    def middle(self, selector: str) -> tuple[float, float]:
        """Scroll the first line of the first match to the middle of the window.

        The point in its middle.
        """
        box = f"document.querySelector({json.dumps(selector)})"
        self.evaluate(f"{box}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
        x, y = self.evaluate(
            f"(r => [r.left + r.width / 2, r.top + r.height / 2])({box}.getClientRects()[0])"
        )
        return x, y

    def picture(self, file: Path) -> Path:
        """The whole page as a PNG *file*."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        file.write_bytes(
            base64.b64decode(
                self.call(
                    "Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip
                )["data"]
            )
        )
        return file

    def close(self) -> None:
        """Close the page and forget all it stored."""
        self._browser.call("Target.disposeBrowserContext", browserContextId=self._context)
