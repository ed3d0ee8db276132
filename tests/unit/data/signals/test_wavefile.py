"""Sound comes out of a WAV file as it went in, whatever its width."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import numpy as np
import pytest

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
        (b"time,value\n1,2\n", "a.wav is no WAV file of whole numbers"),
        (b"", "a.wav is no WAV file of whole numbers"),
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


def test_numbers_of_other_kinds_are_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "a.wav", b"\0" * 16, width=4)
    data = bytearray(file.read_bytes())
    data[20:22] = struct.pack("<H", 3)  # the code of floating-point samples
    file.write_bytes(data)
    with pytest.raises(DataError, match="unknown format"):
        read_wave(file)
