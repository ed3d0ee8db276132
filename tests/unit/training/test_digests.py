"""A job's digest covers every field of it, down to the last array: none can be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel

from recur.data.panel.scaling import Scaler
from recur.data.sources.base import Source
from recur.data.sources.covariates import CovariateInputs
from recur.data.sources.sequences import Sequences
from recur.data.sources.streams import Streams
from recur.data.sources.windows import Windows
from recur.data.tables.readers import read_panel
from recur.engines.base import StepRecipe
from recur.engines.registry import open_engine
from recur.networks.spec import Convolution, NetworkSpec
from recur.training.jobs import Job, RecordingJob, StreamJob
from recur.training.plan import TrainingPlan


def variants(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield a value with one thing in it changed at a time, and what was changed."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            for path, other in variants(getattr(value, name)):
                yield f".{name}{path}", value.model_copy(update={name: other})
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            for path, other in variants(getattr(value, part.name)):
                yield f".{part.name}{path}", replace(value, **{part.name: other})
    elif hasattr(value, "fingerprint"):
        yield "", SimpleNamespace(fingerprint="another engine")
    elif isinstance(value, np.ndarray):
        other = value.copy()
        other[-1] = ~other[-1] if value.dtype == np.bool_ else other[-1] + 1
        yield "[-1]", other
        yield "[:-1]", value[:-1]
    elif isinstance(value, range):
        yield ".start", range(value.start + 1, value.stop)
        yield ".stop", range(value.start, value.stop - 1)
    elif isinstance(value, tuple):
        yield "", (*value, 0.25)
    else:
        yield "", other_than(value)


def other_than(value: bool | float | str | None) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return f"{value}!"
    return 1 if value is None else value + 1


def windows() -> Windows:
    panel = read_panel([np.arange(20.0), np.arange(15.0)])
    beside = CovariateInputs(np.ones((41, 3), np.float32), 1, 2, 3, np.ones((2, 2), np.float32))
    plain = Windows.over(panel, Scaler("series", np.ones(2), np.ones(2)), 5, 2, covariates=beside)
    return plain.with_observed(np.ones(35, np.bool_))


SOURCES: dict[str, Source] = {
    "windows": windows(),
    "sequences": Sequences(
        inputs=np.ones((9, 2), np.float32),
        targets=np.ones((9, 1), np.float32),
        starts=np.arange(3) * 3,
        steps=3,
        lengths=np.array([3, 2, 1]),
    ),
    "streams": Streams(np.arange(9, dtype=np.uint8), 3),
}
SPEC = NetworkSpec(convolution=Convolution(filters=2, kernel=3), nonlinearity="relu", cell="rnn")
PLAN = TrainingPlan(
    epochs=20,
    batch=64,
    rate=0.005,
    schedule="onecycle",
    recipe=StepRecipe(loss="quantile", quantiles=(0.1, 0.5)),
)


def job(kind: type[Job], source: Source, **more: Any) -> Job:
    engine = open_engine("compiled", 1)
    return kind(SPEC, engine, source, range(20), range(20, 30), PLAN, **more)


JOBS = {
    **{name: job(Job, source) for name, source in SOURCES.items()},
    "text": job(StreamJob, SOURCES["streams"], length=3, offset=1),
    "recordings": job(RecordingJob, SOURCES["sequences"], begins=np.ones(3, np.bool_)),
}


@pytest.mark.parametrize("name", JOBS)
def test_every_field_of_a_job_changes_its_digest(name: str) -> None:
    changed = dict(variants(JOBS[name]))
    for part in fields(JOBS[name]):
        assert any(path.startswith(f".{part.name}") for path in changed)
    for deep in (".plan.recipe.quantiles", ".spec.convolution.kernel", ".windows."):
        assert any(path.startswith(deep) for path in changed)
    digests = {"unchanged": JOBS[name].digest()}
    digests |= {path: other.digest() for path, other in changed.items()}
    assert len(set(digests.values())) == len(digests)


@pytest.mark.parametrize("name", SOURCES)
def test_every_field_of_a_source_changes_its_digest(name: str) -> None:
    source = SOURCES[name]
    digests = [source.digest(), *(other.digest() for _, other in variants(source))]
    assert len(set(digests)) == len(digests)


def test_fields_that_may_be_missing_change_the_digest_when_they_are() -> None:
    source = windows()
    others = [replace(source, covariates=None), source.with_observed(None)]
    sequences = SOURCES["sequences"]
    assert isinstance(sequences, Sequences)
    others += [replace(sequences, lengths=None), sequences]  # type: ignore[list-item]
    digests = {other.digest() for other in (source, *others)}
    assert len(digests) == 5


def test_kinds_of_jobs_are_told_apart() -> None:
    plain, text = (job(kind, SOURCES["streams"]) for kind in (Job, StreamJob))
    assert plain.digest() != text.digest()


def test_an_equal_job_has_the_same_digest_whatever_was_asked_of_it_before() -> None:
    source = windows()
    before = job(Job, source).digest()
    source.gather(np.arange(2))
    assert job(Job, source).digest() == before == job(Job, windows()).digest()


def test_threads_do_not_count_where_bits_do_not_depend_on_them() -> None:
    one, two = (replace(JOBS["windows"], engine=open_engine("compiled", n)) for n in (1, 2))
    assert one.digest() == two.digest()
