"""Jobs as they run: each in a process of its own, resumed when that or the server was killed."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from recur.errors import SettingsError
from recur.files import locks
from recur.files.atomic import writable_folder
from recur.server.errors import Refusal
from recur.server.jobs.folder import JobFolder
from recur.server.jobs.store import CANCELLED, DONE, ENDED, FAILED, QUEUED, RUNNING, Job, Store

_DEATHS = 5  # of its process, after which a job is given up
_MOST = 256  # jobs that wait
_SWEEP = 600.0  # seconds between two looks for what is old
_DAY = 24 * 60 * 60.0


class Jobs:
    """The jobs of a server.

    Args:
        folder: where they are kept; of one server at a time.
        at_once: how many run.
        threads: that each may take.
        keep: days that what came of a job is kept.
        say: is told what happens, a sentence each.
    """

    def __init__(
        self, folder: Path, *, at_once: int, threads: int, keep: float,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        writable_folder(folder)
        self.folder, self._at_once, self._threads = folder, at_once, threads
        self._keep, self._say = keep * _DAY, say
        (folder / "jobs").mkdir(parents=True, exist_ok=True)
        self._lock = _locked(folder / "lock")
        self.store = Store(folder / "jobs.sqlite")
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._wake = asyncio.Event()
        self._ending = False

    def place(self, id_: str) -> JobFolder:
        """Return the folder of a job."""
        return JobFolder(self.folder / "jobs" / id_)

    def stage(self) -> Path:
        """Return a new folder for what is sent; it is no job's before `add`.

        Raises:
            Refusal: too many jobs wait already.
        """
        if self.store.counts().get(QUEUED, 0) >= _MOST:
            raise Refusal(
                429, f"{_MOST} jobs wait already; try again later.", {"Retry-After": "60"}
            )
        path = self.folder / "jobs" / f".{secrets.token_hex(8)}"
        path.mkdir()
        return path

    def add(self, staged: Path) -> Job:
        """Take a job whose folder is whole."""
        id_ = secrets.token_hex(8)
        staged.rename(self.place(id_).path)
        asked = self.place(id_).asked()
        self.store.add(id_, asked["verb"], asked["settings"], asked["files"], time.time())
        self._wake.set()
        return self.get(id_)

    def get(self, id_: str) -> Job:
        """Return a job.

        Raises:
            Refusal: there is none of this id.
        """
        job = self.store.get(id_)
        if job is None:
            raise Refusal(404, f"there is no job `{id_[:40]}`; it may be older than what is kept.")
        return job

    def drop(self, id_: str) -> Job:
        """Cancel a job that has not ended; forget one that has.

        Returns:
            the job as it is then.
        """
        job = self.get(id_)
        if job.status in ENDED:
            self.store.remove(id_)
            shutil.rmtree(self.place(id_).path, ignore_errors=True)
            return job
        self.store.set(id_, CANCELLED, ended=time.time())
        process = self._running.get(id_)
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
        else:
            self._empty(id_)
        return self.get(id_)

    async def run(self) -> None:
        """Run jobs, oldest first, until it is cancelled; then their processes are killed."""
        self._recover()
        sweeping = asyncio.create_task(self._sweep())
        tasks: set[asyncio.Task[None]] = set()
        try:
            while True:
                self._wake.clear()
                waiting = self.store.all(QUEUED)
                for job in waiting[: self._at_once - len(self._running)]:
                    self._running[job.id] = await self._start(job)
                    task = asyncio.create_task(self._attend(job.id))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
                await self._wake.wait()
        finally:
            self._ending = True
            sweeping.cancel()
            for process in self._running.values():
                with suppress(ProcessLookupError):
                    process.kill()
            await asyncio.gather(*tasks, return_exceptions=True)

    def close(self) -> None:
        """Let go of the folder."""
        self.store.close()
        self._lock.close()

    def _recover(self) -> None:
        """Take up what a server that ended has left: its jobs wait again, the rest is removed."""
        known = {job.id for job in self.store.all()}
        for path in (self.folder / "jobs").iterdir():
            if path.name not in known:
                shutil.rmtree(path, ignore_errors=True)
        for job in self.store.all(RUNNING):
            self.store.set(job.id, QUEUED)
            self._say(f"job {job.id} ({job.verb}) was interrupted, and goes on.")

    async def _start(self, job: Job) -> asyncio.subprocess.Process:
        self.store.set(job.id, RUNNING, started=job.started or time.time())
        path = self.place(job.id).path
        with (path / "worker.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "recur.server.jobs.worker", str(path), str(self._threads),
                stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self._say(f"job {job.id} ({job.verb}) has begun.")
        return process

    async def _attend(self, id_: str) -> None:
        """Wait for the end of a job's process, and take note of what came of it."""
        code = await self._running[id_].wait()
        del self._running[id_]
        if not self._ending:
            self._note(id_, code)
            self._wake.set()

    def _note(self, id_: str, code: int) -> None:
        job = self.store.get(id_)
        if job is None or job.status == CANCELLED:
            self._empty(id_)
            self._say(f"job {id_} was cancelled.")
            return
        outcome = self.place(id_).outcome()
        if outcome is None:  # its process was killed, or has fallen
            deaths = job.deaths + 1
            if deaths < _DEATHS:
                self.store.set(id_, QUEUED, deaths=deaths)
                self._say(f"the process of job {id_} ended with {code}; it goes on in a new one.")
                return
            sentence = f"its process ended {deaths} times before it was done; it is given up."
            outcome = {"status": FAILED, "error": sentence}
            self.place(id_).end(outcome)
        status = DONE if outcome["status"] == DONE else FAILED
        self.store.set(id_, status, error=outcome.get("error"), ended=time.time())
        self._say(f"job {id_} ({job.verb}) is {status}.")

    def _empty(self, id_: str) -> None:
        shutil.rmtree(self.place(id_).path, ignore_errors=True)

    async def _sweep(self) -> None:
        """Remove, now and then, what is older than what is kept."""
        while True:
            for job in self.store.all(*ENDED):
                if job.ended is not None and time.time() - job.ended > self._keep:
                    self.drop(job.id)
                    self._say(f"what came of job {job.id} is removed: it is old.")
            await asyncio.sleep(_SWEEP)


def _locked(path: Path) -> IO[Any]:
    """Return the lock of a folder, which no other server can have.

    Raises:
        SettingsError: another server has it.
    """
    file = locks.locked(path)
    if file is None:
        raise SettingsError(
            f"another server keeps its jobs in `{path.parent}`; name another folder with `data`."
        )
    return file
