"""Each sort of noise has the statistics that its numbers say, and the same seed gives the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from recur.arrays import Float64s
from recur.data.signals.noise import Noise
from recur.errors import SettingsError

STEPS = 40_000


def added(text: str, clean: Float64s | None = None, **key: Any) -> Float64s:
    """Return what a noise adds to a recording, of zeros by default."""
    signal = np.zeros((STEPS, 1)) if clean is None else clean
    return Noise.parse(text).on(signal, **{"seed": 3, **key}) - signal


def test_uniform_noise_fills_its_bounds_evenly() -> None:
    noise = added("uniform:0.35")
    assert np.abs(noise).max() < 0.35
    assert noise.mean() == pytest.approx(0, abs=0.005)
    assert noise.std() == pytest.approx(0.35 / np.sqrt(3), rel=0.01)
    assert (np.abs(noise) < 0.175).mean() == pytest.approx(0.5, abs=0.01)


def test_gaussian_noise_has_its_deviation_and_normal_tails() -> None:
    noise = added("gaussian:0.2")
    assert noise.mean() == pytest.approx(0, abs=0.005)
    assert noise.std() == pytest.approx(0.2, rel=0.02)
    assert (np.abs(noise) > 0.4).mean() == pytest.approx(0.0455, abs=0.005)


def test_impulses_hit_their_share_up_and_down() -> None:
    noise = added("impulses:0.05:1.5")
    assert set(np.unique(noise)) == {-1.5, 0.0, 1.5}
    assert (noise != 0).mean() == pytest.approx(0.05, abs=0.005)
    assert (noise[noise != 0] > 0).mean() == pytest.approx(0.5, abs=0.05)


def test_dropouts_begin_at_their_share_and_last_their_length_in_all_channels() -> None:
    noisy = Noise.parse("dropouts:0.01:5").on(np.ones((STEPS, 2)), seed=3)
    assert np.array_equal(noisy[:, 0], noisy[:, 1])
    gone = noisy[:, 0] == 0
    assert gone.mean() == pytest.approx(1 - 0.99**5, abs=0.005)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], gone, [0]])))
    lengths = edges[1::2] - edges[::2]
    assert lengths[:-1].min() == 5  # longer where one begins within another


def test_a_dropout_longer_than_the_recording_lasts_to_its_end() -> None:
    noisy = Noise.parse("dropouts:0.05:1000000000").on(np.ones((50, 1)), seed=3)[:, 0]
    first = int(np.argmin(noisy))
    assert 0 < first < 50
    assert not noisy[first:].any()


def test_drift_is_a_walk_with_steps_of_its_deviation() -> None:
    walk = added("drift:0.1")[:, 0]
    steps = np.diff(walk)
    assert steps.std() == pytest.approx(0.1, rel=0.02)
    assert np.corrcoef(steps[1:], steps[:-1])[0, 1] == pytest.approx(0, abs=0.02)


def test_sorts_are_added_one_after_the_other_with_numbers_of_their_own() -> None:
    both = added("uniform:0.3+uniform:0.3")
    assert np.abs(both).max() > 0.5
    assert both.std() == pytest.approx(0.3 * np.sqrt(2 / 3), rel=0.02)
    dropped = Noise.parse("uniform:0.3+dropouts:1:1").on(np.ones((9, 1)), seed=3)
    assert not dropped.any()  # what comes last has the last word


def test_the_same_key_gives_the_same_noise_and_each_part_of_it_matters() -> None:
    first = added("gaussian:1")
    assert np.array_equal(first, added("gaussian:1"))
    others: list[dict[str, Any]] = [{"seed": 4}, {"recording": 1}, {"copy": 1}]
    for other in others:
        correlation = np.corrcoef(first[:, 0], added("gaussian:1", **other)[:, 0])[0, 1]
        assert abs(correlation) < 0.02


def test_channels_have_noise_of_their_own_and_the_clean_signal_stays() -> None:
    clean = np.ones((STEPS, 2))
    noise = added("uniform:1", clean)
    assert abs(np.corrcoef(noise[:, 0], noise[:, 1])[0, 1]) < 0.02
    assert (clean == 1).all()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("unifrom:0.3", r"names 'unifrom'; the nearest is `uniform`"),
        ("uniform", r"part 'uniform'; expected `uniform:SIZE`, with numbers"),
        ("uniform:x", r"part 'uniform:x'; expected `uniform:SIZE`"),
        ("uniform:1:2", r"expected `uniform:SIZE`"),
        ("impulses:0.1", r"expected `impulses:SHARE:SIZE`"),
        ("impulses:1.5:1", r"whose share must be above 0 and up to 1"),
        ("dropouts:0.1:2.5", r"whose length must be a whole number from 1 on"),
        ("gaussian:-1", r"whose size must be above 0"),
        ("gaussian:nan", r"whose size must be above 0"),
        ("drift:inf", r"whose size must be above 0"),
        ("", r"names ''"),
        ("+".join(["drift:1"] * 17), r"has 17 parts; it can have up to 16"),
    ],
)
def test_what_is_no_noise_is_refused_with_what_is(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        Noise.parse(text)
