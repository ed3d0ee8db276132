"""How results are printed: on standard output; notices on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from rich.console import Console

from recur.notices import Listener, hushed, listening
from recur.report.blocks import (
    Block,
    Choice,
    Facts,
    Heading,
    Note,
    Prose,
    Sentence,
    Written,
)
from recur.report.paragraph import paragraph

if TYPE_CHECKING:
    from recur.report.result import Result

_PIPE_WIDTH = 100  # where there is no terminal to ask


def stdout() -> Console:
    """Return the console for results."""
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    return Console(width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)


def print_notice(*sentences: str) -> None:
    """Print sentences that are no result, unless nobody wants them."""
    if not hushed():
        print_sentences(*sentences, style="dim")


def print_sentences(*sentences: str, style: str = "") -> None:
    """Print on standard error: in a terminal broken between words, else a sentence a line."""
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    for sentence in sentences:
        if console.is_terminal:
            lines = sentence.splitlines()
            sentence = "\n".join(paragraph(line, console.width) for line in lines)
        console.print(sentence, style=style, soft_wrap=True)


@contextmanager
def noticing() -> Iterator[Listener]:
    """Print what is noticed in the block as it comes, and give what has been."""
    with listening(print_notice) as heard:
        yield heard


def tell(result: Result, heard: Listener | None = None, *, as_json: bool) -> None:
    """Print a result: all of it as one JSON object, or what a reader is shown.

    Args:
        result: what came of a verb.
        heard: the notices that were given on the way to it, which are printed already.
        as_json: whether to print JSON.
    """
    already = [] if heard is None else heard.sentences
    print_notice(*(sentence for sentence in result.notices if sentence not in already))
    if as_json:
        print_json(result.noticed([x for x in already if x not in result.notices]).to_dict())
    else:
        print_blocks(result.blocks())


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object; there is no NaN in JSON, and none may come here."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2)
    print(text, flush=True)  # noqa: T201 (flushed here, where a closed pipe is understood)


def print_blocks(blocks: Iterable[Block]) -> None:
    """Print blocks one below the other, a line free between them."""
    console = stdout()
    close = True  # nothing above, or what belongs together
    for block in blocks:
        below = isinstance(block, Note) or (isinstance(block, Prose) and block.below)
        if not close and not below:
            console.print()
        _print(block, console)
        close = isinstance(block, Heading) and not block.apart


@singledispatch
def _print(block: Any, console: Console) -> None:
    console.print(block)  # a table


@_print.register
def _facts(block: Facts, console: Console) -> None:
    from recur.report.table import key_values

    console.print(key_values(block.values.items()))


@_print.register
def _sentence(block: Sentence, console: Console) -> None:
    console.print(paragraph(block.text, console.width), style="bold" if block.strong else None)


@_print.register
def _note(block: Note, console: Console) -> None:
    console.print("\n".join(block.lines), style="dim italic")


@_print.register
def _heading(block: Heading, console: Console) -> None:
    console.rule(block.text, align="left", style="dim")


@_print.register
def _prose(block: Prose, console: Console) -> None:
    from recur.report.writing import legible

    console.print(legible(block.text), soft_wrap=True)


@_print.register
def _choice(block: Choice, console: Console) -> None:
    fitting = (x for x in block.tables if console.measure(x).maximum <= console.width)
    console.print(next(fitting, block.tables[-1]))


@_print.register
def _written(block: Written, console: Console) -> None:
    console.print("written", style="dim")
    for path in block.files.values():
        console.print(f"  {path}", soft_wrap=True)
