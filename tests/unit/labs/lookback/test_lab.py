"""Lab `lookback`: one value cannot tell rising from falling, two can; a memory does as well."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from recur.data.synthetic import sine
from recur.labs.lookback.memory import MemoryNetwork, error_after, teach
from recur.labs.lookback.one_or_two import (
    PUBLISHED,
    answers_at,
    course_job,
    course_weights,
    error_over,
    own,
)
from recur.labs.lookback.windows import NOISE, PERIOD, least_error
from recur.report.findings import Findings, Row
from recur.training.loop import train

LIMIT = np.sin(2 * np.pi / PERIOD) ** 2 / 2


def test_one_value_cannot_pass_the_limit_and_two_can(
    row: Callable[[str], Row], ours: Callable[[str], float]
) -> None:
    for recipe in ("our", "course's"):
        one = row(f"one value seen, {recipe} recipe")
        assert one.limit == pytest.approx(LIMIT)
        assert ours(one.name) >= 0.999 * LIMIT
    assert ours("two values seen, our recipe") < 1e-5
    assert row("two values seen, our recipe").limit == 0


def test_the_published_figures_stand_beside_the_course_s_recipe(findings: Findings) -> None:
    published = {one.name: one.published for one in findings.rows if one.published is not None}
    assert published == {
        "one value seen, course's recipe": PUBLISHED[1],
        "two values seen, course's recipe": PUBLISHED[2],
    }


def test_equal_values_have_equal_answers_where_one_is_seen() -> None:
    values = sine(1000, PERIOD).values
    alike = answers_at(own(values, 1, epochs=20, seed=0), values)
    assert alike[0] == pytest.approx(alike[1], abs=1e-6)
    told = answers_at(own(values, 2, epochs=20, seed=0), values)
    assert told[0] - told[1] > 0.1


def test_the_course_s_second_layer_stays_at_eight_units() -> None:
    job = course_job(2, seed=0)
    before = course_weights(job.spec, 0)
    trained = train(job, before).weights
    assert error_over(job, trained) < error_over(job, before)
    blocks = job.spec.named(trained)
    for silent in (blocks["mlp.1.weight"][8:], blocks["head.weight"][:, 8:]):
        assert not silent.any()
    assert blocks["mlp.1.weight"][:8].all()


def test_a_network_may_see_too_little_and_learn_too_much(findings: Findings) -> None:
    lookbacks = [one for one in findings.rows if one.name.startswith("noisy sine")]
    few, some, many = (one.ours or 0.0 for one in lookbacks)
    assert some < few
    assert some < many


def test_a_short_history_is_better_masked_than_padded(
    findings: Findings, ours: Callable[[str], float]
) -> None:
    masked = ours("5 known, the rest masked")
    assert masked < ours("5 known, padded with zeros")
    assert ours("200 known, cut to 20") < masked
    assert any(
        word.endswith("its answers from those alone are the same.") for word in findings.words
    )


def test_a_memory_that_is_taught_often_passes_what_one_value_can_tell(
    ours: Callable[[str], float],
) -> None:
    assert ours("memory 8, each 20 through time") < LIMIT / 5
    assert ours("memory 8, each epoch cut") > LIMIT


def test_a_large_memory_learns_the_noise(
    row: Callable[[str], Row], ours: Callable[[str], float]
) -> None:
    large, small = (row(f"memory {size}, few noisy points") for size in (16, 4))
    assert ours(large.name) > ours(small.name)
    assert large.limit == small.limit == pytest.approx(NOISE**2, rel=0.1)


def test_the_season_is_found(ours: Callable[[str], float]) -> None:
    assert ours("season found, noisy sine") == PERIOD


def test_the_least_error_is_that_of_the_known_phase_where_enough_is_seen() -> None:
    made = sine(3000, PERIOD, NOISE)
    rows = np.arange(100)[:, None] + np.arange(2000)
    noise = float(np.mean((made.values - made.answer)[2000:2100] ** 2))
    assert least_error(made.values[rows], made.values[2000:2100]) == pytest.approx(noise, rel=1e-3)


def test_the_least_error_is_that_of_the_mean_over_places_by_their_likelihood() -> None:
    values = sine(203, PERIOD, NOISE).values
    rows = np.arange(200)[:, None] + np.arange(3)
    squares = []
    for seen, truth in zip(values[rows], values[3:], strict=True):
        wave = np.sin(2 * np.pi * (np.arange(PERIOD) + np.arange(4)[:, None]) / PERIOD)
        likely = np.exp(-((seen[:, None] - wave[:3]) ** 2) / (2 * NOISE**2)).prod(axis=0)
        squares.append((np.average(wave[3], weights=likely) - truth) ** 2)
    assert least_error(values[rows], values[3:]) == pytest.approx(np.mean(squares))


@pytest.mark.parametrize("cut", [False, True])
def test_the_gradient_is_that_of_small_changes(cut: bool) -> None:
    network = MemoryNetwork.untaught(3, seed=1)
    values, truth = sine(12, 7).values, sine(13, 7).values[1:]
    start = np.array([0.2, -0.1, 0.4])
    answers, memories = network.run(values, start)
    gradient = network.gradient(values, memories, answers - truth, cut=cut)

    def half_error(weights: np.ndarray) -> float:
        changed = MemoryNetwork(weights, 3)
        if cut:  # each step begins with the memory as it was
            each = zip(values, memories[:-1], strict=True)
            made = np.concatenate([changed.run(x[None], memory)[0] for x, memory in each])
        else:
            made, _ = changed.run(values, start)
        return float(np.mean((made - truth) ** 2) / 2)

    for place, partial in enumerate(gradient):
        step = np.zeros_like(gradient)
        step[place] = 1e-5
        change = half_error(network.weights + step) - half_error(network.weights - step)
        assert change / 2e-5 == pytest.approx(partial, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("every", [1, 7, 59])
def test_the_memory_goes_on_from_stretch_to_stretch(every: int) -> None:
    values, network = sine(60, 20).values, MemoryNetwork.untaught(4)
    losses = list(teach(network, values, every=every, epochs=2, rate=0.0))
    assert losses == pytest.approx([error_after(network, values, 0)] * 2)


def test_over_one_sample_it_makes_no_difference_whether_errors_are_cut() -> None:
    values = sine(60, 20).values
    whole, cut = MemoryNetwork.untaught(2), MemoryNetwork.untaught(2)
    losses = list(teach(whole, values, every=1, epochs=2))
    assert list(teach(cut, values, every=1, epochs=2, cut=True)) == losses
    assert np.array_equal(whole.weights, cut.weights)


def test_a_network_that_repeats_its_input_has_the_error_of_the_steps() -> None:
    small = 1e-4  # tanh is straight there
    network = MemoryNetwork(np.array([small, 0.0, 1 / small, 0.0, 0.0]), 1)
    values = sine(100, 20).values
    expected = np.mean(np.diff(values)[40:] ** 2)
    assert error_after(network, values, 40) == pytest.approx(expected, rel=1e-5)
