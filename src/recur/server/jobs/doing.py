"""A job as it is done: from the files that were sent to a result, its own files in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from recur.errors import DataError, SettingsError
from recur.report.result import Result
from recur.server.jobs.verbs import Asked, Files, Run, Tell

_TABLES = (".csv", ".tsv", ".parquet", ".pq", ".xlsx", ".arff")


def do(asked: Asked, files: Files, folder: Path, tell: Tell) -> Result:
    """Do a job.

    Args:
        asked: what.
        files: that were sent, by the name of the part.
        folder: of the job; results go to `out` in it.
        tell: is told of samples of what is being learnt, and of what was found before the end.
    """
    if not files.get("file"):
        raise DataError("a job needs a file; send one as the part `file`.")
    return _DOING[asked.verb](asked, files, folder, tell)


def _forecast(asked: Asked, files: Files, folder: Path, tell: Tell) -> Result:
    from recur.tasks.forecast.forecaster import Forecaster
    from recur.tasks.forecast.network_choice import trains
    from recur.tasks.forecast.runs import fit_and_forecast
    from recur.tasks.reading import read_columns

    columns = dict(asked.options)
    test, trials = columns.pop("test", None), columns.pop("tune", None)
    model, panel = Forecaster(**asked.parameters), read_columns(files["file"][0], columns)
    return fit_and_forecast(
        model, panel, test=test,
        # A checkpoint asks for a training: where the data choose, it would choose for them.
        checkpoint=folder / "checkpoint" if trains(model, panel) else None, trials=trials,
        storage=folder / "search" if trials else None, folder=folder / "out",
        judged=lambda result: tell({"judged": result.to_dict()}),
    )  # fmt: skip


def _compare(asked: Asked, files: Files, folder: Path, _: Tell) -> Result:
    from recur.tasks.forecast.forecaster import Forecaster
    from recur.tasks.forecast.runs import compare_methods
    from recur.tasks.reading import read_columns

    columns = dict(asked.options)
    how = {name: columns.pop(name) for name in ("test", "methods", "best") if name in columns}
    panel = read_columns(files["file"][0], columns)
    return compare_methods(Forecaster(**asked.parameters), panel, folder=folder / "out", **how)


def _write(asked: Asked, files: Files, folder: Path, tell: Tell) -> Result:
    from recur.tasks.write.judge import counting_alone
    from recur.tasks.write.runs import learn_to_write, read_for_writer
    from recur.tasks.write.writer import Writer

    how = dict(asked.options)
    samples, model = how.pop("samples", False), Writer(**asked.parameters)

    def show(name: str, text: str) -> None:
        tell({"sample": text, "of": name})

    text = read_for_writer(model, files["file"][0], how)
    if samples:
        tell({"counting": counting_alone(text, model.validation)})
    return learn_to_write(
        model, text, checkpoint=folder / "checkpoint",
        show=show if samples else None, folder=folder / "out",
    )  # fmt: skip


def _denoise(asked: Asked, files: Files, folder: Path, _: Tell) -> Result:
    from recur.tasks.denoise.denoiser import Denoiser
    from recur.tasks.denoise.runs import learn_to_clean

    where = dict(asked.options)
    test = where.pop("test", None)
    names = ("noisy", "clean", "clean_only")
    kinds = {name: where.pop(name) for name in names if name in where}
    if "noise" in asked.parameters:
        kinds["noise"] = asked.parameters["noise"]
    if "clean" in kinds:
        _check_column(files["file"][0], "clean")
    elif files.get("clean"):
        kinds["clean"] = str(files["clean"][0])
    return learn_to_clean(
        Denoiser(**asked.parameters), files["file"][0], kinds, where, test=test,
        checkpoint=folder / "checkpoint", folder=folder / "out",
    )  # fmt: skip


def _classify(asked: Asked, files: Files, folder: Path, _: Tell) -> Result:
    from recur.tasks.classify.classifier import Classifier
    from recur.tasks.classify.runs import learn_to_classify

    where, share, test = _split(asked, files)
    if "label" in where:
        _check_column(files["file"][0], "label")
    elif files.get("labels"):
        where["label"] = str(files["labels"][0])
    return learn_to_classify(
        Classifier(**asked.parameters), files["file"], where, test=test, share=share,
        checkpoint=folder / "checkpoint", folder=folder / "out",
    )  # fmt: skip


def _tag(asked: Asked, files: Files, folder: Path, _: Tell) -> Result:
    from recur.tasks.tag.runs import learn_to_tag
    from recur.tasks.tag.tagger import Tagger

    where, share, test = _split(asked, files)
    return learn_to_tag(
        Tagger(**asked.parameters), files["file"], where, test=test, share=share,
        validation=next(iter(files.get("validation", ())), None),
        checkpoint=folder / "checkpoint", folder=folder / "out",
    )  # fmt: skip


def _translate(asked: Asked, files: Files, folder: Path, _: Tell) -> Result:
    from recur.tasks.translate.runs import learn_to_translate
    from recur.tasks.translate.translator import Translator

    where, share, test = _split(asked, files)
    return learn_to_translate(
        Translator(**asked.parameters), files["file"], where, test=test, share=share,
        checkpoint=folder / "checkpoint", folder=folder / "out",
    )  # fmt: skip


def _split(asked: Asked, files: Files) -> tuple[dict[str, Any], float | None, Path | None]:
    """Return where examples are, and what to judge by: a share of them, or a file."""
    from recur.tasks.together import check_one_test

    where = dict(asked.options)
    share = where.pop("held_out", None)
    if share is not None and not 0 <= share <= 0.9:
        raise SettingsError(f"`held_out` is {share:g}; it is a share from 0 to 0.9.")
    test = next(iter(files.get("test", ())), None)
    check_one_test(test, share)
    return where, share, test


def _check_column(file: Path, name: str) -> None:
    """Refuse to name a column of what is no table, where the name would be that of a file."""
    from recur.data.signals.wavefile import is_wave

    if file.suffix.lower() not in _TABLES or is_wave(file):
        raise SettingsError(
            f"`{name}` names a column of a table, and `{file.name}` is none; send a file beside it."
        )


def _predict(asked: Asked, files: Files, folder: Path, _: Tell) -> Result:
    from recur.tasks.kinds import predict_with

    return predict_with(*_of_model(asked, files), folder / "out")


def _judge(asked: Asked, files: Files, _: Path, __: Tell) -> Result:
    from recur.tasks.kinds import judge_with

    model, file, given = _of_model(asked, files)
    if files.get("clean"):
        given["clean"] = str(files["clean"][0])
    return judge_with(model, file, given)


def _of_model(asked: Asked, files: Files) -> tuple[Path, Path, dict[str, Any]]:
    if not files.get("model"):
        raise DataError("a model is needed; send its file as the part `model`, or name it.")
    file, given = files["file"][0], dict(asked.options)
    given.pop("model", None)
    for name in ("clean", "label"):
        if name in given:
            _check_column(file, name)
    return files["model"][0], file, given


_DOING: dict[str, Run] = {
    "forecast": _forecast,
    "compare": _compare,
    "write": _write,
    "denoise": _denoise,
    "classify": _classify,
    "tag": _tag,
    "translate": _translate,
    "predict": _predict,
    "judge": _judge,
}
