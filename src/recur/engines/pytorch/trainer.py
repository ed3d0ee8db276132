"""One network being trained with PyTorch."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from recur.arrays import Indices
from recur.data.sources.batch import Batch
from recur.engines.base import Chunk, ChunkResult, Snapshot, Source, StepRecipe
from recur.engines.checks.training import (
    check_chunk,
    check_indices,
    check_lanes,
    check_snapshot,
    check_training,
)
from recur.engines.checks.windows import read_steps
from recur.engines.pytorch.device import Device
from recur.engines.pytorch.losses import mean_loss
from recur.engines.pytorch.network import DecoderInputs, Drop, FlatNetwork
from recur.engines.pytorch.recurrent import Tensors
from recur.engines.steps import in_pieces
from recur.networks.reference import zero_state
from recur.networks.spec import NetworkSpec
from recur.seeding import Purpose, Stream

_EVALUATION_BATCH = 1024  # fixed, since the bits of a mean depend on it


class TorchTrainer:
    """One network being trained with PyTorch."""

    def __init__(
        self,
        device: Device,
        spec: NetworkSpec,
        recipe: StepRecipe,
        source: Source,
        snapshot: Snapshot,
    ) -> None:
        check_training(spec, recipe, source)
        self._device = device
        self._spec = spec
        self._recipe = recipe
        self._source = source
        self._carries = source.carried
        self.restore(snapshot)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a state."""
        check_snapshot(self._spec, self._source, snapshot)
        self._network = FlatNetwork(self._spec, self._device.tensor(snapshot.weights))
        self._carried = self._device.tensors(snapshot.carried)
        flat = self._network.flat
        flat.grad = self._network.gradient
        self._adam = torch.optim.AdamW(
            [flat],
            betas=(self._recipe.beta1, self._recipe.beta2),
            eps=self._recipe.epsilon,
            weight_decay=self._recipe.decay,
            foreach=False,
        )
        self._adam.state[flat] = {
            "step": torch.tensor(float(snapshot.steps)),
            "exp_avg": self._device.tensor(snapshot.mean),
            "exp_avg_sq": self._device.tensor(snapshot.square),
        }

    def snapshot(self) -> Snapshot:
        """Return a copy of the state."""
        flat = self._network.flat
        adam = self._adam.state[flat]
        return Snapshot(
            weights=flat.cpu().numpy().copy(),
            mean=adam["exp_avg"].cpu().numpy().copy(),
            square=adam["exp_avg_sq"].cpu().numpy().copy(),
            steps=int(adam["step"]),
            carried=tuple(part.cpu().numpy().copy() for part in self._carried),
        )

    def run(self, chunk: Chunk) -> ChunkResult:
        """Take the steps of a chunk."""
        check_chunk(self._source, chunk)
        losses: list[float] = []
        norms: list[float] = []
        finite = True
        with self._device.own_threads():
            for step in range(len(chunk.indices)):
                if self._carries:
                    self._enter(chunk, step)
                loss = self._training_loss(chunk, step)
                norm, finite = self._descend(loss, float(chunk.rates[step]))
                losses.append(loss.item())
                norms.append(norm)
                if not finite:
                    break
        return ChunkResult(np.array(losses), np.array(norms), finite)

    def evaluate(self, indices: Indices | range) -> float:
        """Return the mean loss over what stands at the indices, without dropout."""
        check_indices(self._source, indices)
        rows = iter(np.asarray(indices))
        if not self._carries:
            rows = in_pieces(indices, _EVALUATION_BATCH)
        total, count, state = 0.0, 0, None
        with self._device.own_threads(), torch.no_grad():
            for row in rows:
                batch = self._source.gather(row)
                loss, end = self._loss(batch, state)
                state = end if self._carries else None
                real = self._counts(batch)
                total, count = total + loss.item() * real, count + real
        return total / max(1, count)

    def _enter(self, chunk: Chunk, step: int) -> None:
        """Make the carried state that with which a step begins."""
        row = chunk.indices[step]
        lanes = self._carried[0].shape[1] if self._carried else None
        check_lanes(row, lanes)
        if lanes is None:
            self._carried = self._device.tensors(zero_state(self._spec, len(row)))
        elif chunk.fresh is not None and chunk.fresh[step].any():
            fresh = torch.from_numpy(chunk.fresh[step].copy()).to(self._device.torch)
            self._carried = tuple(
                torch.where(fresh[:, None], torch.zeros_like(part), part) for part in self._carried
            )

    def _training_loss(self, chunk: Chunk, step: int) -> Tensor:
        row = chunk.indices[step]
        batch = self._source.gather(row[row >= 0])
        key = (chunk.attempt, int(chunk.counters[step]))
        decoder_inputs = None
        if self._spec.decoder and batch.fed is None:
            decoder_inputs = self._decoder_inputs(batch)
            chance = 1.0 if chunk.forcing is None else float(chunk.forcing[step])
            forced = _forced(Stream(chunk.seed, Purpose.FORCING, *key), decoder_inputs, chance)
            truth = self._device.tensor(batch.targets).T[:, :, None]
            decoder_inputs = DecoderInputs(
                decoder_inputs.start, decoder_inputs.steps, truth, forced.to(truth.device)
            )
        drop = Stream(chunk.seed, Purpose.DROPOUT, *key)
        loss, end = self._loss(batch, self._carried or None, decoder_inputs, drop)
        if self._carries:
            self._carried = tuple(part.detach() for part in end)
        return loss

    def _decoder_inputs(self, batch: Batch) -> DecoderInputs:
        """Return how the decoder runs on its own outputs."""
        assert batch.start is not None  # a decoder's source is windows
        return DecoderInputs(self._device.tensor(batch.start), batch.targets.shape[-1])

    def _loss(
        self,
        batch: Batch,
        state: Tensors | None = None,
        decoder_inputs: DecoderInputs | None = None,
        drop: Drop | None = None,
    ) -> tuple[Tensor, Tensors]:
        """Return the mean loss of a batch, and the state in which it ends."""
        mask = None if batch.mask is None else self._device.tensor(batch.mask)
        fed = None if batch.fed is None else self._device.tensor(batch.fed)
        if self._spec.decoder and fed is None and decoder_inputs is None:
            decoder_inputs = self._decoder_inputs(batch)
        inputs = self._device.tensor(batch.inputs)
        outputs, end = self._network(
            inputs, state, mask=mask, decoder_inputs=decoder_inputs, fed=fed, drop=drop
        )
        targets, counted = batch.targets, batch.counted
        if fed is not None and counted is not None:
            mask = self._device.tensor(counted)
            return mean_loss(self._recipe, outputs, self._device.tensor(targets), mask), end
        if self._spec.decoder:
            outputs, mask = outputs[:, :, 0].T, None
        elif batch.start is not None and self._spec.reads != "every":
            mask = None
        elif batch.start is not None:  # windows, with a horizon after every time step
            # While validating, the last time step counts alone: prediction reads no other.
            steps = read_steps(self._spec, self._source.steps) if drop else slice(-1, None)
            outputs = outputs if drop else outputs[-1:]
            mask = mask[steps] if mask is not None else None
            targets, counted = targets[steps], counted[steps] if counted is not None else None
        elif self._spec.reads != "every":
            targets, mask = batch.last_targets(), None
        weights = None if counted is None else self._device.tensor(counted)
        given = self._device.tensor(targets)
        chain = self._network.parts["chain"].get_parameter("weight") if self._spec.chain else None
        return mean_loss(self._recipe, outputs, given, mask, weights, chain), end

    def _counts(self, batch: Batch) -> int:
        """Return how many answers of a batch a validation loss is a mean over."""
        steps, lanes = batch.inputs.shape[:2]
        if batch.counted is not None:
            return int((batch.counted[-1] if batch.counted.ndim == 3 else batch.counted).sum())
        if self._spec.reads != "every" or batch.start is not None:
            return int(lanes)
        return int(steps * lanes if batch.mask is None else batch.mask.sum())

    def _descend(self, loss: Tensor, rate: float) -> tuple[float, bool]:
        """Take a step down the gradient; return its norm, and whether all stayed finite."""
        self._network.gradient.zero_()
        loss.backward()  # type: ignore[no-untyped-call]
        norm = torch.linalg.vector_norm(self._network.gradient)
        if self._recipe.clip is not None:
            self._network.gradient.mul_(torch.clamp(self._recipe.clip / norm, max=1.0))
        self._adam.param_groups[0]["lr"] = rate
        self._adam.step()
        finite = bool(torch.isfinite(self._network.flat.sum() + loss.detach() + norm))
        return norm.item(), finite


def _forced(stream: Stream, decoder_inputs: DecoderInputs, chance: float) -> Tensor:
    """Return bool [steps, lanes], where the decoder is fed the truth."""
    shape = (decoder_inputs.steps, len(decoder_inputs.start))
    if chance >= 1:
        return torch.ones(shape, dtype=torch.bool)
    return torch.from_numpy(stream.uniform(decoder_inputs.steps * shape[1]).reshape(shape) < chance)
