"""Model files: bit-exact round trips, and one sentence for every hostile or damaged file."""

from __future__ import annotations

import json
import os
import struct
from contextlib import suppress
from gzip import GzipFile
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.numpy import save_file

from recur.errors import ModelFileError, SettingsError
from recur.files.modelfile import FORMAT, fitting, read_file, write_file
from recur.version import __version__

GOOD = {"format": 1, "version": "0", "kind": "model"}  # of the format that has no checksum


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def craft(path: Path, tensors: dict[str, Any], data: bytes = b"", metadata: object = GOOD) -> Path:
    """Write a safetensors file by hand, true or not."""
    text = metadata if isinstance(metadata, str) else json.dumps(metadata)
    header = json.dumps({"__metadata__": {"recur": text}, **tensors}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + data)
    return path


def tensor(dtype: str, shape: list[int], size: int) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [0, size]}


def refusal(path: Path, kind: str | None = None) -> str:
    """Return the sentence that a file is refused with."""
    with pytest.raises(ModelFileError) as caught:
        read_file(path, kind)
    sentence = str(caught.value)
    assert str(path) in sentence
    assert sentence.isprintable(), sentence
    assert len(sentence) < 700
    return sentence


@pytest.fixture
def model(tmp_path: Path) -> Path:
    tensors: dict[str, NDArray[Any]] = {
        "weights": np.arange(50, dtype=np.float32),
        "offsets": np.arange(9),
    }
    write_file(tmp_path / "m.recur", "model", {"settings": {"hidden": 3}}, tensors)
    return tmp_path / "m.recur"


def test_what_was_written_comes_back_bit_for_bit(tmp_path: Path) -> None:
    odd = np.array([0.1, -0.0, np.nan, np.inf, 5e-324, 1.7e308])
    tensors: dict[str, NDArray[Any]] = {
        "odd": odd,
        "single": odd[:4].astype(np.float32),
        "whole": np.array([[-(2**63), 2**63 - 1]]),
        "nothing": np.zeros((0, 3), np.float32),
        "scalar": np.array(3.5),
        "turned": np.arange(12.0).reshape(3, 4).T,
        "every second": np.arange(10.0)[::-2],
        "Größe λ": np.zeros(1),
    }
    header = {"text": 'Größe "λ"\n\t\\', "number": 0.1, "list": [1, None, True, {"a": []}]}
    path = tmp_path / "new" / "m.recur"
    write_file(path, "model", header, tensors)
    contents = read_file(path, "model")
    assert (contents.kind, contents.version, contents.header) == ("model", __version__, header)
    assert contents.shapes == {name: array.shape for name, array in tensors.items()}
    assert contents.tensors.keys() == tensors.keys()
    for name, array in tensors.items():
        back = contents.tensors[name]
        assert (back.dtype, back.shape, back.tobytes()) == (
            array.dtype,
            array.shape,
            array.tobytes(),
        )
    assert names(path.parent) == ["m.recur"]


@given(st.dictionaries(st.text(st.characters()), st.none() | st.integers() | st.text()))
@settings(max_examples=30)
def test_any_json_header_comes_back(tmp_path_factory: Any, header: dict[str, Any]) -> None:
    header = {f"own {name}": value for name, value in header.items()}
    path = tmp_path_factory.getbasetemp() / "any.recur"
    write_file(path, "model", header, {})
    assert read_file(path).header == header


def test_a_name_of_a_file_that_is_no_unicode_can_be_kept(tmp_path: Path) -> None:
    source = os.fsdecode(b"\xe4.csv") if os.name == "posix" else "\udce4.csv"
    write_file(tmp_path / "m.recur", "model", {"source": source}, {})
    assert read_file(tmp_path / "m.recur").header == {"source": source}


