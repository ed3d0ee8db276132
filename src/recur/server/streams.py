"""A stream of a model: messages come in one after the other, and what follows each goes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from recur.errors import DataError, SettingsError
from recur.notices import listening
from recur.server.errors import Refusal
from recur.server.forecasting import history_of, pretrained_on
from recur.server.limits import Limits
from recur.server.models import Served
from recur.server.options import Kind, taken
from recur.tasks.kinds import kind_of

_STREAMED = ("forecast", "denoise", "classify", "write")
_START: dict[str, tuple[str, ...]] = {
    "forecast": ("history", "series", "horizon", "beside"),
    "denoise": ("series",),
}
_MESSAGE: dict[str, Kind] = {"time": "texts", "series": "texts"}


class Streaming:
    """A stream of a model; its first message may say how it begins.

    Args:
        served: the model.
        limits: of what may be asked for.
    """

    def __init__(self, served: Served, limits: Limits) -> None:
        if served.task not in _STREAMED:
            raise Refusal(
                422, f"this model {kind_of(served.task).does}, and that takes whole ones."
            )
        self._served, self._limits = served, limits
        self._stream: Any = None
        self._count = 0

    def take(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Take a message: `{"start": ...}` at first, then `{"value": ...}` or `{"text": ...}`.

        Raises:
            RecurError, Refusal: it cannot be taken; the stream is as it was.
        """
        with listening() as heard:
            if "start" in message:
                self._begin(message)
                told: dict[str, Any] = {"started": self._served.name}
            else:
                told = self._pushed(message)
        return {**told, "notices": heard.sentences} if heard.sentences else told

    def _begin(self, message: Mapping[str, Any]) -> None:
        start = message["start"]
        if self._stream is not None or len(message) > 1:
            raise SettingsError("`start` is the first message of a stream, and stands alone in it.")
        if not isinstance(start, dict):
            raise DataError("`start` is expected to be an object.")
        known = _START.get(self._served.task, ())
        unknown = next((name for name in start if name not in known), None)
        if unknown is not None:
            listed = ", ".join(f"`{name}`" for name in known) or "nothing"
            raise SettingsError(f"`start` takes {listed} for this model, not `{unknown[:80]}`.")
        self._stream = self._made(start)

    def _made(self, start: Mapping[str, Any]) -> Any:
        given = taken({"horizon": start.get("horizon")}, {"horizon": "count"})
        self._limits.check_horizon(given.get("horizon"))
        series, history, model = start.get("series"), start.get("history"), self._served.model
        if series is not None:
            series = self._series(series)
            given["series"] = series
        if history is None:
            if model is None:
                raise SettingsError(
                    f"a stream of `{self._served.name}` goes on behind a history; send "
                    '{"start": {"history": {"series": [...]}}} first.'
                )
            return model.live(**given, **_beside(start))
        if not isinstance(history, dict):
            raise DataError("`history` is expected to be an object, as `/predict` takes it.")
        if model is None:
            panel = history_of(history, {}, self._limits)
            model = pretrained_on(panel, given, self._limits)
            return model.live(panel)
        return model.live(history_of(history, model.fitted_.learned.columns, self._limits), **given)

    def _series(self, given: Any) -> Any:
        """Return how many series there are, or their names."""
        if isinstance(given, int):
            count = taken({"series": given}, {"series": "count"})["series"]
            self._limits.check_series(count)
            return count
        names = taken({"series": given}, {"series": "texts"})["series"]
        self._limits.check_series(len(names))
        return given if isinstance(given, str) else names

    def _pushed(self, message: Mapping[str, Any]) -> dict[str, Any]:
        if self._stream is None:
            self._stream = self._made({})
        told = (self._text if self._served.task == "write" else self._value)(message)
        self._count += 1
        return {"n": self._count, **told}

    def _text(self, message: Mapping[str, Any]) -> dict[str, Any]:
        text = _only(message, "text")
        if not isinstance(text, str):
            raise DataError("`text` is expected to be a text.")
        self._limits.check_length(len(text))
        found: dict[str, Any] = self._stream.push(text).to_dict()
        return found

    def _value(self, message: Mapping[str, Any]) -> dict[str, Any]:
        forecasts = self._served.task == "forecast"
        value = _only(message, "value", *((*_MESSAGE, "beside") if forecasts else ()))
        numbers = value if isinstance(value, list) else [value]
        if not all(type(one) in (int, float, type(None)) for one in _flat(numbers)):
            raise DataError("`value` is expected to be a number, null, or a list of such.")
        try:
            array = np.array(value, dtype=np.float64)
        except (ValueError, OverflowError):
            raise DataError(
                "`value` holds lists of different lengths, or too large a number."
            ) from None
        if np.isinf(array).any():
            raise DataError("`value` is infinite; send null where it is missing.")
        given = array if array.ndim else float(array)
        if not forecasts:
            made = self._stream.push(given)
            return {"value": np.asarray(made).tolist()} if self._served.task == "denoise" else (
                made.to_dict()
            )  # fmt: skip
        how: dict[str, Any] = taken({name: message.get(name) for name in _MESSAGE}, _MESSAGE)
        if "time" in how:  # one for all, or one of each
            how["time"] = message["time"]
        found: dict[str, Any] = self._stream.push(given, **how, **_beside(message)).to_dict()
        return found


def _beside(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns beside values as a stream takes them; nothing where none are said."""
    columns = message.get("beside")
    if columns is None:
        return {}
    if not isinstance(columns, dict):
        raise DataError("`beside` is expected to be an object: columns by their names.")
    return {"beside": columns}


def _only(message: Mapping[str, Any], name: str, *beside: str) -> Any:
    unknown = next((other for other in message if other not in (name, *beside)), None)
    if unknown is not None or name not in message:
        came = f"`{unknown[:80]}` came" if unknown is not None else "it did not come"
        raise DataError(f"`{name}` is expected in a message; {came}.")
    return message[name]


def _flat(values: list[Any]) -> list[Any]:
    return [x for value in values for x in (value if isinstance(value, list) else [value])]
