"""`recur denoise`: learn to clean a signal, from pairs or from clean examples and a noise."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

from recur.cli.options import (
    Checkpoint,
    Filling,
    Id,
    Json,
    On,
    Out,
    Parameters,
    Reading,
    Recording,
    Time,
    expand_options,
    option,
)
from recur.tasks.denoise.settings import DenoiserParameters
from recur.tasks.parameters import DATA

_NAMES = (
    *("noise", "cell", "hidden", "layers", "bidirectional", "head", "steps", "epochs", "minutes"),
    *("rate", "seed", "engine", "threads"),
)


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


class Where(TypedDict, total=False):
    """Which recording and which time a row of a table belongs to."""

    time: Time
    id: Id
    fill: Filling
    reading: Reading


@expand_options
def denoise(
    file: Recording,
    kinds: Kinds,
    where: Where,
    parameters: Annotated[dict[str, Any], Parameters(DenoiserParameters, _NAMES)],
    test: Annotated[
        int | None,
        option(
            "Recordings, or values of a single one, held out at the end (default: a fifth).", DATA
        ),
    ] = None,
    checkpoint: Checkpoint = None,
    on: On = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Learn to clean a signal, and judge that against the usual filters.

    From columns: --noisy COL --clean COL or --clean-only COL --noise NOISE.

    From sound: NOISY.wav --clean CLEAN.wav or CLEAN.wav --noise NOISE.

    With --out: the model, the training curve and a picture of what it cleaned.
    """
    from recur import distributed
    from recur.cli import output
    from recur.files.atomic import writable_folder
    from recur.tasks.base import checked
    from recur.tasks.denoise.denoiser import Denoiser
    from recur.tasks.denoise.runs import learn_to_clean
    from recur.tasks.together import check_together

    check_together(parameters)
    checked(DenoiserParameters, parameters)
    model = Denoiser(**parameters)
    if out is not None:
        writable_folder(out)
    given: dict[str, Any] = dict(kinds)
    if "noise" in parameters:
        given["noise"] = parameters["noise"]
    with output.noticing() as heard, distributed.on(on):
        result = learn_to_clean(
            model, file, given, dict(where), test=test, checkpoint=checkpoint, folder=out
        )
        output.tell(result, heard, as_json=as_json)