def test_the_same_contents_give_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        write_file(tmp_path / name, "model", {"x": 1}, {"a": np.ones(3), "b": np.zeros(2)})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_header_alone_leaves_the_tensors_where_they_are(model: Path) -> None:
    contents = read_file(model, header_only=True)
    assert contents.tensors == {}
    assert contents.shapes == {"weights": (50,), "offsets": (9,)}


def test_tensors_outlive_their_file(model: Path) -> None:
    weights = read_file(model).tensors["weights"]
    model.write_bytes(b"\xff" * model.stat().st_size)
    np.testing.assert_array_equal(weights, np.arange(50, dtype=np.float32))


def test_a_failed_write_leaves_the_old_model(model: Path) -> None:
    before = model.read_bytes()
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_file(model, "model", {"loss": float("nan")}, {})
    assert model.read_bytes() == before
    assert names(model.parent) == ["m.recur"]


def test_a_file_cut_short_anywhere_is_refused(model: Path) -> None:
    whole = model.read_bytes()
    for length in (*range(40), *range(40, len(whole), 17), len(whole) - 1):
        model.write_bytes(whole[:length])
        assert "is not a file that recur saved, or it is damaged" in refusal(model)


def test_a_flipped_bit_anywhere_in_the_tensors_is_damage(model: Path) -> None:
    whole = model.read_bytes()
    data = len(whole) - 50 * 4 - 9 * 8
    for place in range(data, len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        model.write_bytes(flipped)
        sentence = refusal(model)
        assert sentence == (
            f"`{model}` is damaged: what it holds does not match its checksum; take another copy, "
            "or make it anew."
        )
        with pytest.raises(ModelFileError, match="is damaged"):
            read_file(model, header_only=True)


def test_a_flipped_bit_in_the_header_is_refused_or_changes_nothing(model: Path) -> None:
    whole, expected = model.read_bytes(), read_file(model)
    for place in range(8, len(whole) - 50 * 4 - 9 * 8):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        model.write_bytes(flipped)
        try:
            contents = read_file(model)
        except ModelFileError:
            continue
        assert (contents.header, contents.kind, contents.version, contents.format) == (
            (expected.header, expected.kind, expected.version, expected.format)
        )
        for name, tensor in expected.tensors.items():
            np.testing.assert_array_equal(contents.tensors[name], tensor)


def test_tensors_that_change_places_are_damage(tmp_path: Path) -> None:
    path = tmp_path / "m"
    write_file(path, "model", {}, {"a": np.zeros(2), "b": np.ones(2)})
    path.write_bytes(path.read_bytes().replace(b'"a":', b'"c":').replace(b'"b":', b'"a":'))
    assert "is damaged" in refusal(path)


def test_a_file_of_the_newest_format_needs_a_checksum(tmp_path: Path) -> None:
    path = craft(tmp_path / "m", {}, metadata={**GOOD, "format": FORMAT})
    assert "is damaged" in refusal(path)
    nested: Any = {}
    for _ in range(400):
        nested = {"a": nested}
    path = craft(tmp_path / "m", {}, metadata={**GOOD, "format": FORMAT, "nested": nested})
    assert "is damaged" in refusal(path)


def test_a_file_of_the_first_format_is_read_and_says_so(tmp_path: Path) -> None:
    path = craft(tmp_path / "m", {}, metadata={**GOOD, "own": 1})
    contents = read_file(path)
    assert (contents.format, contents.header) == (1, {"own": 1})
    write_file(path, "model", contents.header, {})
    assert read_file(path).format == FORMAT


def test_a_file_with_something_after_its_end_is_refused(model: Path) -> None:
    model.write_bytes(model.read_bytes() + b"\0")
    refusal(model)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(tmp_path_factory: Any, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.recur"
    path.write_bytes(content)
    refusal(path)


@given(st.data())
@settings(max_examples=200)
def test_a_byte_changed_in_the_header_never_ends_in_another_error(
    tmp_path_factory: Any, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "flipped.recur"
    write_file(path, "model", {"settings": {"hidden": 3}}, {"w": np.ones(2, np.float32)})
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 9))
    content[place] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    with suppress(ModelFileError):
        assert read_file(path, "model").kind == "model"


@pytest.mark.parametrize(
    "metadata",
    [
        "",
        "no JSON",
        "null",
        "3",
        '"text"',
        "[]",
        "{}",
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"format": ' + "9" * 5000 + ', "version": "0", "kind": "model"}',
        {"format": 1, "version": "0"},
        {"format": 1, "kind": "model"},
        {"version": "0", "kind": "model"},
        {"format": "1", "version": "0", "kind": "model"},
        {"format": 1.0, "version": "0", "kind": "model"},
        {"format": True, "version": "0", "kind": "model"},
        {"format": 0, "version": "0", "kind": "model"},
        {"format": -1, "version": "0", "kind": "model"},
        {"format": 1, "version": ["0"], "kind": "model"},
        {"format": 1, "version": "0", "kind": {"model": 1}},
    ],
    ids=lambda metadata: str(metadata)[:40],
)
def test_a_description_that_is_not_recurs_is_refused(tmp_path: Path, metadata: object) -> None:
    path = craft(tmp_path / "m.recur", {}, metadata=metadata)
    assert "is a safetensors file without recur's description" in refusal(path)


