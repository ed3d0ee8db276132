"""What is to be trained, on what, how, and in which order it is visited."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from recur.arrays import Flags, Indices
from recur.data.sources.base import Source
from recur.digest import digest_of
from recur.engines.base import Engine, Snapshot, Trainer
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec, Values
from recur.seeding import Purpose, Stream
from recur.training.plan import TrainingPlan

_LANES = 16  # that a validation part is cut into where the state is carried
_POOL = 16  # batches within which sequences are sorted by their lengths
_SECOND = 1 << 32  # the steps of streams that shuffle once more
_STRETCHES = 4  # in a lane at least, where there are so many


@dataclass(frozen=True)
class Job:
    """What is to be trained, on what, and how.

    Attributes:
        spec: the network.
        engine: what runs it.
        windows: training and validation windows, or sequences, together.
        training: those to learn from.
        validation: those to choose by; may be empty.
        plan: how.
    """

    spec: NetworkSpec
    engine: Engine
    windows: Source
    training: range
    validation: range
    plan: TrainingPlan

    def digest(self) -> str:
        """Return a digest of everything that the result depends on: of each field."""
        known = {"engine": self.engine.fingerprint, "windows": self.windows.digest()}
        parts = {
            part.name: known[part.name] if part.name in known else getattr(self, part.name)
            for part in fields(self)
        }
        return digest_of(type(self).__name__, parts)

    @property
    def size(self) -> int:
        """Return the number of parameters."""
        return self.spec.size

    def first_weights(self, seed: int) -> Values:
        """Return float32 [size], the parameters that a training starts from."""
        return initial_values(self.spec, seed)

    def trainer(self, snapshot: Snapshot) -> Trainer:
        """Return a trainer that starts from the snapshot."""
        return self.engine.trainer(self.spec, self.plan.recipe, self.windows, snapshot)

    @property
    def steps(self) -> int:
        """Return the steps in an epoch."""
        return -(-len(self.training) // self.plan.batch)

    @property
    def held(self) -> Indices | range:
        """Return what the validation loss is over, as `Trainer.evaluate` takes it."""
        return self.validation

    @property
    def divisors(self) -> tuple[float, float]:
        """Return what losses of training and of validation are divided by where they are told."""
        return 1.0, 1.0

    def fresh(self, first: int, count: int) -> Flags | None:  # noqa: ARG002
        """Return bool [count, batch], the lanes whose carried state starts anew; none as a rule."""
        return None

    def batches(self, epoch: int, attempt: int, first: int, count: int) -> Indices:
        """Return int64 [count, batch], the windows of some steps of an epoch; -1 fills up."""
        places = np.arange(first * self.plan.batch, (first + count) * self.plan.batch)
        inside = places < len(self.training)
        visits = places[inside]
        if self.plan.order == "shuffled":
            stream = Stream(self.plan.seed, Purpose.ORDER, attempt, step=epoch)
            visits = stream.permuted(visits, len(self.training))
        indices = np.full(places.shape, -1, np.int64)
        indices[inside] = self.training.start + visits
        return indices.reshape(count, self.plan.batch)


@dataclass(frozen=True)
class LengthJob(Job):
    """Sequences of which those of like lengths stand in a batch, so that few steps are masked.

    Every epoch is shuffled anew, then sorted within pools of some batches, and the batches are
    shuffled again.
    """

    @property
    def held(self) -> Indices:
        """Return the validation part, the shortest first."""
        held = np.array(self.validation, np.int64)
        return (
            held if self._lengths is None else held[np.argsort(self._lengths[held], kind="stable")]
        )

    def batches(self, epoch: int, attempt: int, first: int, count: int) -> Indices:
        """Return int64 [count, batch], the sequences of some steps of an epoch; -1 fills up."""
        if self._lengths is None:
            return super().batches(epoch, attempt, first, count)
        whole = super().batches(epoch, attempt, 0, self.steps)
        lengths = np.where(whole < 0, np.iinfo(np.int64).max, self._lengths[whole])
        for pool in range(0, self.steps, _POOL):
            rows = whole[pool : pool + _POOL]
            order = np.argsort(lengths[pool : pool + _POOL].reshape(-1), kind="stable")
            whole[pool : pool + _POOL] = rows.reshape(-1)[order].reshape(rows.shape)
        steps = np.arange(first, first + count)
        stream = Stream(self.plan.seed, Purpose.ORDER, attempt, step=_SECOND + epoch)
        return np.asarray(whole[stream.permuted(steps, self.steps)])

    @property
    def _lengths(self) -> Indices | None:
        lengths: Indices | None = getattr(self.windows, "lengths", None)
        return lengths


@dataclass(frozen=True)
class StreamJob(Job):
    """A text that is learnt as `plan.batch` contiguous streams.

    An epoch walks through all streams at once, a stretch a step. It may begin at a random one of
    the first `offset` symbols, so that stretches are not cut at the same places each time; then
    every stream starts over from no state.

    Attributes:
        length: symbols in a stretch.
        offset: symbols among which an epoch begins.
        portion: of each stream that an epoch walks through, another one every time.
        characters: that a symbol has in the mean, in training and validation; losses are told by
            them.
    """

    length: int = 0
    offset: int = 1
    portion: float = 1.0
    characters: tuple[float, float] = (1.0, 1.0)

    @property
    def divisors(self) -> tuple[float, float]:
        """Return what losses of training and of validation are divided by where they are told."""
        return self.characters

    @property
    def steps(self) -> int:
        """Return the steps in an epoch."""
        return max(1, round(self._whole * self.portion))

    @property
    def _whole(self) -> int:
        """Return the stretches of a stream."""
        spare = len(self.training) - 1 - (self.offset - 1)
        return spare // (self.plan.batch * self.length)

    @property
    def held(self) -> Indices:
        """Return int64 [stretches, lanes], the validation part as streams of its own."""
        count = len(self.validation) - 1
        lanes = lanes_for(count // self.length, _LANES)
        stretches = count // (lanes * self.length)
        starts = self.validation.start + np.arange(lanes) * stretches * self.length
        return np.asarray(np.arange(stretches)[:, None] * self.length + starts, np.int64)

    def fresh(self, first: int, count: int) -> Flags | None:
        """Return bool [count, batch]: all streams start anew with the first step of an epoch."""
        begins = np.arange(first, first + count) == 0
        return np.repeat(begins[:, None], self.plan.batch, axis=1)

    def batches(self, epoch: int, attempt: int, first: int, count: int) -> Indices:
        """Return int64 [count, batch], the rows at which the stretches of some steps begin."""
        stream = Stream(self.plan.seed, Purpose.ORDER, attempt, step=epoch)
        at, part = stream.uniform(2)
        begin = self.training.start + int(at * self.offset)
        left_out = int(part * (self._whole - self.steps + 1))
        lanes = np.arange(self.plan.batch) * self._whole * self.length
        rows = (left_out + np.arange(first, first + count)[:, None]) * self.length
        return np.asarray(begin + lanes + rows, np.int64)


@dataclass(frozen=True)
class RecordingJob(Job):
    """Recordings that are learnt as `plan.batch` lanes, each of consecutive stretches.

    A step takes the next stretch of every lane, which goes on from the state in which the one
    before has ended. A lane starts from no state where an epoch or a recording begins. Where the
    lanes cannot share the stretches evenly, neighbouring ones overlap by one.

    Attributes:
        begins: bool [stretches], which ones are the first of a recording.
    """

    begins: Flags = field(default_factory=lambda: np.zeros(0, np.bool_))

    @property
    def steps(self) -> int:
        """Return the steps in an epoch."""
        return len(self._rows(self.training, self.plan.batch))

    @property
    def held(self) -> Indices:
        """Return int64 [steps, lanes], the validation stretches as lanes of their own.

        Their states run on from one recording into the next.
        """
        return self._rows(self.validation, lanes_for(len(self.validation), _LANES))

    def fresh(self, first: int, count: int) -> Flags:
        """Return bool [count, batch], the lanes in which an epoch or a recording begins."""
        rows = np.arange(first, first + count)
        begun = self.begins[self._rows(self.training, self.plan.batch)[rows]]
        return np.asarray(begun | (rows == 0)[:, None])

    def batches(self, epoch: int, attempt: int, first: int, count: int) -> Indices:  # noqa: ARG002
        """Return int64 [count, batch], the stretches of some steps of an epoch."""
        return self._rows(self.training, self.plan.batch)[first : first + count]

    def _rows(self, part: range, lanes: int) -> Indices:
        """Return int64 [steps, lanes], a part's stretches lane by lane."""
        steps = -(-len(part) // lanes)
        starts = np.arange(lanes) * (len(part) - steps) // max(1, lanes - 1)
        return np.asarray(part.start + starts + np.arange(steps)[:, None], np.int64)


def lanes_for(stretches: int, most: int) -> int:
    """Return into how many lanes stretches are cut, so that states are carried for a while.

    >>> lanes_for(400, most=32), lanes_for(20, most=32), lanes_for(2, most=32)
    (32, 5, 1)
    """
    return max(1, min(most, stretches // _STRETCHES))
