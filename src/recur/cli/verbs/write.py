"""`recur write`: learn to write like a text; with one network, or with several side by side."""

from __future__ import annotations

import time as clock
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict

import typer

from recur.cli.options import (
    DATA,
    NETWORK,
    TRAINING,
    Checkpoint,
    Engine,
    Json,
    Minutes,
    Out,
    Seed,
    Threads,
    expand_options,
    flag,
    option,
)
from recur.cli.values import check_together

if TYPE_CHECKING:
    from recur.data.text.text import Text

_WEIGHT_DECAY = 0.01  # of AdamW, as PyTorch has it
_OF_AN_EPOCH = 200  # symbols of the sample after an epoch
_AT_THE_END = 400  # symbols of the sample at the end


def size(text: str | None) -> int | None:
    """Return how many symbols of a text are read, or None for all.

    >>> size("10k"), size("2500"), size("all")
    (10000, 2500, None)
    """
    if text is None or text.strip().lower() == "all":
        return None
    number = text.strip().lower()
    times = {"k": 1_000, "m": 1_000_000}.get(number[-1:], 1)
    digits = number[:-1] if times > 1 else number
    if not (digits.isascii() and digits.isdigit() and int(digits)):
        from recur.errors import SettingsError

        raise SettingsError(
            f"`--size` is `{text}`; it takes a number of characters, such as 2500, 10k or 100k, or "
            "all."
        )
    return int(digits) * times


class Reading(TypedDict, total=False):
    """What of a file is read, and as what."""

    size: Annotated[
        str | None,
        option(
            "So many symbols, the first: 10k, 100k, N or all (default all).", DATA, callback=size
        ),
    ]
    encoding: Annotated[
        str | None, option("How its characters are encoded (default utf-8).", DATA, "NAME")
    ]
    unit: Annotated[
        Literal["characters", "bytes"] | None,
        option("What a symbol is: characters or bytes (default characters).", DATA, "NAME"),
    ]
    lines: Annotated[bool | None, flag("--lines", "Each line is a text of its own.", DATA)]
    validation: Annotated[
        float | None, option("Share of it, at the end, to judge by (default 0.1).", DATA, "P")
    ]
    unknown: Annotated[
        Literal["error", "skip"] | None,
        option(
            "A symbol of a prompt that training has not seen: error or skip (default error).",
            DATA, "HOW",
        ),
    ]  # fmt: skip


class Size(TypedDict, total=False):
    """What the network is."""

    cell: Annotated[
        Literal["rnn", "gru", "lstm"] | None,
        option("rnn, gru or lstm (default gru).", NETWORK, "NAME"),
    ]
    nonlinearity: Annotated[
        Literal["tanh", "relu"] | None,
        option("Of a vanilla RNN: tanh or relu (default tanh).", NETWORK, "NAME"),
    ]
    embedding: Annotated[
        int | None, option("Size of a symbol's vector (default: from the text).", NETWORK)
    ]
    hidden: Annotated[
        int | None, option("Size of the hidden state (default: from the text).", NETWORK)
    ]
    layers: Annotated[int | None, option("How many (default: from the text).", NETWORK)]
    tied: Annotated[
        bool | None, flag("--tied", "The head shares the vectors of the symbols.", NETWORK)
    ]
    dropout: Annotated[
        float | None, option("Share dropped while training (default: from the text).", NETWORK, "P")
    ]


class Learning(TypedDict, total=False):
    """How the network is trained."""

    optimizer: Annotated[
        Literal["adam", "adamw"] | None,
        option("adam, or adamw with a weight decay of 0.01 (default adam).", TRAINING, "NAME"),
    ]
    rate: Annotated[
        float | None, option("Peak of the learning rate (default: from the text).", TRAINING, "R")
    ]
    steps: Annotated[
        int | None,
        option("Symbols that slopes are followed back (default: from the text).", TRAINING),
    ]
    streams: Annotated[
        int | None, option("Places read side by side (default: from the text).", TRAINING)
    ]
    epochs: Annotated[
        int | None, option("Passes over the text (default: from its size).", TRAINING)
    ]
    minutes: Minutes
    seed: Seed
    engine: Engine
    threads: Threads


