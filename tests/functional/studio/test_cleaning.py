"""Cleaning in the studio, in a real browser: a table and a sound, before and after."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
from tests.functional.studio.conftest import Studio

from recur.data.examples import example

CLEANED = "document.querySelector('#clean .files').children.length"


def sound(values: np.ndarray) -> bytes:
    """Return values from -1 to 1 as a WAV file of 8,000 samples a second."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(8000)
        writer.writeframes((values * 32000).astype("<i2").tobytes())
    return file.getvalue()


def test_a_table_is_cleaned(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "recording.csv"
    path.write_text("\n".join(example("recording").splitlines()[:1500]) + "\n")
    studio.open("/#tab=clean")
    studio.choose(path, "#clean")
    studio.until("document.querySelector('#clean [name=clean]').value === 'clean'")
    assert studio.run("document.querySelector('#clean [name=noisy]').value") == "noisy"
    studio.click("#clean .choices button")
    studio.until(CLEANED)
    assert studio.seen("#clean .verdict h2")
    assert studio.seen("#clean .signal canvas")
    assert studio.page.complaints == []


def test_a_sound_is_cleaned_and_can_be_heard(studio: Studio, tmp_path: Path) -> None:
    clean = 0.5 * np.sin(np.arange(4000) / 12)
    noisy = clean + 0.2 * np.random.default_rng(0).uniform(-1, 1, 4000)
    (tmp_path / "noisy.wav").write_bytes(sound(noisy))
    (tmp_path / "clean.wav").write_bytes(sound(clean))
    studio.open("/#tab=clean")
    studio.choose(tmp_path / "noisy.wav", "#clean")
    studio.until("document.querySelector('#clean .of-sound').checkVisibility()")
    studio.choose(tmp_path / "clean.wav", "#clean .of-sound")
    studio.click("#clean .choices button")
    studio.until(CLEANED)
    players = "[...document.querySelectorAll('#clean audio')].map(one => one.error)"
    assert studio.run(players) == [None, None]
    studio.until("[...document.querySelectorAll('#clean audio')].every(one => one.duration > 0.4)")
    assert studio.page.complaints == []


def test_what_cannot_be_learnt_from_says_so(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("y\n" + "\n".join(map(str, range(30))))
    studio.open("/#tab=clean")
    studio.choose(path, "#clean")
    studio.until("document.querySelector('#clean .problem').textContent.includes('one column')")


def test_a_recording_can_be_dropped(studio: Studio) -> None:
    studio.open("/#tab=clean")
    studio.drop("one.csv", "y\n" + "\n".join(map(str, range(30))), "#clean")
    studio.until("document.querySelector('#clean .problem').textContent.includes('one column')")
    studio.drop("two.csv", "\n".join(example("recording").splitlines()[:60]), "#clean")
    studio.until("document.querySelector('#clean .work').checkVisibility()")
    assert studio.text("#clean .file") == "two.csv"
    assert not studio.run("!!document.querySelector('.drop.over')")
    assert studio.page.complaints == []
