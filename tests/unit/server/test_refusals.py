"""What cannot be answered is refused in one sentence, by its kind, and nothing else suffers."""

from __future__ import annotations

import gc
import json
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from tests.unit.server.conftest import Asked, serving

from recur.server.guard import Door
from recur.server.limits import Limits
from recur.server.patience import Patient

PRETRAINED = "/v1/models/pretrained/predict"
JSON = {"content-type": "application/json"}
WAVE = "/v1/models/wave/predict"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "one of `series`, `rows`, `columns` is expected"),
        ({"series": [1, 2], "rows": []}, "2 of them came"),
        ({"series": []}, "a list of numbers"),
        ({"series": [1, "2"]}, "series 1, value 2: a number is expected"),
        ({"series": [[1.0, 2.0], 3]}, "series 2 is no list of numbers"),
        ({"series": [1, True]}, "a number is expected"),
        ({"series": [10**400, 1, 2, 3]}, "too large"),
        ({"series": [None, None, None]}, "y"),
        ({"series": [1, 2, 3], "horizon": 0}, "`horizon` is 0; it takes a whole number from 1 on"),
        ({"series": [1, 2, 3], "horizon": "x"}, "`horizon` is 'x'"),
        ({"series": [1, 2, 3], "horizon": 10_001}, "at most 10,000"),
        ({"series": [1, 2, 3], "horizn": 2}, "the nearest is `horizon`"),
        ({"series": [1, 2, 3], "target": "y"}, "leave out `target`"),
        ({"series": [1, 2, 3], "levels": [101]}, "101"),
        ({"series": [1, 2, 3], "target": {"a": 1}}, "`target` is"),
        ({"rows": [1, 2]}, "a row each"),
        ({"rows": [{"y": "never"}, {"y": 1}, {"y": 2}]}, ""),
        ({"columns": {"y": [1, 2], "ds": [1]}}, "`columns` makes no table"),
        ({"columns": {"y": 3}}, "a list of values for each column"),
        ({"columns": {"y": [1.0, 2.0, 3.0]}, "target": "z"}, "`z`"),
        ({"columns": {"y": [{}, {}, {}]}}, ""),
        ({"columns": {"y": [[1], [2], [3]]}}, ""),
        ({"columns": {"": [1, 2, 3]}, "time": "\0"}, "`time` is"),
    ],
)
def test_json_that_makes_no_series(body: dict[str, Any], said: str, asked: Asked) -> None:
    if body.get("series") == [10**400, 1, 2, 3]:
        content = b'{"series": [1' + b"0" * 400 + b", 1, 2]}"
        assert said in asked.error(PRETRAINED, 422, content=content, headers=JSON)
    else:
        assert said in asked.error(PRETRAINED, 422, body)


@pytest.mark.parametrize(
    ("kind", "body", "status", "said"),
    [
        ("application/json", b"", 422, "not JSON"),
        ("application/json", b'{"series": [1, NaN]}', 422, "no NaN in JSON"),
        ("application/json", b'{"series": [1, 1e999, 2, 3]}', 422, ""),
        ("application/json", b"\xff\xfe\x00", 422, "not JSON"),
        ("application/json", b"[" * 100_000, 422, "not JSON"),
        ("application/json", b'{"series": [1' + b"1" * 5000 + b"]}", 422, "not JSON"),
        ("application/json", b"[1, 2]", 422, "an object is expected"),
        ("text/csv", b"", 422, "empty"),
        ("text/csv", b"\x1f\x8b\x08\x00bomb", 422, "binary"),
        ("text/csv", b"PK\x03\x04", 422, "binary"),
        ("text/csv", b"a\0b", 422, "binary"),
        ("text/csv", b"PAR1" + b"x" * 5000 + b"\0PAR1", 422, "binary"),
        ("text/plain", b"ARROW1" + b"x" * 5000, 422, "binary"),
        ("text/csv", b"12345678DUCK" + b"x" * 5000, 422, "binary"),
        ("text/csv", b"ds,y\n2024-01-01,never\n2024-01-02,ever\n", 422, "body.csv"),
        ("text/csv", b"y\n", 422, "body.csv"),
        ("application/vnd.apache.arrow.stream", b"ds,y\n1,2\n", 422, "not application/vnd"),
        ("application/vnd.apache.arrow.stream", b"\xff\xff\xff\xffrest", 422, "body.arrow"),
        ("application/vnd.apache.arrow.file", b"ARROW1 and nothing", 422, "body.arrow"),
        ("application/vnd.apache.parquet", b"PAR1 and nothing", 415, "content type"),
        ("application/x-python-pickle", b"cos", 415, "content type"),
        ("", b"1", 415, "no content type"),
    ],
)
def test_a_body_that_is_not_what_it_says(
    kind: str, body: bytes, status: int, said: str, asked: Asked
) -> None:
    sentence = asked.error(PRETRAINED, status, content=body, headers={"content-type": kind})
    assert said in sentence
    assert "/" not in sentence.replace(kind, "").partition("it is one of")[0]


