"""Small honest files that are damaged: models of every task, runs, streams, and data."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import recur
from recur.training.checkpoint import Checkpoint

QUICK: dict[str, Any] = {"epochs": 1, "hidden": 3, "seed": 1, "threads": 1}
TEXTS = ["a fine film", "a dull film", "fine and warm", "dull and cold"] * 8
LABELS = ["good", "bad"] * 16
WORDS = [["Ann", "sings"], ["Bob", "runs", "home"], ["Ann", "runs"], ["Bob", "sings"]] * 6
TAGS = [["N", "V"], ["N", "V", "A"], ["N", "V"], ["N", "V"]] * 6
PAIRS = [("one", "un"), ("two", "deux"), ("six", "six"), ("ten", "dix")] * 8
ROWS = 90
FORECASTERS: dict[str, dict[str, Any]] = {
    "direct": {"intervals": (80.0,), "lookback": 6, **QUICK},
    "encoder_decoder": {"strategy": "encoder_decoder", "lookback": 5, "layers": 2, **QUICK},
    "recursive": {"strategy": "recursive", "cell": "lstm", "lookback": 5, **QUICK},
    "dropout": {
        "intervals": (80.0, 90.0), "interval_method": "dropout", "samples": 10, "lookback": 5,
        "dropout": 0.2, "cell": "mlp", **QUICK,
    },
    "pretrained": {"network": "pretrained", "threads": 1},
    "drift": {"method": "drift", "intervals": (80.0,)},
}  # fmt: skip
RUNS = ("forecast", "write")  # whose checkpoints are damaged
STREAMS = {
    "direct": "direct", "several": "direct", "encoder_decoder": "encoder_decoder",
    "pretrained": "pretrained", "beside": "beside", "denoise": "denoise",
    "write": "write", "follow": "follow",
}  # fmt: skip
"""Streams whose saved states are damaged, and the model that each is of."""


@dataclass(frozen=True)
class Use:
    """What is done with a model of one sort.

    Attributes:
        task: of the model.
        data: the file that it is used and judged on.
        labelled: options that say what is true in that file.
    """

    task: str
    data: str
    labelled: tuple[str, ...] = ()


USES = {
    **{name: Use("forecast", "series.csv") for name in FORECASTERS},
    "denoise": Use("denoise", "noisy.csv", ("--clean", "clean")),
    "write": Use("write", "text.txt"),
    "classify": Use("classify", "labelled.csv", ("--label", "label")),
    "classify_series": Use("classify", "values.ts"),
    "tag": Use("tag", "tags.conll"),
    "translate": Use("translate", "pairs.csv"),
}


def values(seed: int = 0) -> Any:
    """Return float64 [rows], a wave with noise."""
    noise = np.random.default_rng(seed).normal(0, 0.2, ROWS)
    return 5 + np.sin(np.arange(ROWS) / 3) + noise


def prepare(folder: Path) -> None:
    """Write all of it into a folder, once."""
    if (folder / "ready.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        write_data(folder)
        _write_models(folder)
        for name in RUNS:
            (folder / f"{name}.run").write_bytes(_stopped(name, folder))
        _write_streams(folder)
    (folder / "ready.json").write_text(json.dumps(sorted(USES)), "utf-8")


def write_data(folder: Path) -> None:
    """Write the files that models learn from and are used on."""
    days = np.datetime64("2024-01-01") + np.arange(ROWS)
    lines = [f"{day},{value:.3f}" for day, value in zip(days, values(), strict=True)]
    (folder / "series.csv").write_text("\n".join(["ds,y", *lines, ""]), "utf-8")
    pairs = zip(values(1), values(), strict=True)
    rows = [f"{noisy:.3f},{clean:.3f}" for noisy, clean in pairs]
    (folder / "noisy.csv").write_text("\n".join(["noisy,clean", *rows, ""]), "utf-8")
    (folder / "text.txt").write_text("the cat sat on the mat and ran off.\n" * 20, "utf-8")
    told = [f"{text},{label}" for text, label in zip(TEXTS, LABELS, strict=True)]
    (folder / "labelled.csv").write_text("\n".join(["text,label", *told, ""]), "utf-8")
    columns = (
        "\n".join(f"{word} {tag}" for word, tag in zip(words, tags, strict=True))
        for words, tags in zip(WORDS, TAGS, strict=True)
    )
    (folder / "tags.conll").write_text("\n\n".join(columns) + "\n", "utf-8")
    (folder / "pairs.csv").write_text(
        "\n".join(["source,target", *(",".join(pair) for pair in PAIRS), ""]), "utf-8"
    )
    cases = [f"{','.join(f'{x:.2f}' for x in one)}:{label}" for one, label in _series()]
    head = "@problemName waves\n@univariate true\n@classLabel true up down\n@data\n"
    (folder / "values.ts").write_text(head + "\n".join([*cases, ""]), "utf-8")


def _series() -> list[tuple[Any, str]]:
    steps = np.arange(12)
    drawn = np.random.default_rng(3).normal(0, 0.1, (24, 12))
    return [
        (steps * (1, -1)[i % 2] / 10 + noise, ("up", "down")[i % 2])
        for i, noise in enumerate(drawn)
    ]


def _write_models(folder: Path) -> None:
    for name, parameters in FORECASTERS.items():
        forecaster = recur.Forecaster(**{"horizon": 3, **parameters})
        forecaster.fit(folder / "series.csv", progress=False).save(folder / f"{name}.recur")
    denoiser = recur.Denoiser(steps=20, bidirectional=False, **QUICK)
    denoiser.fit(values(1), values(), test=30, progress=False, names=("noisy",))
    denoiser.save(folder / "denoise.recur")
    denoiser = recur.Denoiser(steps=20, bidirectional=False, **QUICK)
    denoiser.fit(values(1) / 9, values() / 9, test=30, progress=False, rate_hz=8_000)
    denoiser.save(folder / "sound.recur")
    writer().fit(folder / "text.txt", progress=False).save(folder / "write.recur")
    classifier = recur.Classifier(networks=2, **QUICK)
    classifier.fit(TEXTS, LABELS, test=0, progress=False).save(folder / "classify.recur")
    series, labels = zip(*_series(), strict=True)
    classifier = recur.Classifier(networks=1, **QUICK)
    classifier.fit(list(series), list(labels), test=0, progress=False)
    classifier.save(folder / "classify_series.recur")
    tagger = recur.Tagger(networks=1, **QUICK)
    tagger.fit(WORDS, TAGS, test=0, progress=False).save(folder / "tag.recur")
    sources, targets = zip(*PAIRS, strict=True)
    translator = recur.Translator(networks=2, **QUICK)
    translator.fit(list(sources), list(targets), test=0, progress=False)
    translator.save(folder / "translate.recur")


def _write_streams(folder: Path) -> None:
    """Write states of streams, and the models that no other victim is of."""
    days = np.datetime64("2024-01-01") + np.arange(ROWS)
    frame = pl.DataFrame(
        {"ds": days.astype("M8[us]"), "y": values(), "wind": values(1), "price": values(2)}
    ).with_columns(size=pl.lit(2.0))
    forecaster = recur.Forecaster(horizon=2, lookback=6, intervals=(80.0,), season=1, **QUICK)
    forecaster.fit(
        frame, target="y", past=["wind"], known=["price"], static=["size"], progress=False
    ).save(folder / "beside.recur")
    series, labels = zip(*_series(), strict=True)
    classifier = recur.Classifier(
        networks=1, mix=False, reads="last", bidirectional=False, filters=0, **QUICK
    )
    classifier.fit(list(series), list(labels), test=0, progress=False).save(folder / "follow.recur")
    for name in STREAMS:
        live = begun(name, folder)
        followed(name, live, 4)
        live.save(folder / f"{name}.stream")


def begun(name: str, folder: Path, state: Path | None = None) -> Any:
    """Return a stream that begins anew, or goes on where one was saved."""
    model = recur.load(folder / f"{STREAMS[name]}.recur")
    if state is not None:
        return model.live(state=state)
    if name == "several":
        return model.live(series=["a", "b"])
    if name == "beside":
        return model.live(beside={"size": 2.0})
    return model.live(folder / "series.csv") if name in ("direct", "pretrained") else model.live()


def followed(name: str, live: Any, count: int) -> list[Any]:
    """Push so many values into a stream; return all numbers that it answers."""
    told: list[Any] = []
    for i in range(count):
        value = 5 + i / 8
        if name == "write":
            told.append(live.push("cat "[i % 4]).probabilities)
            told.append(live.read("the").surprise[1:])
        elif name == "follow":
            told.append(live.push(value / 5).probabilities)
        elif name == "denoise":
            told.append(live.push(value))
        else:
            beside = {"wind": 4.5, "price": [5.0, 5.5, 6.0]} if name == "beside" else None
            given = [value, value / 2] if name == "several" else value
            made = live.push(given, beside=beside)
            told += [made.values, made.low, made.high]
    return [float(number) for part in told for number in np.ravel(part)]


def writer() -> Any:
    """Return a small writer that has learnt nothing."""
    return recur.Writer(**{**QUICK, "epochs": 3}, embedding=3, layers=1, steps=10, streams=2)


def forecaster() -> Any:
    """Return a small forecaster that has learnt nothing."""
    return recur.Forecaster(
        **{"horizon": 2, "lookback": 5, "season": 1, "refit": False, **QUICK, "epochs": 3}
    )


def resumed(name: str, folder: Path, run: Path | Checkpoint) -> Any:
    """Go on with a run; return its weights."""
    if name == "write":
        task, given = writer(), folder / "text.txt"
    else:
        task, given = forecaster(), folder / "series.csv"
    return task.fit(given, progress=False, checkpoint=run).weights_


class _Keeping(Checkpoint):
    """A checkpoint that is written after each chunk of steps, and keeps all that was written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, every=0.0)
        self.kept: list[bytes] = []

    def save(self, *given: Any) -> None:
        """Save, and keep what was."""
        super().save(*given)
        self.kept.append(self.path.read_bytes())


def _stopped(name: str, folder: Path) -> bytes:
    """Return the file of a run that was stopped in the middle."""
    checkpoint = _Keeping(folder / f"{name}.run")
    resumed(name, folder, checkpoint)
    return checkpoint.kept[len(checkpoint.kept) // 2]
