"""The application: what answers at which address, and what every error looks like."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.routing import Match, Route

from recur.errors import RecurError
from recur.notices import listening
from recur.server.bodies import Answer, Body, body_of, json_bytes, wanted, written
from recur.server.errors import Refusal, mistake, refusal_of
from recur.server.examples import FAILURES, JUDGE, MODELS, PREDICT
from recur.server.guard import App, Door, Guard
from recur.server.jobs.routes import add_job_routes
from recur.server.jobs.runner import Jobs
from recur.server.limits import Limits
from recur.server.log import Log
from recur.server.metrics import Labels, Metrics
from recur.server.models import Models, Served
from recur.server.pool import Pool
from recur.server.quick import Quick
from recur.server.streaming import Streams
from recur.server.studio.routes import add_studio_routes
from recur.version import __version__

_EVERY = 1.0  # seconds between two looks at the files


@dataclass
class Service:
    """All that a server has.

    Attributes:
        models: those that are served.
        threads: requests that are computed at once.
        limits: how much a request may ask for.
        queue: requests that may wait.
        timeout: seconds for a request to come, and to be answered.
        door: who may ask.
        log: where requests are noted.
        jobs: those that are posted; None where none can be.
        ending: set when the server is asked to end.
    """

    models: Models
    threads: int
    limits: Limits = field(default_factory=Limits)
    queue: int = 256
    timeout: float = 60.0
    door: Door = field(default_factory=Door)
    log: Log = field(default_factory=Log)
    metrics: Metrics = field(default_factory=Metrics)
    jobs: Jobs | None = None
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    pool: Pool = field(init=False)
    streams: Streams = field(init=False)

    def __post_init__(self) -> None:
        self.pool = Pool(self.threads, self.queue, self.timeout)
        self.streams = Streams(self.models, self.pool, self.limits, self.queue, self.ending)

    async def watch(self) -> None:
        """Look at the files of the models again and again."""
        while True:
            await asyncio.sleep(_EVERY)
            await asyncio.to_thread(self.models.refresh)

    def gauges(self) -> dict[str, tuple[str, dict[Labels, float]]]:
        """Return what is so at the moment, for `/metrics`."""
        jobs = {} if self.jobs is None else self.jobs.store.counts()
        return {
            "recur_jobs": ("Jobs by status.", {(("status", x),): n for x, n in jobs.items()}),
            "recur_streams": ("Streams that are open.", {(): self.streams.open}),
            "recur_models": ("Models that are served.", {(): len(self.models)}),
            "recur_requests_waiting": ("Requests that wait.", {(): self.pool.waiting}),
            "recur_requests_computing": ("Requests being computed.", {(): self.pool.busy}),
        }


def make_app(service: Service) -> App:
    """Return the application, with what guards it."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(service.watch())]
        if service.jobs is not None:
            tasks.append(asyncio.create_task(service.jobs.run()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if service.jobs is not None:
                service.jobs.close()
            await asyncio.to_thread(service.pool.close)

    app = FastAPI(
        title="recur",
        version=__version__,
        description="Forecasts, verdicts and more from trained models; see docs/guides/serving.md.",
        lifespan=lifespan,
        responses=FAILURES,
        docs_url=None,  # its pages come from elsewhere on the net
        redoc_url=None,
    )
    app.state.service = service
    _tell_errors(app)
    _add_routes(app, service)
    service.streams.add_routes(app)
    if service.jobs is not None:
        add_job_routes(app, service.jobs, service.models, service.ending)
    add_studio_routes(app, service.pool.run, service.limits, service.jobs)

    def answer(served: Served, body: Body, kind: str) -> bytes:
        return _answered(served, kind, lambda: served.predict(body, service.limits))

    return Guard(
        Quick(app, service.models, answer),
        service.door,
        service.limits.body,
        service.timeout,
        service.log,
        service.metrics,
    )


def _add_routes(app: FastAPI, service: Service) -> None:
    @app.get("/health", summary="Whether the server answers, and what it serves")
    async def health() -> Response:
        return _json({"status": "ok", "recur": __version__, "models": len(service.models)})

    @app.get("/metrics", summary="Counts for Prometheus", response_class=PlainTextResponse)
    async def metrics() -> Response:
        text = service.metrics.text(service.gauges())
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    @app.get("/v1/models", summary="What each model is", openapi_extra=MODELS)
    async def models() -> Response:
        return _json(service.models.listing())

    @app.get("/v1/models/{name}", summary="What one model is")
    async def model(name: str) -> Response:
        return _json(service.models.describe(name))

    @app.post(
        "/v1/models/{name}/predict", summary="Forecast, classify, tag, clean, translate or write",
        openapi_extra=PREDICT,
    )  # fmt: skip
    async def predict(name: str, request: Request) -> Response:
        return await _asked(service, name, request, "predict")

    @app.post(
        "/v1/models/{name}/judge", summary="How well a model does on data whose truth is known",
        openapi_extra=JUDGE,
    )  # fmt: skip
    async def judge(name: str, request: Request) -> Response:
        return await _asked(service, name, request, "judge")


async def _asked(service: Service, name: str, request: Request, use: str) -> Response:
    """Answer what a model is asked, computed in a thread."""
    served = service.models.get(name)
    kind = wanted(request.headers.get("accept", ""))
    content, query = request.headers.get("content-type", ""), dict(request.query_params)
    data = await request.body()

    def work() -> bytes:
        body = body_of(content, data, query)
        return _answered(served, kind, lambda: getattr(served, use)(body, service.limits))

    made = await service.pool.run(work)
    return Response(made, media_type=kind, headers={"Recur-Model-Version": served.digest[:16]})


def _answered(served: Served, kind: str, ask: Callable[[], Answer]) -> bytes:
    """Return an answer as it is sent, with the model that gave it and what was noticed."""
    with listening() as heard:
        answer = ask()
    facts = {
        "model": served.name,
        "version": served.facts["version"],
        "task": served.task,
        **answer.facts,
        "notices": heard.sentences,
    }
    return written(Answer(facts, answer.records, answer.frame), kind)


def _json(values: Any, status: int = 200) -> Response:
    return Response(json_bytes(values), status_code=status, media_type="application/json")


def _tell_errors(app: FastAPI) -> None:
    """Give every error the same shape: one sentence under `error`."""

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        return _json_refusal(error)

    async def of_recur(_: Request, error: Exception) -> Response:
        assert isinstance(error, RecurError)
        return _json_refusal(refusal_of(error))

    async def of_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        sentence = {
            404: f"there is nothing at `{request.url.path[:200]}`; see /openapi.json.",
            405: f"`{request.method}` is not understood at `{request.url.path[:200]}`; see "
            "/openapi.json.",
        }.get(error.status_code, str(error.detail))
        headers = error.headers
        if error.status_code == 405:  # an address may have several routes, a method each
            headers = {"Allow": ", ".join(sorted(_methods(app, request)))}
        return _json_refusal(Refusal(error.status_code, sentence, headers))

    async def mistaken(_: Request, __: Exception) -> Response:
        return _json_refusal(mistake())

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(RecurError, of_recur)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(Exception, mistaken)


def _methods(app: FastAPI, request: Request) -> set[str]:
    """Return what is understood at the address of a request."""
    routes = [route for route in app.routes if isinstance(route, Route)]
    found = [route for route in routes if route.matches(request.scope)[0] != Match.NONE]
    return {method for route in found for method in route.methods or ()}


def _json_refusal(refused: Refusal) -> Response:
    body = json_bytes({"error": refused.sentence})
    return Response(
        body, status_code=refused.status, headers=refused.headers, media_type="application/json"
    )
