"""recur beside its peers: the measures by hand, and a page that says what the numbers say."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.peers import process, results
from benchmarks.peers.environments import PEERS, TORCH, Installed
from benchmarks.peers.measures import measured
from benchmarks.peers.page import averaged, page
from benchmarks.peers.tables import Measure, beside, geometric, missing, pivot
from benchmarks.pretraining.development import Collection

MASE = Measure("mase", 2)


def asked() -> Collection:
    known = [np.array([0.0, 2.0, 0.0, 2.0]), np.array([0.0, 1.0, 0.0, 1.0])]
    return Collection("two", 1, 0, 1, known, [np.array([4.0, 4.0]), np.array([1.0, 1.0])])


def row(peer: str, method: str, mase: float | None, panel: str = "two", **more: Any) -> Any:
    given = {"error": "no memory."} if mase is None else {"measures": {"mase": mase}}
    told = {
        "panel": panel,
        "peer": peer,
        "method": method,
        "date": "2026-01-01",
        "load": 1.0,
        "threads": 2,
    }
    return {**told, **given, **more}


def test_errors_are_scaled_by_each_history_and_averaged_over_series() -> None:
    found = measured(asked(), {"forecast": [[2.0, 4.0], [1.0, 0.5]]})
    # The first is off by 1 on average in steps of 2, the second by 0.25 in steps of 1.
    assert found["mase"] == pytest.approx((0.5 + 0.25) / 2)
    # 200 * 2 / 6 and 0; 0 and 200 * 0.5 / 1.5.
    assert found["smape"] == pytest.approx((200 / 6 + 200 / 6) / 2)
    assert "coverage" not in found


def test_intervals_are_measured_by_what_they_hold_and_by_the_loss_of_three_quantiles() -> None:
    made = {
        "forecast": [[4.0, 4.0], [1.0, 1.0]],
        "low": [[3.0, 5.0], [1.0, 1.0]],
        "high": [[5.0, 6.0], [1.0, 1.0]],
    }
    found = measured(asked(), made)
    assert found["coverage"] == 0.75
    # Low ends: 0.1 * 1 below, 0.9 * 1 above; high ends: 0.1 * (1 + 2); the sizes sum to 10.
    assert found["wql"] == pytest.approx(2 * ((0.1 + 0.9) + 0 + 0.3) / 10 / 3)


def test_a_forecast_that_is_no_number_counts_as_the_last_value_and_is_told() -> None:
    found = measured(asked(), {"forecast": [[4.0, float("nan")], [1.0, 1.0]]})
    assert found["without"] == 1
    assert found["mase"] == pytest.approx((2.0 / 2 / 2 + 0) / 2)


def test_forecasts_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="two"):
        measured(asked(), {"forecast": [[4.0, 4.0]]})


def test_the_sentence_names_whoever_is_better() -> None:
    rows = [row("recur", "default", 1.0), row("A", "x", 1.2), row("B", "y", 0.9)]
    assert beside(rows[:2], MASE, "MASE") == [
        "two: recur is better, 1.00 MASE (recur, default) and 1.20 (A, x)."
    ]
    assert beside(rows, MASE, "MASE") == [
        "two: **the peer is better**, 1.00 MASE (recur, default) and 0.90 (B, y)."
    ]
    higher = Measure("mase", 2, higher=True)
    assert "recur is better" in beside([rows[0], rows[2]], higher, "right")[0]
    assert "about the same" in beside([rows[0], row("A", "x", 1.001)], MASE, "MASE")[0]


def test_simple_answers_are_no_peers_and_recur_stands_by_its_first_method() -> None:
    rows = [row("simple answers", "naive", 0.1), row("recur", "default", 1.0)]
    assert beside(rows, MASE, "MASE") == []
    rows += [row("recur", "other", 0.1), row("A", "x", 0.5)]
    assert "the peer is better" in beside(rows, MASE, "MASE")[0]


def test_the_best_of_a_panel_is_bold_and_what_is_missing_has_its_reason() -> None:
    rows = [row("recur", "default", 1.0), row("A", "x", None), row("B", "y", 2.0, panel="other")]
    assert pivot(rows, MASE) == [
        "|  | two | other |",
        "| --- | --: | --: |",
        "| recur, default | **1.00** | - |",
        "| B, y | - | **2.00** |",
    ]
    assert missing(rows) == ["Not measured: A, x on two: no memory."]


def test_over_several_files_there_is_a_geometric_mean_of_those_that_both_have() -> None:
    rows = [
        row("recur", "default", 1.0, "a"), row("recur", "default", 2.0, "b"),
        row("A", "x", 2.0, "a"), row("A", "x", 1.0, "b"), row("A", "x", 1.0, "c"),
    ]  # fmt: skip
    (line,) = geometric(rows, MASE)
    assert line == "recur's error is 1.000 of that of A, x (2 files, geometric mean)"


def test_parts_are_averaged() -> None:
    rows = [row("A", "x", value, part=i, processor=1.0 + i) for i, value in enumerate((1, 2))]
    (mean,) = averaged([*rows, row("A", "x", None, part=2)])
    assert mean["measures"] == {"mase": 1.5}
    assert mean["processor"] == 1.5


def test_a_row_takes_the_place_of_the_same_one_and_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    for value in (1.0, 2.0):
        results.keep(path, "collections", row("recur", "default", value))
        results.keep(path, "collections", row("A", "x", 5.123456789))
    rows = results.read(path)["sections"]["collections"]["rows"]
    assert [one["measures"]["mase"] for one in rows] == [2.0, 5.12346]


def test_the_page_is_made_of_any_part_of_the_results(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    assert page(results.read(path)).count("Not measured yet.") == 8
    results.keep(path, "collections", row("recur", "default", 1.25, processor=3.0))
    results.keep(path, "collections", row("A", "x", 1.0, note="7 steps", processor=4.0))
    written = page(results.read(path))
    assert written.count("Not measured yet.") == 7
    assert "| recur, default | 1.250 |" in written
    assert "two: **the peer is better**" in written
    assert "Steps of training, from the left: A, x 7." in written


def measures(peer: str, method: str, panel: str = "two", **more: Any) -> Any:
    told = {"seconds": 2.0, "processor": 1.0, "date": "2026-01-01", "load": 1.0, "threads": 2}
    return {"panel": panel, "peer": peer, "method": method, **told, **more}


SECTIONS = {
    "install": (
        [measures("recur", "recur", measures={"megabytes": 700.0, "packages": 9},
                  versions={"numpy": "2.4"}, imported={"processor": 0.03}),
         measures("statsforecast", "statsforecast==2", measures={"megabytes": 500.0, "packages": 8},
                  versions={}),
         measures("KenLM", "kenlm==0", measures={"megabytes": 1.0, "packages": 1}, versions={})],
        ["| recur | `recur` | 9 | 700 | 2 | 0.03 | numpy 2.4 |",
         "**the peer is better**, 700 MB of files (recur) and 500 (statsforecast)"],
    ),
    "latency": (
        [measures("recur", "default, first time on a machine", measures={"megabytes": 9.0}),
         measures("recur", "default", measures={"milliseconds": 5.0, "megabytes": 100.0}),
         measures("A", "x", measures={"milliseconds": 10.0, "megabytes": 90.0})],
        ["| recur | default, first time on a machine | - | 1.0 | 9 |",
         "recur is better, 5.00 ms (recur, default)", "**the peer is better**, 100 MB of memory"],
    ),
    "stocks": (
        [measures("recur", "default", "TSLA", note="No skill.", measures={"over_naive": 1.01}),
         measures("A", "x", "TSLA", measures={"over_naive": 0.99})],
        ["The best of 2 figures is 0.990, the worst 1.010.", "recur says of its own: “No skill.”"],
    ),
    "text": (
        [measures("recur", "mixed", measures={"nats": 1.4}),
         measures("PyTorch", "LSTM", note="9 steps", measures={"nats": 1.9})],
        ["| PyTorch, LSTM | 1.900 | 1.0 | 9 steps |", "recur is better, 1.400 nats"],
    ),
    "classes": (
        [measures("recur", "default", part=i, measures={"right": 0.7 + i / 10}) for i in (0, 1)]
        + [measures("A", "x", part=0, measures={"right": 0.8})],
        ["| recur, default | 0.750 | 1.0 |", "**the peer is better**, 0.750 right"],
    ),
    "ladder": (
        [measures("recur", "trained", measures={"mse": 0.0015}),
         measures("A", "x", error="no memory")],
        ["| recur, trained | 0.00150 | 1.0 |", "Not measured: A, x on two: no memory."],
    ),
    "singles": (
        [row("recur", "default", 1.0), row("A", "x", 2.0),
         row("Darts", "ExponentialSmoothing", 2.0, "b")],
        ["ExponentialSmoothing on two; neuralforecast, LSTM;",
         "| two | **1.000** | 2.000 |", "recur's error is 0.500 of that of A, x (1 files"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_tells_its_rows_and_who_is_better(section: str, tmp_path: Path) -> None:
    rows, wanted = SECTIONS[section]
    for one in rows:
        results.keep(tmp_path / "results.json", section, one)
    written = page(results.read(tmp_path / "results.json"))
    assert [text for text in wanted if text not in written] == []
    assert "|\n- " not in written  # a list behind a table begins a paragraph


def test_the_page_in_the_documentation_is_the_one_of_the_committed_results() -> None:
    root = Path(__file__).parents[3]
    written = (root / "docs" / "benchmarks.md").read_text("utf-8")
    assert written == page(results.read(results.PATH))


def test_a_process_that_fails_or_is_late_is_a_reason_and_no_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    places = {"A": Installed(python=sys.executable), "B": Installed(error="no wheel")}
    monkeypatch.setattr(process, "WORKERS", {"A": "not_there"})
    peers = process.Peers(places)
    answer = peers.ask("A", {"do": "forecast"}, limit=60)
    assert "not_there" in answer["error"]
    assert answer["process"]["seconds"] >= 0
    endless = [sys.executable, "-c", "while True: pass"]
    assert process.run(endless, tmp_path, 1, 1, {})[1] == "did not end within 1 processor seconds"
    assert peers.ask("B", {}, limit=1) == {"error": "not installed: no wheel"}


def test_a_worker_answers_by_file(tmp_path: Path) -> None:
    body = (
        "from benchmarks.peers.workers.protocol import for_each_panel, serve\n"
        "def twice(job, panel):\n"
        "    return {'forecast': [[2 * value for value in panel['series']]]}\n"
        "serve({'forecast': lambda job: for_each_panel(job, twice)})\n"
    )
    (tmp_path / "worker.py").write_text(body)
    panels = [{"series": [1, 2]}, {"series": None}]
    (tmp_path / "job.json").write_text(json.dumps({"do": "forecast", "panels": panels}))
    command = [sys.executable, "worker.py", "job.json", "answer.json"]
    spent, why = process.run(command, tmp_path, 60, 1, {})
    assert why == ""
    assert spent["megabytes"] > 1
    first, second = json.loads((tmp_path / "answer.json").read_text())["panels"]
    assert first["forecast"] == [[2, 4]]
    assert "TypeError" in second["error"]


def test_every_requirement_is_pinned_and_no_other_torch_can_come() -> None:
    asked_for = [
        one for name, peer in PEERS.items() if name != "recur" for one in peer.requirements
    ]
    assert all("==" in one for one in asked_for)
    assert TORCH == "torch==2.13.0"
