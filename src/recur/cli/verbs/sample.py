"""`recur sample`: a saved writer goes on with a text, symbol by symbol."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated, Literal

from recur.cli.options import Json, Model, expand_options, option

_TEXT = "Text"
_DRAWING = "Drawing"


@expand_options
def sample(
    model: Model,
    prime: Annotated[
        str | None,
        option("What to go on with; without it, a random symbol of the text.", _TEXT, "TEXT"),
    ] = None,
    length: Annotated[int, option("Symbols to write (default 500).", _TEXT)] = 500,
    count: Annotated[int, option("Texts, written at once (default 1).", _TEXT)] = 1,
    unknown: Annotated[
        Literal["error", "skip"] | None,
        option(
            "Symbols of the prime that training has not seen: error or skip (default: as trained).",
            _TEXT, "HOW",
        ),
    ] = None,
    temperature: Annotated[
        float,
        option(
            "Below 1 more careful, above 1 bolder; at 0 the likeliest symbol (default 1).",
            _DRAWING, "T",
        ),
    ] = 1.0,
    top_k: Annotated[
        int, option("Draw from so many of the likeliest symbols alone (default all).", _DRAWING)
    ] = 0,
    top_p: Annotated[
        float,
        option(
            "Draw from the fewest symbols that together have this probability (default 1).",
            _DRAWING, "P",
        ),
    ] = 1.0,
    min_p: Annotated[
        float,
        option(
            "Draw from symbols alone so many times as likely as the likeliest (default 0).",
            _DRAWING, "P",
        ),
    ] = 0.0,
    stop: Annotated[
        str | None, option("End before this text, where it comes.", _TEXT, "TEXT")
    ] = None,
    seed: Annotated[int, option("Of the random numbers (default 0).", _DRAWING)] = 0,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Write text with a model that recur write has trained.

    One text is printed as it is written; several come together, rules between them.
    The same seed gives the same text.
    """
    from recur.cli.output import print_json
    from recur.tasks.kinds import load_for
    from recur.tasks.write.runs import gathered

    pieces = load_for(model, "write").stream(
        prime, length, temperature=temperature, top_k=top_k, top_p=top_p, min_p=min_p,
        stop=stop, count=count, seed=seed, unknown=unknown,
    )  # fmt: skip
    if as_json:
        print_json(gathered(pieces).to_dict())
    elif count == 1:
        _print_as_written(pieces)
    else:
        _print_several(gathered(pieces).texts)


def _print_as_written(pieces: Iterator[tuple[str, ...]]) -> None:
    """Print each piece when it comes; Ctrl-C ends the text."""
    try:
        for (piece,) in pieces:
            _print(piece)
    except KeyboardInterrupt:
        pass
    finally:
        _print("\n")


def _print_several(texts: tuple[str, ...]) -> None:
    for i, text in enumerate(texts):
        if i:
            _print(f"\n{'-' * 72}\n")
        _print(text)
    _print("\n")


def _print(text: str) -> None:
    """Print text as it is into a file or a pipe, and without control characters on a terminal."""
    from recur.report.writing import legible

    print(legible(text) if sys.stdout.isatty() else text, end="", flush=True)  # noqa: T201
