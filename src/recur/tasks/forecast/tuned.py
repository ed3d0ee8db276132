"""The pretrained network learning on, from the series that it is to forecast."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from recur.arrays import Float32s, Float64s, Indices
from recur.data.histories.inputs import SIMPLE, HistoryInputs
from recur.data.sources.histories import Group, Histories
from recur.engines.base import Chunk, ChunkResult, Engine, Snapshot, StepRecipe
from recur.networks.spec import Values
from recur.tasks.forecast.pretrained import Pretrained
from recur.tasks.forecast.quantile_head import ordered, ordered_backward, pinball
from recur.training.jobs import Job

_MOST = 20.0  # of one history's loss
_FAR = 1e4  # from which a truth counts no further


class Loss(NamedTuple):
    """What one group gives.

    Attributes:
        mean: the loss.
        gradient: float32 [size], of the encoder and then of the decoder.
    """

    mean: float
    gradient: Values


def loss_of(engine: Engine, network: Pretrained, group: Group, *, back: bool = True) -> Loss:
    """Return the mean pinball loss of a group, and its gradient where there is a way back.

    Of several networks each has a loss of its own, and theirs is the mean.
    """
    ahead, base = group.inputs.ahead(group.steps)
    target, weight = _targets(group, ahead, base)
    found = []
    for member in range(len(network.encoder)):
        rows, raw = network.answers(engine, group.inputs, ahead, member)
        losses, grads = pinball(ordered(raw, network.middle), target, np.array(network.card.levels))
        each = losses.mean(axis=(0, 2)) * weight
        gradient = np.zeros(0, np.float32)
        if back:
            grads *= (weight * (each < _MOST) / losses.size)[:, None]
            answer_grad = ordered_backward(raw, grads, network.middle)
            gradient = _gradient(engine, network, member, group.inputs, rows, answer_grad)
        found.append(Loss(float(np.minimum(each, _MOST).mean()), gradient))
    mean = float(np.mean([one.mean for one in found]))
    gradients = np.concatenate([one.gradient for one in found]) / len(found)
    return Loss(mean, gradients.astype(np.float32))


def _gradient(
    engine: Engine, network: Pretrained, member: int, inputs: HistoryInputs, rows: Float32s,
    answer_grad: Float64s,
) -> Values:  # fmt: skip
    """Return the gradient of one network, given the grads of its answers."""
    card, (steps, count, levels) = network.card, answer_grad.shape
    of_decoder, row_grad = engine.gradient(
        card.decoder, network.decoder[member], rows,
        answer_grad.reshape(steps * count, levels).astype(np.float32),
    )  # fmt: skip
    state_grad = row_grad.reshape(steps, count, -1)[..., : card.encoder.hidden].sum(axis=0)
    of_encoder, _ = engine.gradient(
        card.encoder, network.encoder[member], inputs.patches, state_grad,
        mask=None if inputs.begun.all() else inputs.begun,
    )  # fmt: skip
    return np.concatenate([of_encoder, of_decoder])


def _targets(group: Group, ahead: Float32s, base: Float64s) -> tuple[Float64s, Float64s]:
    """Return float64 [steps, series], the truth as answers count, and [series], their weights.

    Where what was there in seasons before and the lines lie far apart nobody knows what comes, and
    its errors would drown all others.
    """
    scale = np.where(group.inputs.scale > 0, group.inputs.scale, 1.0)
    target = np.clip((group.truth.T - base) / scale, -_FAR, _FAR)
    simple = np.sinh(np.clip(ahead[..., SIMPLE].astype(np.float64), -8, 8))
    apart = np.concatenate([simple, np.zeros_like(simple[..., :1])], axis=2).std(axis=2)
    return target, (group.inputs.scale > 0) / (0.5 + apart.mean(axis=0))


class TunedTrainer:
    """The pretrained network being trained on groups of histories; see `Trainer`."""

    def __init__(
        self, engine: Engine, network: Pretrained, recipe: StepRecipe, groups: Histories,
        snapshot: Snapshot,
    ) -> None:  # fmt: skip
        self._engine, self._network, self._recipe, self._groups = engine, network, recipe, groups
        self.restore(snapshot)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a state."""
        self._now = snapshot

    def snapshot(self) -> Snapshot:
        """Return the state, which no step changes."""
        return self._now

    def run(self, chunk: Chunk) -> ChunkResult:
        """Take the steps of a chunk, one group each."""
        losses, norms = [], []
        for (number,), rate in zip(chunk.indices, chunk.rates, strict=True):
            network = self._network.with_weights(self._now.weights)
            loss, gradient = loss_of(self._engine, network, self._groups.group(int(number)))
            self._now, norm = self._now.after(gradient, float(rate), self._recipe)
            losses.append(loss)
            norms.append(norm)
            if not np.isfinite(loss + norm) or not np.isfinite(self._now.weights).all():
                return ChunkResult(np.array(losses), np.array(norms), finite=False)
        return ChunkResult(np.array(losses), np.array(norms), finite=True)

    def evaluate(self, indices: Indices | range) -> float:
        """Return the mean loss over the groups at the indices."""
        network = self._network.with_weights(self._now.weights)
        groups = [self._groups.group(int(number)) for number in indices]
        found = [loss_of(self._engine, network, group, back=False).mean for group in groups]
        return float(np.average(found, weights=[len(group.truth) for group in groups]))


@dataclass(frozen=True)
class TuningJob(Job):
    """The pretrained network, and groups of histories that it learns from, one a step.

    Attributes:
        network: whose weights are started from; `spec` is its encoder.
    """

    windows: Histories  # type: ignore[assignment]  # which only the trainer below reads
    network: Pretrained = field(kw_only=True)

    @property
    def size(self) -> int:
        """Return the number of parameters."""
        return len(self.network.weights)

    def first_weights(self, seed: int) -> Values:  # noqa: ARG002
        """Return float32 [size], those that the network came with."""
        return self.network.weights

    def trainer(self, snapshot: Snapshot) -> TunedTrainer:
        """Return a trainer that starts from the snapshot."""
        return TunedTrainer(self.engine, self.network, self.plan.recipe, self.windows, snapshot)
