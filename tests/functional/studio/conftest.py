"""What the tests of the studio share: `recur studio` as a user starts it, and a real browser."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser import Page, browsing, installed

from recur.data.examples import example

MOST = 60  # seconds that anything is waited for


class Studio:
    """The studio in a browser.

    Attributes:
        address: of its server.
        page: of the browser.
    """

    def __init__(self, address: str, page: Page) -> None:
        self.address, self.page = address, page

    def open(self, place: str = "/", width: int = 1000) -> None:
        """Load the page anew."""
        self.page.open("about:blank")  # another place behind # would not be another page
        self.page.complaints.clear()
        self.page.requests.clear()
        self.page.open(f"{self.address}{place}", width=width)

    def run(self, code: str) -> Any:
        """Return what an expression is in the page."""
        return self.page.run(code)

    def until(self, condition: str) -> None:
        """Wait until an expression is true in the page."""
        self.run(
            f"""new Promise((done, failed) => {{
              const end = Date.now() + {MOST * 1000};
              const look = () => ({condition}) ? done(true)
                : Date.now() > end ? failed(new Error({condition!r})) : setTimeout(look, 50);
              look();
            }})"""
        )

    def text(self, selector: str) -> str:
        """Return what an element says."""
        said: str = self.run(f"document.querySelector({selector!r}).textContent")
        return said

    def seen(self, selector: str) -> bool:
        """Say whether an element is there to be seen."""
        return bool(self.run(f"!!document.querySelector({selector!r})?.checkVisibility()"))

    def cells(self, selector: str) -> list[list[str]]:
        """Return the texts of the rows of a table."""
        rows: list[list[str]] = self.run(
            f"[...document.querySelectorAll('{selector} tbody tr')]"
            ".map(row => [...row.children].map(cell => cell.textContent))"
        )
        return rows

    def choose(self, path: Path, panel: str = "#forecast") -> None:
        """Choose a file, as a user does with the dialog of the browser."""
        root = self.page.call("DOM.getDocument")["root"]["nodeId"]
        found = self.page.call(
            "DOM.querySelector", nodeId=root, selector=f"{panel} input[type=file]"
        )
        self.page.call("DOM.setFileInputFiles", nodeId=found["nodeId"], files=[str(path)])

    def drop(self, name: str, text: str, panel: str) -> None:
        """Drop a file on a part of the page."""
        self.run(
            f"""(() => {{
              const dataTransfer = new DataTransfer();
              dataTransfer.items.add(new File([{json.dumps(text)}], {json.dumps(name)}));
              const how = {{ dataTransfer, bubbles: true, cancelable: true }};
              const on = document.querySelector({json.dumps(f"{panel} .drop")});
              for (const kind of ["dragover", "drop"]) on.dispatchEvent(new DragEvent(kind, how));
            }})()"""
        )

    def click(self, selector: str) -> None:
        """Click on an element."""
        self.run(f"document.querySelector({selector!r}).click()")

    def set(self, selector: str, value: object, event: str = "change") -> None:
        """Give a control a value, as a user does."""
        self.run(
            f"(one => {{ one.value = {json.dumps(value)}; one.dispatchEvent(new Event({event!r}, "
            f"{{bubbles: true}})); }})(document.querySelector({selector!r}))"
        )


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of `recur studio`, which ends afterwards as Ctrl-C ends it."""
    if installed() is None:
        pytest.skip("no Chromium or Chrome is installed to open the studio with")
    pytest.importorskip("fastapi", reason="FastAPI, of the extra `server`, is not installed")
    place = tmp_path_factory.mktemp("studio")
    command = [sys.executable, "-m", "recur", "studio", "--no-browser", "--port", "0"]
    with (
        (place / "log").open("w") as log,
        subprocess.Popen(
            [*command, "--data", str(place / "jobs")], stdout=subprocess.PIPE, stderr=log,
            text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        ) as process,
    ):  # fmt: skip
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
    assert process.returncode == 0, (place / "log").read_text()


@pytest.fixture(scope="session")
def studio(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """Return the studio in a browser."""
    command = installed()
    assert command is not None
    with browsing(command, tmp_path_factory.mktemp("profile")) as page:
        yield Studio(address, page)


@pytest.fixture(scope="session")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of eleven years of monthly sales."""
    path = tmp_path_factory.mktemp("data") / "sales.csv"
    path.write_text(example("sales"))
    return path
