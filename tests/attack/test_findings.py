"""What attacks have found is mended: each case here ended otherwise than in its sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from tests.attack.modelbytes import Tensor, put_together, taken_apart
from tests.attack.outcomes import GOOD, REFUSED, of_command

import recur
from recur.errors import DataError, ModelFileError, RecurError

Described = dict[str, Any]
Tensors = dict[str, Tensor]
Change = Callable[[Described, Tensors], None]


def crafted(victims: Path, name: str, change: Change, place: Path) -> Path:
    """Write a model that was changed, with a checksum that is right."""
    described, tensors = taken_apart((victims / f"{name}.recur").read_bytes())
    change(described, tensors)
    path = place / "model.recur"
    path.write_bytes(put_together(described, tensors))
    return path


def setting(name: str, value: Any) -> Change:
    """Return what changes a setting, and takes the margins for as many steps as it asks for."""

    def change(described: Described, tensors: Tensors) -> None:
        described["settings"][name] = value
        if name == "horizon":
            described["settings"]["intervals"] = []
            tensors["scaling.reach"] = Tensor("F64", [0, value], b"")

    return change


@pytest.mark.parametrize(
    ("model", "name", "value", "sentence"),
    [
        ("pretrained", "horizon", 10**9, "`horizon` is 1000000000; it must be at most 100000."),
        ("dropout", "samples", 10**9, "`samples` is 1000000000; it must be at most 10000."),
        ("direct", "threads", 10**6, "`threads` is 1000000; it must be at most 1000."),
        ("direct", "epochs", 10**9, "`epochs` is 1000000000; it must be at most 1000000."),
        ("dropout", "intervals", [80.0, 101.0], "A level of intervals is a percentage"),
        ("translate", "beams", 10**9, "`beams` is 1000000000; it must be at most 1000."),
    ],
)
def test_settings_are_held_to_their_bounds_when_a_model_is_loaded(
    model: str, name: str, value: Any, sentence: str, victims: Path, tmp_path: Path
) -> None:
    path = crafted(victims, model, setting(name, value), tmp_path)
    with pytest.raises(ModelFileError) as caught:
        recur.load(path)
    assert sentence in str(caught.value)


def test_a_clock_is_held_to_its_bounds_when_a_model_is_loaded(
    victims: Path, tmp_path: Path
) -> None:
    def slow(described: Described, _: Tensors) -> None:
        described["learned"]["clock"]["step"] = 2**62

    with pytest.raises(ModelFileError, match=r"`clock.step` is .*; it must be at most"):
        recur.load(crafted(victims, "direct", slow, tmp_path))


def test_no_model_looks_further_than_a_hundred_thousand_steps(victims: Path) -> None:
    name, detail = of_command(
        "predict", victims / "pretrained.recur", victims / "series.csv", "--horizon", 10**9
    )
    assert (name, detail) == (
        REFUSED,
        "recur: `--horizon` is 1000000000; it must be at most 100000.",
    )


@pytest.mark.parametrize(
    "model", ["direct", "recursive", "denoise", "classify", "tag", "translate"]
)
def test_a_result_that_is_not_finite_is_a_sentence(
    model: str, victims: Path, tmp_path: Path
) -> None:
    def huge(_: Described, tensors: Tensors) -> None:
        for name, tensor in tensors.items():
            if tensor.dtype == "F32" and not name.startswith(("simple", "usual")):
                values = np.full(tensor.array.shape, 3e38, np.float32)
                values[..., ::2] *= -1
                tensor.data = values.tobytes()

    given: dict[str, Any] = {
        "direct": victims / "series.csv",
        "recursive": victims / "series.csv",
        "denoise": np.ones(30),
        "classify": ["a fine film"],
        "tag": [["Ann", "sings"]],
        "translate": ["one"],
    }
    loaded = recur.load(crafted(victims, model, huge, tmp_path))
    with np.errstate(all="ignore"), pytest.raises(DataError, match="is not finite: the values or"):
        loaded.predict(given[model])


def test_a_description_with_a_number_that_is_not_finite_is_refused(
    victims: Path, tmp_path: Path
) -> None:
    def unfinite(described: Described, _: Tensors) -> None:
        described["judgement"] = {"errors": [float("nan")]}

    path = crafted(victims, "direct", unfinite, tmp_path)
    for more in ((), ("--json",)):
        name, detail = of_command("inspect", path, *more)
        assert name == REFUSED
        assert detail.endswith("its description holds NaN, which is no finite number.")


@pytest.mark.parametrize("part", ["network", "history", "vocabulary"])
def test_a_header_that_does_not_fit_together_is_not_inspected(
    part: str, victims: Path, tmp_path: Path
) -> None:
    def replaced(described: Described, _: Tensors) -> None:
        described["learned"][part] = 7

    name, detail = of_command("inspect", crafted(victims, "write", replaced, tmp_path))
    assert name == REFUSED
    assert " does not fit together: " in detail


def test_names_in_a_file_reach_no_terminal_as_they_are(victims: Path, tmp_path: Path) -> None:
    odd = "\x1b[2J\u202e" + "a" * 100_000

    def named(_: Described, tensors: Tensors) -> None:
        tensors[odd] = next(iter(tensors.values()))

    with pytest.raises(RecurError) as caught:
        recur.load(crafted(victims, "direct", named, tmp_path))
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) <= 500


def test_a_recording_too_large_to_compute_with_is_refused(victims: Path) -> None:
    model = recur.load(victims / "denoise.recur")
    with pytest.raises(DataError, match=r"has the value -1e\+300, which is too large to compute"):
        model.judge([1.0, -1e300, 2.0], [1.0, 1.0, 1.0])


def test_a_row_of_a_hundred_thousand_columns_is_described(tmp_path: Path) -> None:
    count = 100_000
    path = tmp_path / "wide.csv"
    header = ",".join(["id", *map(str, range(count))])
    path.write_text(f"{header}\na,{','.join(['1.5'] * count)}\n", "utf-8")
    panel = recur.read_panel(path)
    assert json.dumps(panel.ids) == '["a"]'
    assert panel.lengths.tolist() == [count]


def _far_ahead(_: Described, tensors: Tensors) -> None:
    tensors["counts"].data = np.array([2**63 - 1]).tobytes()


def _of_many(described: Described, _: Tensors) -> None:
    described["series"] = 10**30


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("encoder_decoder", _far_ahead, "a series of it is short, and not all of its values are"),
        ("denoise", _of_many, "does not fit together"),
    ],
)
def test_a_state_of_a_stream_that_lies_about_what_came_is_refused(
    name: str,
    change: Change,
    sentence: str,
    victims: Path,
    tmp_path: Path,
) -> None:
    described, tensors = taken_apart((victims / f"{name}.stream").read_bytes())
    change(described, tensors)
    path = tmp_path / "state.stream"
    path.write_bytes(put_together(described, tensors))
    with pytest.raises(ModelFileError, match=sentence):
        recur.load(victims / f"{name}.recur").live(state=path)


def _of_nothing(name: str) -> Change:
    def change(_: Described, tensors: Tensors) -> None:
        tensors[name].data = bytes(len(tensors[name].data))

    return change


def _as_floats(_: Described, tensors: Tensors) -> None:
    tensors["simple.channels"].dtype = "F64"


def _of_two_dimensions(_: Described, tensors: Tensors) -> None:
    tensors["simple.dilations"].shape = [len(tensors["simple.dilations"].data) // 8, 1]


def _learned(name: str, value: float) -> Change:
    def change(described: Described, _: Tensors) -> None:
        *path, last = name.split(".")
        part = described["learned"]
        for step in path:
            part = part[step]
        part[last] = value

    return change


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("classify_series", _of_nothing("series.spread")),
        ("denoise", _of_nothing("noisy.spread")),
        ("classify_series", _as_floats),
        ("classify_series", _of_two_dimensions),
        ("classify_series", _learned("mixture_temperature", 5e-324)),
        ("tag", _learned("lexicon.longest", -0.0)),
        ("translate", _learned("longest", 1_000_000)),
    ],
)
def test_a_model_that_would_divide_by_nothing_or_never_end_is_refused(
    name: str, change: Change, victims: Path, tmp_path: Path
) -> None:
    path = crafted(victims, name, change, tmp_path)
    with pytest.raises(ModelFileError, match="does not fit together"):
        recur.load(path)


def _huge(name: str, count: int) -> Change:
    def change(_: Described, tensors: Tensors) -> None:
        values = np.frombuffer(tensors[name].data, np.float32).copy()
        values[:count] = -3e38
        tensors[name].data = values.tobytes()

    return change


@pytest.mark.parametrize(
    ("name", "huge", "verb", "data"),
    [
        ("dropout", _huge("head.weight", 9), "judge", "series.csv"),
        ("translate", _huge("combine.bias", 1), "predict", "pairs.csv"),
    ],
)
def test_huge_weights_end_without_a_warning(
    name: str, huge: Change, verb: str, data: str, victims: Path, tmp_path: Path
) -> None:
    came, told = of_command(verb, crafted(victims, name, huge, tmp_path), victims / data)
    assert came in GOOD, told


def test_the_same_number_is_the_same_file_in_any_process(victims: Path) -> None:
    _, tensors = taken_apart((victims / "direct.recur").read_bytes())
    assert list(tensors) == sorted(tensors)


def test_half_a_character_in_a_frame_is_a_sentence() -> None:
    half = pd.Series(["\ud83d"] * 2, dtype=object)
    with pytest.raises(DataError, match=r"U\+D83D in the data frame is half of a character"):
        recur.read_panel(pd.DataFrame({"id": half, "y": [1.0, 2.0]}))


def test_a_workbook_whose_sheet_is_damaged_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    pl.DataFrame({"y": [float(i) for i in range(500)]}).write_excel(path)
    data = bytearray(path.read_bytes())
    at = data.index(b"xl/worksheets/sheet1.xml") + 200
    data[at : at + 4] = b"\xff" * 4
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"sheet\.xlsx is a damaged Excel file"):
        recur.read_panel(path)


def test_a_mean_of_huge_values_is_said_without_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    rows = "".join(f"{i % 5}.5,1e308,{i}.2\n" for i in range(28))
    path.write_text(f"a,b,c\n{rows}", "utf-8")
    name, detail = of_command("describe", path)
    assert name in GOOD, detail


@pytest.mark.parametrize("name", ["\u2028ds", "\x1b[2Jds", "d" * 100_000])
def test_a_name_that_nobody_can_type_is_not_told_as_an_option(name: str, tmp_path: Path) -> None:
    path = tmp_path / "two.parquet"
    days = [f"2020-01-{day:02d}" for day in range(1, 20)]
    pl.DataFrame({name: days, "other": days, "y": [1.0] * 19}).write_parquet(path)
    outcome, detail = of_command("describe", path)
    assert outcome == REFUSED, detail


@pytest.mark.parametrize("count", ["9223372036854775808", 2.0**63, 1e300])
def test_a_time_beyond_all_counts_is_a_sentence(count: str | float) -> None:
    frame = pd.DataFrame({"ds": [count] * 2, "y": [1.0, 2.0]})
    with pytest.raises(DataError, match=r"column `ds`, row 0: `(9|1e)\S* cannot be read as a time"):
        recur.read_panel(frame, time="ds")


def test_half_a_character_among_records_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "mixed.json"
    path.write_text('[{"y": 1}, "\\ud800", {"y": 2}]', "utf-8")
    with pytest.raises(DataError, match="no column of numbers"):
        recur.read_panel(path)


def test_series_of_infinite_length_are_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "columns.csv"
    path.write_text("a,b\n" + "7,1e400\n" * 8, "utf-8")
    outcome, detail = of_command("describe", path)
    assert outcome in GOOD, detail


def test_a_workbook_of_an_unknown_version_of_zip_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    pl.DataFrame({"y": [1.0, 2.0]}).write_excel(path)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 6] = 79  # the version that the first file needs
    path.write_bytes(data)
    with pytest.raises(DataError, match="without files in it, or a damaged one"):
        recur.read_panel(path)
