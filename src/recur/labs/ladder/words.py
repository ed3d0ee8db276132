"""What the figures of the lab `ladder` say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from recur.labs.ladder.problem import NEXT, NOISE, TEN
from recur.report.findings import Row, figure


def words(
    rungs: dict[str, list[Row]],
    inside: list[Row],
    course: Mapping[str, Collection[str]],
    levels: Sequence[float],
) -> tuple[str, ...]:
    """Return what the figures say.

    Args:
        rungs: the rows by metric; the last one of each is the fit of least squares.
        inside: the share of truths that intervals hold, by level.
        course: the names of the course's networks, by metric.
        levels: of the intervals, in percent.
    """
    return (
        "The slides print figures and no recipe. The course's rows follow the usual one of this "
        "lecture, so what is printed and what came out here need not agree.",
        _on_limit(rungs),
        *(_on_networks(metric, rows, course[metric]) for metric, rows in rungs.items()),
        _on_intervals(inside, levels),
    )


def _on_limit(rungs: dict[str, list[Row]]) -> str:
    fitted = " and ".join(f"{_times_limit(rows[-1])}" for rows in (rungs[NEXT], rungs[TEN]))
    return (
        "The limit is the error of the mean of all curves that the known values allow: the noise "
        f"alone makes it {figure(NOISE**2 / 3)} on average, the rest is that 50 values in noise do "
        "not tell frequencies and phases exactly. Least squares, which is told that there are two "
        f"sines and how large, comes to {fitted} times it one and ten steps ahead."
    )


def _on_networks(metric: str, rows: list[Row], names: Collection[str]) -> str:
    taught = min((row for row in rows if row.name in names), key=_error)
    ours = min((row for row in rows if row.name.startswith("recur")), key=_error)
    sentence = (
        f"{metric}: the course's best network here is {taught.name} with {figure(taught.ours)}, "
        f"{_times_limit(taught)} times the limit; {ours.name} {figure(ours.ours)}, "
        f"{_times_limit(ours)} times."
    )
    linear = next((row for row in rows if row.name == "linear"), None)
    if linear is None:
        return sentence
    behind = [row.name for row in rows if row.name in names and _error(row) >= _error(linear)]
    if not behind:
        return f"{sentence} Every network does better than the linear model."
    return f"{sentence} Not better than the linear model: {', '.join(behind)}."


def _on_intervals(inside: list[Row], levels: Sequence[float]) -> str:
    shares = " and ".join(f"{100 * _error(row):.0f} %" for row in inside)
    nominal = " and ".join(f"{level:g} %" for level in levels)
    sentence = f"The {nominal} intervals of MC dropout hold {shares} of the truths."
    if all(100 * _error(row) < level for row, level in zip(inside, levels, strict=True)):
        sentence += (
            " They show what dropout changes in the network, not the noise of the series, and "
            "are too narrow."
        )
    return sentence


def _error(row: Row) -> float:
    assert row.ours is not None
    return row.ours


def _times_limit(row: Row) -> str:
    assert row.limit is not None
    return f"{_error(row) / row.limit:.2f}"
