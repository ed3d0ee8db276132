"""A whole network written out by hand with PyTorch's functions, and the engines to hold to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from recur.engines.base import Engine
from recur.engines.compiled import border
from recur.engines.pytorch.engine import TorchEngine
from recur.engines.registry import open_engine
from recur.networks.spec import NetworkSpec

TORCH = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
Step = Callable[[Tensor, list[Tensor], list[Tensor]], list[Tensor]]


def mingru(x: Tensor, state: list[Tensor], weights: list[Tensor]) -> list[Tensor]:
    z, g = functional.linear(x, *weights).chunk(2, dim=-1)
    z = torch.sigmoid(z)
    return [(1 - z) * state[0] + z * g]


def slstm(x: Tensor, state: list[Tensor], weights: list[Tensor]) -> list[Tensor]:
    """Take a step without a stabiliser, which is only taken along to compare."""
    (h, c, n, m), (w, u, b, d) = state, weights
    i, f, g, o = (functional.linear(x, w, b) + functional.linear(h, u, d)).chunk(4, dim=-1)
    true_c = torch.sigmoid(f) * c * torch.exp(m) + torch.exp(i) * torch.tanh(g)
    true_n = torch.sigmoid(f) * n * torch.exp(m) + torch.exp(i)
    new_m = torch.maximum(functional.logsigmoid(f) + m, i).detach()
    scale = torch.exp(-new_m)
    return [torch.sigmoid(o) * true_c / true_n, true_c * scale, true_n * scale, new_m]


STEPS: dict[str, tuple[Step, int]] = {"mingru": (mingru, 1), "slstm": (slstm, 4)}
"""The cells that PyTorch does not have, written out by hand: a step, and how many states."""
Drop = Callable[[int, tuple[int, ...]], Tensor]
"""From a site and [time, batch, features] to a mask of that shape, or one that broadcasts."""


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Run the references on one thread, as the engine runs; more only get in each other's way."""
    with TorchEngine(threads=1).own_threads():
        yield


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """Fill fresh memory of the compiled engine with NaN, so that reading it too early shows.

    Returns the shapes that were asked for.
    """
    shapes = []

    def poisoned(shape: tuple[int, ...]) -> NDArray[np.float32]:
        shapes.append(shape)
        return np.full(shape, np.nan, np.float32)

    monkeypatch.setattr(border, "empty", poisoned)
    return shapes


