"""Which jobs there are, in SQLite: what was promised is on disk before it is promised."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recur.errors import InputError

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
ENDED = (DONE, FAILED, CANCELLED)
_VERSION = 1
_TABLE = """
create table if not exists jobs (
    id text primary key,
    verb text not null,
    settings text not null,
    files text not null,
    status text not null,
    error text,
    deaths integer not null default 0,
    created real not null,
    started real,
    ended real
)
"""


@dataclass(frozen=True)
class Job:
    """A job.

    Attributes:
        id: by which it is asked for.
        verb: what it does.
        settings: of it.
        files: the names of those that were sent, by the part that they came as.
        status: `queued`, `running`, `done`, `failed` or `cancelled`.
        error: why it failed, in a sentence.
        deaths: how often its process was killed.
        created: when, in seconds since 1970, as are the others.
        started: when its process first was.
        ended: when it was.
    """

    id: str
    verb: str
    settings: dict[str, Any]
    files: dict[str, list[str]]
    status: str
    error: str | None
    deaths: int
    created: float
    started: float | None
    ended: float | None


class Store:
    """The jobs of a folder."""

    def __init__(self, path: Path) -> None:
        try:
            self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._base.execute("pragma journal_mode = wal")
            self._base.execute("pragma synchronous = full")
            (version,) = self._base.execute("pragma user_version").fetchone()
            if version > _VERSION:
                raise InputError(
                    f"`{path}` was written by a newer recur; install that, or name another folder."
                )
            self._base.execute(_TABLE)
            self._base.execute(f"pragma user_version = {_VERSION}")
        except sqlite3.Error as error:
            raise InputError(
                f"`{path}` cannot be used for the jobs of a server ({error}); name another folder."
            ) from None

    def add(
        self, id_: str, verb: str, settings: dict[str, Any], files: dict[str, list[str]], now: float
    ) -> None:
        """Add a job, which waits for its turn."""
        self._base.execute(
            "insert into jobs (id, verb, settings, files, status, created) values (?,?,?,?,?,?)",
            (id_, verb, json.dumps(settings), json.dumps(files), QUEUED, now),
        )

    def get(self, id_: str) -> Job | None:
        """Return a job by its id; None where there is none."""
        return next(self._select("where id = ?", id_), None)

    def all(self, *statuses: str, newest_first: bool = False) -> list[Job]:
        """Return the jobs of some statuses, or all, the oldest first."""
        order = "order by created desc" if newest_first else "order by created"
        if not statuses:
            return [*self._select(order)]
        marks = ",".join("?" * len(statuses))
        return [*self._select(f"where status in ({marks}) {order}", *statuses)]

    def counts(self) -> dict[str, int]:
        """Return how many there are of each status."""
        return dict(self._base.execute("select status, count(*) from jobs group by status"))

    def set(self, id_: str, status: str, **more: Any) -> None:
        """Change the status of a job, and what else has changed with it."""
        names = ", ".join(f"{name} = ?" for name in ("status", *more))
        self._base.execute(f"update jobs set {names} where id = ?", (status, *more.values(), id_))

    def remove(self, id_: str) -> None:
        """Forget a job."""
        self._base.execute("delete from jobs where id = ?", (id_,))

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def _select(self, rest: str, *values: Any) -> Iterator[Job]:
        names = "id, verb, settings, files, status, error, deaths, created, started, ended"
        for row in self._base.execute(f"select {names} from jobs {rest}", values):
            yield Job(row[0], row[1], json.loads(row[2]), json.loads(row[3]), *row[4:])
