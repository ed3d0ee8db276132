"""What options with a value of several parts mean, and the sentence where one is malformed."""

from __future__ import annotations

from recur.errors import SettingsError


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