@pytest.mark.parametrize("metadata", [None, {}, {"format": "pt"}])
def test_a_foreign_safetensors_file_is_refused(tmp_path: Path, metadata: Any) -> None:
    save_file({"weights": np.zeros(3, np.float32)}, tmp_path / "m", metadata=metadata)
    assert "safetensors file without recur's description" in refusal(tmp_path / "m")


def test_the_wrong_kind_is_named_with_the_right_one(tmp_path: Path) -> None:
    write_file(tmp_path / "m", "checkpoint", {}, {})
    assert refusal(tmp_path / "m", "model").endswith("is a checkpoint of recur; expected a model.")
    craft(tmp_path / "m", {}, metadata={**GOOD, "kind": "a\n\x1b[31mmodel" + "x" * 9999})
    refusal(tmp_path / "m", "model")


def test_data_in_the_place_of_a_model_says_what_comes_first(tmp_path: Path) -> None:
    for name, hint in (("sales.csv", True), ("m.recur", False)):
        (tmp_path / name).write_text("y\n1\n")
        assert refusal(tmp_path / name).endswith("the data after it.") == hint


def test_what_does_not_fit_together_is_told_by_the_sentence_that_there_is() -> None:
    with (
        pytest.raises(ModelFileError, match=r"^`m` does not fit together: too wide\.$"),
        fitting("`m`"),
    ):
        raise SettingsError("too wide.")
    with (
        pytest.raises(ModelFileError, match=r"^`m` does not fit together: KeyError 'a'\.$"),
        fitting("`m`"),
    ):
        raise KeyError("a")


@pytest.mark.parametrize("version", ["9.9", "9\n\x1b[31m", "9" * 9999])
def test_a_newer_format_says_to_install_a_newer_version(tmp_path: Path, version: str) -> None:
    path = craft(tmp_path / "m", {}, metadata={**GOOD, "format": FORMAT + 1, "version": version})
    sentence = refusal(path)
    assert f"has format {FORMAT + 1}, written by recur 9" in sentence
    assert sentence.endswith(f"reads up to format {FORMAT}: install a newer one.")


@pytest.mark.parametrize(
    ("dtype", "size"),
    [("F16", 2), ("BF16", 2), ("I8", 1), ("I32", 4), ("U64", 8), ("BOOL", 1), ("F8_E4M3", 1)],
)
def test_tensors_of_other_types_are_refused_by_name(tmp_path: Path, dtype: str, size: int) -> None:
    path = craft(tmp_path / "m", {"a\nb": tensor(dtype, [1], size)}, b"\0" * size)
    assert f"its tensor `a b` is of type {dtype}" in refusal(path)


