"""Sound in WAV files: read as numbers from -1 to 1, and written back."""

from __future__ import annotations

import struct
import warnings
import wave
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float64s
from recur.data.tables.numbers import excerpt
from recur.errors import DataError

SUFFIXES = (".wav", ".wave")
_LONGEST_FRAME = 64  # bytes of the samples of one time that may be cut off, at most
# What a header that makes no sense ends in, within the library that reads it.
_BROKEN = (
    *(ValueError, TypeError, LookupError, ArithmeticError),
    *(NameError, MemoryError, EOFError, OSError, struct.error),
)


@dataclass(frozen=True, eq=False)
class Sound:
    """What a WAV file holds.

    Attributes:
        values: float64 [time, channels], from -1 to 1.
        rate: samples a second.
        width: bytes of a sample, 1 to 4; 4 or 8 of floating-point ones.
        source: the file's name, for messages.
        floating: whether samples are floating-point numbers, which may lie beyond -1 and 1.
    """

    values: Float64s
    rate: int
    width: int = 2
    source: str = "sound"
    floating: bool = False

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
    """Read a WAV file of whole numbers (PCM) or of floating-point ones.

    What was cut off is read up to its last whole sample.

    Raises:
        DataError: there is no such file, or it holds something else.
    """
    shown = excerpt(str(path), longest=300)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"There is no file `{shown}`; check the name and the folder.") from None
    except (OSError, ValueError) as error:  # a null in its name
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(f"`{shown}` cannot be read: {reason}.") from None
    rate, samples = _read(data, path.name)
    if rate < 1:
        raise DataError(f"{path.name} has {rate} samples a second; a rate is needed.")
    if not samples.size:
        raise DataError(f"{path.name} holds no samples; a recording is expected.")
    columns = samples if samples.ndim == 2 else samples[:, None]
    return Sound(
        _values(columns), rate, _width(samples, data), path.name, floating=samples.dtype.kind == "f"
    )


def wave_bytes(sound: Sound) -> bytes:
    """Return a sound as the bytes of a WAV file; whole numbers louder than 1 are clipped."""
    from scipy.io import wavfile

    buffer = BytesIO()
    if sound.floating:
        wavfile.write(buffer, sound.rate, sound.values.astype(f"<f{sound.width}"))
        return buffer.getvalue()
    with wave.open(buffer, "wb") as file:  # SciPy writes no 24 bits
        file.setnchannels(sound.values.shape[1])
        file.setsampwidth(sound.width)
        file.setframerate(sound.rate)
        file.writeframes(_samples(sound.values, sound.width))
    return buffer.getvalue()


def _read(data: bytes, name: str) -> tuple[int, NDArray[Any]]:
    """Return the samples a second, and the samples [time] or [time, channels] as they are."""
    from scipy.io import wavfile  # which takes a quarter of a second to import

    reason = ""
    for cut in range(_LONGEST_FRAME):  # bytes off the end, until whole samples are left
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of chunks that it does not know
                rate, samples = wavfile.read(BytesIO(data[: len(data) - cut]))
        except _BROKEN as error:
            is_said = isinstance(error, ValueError) and not isinstance(error, UnicodeError)
            reason = reason or (str(error) if is_said else "its header is damaged")
        else:
            if samples.dtype.itemsize > (8 if samples.dtype.kind == "f" else 4):
                reason = f"it has {8 * samples.dtype.itemsize} bits a sample"
                break
            return int(rate), samples
    raise DataError(
        f"{name} is no WAV file of plain numbers: {excerpt(reason.rstrip('.'), longest=150)}; "
        "convert it to PCM with 16 bits a sample."
    )


def _values(samples: NDArray[Any]) -> Float64s:
    """Return float64 of the same shape; 8 bits are counted from 0 up, wider ones around 0."""
    if samples.dtype.kind == "f":
        with np.errstate(invalid="ignore"):  # of no numbers, which whoever takes them refuses
            return samples.astype(np.float64)
    if samples.dtype == np.uint8:
        return np.asarray((samples.astype(np.float64) - 128) / 128, np.float64)
    return np.asarray(samples / 2.0 ** (8 * samples.dtype.itemsize - 1), np.float64)


def _width(samples: NDArray[Any], data: bytes) -> int:
    """Return the bytes of a sample in the file: 24 bits are read as 32."""
    width = int(samples.dtype.itemsize)
    if samples.dtype.kind == "i" and width == 4:
        with suppress(wave.Error, EOFError), wave.open(BytesIO(data)) as file:
            return 3 if file.getsampwidth() == 3 else width
    return width


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
