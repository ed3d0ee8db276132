"""The engines against each other over a cover of all that windows and strategies can be.

Every two settings that can stand together do so in some of the cases, whatever the others are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.parity.pairwise import Case, Pair, Pairwise

from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler
from recur.data.sources.covariates import CovariateInputs
from recur.data.sources.windows import Windows
from recur.engines.base import Chunk, Snapshot, StepRecipe
from recur.engines.registry import open_engine
from recur.networks.cells import CELLS
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec

LOOKBACK, HORIZON, SEASON = 9, 4, 6
LENGTHS = np.array([40, 14, 31])

FACTORS: dict[str, tuple[Any, ...]] = {
    "strategy": ("direct", "recursive", "all_steps", "encoder_decoder"),
    "cell": (*CELLS, "mlp"),
    "layers": (1, 2),
    "both": (False, True),
    "filter": ((), (3, 1), (2, 3)),  # kernel and stride of a convolution
    "dropout": ("", "step", "sequence"),
    "scaling": ("window", "series", "minmax", "none"),
    "residual": ("none", "last", "seasonal"),
    "least": (2, LOOKBACK),
    "missing": (False, True),
    "past": (0, 1),
    "known": (0, 2),
    "loss": ("mse", "mae", "quantile"),
    "forcing": (1.0, 0.4, 0.0),
    "decay": (0.0, 0.1),
}
IMPOSSIBLE: list[Pair] = [
    (("strategy", "all_steps"), ("both", True)),
    (("strategy", "all_steps"), ("cell", "mlp")),
    (("strategy", "encoder_decoder"), ("cell", "mlp")),
    (("strategy", "encoder_decoder"), ("loss", "quantile")),
    (("strategy", "recursive"), ("loss", "quantile")),
    (("strategy", "recursive"), ("past", 1)),
    (("cell", "mlp"), ("both", True)),
    (("cell", "mlp"), ("least", 2)),
    *((("filter", kind), ("least", 2)) for kind in FACTORS["filter"][1:]),
    *(
        (("strategy", name), ("forcing", share))
        for name in ("direct", "recursive", "all_steps")
        for share in (0.4, 0.0)
    ),
    *((("cell", "mlp"), ("forcing", share)) for share in (0.4, 0.0)),
    *((("loss", "quantile"), ("forcing", share)) for share in (0.4, 0.0)),
]
PAIRWISE = Pairwise(FACTORS, IMPOSSIBLE, times=2)
CASES = PAIRWISE.cover()


def test_the_cover_holds_every_pair_that_can_be() -> None:
    PAIRWISE.check(CASES)


def windows_of(case: Case, seed: int) -> Windows:
    """Return windows over series of which one is hardly longer than a lookback and a horizon."""
    rng, rows = np.random.default_rng(seed), int(LENGTHS.sum())
    panel = Panel(
        values=5 + np.cumsum(rng.normal(size=rows)),
        times=np.arange(rows),
        offsets=np.concatenate([[0], np.cumsum(LENGTHS)]),
        ids=("a", "b", "c"),
        clock=Clock(),
        filled=rng.random(rows) < 0.2 if case["missing"] else None,
    )
    ahead = 1 if case["strategy"] == "recursive" else HORIZON
    columns = case["past"] + case["known"]
    covariates = CovariateInputs(
        steps=rng.normal(size=(rows + 3 * HORIZON, columns)).astype(np.float32),
        past=case["past"], ahead=ahead, spare=HORIZON,
        constants=rng.normal(size=(3, 2)).astype(np.float32),
    )  # fmt: skip
    return Windows.over(
        panel, Scaler.fit(case["scaling"], list(panel)), LOOKBACK, ahead, season=SEASON,
        residual=case["residual"], least=case["least"], every=case["strategy"] == "all_steps",
        covariates=covariates if columns else None,
    )  # fmt: skip


def network_of(case: Case, windows: Windows) -> tuple[NetworkSpec, StepRecipe]:
    levels = (0.1, 0.5, 0.8) if case["loss"] == "quantile" else ()
    decoder = case["strategy"] == "encoder_decoder"
    kernel = dict(zip(("kernel", "stride"), case["filter"], strict=False))
    spec = NetworkSpec(
        cell=case["cell"],
        inputs=windows.inputs,
        steps=LOOKBACK if case["cell"] == "mlp" else 0,
        convolution={"filters": 3, **kernel} if kernel else None,
        decoder=decoder,
        outputs=1 if decoder else windows.horizon * max(1, len(levels)),
        hidden=5,
        layers=case["layers"],
        bidirectional=case["both"],
        dropout=0.3 if case["dropout"] else 0.0,
        mask=case["dropout"] or "step",
        reads="every" if case["strategy"] == "all_steps" else "last",
    )
    return spec, StepRecipe(loss=case["loss"], quantiles=levels, decay=case["decay"])


def name_of(case: Case) -> str:
    return " ".join(f"{name}={value}" for name, value in case.items() if value)


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda i: f"{i} {name_of(CASES[i])}")
def test_training_and_forecasts_agree(number: int) -> None:
    case = CASES[number]
    windows = windows_of(case, number)
    spec, recipe = network_of(case, windows)
    first = initial_values(spec, number)
    # One step: Adam makes a whole step of a slope that is nothing but rounding.
    row = np.array([[0, 5, -1, 3, len(windows) - 1, 11, 9, 1]])
    chunk = Chunk(row, np.full(1, 0.01), np.array([7]), 9, forcing=np.array([case["forcing"]]))
    ends = []
    for name in ("torch", "compiled"):
        engine = open_engine(name)
        trainer = engine.trainer(spec, recipe, windows, Snapshot.first(first))
        before = trainer.evaluate(np.arange(len(windows)))
        result, samples = trainer.run(chunk), 2 if case["dropout"] else 0
        made = engine.forecast(
            spec, first, windows, HORIZON, levels=max(1, len(recipe.quantiles)), samples=samples,
            seed=number,
        )  # fmt: skip
        ends.append((before, result, trainer.snapshot(), made))
    (before, one, state, made), (before_too, two, other, made_too) = ends
    assert before_too == pytest.approx(before, rel=2e-5)
    np.testing.assert_allclose(two.losses, one.losses, rtol=2e-5)
    np.testing.assert_allclose(two.norms, one.norms, rtol=1e-4)
    np.testing.assert_allclose(made_too, made, rtol=1e-4, atol=1e-4)
    largest = float(np.abs(state.mean).max())
    for part, block in spec.named(state.mean).items():
        ours = spec.named(other.mean)[part]
        np.testing.assert_allclose(ours, block, rtol=1e-3, atol=1e-4 * largest, err_msg=part)


def test_engines_that_count_from_different_values_are_found_out() -> None:
    case = {**CASES[0], **dict.fromkeys(("missing", "past", "known"), 0), "least": LOOKBACK}
    case |= {"strategy": "direct", "cell": "gru", "residual": "last", "filter": (), "loss": "mse"}
    windows = windows_of(case, 0)
    spec, _ = network_of(case, windows)
    other = replace(windows, residual="seasonal")
    first, second = (
        open_engine(engine).forecast(spec, initial_values(spec, 0), some, HORIZON)
        for engine, some in (("torch", windows), ("compiled", other))
    )
    assert not np.allclose(first, second, rtol=1e-4, atol=1e-4)
