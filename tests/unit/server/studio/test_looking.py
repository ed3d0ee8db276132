"""What the server says of a file to whoever looks at it: as `recur describe`, and what is drawn."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.server.conftest import Asked, serving

import recur
from recur.data.examples import example

SALES = example("sales").encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with serving(data=tmp_path_factory.mktemp("jobs")) as asked:
        yield asked


def described(server: Asked, name: str, data: bytes, **settings: Any) -> dict[str, Any]:
    answer = server.client.post(
        "/v1/describe", files={"file": (name, data)}, data={"settings": json.dumps(settings)}
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_file_is_described_as_the_command_does(server: Asked) -> None:
    found = described(server, "sales.csv", SALES)
    panel = recur.read_panel(_frame(), target="sales", time="month")
    about = found["about"]["series"][0]
    assert (about["rows"], about["season"]) == (132, 12)
    assert about["mean"] == pytest.approx(float(panel.values.mean()))
    assert found["chosen"] == {"target": "sales", "time": "month"}
    assert [(one["name"], one["holds"]) for one in found["columns"]] == [
        ("month", "times"), ("sales", "numbers"),
    ]  # fmt: skip
    command = "recur forecast sales.csv --target sales --time month --horizon 12"
    assert found["command"] == command


def test_what_is_drawn_are_the_values_on_their_times(server: Asked) -> None:
    (drawn,) = described(server, "sales.csv", SALES)["series"]
    panel = recur.read_panel(_frame(), target="sales", time="month")
    assert drawn["y"] == panel.values.tolist()
    assert drawn["x"] == (panel.clock_times(0) / 1e6).tolist()


def test_the_lines_of_python_do_what_the_command_does(
    server: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    found = described(server, "sales.csv", SALES, horizon=2)
    monkeypatch.chdir(tmp_path)
    Path("sales.csv").write_bytes(SALES)
    exec(found["python"], {})
    model = recur.load("model.recur")
    assert (model.horizon, model.target_) == (2, "sales")
    assert model.judgement_.verdict.sentence in capsys.readouterr().out


def test_a_missing_value_is_a_hole_and_an_unusual_one_is_marked(server: Asked) -> None:
    values: list[Any] = [float(k % 7) for k in range(80)]
    values[30], values[50] = "", 400.0
    rows = "\n".join(f"2024-01-01T{k // 60:02}:{k % 60:02}:00,{y}" for k, y in enumerate(values))
    (drawn,) = described(server, "a.csv", f"time,y\n{rows}\n".encode())["series"]
    assert drawn["y"][30] is None
    assert drawn["unusual"] == [50]


def test_the_likeliest_column_is_taken_where_several_could_be_meant(server: Asked) -> None:
    rows = "\n".join(f"{k},{k % 5},{(k * 7) % 11}" for k in range(60))
    found = described(server, "two.csv", f"n,small,large\n{rows}\n".encode())
    assert found["chosen"]["target"] in ("n", "small", "large")
    assert found["settings"]["target"] == [found["chosen"]["target"]]
    other = described(server, "two.csv", f"n,small,large\n{rows}\n".encode(), target=["large"])
    assert other["series"][0]["y"][1] == 7.0


def test_the_newest_values_that_it_names_give_the_same_forecast_as_all(server: Asked) -> None:
    values = [50 + (k % 24) + (k % 168) / 10 + (k * 7919 % 101) / 50 for k in range(6000)]
    times = np.datetime_as_string(np.datetime64("2024-01-01T00", "s") + 3600 * np.arange(6000))
    rows = "\n".join(f"{at},{y}" for at, y in zip(times, values, strict=True))
    found = described(server, "hours.csv", f"time,y\n{rows}\n".encode())
    assert found["reads"] < 3000
    told = [
        server.post(
            "/v1/models/pretrained/predict",
            {
                "columns": {"ds": times[-n:].tolist(), "y": values[-n:]},
                "horizon": 4,
                "season": 24,
                "calibrated": False,
            },
        ).json()["forecast"]
        for n in (6000, found["reads"])
    ]
    assert told[0] == told[1]


def test_a_packed_table_is_described_in_a_process_of_its_own(server: Asked) -> None:
    file = io.BytesIO()
    _frame().write_parquet(file)
    found = described(server, "sales.parquet", file.getvalue(), target=["sales"], horizon=5)
    assert found["about"]["series"][0]["rows"] == 132
    assert found["settings"]["horizon"] == 5
    packed = described(server, "sales.csv.gz", gzip.compress(SALES))
    assert packed["about"]["series"][0]["rows"] == 132


def test_a_reader_that_dies_of_a_file_does_not_take_the_server_with_it(server: Asked) -> None:
    file = io.BytesIO()
    _frame().write_parquet(file)
    for place in range(4, len(file.getvalue()), 301):
        data = bytearray(file.getvalue())
        data[place] ^= 0xFF
        answer = server.client.post("/v1/describe", files={"file": ("a.parquet", bytes(data))})
        assert answer.status_code in (200, 422), answer.text
    assert server.client.get("/health").status_code == 200


def test_columns_that_cannot_be_read_as_asked_are_told_with_the_reason(server: Asked) -> None:
    found = described(server, "sales.csv", SALES, target=["none"])
    assert "no column `none`" in found["obstacle"]
    assert found["series"] is None
    assert len(found["columns"]) == 2


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.csv", b"\x7fELF\x00\x01\x02" * 50, "binary"),
        ("a.csv", b"", "empty"),
        ("a.xlsx", b"PK\x03\x04 nothing", "a.xlsx"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(
    server: Asked, name: str, data: bytes, said: str
) -> None:
    answer = server.client.post("/v1/describe", files={"file": (name, data)})
    assert answer.status_code == 422
    assert said in answer.json()["error"]
    assert "/tmp" not in answer.json()["error"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"data": {"settings": "{}"}}, "`file`"),
        ({"files": {"file": ("a.csv", SALES)}, "data": {"settings": "[]"}}, "JSON object"),
        (
            {"files": {"file": ("a.csv", SALES)}, "data": {"settings": '{"horizon": 0}'}},
            "`horizon`",
        ),
        ({"files": {"file": ("a.csv", SALES)}, "data": {"settings": '{"no": 1}'}}, "`no`"),
    ],
)
def test_what_is_asked_wrongly_is_refused_in_a_sentence(
    server: Asked, sent: dict[str, Any], said: str
) -> None:
    answer = server.client.post("/v1/describe", **sent)
    assert answer.status_code == 422
    assert said in answer.json()["error"]


def test_many_series_are_drawn_as_far_as_a_browser_can_hold_them(server: Asked) -> None:
    rows = "\n".join(f"s{i},{k},{(k * (i + 1)) % 7}" for i in range(300) for k in range(20))
    found = described(server, "many.csv", f"unique_id,ds,y\n{rows}\n".encode())
    assert found["about"]["data"]["series"] == 300
    assert len(found["series"]) == len(found["ids"]) == 200


def test_the_file_of_a_job_comes_back_and_no_other(server: Asked) -> None:
    posted = server.client.post(
        "/v1/jobs", files={"file": ("my sales.csv", SALES)},
        data={"verb": "forecast", "settings": '{"horizon": 2}'},
    ).json()  # fmt: skip
    place = f"/v1/jobs/{posted['id']}/sent"
    assert server.client.get(f"{place}/my%20sales.csv").content == SALES
    for other in ("asked.json", "..%2F..%2Fasked.json", "%2Fetc%2Fpasswd"):
        assert server.client.get(f"{place}/{other}").status_code == 404
    server.client.delete(f"/v1/jobs/{posted['id']}")


def _frame() -> Any:
    import polars as pl

    return pl.read_csv(io.BytesIO(SALES))
