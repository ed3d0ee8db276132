"""Beams against every translation there is, and pairs that a network cannot learn."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from recur.data.sources.pairs import Pairs
from recur.engines.base import Chunk, Snapshot, StepRecipe
from recur.engines.beams import BeamSettings
from recur.engines.registry import open_engine
from recur.engines.translating import TranslatingNetworks
from recur.errors import SettingsError
from recur.networks.attention import translate
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec

EDGE, LONGEST = 1, 3


def network(attention: str = "dot", **more: Any) -> NetworkSpec:
    settings = {"symbols": 6, "inputs": 3, "outputs": 4, "hidden": 5, "decoder": True, **more}
    return NetworkSpec(attention=attention, **settings)


def some_weights(spec: NetworkSpec, seed: int = 0) -> NDArray[np.float32]:
    return initial_values(spec, seed) * np.float32(4)


def sources(count: int = 5) -> list[NDArray[np.int32]]:
    numbers = np.random.default_rng(2)
    return [numbers.integers(0, 6, length).astype(np.int32) for length in range(1, count + 1)]


def mean_logarithm(
    spec: NetworkSpec, weights: NDArray[np.float32], source: Any, symbols: tuple[int, ...]
) -> float:
    """Return the mean logarithm of a translation's probabilities, by the slow truth."""
    fed = np.array([EDGE, *symbols])[:, None]
    odds, _ = translate(
        spec, weights.astype(np.float64), source[:, None], np.ones((len(source), 1), bool), fed
    )
    odds = odds[:, 0] - np.log(np.exp(odds[:, 0]).sum(axis=1, keepdims=True))
    return float(odds[np.arange(len(fed)), [*symbols, EDGE]].mean())


@pytest.mark.parametrize("engine", ["compiled", "torch"])
@pytest.mark.parametrize(
    "settings",
    [
        {"attention": "none"},
        {"attention": "dot", "bidirectional": True},
        {"attention": "additive", "cell": "lstm", "layers": 2, "bidirectional": True},
    ],
    ids=str,
)
def test_beams_wide_enough_find_the_best_of_all_translations(
    settings: dict[str, Any], engine: str
) -> None:
    spec = network(**settings)
    weights = some_weights(spec)
    ready = TranslatingNetworks(open_engine(engine), spec, [weights])
    found = ready.translate(sources(), BeamSettings(81, LONGEST, EDGE))
    others = [i for i in range(spec.outputs) if i != EDGE]
    for source, (one, *_) in zip(sources(), found, strict=True):
        every = {
            symbols: mean_logarithm(spec, weights, source, symbols)
            for steps in range(LONGEST + 1)
            for symbols in product(others, repeat=steps)
        }
        best = max(every, key=every.__getitem__)
        assert tuple(one.symbols) == best
        assert one.score == pytest.approx(every[best], abs=1e-4)
        if spec.attention != "none":
            np.testing.assert_allclose(one.shares[:, : len(source)].sum(axis=1), 1, atol=1e-5)
            assert not one.shares[:, len(source) :].any()


def test_a_single_beam_takes_the_likeliest_symbol_until_the_end_is_it() -> None:
    spec = network()
    ready = TranslatingNetworks(open_engine("compiled"), spec, [some_weights(spec, 3)])
    found = ready.translate(sources(), BeamSettings(1, LONGEST, EDGE))
    for source, (one,) in zip(sources(), found, strict=True):
        symbols: list[int] = []
        while len(symbols) < LONGEST:
            fed = np.array([EDGE, *symbols])[:, None]
            odds, _ = translate(
                spec, some_weights(spec, 3), source[:, None], np.ones((len(source), 1), bool), fed
            )
            following = int(odds[-1, 0].argmax())
            if following == EDGE:
                break
            symbols.append(following)
        assert list(one.symbols) == symbols


def test_a_translation_does_not_depend_on_what_is_translated_beside_it() -> None:
    spec = network(bidirectional=True)
    ready = TranslatingNetworks(open_engine("compiled"), spec, [some_weights(spec, 4)])
    beam = BeamSettings(3, 6, EDGE)
    told: list[int] = []
    together = ready.translate(sources(), beam, told.append)
    assert told == [5]
    for source, (one, *others) in zip(sources(), together, strict=True):
        ((alone, *more),) = ready.translate([source], beam)
        assert len(more) == len(others) == beam.beams - 1
        np.testing.assert_array_equal(alone.symbols, one.symbols)
        assert alone.score == pytest.approx(one.score, abs=1e-5)
        np.testing.assert_allclose(alone.shares, one.shares[:, : len(source)], atol=1e-5)


