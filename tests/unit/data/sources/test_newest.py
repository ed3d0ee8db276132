"""Growing series keep their newest values, and streams give each symbol the one that follows it."""

from __future__ import annotations

import numpy as np
import pytest

from recur.data.sources.newest import NewestWindows, WindowReading
from recur.data.sources.streams import Streams
from recur.errors import ModelFileError

KEEP = 3


def grown(values: int, columns: int = 0) -> NewestWindows:
    """Return two series, of which the second had every other value only, the last unobserved."""
    newest = NewestWindows(2, KEEP, "none", WindowReading(1, sees_gaps=True), columns=columns)
    for i in range(values):
        some = np.array([0, 1] if i % 2 == 0 else [0])
        seen = np.array([True, i + 2 < values][: len(some)])
        newest.take(some, some * 1000.0 + i, seen, np.full(len(some), 50 + i))
    return newest


@pytest.mark.parametrize("values", [8, 69, 70, 71, 75, 137, 300])
def test_the_newest_values_are_kept_however_many_came(values: int) -> None:
    newest = grown(values)
    assert len(newest) == 2
    assert newest.counts.tolist() == [values, (values + 1) // 2]
    kept = newest.kept(0)
    assert newest.values[0, kept][-KEEP:].tolist() == list(range(values - KEEP, values))
    assert newest.times[0, kept][-KEEP:].tolist() == [50 + i for i in range(values - KEEP, values)]
    assert newest.observed[0, kept].all()
    last = (values - 1) // 2 * 2
    late = newest.kept(1)
    assert newest.times[1, late][-2:].tolist() == [48 + last, 50 + last]
    assert newest.observed[1, late][-2:].tolist() == [True, last + 2 < values]
    under = 1000 + last - 2 * (last + 2 >= values)  # what was there before is under the gap
    assert newest.newest_values(np.array([0, 1])).tolist() == [values - 1, under]
    newest.check()


def test_windows_are_the_newest_values_and_see_what_is_new() -> None:
    newest = grown(70)
    windows = newest.windows(np.array([0]))
    assert windows.gather(np.array([0])).inputs[:, 0, 0].tolist() == [67, 68, 69]
    newest.take(np.array([0]), np.array([7.0]), np.array([True]))
    again = newest.windows(np.array([0]))
    assert again.gather(np.array([0])).inputs[:, 0, 0].tolist() == [68, 69, 7]
    newest.forget()
    assert newest.counts.tolist() == [0, 0]
    assert newest.kept(1) == slice(0, 0)
    assert newest.left == newest.room


def test_columns_move_with_the_values_beside_them() -> None:
    newest = NewestWindows(1, KEEP, "none", WindowReading(1), columns=1, spare=2)
    for i in range(newest.room):
        newest.columns[0, int(newest.ends[0]), 0] = i
        newest.take(np.array([0]), np.array([float(i)]), np.array([True]))
    ahead = newest.columns[0, newest.room : newest.room + 2, 0] = [70, 71]
    newest.make_room()
    assert newest.columns[0, : KEEP + 2, 0].tolist() == [67, 68, 69, *ahead]
    assert newest.left == newest.room - KEEP


@pytest.mark.parametrize(
    ("name", "value"),
    [("begins", -1), ("begins", 9), ("ends", 71), ("counts", 1), ("scales", 0), ("values", np.nan)],
)
def test_a_state_that_leads_out_of_its_room_is_refused(name: str, value: float) -> None:
    newest = grown(8)
    newest.check()
    assert newest.left == 0  # which is found anew
    state = newest.state()[name]
    state[(1, 0) if state.ndim > 1 else 0] = value
    with pytest.raises(ModelFileError, match="outside of their rooms"):
        newest.check()


def test_a_stretch_is_followed_by_its_next_symbol() -> None:
    streams = Streams(np.array([5, 6, 7, 8, 9], np.uint8), steps=3)
    assert len(streams) == 2
    batch = streams.gather(np.array([1, 0]))
    assert batch.inputs.T.tolist() == [[6, 7, 8], [5, 6, 7]]
    assert batch.targets.T.tolist() == [[7, 8, 9], [6, 7, 8]]
    assert batch.inputs.dtype == np.int32
    assert len(Streams(np.zeros(2, np.uint8), steps=3)) == 0
