"""Cases of sounds: WAV files whose headers and lengths are not those of what they hold."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from tests.attack.outcomes import of_command
from tests.attack.values import flipped

Come = tuple[str, str, str]
_SIZES = (0, 1, 2, 3, 4, 7, 8, 15, 16, 24, 32, 64, 255, 1_000, 2**16 - 1)
_LENGTHS = (0, 1, 2**31 - 1, 2**31, 2**32 - 1, 7, 44, 100_000)


def sounds(folder: Path, rng: np.random.Generator, place: Path) -> tuple[str, list[Come]]:
    """Write a sound that is damaged, and clean it."""
    told, data = _wave(rng)
    if rng.random() < 0.4:
        more, data = flipped(data, rng)
        told = f"{told}, {more}"
    path = place / "sound.wav"
    path.write_bytes(data)
    model = folder / "sound.recur"
    used: list[tuple[object, ...]] = [("predict", model, path, "--out", place / "out")]
    if rng.random() < 0.5:
        used.append(("judge", model, path, "--clean", path, "--json"))
    return told, [(str(one[0]), *of_command(*one)) for one in used]


def _wave(rng: np.random.Generator) -> tuple[str, bytes]:
    fields = {"format": (1, 3)[rng.integers(2)], "channels": 1, "rate": 8_000, "bits": 16}
    fields["bits"] = 32 if fields["format"] == 3 else (8, 16, 24, 32)[rng.integers(4)]
    count = int(rng.integers(0, 300))
    values = rng.normal(0, 0.2, count)
    if fields["format"] == 3:
        values[: count // 50 * int(rng.integers(2))] = (np.nan, np.inf, 1e38, -1e38)[
            rng.integers(4)
        ]
        samples = values.astype("<f4").tobytes()
    else:
        samples = rng.bytes(count * fields["bits"] // 8)
    told = []
    for _ in range(int(rng.choice([0, 0, 1, 2]))):
        name = list(fields)[rng.integers(len(fields))]
        fields[name] = _SIZES[rng.integers(len(_SIZES))]
        told.append(f"{name} {fields[name]}")
    frame = fields["channels"] * fields["bits"] // 8
    head = struct.pack(
        "<HHIIHH", fields["format"], fields["channels"], fields["rate"],
        fields["rate"] * frame % 2**32, frame % 2**16, fields["bits"],
    )  # fmt: skip
    sizes = [len(head), len(samples)]
    if rng.random() < 0.4:
        i = int(rng.integers(2))
        sizes[i] = _LENGTHS[rng.integers(len(_LENGTHS))]
        told.append(f"chunk {i} of {sizes[i]}")
    chunks = b"fmt " + struct.pack("<I", sizes[0]) + head
    if rng.random() < 0.2:
        chunks += b"LIST" + struct.pack("<I", _LENGTHS[rng.integers(len(_LENGTHS))]) + b"INFO"
        told.append("a list of its own length")
    chunks += b"data" + struct.pack("<I", sizes[1]) + samples
    total = len(chunks) + 4
    if rng.random() < 0.2:
        total = _LENGTHS[rng.integers(len(_LENGTHS))]
        told.append(f"total {total}")
    return ", ".join(told) or "sound", b"RIFF" + struct.pack("<I", total) + b"WAVE" + chunks
