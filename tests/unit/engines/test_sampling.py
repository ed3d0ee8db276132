"""Symbols drawn from logits, in the arithmetic that every engine repeats."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chisquare

from recur.engines.sampling import SamplingSettings, choose, shares_of
from recur.errors import InputError, SettingsError

LOGITS = np.log(np.array([[0.1, 0.4, 0.05, 0.3, 0.15]], np.float32))


def drawn(
    sampling: SamplingSettings, logits: NDArray[np.float32] = LOGITS, count: int = 4000
) -> list[int]:
    """Return how often each symbol is drawn, at so many steps."""
    symbols = np.concatenate([choose(logits, sampling, step) for step in range(count)])
    return [int(count) for count in np.bincount(symbols, minlength=logits.shape[1])]


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_symbols_come_as_often_as_their_probabilities_say(temperature: float) -> None:
    power = np.exp(LOGITS[0].astype(float)) ** (1 / temperature)
    lanes = np.repeat(LOGITS, 5, axis=0)  # more than one counter gives numbers for
    found = drawn(SamplingSettings(temperature=temperature, seed=1), lanes, 2000)
    assert chisquare(found, 10_000 * power / power.sum()).pvalue > 0.01


def test_shares_are_in_proportion_to_the_exponentials_of_the_outputs() -> None:
    logits = np.random.default_rng(0).normal(0, 4, (3, 300)).astype(np.float32)
    shares = shares_of(logits, SamplingSettings(temperature=0.7).scale) / 2**40
    values = logits.astype(float)
    exact = np.exp((values - values.max(axis=1, keepdims=True)) / 0.7)
    np.testing.assert_allclose(shares, exact, rtol=1e-8, atol=1e-12)
    assert (shares.max(axis=1) == 1).all()


def test_temperature_zero_takes_the_likeliest_and_of_equal_ones_the_first() -> None:
    logits = np.array([[0, 2, 2, 1], [-3, -5, -4, -3]], np.float32)
    assert choose(logits, SamplingSettings(temperature=0), 5).tolist() == [1, 0]


@pytest.mark.parametrize("temperature", [1e-3, 1e-30, 5e-324])
def test_the_lower_the_temperature_the_more_it_is_like_zero(temperature: float) -> None:
    logits = np.array([[-3e38, 3e38, 0, 2]], np.float32)
    assert drawn(SamplingSettings(temperature=temperature), logits, 20) == [0, 20, 0, 0]


def test_at_a_very_high_temperature_all_symbols_are_alike() -> None:
    found = drawn(SamplingSettings(temperature=1e30, seed=2))
    assert chisquare(found).pvalue > 0.01


def test_top_k_keeps_the_likeliest_in_their_proportions() -> None:
    found = drawn(SamplingSettings(top_k=2, seed=3))
    assert [count > 0 for count in found] == [False, True, False, True, False]
    assert chisquare([found[1], found[3]], [4000 * 4 / 7, 4000 * 3 / 7]).pvalue > 0.01


@pytest.mark.parametrize("top_k", [5, 6, 1000])
def test_top_k_of_all_symbols_or_more_changes_nothing(top_k: int) -> None:
    assert drawn(SamplingSettings(top_k=top_k), count=200) == drawn(SamplingSettings(), count=200)


@pytest.mark.parametrize(
    ("top_p", "kept"),
    [(1e-9, [1]), (0.39, [1]), (0.41, [1, 3]), (0.69, [1, 3]), (0.71, [1, 3, 4]), (1, range(5))],
)
def test_top_p_keeps_the_fewest_that_reach_the_probability(top_p: float, kept: list[int]) -> None:
    found = drawn(SamplingSettings(top_p=top_p, seed=4), count=500)
    assert [i for i, count in enumerate(found) if count] == list(kept)


def test_top_p_is_of_what_top_k_has_left() -> None:
    # Of 0.4, 0.3 and 0.15 the first two are 82 % together; of all symbols they would be 70 %.
    found = drawn(SamplingSettings(top_k=3, top_p=0.8, seed=5), count=500)
    assert [i for i, count in enumerate(found) if count] == [1, 3]


def test_equally_likely_symbols_are_kept_by_their_numbers() -> None:
    logits = np.array([[1, 0, -0.0, 0, 1]], np.float32)
    assert [count > 0 for count in drawn(SamplingSettings(top_k=3), logits, 200)] == [
        True, True, False, False, True,
    ]  # fmt: skip


def test_one_symbol_is_drawn_always() -> None:
    assert drawn(SamplingSettings(top_k=1, top_p=0.5), np.zeros((2, 1), np.float32), 3) == [6]


def test_a_lane_draws_the_same_beside_any_number_of_others() -> None:
    logits = np.random.default_rng(1).normal(size=(9, 20)).astype(np.float32)
    whole = choose(logits, SamplingSettings(seed=6), 2)
    for lanes in (1, 3, 4, 6):
        assert (
            choose(logits[:lanes], SamplingSettings(seed=6), 2).tolist() == whole[:lanes].tolist()
        )


def test_seed_step_and_lane_draw_numbers_of_their_own() -> None:
    logits = np.zeros((8, 1000), np.float32)
    first = choose(logits, SamplingSettings(seed=1), 0).tolist()
    assert len(set(first)) > 5
    assert first == choose(logits, SamplingSettings(seed=1), 0).tolist()
    assert first != choose(logits, SamplingSettings(seed=2), 0).tolist()
    assert first != choose(logits, SamplingSettings(seed=1), 1).tolist()


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_outputs_that_are_not_finite_are_refused(wrong: float) -> None:
    logits = np.array([[0, 1, 2], [0, wrong, 1]], np.float32)
    for sampling in (SamplingSettings(), SamplingSettings(temperature=0)):
        with pytest.raises(InputError, match="no longer finite numbers at symbol 7"):
            choose(logits, sampling, 7)


@pytest.mark.parametrize(
    "values",
    [{"temperature": -0.1}, {"temperature": np.nan}, {"top_k": -1}, {"top_p": 0}, {"top_p": 1.01},
     {"seed": -1}],
)  # fmt: skip
def test_settings_out_of_their_range_are_refused_by_name(values: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match=next(iter(values))):
        SamplingSettings(**values)


def test_min_p_keeps_what_is_likely_enough_beside_the_likeliest() -> None:
    found = drawn(SamplingSettings(min_p=0.3, seed=4))  # of .4: .15 and .3 are enough
    assert [count > 0 for count in found] == [False, True, False, True, True]
    assert chisquare(found[1:2] + found[3:], 4000 * np.array([8, 6, 3]) / 17).pvalue > 0.01
    assert drawn(SamplingSettings(min_p=1.0), count=20) == [0, 20, 0, 0, 0]
    both = drawn(SamplingSettings(min_p=0.3, top_k=2, seed=4))
    assert [count > 0 for count in both] == [False, True, False, True, False]
