"""What follows a value is what `live` says in Python; messages that are none end nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.unit.server.conftest import Asked, serving

import recur
from recur.arrays import Float64s
from recur.server.guard import Door
from recur.server.limits import Limits

client = pytest.importorskip("websockets.sync.client", reason="websockets is not installed")


class Socket:
    """A stream that is open."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket

    def send(self, message: Any) -> dict[str, Any]:
        """Send a message, and return what it is answered."""
        self._socket.send(message if isinstance(message, str | bytes) else json.dumps(message))
        return self.receive()

    def receive(self) -> dict[str, Any]:
        """Return the next answer."""
        told: dict[str, Any] = json.loads(self._socket.recv(timeout=60))
        return told


@contextmanager
def stream(asked: Asked, model: str, **more: Any) -> Iterator[Socket]:
    url = str(asked.client.base_url).replace("http", "ws")
    with client.connect(f"{url}/v1/models/{model}/stream", **more) as socket:
        yield Socket(socket)


def test_values_that_are_pushed_are_answered_as_in_python(
    asked: Asked, models: Path, series: Float64s
) -> None:
    live = recur.load(models / "wave.recur").live()
    with stream(asked, "wave") as socket:
        for n, value in enumerate([*series[:30].tolist(), None, 0.5], 1):
            expected = live.push(np.nan if value is None else value).to_dict()
            assert socket.send({"value": value}) == {"n": n, **expected}


def test_several_series_behind_a_history(asked: Asked, models: Path, series: Float64s) -> None:
    both = [series[:40].tolist(), series[40:90].tolist()]
    live = recur.load(models / "wave.recur").live(both, horizon=2)
    with stream(asked, "wave") as socket:
        begun = socket.send({"start": {"history": {"series": both}, "horizon": 2}})
        assert begun["started"] == "wave"
        assert socket.send({"value": [0.1, 0.2]}) == {"n": 1, **live.push([0.1, 0.2]).to_dict()}
        name = live.ids[1]
        expected = live.push([0.3], series=[name]).to_dict()
        assert socket.send({"value": [0.3], "series": [name]}) == {"n": 2, **expected}


def test_the_network_that_comes_with_recur_goes_on_behind_a_history(
    asked: Asked, series: Float64s
) -> None:
    model = recur.Forecaster(network="pretrained", horizon=2).fit(series, test=0, progress=False)
    live = model.live(series)
    with stream(asked, "pretrained") as socket:
        assert "history" in socket.send({"value": 1.0})["error"]
        socket.send({"start": {"history": {"series": series.tolist()}, "horizon": 2}})
        assert socket.send({"value": 0.3}) == {"n": 1, **live.push(0.3).to_dict()}


def test_text_that_is_pushed(asked: Asked, models: Path) -> None:
    live = recur.load(models / "prose.recur").live()
    with stream(asked, "prose") as socket:
        for n, text in enumerate(["the ", "c", "at"], 1):
            assert socket.send({"text": text}) == {"n": n, **live.push(text).to_dict()}


def test_messages_that_cannot_be_taken_leave_the_stream_as_it_was(
    asked: Asked, models: Path
) -> None:
    live = recur.load(models / "wave.recur").live()
    with stream(asked, "wave") as socket:
        assert socket.send({"value": 1.0}) == {"n": 1, **live.push(1.0).to_dict()}
        for message, said in [
            ("no JSON", "not JSON"),
            (b"\xff", "not JSON"),
            ([1], "an object is expected"),
            ({}, "`value` is expected"),
            ({"value": "1"}, "a number, null"),
            ({"value": [[1], [2, 3]]}, "lists of different lengths"),
            ({"value": [1, 2]}, ""),
            ({"value": 1, "price": 2}, "`price` came"),
            ({"value": 1, "series": ["none"]}, "no series `none`"),
            ({"start": {}}, "first message"),
            ('{"value": NaN}', "no NaN"),
            ('{"value": 1e999}', "infinite"),
        ]:
            assert said in socket.send(message)["error"]
        assert socket.send({"value": 2.0}) == {"n": 2, **live.push(2.0).to_dict()}


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (1, "an object"),
        ({"past": 1}, "not `past`"),
        ({"horizon": 0}, "`horizon` is 0"),
        ({"horizon": 10**6}, "at most 10,000"),
        ({"series": 10**6}, "10,000 are taken"),
        ({"series": {}}, "`series` is"),
        ({"history": [1, 2]}, "`history` is expected to be an object"),
        ({"history": {"series": "x"}}, "`series` is expected"),
        ({"history": {"series": [1.0] * 50}, "series": 2}, "leave one out"),
    ],
)
def test_streams_that_cannot_begin_so_can_begin_otherwise(
    start: Any, said: str, asked: Asked
) -> None:
    with stream(asked, "wave") as socket:
        assert said in socket.send({"start": start})["error"]
        assert "error" not in socket.send({"value": 1.0})


