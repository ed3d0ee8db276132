"""The losses, as means over tensors."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from recur.engines.base import StepRecipe


def mean_loss(
    recipe: StepRecipe, outputs: Tensor, targets: Tensor, mask: Tensor | None = None
) -> Tensor:
    """Return the mean loss of outputs beside targets.

    Args:
        recipe: which loss.
        outputs: [..., values], several for each target in a quantile loss or a cross entropy.
        targets: [..., targets], or [...] whole numbers, symbols.
        mask: bool [...], which of them count; all where there is none.
    """
    if mask is not None:
        outputs, targets = outputs[mask], targets[mask]
    if recipe.loss == "mse":
        return functional.mse_loss(outputs, targets)
    if recipe.loss == "mae":
        return functional.l1_loss(outputs, targets)
    if recipe.loss == "cross_entropy":
        return functional.cross_entropy(outputs.flatten(0, -2), targets.flatten().long())
    return _pinball(outputs, targets, outputs.new_tensor(recipe.quantiles))


def _pinball(outputs: Tensor, targets: Tensor, levels: Tensor) -> Tensor:
    """Return the mean of q * e above a level's output and of (q - 1) * e below it."""
    errors = targets[..., None] - outputs.view(*targets.shape, len(levels))
    return torch.maximum(levels * errors, (levels - 1) * errors).mean()
