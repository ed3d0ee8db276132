"""The folder of a denoiser is about it alone, and draws what was held out under its own name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recur import Denoiser
from recur.report.plots import denoising
from recur.tasks.denoise import folder as denoise_folder
from recur.tasks.denoise.folder import write_denoiser

Drawn = list[tuple[Any, ...]]


def fitted(*shape: int, epochs: int = 2, **options: Any) -> Denoiser:
    clean = np.broadcast_to(np.sin(np.arange(shape[-1]) / 5), shape)
    noisy = clean + np.random.default_rng(0).uniform(-0.3, 0.3, shape)
    model = Denoiser(hidden=2, epochs=epochs, steps=20)
    return model.fit(noisy, clean, progress=False, **options)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """Return what is drawn: how many values, the number of the first one, and the name."""
    found: Drawn = []

    def draw(noisy: Any, clean: Any, cleaned: Any, *, start: int, name: str) -> Any:
        found.append((len(noisy), start, name))
        return denoising.denoising_picture(noisy, clean, cleaned, start=start, name=name)

    monkeypatch.setattr(denoise_folder, "denoising_picture", draw)
    return found


def test_the_end_of_a_single_recording_is_drawn(tmp_path: Path, drawn: Drawn) -> None:
    files = write_denoiser(fitted(200), ["pump"], 200, tmp_path)
    assert drawn == [(40, 160, "pump")]
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in files.values()}
    assert set(files) == {"model", "training", "denoised"}


def test_a_held_out_recording_is_drawn_under_its_name(tmp_path: Path, drawn: Drawn) -> None:
    write_denoiser(fitted(5, 30), ["a", "b", "c", "d", "e"], 150, tmp_path)
    assert drawn == [(30, 0, "e")]


def test_pictures_of_an_earlier_model_are_removed(tmp_path: Path) -> None:
    (tmp_path / "denoised.png").write_bytes(b"old")
    files = write_denoiser(fitted(200, test=0), ["pump"], 200, tmp_path)
    assert set(files) == {"model", "training"}
    assert not (tmp_path / "denoised.png").exists()


def test_one_epoch_is_no_curve(tmp_path: Path) -> None:
    (tmp_path / "training.png").write_bytes(b"old")
    files = write_denoiser(fitted(200, epochs=1), ["pump"], 200, tmp_path)
    assert set(files) == {"model", "denoised"}
    assert not (tmp_path / "training.png").exists()
