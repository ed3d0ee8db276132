"""Same seed, same bits: on any number of threads, beside other work, in a forked child.

The check is tried on a planted mistake as well: a check that cannot fail protects nothing.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import numpy as np
import pytest

from recur.data.panel.scaling import Scaler
from recur.data.sources.sequences import Sequences
from recur.data.sources.windows import Windows
from recur.data.synthetic import sine
from recur.data.tables.readers import read_panel
from recur.engines.base import Chunk, Decoding, Snapshot, Source, StepRecipe
from recur.engines.compiled.engine import CompiledEngine
from recur.engines.compiled.kernels.threads import run_threads
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec

STEPS = 3
NETWORKS: dict[str, tuple[int, dict[str, Any]]] = {  # a batch, and a network
    "gru": (300, {"hidden": 20, "dropout": 0.3}),
    "lstm of two, both": (37, {"cell": "lstm", "hidden": 20, "layers": 2, "bidirectional": True}),
    "decoder": (50, {"cell": "lstm", "hidden": 15, "decoder": True, "dropout": 0.2}),
    "mlp": (130, {"cell": "mlp", "steps": 12, "hidden": 40, "layers": 2}),
    "one lane": (1, {"cell": "gru", "hidden": 512, "dropout": 0.3}),
    "one lane of a decoder": (1, {"cell": "lstm", "hidden": 130, "decoder": True}),
    "few lanes": (5, {"cell": "lstm", "hidden": 257, "layers": 2, "bidirectional": True}),
    "streams": (200, {"cell": "lstm", "hidden": 20, "reads": "every", "layers": 2}),
    "one stream": (1, {"cell": "gru", "hidden": 512, "reads": "every"}),
}


@pytest.fixture(autouse=True)
def teams(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let threads share work that would be too small to be worth it; return how many did."""
    sizes = []

    def noted(size: int, work: Callable[[int, int], None]) -> None:
        sizes.append(size)
        run_threads(size, work)

    for module in ("engine", "trainer"):
        monkeypatch.setattr(f"recur.engines.compiled.{module}.run_threads", noted)
    return sizes


def problem(name: str) -> tuple[NetworkSpec, Source, int]:
    """Return a network, what it learns from, and its batch."""
    batch, settings = NETWORKS[name]
    ahead = 1 if settings.get("decoder") or "reads" in settings else 3
    spec = NetworkSpec(outputs=ahead, **settings)
    if "reads" in settings:
        rows = np.random.default_rng(0).normal(size=(batch * STEPS * 12, 1)).astype(np.float32)
        starts = np.arange(batch * STEPS) * 12
        lengths = 1 + np.arange(len(starts)) % 12
        return spec, Sequences(rows, np.roll(rows, 1), starts, 12, lengths, carried=True), batch
    values = sine(330, period=12, noise=0.2).values
    panel = read_panel(values)
    return spec, Windows.over(panel, Scaler.fit("window", [values]), 12, 3), batch


def steps(source: Source, batch: int) -> Chunk:
    counters = np.arange(STEPS)
    indices = np.random.default_rng(1).integers(0, len(source), (STEPS, batch))
    if isinstance(source, Sequences):
        indices = counters[:, None] + STEPS * np.arange(batch)
    elif batch > 100:
        indices[1, 40:] = -1  # a batch of fewer tiles
    forcing = np.full(STEPS, 0.5)
    return Chunk(indices, np.full(STEPS, 0.01), counters, seed=3, forcing=forcing)


def trained(name: str, threads: int, parts: tuple[int, ...] = (STEPS,)) -> str:
    """Return a digest of all bits that training and evaluation give."""
    spec, source, batch = problem(name)
    first = Snapshot.first(initial_values(spec, 2))
    trainer = CompiledEngine(threads, worth=0).trainer(spec, StepRecipe(decay=0.01), source, first)
    whole, begin = steps(source, batch), 0
    for count in parts:
        some = slice(begin, begin + count)
        result = trainer.run(
            Chunk(
                whole.indices[some],
                whole.rates[some],
                whole.counters[some],
                whole.seed,
                forcing=np.full(count, 0.5),
            )
        )
        assert result.finite
        begin += count
    everything = whole.indices if isinstance(source, Sequences) else np.arange(len(source))
    digest = sha256(np.float64(trainer.evaluate(everything)).tobytes())
    state = trainer.snapshot()
    for array in (state.weights, state.mean, state.square, *state.carried):
        digest.update(array.tobytes())
    return digest.hexdigest()


def predicted(name: str, threads: int) -> str:
    """Return a digest of all bits that prediction gives."""
    spec, source, batch = problem(name)
    engine, weights, digest = CompiledEngine(threads, worth=0), initial_values(spec, 2), sha256()
    if isinstance(source, Windows):
        for samples in (0, 2):
            lanes = batch if batch < 10 else 250
            some = source.from_origins(source.origins[:lanes], source.series[:lanes])
            made = engine.forecast(spec, weights, some, 7, samples=samples, seed=1)
            digest.update(made.tobytes())
    inputs = np.random.default_rng(2).normal(size=(12, batch, 1)).astype(np.float32)
    decoding = Decoding(inputs[0], 4) if spec.decoder else None
    outputs, end = engine.forward(spec, weights, inputs, decoding=decoding)
    for array in (outputs, *end):
        digest.update(array.tobytes())
    return digest.hexdigest()


@pytest.mark.parametrize("name", NETWORKS)
def test_training_gives_the_same_bits_on_any_number_of_threads(name: str, teams: list[int]) -> None:
    assert len({trained(name, threads) for threads in (1, 2, 3, 4)}) == 1
    assert set(teams) == {1, 2, 3, 4}


@pytest.mark.parametrize("name", NETWORKS)
def test_prediction_gives_the_same_bits_on_any_number_of_threads(
    name: str, teams: list[int]
) -> None:
    assert len({predicted(name, threads) for threads in (1, 2, 3, 4)}) == 1
    assert set(teams) == {1, 2, 3, 4}


def test_sums_that_follow_the_threads_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    made = set()
    for threads in (1, 2):
        # Slopes are summed into gradients in stretches of time whose length would now differ.
        monkeypatch.setattr("recur.engines.compiled.stacks._RING_LANES", 1024 // threads)
        made.add(trained("gru", threads))
    assert len(made) == 2


@pytest.mark.parametrize("name", ["gru", "one lane", "streams", "decoder"])
@pytest.mark.parametrize("parts", [(1, 1, 1), (2, 1), (1, 2)], ids=str)
def test_how_steps_are_cut_into_chunks_changes_no_bit(name: str, parts: tuple[int, ...]) -> None:
    assert trained(name, 2, parts) == trained(name, 2)


def test_a_second_fit_gives_the_bits_of_the_first() -> None:
    first = trained("gru", 2)
    for other in ("one lane", "streams", "gru"):
        trained(other, 2)
    assert trained("gru", 2) == first


@pytest.mark.parametrize("threads", [1, 2])
def test_fits_that_run_at_once_do_not_touch_each_other(threads: int) -> None:
    names = ["gru", "lstm of two, both", "one lane", "streams"] * 2
    expected = [trained(name, threads) for name in names[:4]] * 2
    with ThreadPoolExecutor(len(names)) as pool:
        assert list(pool.map(lambda name: trained(name, threads), names)) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks processes that have threads")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork")
@pytest.mark.parametrize("name", ["gru", "one lane"])
def test_a_forked_child_gives_the_bits_of_its_parent(name: str) -> None:
    expected = trained(name, 2)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        children = pool.starmap(trained, [(name, 2), (name, 3)])
    assert children == [expected] * 2
