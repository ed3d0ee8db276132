"""Sound in WAV files: read as numbers from -1 to 1, and written back."""

from __future__ import annotations

import wave
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from recur.arrays import Float64s
from recur.data.tables.numbers import excerpt
from recur.errors import DataError

SUFFIXES = (".wav", ".wave")
_WIDTHS = (1, 2, 3, 4)  # bytes of a sample


@dataclass(frozen=True, eq=False)
class Sound:
    """What a WAV file holds.

    Attributes:
        values: float64 [time, channels], from -1 to 1.
        rate: samples a second.
        width: bytes of a sample, 1 to 4.
        source: the file's name, for messages.
    """

    values: Float64s
    rate: int
    width: int = 2
    source: str = "sound"

    def describe(self) -> str:
        """Return in one line what the sound is."""
        count, channels = self.values.shape
        many = f" · {channels} channels" if channels > 1 else ""
        return f"{self.source} · {count:,} samples at {self.rate:,} Hz{many}"


def is_wave(path: Path) -> bool:
    """Say whether a file is a WAV file by its name.

    >>> is_wave(Path("room.WAV")), is_wave(Path("room.csv"))
    (True, False)
    """
    return path.suffix.casefold() in SUFFIXES


def read_wave(path: Path) -> Sound:
    """Read a WAV file of whole numbers (PCM) with 8, 16, 24 or 32 bits a sample.

    Raises:
        DataError: there is no such file, or it holds something else.
    """
    shown = excerpt(str(path), longest=300)
    try:
        with wave.open(str(path), "rb") as file:
            rate, width, channels = file.getframerate(), file.getsampwidth(), file.getnchannels()
            data = file.readframes(file.getnframes())
    except FileNotFoundError:
        raise DataError(f"There is no file `{shown}`; check the name and the folder.") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(f"`{shown}` cannot be read: {reason}.") from None
    except (wave.Error, EOFError) as error:
        reason = str(error) or "it ends too early"
        raise DataError(
            f"{path.name} is no WAV file of whole numbers (PCM): {reason}; convert it to PCM with "
            "16 bits a sample."
        ) from None
    if width not in _WIDTHS or channels < 1 or rate < 1:
        raise DataError(
            f"{path.name} has {8 * width} bits a sample, {channels} channels and {rate} samples a "
            "second; 8, 16, 24 or 32 bits, a channel and a rate are needed."
        )
    whole = len(data) - len(data) % (width * channels)  # what a cut-off recording ends with
    if not whole:
        raise DataError(f"{path.name} holds no samples; a recording is expected.")
    values = _values(data[:whole], width).reshape(-1, channels)
    return Sound(values, rate, width, path.name)


def wave_bytes(sound: Sound) -> bytes:
    """Return a sound as the bytes of a WAV file; what is louder than 1 is clipped."""
    buffer = BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(sound.values.shape[1])
        file.setsampwidth(sound.width)
        file.setframerate(sound.rate)
        file.writeframes(_samples(sound.values, sound.width))
    return buffer.getvalue()


def _values(data: bytes, width: int) -> Float64s:
    """Return float64 [samples]; 8 bits are counted from 0 up, wider ones around 0."""
    if width == 1:
        return (np.frombuffer(data, np.uint8).astype(np.float64) - 128) / 128
    if width == 3:  # widened to 32 bits, below whose sign nothing is lost
        wide = np.zeros((len(data) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        return np.asarray(wide.view("<i4")[:, 0] / 2.0**31, np.float64)
    whole = np.frombuffer(data, f"<i{width}")
    return np.asarray(whole / 2.0 ** (8 * width - 1), np.float64)


def _samples(values: Float64s, width: int) -> bytes:
    """Return the bytes of values [time, channels], channel by channel within a time."""
    full = 2.0 ** (8 * width - 1)
    whole = np.clip(np.rint(values * full), -full, full - 1)
    if width == 1:
        return (whole + 128).astype(np.uint8).tobytes()
    if width == 3:
        wide = np.ascontiguousarray(whole.astype("<i4")).view(np.uint8)
        return wide.reshape(-1, 4)[:, :3].tobytes()
    return whole.astype(f"<i{width}").tobytes()
