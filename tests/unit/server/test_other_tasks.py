"""Classifiers, taggers, translators and denoisers answer over HTTP as they do in Python."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.unit.server.conftest import Asked, serving

import recur
from recur.arrays import Float64s

QUICK: dict[str, Any] = {"epochs": 1, "hidden": 4, "seed": 1}
TEXTS = ["a fine film", "a dull film", "fine and warm", "dull and cold"] * 8
LABELS = ["good", "bad"] * 16
WORDS = [["Ann", "sings"], ["Bob", "runs", "home"], ["Ann", "runs"], ["Bob", "sings"]] * 6
TAGS = [["N", "V"], ["N", "V", "A"], ["N", "V"], ["N", "V"]] * 6
PAIRS = [("one", "un"), ("two", "deux"), ("six", "six"), ("ten", "dix")] * 8
ARROW = "application/vnd.apache.arrow.stream"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, series: Float64s) -> Path:
    path = tmp_path_factory.mktemp("others")
    classifier = recur.Classifier(networks=1, mix=False, **QUICK)
    classifier.fit(TEXTS, LABELS, test=0, progress=False).save(path / "films.recur")
    tagger = recur.Tagger(networks=1, **QUICK)
    tagger.fit(WORDS, TAGS, test=0, progress=False).save(path / "tags.recur")
    translator = recur.Translator(**QUICK)
    sources, targets = zip(*PAIRS, strict=True)
    translator.fit(list(sources), list(targets), test=0, progress=False).save(path / "words.recur")
    noisy = series + np.random.default_rng(0).normal(0, 0.3, len(series))
    frame = pl.DataFrame({"sensor": noisy, "valve": series})
    denoiser = recur.Denoiser(steps=20, bidirectional=False, **QUICK)
    denoiser.fit(noisy, series, test=30, progress=False, names=("sensor",)).save(
        path / "clean.recur"
    )
    frame.write_csv(path / "valve.csv")
    return path


@pytest.fixture(scope="module")
def others(folder: Path) -> Iterator[Asked]:
    with serving(folder) as server:
        yield server


def test_texts_are_classified(others: Asked, folder: Path) -> None:
    path, model = "/v1/models/films/predict", recur.load(folder / "films.recur")
    expected = model.predict_proba(TEXTS[:3])
    answer = others.post(path, {"texts": TEXTS[:3]}).json()["answers"]
    assert [list(one["probabilities"].values()) for one in answer] == expected.tolist()
    assert [one["label"] for one in answer] == model.predict(TEXTS[:3])
    table = pl.DataFrame({"text": TEXTS[:3]})
    for kind in ("text/csv", ARROW):
        file = io.BytesIO()
        (table.write_csv if kind == "text/csv" else table.write_ipc_stream)(file)
        told = {"content": file.getvalue(), "headers": {"content-type": kind}}
        assert others.post(f"{path}?target=text", **told).json()["answers"] == answer
    told = {"json": {"texts": TEXTS[:3]}, "headers": {"accept": "text/csv"}}
    rows = pl.read_csv(others.post(path, **told).content)
    assert rows["label"].to_list() == [one["label"] for one in answer]
    assert (
        rows["probabilities_good"].to_list() == expected[:, model.classes_.index("good")].tolist()
    )


def test_words_are_tagged(others: Asked, folder: Path) -> None:
    model = recur.load(folder / "tags.recur")
    answer = others.post("/v1/models/tags/predict", {"sentences": WORDS[:3]}).json()["answers"]
    assert [one["tags"] for one in answer] == model.predict(WORDS[:3])
    lines = "Ann\nsings\n\nBob\nruns\n"
    told = {"content": lines.encode(), "headers": {"content-type": "text/plain"}}
    answer = others.post("/v1/models/tags/predict", **told).json()["answers"]
    assert [one["tags"] for one in answer] == model.predict([["Ann", "sings"], ["Bob", "runs"]])


def test_texts_are_translated(others: Asked, folder: Path) -> None:
    answer = others.post("/v1/models/words/predict", {"texts": ["one", "ten"]}).json()
    assert answer["translations"] == recur.load(folder / "words.recur").predict(["one", "ten"])


def test_signals_are_cleaned(others: Asked, folder: Path) -> None:
    model, file = recur.load(folder / "clean.recur"), folder / "valve.csv"
    noisy = pl.read_csv(file)["sensor"].to_list()
    answer = others.post("/v1/models/clean/predict", {"series": noisy}).json()
    assert answer["series"] == [model.predict(np.array(noisy)).reshape(-1).tolist()]
    told = {"content": file.read_bytes(), "headers": {"content-type": "text/csv"}}
    rows = others.post("/v1/models/clean/predict", **told).json()["cleaned"]
    assert [row["values"]["sensor cleaned"] for row in rows] == answer["series"][0]


@pytest.mark.parametrize(
    ("model", "body"),
    [
        ("films", {"texts": TEXTS, "labels": LABELS}),
        ("tags", {"sentences": WORDS, "tags": TAGS}),
        ("words", {"texts": ["one", "two"], "targets": ["un", "deux"]}),
        ("clean", {"series": [0.5, 1.5, 0.5] * 20, "clean": [1.0, 1.0, 1.0] * 20}),
    ],
)
def test_each_is_judged(model: str, body: dict[str, Any], others: Asked, folder: Path) -> None:
    answer = others.post(f"/v1/models/{model}/judge", body)
    assert answer.status_code == 200, answer.text
    fitted, given = recur.load(folder / f"{model}.recur"), list(body.values())
    if model == "clean":
        given = [np.array(one) for one in given]
    expected = json.loads(json.dumps(fitted.judge(*given).to_dict()))
    told = answer.json()
    assert {name: told[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("model", "body"),
    [
        ("films", {"texts": ["a"], "labels": []}),
        ("films", {"texts": [], "labels": []}),
        ("films", {"texts": "a"}),
        ("films", {"series": [1.0, 2.0]}),
        ("tags", {"sentences": ["Ann sings"]}),
        ("tags", {"sentences": [["Ann"]], "tags": [["N", "V"]]}),
        ("words", {"texts": [""], "targets": ["", ""]}),
        ("clean", {"series": [1.0, None]}),
        ("clean", {"series": [1.0], "clean": [1.0, 2.0]}),
    ],
)
@pytest.mark.parametrize("use", ["predict", "judge"])
def test_what_cannot_be_used(model: str, body: dict[str, Any], use: str, others: Asked) -> None:
    assert others.post(f"/v1/models/{model}/{use}", body).status_code in (200, 422)


def test_no_option_names_another_file(others: Asked, folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("good\nbad\n", encoding="utf-8")
    told = {"content": b"a fine film\na dull film\n", "headers": {"content-type": "text/plain"}}
    sentence = others.error(f"/v1/models/films/judge?label={secret}", 422, **told)
    assert "names a column of a table" in sentence
    wave = {"content": b"RIFF" + bytes(100), "headers": {"content-type": "audio/wav"}}
    sentence = others.error(f"/v1/models/clean/judge?clean={secret}", 422, **wave)
    assert "names a column of a table" in sentence
