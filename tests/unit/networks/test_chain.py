"""The equations of a chain of answers, against all its sequences one by one."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from recur.errors import SettingsError
from recur.networks.chain import best_answers, marginals, unlikelihood
from recur.networks.spec import NetworkSpec

LENGTHS = (4, 1, 3)
ANSWERS = 3


def drawn() -> tuple[Any, Any, Any]:
    random = np.random.default_rng(2)
    outputs = random.normal(size=(max(LENGTHS), len(LENGTHS), ANSWERS))
    mask = np.arange(max(LENGTHS))[:, None] < np.array(LENGTHS)
    outputs[~mask] = 50.0  # what nobody may read
    return outputs, random.normal(size=(ANSWERS + 2, ANSWERS)), mask


def scores(outputs: Any, weight: Any, lane: int) -> dict[tuple[int, ...], float]:
    """Return the score of every sequence of a lane, by a loop."""
    found = {}
    for answers in product(range(ANSWERS), repeat=LENGTHS[lane]):
        total = weight[ANSWERS, answers[0]] + weight[ANSWERS + 1, answers[-1]]
        for t, answer in enumerate(answers):
            total += outputs[t, lane, answer] + (weight[answers[t - 1], answer] if t else 0)
        found[answers] = total
    return found


def test_probabilities_and_the_best_are_those_of_all_sequences_one_by_one() -> None:
    outputs, weight, mask = drawn()
    true = np.random.default_rng(3).integers(0, ANSWERS, mask.shape)
    lost, likely = unlikelihood(outputs, weight, true, mask), marginals(outputs, weight, mask)
    best = best_answers(outputs, weight, mask)
    for lane, length in enumerate(LENGTHS):
        every = scores(outputs, weight, lane)
        total = np.log(sum(np.exp(score) for score in every.values()))
        assert lost[lane] == pytest.approx(total - every[tuple(true[:length, lane])])
        assert tuple(best[:length, lane]) == max(every, key=lambda answers: every[answers])
        for t, answer in product(range(length), range(ANSWERS)):
            with_it = sum(np.exp(s - total) for a, s in every.items() if a[t] == answer)
            assert likely[t, lane, answer] == pytest.approx(with_it)


def test_without_a_mask_all_steps_are_real() -> None:
    outputs, weight, _ = drawn()
    every = np.ones(outputs.shape[:2], bool)
    assert np.array_equal(best_answers(outputs, weight), best_answers(outputs, weight, every))
    assert np.array_equal(marginals(outputs, weight), marginals(outputs, weight, every))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"chain": True, "outputs": 3}, "must be 'every' and 'linear'"),
        ({"spelling": {"symbols": 4, "longest": 5}}, "for a network of `symbols`"),
        (
            {"symbols": 4, "spelling": {"symbols": 4, "longest": 2, "kernel": 3}},
            "longer than the 2 characters",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(given: Any, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        NetworkSpec(**given)
