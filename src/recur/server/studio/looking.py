"""What a file is, before anything is trained: for people who look at it in the studio."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from recur.data.describe.description import Description, describe
from recur.data.describe.overview import overview
from recur.data.histories.spans import longest_read
from recur.data.panel.panel import Panel
from recur.errors import DataError, UndecidedError
from recur.notices import listening
from recur.server.bodies import Body
from recur.server.limits import Limits
from recur.server.options import READING, Kind, taken
from recur.tasks.forecast.horizon import usual_horizon
from recur.tasks.forecast.pretrained import periods_of
from recur.tasks.overview import command_for
from recur.tasks.reading import read_columns

MOST_SERIES, MOST_VALUES = 200, 300_000
"""Of what is drawn: series, and values of all of them, the first series apart."""

_ASKED: dict[str, Kind] = {**READING, "horizon": "count"}
_COLUMNS = ("target", "time", "id")
_FEWEST = 1000  # values that are sent to be forecast from, where there are as many
_SECOND = 1e6  # microseconds


def look_at(body: Body, settings: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    """Return what a file is: its columns, and as far as they can be read its series.

    Args:
        body: the file.
        settings: how it is to be read, and how far to look ahead.
        limits: of what is read.

    Raises:
        RecurError: it is no table at all.
    """
    given = taken(settings, _ASKED)
    how = {name: value for name, value in given.items() if name in READING}
    table = {name: value for name, value in how.items() if name not in (*_COLUMNS, "fill", "wide")}
    with body.file() as path, listening() as heard:
        columns = overview(path, **table)
        found: dict[str, Any] = {
            "name": body.name,
            "columns": columns.to_dict()["described"],
            "rows": columns.rows,
            "chosen": {name: _text(how[name]) for name in _COLUMNS if name in how},
            "obstacle": None,
            "series": None,
        }
        try:
            panel, likeliest = _panel(path, how)
        except DataError as error:
            found["obstacle"] = str(error)
        else:
            limits.check_series(len(panel))
            limits.check_length(int(panel.lengths.max()))
            found |= _looked_at(panel, path, {**how, **likeliest}, given.get("horizon"))
            found["notices"] = heard.sentences
    return found


def _panel(path: Path, how: dict[str, Any]) -> tuple[Panel, dict[str, Any]]:
    """Return the series of a file, and the likeliest target where nobody has named one."""
    try:
        return read_columns(path, how), {}
    except UndecidedError as undecided:
        if undecided.option != "target":
            raise
        likeliest = {"target": [undecided.likeliest]}
        return read_columns(path, {**how, **likeliest}), likeliest


def _looked_at(
    panel: Panel, path: Path, how: dict[str, Any], horizon: int | None
) -> dict[str, Any]:
    described, steps = describe(panel), horizon or usual_horizon(panel)
    known = {name: value for name, value in how.items() if name in _COLUMNS}
    named = {"target": [panel.target], **panel.guessed, **known}
    series = drawn(panel, described)
    return {
        "chosen": {name: _text(named[name]) for name in _COLUMNS if name in named},
        "settings": {**how, "horizon": steps},
        "about": described.to_dict(),
        "reads": _read_at_most(panel, described.season),
        "clock": panel.clock.to_dict(),
        "ids": list(panel.ids[: len(series)]),
        "series": series,
        "command": command_for(path.name, panel, **how, horizon=steps),
        "python": python_for(path.name, named, how, steps),
    }


def _read_at_most(panel: Panel, season: int) -> int:
    """Return how many of the newest values the pretrained network makes anything of."""
    longest = int(panel.lengths.max())
    return max(_FEWEST, longest_read(*periods_of(season, panel.clock, longest)))


def drawn(panel: Panel, described: Description) -> list[dict[str, Any]]:
    """Return the first series as plain JSON values: where each value stands, and the values.

    Times are seconds since 1970, or numbers; what was not observed is null. Of those that were
    described, `unusual` holds the places of values far from their neighbours.
    """
    made: list[dict[str, Any]] = []
    count = 0
    for i in range(min(len(panel), MOST_SERIES)):
        count += int(panel.lengths[i])
        if made and count > MOST_VALUES:
            break
        times = panel.clock_times(i)
        x = np.round(times / _SECOND, 3) if panel.clock.dated else times
        known = ~panel.filled_in(i)
        values = panel.series(i).tolist()
        y = [one if seen else None for one, seen in zip(values, known.tolist(), strict=True)]
        outliers = described.series[i].outliers if i < len(described.series) else ()
        unusual = {one.time for one in outliers}
        stamps = times.tolist() if unusual else []
        places = [k for k, time in enumerate(stamps) if panel.clock.text(time) in unusual]
        made.append({"x": x.tolist(), "y": y, "unusual": places})
    return made


def python_for(name: str, columns: Mapping[str, Any], how: Mapping[str, Any], horizon: int) -> str:
    """Return the lines of Python that do what the command does.

    >>> print(python_for("a.csv", {"target": ["y"]}, {"every": "1d"}, 3))
    import recur
    <BLANKLINE>
    model = recur.Forecaster(horizon=3)
    model.fit("a.csv", target="y", every="1d")
    print(model.judgement_.verdict.sentence)
    print(model.predict().frame())
    model.save("model.recur")
    """
    named = {**columns, **{key: value for key, value in how.items() if key not in columns}}
    given = "".join(f", {key}={_quoted(value)}" for key, value in named.items())
    return "\n".join(
        (
            "import recur",
            "",
            f"model = recur.Forecaster(horizon={horizon})",
            f"model.fit({_quoted(name)}{given})",
            "print(model.judgement_.verdict.sentence)",
            "print(model.predict().frame())",
            'model.save("model.recur")',
        )
    )


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _quoted(value: Any) -> str:
    """Write a value as Python has it, texts in double quotes."""
    if isinstance(value, list):
        return _quoted(value[0]) if len(value) == 1 else f"[{', '.join(map(_quoted, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
