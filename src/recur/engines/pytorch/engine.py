"""PyTorch behind the engine protocol."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from recur.data.windows import Batch, Indices, Windows
from recur.engines.base import Chunk, ChunkResult, Floats, Snapshot, StepRecipe
from recur.engines.pytorch.modules import bound, last_state, recurrent
from recur.networks.cells import State
from recur.networks.spec import NetworkSpec, Values
from recur.seeding import Purpose, Stream

_EVALUATION_BATCH = 1024  # fixed, since the bits of a mean depend on it
_PROCESS = threading.RLock()
_LOSSES = {"mse": nn.functional.mse_loss, "mae": nn.functional.l1_loss}


class TorchEngine:
    """Runs networks with PyTorch, on a CPU or a GPU."""

    def __init__(self, device: str = "cpu", threads: int = 1) -> None:
        self.name = "torch" if device == "cpu" else f"torch:{device}"
        self.device = torch.device(device)
        self.threads = threads

    def trainer(
        self, spec: NetworkSpec, recipe: StepRecipe, windows: Windows, snapshot: Snapshot
    ) -> TorchTrainer:
        """Return a trainer that starts from the snapshot."""
        return TorchTrainer(self, spec, recipe, windows, snapshot)

    def forward(
        self, spec: NetworkSpec, weights: Values, inputs: Floats, state: State | None = None
    ) -> tuple[Floats, State]:
        """Run a network over a batch of sequences; see `Engine.forward`."""
        with self.own_threads(), torch.no_grad():
            network = FlatNetwork(spec, self.tensor(weights))
            start = None if state is None else tuple(self.tensor(part) for part in state)
            outputs, end = network(self.tensor(inputs), start)
            return outputs.cpu().numpy(), tuple(part.cpu().numpy() for part in end)

    def tensor(self, array: Floats) -> Tensor:
        """Return an array's copy, a tensor on this engine's device."""
        return torch.from_numpy(array.copy()).to(self.device)

    @contextmanager
    def own_threads(self) -> Iterator[None]:
        """Run with this engine's thread count, and leave the process as it was.

        The count belongs to the process, so two Python threads take turns.
        """
        with _PROCESS:
            before = torch.get_num_threads()
            torch.set_num_threads(self.threads)
            try:
                yield
            finally:
                torch.set_num_threads(before)


class FlatNetwork:
    """A network whose parameters are views into one flat tensor.

    Layers are modules of their own, because their dropout masks are drawn here: PyTorch's own
    dropout would take its numbers from a global generator.
    """

    def __init__(self, spec: NetworkSpec, flat: Tensor) -> None:
        self.spec = spec
        self.flat = flat
        self.gradient = torch.zeros_like(flat)
        with torch.random.fork_rng(devices=[]):  # PyTorch's own first values are not wanted
            self.layers = [
                recurrent(spec, spec.inputs if layer == 0 else spec.width, 1, 0.0).to(flat.device)
                for layer in range(spec.layers)
            ]
            self.head = nn.Linear(spec.width, spec.outputs).to(flat.device)
        self.bound = bound(spec)
        self._bind()

    def _bind(self) -> None:
        """Make every parameter, and its gradient, a view into the flat tensors."""
        for entry in self.spec.parameters:
            place = slice(entry.offset, entry.offset + entry.size)
            parameter = self._parameter(entry.name)
            parameter.data = self.flat[place].view(entry.shape)
            parameter.grad = self.gradient[place].view(entry.shape)

    def _parameter(self, name: str) -> nn.Parameter:
        part, _, rest = name.partition(".")
        if part == "head":
            return self.head.get_parameter(rest)
        block, _, place = rest.rpartition("_l")
        layer, _, suffix = place.partition("_")
        return self.layers[int(layer)].get_parameter(f"{block}_l0{'_' * bool(suffix)}{suffix}")

    def __call__(
        self, inputs: Tensor, state: tuple[Tensor, ...] | None = None, dropout: Stream | None = None
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Run over inputs [time, batch, inputs]; with a stream, drop out as in training."""
        directions = self.spec.directions
        ends: list[tuple[Tensor, ...]] = []
        for i, layer in enumerate(self.layers):
            if i and dropout:
                inputs = inputs * self._mask(dropout, i, inputs.shape)
            own = None
            if state is not None:
                parts = [part[i * directions : (i + 1) * directions] for part in state]
                own = parts[0] if len(parts) == 1 else tuple(parts)
            inputs, end = layer(inputs, own)
            ends.append(end if isinstance(end, tuple) else (end,))
        final = tuple(torch.cat(parts) for parts in zip(*ends, strict=True))
        read = inputs if self.spec.reads == "every" else last_state(final[0], directions)
        if len(self.layers) == 1 and dropout:
            shape = read.shape if read.dim() == 3 else (1, *read.shape)
            read = read * self._mask(dropout, 0, shape).view(read.shape)
        return read if self.spec.head == "none" else self.bound(self.head(read)), final

    def _mask(self, stream: Stream, site: int, shape: tuple[int, ...]) -> Tensor:
        time, batch, features = shape
        mask = stream.dropout(site, (time, features, batch), self.spec.dropout)
        return torch.from_numpy(mask).to(self.flat.device).transpose(1, 2).contiguous()


