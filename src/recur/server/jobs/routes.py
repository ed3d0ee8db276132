"""Jobs over HTTP: posted, looked at, followed, cancelled; what came of them, to be fetched."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse

from recur.errors import RecurError
from recur.server.bodies import json_bytes
from recur.server.errors import Refusal, refusal_of
from recur.server.examples import EVENTS, job
from recur.server.jobs.folder import IN, JobFolder
from recur.server.jobs.runner import Jobs
from recur.server.jobs.store import ENDED, Job
from recur.server.jobs.verbs import VERBS, Asked, asked, described
from recur.server.models import Models
from recur.server.sse import EventStream, event_bytes

_FILES, _FIELDS = 100, 20
_LONGEST = 120  # characters of the name of a file
_OFTEN = 0.2  # seconds between two looks at what happens
_QUIET = 15.0  # seconds after which a word is said so that the connection stays
_SANDBOX = "sandbox allow-scripts"  # a page cannot ask the server for anything


def add_job_routes(app: FastAPI, jobs: Jobs, models: Models, ending: asyncio.Event) -> None:
    """Add the addresses of jobs to an application."""

    @app.get("/v1/verbs", summary="What jobs can do, and the parameters that they take")
    async def verbs() -> Response:
        return _json({"verbs": described()})

    @app.post("/v1/jobs", summary="Train or judge an uploaded file", openapi_extra=job(VERBS))
    async def post(request: Request) -> Response:
        try:
            async with request.form(max_files=_FILES, max_fields=_FIELDS) as form:
                asking = _asked(form)
                staged = jobs.stage()
                try:
                    await asyncio.to_thread(_keep, staged, asking, form, models)
                    job = jobs.add(staged)
                finally:
                    shutil.rmtree(staged, ignore_errors=True)  # where it was not taken
        except HTTPException as error:
            reason = str(error.detail).rstrip(".")
            raise Refusal(422, f"the body is no multipart form: {reason}.") from None
        return _json(_told(job), 202, {"Location": f"/v1/jobs/{job.id}"})

    @app.get("/v1/jobs", summary="All jobs, the newest first")
    async def listing() -> Response:
        return _json({"jobs": [_told(job) for job in jobs.store.all(newest_first=True)]})

    @app.get("/v1/jobs/{id}", summary="What a job is, and what came of it")
    async def get(id: str) -> Response:  # noqa: A002 (the noun of the interface)
        job = jobs.get(id)
        outcome = (jobs.place(id).outcome() or {}) if job.status == "done" else {}
        came = {"files": outcome.get("files", []), "result": outcome.get("result")}
        return _json({**_told(job), **came})

    @app.get(
        "/v1/jobs/{id}/events", summary="What happens, as server-sent events",
        openapi_extra=EVENTS,
    )  # fmt: skip
    async def events(id: str, request: Request) -> Response:  # noqa: A002
        jobs.get(id)
        last = request.headers.get("last-event-id", "")
        start = int(last) if last.isascii() and last.isdigit() and len(last) < 16 else 0
        return EventStream(_events(jobs, id, start, request, ending))

    @app.get("/v1/jobs/{id}/files/{name}", summary="A file that came of a job")
    async def file(id: str, name: str) -> Response:  # noqa: A002
        job = jobs.get(id)
        found = jobs.place(id).result(name) if job.status == "done" else None
        if found is None:
            raise Refusal(404, f"job `{job.id}` has no file `{name[:100]}`; see its `files`.")
        shown = name.endswith((".html", ".png", ".svg"))
        return FileResponse(
            found, filename=name, content_disposition_type="inline" if shown else "attachment",
            headers={"Content-Security-Policy": _SANDBOX, "X-Content-Type-Options": "nosniff"},
        )  # fmt: skip

    @app.delete("/v1/jobs/{id}", summary="Cancel a job, or forget one that has ended")
    async def delete(id: str) -> Response:  # noqa: A002
        return _json(_told(jobs.drop(id)))


def _json(values: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(json_bytes(values), status, headers, "application/json")


def _told(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "verb": job.verb,
        "status": job.status,
        "error": job.error,
        "settings": job.settings,
        "sent": job.files,
        "created": job.created,
        "started": job.started,
        "ended": job.ended,
    }


def _asked(form: FormData) -> Asked:
    """Return what a form asks for, checked as far as it can be without its files."""
    verb, text = form.get("verb"), form.get("settings", "{}")
    if not isinstance(verb, str) or not isinstance(text, str):
        raise Refusal(422, "`verb` is expected, and `settings` as a JSON object, each a text.")
    try:
        settings = json.loads(text)
    except (ValueError, RecursionError):
        settings = None
    if not isinstance(settings, dict):
        raise Refusal(422, "`settings` is expected to be a JSON object.")
    try:
        asking = asked(verb, settings)
    except RecurError as error:
        raise refusal_of(error) from None
    known = VERBS[verb].files
    for part in form:
        if part not in (*known, "verb", "settings"):
            raise Refusal(
                422, f"`{verb}` knows no part `{part[:80]}`; there are {', '.join(known)}."
            )
    for part in known:
        sent = form.getlist(part)
        if not all(isinstance(one, UploadFile) and one.filename for one in sent):
            raise Refusal(422, f"the part `{part}` is expected to be a file with a name.")
        if len(sent) > 1 and not (part == "file" and VERBS[verb].several):
            raise Refusal(422, f"`{verb}` takes one file as `{part}`; {len(sent)} came.")
    if not form.getlist("file"):
        raise Refusal(422, "a job needs a file; send one as the part `file`.")
    return asking


def _keep(staged: Path, asking: Asked, form: FormData, models: Models) -> None:
    """Put what was sent where the job will find it."""
    files: dict[str, list[str]] = {}
    for part in VERBS[asking.verb].files:
        folder = staged / IN / part
        for sent in form.getlist(part):
            assert isinstance(sent, UploadFile)
            folder.mkdir(parents=True, exist_ok=True)
            name = plain_name(sent.filename or "")
            if name in files.get(part, ()):
                raise Refusal(422, f"two files are called `{name}`; rename one of them.")
            with (folder / name).open("xb") as kept:
                shutil.copyfileobj(sent.file, kept)
            files.setdefault(part, []).append(name)
    if "model" in asking.options and "model" not in files:
        name = f"{asking.options['model']}.recur"
        folder = staged / IN / "model"
        folder.mkdir(parents=True)
        (folder / name).write_bytes(models.file_of(asking.options["model"]))
        files["model"] = [name]
    elif "model" in VERBS[asking.verb].files and "model" not in files:
        raise Refusal(422, "a model is needed; send its file as the part `model`, or name it.")
    settings = {**asking.parameters, **asking.options}
    JobFolder(staged).ask(asking.verb, settings, files)


def plain_name(given: str) -> str:
    """Return the name of a file that was sent, without a folder and what a name can do harm by.

    >>> plain_name("../../etc/sales 2024.csv"), plain_name(".bashrc"), plain_name("a*?.csv")
    ('sales 2024.csv', 'bashrc', 'a__.csv')
    """
    name = re.split(r"[/\\\\]", given)[-1]
    name = re.sub(r"[^\w .()+-]", "_", name).lstrip(". -").rstrip(". ")
    stem, dot, end = name.rpartition(".")
    if len(name) > _LONGEST:
        name = f"{stem[: _LONGEST - len(end) - 1]}{dot}{end}"[-_LONGEST:]
    return name or "data"


async def _events(
    jobs: Jobs, id_: str, start: int, request: Request, ending: asyncio.Event
) -> AsyncIterator[bytes]:
    """Yield what happens to a job, from a place on, until it has ended or somebody has gone."""
    quiet, status = 0.0, ""
    while not (ending.is_set() or await request.is_disconnected()):
        job = jobs.store.get(id_)
        now = "gone" if job is None else job.status
        for place, event in jobs.place(id_).events(start):
            quiet = 0.0
            kind = next(iter(event), "event")
            start = place
            yield event_bytes(kind, event, start)
        if now != status:
            status = now
            yield event_bytes("status", {"status": now, "error": job and job.error}, start)
        if job is None or job.status in ENDED:
            yield event_bytes("end", {"status": now}, start)
            return
        quiet += _OFTEN
        if quiet >= _QUIET:
            quiet = 0.0
            yield b": still here\n\n"
        await asyncio.sleep(_OFTEN)
