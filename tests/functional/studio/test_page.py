"""The page for everybody: by keys alone, on a phone, in the dark, without motion, with a token."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.browser import Page
from tests.functional.studio.conftest import Studio

TOKEN = "a-token-of-sixteen-and-more"


def tabbed(studio: Studio, times: int) -> list[str]:
    """Return what is focused, and whether that is seen, at each press of Tab from the beginning."""
    seen = []
    for _ in range(times):
        studio.page.call("Input.dispatchKeyEvent", type="keyDown", key="Tab", code="Tab",
                         windowsVirtualKeyCode=9)  # fmt: skip
        studio.page.call("Input.dispatchKeyEvent", type="keyUp", key="Tab", code="Tab",
                         windowsVirtualKeyCode=9)  # fmt: skip
        seen.append(
            studio.run(
                "(one => [one.id || one.name || one.className || one.textContent.trim(), "
                "(one.closest('.button') ?? one).matches(':focus-within') && "
                "getComputedStyle(one.closest('.button') ?? one).outlineStyle].join(' '))"
                "(document.activeElement)"
            )
        )
    return seen


def test_everything_is_reached_by_the_key_tab_and_seen(studio: Studio, sales: Path) -> None:
    studio.open()
    reached = tabbed(studio, 6)
    named = [one.rpartition(" ")[0] for one in reached]
    assert named == ["tab-forecast", "file", "Paste a table", "plain", "plain", "plain"]
    assert {one.rpartition(" ")[2] for one in reached} <= {"solid", "auto"}
    studio.choose(sales)
    studio.until("document.querySelector('.whose').textContent")
    studio.until("document.querySelector('.verdict h2')")
    studio.run("document.querySelector('.again').focus()")
    named = [one.rpartition(" ")[0] for one in tabbed(studio, 14)]
    for wanted in ("target", "time", "horizon", "plot", "origin", "The forecast as a table"):
        assert wanted in named


def test_arrows_move_between_tabs_and_read_the_chart(studio: Studio, sales: Path) -> None:
    studio.open()
    studio.run("document.querySelector('#tab-forecast').focus()")
    studio.page.press("ArrowRight")
    assert studio.run("document.activeElement.id") == "tab-write"
    assert studio.seen("#write .start")
    studio.page.press("ArrowLeft")
    studio.choose(sales)
    studio.until("document.querySelector('.whose').textContent")
    studio.run("document.querySelector('.picture .plot').focus()")
    studio.page.press("End")
    studio.until("document.querySelector('.readout').textContent.includes('2026-12-01')")
    assert "95 of 100" in studio.text(".readout")
    studio.click(".again")


def test_every_control_has_a_name(studio: Studio, sales: Path) -> None:
    studio.open()
    studio.choose(sales)
    studio.until("document.querySelector('.whose').textContent")
    nodes = studio.page.call("Accessibility.getFullAXTree")["nodes"]
    controls = ("button", "textbox", "combobox", "slider", "spinbutton", "tab", "application")
    nameless = [
        one for one in nodes
        if one.get("role", {}).get("value") in controls
        and not one.get("ignored") and not one.get("name", {}).get("value")
    ]  # fmt: skip
    assert nameless == []
    assert studio.run("document.querySelector('.verdict').getAttribute('aria-live')") == "polite"
    studio.click(".again")


@pytest.mark.parametrize("tab", ["forecast", "write", "clean"])
def test_a_phone_scrolls_in_one_direction_alone(studio: Studio, sales: Path, tab: str) -> None:
    studio.open(f"/#tab={tab}", width=390)
    if tab == "forecast":
        studio.choose(sales)
        studio.until("document.querySelector('.whose').textContent")
        studio.until("document.querySelector('.verdict h2')")
    assert studio.run("document.documentElement.scrollWidth") == 390


def test_dark_is_dark_and_who_wants_no_motion_sees_none(studio: Studio) -> None:
    studio.open()
    ground = "getComputedStyle(document.body).backgroundColor"
    button = "getComputedStyle(document.querySelector('button')).transitionDuration"
    assert studio.run(ground) == "rgb(245, 246, 248)"
    wishes = {"prefers-color-scheme": "dark", "prefers-reduced-motion": "reduce"}
    asked = [{"name": name, "value": value} for name, value in wishes.items()]
    studio.page.call("Emulation.setEmulatedMedia", features=asked)
    assert studio.run(ground) == "rgb(16, 17, 19)"
    assert studio.run(button) == "0s"
    studio.page.call("Emulation.setEmulatedMedia", features=[])


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[str]:
    """Return the address of a server that lets nobody in without a token."""
    (tmp_path / "tokens").write_text(f"{TOKEN}\n")
    (tmp_path / "tokens").chmod(0o600)
    command = [sys.executable, "-m", "recur", "serve", "--port", "0", "--data", str(tmp_path / "d")]
    with subprocess.Popen(
        [*command, "--token-file", str(tmp_path / "tokens")], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        try:
            yield next(line for line in process.stderr if "http://" in line).split()[-1]
        finally:
            process.terminate()
            process.communicate()


def test_a_token_is_asked_for_once(studio: Studio, guarded: str, sales: Path) -> None:
    page: Page = studio.page
    other = Studio(guarded, page)
    other.open()
    other.choose(sales)
    other.until("document.querySelector('dialog').open")
    other.run(f"document.querySelector('dialog input').value = {TOKEN!r}")
    other.click("dialog button")
    other.until("document.querySelector('.whose').textContent")
    other.until("document.querySelector('.verdict h2')")