class TorchTrainer:
    """One network being trained with PyTorch."""

    def __init__(
        self,
        engine: TorchEngine,
        spec: NetworkSpec,
        recipe: StepRecipe,
        windows: Windows,
        snapshot: Snapshot,
    ) -> None:
        self._engine = engine
        self._spec = spec
        self._recipe = recipe
        self._windows = windows
        self._loss = _LOSSES[recipe.loss]
        self.restore(snapshot)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a state."""
        self._network = FlatNetwork(self._spec, self._engine.tensor(snapshot.weights))
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
            "exp_avg": self._engine.tensor(snapshot.mean),
            "exp_avg_sq": self._engine.tensor(snapshot.square),
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
        )

    def run(self, chunk: Chunk) -> ChunkResult:
        """Take the steps of a chunk."""
        losses: list[float] = []
        norms: list[float] = []
        finite = True
        with self._engine.own_threads():
            for row, rate, counter in zip(chunk.indices, chunk.rates, chunk.counters, strict=True):
                stream = Stream(chunk.seed, Purpose.DROPOUT, chunk.attempt, int(counter))
                loss, norm, finite = self._step(row[row >= 0], float(rate), stream)
                losses.append(loss)
                norms.append(norm)
                if not finite:
                    break
        return ChunkResult(np.array(losses), np.array(norms), finite)

    def _step(self, indices: Indices, rate: float, stream: Stream) -> tuple[float, float, bool]:
        batch = self._windows.gather(indices)
        self._network.gradient.zero_()
        loss = self._batch_loss(batch, stream if self._spec.dropout else None)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = torch.linalg.vector_norm(self._network.gradient)
        if self._recipe.clip is not None:
            self._network.gradient.mul_(torch.clamp(self._recipe.clip / norm, max=1.0))
        self._adam.param_groups[0]["lr"] = rate
        self._adam.step()
        finite = bool(torch.isfinite(self._network.flat.sum() + loss + norm))
        return loss.item(), norm.item(), finite

    def _batch_loss(self, batch: Batch, stream: Stream | None) -> Tensor:
        outputs, _ = self._network(self._engine.tensor(batch.inputs), dropout=stream)
        return self._loss(outputs, self._engine.tensor(batch.targets))

    def evaluate(self, indices: Indices) -> float:
        """Return the mean loss over the windows at the indices, without dropout."""
        total = 0.0
        with self._engine.own_threads(), torch.no_grad():
            for start in range(0, len(indices), _EVALUATION_BATCH):
                part = indices[start : start + _EVALUATION_BATCH]
                total += self._batch_loss(self._windows.gather(part), None).item() * len(part)
        return total / len(indices)
