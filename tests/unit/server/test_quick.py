"""What is soon done is answered where it comes; nothing else keeps the others waiting."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h11
import numpy as np
import pytest
from tests.unit.server.conftest import Asked, serving

import recur
from recur.arrays import Float64s
from recur.engines.compiled.kernels.plan import blocks_for
from recur.engines.compiled.layout import kept_layout, lay_out
from recur.server.patience import Together

LITTLE = np.sin(np.arange(40) / 2).tolist()
MUCH = [1.0] * 9000


@pytest.fixture(scope="module")
def alone(
    models: Path, series: Float64s, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Asked]:
    """Return a server in which nothing may wait for a thread."""
    folder = tmp_path_factory.mktemp("further")
    quick: dict[str, Any] = {"horizon": 3, "lookback": 12, "epochs": 1, "hidden": 4, "seed": 1}
    drops = recur.Forecaster(
        intervals=(80,), interval_method="dropout", dropout=0.2, **quick | {"hidden": 32}
    )
    drops.fit(series, test=40, progress=False).save(folder / "drops.recur")
    large = recur.Forecaster(**quick | {"hidden": 700, "lookback": 20})
    large.fit(series, test=40, progress=False).save(folder / "large.recur")
    with serving(models, folder, queue=0) as server:
        yield server


@pytest.mark.parametrize(
    "body", [{"series": LITTLE}, {"series": [LITTLE, LITTLE[5:]]}, {"series": LITTLE, "horizon": 3}]
)
def test_little_work_needs_no_thread(body: dict[str, Any], alone: Asked) -> None:
    answer = alone.post("/v1/models/wave/predict", body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["recur-model-version"] == answer.json()["version"]


@pytest.mark.parametrize(
    ("model", "body"),
    [
        ("wave", {"series": LITTLE[:5]}),  # the pretrained network stands in
        ("wave", {"series": MUCH}),
        ("wave", {"series": [LITTLE[:12]] * 30}),
        ("wave", {"rows": [{"y": value} for value in LITTLE]}),
        ("wave", {"series": LITTLE, "fill": "zero"}),
        ("drops", {"series": LITTLE}),
        ("large", {"series": LITTLE}),
        ("pretrained", {"series": LITTLE, "horizon": 3}),
        ("prose", {"prime": "the"}),
    ],
)
def test_everything_else_leaves_the_event_loop(
    model: str, body: dict[str, Any], alone: Asked
) -> None:
    alone.error(f"/v1/models/{model}/predict", 429, body)


def test_what_is_answered_at_once_is_what_python_says(models: Path, alone: Asked) -> None:
    model = recur.load(models / "wave.recur")
    found = alone.post("/v1/models/wave/predict", {"series": [LITTLE, LITTLE[3:]]}).json()
    given = [np.array(LITTLE), np.array(LITTLE[3:])]
    assert found["forecast"] == model.predict(given).rows()
    text = alone.post("/v1/models/wave/predict", {"series": LITTLE}, headers={"accept": "text/csv"})
    assert text.text == model.predict(given[0]).csv()


def test_what_cannot_be_used_is_refused_as_elsewhere(alone: Asked) -> None:
    wrong = [1.0] * 20 + ["a"]
    assert "series 1, value 21" in alone.error("/v1/models/wave/predict", 422, {"series": wrong})
    assert "no model `wav`" in alone.error("/v1/models/wav/predict", 404, {"series": LITTLE})
    headers = {"accept": "image/png"}
    alone.error("/v1/models/wave/predict", 406, {"series": LITTLE}, headers=headers)
    # The first lines are whole only when a second piece has come.
    host, port = alone.client.base_url.host, alone.client.base_url.port
    assert port is not None
    body = b'{"series": ' + str(LITTLE).encode() + b"}"
    head = (
        f"POST /v1/models/wave/predict HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n"
    )
    with socket.create_connection((host, port)) as sent:
        sent.sendall(head.encode() + b"Content-Type: application/json\r\n\r\n" + body[:20])
        sent.sendall(body[20:])
        assert sent.recv(100).startswith((b"HTTP/1.1 200", b"HTTP/1.1 429"))


def test_the_head_of_an_answer_comes_with_its_body() -> None:
    made = Together(h11.SERVER)
    made.receive_data(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    while made.next_event() is not h11.NEED_DATA and made.their_state is not h11.DONE:
        pass
    head = h11.Response(status_code=200, headers=[("content-length", "2")])
    assert made.send(head) == b""
    sent = made.send(h11.Data(data=b"ab"))
    assert sent is not None
    assert sent.startswith(b"HTTP/1.1 200")
    assert sent.endswith(b"\r\n\r\nab")
    assert made.send(h11.EndOfMessage()) == b""


def test_the_head_of_a_stream_is_sent_before_there_is_anything_to_say() -> None:
    made = Together(h11.SERVER)
    made.receive_data(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    while made.next_event() is not h11.NEED_DATA and made.their_state is not h11.DONE:
        pass
    sent = made.send(h11.Response(status_code=200, headers=[("content-type", "text/event-stream")]))
    assert sent is not None
    assert sent.startswith(b"HTTP/1.1 200")


def test_a_plan_that_is_kept_is_as_it_was_after_it_was_used(models: Path) -> None:
    model = recur.load(models / "wave.recur")
    model.predict(LITTLE)
    spec = model.fitted_.learned.network.reading_last
    how: dict[str, Any] = {
        "lanes": 1, "blocks": blocks_for(spec, 1), "training": False, "dropout": False,
        "targets": 1, "decoder_steps": 3 if spec.decoder else 0,
    }  # fmt: skip
    kept, fresh = kept_layout(spec, 12, **how), lay_out(spec, 12, **how)
    model.predict(LITTLE)
    assert np.array_equal(kept.stages, fresh.stages)
    assert kept[1:] == fresh[1:]
