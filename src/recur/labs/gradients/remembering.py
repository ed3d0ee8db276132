"""A task that needs a memory: the value that was marked last is to be told at each step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recur.arrays import Float64s
from recur.data.sources.sequences import Sequences
from recur.engines.registry import open_engine
from recur.labs.experiment import stop_if_interrupted, timed
from recur.labs.gradients.by_hand import Blocks, doubled, first_state, forwards, gates, weights_of
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec
from recur.seeding import Purpose, Stream
from recur.training.jobs import Job
from recur.training.loop import train
from recur.training.plan import TrainingPlan

LENGTH, MARKED = 60, 1 / 30
"""Steps of a sequence, and the share of them that is marked."""

UNITS, BATCH, RATE = 16, 32, 0.01


@dataclass(frozen=True, eq=False)
class Memory:
    """A network that has learnt the task.

    Attributes:
        spec: its settings.
        blocks: its parameters by name, in double precision.
        error: its mean squared error on sequences that it has not seen.
        seconds: that the training took.
    """

    spec: NetworkSpec
    blocks: Blocks
    error: float
    seconds: float

    def watch(self, inputs: Float64s) -> tuple[Float64s, dict[str, Float64s]]:
        """Return its answers [time] to inputs [time, 2], and its gates [time, units] by name."""
        w, head, bias = (
            weights_of(self.blocks),
            self.blocks["head.weight"],
            self.blocks["head.bias"],
        )
        state = first_state(self.spec)
        answers, opened = [], []
        for x in inputs:
            opened.append(gates(self.spec, x[None], state, w))
            state = forwards(self.spec, x[None], state, w)
            answers.append(float((state[0] @ head.T + bias)[0, 0]))
        by_name = {name: np.concatenate([step[name] for step in opened]) for name in opened[0]}
        return np.array(answers), by_name

    def openness(self, gate: str, sequences: Float64s) -> tuple[float, float]:
        """Return how far a gate stands open on average where nothing is marked, and where it is.

        Args:
            gate: its name.
            sequences: float64 [sequences, time, 2].
        """
        opened = np.stack([self.watch(inputs)[1][gate] for inputs in sequences])
        marked = sequences[:, :, 1] == 1
        return float(opened[~marked].mean()), float(opened[marked].mean())


def marked_values(count: int, seed: int) -> Sequences:
    """Return sequences of values between -1 and 1, a mark beside some, and what was marked last.

    The inputs are the value and the mark, 1 or 0; the first value is always marked.
    """
    stream = Stream(seed, Purpose.DATA)
    values = 2 * stream.uniform(count * LENGTH).reshape(count, LENGTH) - 1
    marks = stream.at(1).uniform(count * LENGTH).reshape(count, LENGTH) < MARKED
    marks[:, 0] = True
    newest = np.maximum.accumulate(np.where(marks, np.arange(LENGTH), 0), axis=1)
    wanted = np.take_along_axis(values, newest, axis=1)
    inputs = np.stack([values, marks], axis=-1).reshape(-1, 2).astype(np.float32)
    starts = np.arange(0, count * LENGTH, LENGTH)
    return Sequences(inputs, wanted.reshape(-1, 1).astype(np.float32), starts, LENGTH)


def remember(spec: NetworkSpec, learnt: int, epochs: int, seed: int) -> Memory:
    """Train a network on the task, and judge it on a fourth as many sequences that it never saw.

    Args:
        spec: its cell; what else it takes is given here.
        learnt: sequences to learn from.
        epochs: how often each is seen.
        seed: of every random number.
    """
    spec = spec.but(inputs=2, hidden=UNITS, reads="every")
    sequences = marked_values(learnt + learnt // 4, seed)
    plan = TrainingPlan(epochs=epochs, batch=BATCH, rate=RATE, schedule="onecycle", seed=seed)
    held_out = range(learnt, len(sequences))
    job = Job(spec, open_engine("compiled"), sequences, range(learnt), held_out, plan)
    training, seconds = timed(lambda: train(job, initial_values(spec, seed)))
    stop_if_interrupted(training.ended)
    kept = training.history[training.kept_epoch - 1]
    return Memory(spec, doubled(spec, training.weights), kept.validation or 0.0, seconds)
