"""Exported models of every task, against the models themselves, by NumPy alone and as graphs."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.parity.exported import by_onnxruntime, called

import recur
from recur.arrays import Symbols
from recur.engines.registry import open_engine
from recur.errors import SettingsError
from recur.export.exporting import ExportResult, export_model
from recur.networks.reference import zero_state
from recur.tasks.forecast.pretrained import shipped
from recur.tasks.tag.predict import best_chains, network_scores

pytestmark = pytest.mark.filterwarnings("ignore::recur.DataWarning")

TEXT = "the quick brown fox jumps over the lazy dog. " * 60
RANDOM = np.random.default_rng(0)
NOISY = np.sin(np.arange(300) / 9) + RANDOM.normal(0, 0.3, 300)


def states_of(result: ExportResult, batch: int) -> dict[str, Any]:
    """Return the states that a graph begins with."""
    ports = [port for port in result.plan.inputs if port.group == "state"]
    return {p.name: np.zeros([batch if x == "batch" else x for x in p.axes]) for p in ports}


@pytest.mark.parametrize(
    "settings", [{"cell": "slstm", "layers": 2}, {"bidirectional": True, "head": "tanh"}], ids=str
)
def test_a_denoiser_cleans_as_it_does(settings: dict[str, Any], tmp_path: Path) -> None:
    model = recur.Denoiser(epochs=1, hidden=4, **settings)
    model.fit(NOISY, np.sin(np.arange(300) / 9), progress=False)
    expected = model.predict(NOISY)
    export_model(model, tmp_path / "model.py")
    (cleaned,) = called([(tmp_path / "model.py", "clean", (NOISY,))])
    np.testing.assert_allclose(cleaned, expected, atol=1e-6)
    result = export_model(model, tmp_path / "model.onnx")
    graph = (tmp_path / "model.onnx").read_bytes()
    both = np.stack([NOISY, NOISY[::-1]], axis=1)[:, :, None]
    whole = by_onnxruntime(graph, {"noisy": both, **states_of(result, 2)})
    np.testing.assert_allclose(whole[0][:, 0, 0], expected, atol=1e-6)


def test_a_stream_goes_on_from_its_state(tmp_path: Path) -> None:
    model = recur.Denoiser(epochs=1, hidden=4, cell="lstm")
    model.fit(NOISY, np.sin(np.arange(300) / 9), progress=False)
    result = export_model(model, tmp_path / "model.onnx")
    graph, state = (tmp_path / "model.onnx").read_bytes(), states_of(result, 1)
    cleaned = []
    for value in NOISY[:20]:
        one, *after = by_onnxruntime(graph, {"noisy": [[[value]]], **state})
        cleaned.append(one[0, 0, 0])
        state = dict(zip(state, after, strict=True))
    np.testing.assert_allclose(cleaned, model.predict(NOISY)[:20], atol=1e-6)


@pytest.mark.parametrize(
    "settings",
    [{}, {"counting": False, "unit": "bytes"}, {"unit": "subwords", "subwords": 40}],
    ids=str,
)
def test_a_writer_says_what_comes_next(settings: dict[str, Any], tmp_path: Path) -> None:
    model = recur.Writer(epochs=1, hidden=8, embedding=4, layers=1, **settings)
    model.fit(recur.Text.of(TEXT), progress=False)
    fitted = model.fitted_
    result = export_model(model, tmp_path / "model.py")
    calls: list[Any] = [
        (tmp_path / "model.py", "chances", ("the quick b",)),
        (tmp_path / "model.py", "write", ("the quick b", 30, 0.0)),
        (tmp_path / "model.py", "write", ("the quick b", 30, 1.0, 7)),
        (tmp_path / "model.py", "write", ("the quick b", 30, 1.0, 7)),
    ]
    chances, likeliest, *drawn = called(calls)
    assert sum(chances.values()) == pytest.approx(1)
    writer = open_engine("compiled").writer(fitted.learned.network, fitted.weights, fitted.mixture)
    begun = fitted.vocabulary.encode("the quick b").astype(np.int32)
    for number, symbol in enumerate(fitted.vocabulary.symbols):
        read: Symbols = np.append(begun, np.int32(number))[:, None]
        losses, _ = writer.read(read, zero_state(fitted.learned.network, 1))
        assert chances[symbol] == pytest.approx(np.exp(-losses[-1, 0]), rel=1e-4, abs=1e-9)
    assert likeliest == model.sample("the quick b", 30, temperature=0)[0]
    assert drawn[0] == drawn[1]
    assert drawn[0].startswith("the quick b")
    assert result.notices == ()

    graph = export_model(model, tmp_path / "model.onnx")
    assert ("alone" in "".join(graph.notices)) == (fitted.mixture is not None)
    forward = open_engine("compiled").forward
    every = begun[:, None]
    expected, _ = forward(
        fitted.learned.network, fitted.weights, every, zero_state(fitted.learned.network, 1)
    )
    logits, *_ = by_onnxruntime(
        (tmp_path / "model.onnx").read_bytes(), {"numbers": every, **states_of(graph, 1)}
    )
    np.testing.assert_allclose(logits, expected, atol=1e-5)


def classifier(data: str, **settings: Any) -> tuple[Any, list[Any]]:
    """Return a classifier and examples, of which its networks and the simple answer have a say."""
    items: list[Any]
    if data == "texts":
        words = (["good", "fine", "nice"], ["bad", "poor", "sad"])
        items = [" ".join(RANDOM.choice(words[i % 2], 1 + i % 4)) for i in range(60)]
    else:
        lengths = [20 if settings else 20 + i % 3 for i in range(60)]
        items = [
            np.stack([np.sin(np.arange(n) * (1 + i % 2)), RANDOM.normal(size=n)], axis=1)
            for i, n in enumerate(lengths)
        ]
    model = recur.Classifier(epochs=1, hidden=5, **settings)
    model.fit(items, [f"class {i % 2}" for i in range(60)], progress=False)
    best = model.fitted_.simple.best
    shares = {"share": 0.6, "mixture_temperature": 1.3, "temperature": 1.7, "mixed_with": best}
    learned = model.fitted_.learned.but(**shares)
    model.fitted_ = replace(model.fitted_, learned=learned)
    return model, items


@pytest.mark.parametrize(
    ("data", "settings"),
    [("texts", {"networks": 2}), ("series", {}), ("series", {"filters": 4})],
    ids=str,
)
def test_a_classifier_answers_as_it_does(
    data: str, settings: dict[str, Any], tmp_path: Path
) -> None:
    model, items = classifier(data, **settings)
    export_model(model, tmp_path / "model.py")
    ((labels, chances),) = called([(tmp_path / "model.py", "classify", (items[:9],))])
    np.testing.assert_allclose(chances, model.predict_proba(items[:9]), atol=1e-6)
    assert labels == list(model.predict(items[:9]))

    alone = replace(model.fitted_, learned=model.fitted_.learned.but(mixed_with=""))
    result = export_model(model, tmp_path / "model.onnx")
    assert "left out" in "".join(result.notices)
    model.fitted_ = alone
    lexicon, longest = alone.learned.lexicon, alone.learned.chosen.longest
    each = [lexicon.encode(x, longest) if lexicon else x[:longest] for x in items[:9]]
    wide = max(map(len, each))
    x = np.zeros((wide, 9, *np.shape(each[0])[1:]))
    for lane, own in enumerate(each):
        x[: len(own), lane] = own
    mask = np.arange(wide)[:, None] < np.array(list(map(len, each)))
    (made,) = by_onnxruntime((tmp_path / "model.onnx").read_bytes(), {"x": x, "mask": mask})
    np.testing.assert_allclose(made, model.predict_proba(items[:9]), atol=1e-6)


@pytest.mark.parametrize(
    "settings", [{}, {"chain": False, "filters": 0, "networks": 1}], ids=["chain", "plain"]
)
def test_a_tagger_tags_as_it_does(settings: dict[str, Any], tmp_path: Path) -> None:
    people, places = ["Anna", "Bob", "Zoe"], ["Rome", "Paris"]
    sentences, tags = [], []
    for i in range(60):
        rest = ["now"] * (i % 3)
        sentences.append([RANDOM.choice(people), "likes", RANDOM.choice(places), *rest])
        tags.append(["B-PER", "O", "B-LOC", *["O"] * len(rest)])
    model = recur.Tagger(epochs=1, hidden=5, embedding=4, **settings)
    model.fit(sentences, tags, progress=False)
    model.fitted_ = replace(model.fitted_, learned=model.fitted_.learned.but(weight=0.3))
    new = [*sentences[:9], ["Unheardof"], ["A" * 90, "likes", "ROME9"]]
    export_model(model, tmp_path / "model.py")
    (answer,) = called([(tmp_path / "model.py", "tag", (new,))])
    assert answer == [list(one) for one in model.predict(new)]

    result = export_model(model, tmp_path / "model.onnx")
    assert "perceptron" in "".join(result.notices)
    fitted, lexicon = model.fitted_, model.fitted_.learned.lexicon
    words = [tuple(one) for one in new]
    wide = max(map(len, words))
    x = np.zeros((wide, len(words), 1 + lexicon.longest))
    for lane, own in enumerate(words):
        x[: len(own), lane] = lexicon.encode(own)
    mask = np.arange(wide)[:, None] < np.array(list(map(len, words)))
    graph = (tmp_path / "model.onnx").read_bytes()
    numbers, _ = by_onnxruntime(graph, {"x": x, "mask": mask})
    expected = best_chains(fitted, network_scores(fitted, words))
    for lane, own in enumerate(expected):
        assert [fitted.learned.tags[i] for i in numbers[: len(own), lane]] == list(own)


@pytest.mark.parametrize(
    ("horizon", "method", "members"),
    [(70, "conformal", 1), (6, "conformal_quantiles", 2), (70, "quantiles", 1)],
)
def test_a_network_that_reads_histories_forecasts_as_it_does(
    horizon: int, method: Any, members: int, tmp_path: Path
) -> None:
    series = 50 + recur.synthetic.sine(1000, period=12, noise=0.2).values * 10
    series[[30, 31, 120]] = np.nan
    model = recur.Forecaster(
        horizon=horizon, method="pretrained", season=12, intervals=(80, 90), interval_method=method
    )
    model.fit(series, progress=False)
    if members > 1:  # as after learning on
        network = shipped().beside(shipped().weights * np.float32(0.95))
        fitted: Any = model.fitted_
        model.fitted_ = replace(fitted, network=network)
    assert model.fitted_.stretches == (method == "conformal_quantiles")
    forecast: Any = model.predict(series)
    export_model(model, tmp_path / "model.py")
    (answer,) = called([(tmp_path / "model.py", "forecast", ([series, series[:2]],))])
    for ours, theirs in zip(answer, (forecast.values, forecast.low, forecast.high), strict=True):
        np.testing.assert_allclose(ours[..., :1, :], theirs, rtol=1e-5)
    short = model.predict([series[:2]]).values
    np.testing.assert_allclose(answer[0][1:], short, rtol=1e-5)


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"method": "last_value"}, "model.py", "'last_value', which is no network"),
    ({"method": "pretrained"}, "model.onnx", r"export it to a \.py file"),
    ({"network": "trained", "epochs": 1}, "model.txt", r"'\.txt'; .* \.py .*\.onnx"),
    (
        {"network": "trained", "epochs": 1, "dropout": 0.1, "intervals": (80,),
         "interval_method": "dropout"}, "model.py", "'dropout', which are drawn",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "name", "why"), REFUSED, ids=[r[2] for r in REFUSED])
def test_what_cannot_be_exported_is_refused_in_a_sentence(
    settings: dict[str, Any], name: str, why: str, tmp_path: Path
) -> None:
    series = recur.synthetic.sine(120, period=12, noise=0.2).values
    model = recur.Forecaster(horizon=2, **settings).fit(series, test=20, progress=False)
    with pytest.raises(SettingsError, match=why):
        export_model(model, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_translator_translates_as_it_does(tmp_path: Path) -> None:
    words = {"one": "un", "two": "deux", "three": "trois", "four": "quatre"}
    random, sources, targets = np.random.default_rng(1), [], []
    for i in range(200):
        first, second = random.choice(list(words), 2)
        name = f"Nobody{i}" if i % 4 == 0 else "Tom"
        sources.append(f"{name} has {first}, {second}.")
        targets.append(f"{name} a {words[second]}, {words[first]} !")
    settings: Any = {"embedding": 24, "hidden": 32, "networks": 2, "rate": 0.01, "batch": 16}
    model = recur.Translator(epochs=10, **settings).fit(sources, targets, progress=False)
    new = ["Zoe has one, four.", "Tom has three, two.", "TOM HAS two!", "four"]
    export_model(model, tmp_path / "model.py")
    calls: list[Any] = [(tmp_path / "model.py", "translate", ([*new, *sources],))]
    answer, nothing = called([*calls, (tmp_path / "model.py", "translate", ([],))])
    assert nothing == []
    assert answer == model.predict([*new, *sources])
    assert answer[0].startswith("Zoe a ")  # a name that has no number
    with pytest.raises(SettingsError, match=r"export it to a \.py file"):
        export_model(model, tmp_path / "model.onnx")


def test_names_of_the_data_are_words_and_never_code(tmp_path: Path) -> None:
    evil = 'y"""\\\nraise SystemExit("run")\n# \x00'
    values = recur.synthetic.sine(60, period=6, noise=0.2).values
    days = pd.date_range("2024-01-01", periods=60)
    frame = pd.DataFrame({"ds": days, "unique_id": evil, evil: values, f"k{evil}": values})
    frame[f"s{evil}"] = f"c{evil}"
    model = recur.Forecaster(horizon=1, epochs=1, hidden=3, network="trained")
    model.fit(frame, target=evil, past=f"k{evil}", static=f"s{evil}", test=0, progress=False)
    export_model(model, tmp_path / "model.py")
    given = (values, values, f"c{evil}", evil)
    (answer,) = called([(tmp_path / "model.py", "forecast", given)])
    np.testing.assert_allclose(answer, model.predict(frame).values, rtol=1e-5)


def test_what_has_learnt_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be exported: call `fit` first"):
        export_model(recur.Forecaster(), tmp_path / "model.py")


def test_without_onnx_it_is_said_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "recur.export.onnx_file", None)
    with pytest.raises(
        SettingsError, match=r"cannot be written: .*pip install 'recurnets\[onnx\]'"
    ):
        export_model(recur.Forecaster(), tmp_path / "model.onnx")
