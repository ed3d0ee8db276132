"""Where the studio is served: its page and what that is made of, and what it asks beside jobs."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from recur.data.examples import TABLES, example
from recur.labs.text import python_text
from recur.server import forecasting, others
from recur.server.bodies import Body, body_of, json_bytes
from recur.server.errors import Refusal
from recur.server.examples import DESCRIBE
from recur.server.examples import files as shown_files
from recur.server.jobs.folder import IN
from recur.server.jobs.routes import plain_name
from recur.server.jobs.runner import Jobs
from recur.server.limits import Limits
from recur.server.studio.apart import look
from recur.tasks.kinds import load

_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
_OTHERS = (  # of the pages that recur writes, which the studio looks like and draws with
    "page.css",
    "charts/charts.css",
    "charts/uplot/uPlot.min.css",
    "charts/uplot/uPlot.iife.min.js",
    "charts/uplot/LICENSE.txt",
)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; media-src blob:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
EXAMPLES = (*TABLES, "help")
_CHARACTERS = 60_000  # of the text to be learnt
_READ = 1  # files of a request

Compute = Callable[[Callable[[], bytes]], Awaitable[bytes]]
"""Does what takes its time away from the event loop."""


def add_studio_routes(app: FastAPI, compute: Compute, limits: Limits, jobs: Jobs | None) -> None:
    """Add the studio to an application."""
    made = _assets()

    @app.get("/", include_in_schema=False)
    async def studio() -> Response:
        return _asset(made, "index.html")

    @app.get("/studio/{name}", include_in_schema=False)
    async def asset(name: str) -> Response:
        return _asset(made, name)

    @app.get(
        "/v1/examples/{name}", summary="A file to try things on, made on the spot",
        openapi_extra=shown_files("text/csv", "text/plain"),
    )  # fmt: skip
    async def examples(name: str) -> Response:
        if name not in EXAMPLES:
            listed = ", ".join(f"`{one}`" for one in EXAMPLES)
            raise Refusal(404, f"there is no example `{name[:80]}`; there are {listed}.")
        made = await compute(lambda: _example(name).encode())
        return Response(made, media_type="text/plain" if name == "help" else "text/csv")

    @app.post(
        "/v1/describe", summary="What a file is: columns, clock, season, gaps, outliers",
        openapi_extra=DESCRIBE,
    )  # fmt: skip
    async def describe(request: Request) -> Response:
        body, settings = await _sent(request)
        made = await compute(lambda: look(body, settings, limits))
        return Response(made, media_type="application/json")

    if jobs is None:
        return

    @app.get(
        "/v1/jobs/{id}/sent/{name}", summary="The file that a job was given",
        openapi_extra=shown_files("application/octet-stream"),
    )  # fmt: skip
    async def sent(id: str, name: str) -> Response:  # noqa: A002 (the noun of the interface)
        job = jobs.get(id)
        path = jobs.place(job.id).path / IN / "file" / name
        if name not in job.files.get("file", ()) or not path.is_file():
            raise Refusal(404, f"job `{job.id}` has no file `{name[:100]}` any more.")
        made = await compute(path.read_bytes)
        return Response(made, media_type="application/octet-stream")

    @app.post("/v1/jobs/{id}/predict", summary="Ask the model that came of a job, as JSON")
    async def predict(id: str, request: Request) -> Response:  # noqa: A002
        job = jobs.get(id)
        path = jobs.place(job.id).result("model.recur") if job.status == "done" else None
        if path is None:
            raise Refusal(404, f"job `{job.id}` has no model; see its `files`.")
        body = body_of(request.headers.get("content-type", ""), await request.body(), {})

        def work() -> bytes:
            model = load(path)
            using: Any = forecasting if model.task == "forecast" else others
            return json_bytes(using.predict(model, body, limits).facts)

        return Response(await compute(work), media_type="application/json")


def _assets() -> dict[str, bytes]:
    """Return everything that the page is made of, by its name."""
    own = [one for one in files("recur.server.studio").iterdir() if _kind(one.name)]
    others = [files("recur.report").joinpath(name) for name in _OTHERS]
    return {one.name: one.read_bytes() for one in (*own, *others)}


def _kind(name: str) -> str | None:
    return _KINDS.get(f".{name.rpartition('.')[2]}")


def _asset(made: dict[str, bytes], name: str) -> Response:
    if name not in made:
        raise HTTPException(404)
    return Response(made[name], media_type=_kind(name), headers=_HEADERS)


def _example(name: str) -> str:
    return python_text()[:_CHARACTERS] if name == "help" else example(name)


async def _sent(request: Request) -> tuple[Body, dict[str, Any]]:
    """Return the file of a form, and what is said of it."""
    try:
        async with request.form(max_files=_READ, max_fields=_READ) as form:
            file, text = form.get("file"), form.get("settings", "{}")
            if not isinstance(file, UploadFile) or not file.filename:
                raise Refusal(422, "a file with a name is expected as the part `file`.")
            name, data = plain_name(file.filename), await file.read()
    except HTTPException as error:
        reason = str(error.detail).rstrip(".")
        raise Refusal(422, f"the body is no multipart form: {reason}.") from None
    try:
        settings = json.loads(text if isinstance(text, str) else "")
    except (ValueError, RecursionError):
        settings = None
    if not isinstance(settings, dict):
        raise Refusal(422, "`settings` is expected to be a JSON object.")
    return Body(None, name, data), settings
