"""NAB's rule, on cases reckoned by hand; its files are nowhere here."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from benchmarks.live import nab

STANDARD = nab.PROFILES["standard"]
LENGTH, WINDOW = 1000, (400, 499)  # after the first 150, of which nothing counts


def score(*detected: int, profile: nab.Profile = STANDARD) -> float:
    """Return the score of a file with one window."""
    return nab.raw_score(LENGTH, [WINDOW], detected, profile)


def test_a_window_found_at_its_beginning_is_worth_one_and_missed_costs_one() -> None:
    assert score(400) == pytest.approx(1.0)
    assert score() == -1.0
    assert nab.normalised(score(400), 1, STANDARD) == pytest.approx(100)
    assert nab.normalised(score(), 1, STANDARD) == 0


def test_of_a_window_the_earliest_detection_counts_alone() -> None:
    # Half way in: 2 / (1 + exp(-2.5)) - 1 = 0.84828 of the 0.98661 at the beginning.
    assert score(450) == pytest.approx(0.84828 / 0.98661, abs=1e-4)
    assert score(450, 470, 499) == score(450)
    assert score(499) == pytest.approx((2 / (1 + np.exp(-0.05)) - 1) / 0.98661, abs=1e-4)


def test_a_false_detection_costs_more_the_further_behind_a_window_it_is() -> None:
    assert score(400, 300) == pytest.approx(1 - 0.11)  # before the first window: all of it
    assert score(400, 499 + 99) == pytest.approx(1 - 0.11 * 0.98661, abs=1e-5)
    assert score(400, 499 + 10) == pytest.approx(
        1 + 0.11 * (2 / (1 + np.exp(5 * 10 / 99)) - 1), abs=1e-9
    )
    assert score(400, 499 + 3 * 99) == pytest.approx(1 - 0.11)
    assert score(400, 300, 301) == pytest.approx(1 - 0.22)


def test_nothing_counts_at_the_beginning_of_a_file() -> None:
    assert nab.probation(1000) == 150
    assert nab.probation(20_000) == 750
    assert score(400, 149) == score(400)
    assert score(400, 150) == pytest.approx(1 - 0.11)
    assert nab.raw_score(LENGTH, [(20, 60)], [30], STANDARD) == 0


def test_profiles_weigh_false_alarms_and_misses() -> None:
    few_false, few_misses = nab.PROFILES["few false alarms"], nab.PROFILES["few misses"]
    assert score(400, 300, profile=few_false) == pytest.approx(1 - 0.22)
    assert score(profile=few_misses) == -2.0
    assert nab.normalised(score(profile=few_misses), 1, few_misses) == 0


def test_a_folder_laid_out_as_theirs_is_scored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    times = np.datetime64("2015-01-01T00:00") + 5 * np.arange(700)
    values = 10 + np.random.default_rng(0).normal(size=700)
    values[500] += 30
    lines = [f"{str(t).replace('T', ' ')}:00,{v:.3f}\n" for t, v in zip(times, values, strict=True)]
    (tmp_path / "data" / "made").mkdir(parents=True)
    (tmp_path / "labels").mkdir()
    (tmp_path / "data" / "made" / "one.csv").write_text("timestamp,value\n" + "".join(lines))
    window = [str(times[i]).replace("T", " ") + ":00.000000" for i in (495, 520)]
    (tmp_path / "labels" / "combined_windows.json").write_text(
        json.dumps({"made/one.csv": [window]})
    )
    monkeypatch.setattr(sys, "argv", ["nab.py", str(tmp_path)])
    nab.main()
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("made/one.csv: 1 of 1 windows")
    assert [line.split()[0] for line in told[1:]] == ["standard", "few", "few"]
