"""What the tests of the server share: models, and a server of them on this machine alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

import recur
from recur.arrays import Float64s

if TYPE_CHECKING:
    import httpx

    from recur.server.app import Service
    from recur.server.limits import Limits

pytest.importorskip("fastapi", reason="FastAPI, of the extra `server`, is not installed")


@pytest.fixture(scope="session")
def series() -> Float64s:
    """Return a noisy wave."""
    return recur.synthetic.sine(points=160, period=12, noise=0.1).values.reshape(-1)


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory, series: Float64s) -> Path:
    """Return a folder with a forecaster, `wave`, and a writer, `prose`."""
    folder = tmp_path_factory.mktemp("models")
    quick: dict[str, Any] = {"epochs": 1, "hidden": 4, "seed": 1}
    forecaster = recur.Forecaster(horizon=3, lookback=12, intervals=(80,), **quick)
    forecaster.fit(series, test=40, progress=False).save(folder / "wave.recur")
    text = recur.Text.of("the cat sat on the mat and the dog sat on the log. " * 20)
    recur.Writer(layers=1, **quick).fit(text, progress=False).save(folder / "prose.recur")
    return folder


class Asked:
    """A server in a thread of this process, and what it has noted."""

    def __init__(self, client: httpx.Client, log: StringIO, service: Service) -> None:
        self.client, self.log, self.service = client, log, service

    def post(self, path: str, json: Any = None, **more: Any) -> Any:
        """Post JSON, or what is given."""
        return self.client.post(path, json=json, **more)

    def error(self, path: str, status: int, json: Any = None, **more: Any) -> str:
        """Return the sentence that a request is refused with."""
        answer = self.post(path, json, **more)
        assert answer.status_code == status, answer.text
        assert set(answer.json()) == {"error"}
        sentence: str = answer.json()["error"]
        return sentence


@contextmanager
def serving(
    *places: Path,
    limits: Limits | None = None,
    log: str = "text",
    data: Path | None = None,
    keep: float = 1.0,
    **more: Any,
) -> Iterator[Asked]:
    """Give a server of some models for as long as the block lasts; of jobs, if they have a folder.

    Args:
        places: files and folders of models.
        limits: of a request.
        log: its kind.
        data: the folder of jobs.
        keep: days that they are kept.
        more: what else a `Service` has.
    """
    import httpx
    import uvicorn

    from recur.server.app import Service, make_app
    from recur.server.jobs.runner import Jobs
    from recur.server.limits import Limits as Usual
    from recur.server.log import Log
    from recur.server.models import Models
    from recur.server.patience import patient
    from recur.server.run import listening_socket

    lines = StringIO()
    noted = Log(log, lines)
    loaded = Models(places, noted.say)
    loaded.load()
    if data is not None:
        more["jobs"] = Jobs(data, at_once=1, threads=1, keep=keep, say=noted.say)
    service = Service(models=loaded, threads=2, limits=limits or Usual(), log=noted, **more)
    app: Any = make_app(service)
    config = uvicorn.Config(app, http=patient(service.timeout), log_config=None, access_log=False)
    noted.take_over("uvicorn.error")
    server = uvicorn.Server(config)
    with listening_socket("127.0.0.1", 0) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with httpx.Client(base_url=url, timeout=120) as client:
                yield Asked(client, lines, service)
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def asked(models: Path) -> Iterator[Asked]:
    """Return a server of the folder of models."""
    with serving(models) as server:
        yield server
