"""What the pretrained network learns on with: its loss and gradient against PyTorch's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from benchmarks.pretraining.batches import Batch
from benchmarks.pretraining.network import Network, packed
from benchmarks.pretraining.train import loss_of as loss_in_torch
from torch import nn

from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.data.simulated.series import simulate
from recur.data.sources.histories import Histories
from recur.engines.base import Engine, Snapshot, StepRecipe
from recur.tasks.forecast.tuned import loss_of

HORIZON = 8


def histories(*, period: int = 12, second: int = 0, shorter: int = 0) -> Histories:
    """Return the newest origin of some series: one has missing values, one may be shorter."""
    made = list(simulate(5, 90 + 2 * second, period, second, seed=3))
    made[0] = made[0][shorter:]
    filled = np.zeros(sum(map(len, made)), bool)
    filled[60 - shorter : 70 - shorter] = True
    panel = Panel(
        np.concatenate(made), np.concatenate([np.arange(len(one)) for one in made]),
        np.cumsum([0, *map(len, made)]), tuple("abcde"), Clock(), filled=filled,
    )  # fmt: skip
    newest = panel.lengths - HORIZON
    return Histories.spread(
        panel, newest, newest, 60, 1, horizon=HORIZON, period=period, second=second
    )


def taught(cell: str = "gru") -> Network:
    torch.manual_seed(5)
    network = Network(cell, hidden=9, dense=11)
    for block in network.parameters():
        nn.init.normal_(block, std=0.3)
    return network


@pytest.mark.parametrize("cell", ["gru", "lstm"])
@pytest.mark.parametrize(("period", "second"), [(1, 0), (12, 0), (24, 168)])
def test_loss_and_gradient_are_those_of_autograd(
    engine: Engine, cell: str, period: int, second: int
) -> None:
    network, group = taught(cell), histories(period=period, second=second).group(0)
    assert np.isfinite(group.truth).all()
    true = loss_in_torch(network, Batch(*group))
    true.backward()
    made = loss_of(engine, packed(network), group)
    assert made.mean == pytest.approx(true.item(), rel=1e-5)
    grads = Network(cell, hidden=9, dense=11)
    for into, block in zip(grads.parameters(), network.parameters(), strict=True):
        assert block.grad is not None
        into.data = block.grad
    wanted = packed(grads).weights
    np.testing.assert_allclose(made.gradient, wanted, rtol=2e-3, atol=2e-5)


def test_a_short_history_beside_others_gives_what_it_gives_alone(engine: Engine) -> None:
    network = packed(taught())
    together = histories(shorter=50)
    alone = [replace(together, bounds=np.arange(6)).group(i) for i in range(5)]
    assert not together.group(0).inputs.begun.all()
    found = [loss_of(engine, network, group) for group in alone]
    made = loss_of(engine, network, together.group(0))
    assert made.mean == pytest.approx(np.mean([one.mean for one in found]), rel=1e-5)
    wanted = np.mean([one.gradient for one in found], axis=0)
    np.testing.assert_allclose(made.gradient, wanted, rtol=2e-3, atol=2e-5)


def test_a_truth_that_is_missing_is_no_target(engine: Engine) -> None:
    network, group = packed(taught()), histories().group(0)
    losses = []
    for value in (np.nan, 1e6):
        truth = group.truth.copy()
        truth[2, 3] = value
        losses.append(loss_of(engine, network, group._replace(truth=truth)))
    assert np.isfinite(losses[0].gradient).all()
    assert losses[0].mean < losses[1].mean


@pytest.mark.parametrize(("decay", "clip"), [(0.0, None), (0.3, 0.5)])
def test_a_step_along_a_gradient_is_that_of_adam(decay: float, clip: float | None) -> None:
    random = np.random.default_rng(1)
    now = Snapshot.first(random.normal(size=50).astype(np.float32))
    recipe = StepRecipe(decay=decay, clip=clip, beta2=0.98)
    weights = nn.Parameter(torch.from_numpy(now.weights.copy()))
    adam = torch.optim.AdamW([weights], betas=(0.9, 0.98), eps=recipe.epsilon, weight_decay=decay)
    for rate in (1e-2, 3e-2, 1e-3):
        gradient = random.normal(size=50).astype(np.float32)
        weights.grad = torch.from_numpy(gradient.copy())
        if clip is not None:
            nn.utils.clip_grad_norm_([weights], clip)
        adam.param_groups[0]["lr"] = rate
        adam.step()
        now, norm = now.after(gradient, rate, recipe)
        assert norm == pytest.approx(np.linalg.norm(gradient), rel=1e-6)
    np.testing.assert_allclose(now.weights, weights.detach().numpy(), rtol=1e-5, atol=1e-6)


def test_joined_histories_are_the_groups_of_both() -> None:
    one = histories()
    other = Histories.spread(
        one.panel, np.zeros(5, np.int64) + 20, np.zeros(5, np.int64) + 60, 70, 2, horizon=HORIZON,
        period=12, second=0,
    )  # fmt: skip
    both = one.joined(other)
    assert len(both) == len(one) + len(other)
    for number in range(len(other)):
        made, wanted = both.group(len(one) + number), other.group(number)
        np.testing.assert_array_equal(made.inputs.patches, wanted.inputs.patches)
        assert len(made.truth) == len(wanted.truth)
    assert both.digest() != one.digest()
