"""Arrays in files: what was written is read, and what stands beside them lies in files too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recur.data.panel import mapped
from recur.data.panel.mapped import GrowingFile, inverted, is_mapped, open_map, zeros_beside


def test_a_file_that_grows_is_read_as_the_rows_that_were_added(tmp_path: Path) -> None:
    file = GrowingFile(tmp_path / "rows.npy", np.float64, (2,))
    rows = np.random.default_rng(0).normal(size=(1_000, 2))
    for part in np.array_split(rows, 7):
        file.add(part)
    file.close()
    read = open_map(tmp_path / "rows.npy")
    np.testing.assert_array_equal(read, rows)
    assert is_mapped(read[3:5])
    assert not read.flags.writeable
    assert not is_mapped(rows)


def test_what_lies_beside_a_mapped_array_is_mapped_and_leaves_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(mapped, "_TOGETHER", 3)
    flags = np.array([True, False, False, True, True])
    assert not is_mapped(inverted(flags))
    file = GrowingFile(tmp_path / "flags.npy", np.bool_)
    file.add(flags)
    file.close()
    read = open_map(tmp_path / "flags.npy")
    np.testing.assert_array_equal(inverted(read), ~flags)
    assert is_mapped(inverted(read))
    beside = zeros_beside(read, (4, 2), np.float32)
    beside[1] = 3.0
    assert beside.sum() == 6.0
    assert [path.name for path in tmp_path.iterdir()] == ["flags.npy"]
