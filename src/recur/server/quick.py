"""Forecasts that take less time than a thread would to begin with them: answered as they come.

To hand a request to a thread and take its answer back costs some hundred microseconds, and more
where several threads want the interpreter. A small network over a few windows is done by then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from recur.errors import RecurError
from recur.server.bodies import JSON, Body, content_type, json_object, wanted
from recur.server.errors import refusal_of
from recur.server.guard import App, Message, Receive, Scope, Send
from recur.server.models import Models, Served
from recur.tasks.forecast.fitted import FittedForecaster

ROUTE = "/v1/models/{name}/predict"
_BEFORE, _BEHIND = ROUTE.split("{name}")
_MOST = 16_384  # bytes of a body
_SOON = 1e7  # operations, which take about as long as handing them to a thread
_FEW = 8  # series, each of which is looked at by itself
_KNOWN = {"series", "horizon"}


class Route(NamedTuple):
    """The route of a request, as the application names it.

    Attributes:
        path: with the names of what varies.
    """

    path: str


class Quick:
    """Answers requests that are soon done; all others go on to the application.

    Args:
        app: the application.
        models: those that are served.
        answer: what a model says to a body, as it is sent, in a content type.
    """

    def __init__(
        self, app: App, models: Models, answer: Callable[[Served, Body, str], bytes]
    ) -> None:
        self._app, self._models, self._answer = app, models, answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a request."""
        served = self._asked(scope)
        if served is None:
            await self._app(scope, receive, send)
            return
        message = await receive()
        body = None if message.get("more_body") else _small(served, message.get("body", b""))
        if body is None:
            await self._app(scope, _after(message, receive), send)
            return
        kind = wanted(dict(scope["headers"]).get(b"accept", b"").decode("latin-1"))
        try:
            made = self._answer(served, body, kind)
        except RecurError as error:
            raise refusal_of(error) from None
        headers = [
            (b"content-type", kind.encode()),
            (b"content-length", str(len(made)).encode()),
            (b"recur-model-version", served.digest[:16].encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": made})

    def _asked(self, scope: Scope) -> Served | None:
        """Return the forecaster that a request asks with a small body of JSON; None for others."""
        if scope.get("method") != "POST" or scope["query_string"]:
            return None
        path: str = scope["path"]
        if not (path.startswith(_BEFORE) and path.endswith(_BEHIND)):
            return None
        headers = dict(scope["headers"])
        length, name = headers.get(b"content-length", b""), path[len(_BEFORE) : -len(_BEHIND)]
        if not length.isdigit() or int(length) > _MOST or "/" in name:
            return None
        if content_type(headers.get(b"content-type", b"").decode("latin-1")) != JSON:
            return None
        scope["route"] = Route(ROUTE)
        served = self._models.get(name)
        return served if _operations(served) <= _SOON else None


def _small(served: Served, data: bytes) -> Body | None:
    """Return what a request brings, if it is little to do; None where it is not."""
    values = json_object(data)
    series, horizon = values.get("series"), values.get("horizon")
    if not values.keys() <= _KNOWN or not isinstance(series, list) or not series:
        return None
    fitted = served.model.fitted_
    if horizon is not None and horizon != fitted.settings.horizon:
        return None
    each = series if isinstance(series[0], list) else [series]
    least = fitted.least_history  # with fewer values the pretrained network stands in
    if len(each) > _FEW or not all(isinstance(one, list) and len(one) >= least for one in each):
        return None
    return Body(values) if len(each) * _operations(served) <= _SOON else None


def _operations(served: Served) -> float:
    """Return how many operations one forecast takes, about."""
    fitted: Any = None if served.model is None else getattr(served.model, "fitted_", None)
    if not isinstance(fitted, FittedForecaster) or fitted.learned.engine != "compiled":
        return float("inf")
    settings, network = fitted.settings, fitted.learned.network
    passes = settings.samples if settings.interval_method.endswith("dropout") else 1
    again = 1 if network.decoder else -(-settings.horizon // settings.steps)
    return 2.0 * network.size * fitted.learned.lookback * passes * again


def _after(message: Message, receive: Receive) -> Receive:
    """Return how a request is received of which one message was read already."""
    read = False

    async def again() -> Message:
        nonlocal read
        if read:
            return await receive()
        read = True
        return message

    return again