@pytest.mark.parametrize("model", ["wave", "prose", "pretrained"])
@pytest.mark.parametrize("use", ["predict", "judge"])
@pytest.mark.parametrize("body", [{"texts": [1]}, {"text": 3}, {"prime": 4}, {"series": {}}])
def test_what_is_meant_for_another_model(
    model: str, use: str, body: dict[str, Any], asked: Asked
) -> None:
    asked.error(f"/v1/models/{model}/{use}", 422, body)


def test_no_file_of_this_disk_can_be_named(asked: Asked, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("y\n1\n2\n3\n", encoding="utf-8")
    for name in ("target", "time", "id", "sheet", "encoding"):
        sentence = asked.error(
            f"{PRETRAINED}?{name}={secret}", 422, content=b"ds,y\n1,2\n2,3\n3,5\n4,8\n",
            headers={"content-type": "text/csv"},
        )  # fmt: skip
        assert "1.0" not in sentence
    for part in ("../wave", str(tmp_path), "%2e%2e%2fwave", "wave.recur"):
        assert asked.client.get(f"/v1/models/{part}").status_code == 404


def test_nothing_that_is_accepted_can_be_sent(asked: Asked) -> None:
    body = {"series": [1.0, 2.0, 3.0, 4.0]}
    assert "cannot" not in asked.error(PRETRAINED, 406, body, headers={"accept": "image/png"})
    request = {"json": {"prime": "the ", "length": 3}, "headers": {"accept": "text/csv"}}
    assert "no table" in asked.error("/v1/models/prose/predict", 406, **request)


def test_addresses_and_methods_that_are_not_known(asked: Asked) -> None:
    for method, path, status in [
        ("GET", "/v2", 404),
        ("DELETE", "/v1/models", 405),
        ("GET", WAVE, 405),
        ("GET", "/v1/models/nix", 404),
        ("POST", "/v1/models/wavy/predict", 404),
    ]:
        answer = asked.client.request(method, path)
        assert (answer.status_code, set(answer.json())) == (status, {"error"})
    both = f"{WAVE.removesuffix('/predict')}/stream"
    assert asked.client.request("DELETE", both).headers["allow"] == "GET, POST"
    assert asked.client.get("/v1/examples/nix").status_code == 404
    assert "the nearest is `wave`" in asked.client.post("/v1/models/wavy/predict").json()["error"]


def test_more_than_is_taken_at_once(models: Path) -> None:
    with serving(models, limits=Limits(body=3000, series=3, length=40, horizon=5)) as asked:
        assert "4 series" in asked.error(PRETRAINED, 422, {"series": [[1.0, 2.0]] * 4})
        assert "41 values" in asked.error(PRETRAINED, 422, {"series": [1.0] * 41})
        assert "6 steps" in asked.error(PRETRAINED, 422, {"series": [1.0] * 9, "horizon": 6})
        rows = "id,y\n" + "".join(f"{i},{k}\n" for i in range(4) for k in range(9))
        path = f"{PRETRAINED}?id=id&target=y"
        told = {"content": rows.encode(), "headers": {"content-type": "text/csv"}}
        assert "4 series" in asked.error(path, 422, **told)
        for size in (4000, 100_000):
            assert "larger than 3,000" in asked.error(
                PRETRAINED, 413, content=b" " * size, headers=JSON
            )
        chunks = (b" " * 100 for _ in range(50))  # whose length is not announced
        assert "larger than 3,000" in asked.error(PRETRAINED, 413, content=chunks, headers=JSON)
        assert asked.post(PRETRAINED, {"series": [1.0, 2.0, 3.0], "horizon": 2}).status_code == 200


def raw(asked: Asked, *parts: bytes) -> bytes:
    """Send bytes to the server and return what it answers before it hangs up."""
    url = asked.client.base_url
    with socket.create_connection((url.host, url.port), timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
        answer = b""
        while part := connection.recv(65536):
            answer += part
            if b"}" in answer:
                break
        return answer


HEAD = b"POST /v1/models/pretrained/predict HTTP/1.1\r\nHost: 127.0.0.1\r\n"


def test_a_client_that_sends_too_slowly(models: Path) -> None:
    with serving(models, timeout=0.5) as asked:
        head = HEAD + b"Content-Type: application/json\r\nContent-Length: 50\r\n\r\n"
        answer = raw(asked, head, b'{"ser')
        assert answer.startswith(b"HTTP/1.1 408")
        assert b"did not come in 0.5 seconds" in answer


def test_a_connection_on_which_no_request_is_finished_is_closed(models: Path) -> None:
    with serving(models, timeout=0.3) as asked:
        assert raw(asked, HEAD) == b""
        whole = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        url = asked.client.base_url
        with socket.create_connection((url.host, url.port), timeout=20) as connection:
            connection.sendall(whole)
            answer = b""
            while not answer.endswith(b"}"):
                answer += connection.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200")
            connection.sendall(whole[:20])
            assert connection.recv(65536) == b""


def test_nothing_is_kept_of_a_connection_that_is_closed(models: Path) -> None:
    def open_ones() -> int:
        gc.collect()
        return sum(issubclass(type(one), Patient) for one in gc.get_objects())

    with serving(models) as server:
        port, before = server.client.base_url.port, open_ones()
        assert port is not None
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", port)) as sent:
                sent.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                assert sent.recv(1000).startswith(b"HTTP/1.1 200")
        until = time.monotonic() + server.service.timeout / 2
        while open_ones() > before and time.monotonic() < until:
            time.sleep(0.05)
        assert open_ones() <= before


def test_a_client_that_goes_away_costs_nobody_anything(models: Path) -> None:
    with serving(models) as asked:
        url = asked.client.base_url
        for length in (b"50", b"22"):
            with socket.create_connection((url.host, url.port)) as connection:
                kind = b"Content-Type: application/json\r\n"
                connection.sendall(HEAD + kind + b"Content-Length: " + length + b"\r\n\r\n")
                connection.sendall(b'{"series": [1,2,3,4] }')
        assert asked.post(PRETRAINED, {"series": [1.0, 2.0, 3.0]}).status_code == 200
        assert asked.service.pool.waiting == 0


def test_work_that_takes_too_long_is_answered_and_keeps_its_place_until_it_is_done(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    going = threading.Event()
    with serving(models, timeout=0.3, queue=1) as asked:
        served = asked.service.models.get("wave")
        monkeypatch.setattr(type(served), "judge", lambda *_: going.wait(30))
        try:
            for _ in range(2):  # as many as are computed at once
                sentence = asked.error("/v1/models/wave/judge", 503, {"series": [1.0]})
                assert "longer than 0.3 seconds" in sentence
            assert asked.service.pool.busy == 2
            waits = threading.Thread(target=asked.post, args=(PRETRAINED, {"series": [1.0, 2.0]}))
            waits.start()
            while not asked.service.pool.waiting:
                time.sleep(0.001)
            assert "1 requests wait already" in asked.error(PRETRAINED, 429, {"series": [1.0]})
            waits.join()
            assert "busy" in asked.error(PRETRAINED, 503, {"series": [1.0]})
        finally:
            going.set()
        while asked.service.pool.busy:
            time.sleep(0.001)
        assert asked.client.get("/health").status_code == 200


TOKEN = "a-token-of-sixteen-and-more"


def test_without_a_token_nothing_is_told(models: Path) -> None:
    with serving(models, door=Door(tokens=(b"another-token-0123456789", TOKEN.encode()))) as asked:
        for given in ({}, {"authorization": "Bearer wrong"}, {"authorization": TOKEN}):
            for path in ("/v1/models", "/metrics", "/v1/models/wave"):
                answer = asked.client.get(path, headers=given)
                assert answer.status_code == 401
                assert answer.headers["www-authenticate"] == "Bearer"
        right = {"authorization": f"Bearer {TOKEN}"}
        assert asked.client.get("/v1/models", headers=right).status_code == 200
        assert asked.client.get("/health").status_code == 200
        assert TOKEN not in asked.log.getvalue()


def test_a_page_of_somebody_else_cannot_ask_where_there_is_no_token(asked: Asked) -> None:
    url = asked.client.base_url
    for headers in ({"host": "evil.example"}, {"origin": "https://evil.example"}, {"host": ""}):
        answer = asked.client.get("/v1/models", headers=headers)
        assert answer.status_code == 403, headers
    own = {"origin": f"http://{url.host}:{url.port}"}
    assert asked.client.get("/v1/models", headers=own).status_code == 200


def test_each_request_leaves_one_line(models: Path) -> None:
    with serving(models, log="json") as asked:
        before = len(asked.log.getvalue().splitlines())
        asked.client.get("/health")
        asked.error("/v1/models/a%0Ab/predict", 404, {})
    noted = asked.log.getvalue().splitlines()[before:]
    lines = [json.loads(line) for line in noted]
    assert [line["status"] for line in lines] == [200, 404]
    assert lines[0]["path"] == "/health"
    assert lines[0]["ms"] > 0


@pytest.mark.parametrize("log", ["text", "json"])
def test_a_mistake_of_ours_is_told_as_one_and_stands_in_the_log(
    log: str, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(models, log=log) as asked:
        served = asked.service.models.get("wave")
        monkeypatch.setattr(type(served), "predict", lambda *_: 1 // 0)
        assert "mistake in recur" in asked.error(WAVE, 500, {"series": [1.0]})
        monkeypatch.undo()
        assert asked.post(PRETRAINED, {"series": [1.0, 2.0, 3.0]}).status_code == 200
    noted = asked.log.getvalue()
    assert "ZeroDivisionError" in noted
    if log == "json":
        assert all(json.loads(line)["time"] for line in noted.splitlines())
