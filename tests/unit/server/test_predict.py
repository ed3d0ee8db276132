"""What models are asked over HTTP, they answer as they do in Python, to the bit."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.unit.server.conftest import Asked

import recur
from recur.arrays import Float64s
from recur.notices import listening

WAVE = "/v1/models/wave/predict"
PRETRAINED = "/v1/models/pretrained/predict"
ARROW = "application/vnd.apache.arrow.stream"


@pytest.fixture(scope="module")
def wave(models: Path) -> recur.Forecaster:
    model: recur.Forecaster = recur.load(models / "wave.recur")
    return model


def rows_of(forecast: recur.Forecast) -> list[dict[str, Any]]:
    return forecast.rows()


def test_a_series_is_forecast_as_in_python_to_the_bit(
    asked: Asked, wave: recur.Forecaster, series: Float64s
) -> None:
    answer = asked.post(WAVE, {"series": series.tolist()})
    assert answer.status_code == 200
    assert answer.json()["forecast"] == rows_of(wave.predict(series))
    assert answer.json()["model"] == "wave"


def test_several_series_of_their_own_lengths_with_missing_values(
    asked: Asked, wave: recur.Forecaster, series: Float64s
) -> None:
    other = series[:50].copy()
    other[10] = np.nan
    told = [None if np.isnan(x) else x for x in other.tolist()]
    answer = asked.post(WAVE, {"series": [series.tolist(), told]}).json()
    with listening() as heard:
        expected = wave.predict([series, other])
    assert answer["forecast"] == rows_of(expected)
    assert answer["notices"] == heard.sentences


@pytest.fixture(scope="module")
def frame(series: Float64s) -> pl.DataFrame:
    days = np.datetime64("2024-01-01") + np.arange(60)
    ids = np.repeat(["a", "b"], 60)
    return pl.DataFrame({"unique_id": ids, "ds": np.tile(days, 2), "y": series[:120]})


def told_in(kind: str, frame: pl.DataFrame) -> dict[str, Any]:
    """Return a request with a table, in one of the ways that there are."""
    told = frame.with_columns(pl.col("ds").cast(pl.String))
    if kind == "rows":
        return {"json": {"rows": told.to_dicts()}}
    if kind == "columns":
        return {"json": {"columns": told.to_dict(as_series=False)}}
    file = io.BytesIO()
    if kind == "text/csv":
        frame.write_csv(file)
    elif kind == ARROW:
        frame.write_ipc_stream(file)
    else:
        frame.write_ipc(file)
    return {"content": file.getvalue(), "headers": {"content-type": kind}}


@pytest.mark.parametrize(
    "kind",
    [
        *("rows", "columns", "text/csv", ARROW),
        "application/vnd.apache.arrow.file",
    ],
)
def test_a_table_of_any_kind_is_forecast_as_in_python(
    kind: str, asked: Asked, wave: recur.Forecaster, frame: pl.DataFrame
) -> None:
    answer = asked.post(WAVE, **told_in(kind, frame))
    assert answer.json()["forecast"] == rows_of(wave.predict(frame))


def test_the_answer_is_csv_or_arrow_where_that_is_wanted(
    asked: Asked, wave: recur.Forecaster, frame: pl.DataFrame
) -> None:
    request, expected = told_in("rows", frame), wave.predict(frame)
    csv = asked.post(WAVE, **request, headers={"accept": "text/csv"})
    assert csv.headers["content-type"].startswith("text/csv")
    assert csv.text == expected.csv()
    arrow = asked.post(WAVE, **request, headers={"accept": ARROW})
    assert pl.read_ipc_stream(arrow.content).equals(expected.frame())
    assert len(arrow.headers["recur-model-version"]) == 16


def test_the_options_of_a_file_stand_in_the_address(
    asked: Asked, frame: pl.DataFrame, series: Float64s
) -> None:
    renamed = frame.rename({"y": "units", "ds": "when"}).with_columns(other=pl.lit(1.5))
    request = told_in("text/csv", renamed.rename({"when": "ds"}))
    answer = asked.post(f"{PRETRAINED}?target=units&horizon=5&levels=50", **request)
    assert answer.status_code == 200, answer.text
    expected = recur.Forecaster(network="pretrained", horizon=5, intervals=(50,))
    made = expected.fit(renamed, target="units", test=0, progress=False).predict()
    assert answer.json()["forecast"] == rows_of(made)


def test_the_network_that_comes_with_recur_needs_no_fit(asked: Asked, series: Float64s) -> None:
    answer = asked.post(PRETRAINED, {"series": series.tolist(), "horizon": 7, "season": 12})
    model = recur.Forecaster(network="pretrained", horizon=7, season=12)
    expected = model.fit(series, test=0, progress=False).predict()
    assert answer.json()["forecast"] == rows_of(expected)


def test_a_verdict_is_that_of_python(
    asked: Asked, wave: recur.Forecaster, series: Float64s
) -> None:
    answer = asked.post("/v1/models/wave/judge", {"series": series.tolist(), "test": 40}).json()
    judgement = wave.judge(series, test=40)
    assert answer["verdict"]["sentence"] == judgement.verdict.sentence
    assert answer["errors"] == judgement.to_dict()["errors"]
    alone = asked.post("/v1/models/pretrained/judge", {"series": series.tolist(), "horizon": 3})
    assert alone.json()["verdict"]["claim"] in ("skill", "none", "unclear")


def test_a_writer_goes_on_with_a_text(asked: Asked, models: Path) -> None:
    request = {"prime": "the ", "length": 30, "seed": 3, "count": 2}
    answer = asked.post("/v1/models/prose/predict", request).json()
    writer = recur.load(models / "prose.recur")
    assert answer["texts"] == writer.sample("the ", 30, seed=3, count=2)
    judged = asked.post("/v1/models/prose/judge", {"text": "the cat sat on the log."})
    assert judged.status_code == 200, judged.text


def test_what_was_noticed_is_told(asked: Asked, series: Float64s) -> None:
    answer = asked.post(WAVE, {"series": (series + 1e6).tolist()}).json()
    assert any("scale" in sentence for sentence in answer["notices"])


def test_models_say_what_they_are(asked: Asked) -> None:
    listing = asked.client.get("/v1/models").json()
    named = {model["name"]: model for model in listing["models"]}
    assert set(named) == {"wave", "prose", "pretrained"}
    assert listing["broken"] == []
    wave = named["wave"]
    assert (wave["task"], wave["horizon"], wave["levels"]) == ("forecast", 3, [80.0])
    assert wave["inputs"]["target"] == ["y"]
    assert wave["digest"].startswith("sha256:")
    assert asked.client.get("/v1/models/wave").json() == wave


def test_health_metrics_and_the_description_of_the_interface(asked: Asked) -> None:
    assert asked.client.get("/health").json()["status"] == "ok"
    asked.post("/v1/models/none/predict", {})
    text = asked.client.get("/metrics").text
    assert (
        'recur_requests_total{method="POST",route="/v1/models/{name}/predict",status="404"}' in text
    )
    assert "recur_models 3" in text
    described = asked.client.get("/openapi.json").json()
    sent = described["paths"]["/v1/examples/{name}"]["get"]["responses"]["200"]["content"]
    for name in ("sales", "help"):
        kind = asked.client.get(f"/v1/examples/{name}").headers["content-type"]
        assert kind.partition(";")[0] in sent
    assert described["paths"]["/v1/describe"]["post"]["requestBody"]["required"]
    request = described["paths"]["/v1/models/{name}/predict"]["post"]["requestBody"]
    for example in request["content"]["application/json"]["examples"].values():
        if "series" in example["value"]:
            assert asked.post(PRETRAINED, example["value"]).status_code == 200
