"""Writing in the studio, in a real browser: losses and samples while it learns, then a prompt."""

from __future__ import annotations

from pathlib import Path

from tests.functional.studio.conftest import Studio


def test_a_text_is_learnt_and_gone_on_with(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "cats.txt"
    path.write_text("the cat sat on the mat and the dog lay on the log. " * 200)
    studio.open("/#tab=write")
    studio.run("document.querySelector('#write [name=minutes]').options[0].value = '0.05'")
    studio.set("#write [name=minutes]", "0.05")
    studio.choose(path, "#write")
    studio.until("document.querySelector('#write .readout').textContent.includes('counting')")
    studio.until("document.querySelector('#write .verdict h2')")
    said = studio.text("#write .verdict p").split("The network alone")[0]
    nothing = "no evidence that" in said
    assert studio.text("#write .verdict h2") == (
        "No more than counting knows" if nothing
        else "Too little text to say" if "Too little" in said
        else "It has learnt more than counting"
    )  # fmt: skip
    assert len(studio.run("[...document.querySelectorAll('#write .samples pre')].map(x => 1)")) > 1
    studio.run("document.querySelector('#write .prompt').prime.value = 'the dog'")
    studio.click("#write .prompt button")
    studio.until("document.querySelector('#write .ask pre')")
    assert studio.text("#write .ask pre").startswith("the dog")
    fragment = studio.run("location.hash")
    studio.open(f"/{fragment}")
    studio.until("document.querySelector('#write .verdict h2')")  # a reload has it still
    assert studio.page.complaints == []


def test_a_text_that_is_too_short_says_so(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "short.txt"
    path.write_text("a")
    studio.open("/#tab=write")
    studio.choose(path, "#write")
    studio.until("document.querySelector('#write .verdict p')?.textContent.includes('short.txt')")


def test_a_text_can_be_dropped(studio: Studio) -> None:
    studio.open("/#tab=write")
    studio.drop("dropped.txt", "a", "#write")
    studio.until("document.querySelector('#write .verdict p')?.textContent.includes('dropped.txt')")