@pytest.fixture(params=["torch", "compiled"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return open_engine(request.param)


def kept(site: int, shape: tuple[int, ...]) -> Tensor:
    return torch.ones(shape, dtype=torch.float64)


class Hand:
    """A network in double precision, whose parameters are leaves that gradients reach."""

    def __init__(self, spec: NetworkSpec, values: NDArray[Any]) -> None:
        self.spec = spec
        self.p = {
            entry.name: torch.from_numpy(entry.of(values).astype(np.float64)).requires_grad_()
            for entry in spec.parameters
        }

    def __call__(
        self, inputs: NDArray[Any], state: Any = None, drop: Drop = kept, lengths: Any = None
    ) -> tuple[Tensor, list[Tensor]]:
        """Return the outputs and the final state, without decoder; lengths [batch] mask steps."""
        spec = self.spec
        x = self.front(inputs)
        if spec.cell == "mlp":
            hidden = torch.cat([x[t] for t in range(len(x))], dim=1)
            for i in range(spec.layers):
                if i:
                    hidden = hidden * drop(i, (1, *hidden.shape))[0]
                a = functional.linear(hidden, self.p[f"mlp.{i}.weight"], self.p[f"mlp.{i}.bias"])
                hidden = torch.tanh(a) if spec.nonlinearity == "tanh" else torch.relu(a)
            hidden = hidden * drop(0, (1, *hidden.shape))[0] if spec.layers == 1 else hidden
            return self.head(hidden), []
        if spec.drops_inputs:
            x = x * drop(127, x.shape)
        x, end = self.stack("rnn", x, state, drop, lengths)
        if spec.reads == "every":
            return self.head(x * drop(0, x.shape) if spec.layers == 1 else x), end
        if spec.reads in ("mean", "max"):
            real = [len(x)] * x.shape[1] if lengths is None else list(lengths)
            lanes = [x[: real[i], i] for i in range(x.shape[1])]
            last = torch.stack(
                [lane.mean(0) if spec.reads == "mean" else lane.max(0).values for lane in lanes]
            )
            return self.head(last * drop(0, (1, *last.shape))[0] if spec.layers == 1 else last), end
        last = torch.cat(list(end[0][-2:] if spec.bidirectional else end[0][-1:]), dim=1)
        return self.head(last * drop(0, (1, *last.shape))[0] if spec.layers == 1 else last), end

    def decoded(
        self,
        inputs: NDArray[Any],
        start: NDArray[Any],
        steps: int,
        truth: NDArray[Any] | None = None,
        forced: NDArray[np.bool_] | None = None,
        drop: Drop = kept,
    ) -> tuple[Tensor, list[Tensor]]:
        """Return what the decoder gives; forced [steps, batch], where it is fed the truth."""
        _, state = self.stack("rnn", self.front(inputs), None, drop)
        fed, outputs = torch.from_numpy(start.astype(np.float64)), []

        def of_step(step: int) -> Drop:
            def mask(site: int, shape: tuple[int, ...]) -> Tensor:
                whole = drop(site + 128, (steps, *shape[1:]))
                return whole[step : step + 1] if len(whole) > 1 else whole

            return mask

        for step in range(steps):
            hidden, state = self.stack("decoder", fed[None], state, of_step(step))
            if self.spec.layers == 1:
                hidden = hidden * of_step(step)(0, hidden.shape)
            outputs.append(self.head(hidden[0]))
            fed = outputs[-1]
            if truth is not None and step + 1 < steps:
                lanes = np.ones(len(start), bool) if forced is None else forced[step + 1]
                true = torch.from_numpy(truth[step].astype(np.float64))
                fed = torch.stack([true[b] if lanes[b] else fed[b] for b in range(len(start))])
        return torch.stack(outputs), state

    def front(self, inputs: NDArray[Any]) -> Tensor:
        spec, p = self.spec, self.p
        if spec.spelling is not None:
            words, characters = np.eye(spec.symbols)[inputs[..., 0]], inputs[..., 1:]
            known = torch.from_numpy(words) @ p["embedding.weight"]
            return torch.cat([known, self.spelt(torch.from_numpy(characters))], -1)
        if spec.symbols:
            one_hot = torch.from_numpy(np.eye(spec.symbols)[inputs])
            x = one_hot @ p["embedding.weight"]
        else:
            x = torch.from_numpy(inputs.astype(np.float64))
        if spec.convolution is None:
            return x
        kernel, stride = spec.convolution.kernel, spec.convolution.stride
        while (len(x) - kernel) % stride:
            x = x[1:]
        weight, bias = p["convolution.weight"], p["convolution.bias"]
        return functional.conv1d(x.permute(1, 2, 0), weight, bias, stride).permute(2, 0, 1)

    def spelt(self, characters: Tensor) -> Tensor:
        """Return the greatest of each filter over the places that do not end in padding."""
        table, weight, bias = (
            self.p[f"spelling.{name}"]
            for name in ("embedding.weight", "convolution.weight", "convolution.bias")
        )
        size = weight.shape[2]
        places = []
        for first in range(characters.shape[-1] - size + 1):
            seen = characters[..., first : first + size]
            sums = torch.einsum("tbke,fek->tbf", table[seen.long()], weight) + bias
            padding = (seen[..., -1] == 0) & (first > 0)
            places.append(sums.masked_fill(padding[..., None], -torch.inf))
        return torch.stack(places).max(0).values

    def stack(
        self, name: str, x: Tensor, state: Any, drop: Drop, lengths: Any = None
    ) -> tuple[Tensor, list[Tensor]]:
        spec, ends, two = self.spec, [], 1 + self.spec.bidirectional
        for i in range(spec.layers):
            if i:
                x = x * drop(i, x.shape)
            own = {
                key.removeprefix(f"{name}.").replace(f"_l{i}", "_l0"): value
                for key, value in self.p.items()
                if key.startswith(f"{name}.") and key.removesuffix("_reverse").endswith(f"_l{i}")
            }
            parts: Any = None
            if state is not None and len(state):
                parts = [torch.as_tensor(part)[i * two : (i + 1) * two].double() for part in state]
            run = self.by_pytorch if spec.cell in TORCH else self.by_hand
            x, end = run(x, own, parts, lengths)
            ends.append(end if isinstance(end, tuple) else (end,))
        return x, [torch.cat(parts) for parts in zip(*ends, strict=True)]

    def by_pytorch(
        self, x: Tensor, own: dict[str, Tensor], state: Any, lengths: Any
    ) -> tuple[Tensor, Any]:
        """Run one layer by PyTorch's own module."""
        spec = self.spec
        options = {"nonlinearity": spec.nonlinearity} if spec.cell == "rnn" else {}
        both = any(key.endswith("_reverse") for key in own)
        module = TORCH[spec.cell](x.shape[-1], spec.hidden, bidirectional=both, **options)
        time, given = len(x), x
        if state is not None:
            state = tuple(state) if len(state) == 2 else state[0]
        if lengths is not None:
            real = torch.from_numpy(lengths)
            given = pack_padded_sequence(x, real, enforce_sorted=False)  # type: ignore[assignment]
        x, end = torch.func.functional_call(module.double(), own, (given, state))
        if lengths is not None:
            x, _ = pad_packed_sequence(x, total_length=time)  # type: ignore[arg-type]
        return x, end

    def by_hand(
        self, x: Tensor, own: dict[str, Tensor], state: Any, lengths: Any
    ) -> tuple[Tensor, Any]:
        """Run one layer by an equation written out above, lane by lane as long as it is."""
        step, states = STEPS[self.spec.cell]
        hidden, ends = self.spec.hidden, []
        outputs = []
        for direction, suffix in enumerate(("", "_reverse")):
            weights = [value for key, value in own.items() if key.endswith("_l0" + suffix)]
            if not weights:
                continue
            zeros = x.new_zeros(x.shape[1], hidden)
            at = [part[direction] for part in state] if state else [zeros] * states
            steps = [zeros] * len(x)
            for t in range(len(x))[:: -1 if direction else 1]:
                new = step(x[t], at, weights)
                real = torch.ones(x.shape[1], dtype=torch.bool)
                if lengths is not None:
                    real = torch.from_numpy(t < lengths)
                at = [torch.where(real[:, None], b, a) for a, b in zip(at, new, strict=True)]
                steps[t] = at[0]
            outputs.append(torch.stack(steps))
            ends.append(at)
        return torch.cat(outputs, -1), tuple(torch.stack(p) for p in zip(*ends, strict=True))

    def head(self, hidden: Tensor) -> Tensor:
        if self.spec.head == "none":
            return hidden
        a = functional.linear(hidden, self.p["head.weight"], self.p["head.bias"])
        return {"tanh": torch.tanh, "sigmoid": torch.sigmoid}.get(self.spec.head, lambda x: x)(a)

    def gradient(self, loss: Tensor) -> dict[str, NDArray[Any]]:
        grads = torch.autograd.grad(loss, list(self.p.values()))
        return {name: grad.numpy() for name, grad in zip(self.p, grads, strict=True)}


@pytest.fixture
def hand() -> type[Hand]:
    return Hand
