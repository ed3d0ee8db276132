"""The scoring rule of the Numenta Anomaly Benchmark, and how unusual values do by it.

NAB's files are not part of this repository. Whoever has them names the folder, which holds `data`
and `labels/combined_windows.json`:

    python benchmarks/live/nab.py FOLDER [--rate 0.0005]

The rule (Lavin and Ahmad, 2015, arXiv 1510.03336), re-implemented: of each window the earliest
detection counts, by a sigmoid from 1 at its beginning to 0 at its end; a detection outside costs
up to 0.11 by how far behind the last window it lies, all of it before the first; a window without
one costs 1. Nothing counts in the first 15 % of a file, or of 5,000 values where it is longer. The
score is 100 for a detector that finds every window at its beginning and nothing else, and 0 for
one that detects nothing. `tests/unit/bench/test_nab.py` holds it to cases reckoned by hand.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recur import Forecaster, read_panel
from recur.judge.forecast.alarms import FEWEST

_STEEP = 5.0
_LONGEST, _PROBATION = 5000, 0.15


@dataclass(frozen=True)
class Profile:
    """What detections are worth.

    Attributes:
        hit: of a window found at its beginning.
        false: what a false detection costs.
        missed: what a window costs that is not found.
    """

    hit: float = 1.0
    false: float = 0.11
    missed: float = 1.0


PROFILES = {
    "standard": Profile(),
    "few false alarms": Profile(false=0.22),
    "few misses": Profile(missed=2.0),
}


def sigmoid(place: float) -> float:
    """Return the worth of a detection, from 1 far in front of a window's end to -1 behind it.

    Args:
        place: -1 at the beginning of a window, 0 at its end, above 0 behind it.

    >>> round(sigmoid(-1.0), 4), sigmoid(0.0), round(sigmoid(3.0), 4)
    (0.9866, 0.0, -1.0)
    """
    return float(2.0 / (1.0 + np.exp(_STEEP * place)) - 1.0) if place < 3 else -1.0


def probation(length: int) -> int:
    """Return how many values at the beginning of a file nothing counts in."""
    return int(_PROBATION * min(length, _LONGEST))


def raw_score(
    length: int, windows: Sequence[tuple[int, int]], detected: Sequence[int], profile: Profile
) -> float:
    """Return what the detections in one file are worth.

    Args:
        length: values of the file.
        windows: the first and the last place of each, in order.
        detected: places of the detections.
        profile: what they are worth.
    """
    places = sorted(place for place in detected if place >= probation(length))
    score = 0.0
    for first, last in windows:
        if last < probation(length):
            continue
        inside = [place for place in places if first <= place <= last]
        if inside:
            width = max(1, last - first + 1)
            score += profile.hit * sigmoid(-(last - inside[0] + 1) / width) / sigmoid(-1.0)
        else:
            score -= profile.missed
    for place in places:
        if any(first <= place <= last for first, last in windows):
            continue
        before = [(first, last) for first, last in windows if last < place]
        worth = -1.0
        if before:
            first, last = before[-1]
            worth = sigmoid((place - last) / max(1, last - first))  # of a width less one
        score += profile.false * worth
    return score


def normalised(raw: float, windows: int, profile: Profile) -> float:
    """Return a score between that of detecting nothing, 0, and that of a perfect detector, 100.

    Args:
        raw: of all files.
        windows: in all of them.
        profile: what detections are worth.
    """
    none, perfect = -profile.missed * windows, profile.hit * windows
    return 100.0 * (raw - none) / (perfect - none)


def detections(file: Path, rate: float) -> tuple[list[str], list[int]]:
    """Return the times of a file, and the places of what a network finds unusual in it.

    The pretrained network has learnt nothing from the file, and each value is held against what
    was known before it.
    """
    panel = read_panel(file, target="value", time="timestamp")
    begun = panel.without_last(panel.rows - max(FEWEST, probation(panel.rows)))  # knows no more
    model = Forecaster(horizon=1, network="pretrained").fit(begun, test=0, progress=False)
    found = model.unusual(panel, rate=rate)
    times = panel.clock.iso(panel.times)
    return times, np.flatnonzero(found.unusual).tolist()


def windows_of(times: Sequence[str], labelled: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """Return the places of windows that are given by their first and last times."""
    stamps = np.array(times, "M8[us]")
    return [
        (int(np.searchsorted(stamps, np.datetime64(first))),
         int(np.searchsorted(stamps, np.datetime64(last), "right")) - 1)
        for first, last in labelled
    ]  # fmt: skip


def main() -> None:
    """Print the score of each profile over all files of a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rate", type=float, default=0.0005)
    given = parser.parse_args()
    labels: dict[str, Any] = json.loads((given.folder / "labels/combined_windows.json").read_text())
    raw, count = dict.fromkeys(PROFILES, 0.0), 0
    for name, labelled in labels.items():
        times, found = detections(given.folder / "data" / name, given.rate)
        windows = windows_of(times, labelled)
        count += len(windows)
        for profile, worth in PROFILES.items():
            raw[profile] += raw_score(len(times), windows, found, worth)
        hits = sum(any(a <= place <= b for place in found) for a, b in windows)
        print(f"{name}: {hits} of {len(windows)} windows, {len(found)} detections", flush=True)
    for profile, worth in PROFILES.items():
        print(f"{profile:18}{normalised(raw[profile], count, worth):8.1f}")


if __name__ == "__main__":
    main()