@expand_options
def write(
    file: Annotated[Path, typer.Argument(help="A text file.", metavar="FILE")],
    reading: Reading,
    network: Size,
    learning: Learning,
    cells: Annotated[
        str | None,
        option("Compare several on the same text, such as rnn,gru,lstm.", NETWORK, "A,B"),
    ] = None,
    samples: Annotated[
        bool, flag("--samples", "Write a sample after every epoch.", TRAINING)
    ] = False,
    checkpoint: Checkpoint = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Learn to write like a text, and judge that against counting.

    With --cells: several networks, one table.

    With --out: the model, the training curve and what it wrote.
    """
    began = clock.perf_counter()
    from recur.files.atomic import writable_folder
    from recur.tasks.write.writer import Writer

    given: dict[str, Any] = {**reading, **network, **learning}
    check_together(given)
    how: dict[str, Any] = {name: given.pop(name) for name in ("encoding", "lines") if name in given}
    if given.pop("optimizer", None) == "adamw":
        given["decay"] = _WEIGHT_DECAY
    model = Writer().set_params(**given)
    model._checked()
    names = None if cells is None else _named(cells, given, checkpoint)
    if out is not None:
        writable_folder(out)
    text = _read(file, given, how)
    seconds = {"read": clock.perf_counter() - began}
    if names is None:
        _write(model, text, seconds, checkpoint, out, samples=samples, as_json=as_json)
    else:
        _compare(model, text, names, seconds, out, samples=samples, as_json=as_json)


def _read(file: Path, given: dict[str, Any], how: dict[str, Any]) -> Text:
    """Read a text, and say what its reader noticed."""
    from recur.data.text.text import read_text
    from recur.tasks.notices import notice

    more = {name: given[name] for name in ("size", "unit") if name in given}
    text = read_text(file, **more, **how)
    for note in text.notes:
        notice(note)
    return text


def _write(
    model: Any,
    text: Text,
    seconds: dict[str, float],
    checkpoint: Path | None,
    out: Path | None,
    *,
    samples: bool,
    as_json: bool,
) -> None:
    """Train one network, and tell what came of it."""
    from recur.cli import writing

    began = clock.perf_counter()
    shown: list[tuple[str, str]] = []

    def show(number: int, written: Any) -> None:
        shown.append((f"after epoch {number}", written(_OF_AN_EPOCH)))
        if not as_json:
            writing.print_sample(*shown[-1])

    model.fit(text, checkpoint=checkpoint, after_epoch=show if samples else None)
    seconds["fit"] = clock.perf_counter() - began
    shown.append(("sample", model.sample(length=_AT_THE_END, seed=model.seed)[0]))
    files = {}
    if out is not None:
        from recur.tasks.write.folder import write_writer

        files = write_writer(model, shown, out)
    seconds["total"] = seconds["read"] + clock.perf_counter() - began
    if as_json:
        writing.print_writer_json(model, text, [one for _, one in shown], seconds, files)
    else:
        writing.print_writer(model, text, shown[-1], files)


def _compare(
    model: Any,
    text: Text,
    cells: list[str],
    seconds: dict[str, float],
    out: Path | None,
    *,
    samples: bool,
    as_json: bool,
) -> None:
    """Train several networks, and tell how they differ."""
    from recur.cli import writing
    from recur.tasks.write.compare import compare_cells

    began = clock.perf_counter()
    shown: list[tuple[str, str]] = []

    def show(cell: str, number: int, written: Any) -> None:
        shown.append((f"{cell} after epoch {number}", written(_OF_AN_EPOCH)))
        if not as_json:
            writing.print_sample(*shown[-1])

    found = compare_cells(text, cells, base=model, after_epoch=show if samples else None)
    seconds["fit"] = clock.perf_counter() - began
    shown += [(one.model.cell, one.sample) for one in found.trained]
    files = {}
    if out is not None:
        from recur.tasks.write.folder import write_cells

        files = write_cells(found, shown, out)
    seconds["total"] = seconds["read"] + clock.perf_counter() - began
    if as_json:
        writing.print_cells_json(found, text, seconds, files)
    else:
        writing.print_cells(found, text, files)


def _named(cells: str, given: dict[str, Any], checkpoint: Path | None) -> list[str]:
    """Return the cells to compare, and refuse what goes with a single network."""
    from recur.errors import SettingsError
    from recur.tasks.write.compare import check_cells

    names = [name.strip() for name in cells.split(",")]
    check_cells(names)
    if "cell" in given:
        raise SettingsError("`--cell` and `--cells` both say what to train; give one of them.")
    if checkpoint is not None:
        raise SettingsError(
            f"`--checkpoint` is `{checkpoint}`, which keeps a single run; leave `--cells` out."
        )
    return names
