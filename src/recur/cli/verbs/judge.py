"""`recur judge`: a saved model on the end of other data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from recur.cli.options import DATA, Json, Model, Recording, Source, Test, expand_options, option

if TYPE_CHECKING:
    from recur.tasks.denoise.denoiser import Denoiser


@expand_options
def judge(
    model: Model,
    file: Recording,
    source: Source,
    test: Test = None,
    clean: Annotated[
        str | None,
        option("Of a denoiser: the clean columns of FILE, or the clean WAV file.", DATA, "A,B"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Judge a saved model on the end of other data, against the simple answers.

    The true past is known at every step; the linear autoregression alone is trained.

    A model that cleans signals is judged on the whole file, and needs --clean.
    """
    from recur.cli import output
    from recur.cli.models import load_for
    from recur.cli.reading import read_for
    from recur.errors import SettingsError
    from recur.version import __version__

    trained = load_for(model, "forecast", "denoise")
    if trained.task == "denoise":
        _judge_cleaning(trained, file, source, test, clean, as_json=as_json)
        return
    if clean is not None:
        raise SettingsError(
            f"`--clean` is `{clean}`, but this model forecasts and cleans nothing; leave it out."
        )
    panel = read_for(trained, file, source)
    judgement = trained.judge(panel, test=test)
    if as_json:
        output.print_json(
            {
                "recur": __version__,
                "task": trained.task,
                "data": output.data_facts(panel, trained.season_),
                **output.judged_facts(judgement),
            }
        )
        return
    output.print_lines(data=panel.describe(), **output.model_lines(trained))
    output.print_judgement(judgement)


def _judge_cleaning(
    model: Denoiser,
    file: Path,
    source: Source,
    test: int | None,
    clean: str | None,
    *,
    as_json: bool,
) -> None:
    from recur.cli.denoising import tell_judged
    from recur.errors import SettingsError
    from recur.tasks.denoise.files import read_to_clean

    if clean is None:
        raise SettingsError(
            "this model cleans signals, and what they should become must be known; name it with "
            "`--clean COL`, or `--clean CLEAN.wav` for sound."
        )
    if test is not None:
        raise SettingsError(
            f"`--test` is {test}, but a model that cleans signals is judged on the whole file; "
            "leave it out."
        )
    signals = read_to_clean(file, model.names_, model.rate_hz_, dict(source), clean)
    tell_judged(model, signals, model.judge(signals.noisy, signals.clean), as_json=as_json)
