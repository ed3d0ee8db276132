"""A signal cleaned value by value is the whole signal cleaned, bit for bit."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recur import DataError, Denoiser, ModelFileError, SettingsError, Writer
from recur.data.text.text import Text


@cache
def denoiser(cell: str = "gru", channels: int = 1, **more: Any) -> Denoiser:
    """Return a small denoiser of recordings with some channels."""
    clean = np.sin(np.arange(60)[:, None, None] / 5 + np.arange(channels))
    noisy = clean + 0.1 * np.random.default_rng(0).normal(size=(60, 4, channels))
    recordings = np.repeat(clean, 4, axis=1).swapaxes(0, 1)
    model = Denoiser(cell=cell, hidden=6, epochs=1, **more)
    return model.fit(noisy.swapaxes(0, 1), recordings, test=0, progress=False)


@settings(max_examples=20)
@given(
    cell=st.sampled_from(["gru", "lstm", "rnn", "mingru"]), channels=st.integers(1, 2),
    series=st.sampled_from([None, 1, 3]), steps=st.integers(1, 30), saved=st.integers(0, 30),
    reset=st.integers(0, 3), seed=st.integers(0, 9),
)  # fmt: skip
def test_each_value_is_cleaned_as_in_the_whole_signal(
    cell: str, channels: int, series: int | None, steps: int, saved: int, reset: int, seed: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    model = denoiser(cell, channels)
    noisy = np.random.default_rng(seed).normal(size=(series or 1, steps, channels))
    live = model.live(series=series)
    for step in range(min(reset, steps)):
        live.push(noisy[:, step] if series else noisy[0, step])
    live.reset()
    made = np.empty_like(noisy)
    for step in range(steps):
        made[:, step] = live.push(noisy[:, step] if series else noisy[0, step])
        if step == saved:
            path = live.save(tmp_path_factory.mktemp("stream") / "state")
            live = model.live(state=path)
    assert np.array_equal(made, model.predict(noisy))


def test_a_signal_of_one_channel_is_cleaned_number_by_number() -> None:
    cleaned = denoiser().live().push(0.5)
    assert isinstance(cleaned, float)
    assert cleaned == denoiser().predict(np.array([0.5]))[0]


@pytest.mark.parametrize("value", [np.nan, np.inf, None, "loud", [1.0, 2.0]])
def test_what_is_no_value_is_refused_and_changes_nothing(value: Any) -> None:
    live, twin = denoiser().live(), denoiser().live()
    with pytest.raises(DataError):
        live.push(value)
    assert live.push(0.3) == twin.push(0.3)


def test_one_that_reads_backwards_cannot_follow() -> None:
    with pytest.raises(SettingsError, match="a stream has no end to begin at"):
        denoiser(bidirectional=True).live()


def test_a_file_that_is_no_state_of_this_model_is_refused(tmp_path: Path) -> None:
    path = denoiser("gru").live().save(tmp_path / "state")
    with pytest.raises(SettingsError, match="of another model"):
        denoiser("lstm").live(state=path)
    writer = Writer(hidden=4, embedding=2, layers=1, epochs=1, steps=5, streams=2, counting=False)
    writer.fit(Text.of("abracadabra " * 20), progress=False)
    with pytest.raises(SettingsError, match="of another model"):
        writer.live(state=path)
    with pytest.raises(ModelFileError, match="expected a stream"):
        denoiser("gru").live(state=denoiser("gru").save(tmp_path / "model.recur"))
