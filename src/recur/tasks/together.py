"""Which options mean nothing, or contradict each other, beside others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from recur.errors import SettingsError

_NEEDS = {
    "kernel": "filters",
    "filter_stride": "filters",
    "dropout_mask": "dropout",
    "interval_method": "intervals",
    "samples": "intervals",
    "calibration": "intervals",
}
"""Options that mean nothing without another one."""


def check_one_test(test: Path | None, held_out: float | None) -> None:
    """Refuse a file to judge by beside a share."""
    if test is not None and held_out is not None:
        raise SettingsError("`test` and `held_out` both say what to judge by; give one of them.")


def check_together(given: dict[str, Any]) -> None:
    """Refuse options of which one would silently do nothing.

    Args:
        given: those that the user gave, by their names in Python.
    """
    from recur.tasks.forecast.methods import TRAINED, refuse_others

    refuse_others(given.get("method", TRAINED), given.get("network", "auto"), given)
    for name, other in _NEEDS.items():
        if name in given and other not in given:
            raise SettingsError(f"`{name}` means nothing without `{other}`; give both, or neither.")
    if "forcing" in given and given.get("strategy") != "encoder_decoder":
        raise SettingsError(
            "`forcing` is for a decoder in training, which only the `strategy` encoder_decoder has."
        )
    if "epochs" in given and "minutes" in given:
        raise SettingsError("`epochs` and `minutes` both say how long to train; give one of them.")
