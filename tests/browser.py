"""A browser without a window, driven over a pipe: what a reader's browser makes of a page."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def installed() -> str | None:
    """Return the command of a browser that can be driven; None where there is none."""
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path), None) if os.name == "posix" else None


class Page:
    """One page of a browser, by Chromium's DevTools protocol.

    Attributes:
        complaints: errors of scripts and what the page's policy refused, as they came.
        requests: the addresses that were asked for, as they came.
    """

    def __init__(self, to: BinaryIO, back: BinaryIO) -> None:
        self._to, self._back, self._numbers = to, back, count(1)
        self._session: str | None = None
        self.complaints: list[str] = []
        self.requests: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask the browser for something, and return its answer."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        self._to.flush()
        while (told := self._told()).get("id") != number:
            pass
        assert "error" not in told, told["error"]
        result: dict[str, Any] = told["result"]
        return result

    def open(self, place: Path | str, *, width: int = 1000, scripts: bool = True) -> None:
        """Load a file or an address, and wait until it is there."""
        metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
        self.call("Emulation.setDeviceMetricsOverride", **metrics)
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.call("Page.navigate", url=place if isinstance(place, str) else place.as_uri())
        while self._told().get("method") != "Page.loadEventFired":
            pass

    def run(self, code: str) -> Any:
        """Return what an expression is in the page, of a promise what it keeps."""
        how = {"returnByValue": True, "awaitPromise": True}
        answer = self.call("Runtime.evaluate", expression=code, **how)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def mouse(self, kind: str, x: float, y: float) -> None:
        """Do with the mouse what a reader does: `Moved`, `Pressed`, `Dragged` or `Released`."""
        held = {"button": "left", "buttons": 1, "clickCount": 1} if kind != "Moved" else {}
        kind = "Moved" if kind == "Dragged" else kind
        self.call("Input.dispatchMouseEvent", type=f"mouse{kind}", x=x, y=y, **held)

    def touch(self, kind: str, *points: tuple[float, float]) -> None:
        """Do with fingers what a reader does: `Start`, `Move` or `End`, at the places they are."""
        at = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        self.call("Input.dispatchTouchEvent", type=f"touch{kind}", touchPoints=at)

    def press(self, *keys: str) -> None:
        """Press keys, one after another, by the names that browsers give them."""
        for key in keys:
            for kind in ("keyDown", "keyUp"):
                self.call("Input.dispatchKeyEvent", type=kind, key=key)

    def _told(self) -> dict[str, Any]:
        """Return the next thing the browser says, kept where it is a complaint or a request."""
        text = bytearray()
        while (byte := self._back.read(1)) != b"\0":
            assert byte, "the browser has ended"
            text += byte
        told: dict[str, Any] = json.loads(text)
        method, what = told.get("method"), told.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.complaints.append(str(what["exceptionDetails"]))
        elif method == "Log.entryAdded":
            self.complaints.append(what["entry"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append(str(what["args"]))
        elif method == "Network.requestWillBeSent":
            self.requests.append(what["request"]["url"])
        return told


@contextmanager
def browsing(command: str, profile: Path) -> Iterator[Page]:
    """Start a browser with an empty profile, and end it."""
    (read, to), (back, write) = os.pipe(), os.pipe()

    def connect() -> None:
        ends = os.dup(read), os.dup(write)  # first: 3 and 4 may be among them
        os.dup2(ends[0], 3)
        os.dup2(ends[1], 4)

    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe")
    with (
        subprocess.Popen(
            [command, *flags, f"--user-data-dir={profile}", "--no-first-run"],
            preexec_fn=connect,
            close_fds=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process,
        os.fdopen(to, "wb") as into,
        os.fdopen(back, "rb") as out,
    ):
        os.close(read)
        os.close(write)
        page = Page(into, out)
        try:
            yield page
        finally:
            page._session = None
            page.call("Browser.close")
            process.wait(30)