def test_streams_of_nobody_and_too_many(asked: Asked, models: Path) -> None:
    with stream(asked, "none") as socket:
        assert "no model `none`" in socket.receive()["error"]
    with serving(models, queue=1) as few, stream(few, "wave") as socket:
        socket.send({"value": 1.0})
        with stream(few, "wave") as other:
            assert "1 streams are open" in other.receive()["error"]
        assert "recur_streams 1" in few.client.get("/metrics").text


def test_a_stream_needs_a_token_where_there_is_one(models: Path) -> None:
    from websockets.exceptions import InvalidStatus

    token = "a-token-of-sixteen-and-more"
    with serving(models, door=Door(tokens=(token.encode(),))) as asked:
        for more in ({}, {"subprotocols": ["recur", "token.wrong"]}):
            with pytest.raises(InvalidStatus), stream(asked, "wave", **more):
                pass
        headers = {"Authorization": f"Bearer {token}"}
        with stream(asked, "wave", additional_headers=headers) as socket:
            assert socket.send({"value": 1.0})["n"] == 1
        with stream(asked, "wave", subprotocols=["recur", f"token.{token}"]) as socket:
            assert socket.send({"value": 1.0})["n"] == 1


def test_a_page_of_somebody_else_cannot_follow(asked: Asked) -> None:
    from websockets.exceptions import InvalidStatus

    with pytest.raises(InvalidStatus), stream(asked, "wave", origin="https://evil.example"):
        pass


def texts(answer: str) -> tuple[list[str], str]:
    """Return the texts that server-sent events hold, and the last event."""
    parts = [part.split("\n") for part in answer.strip().split("\n\n")]
    told = [data.removeprefix("data: ") for kind, data in parts if kind == "event: text"]
    pieces = zip(*(json.loads(one)["texts"] for one in told), strict=True)
    return ["".join(some) for some in pieces], parts[-1][0]


def test_text_comes_as_it_is_written(asked: Asked, models: Path) -> None:
    writer = recur.load(models / "prose.recur")
    asking = {"prime": "the ", "length": 200, "seed": 3}
    path = "/v1/models/prose/stream"
    for answer in (
        asked.client.get(path, params=asking),  # type: ignore[arg-type]
        asked.client.post(path, json=asking),
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert texts(answer.text) == (writer.sample("the ", 200, seed=3), "event: end")


def test_text_that_cannot_be_written(models: Path) -> None:
    with serving(models, limits=Limits(horizon=100)) as asked:
        path = "/v1/models/prose/stream"
        assert "at most 100" in asked.error(path, 422, {"length": 101})
        assert "unknown option" in asked.error(path, 422, {"lenght": 1})
        assert "writes nothing" in asked.error("/v1/models/wave/stream", 422, {"length": 1})
        answer = asked.post(path, {"prime": "§"})
        assert answer.status_code == 422 or "event: error" in answer.text


def test_columns_beside_the_values_come_with_them(tmp_path: Path) -> None:
    rng, days = np.random.default_rng(0), 90
    table: dict[str, Any] = {
        "y": rng.normal(size=days), "wind": rng.normal(size=days), "price": np.arange(days) % 7.0,
        "region": ["north"] * days,
    }  # fmt: skip
    model = recur.Forecaster(
        horizon=2, lookback=8, epochs=1, hidden=4, network="trained", refit=False
    )
    table["time"] = np.arange(days)
    columns: dict[str, Any] = {
        "target": "y",
        "time": "time",
        "past": ["wind"],
        "known": ["price"],
        "static": ["region"],
    }
    model.fit(pl.DataFrame(table), test=0, progress=False, **columns).save(tmp_path / "m.recur")
    live = model.live(beside={"region": "north"})
    with serving(tmp_path / "m.recur") as asked, stream(asked, "m") as socket:
        socket.send({"start": {"beside": {"region": "north"}}})
        for n in range(12):
            beside = {"wind": n / 7, "price": [n % 7, (n + 1) % 7, (n + 2) % 7]}
            said = socket.send({"value": n, "beside": beside})
            assert said["values"] == live.push(n, beside=beside).to_dict()["values"]
        assert "an object" in socket.send({"value": 1, "beside": [1]})["error"]
        for wrong in ([10**400], {"a": [1]}, [[[1]]], "calm", [], [[1, 2], [3]]):
            assert "`wind`" in socket.send({"value": 1, "beside": {"wind": wrong}})["error"]
        assert socket.send({"value": 1, "beside": beside})["n"] == 13
