"""What does not fit together is refused in one sentence, before an engine touches it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler
from recur.data.sources.sequences import Sequences
from recur.data.sources.windows import Windows
from recur.engines.base import Decoding, DropoutSamples, StepRecipe
from recur.engines.checks.forward import check_forward, check_stepper
from recur.engines.checks.training import check_lanes, check_training
from recur.errors import SettingsError
from recur.networks.reference import zero_state
from recur.networks.spec import NetworkSpec

PANEL = Panel(np.arange(40.0), np.arange(40), np.array([0, 40]), ("a",), Clock())
WINDOWS = Windows.over(PANEL, Scaler.fit("none", list(PANEL)), 8, 3)
STARTS = np.array([0, 5])
VALUES = Sequences(np.ones((20, 2), np.float32), np.ones((20, 3), np.float32), STARTS, 5)
TEXT = np.arange(20, dtype=np.int32) % 6
SYMBOLS = Sequences(TEXT, TEXT, STARTS, 5)
CROSS = StepRecipe(loss="cross_entropy")
LEVELS = StepRecipe(loss="quantile", quantiles=(0.1, 0.9))
CONVOLUTION = {"filters": 2, "kernel": 3}


@pytest.mark.parametrize(
    ("settings", "recipe", "source"),
    [
        ({"outputs": 3}, StepRecipe(), WINDOWS),
        ({"outputs": 6}, LEVELS, WINDOWS),
        ({"decoder": True}, StepRecipe(), WINDOWS),
        ({"cell": "mlp", "steps": 8, "outputs": 3}, StepRecipe(), WINDOWS),
        ({"inputs": 2, "outputs": 3, "reads": "every"}, StepRecipe(), VALUES),
        ({"inputs": 2, "outputs": 6}, LEVELS, replace(VALUES, lengths=np.array([5, 1]))),
        ({"inputs": 2, "outputs": 3}, StepRecipe(), replace(VALUES, carried=True)),
        ({"symbols": 6, "inputs": 2, "outputs": 6, "reads": "every"}, CROSS, SYMBOLS),
        ({"inputs": 2, "outputs": 3, "convolution": CONVOLUTION}, StepRecipe(), VALUES),
    ],
)
def test_what_fits_passes(settings: dict[str, Any], recipe: StepRecipe, source: Any) -> None:
    check_training(NetworkSpec(**settings), recipe, source)


@pytest.mark.parametrize(
    ("settings", "recipe", "source", "sentence"),
    [
        ({"outputs": 2}, StepRecipe(), WINDOWS, "2 outputs, but the horizon of 3 needs 3"),
        ({"outputs": 3}, LEVELS, WINDOWS, "for each of 2 quantiles needs 6"),
        ({"outputs": 3}, CROSS, WINDOWS, "'cross_entropy' is for symbols"),
        ({"inputs": 2, "outputs": 3}, StepRecipe(), WINDOWS, "the network takes 2 values"),
        ({"symbols": 4, "outputs": 3}, StepRecipe(), WINDOWS, "the network takes 4 symbols"),
        (
            {"outputs": 3, "reads": "every"},
            StepRecipe(),
            WINDOWS,
            "answers at every time step, but the windows have a horizon after the last",
        ),
        ({"cell": "mlp", "steps": 9, "outputs": 3}, StepRecipe(), WINDOWS, "9 time steps at once"),
        (
            {"outputs": 3, "convolution": {"filters": 1, "kernel": 9}},
            StepRecipe(),
            WINDOWS,
            "kernel of 9 is longer than the 8",
        ),
        ({"decoder": True, "outputs": 3}, StepRecipe(), WINDOWS, "`outputs` is 3 and must be 1"),
        ({"decoder": True}, LEVELS, WINDOWS, "cannot be trained with the loss 'quantile'"),
        ({"decoder": True}, CROSS, WINDOWS, "cannot be trained with the loss 'cross_entropy'"),
        ({"decoder": True, "inputs": 2, "outputs": 3}, StepRecipe(), VALUES, "newest value of a"),
        ({"inputs": 3, "outputs": 3}, StepRecipe(), VALUES, r"this network takes \[rows, 3\]"),
        ({"inputs": 2, "outputs": 2}, StepRecipe(), VALUES, "2 outputs, which do not fit targets"),
        ({"inputs": 2, "outputs": 3}, LEVELS, VALUES, "for each of 2 quantiles"),
        ({"inputs": 2, "outputs": 3}, CROSS, VALUES, "the targets are float32; this network"),
        ({"symbols": 6, "outputs": 3}, StepRecipe(), VALUES, "the inputs are float32; .* int32"),
        ({"symbols": 6, "outputs": 6}, StepRecipe(), SYMBOLS, "the targets are int32"),
        ({"symbols": 5, "outputs": 6}, CROSS, SYMBOLS, "the inputs hold symbols from 0 to 5"),
        ({"symbols": 6, "outputs": 5}, CROSS, SYMBOLS, "the targets hold symbols from 0 to 5"),
        (
            {"symbols": 6, "outputs": 6},
            CROSS,
            replace(SYMBOLS, targets=TEXT[:-1]),
            "20 rows of inputs and 19 of targets",
        ),
        (
            {"inputs": 2, "outputs": 3, "reads": "every", "convolution": CONVOLUTION},
            StepRecipe(),
            VALUES,
            "no longer stand beside the targets",
        ),
        (
            {"inputs": 2, "outputs": 3, "convolution": CONVOLUTION},
            StepRecipe(),
            replace(VALUES, lengths=np.array([5, 1])),
            "so that none can be masked",
        ),
        (
            {"inputs": 2, "outputs": 3},
            StepRecipe(),
            replace(VALUES, lengths=np.array([5, 0])),
            "sequence 1 starts at row 5 and has 0 real steps; it must have 1 to 5",
        ),
        (
            {"inputs": 2, "outputs": 3},
            StepRecipe(),
            replace(VALUES, lengths=np.array([6, 1])),
            "sequence 0 .* has 6 real steps",
        ),
        (
            {"inputs": 2, "outputs": 3},
            StepRecipe(),
            replace(VALUES, lengths=np.array([1])),
            "2 sequences and 1 lengths",
        ),
        (
            {"inputs": 2, "outputs": 3},
            StepRecipe(),
            replace(VALUES, starts=np.array([0, 16])),
            "sequence 1 starts at row 16 .* within the 20 rows",
        ),
        *(
            (
                {"inputs": 2, "outputs": 3, **settings},
                StepRecipe(),
                replace(VALUES, carried=True),
                "cannot carry its state",
            )
            for settings in (
                {"bidirectional": True},
                {"convolution": CONVOLUTION},
                {"cell": "mlp", "steps": 5},
            )
        ),
    ],
)
def test_what_does_not_fit_says_so(
    settings: dict[str, Any], recipe: StepRecipe, source: Any, sentence: str
) -> None:
    with pytest.raises(SettingsError, match=sentence):
        check_training(NetworkSpec(**settings), recipe, source)


ONES = np.ones((4, 2, 1), np.float32)
START = np.ones((2, 1), np.float32)


@pytest.mark.parametrize(
    ("settings", "inputs", "more", "sentence"),
    [
        ({}, ONES.astype(np.float64), {}, "the inputs are float64; this network needs float32"),
        ({}, ONES[0], {}, r"the shape \(2, 1\); this network takes \[time, batch, 1\]"),
        ({"inputs": 2}, ONES, {}, r"takes \[time, batch, 2\]"),
        ({"symbols": 3}, np.full((4, 2), 3, np.int32), {}, "symbols from 3 to 3; .* 0 to 2"),
        ({"symbols": 3}, np.full((4, 2), -1, np.int32), {}, "symbols from -1 to -1"),
        ({"cell": "mlp", "steps": 5}, ONES, {}, "is given 4"),
        ({"convolution": {"filters": 1, "kernel": 5}}, ONES, {}, "longer than the 4"),
        ({}, ONES, {"mask": np.ones((4, 3), bool)}, r"the mask has the shape \(4, 3\)"),
        ({"convolution": CONVOLUTION}, ONES, {"mask": np.ones((4, 2), bool)}, "none can be masked"),
        ({}, ONES, {"state": zero_state(NetworkSpec(), 3)}, "the state has the shapes"),
        ({"cell": "lstm"}, ONES, {"state": zero_state(NetworkSpec(), 2)}, "the state has the"),
        ({"decoder": True}, ONES, {}, "a decoder needs to be given where it starts"),
        ({}, ONES, {"decoding": Decoding(START, 3)}, "the network has no decoder"),
        ({"decoder": True}, ONES, {"decoding": Decoding(START, 0)}, "take 0 steps"),
        ({"decoder": True}, ONES, {"decoding": Decoding(START[:1], 3)}, r"`start` has .* \(1, 1\)"),
        (
            {"decoder": True},
            ONES,
            {"decoding": Decoding(START, 3, np.ones((2, 2, 1), np.float32))},
            r"`truth` has the shape \(2, 2, 1\); it must be \(3, 2, 1\)",
        ),
        ({}, ONES, {"draws": DropoutSamples(0, np.array([4, 5]), 3)}, "but the batch has 2 lanes"),
    ],
)
def test_arguments_of_forward_are_looked_at(
    settings: dict[str, Any], inputs: Any, more: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(SettingsError, match=sentence):
        check_forward(NetworkSpec(**settings), inputs, **more)


@pytest.mark.parametrize(
    "settings",
    [
        {"bidirectional": True},
        {"convolution": CONVOLUTION},
        {"cell": "mlp", "steps": 4},
        {"decoder": True},
        {"reads": "mean"},
    ],
)
def test_only_what_reads_forwards_can_be_fed_step_by_step(settings: dict[str, Any]) -> None:
    check_stepper(NetworkSpec(cell="lstm", layers=2, symbols=3))
    with pytest.raises(SettingsError, match="cannot be fed step by step"):
        check_stepper(NetworkSpec(**settings))


def test_carried_batches_are_full_and_of_one_size() -> None:
    check_lanes(np.array([3, 1]), None)
    check_lanes(np.array([3, 1]), 2)
    with pytest.raises(SettingsError, match="every batch must be full"):
        check_lanes(np.array([3, -1]), 2)
    with pytest.raises(SettingsError, match="one of 3 follows one of 2"):
        check_lanes(np.array([3, 1, 2]), 2)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"loss": "quantile"}, "the loss 'quantile' needs levels"),
        ({"smoothing": 0.1}, "only 'cross_entropy' takes"),
        ({"loss": "cross_entropy", "weights": (1.0, 0.0)}, "must be above 0"),
        ({"quantiles": (0.5,)}, "no other loss takes any"),
        ({"loss": "quantile", "quantiles": (0.5, 0.1)}, "they must rise, and lie between 0 and 1"),
        ({"loss": "quantile", "quantiles": (0.5, 0.5)}, "they must rise"),
        ({"loss": "quantile", "quantiles": (0.0, 0.5)}, "they must rise"),
        ({"loss": "quantile", "quantiles": (0.5, 1.0)}, "they must rise"),
    ],
)
def test_levels_of_quantiles_rise_between_0_and_1(settings: Any, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        StepRecipe(**settings)
