"""The text that a lab learns from: a file of the user's, or what comes with Python itself."""

from __future__ import annotations

import sys
from dataclasses import replace
from textwrap import dedent

from recur.data.text.text import Text, read_text
from recur.errors import DataError, SettingsError
from recur.labs.experiment import Setting

LEAST = 10_000
"""Characters that a lab needs as a rule: fewer leave too little to judge on."""

_HELP = "Python's own help"


def lab_text(setting: Setting, size: int, least: int = LEAST) -> Text:
    """Return the first `size` characters of the text that was given, or of Python's help.

    Args:
        setting: of the lab.
        size: how many are learnt from and judged on; fewer where the text has fewer.
        least: how many it has to have.

    Raises:
        SettingsError: more than one file was given.
        DataError: there is no such text, or it is too short.
    """
    if len(setting.files) > 1:
        shown = ", ".join(f"`{file}`" for file in setting.files)
        raise SettingsError(
            f"this lab takes one text, and got {len(setting.files)} files: {shown}; give one."
        )
    if not setting.files:
        return replace(Text.of(python_text(), size=size), source=_HELP)
    text = read_text(setting.files[0], size=size)
    for note in text.notes:
        setting.say(note)
    if len(text) < least:
        raise DataError(
            f"{text.source} has {len(text):,} characters; this lab needs at least {least:,}, so "
            "that enough is left to judge on: give a longer text."
        )
    return text


def python_text() -> str:
    """Return English prose that comes with Python: that of its help on the language.

    Code, lists and headings are left out, and so is a paragraph that comes again. It is the same
    wherever a release of Python runs, and a little different in the next release.

    Raises:
        DataError: this Python has been stripped of it.
    """
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise DataError(
            "This Python comes without its help (the module `pydoc_data`), which is learnt from "
            "where no text is given; give a text file."
        ) from error
    pieces = "\n\n".join(topics[name] for name in sorted(topics)).split("\n\n")
    paragraphs = (dedent(piece).strip() for piece in pieces)
    prose = (text for text in paragraphs if text[:1].isupper() and text.endswith("."))
    return "\n\n".join(dict.fromkeys(prose)) + "\n"


def described(text: Text) -> str:
    """Say what a lab has learnt from, and plainly where that is no work of literature."""
    first = f"the first {len(text):,} characters of {text.source}"
    if text.source != _HELP:
        return f"Learnt from {first}."
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return (
        f"No text was given, so this was learnt from {first} ({version}) on its language, "
        "which is neither Shakespeare nor Sherlock Holmes: other figures are to be expected."
    )
