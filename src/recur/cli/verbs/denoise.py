"""`recur denoise`: learn to clean a signal, from pairs or from clean examples and a noise."""

from __future__ import annotations

import time as clock
from typing import Annotated, Any, Literal, TypedDict

from recur.cli.options import (
    DATA,
    NETWORK,
    TRAINING,
    Checkpoint,
    Engine,
    Epochs,
    Filling,
    Id,
    Json,
    Minutes,
    Out,
    Recording,
    Seed,
    Threads,
    Time,
    expand_options,
    flag,
    option,
)
from recur.cli.values import check_together


class Kinds(TypedDict, total=False):
    """What is noisy and what is clean."""

    noisy: Annotated[
        str | None, option("Columns before cleaning, one for each channel.", DATA, "A,B")
    ]
    clean: Annotated[
        str | None,
        option("Columns after cleaning; with a WAV file, the clean WAV file.", DATA, "A,B"),
    ]
    clean_only: Annotated[str | None, option("Clean columns, made noisy by --noise.", DATA, "A,B")]
    noise: Annotated[
        str | None,
        option(
            "What is put on clean signals: uniform:SIZE, gaussian:SIZE, drift:SIZE (a walk with "
            "such steps), impulses:SHARE:SIZE or dropouts:SHARE:LENGTH (zeros that begin at a "
            "share of the steps); several with + between them.",
            DATA, "NOISE",
        ),
    ]  # fmt: skip


class Where(TypedDict, total=False):
    """Which recording and which time a row of a table belongs to."""

    time: Time
    id: Id
    fill: Filling


class Size(TypedDict, total=False):
    """What the network is."""

    cell: Annotated[
        Literal["rnn", "gru", "lstm"] | None,
        option("rnn, gru or lstm (default gru).", NETWORK, "NAME"),
    ]
    hidden: Annotated[int | None, option("Size of the hidden state (default 30).", NETWORK)]
    layers: Annotated[int | None, option("How many (default 1).", NETWORK)]
    bidirectional: Annotated[
        bool | None,
        flag("--bidirectional", "Read recordings backwards too, which needs their end.", NETWORK),
    ]
    head: Annotated[
        Literal["linear", "tanh"] | None,
        option("linear, or tanh for answers within bounds (default linear).", NETWORK, "NAME"),
    ]


class Learning(TypedDict, total=False):
    """How the network is trained."""

    steps: Annotated[
        int | None,
        option("Time steps of the stretches that it learns from (default 100).", TRAINING),
    ]
    epochs: Epochs
    minutes: Minutes
    rate: Annotated[
        float | None, option("Peak of the learning rate (default 0.02).", TRAINING, "R")
    ]
    seed: Seed
    engine: Engine
    threads: Threads


@expand_options
def denoise(
    file: Recording,
    kinds: Kinds,
    where: Where,
    size: Size,
    learning: Learning,
    test: Annotated[
        int | None,
        option(
            "Recordings, or values of a single one, held out at the end (default: a fifth).", DATA
        ),
    ] = None,
    checkpoint: Checkpoint = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Learn to clean a signal, and judge that against the usual filters.

    From columns: --noisy COL --clean COL or --clean-only COL --noise NOISE.

    From sound: NOISY.wav --clean CLEAN.wav or CLEAN.wav --noise NOISE.

    With --out: the model, the training curve and a picture of what it cleaned.
    """
    began = clock.perf_counter()
    from recur.cli import denoising
    from recur.files.atomic import writable_folder
    from recur.tasks.denoise.denoiser import Denoiser
    from recur.tasks.denoise.files import read_to_learn

    given: dict[str, Any] = {**size, **learning}
    check_together(given)
    if "noise" in kinds:
        given["noise"] = kinds["noise"]
    model = Denoiser().set_params(**given)
    model._checked()
    if out is not None:
        writable_folder(out)
    signals = read_to_learn(file, dict(kinds), dict(where))
    seconds = {"read": clock.perf_counter() - began}
    start = clock.perf_counter()
    noisy, clean, names = signals.noisy, signals.clean, signals.channels
    if noisy is None:  # what the noisy columns of other files are called is not known
        noisy, clean, names = signals.clean, None, ()
    model.fit(noisy, clean, test=test, names=names, rate_hz=signals.rate, checkpoint=checkpoint)
    seconds["fit"] = clock.perf_counter() - start
    files = {}
    if out is not None:
        from recur.tasks.denoise.folder import write_denoiser

        files = write_denoiser(model, signals.ids, signals.steps, out)
    seconds["total"] = clock.perf_counter() - began
    if as_json:
        denoising.print_denoiser_json(model, signals, seconds, files)
    else:
        denoising.print_denoiser(model, signals, files)