def test_several_networks_write_what_they_hold_likeliest_together() -> None:
    spec = network(bidirectional=True)
    several = [some_weights(spec, seed) for seed in (5, 6, 7)]
    ready = TranslatingNetworks(open_engine("compiled"), spec, several)
    for source, found in zip(
        sources(), ready.translate(sources(), BeamSettings(4, LONGEST, EDGE)), strict=True
    ):
        assert len(found) == 4
        assert [one.score for one in found] == sorted((o.score for o in found), reverse=True)
        for one in found:
            fed = np.array([EDGE, *one.symbols])[:, None]
            told = [translate(spec, each, source[:, None], np.ones((len(source), 1), bool), fed)
                    for each in several]  # fmt: skip
            odds = np.exp([each[:, 0] for each, _ in told])
            chances = (odds / odds.sum(axis=2, keepdims=True)).mean(axis=0)
            own = np.log(chances[np.arange(len(fed)), [*one.symbols, EDGE]])
            assert one.score == pytest.approx(own.mean(), abs=1e-4)
            shares = np.mean([each[:, :, 0] for _, each in told], axis=0)
            np.testing.assert_allclose(one.shares[:, : len(source)], shares[:-1], atol=1e-5)


def test_a_network_without_a_decoder_of_symbols_does_not_translate() -> None:
    spec = NetworkSpec(decoder=True)
    with pytest.raises(SettingsError, match="only a network of symbols with a decoder"):
        TranslatingNetworks(open_engine("compiled"), spec, [initial_values(spec, 0)])


PAIRS = Pairs.of(sources(2), [np.array([1, 2, 1], np.int32), np.array([1, 3, 1], np.int32)])


@pytest.mark.parametrize("engine", ["compiled", "torch"])
@pytest.mark.parametrize(
    ("settings", "changes", "sentence"),
    [
        ({"decoder": False, "attention": "none"}, {}, "with a `decoder` and the loss"),
        ({"symbols": 2}, {}, "the inputs hold symbols from"),
        ({"outputs": 3}, {}, "the targets hold symbols from 1 to 3; this network knows 0 to 2"),
        ({}, {"target_lengths": np.array([2, 3])}, "pair 1 has 3 steps from row 3 of the targets"),
        ({}, {"lengths": np.array([0, 2])}, "pair 0 has 0 steps from row 0 of the inputs"),
        ({}, {"starts": np.array([0])}, "each pair has a start and a length"),
    ],
    ids=str,
)
def test_pairs_that_do_not_fit_a_network_are_refused(
    settings: dict[str, Any], changes: dict[str, Any], sentence: str, engine: str
) -> None:
    spec = network(**settings)
    first = Snapshot.first(initial_values(spec, 0))
    with pytest.raises(SettingsError, match=re.escape(sentence)):
        open_engine(engine).trainer(
            spec, StepRecipe(loss="cross_entropy"), replace(PAIRS, **changes), first
        )


@pytest.mark.parametrize("engine", ["compiled", "torch"])
def test_a_decoder_of_symbols_is_not_fed_its_own(engine: str) -> None:
    spec = network()
    first = Snapshot.first(initial_values(spec, 0))
    recipe = StepRecipe(loss="cross_entropy")
    trainer = open_engine(engine).trainer(spec, recipe, PAIRS, first)
    one = np.array([0.01]), np.array([0])
    trainer.run(Chunk(np.array([[0, 1]]), *one, seed=0, forcing=np.array([1.0])))
    with pytest.raises(SettingsError, match="`forcing` must be 1"):
        trainer.run(Chunk(np.array([[0, 1]]), *one, seed=0, forcing=np.array([0.5])))


def test_a_network_that_translates_is_not_run_without_what_it_is_fed() -> None:
    spec = network()
    with pytest.raises(SettingsError, match="runs by `recur"):
        open_engine("compiled").forward(spec, initial_values(spec, 0), np.zeros((2, 1), np.int32))
