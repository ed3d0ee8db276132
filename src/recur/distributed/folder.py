"""The folder of a job: its plan, the files of the parts that are done, and a lock."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from recur.data.clock import Clock
from recur.data.tables.formulas import as_they_were
from recur.data.tables.parted import FilePart
from recur.distributed.parts import Part, PartSettings
from recur.errors import DataError, SettingsError, visible
from recur.files import locks
from recur.files.atomic import unwritable, write_text
from recur.version import __version__

MANIFEST, MODEL, _LOCK = "manifest.json", "model.recur", ".lock"
_FORMAT = 2
_LEFT = re.compile(r"\..*\.part")  # what a writer that was killed has left

VERSIONS = {"recur": __version__, "polars": pl.__version__, "numpy": np.__version__}
"""What decides the bits of a forecast and of the digest of an id."""


@dataclass(frozen=True)
class Plan:
    """What a job does.

    Attributes:
        asked: what decides it, as a user gave it, as plain JSON values.
        inputs: of each file, its size and when it was changed.
        settings: of all parts.
        parts: in the order of the input.
    """

    asked: dict[str, Any]
    inputs: dict[str, list[int]]
    settings: PartSettings
    parts: Sequence[Part]


class JobFolder:
    """The folder of a job, which one process has at a time; see `job_folder`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def model(self) -> Path:
        """Return the file of the model that was fitted for the job."""
        return self.path / MODEL

    def file(self, part: Part, settings: PartSettings) -> Path:
        """Return the file of a part, which is there once it is done."""
        return self.path / f"{part.name}{settings.end}"

    def done(self, part: Part, settings: PartSettings) -> bool:
        """Say whether a part is done, and nothing of it was set aside."""
        return self.file(part, settings).exists() and not (self.path / part.mark).exists()

    def ids(self, part: Part, settings: PartSettings) -> pl.Series:
        """Return the ids of a part that is done, in their order."""
        path = self.file(part, settings)
        of_text = settings.end == ".csv"
        frame = pl.scan_csv(path, infer_schema=False) if of_text else pl.scan_parquet(path)
        ids = frame.select("unique_id").unique(maintain_order=True).collect()
        return (as_they_were(ids) if of_text else ids).to_series()

    def write(self, plan: Plan, came: Mapping[str, Any] | None = None) -> None:
        """Write the plan, and at the end what came of it."""
        settings = plan.settings
        held = {
            "format": _FORMAT,
            "versions": VERSIONS,
            "asked": plan.asked,
            "inputs": plan.inputs,
            "settings": {
                "columns": settings.columns,
                "horizon": settings.horizon,
                "clock": settings.clock.to_dict(),
                "end": settings.end,
                "whole": settings.whole,
            },
            "parts": [[asdict(source) for source in part.sources] for part in plan.parts],
            "came": came,
        }
        write_text(self.path / MANIFEST, json.dumps(held, ensure_ascii=False, indent=1) + "\n")

    def read(self) -> Plan | None:
        """Return the plan that the folder holds; None where it holds none."""
        path = self.path / MANIFEST
        if not path.exists():
            return None
        try:
            held = json.loads(path.read_text("utf-8"))
            number, versions = held["format"], dict(held["versions"])
        except (ValueError, KeyError, TypeError):
            raise _foreign(path) from None
        if type(number) is not int:  # for Python, true is a whole number
            raise _foreign(path)
        self._check_versions(number, versions)  # of others, the rest may have another form
        try:
            given = held["settings"]
            return Plan(
                held["asked"],
                held["inputs"],
                PartSettings(**given | {"clock": Clock.from_dict(given["clock"])}),
                [
                    Part(i, tuple(FilePart(**source) for source in sources))
                    for i, sources in enumerate(held["parts"])
                ],
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _foreign(path) from None

    def _check_versions(self, number: int, versions: Mapping[str, Any]) -> None:
        if number == _FORMAT and versions == VERSIONS:
            return
        there, here = _listed(versions), _listed(VERSIONS)
        if there == here:
            there, here = f"a plan of format {number}", f"format {_FORMAT}"
        raise SettingsError(
            f"`{self.path}/` holds the job of other versions ({visible(there, most=200)}; here "
            f"{here}), whose forecasts may differ; name another folder."
        )


def _foreign(path: Path) -> DataError:
    return DataError(
        f"`{path}` is no plan that recur wrote, or it is damaged; name another folder."
    )


def _listed(versions: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


@contextmanager
def job_folder(path: Path) -> Iterator[JobFolder]:
    """Give the folder of a job to this process alone, made where it is not there.

    Raises:
        SettingsError: it holds other things than a job, or another process has it.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        held = {one.name for one in path.iterdir()}
    except OSError as error:
        raise unwritable(path, error) from None
    if MANIFEST not in held and any(not _LEFT.fullmatch(name) for name in held - {_LOCK, MODEL}):
        raise SettingsError(
            f"`{path}/` is not empty, and what is in it is no job of recur; name another folder."
        )
    try:
        lock = locks.locked(path / _LOCK)
    except OSError as error:
        raise unwritable(path, error) from None
    if lock is None:
        raise SettingsError(
            f"another job writes to `{path}/`; wait until it has ended, or name another folder."
        )
    with lock:
        try:
            yield JobFolder(path)
        finally:
            if not (path / MANIFEST).exists():  # nothing was begun, and nothing is left
                with suppress(OSError):
                    (path / _LOCK).unlink()
                    path.rmdir()


def check_same(
    folder: Path, held: Plan, asked: Mapping[str, Any], inputs: Mapping[str, Any]
) -> None:
    """Refuse to go on with the job of a folder by another command, or with files that changed."""
    for name in {**held.asked, **asked}:
        here, there = asked.get(name), held.asked.get(name)
        if here != there:
            raise SettingsError(
                f"`{folder}/` holds the job of another command, whose `{name}` is {there!r} and "
                f"not {here!r}; name another folder."
            )
    for name in {**held.inputs, **inputs}:
        if name not in inputs or name not in held.inputs:
            change = "is gone" if name not in inputs else "is new"
        elif inputs[name] != held.inputs[name]:
            change = "has changed"
        else:
            continue
        raise SettingsError(
            f"`{name}` {change} since the job in `{folder}/` began; name another folder."
        )
