"""Sound comes out of a WAV file as it went in, whatever its width."""

from __future__ import annotations

import struct
import wave
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import wavfile

from recur.data.signals.wavefile import Sound, read_wave, wave_bytes
from recur.errors import DataError


def write(path: Path, data: bytes, *, width: int, channels: int = 1, rate: int = 8000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(data)
    return path


@pytest.mark.parametrize(
    ("width", "data"),
    [
        (1, bytes([0, 64, 128, 192])),
        (2, struct.pack("<4h", -32768, -16384, 0, 16384)),
        (3, b"\x00\x00\x80\x00\x00\xc0\x00\x00\x00\x00\x00\x40"),
        (4, struct.pack("<4i", -(2**31), -(2**30), 0, 2**30)),
    ],
)
def test_samples_of_every_width_are_read_from_minus_one_to_one(
    tmp_path: Path, width: int, data: bytes
) -> None:
    sound = read_wave(write(tmp_path / "a.wav", data, width=width))
    assert sound.values.tolist() == [[-1.0], [-0.5], [0.0], [0.5]]
    assert (sound.rate, sound.width) == (8000, width)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_written_is_read_again_to_half_a_step(
    tmp_path: Path, width: int, channels: int
) -> None:
    values = np.random.default_rng(0).uniform(-0.9, 0.9, (50, channels))
    (tmp_path / "a.wav").write_bytes(wave_bytes(Sound(values, 44100, width)))
    again = read_wave(tmp_path / "a.wav")
    assert (again.rate, again.width, again.values.shape) == (44100, width, values.shape)
    assert np.abs(again.values - values).max() <= 0.5 / 2 ** (8 * width - 1) + 1e-12


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_what_is_too_loud_is_clipped_and_does_not_turn_over(tmp_path: Path, width: int) -> None:
    (tmp_path / "a.wav").write_bytes(wave_bytes(Sound(np.array([[1.5], [-1.5]]), 8000, width)))
    high, low = read_wave(tmp_path / "a.wav").values[:, 0]
    assert high > 0.99
    assert low == -1.0


def test_channels_are_kept_apart(tmp_path: Path) -> None:
    data = struct.pack("<4h", 0, 16384, 0, 16384)
    sound = read_wave(write(tmp_path / "a.wav", data, width=2, channels=2))
    assert sound.values.tolist() == [[0.0, 0.5], [0.0, 0.5]]
    assert sound.describe() == "a.wav · 2 samples at 8,000 Hz · 2 channels"


def test_a_recording_that_was_cut_off_is_read_up_to_its_last_whole_sample(tmp_path: Path) -> None:
    file = write(tmp_path / "a.wav", struct.pack("<4h", 1, 2, 3, 4), width=2, channels=2)
    file.write_bytes(file.read_bytes()[:-1])
    assert len(read_wave(file).values) == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"time,value\n1,2\n", "a.wav is no WAV file of plain numbers"),
        (b"", "a.wav is no WAV file of plain numbers"),
        (None, "There is no file"),
    ],
)
def test_what_is_no_sound_is_refused(tmp_path: Path, data: bytes | None, says: str) -> None:
    if data is not None:
        (tmp_path / "a.wav").write_bytes(data)
    with pytest.raises(DataError, match=says):
        read_wave(tmp_path / "a.wav")


def test_a_file_without_samples_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no samples"):
        read_wave(write(tmp_path / "a.wav", b"", width=2))


@pytest.mark.parametrize("kind", ["<f4", "<f8"])
@pytest.mark.parametrize("channels", [1, 2])
def test_floating_point_samples_are_read_and_written_as_they_are(
    tmp_path: Path, kind: str, channels: int
) -> None:
    values = np.random.default_rng(0).normal(size=(30, channels)).astype(kind)
    wavfile.write(tmp_path / "a.wav", 22050, values if channels > 1 else values[:, 0])
    sound = read_wave(tmp_path / "a.wav")
    assert sound.floating
    assert sound.values.dtype == np.float64
    np.testing.assert_array_equal(sound.values, values)
    (tmp_path / "b.wav").write_bytes(wave_bytes(sound))
    again = read_wave(tmp_path / "b.wav")
    np.testing.assert_array_equal(again.values, values)
    assert (again.rate, again.width, again.floating) == (22050, np.dtype(kind).itemsize, True)


@pytest.mark.parametrize(("code", "name"), [(7, "MULAW"), (6, "ALAW"), (2, "ADPCM")])
def test_numbers_of_other_kinds_are_refused_by_their_name(
    tmp_path: Path, code: int, name: str
) -> None:
    file = write(tmp_path / "a.wav", b"\0" * 16, width=1)
    data = bytearray(file.read_bytes())
    data[20:22] = struct.pack("<H", code)
    file.write_bytes(data)
    with pytest.raises(DataError, match=f"Unknown wave file format: {name}.* convert it to PCM"):
        read_wave(file)


def test_whole_numbers_of_64_bits_are_refused(tmp_path: Path) -> None:
    wavfile.write(tmp_path / "a.wav", 8000, np.arange(9, dtype=np.int32))
    data = bytearray((tmp_path / "a.wav").read_bytes())
    data[28:36] = struct.pack("<IHH", 64000, 8, 64)
    (tmp_path / "a.wav").write_bytes(data)
    with pytest.raises(DataError, match="it has 64 bits a sample"):
        read_wave(tmp_path / "a.wav")


@given(st.integers(0, 43), st.integers(0, 255), st.sampled_from([1, 2, 3, 4]))
@settings(max_examples=300)
def test_a_header_with_a_byte_changed_never_ends_in_another_error(
    tmp_path_factory: pytest.TempPathFactory, place: int, byte: int, width: int
) -> None:
    file = tmp_path_factory.getbasetemp() / "changed.wav"
    data = bytearray(write(file, b"\1" * 24, width=width).read_bytes())
    data[place] = byte
    file.write_bytes(data)
    with suppress(DataError):
        sound = read_wave(file)
        assert sound.values.ndim == 2
        wave_bytes(sound)


def test_a_sound_without_a_pace_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "a.wav", b"\0" * 16, width=1)
    data = bytearray(file.read_bytes())
    data[24:32] = bytes(8)  # samples and bytes a second
    file.write_bytes(data)
    with pytest.raises(DataError, match="has 0 samples a second; a rate is needed"):
        read_wave(file)
