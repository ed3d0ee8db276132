"""The limit of cleaning sines is what all phases that are still possible say."""

from __future__ import annotations

import numpy as np
import pytest

from recur.data.synthetic import noisy_sines
from recur.errors import DataError
from recur.labs.denoise.limits import denoising_limit


def by_hand(seen: list[float], t: int, period: float, noise: float) -> float:
    """Return the median at step t over the phases that can have given what is seen."""
    phases = [
        p
        for p in range(101)
        if all(abs(x - np.sin(2 * np.pi * (i + p) / period)) <= noise for i, x in enumerate(seen))
    ]
    return float(np.median([np.sin(2 * np.pi * (t + p) / period) for p in phases]))


@pytest.mark.parametrize("both", [False, True])
def test_answers_are_the_medians_over_the_phases_left(both: bool) -> None:
    made = noisy_sines(series=3, points=30, noise=0.5)
    answers = denoising_limit(made.values, noise=0.5, both=both)
    for values, found in zip(made.values, answers, strict=True):
        expected = [
            by_hand(list(values if both else values[: t + 1]), t, 60, 0.5) for t in range(30)
        ]
        assert found == pytest.approx(expected)


def test_a_later_value_changes_no_earlier_answer_unless_both_sides_are_seen() -> None:
    made = noisy_sines(series=200, points=40)
    changed = made.values.copy()
    changed[:, 20:] = made.answer[:, 20:]  # without the noise, so that fewer phases are left
    before, after = denoising_limit(made.values), denoising_limit(changed)
    assert np.array_equal(before[:, :20], after[:, :20])
    assert not np.array_equal(before[:, 20:], after[:, 20:])
    before, after = (denoising_limit(x, both=True) for x in (made.values, changed))
    assert not np.array_equal(before[:, :20], after[:, :20])


def test_no_network_can_be_as_good_as_the_limit_and_the_noise_is_worse() -> None:
    made = noisy_sines(series=400)
    causal, both, noisy = (
        np.abs(answers - made.answer).mean()
        for answers in (
            denoising_limit(made.values),
            denoising_limit(made.values, both=True),
            made.values,
        )
    )
    assert both < 1e-3 < causal < 0.1 * noisy


def test_what_is_no_sine_is_refused() -> None:
    with pytest.raises(DataError, match="series 1 is no sine"):
        denoising_limit(np.array([[0.0, 0.0], [3.0, 0.0]]))
