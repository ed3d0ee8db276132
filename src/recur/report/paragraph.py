"""A text broken into lines, none of which parts a number from its percent sign."""

from __future__ import annotations

from textwrap import fill

_HELD = "\N{NO-BREAK SPACE}%"


def paragraph(text: str, width: int) -> str:
    r"""Break a text into lines of a width, between words alone.

    >>> paragraph("its skill is 12 % at most", 15)
    'its skill is\n12 % at most'
    """
    held = text.replace(" %", _HELD)
    broken = fill(held, width, break_on_hyphens=False, break_long_words=False)
    return broken.replace(_HELD, " %")
