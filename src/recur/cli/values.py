"""What the values of options mean, and the sentence where one is malformed or conflicts."""

from __future__ import annotations

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


def levels(text: str | None) -> tuple[float, ...] | None:
    """Return the levels of intervals in percent.

    >>> levels("80,97.5")
    (80.0, 97.5)
    """
    if text is None:
        return None
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        raise SettingsError(
            f"`--intervals` is `{text}`; it takes percentages with commas between them, such as "
            "80,95."
        ) from None
    from recur.judge import check_levels

    check_levels(found)
    return found


def forcing(text: str | None) -> tuple[float, float] | None:
    """Return how likely a decoder is fed the truth at the beginning and at the end of training.

    >>> forcing("1:0.25")
    (1.0, 0.25)
    """
    if text is None:
        return None
    try:
        start, end = (float(part) for part in text.split(":"))
    except ValueError:
        start = end = -1.0
    if not (0 <= start <= 1 and 0 <= end <= 1):
        raise SettingsError(
            f"`--forcing` is `{text}`; it takes two shares from 0 to 1, such as 1:0."
        )
    return start, end


def check_together(given: dict[str, Any]) -> None:
    """Refuse options of a forecaster of which one would silently do nothing.

    Args:
        given: those that the user gave, by their names in Python.
    """
    for name, other in _NEEDS.items():
        if name in given and other not in given:
            raise SettingsError(
                f"{_spelt(name)} means nothing without {_spelt(other)}; give both, or neither."
            )
    if "forcing" in given and given.get("strategy") != "encoder_decoder":
        raise SettingsError(
            "`--forcing` is for a decoder in training, which only `--strategy encoder_decoder` has."
        )
    if "epochs" in given and "minutes" in given:
        raise SettingsError(
            "`--epochs` and `--minutes` both say how long to train; give one of them."
        )


def _spelt(name: str) -> str:
    return f"`--{name.replace('_', '-')}`"
