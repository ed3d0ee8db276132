"""The weights of further networks of one kind in a file, beside those of the first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recur.networks.spec import NetworkSpec, Values
from recur.tasks.base import check_tensors

_OTHER = "other"  # what the names of their tensors begin with


def others_named(spec: NetworkSpec, others: Sequence[Values]) -> dict[str, Any]:
    """Return the tensors of further networks, float32 [size] each, by the names in a file."""
    return {
        f"{_OTHER}{i}.{name}": block
        for i, weights in enumerate(others)
        for name, block in spec.named(weights).items()
    }


def take_others(spec: NetworkSpec, tensors: dict[str, Any], count: int) -> tuple[Values, ...]:
    """Take the tensors of so many further networks out of those of a file.

    Returns:
        float32 [size], the weights of each.
    """
    names = [parameter.name for parameter in spec.parameters]
    others = [{name: tensors.pop(f"{_OTHER}{i}.{name}") for name in names} for i in range(count)]
    for other in others:
        check_tensors(other)
    return tuple(spec.flat(other) for other in others)