@pytest.mark.parametrize(
    ("entry", "data"),
    [
        (tensor("F32", [2], 4), b"\0" * 4),
        (tensor("F32", [1], 8), b"\0" * 8),
        (tensor("F32", [-1], 4), b"\0" * 4),
        (tensor("F32", [2**40], 4), b"\0" * 4),
        (tensor("F32", [2**62, 4], 0), b""),
        (tensor("F32", [0, 2**62], 0), b""),
        (tensor("F32", [0, 2**64 - 1], 0), b""),
        (tensor("F32", [1] * 65, 4), b"\0" * 4),
        (tensor("F\n32", [1], 4), b"\0" * 4),
        ({"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}, b"\0" * 4),
        ({"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}, b"\0" * 8),
        ({"dtype": "F32", "shape": [1]}, b"\0" * 4),
    ],
    ids=lambda value: json.dumps(value)[:60] if isinstance(value, dict) else "",
)
def test_shapes_and_places_that_cannot_be_are_refused(
    tmp_path: Path, entry: dict[str, Any], data: bytes
) -> None:
    refusal(craft(tmp_path / "m", {"a": entry}, data))


@pytest.mark.parametrize("length", [0, 1, 99_000_000, 2**31, 2**63, 2**64 - 1])
def test_a_header_of_any_declared_length_is_refused_at_once(tmp_path: Path, length: int) -> None:
    path = tmp_path / "m"
    path.write_bytes(struct.pack("<Q", length) + b"{}" * 50)
    refusal(path)


def test_a_header_nested_without_end_is_refused(tmp_path: Path) -> None:
    content = b"[" * 200_000
    (tmp_path / "m").write_bytes(struct.pack("<Q", len(content)) + content)
    refusal(tmp_path / "m")


def test_a_folder_a_missing_file_and_an_impossible_name_are_refused(tmp_path: Path) -> None:
    assert (
        refusal(tmp_path, "model")
        == f"expected a model file at `{tmp_path}`; that is a folder: name a file in it."
    )
    assert refusal(tmp_path / "m").endswith("there is no such file.")
    (tmp_path / "file").touch()
    assert refusal(tmp_path / "file" / "m").endswith("there is no such file.")
    with pytest.raises(ModelFileError, match=r"n…n+` is not .* \(File name too long\)"):
        read_file(tmp_path / ("n" * 300))


def test_the_bytes_of_a_file_and_an_open_one_hold_what_it_does(model: Path) -> None:
    expected = read_file(model, "model")
    data = model.read_bytes()
    with model.open("rb") as opened:
        for source in (data, bytearray(data), memoryview(data), BytesIO(data), opened, str(model)):
            contents = read_file(source, "model")
            assert contents.header == expected.header
            for name, tensor in expected.tensors.items():
                assert contents.tensors[name].tobytes() == tensor.tobytes()


def test_bytes_that_are_no_model_are_refused(model: Path) -> None:
    data = model.read_bytes()
    damaged = bytearray(data)
    damaged[-1] ^= 1
    refused = (
        (data[:-1], r"what was given, \d+ bytes, is not a file"),
        (bytes(damaged), "what was given, .* is damaged"),
        (BytesIO(b"no model"), "the open file that was given is not a file that recur saved"),
        (BytesIO(), "the open file that was given is not a file that recur saved"),
        (GzipFile(fileobj=BytesIO()), "is not a file that recur saved"),  # whose mode is a number
        (StringIO("text"), "is open as text, .* 'rb'"),
    )
    for source, why in refused:
        with pytest.raises(ModelFileError, match=why):
            read_file(source, "model")  # type: ignore[arg-type]


def test_a_file_that_is_open_as_text_is_named(model: Path) -> None:
    text = pytest.raises(ModelFileError, match=r"m\.recur` is open as text")
    with model.open(encoding="utf-8") as opened, text:
        read_file(opened, "model")  # type: ignore[arg-type]
