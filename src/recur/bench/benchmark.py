"""The compiled engine against PyTorch: the same networks, the same process, taking turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from math import exp, log
from platform import platform, python_version
from statistics import fmean
from typing import Any

import numpy as np

from recur.bench.cases import Case
from recur.bench.timing import Tolerance, Work, alternate, fastest
from recur.engines.base import Chunk, Snapshot, StepRecipe
from recur.engines.registry import machine_threads, obstacle, open_engine
from recur.errors import SettingsError
from recur.networks.reference import zero_state
from recur.version import __version__

_SECONDS = 0.5  # that a pair of timings may take
_PEAK_SECONDS = 0.5
_PEAK_SIZE = 1024
_GAIN = 1.2  # of a second thread, where it has a core for itself: nearly 2
_COMPARED = 3  # steps that have to agree before anything is timed
_LOSSES = Tolerance(relative=1e-3)
_OUTPUTS = Tolerance(absolute=1e-4)


@dataclass(frozen=True)
class Row:
    """One network on a number of threads; nothing was timed where the results do not agree.

    Attributes:
        name: of the case.
        cell: `rnn`, `gru` or `lstm`.
        hidden: size of the hidden state.
        batch: sequences at once.
        steps: time steps.
        threads: of both sides.
        torch_ms: milliseconds of PyTorch for one step of work.
        compiled_ms: those of the compiled engine.
        ratio: PyTorch's time over the compiled engine's.
        agree: whether losses, gradient norms or outputs of the first steps did.
        share_of_peak: the compiled engine's arithmetic (see `Case.operations`) in a second, over
            that of a large float32 product on the same threads.
    """

    name: str
    cell: str
    hidden: int
    batch: int
    steps: int
    threads: int
    torch_ms: float | None
    compiled_ms: float | None
    ratio: float | None
    agree: bool
    share_of_peak: float | None


class Benchmark:
    """Both sides on this machine, and what a processor can do at most here and now.

    Attributes:
        threads: the numbers of threads to compare at: 1, and 2 where the machine has them.
        peaks: by threads, the floating-point operations a second of a product of two float32
            matrices of 1024 x 1024, by the library that PyTorch has for it.
    """

    def __init__(self) -> None:
        why = obstacle("torch")
        if why:
            raise SettingsError(f"there is nothing to compare the compiled engine with: {why}.")
        self.threads = tuple(range(1, min(2, machine_threads()) + 1))
        self.peaks = {threads: _peak(threads) for threads in self.threads}

    @property
    def crowded(self) -> bool:
        """Return whether two threads hardly multiply faster than one.

        Then other programs are at work, or both threads run on one core. PyTorch's threads wait
        for each other by spinning, which they do at a hundredth of their pace where one of them
        is kept from running, so that ratios on two threads say nothing.
        """
        return len(self.peaks) > 1 and self.peaks[2] < _GAIN * self.peaks[1]

    def expected_seconds(self, cases: Sequence[Case]) -> float:
        """Return about how long some cases take.

        Eight steps of both sides at least, if a pair takes three times what the peak allows.
        """
        timed = sum(
            max(1.3 * _SECONDS, 8 * 3 * case.operations / self.peaks[threads])
            for case in cases
            for threads in self.threads
        )
        return timed + 0.2 * len(cases)

    def rows(self, cases: Sequence[Case]) -> Iterator[Row]:
        """Yield the rows of each case as they are measured, one for each number of threads."""
        for case in cases:
            for threads in self.threads:
                yield measured(case, threads, self.peaks[threads])


def measured(case: Case, threads: int, peak: float) -> Row:
    """Compare on a case, and time it if the results agree.

    Args:
        case: the network and its work.
        threads: of both sides.
        peak: operations a second that the threads can reach.
    """
    from recur.engines.pytorch.engine import TorchEngine

    facts = (case.name, case.spec.cell, case.spec.hidden, case.batch, case.steps, threads)
    with TorchEngine(threads=threads).own_threads():
        compiled, torch = compiled_work(case, threads), torch_work(case)
        tolerance = _LOSSES if case.trains else _OUTPUTS
        if not tolerance.allows(compiled(_COMPARED), torch(_COMPARED)):
            return Row(*facts, None, None, None, agree=False, share_of_peak=None)
        compiled_seconds, torch_seconds = alternate(compiled, torch, _SECONDS)
    share = case.operations / compiled_seconds / peak
    return Row(
        *facts,
        1000 * torch_seconds,
        1000 * compiled_seconds,
        torch_seconds / compiled_seconds,
        agree=True,
        share_of_peak=share,
    )


def compiled_work(case: Case, threads: int) -> Work:
    """Return the compiled engine's side of a case."""
    engine = open_engine("compiled", threads)
    weights, spec = case.weights(), case.spec
    if not case.trains:
        stepper, values = engine.stepper(spec, weights), case.observations()
        observations = list(values)
        state, seen = zero_state(spec, case.batch), 0

        def observe(count: int) -> Sequence[Any]:
            nonlocal state, seen
            outputs = []
            for _ in range(count):
                output, state = stepper.step(observations[seen % len(observations)], state)
                outputs.append(output)
                seen += 1
            return outputs

        return observe
    source = case.source()
    batches = case.batches(source)
    trainer = engine.trainer(spec, StepRecipe(), source, Snapshot.first(weights))
    taken = 0

    def train(count: int) -> Sequence[Any]:
        nonlocal taken
        counters = np.arange(taken, taken + count)
        taken += count
        rows = batches[counters % len(batches)]
        result = trainer.run(Chunk(rows, np.full(count, case.rate), counters, seed=0))
        return list(zip(result.losses, result.norms, strict=True))

    return train


def torch_work(case: Case) -> Work:
    """Return PyTorch's side of a case."""
    from recur.bench import torch_baseline

    weights, cell = case.weights(), case.work == "cell"
    if not case.trains:
        return torch_baseline.single_steps(case.spec, weights, case.observations(), cell=cell)
    source = case.source()
    batches = case.batches(source)
    return torch_baseline.training_steps(case.spec, weights, source, batches, case.rate)


def geometric_mean(rows: Sequence[Row]) -> float | None:
    """Return the geometric mean of the ratios; None where there is none."""
    ratios = [row.ratio for row in rows if row.ratio is not None]
    return exp(fmean(log(ratio) for ratio in ratios)) if ratios else None


def least_ratio(rows: Sequence[Row]) -> float | None:
    """Return the least of the ratios; None where there is none."""
    return min((row.ratio for row in rows if row.ratio is not None), default=None)


def machine() -> dict[str, Any]:
    """Return on what was measured: versions, processor and system."""
    from recur.engines.compiled.build.machine import processor, vector_bits

    packages = {package: version(package) for package in ("numpy", "numba", "torch")}
    return {
        "recur": __version__,
        "python": python_version(),
        **packages,
        "processor": processor()[0],
        "vector_bits": vector_bits(),
        "threads": machine_threads(),
        "system": platform(),
    }


def _peak(threads: int) -> float:
    from recur.bench.torch_baseline import square_products
    from recur.engines.pytorch.engine import TorchEngine

    with TorchEngine(threads=threads).own_threads():
        seconds = fastest(square_products(_PEAK_SIZE), _PEAK_SECONDS)
    return 2.0 * _PEAK_SIZE**3 / seconds
