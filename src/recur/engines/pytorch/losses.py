"""The losses, as means over tensors."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from recur.engines.base import StepRecipe


def mean_loss(
    recipe: StepRecipe,
    outputs: Tensor,
    targets: Tensor,
    mask: Tensor | None = None,
    counted: Tensor | None = None,
    chain: Tensor | None = None,
) -> Tensor:
    """Return the mean loss of outputs beside targets.

    Args:
        recipe: which loss.
        outputs: [..., values], several for each target in a quantile loss or a cross entropy.
        targets: [..., targets], or [...] whole numbers, symbols.
        mask: bool [...], which of them count; all where there is none.
        counted: bool [..., targets], which targets count; all where there is none.
        chain: [outputs + 2, outputs], of the loss of a chain, whose outputs are [time, batch,
            outputs]; see `recur.networks.chain`.
    """
    if chain is not None:
        return _chain(outputs, targets.long(), mask, chain)
    if mask is not None:
        outputs, targets = outputs[mask], targets[mask]
        counted = None if counted is None else counted[mask]
    if counted is not None and not bool(counted.any()):
        return outputs.sum() * 0
    if counted is not None:
        outputs = outputs.reshape(*targets.shape, -1)[counted]
        outputs, targets = outputs if recipe.quantiles else outputs[:, 0], targets[counted]
    if recipe.loss == "mse":
        return functional.mse_loss(outputs, targets)
    if recipe.loss == "mae":
        return functional.l1_loss(outputs, targets)
    if recipe.loss == "cross_entropy":
        return _cross_entropy(recipe, outputs.flatten(0, -2), targets.flatten().long())
    return _pinball(outputs, targets, outputs.new_tensor(recipe.quantiles))


def _cross_entropy(recipe: StepRecipe, outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the mean negative logarithm of the true symbol's probability, weighted by it."""
    losses = functional.cross_entropy(
        outputs, targets, reduction="none", label_smoothing=recipe.smoothing
    )
    if recipe.weights:
        losses = losses * outputs.new_tensor(recipe.weights)[targets]
    return losses.mean()


def _chain(outputs: Tensor, targets: Tensor, mask: Tensor | None, chain: Tensor) -> Tensor:
    """Return the mean over real steps, the first ones, of how unlikely sequences are.

    In double precision: what is small, a sum over all sequences less the true one, is left of
    what grows with every step.
    """
    outputs, chain = outputs.double(), chain.double()
    real = torch.ones_like(targets, dtype=torch.bool) if mask is None else mask
    after, start, end = chain[:-2], chain[-2], chain[-1]
    own = outputs.gather(-1, targets[..., None])[..., 0]
    total = start + outputs[0]
    score = start[targets[0]] + own[0]
    for t in range(1, len(outputs)):
        onward = torch.logsumexp(total[:, :, None] + after, dim=1) + outputs[t]
        total = torch.where(real[t][:, None], onward, total)
        score = score + (after[targets[t - 1], targets[t]] + own[t]) * real[t]
    last = targets.gather(0, real.sum(0, keepdim=True) - 1)[0]
    losses = torch.logsumexp(total + end, dim=1) - score - end[last]
    return losses.sum() / real.sum()


def _pinball(outputs: Tensor, targets: Tensor, levels: Tensor) -> Tensor:
    """Return the mean of q * e above a level's output and of (q - 1) * e below it."""
    errors = targets[..., None] - outputs.reshape(*targets.shape, len(levels))
    return torch.maximum(levels * errors, (levels - 1) * errors).mean()
