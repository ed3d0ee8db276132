"""The search for settings: what it may look at, what it keeps, how it resumes and stops."""

from __future__ import annotations

import contextlib
import itertools
import logging
import sqlite3
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from logging.handlers import BufferingHandler
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recur
from recur.errors import InputError, SettingsError
from recur.judge.forecast.losses import loss_sequence
from recur.tasks.executor import run_by
from recur.tasks.forecast import tuning_search
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.tuning import Tuning, tune

optuna = pytest.importorskip("optuna", reason="Optuna, of the extra `sweep`, is not installed")


def values(points: int = 150) -> Any:
    return recur.synthetic.sine(points, 12, noise=0.1, seed=3).values


def quick(**parameters: Any) -> Forecaster:
    # The size and the rate are given, and so not searched: training stays short.
    return Forecaster(**{"horizon": 4, "hidden": 4, "epochs": 4, "rate": 0.02, **parameters})


def search(model: Forecaster | None = None, data: Any = None, **options: Any) -> Tuning:
    data = values() if data is None else data
    return tune(model or quick(), data, progress=False, **{"trials": 3, "test": 20, **options})


def test_the_test_stretch_is_never_looked_at() -> None:
    changed = values()
    changed[-20:] = 1e6 * np.arange(20)
    first, second = search(trials=6), search(data=changed, trials=6)
    assert first.trials == second.trials
    assert first.model.get_params() == second.model.get_params()


def test_what_comes_before_the_test_stretch_is_looked_at() -> None:
    changed = values()
    changed[-21] += 5
    assert search(trials=1).trials != search(data=changed, trials=1).trials


def test_the_first_trial_has_the_defaults() -> None:
    found = search(trials=1)
    default = quick().fit(values()[:-20], progress=False)
    judgement = default.judge()
    made = judgement.forecasts["network"]
    assert found.trials[0].error == loss_sequence(judgement.walk, made).mean()
    assert found.trials[0].settings["lookback"] == default.lookback_
    assert not found.model.is_fitted


def test_a_better_setting_is_given_to_the_model_and_the_defaults_stay_choices_of_the_data(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alone = search(trials=1)
    assert alone.model.get_params() == quick(network="trained").get_params()
    assert alone.sentence.endswith("none is better than the defaults.")
    measured = tuning_search.Search._measured

    def better(self: Any, settings: dict[str, Any]) -> tuple[Forecaster, float]:
        model, error = measured(self, settings)
        return model, error if settings.keys() <= {"epochs"} else 1e-3 * error

    monkeypatch.setattr(tuning_search.Search, "_measured", better)
    found = search()
    assert found.best in found.trials[1:]
    assert found.model.get_params() == {
        **quick(network="trained").get_params(),
        **found.best.settings,
    }
    assert "less squared error there than the defaults" in found.sentence


def test_what_the_user_has_changed_stays() -> None:
    assert set(search().trials[0].settings) == {"lookback", "residual", "strategy", "scaling"}
    given = search(quick(lookback=9, strategy="recursive", hidden=32))
    assert set(given.trials[0].settings) == {"residual", "scaling"}
    assert given.model.lookback == 9
    with pytest.raises(SettingsError, match="nothing to search"):
        search(quick(lookback=9, strategy="recursive", scaling="series", residual="none"))


def test_one_step_ahead_has_no_strategies_to_tell_apart() -> None:
    assert "recursive" not in [t.settings.get("strategy") for t in search(quick(horizon=1)).trials]


def test_the_same_seed_tries_the_same_settings() -> None:
    first, second, other = search(), search(), search(quick(seed=1))
    assert first.trials == second.trials
    assert [t.settings for t in first.trials[1:]] != [t.settings for t in other.trials[1:]]


def test_a_resumed_search_ends_as_one_that_never_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning_search, "_FINISHED", 2)
    path = tmp_path / "new folder" / "study{#1}.journal"
    at_once = search(trials=7)
    assert len({str(trial.settings) for trial in at_once.trials}) == 7
    assert search(trials=3, storage=path).trials == at_once.trials[:3]
    fits = count_fits(monkeypatch)
    resumed = search(trials=7, storage=path)
    assert resumed.trials == at_once.trials
    assert resumed.model.get_params() == at_once.model.get_params()
    assert len(fits) == sum(1 + (t.outcome == "finished") for t in resumed.trials[3:])
    assert list(path.parent.iterdir()) == [path]
    fits.clear()
    assert search(trials=5, storage=path).trials == at_once.trials[:5]
    assert not fits


def test_trials_side_by_side_find_what_they_find_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tuning_search, "_FINISHED", 2)
    most = []

    def at_once(
        run: Callable[[Any], Any], pieces: Iterable[Any], *, ahead: int = 1, **_: Any
    ) -> Iterator[Any]:
        rest, under_way = iter(pieces), deque[Any]()
        while True:
            under_way.extend(map(run, itertools.islice(rest, ahead - len(under_way))))
            if not under_way:
                return
            most.append(len(under_way))
            yield under_way[0]
            under_way.popleft()

    alone = search(trials=14)
    side_by_side: Any = at_once
    with run_by(side_by_side):
        assert search(trials=14).trials == alone.trials
    assert max(most) == tuning_search.AT_ONCE
    assert "stopped" in {trial.outcome for trial in alone.trials}


def count_fits(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """Return a list that grows by the epochs of every fit."""
    fits: list[int | None] = []
    fit = Forecaster.fit

    def counted(self: Forecaster, *data: Any, **options: Any) -> Forecaster:
        fits.append(self.epochs)
        return fit(self, *data, **options)

    monkeypatch.setattr(Forecaster, "fit", counted)
    return fits


def test_a_trial_that_is_worse_after_a_fourth_of_the_epochs_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tuning_search, "_FINISHED", 1)
    measured = tuning_search.Search._measured

    def worse(self: Any, settings: dict[str, Any]) -> tuple[Forecaster, float]:
        model, error = measured(self, settings)
        return model, error if settings.keys() <= {"epochs"} else 1e3 + error

    monkeypatch.setattr(tuning_search.Search, "_measured", worse)
    fits = count_fits(monkeypatch)
    found = search(quick(epochs=8))
    assert [trial.outcome for trial in found.trials] == ["finished", "stopped", "stopped"]
    assert found.trials[1].error is None
    assert fits == [8, 2, 2, 2]


def test_settings_that_cannot_be_fitted_are_one_trial_and_not_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured = tuning_search.Search._measured

    def refusing(self: Any, settings: dict[str, Any]) -> tuple[Forecaster, float]:
        if "lookback" in settings:
            raise SettingsError("no.")
        return measured(self, settings)

    monkeypatch.setattr(tuning_search.Search, "_measured", refusing)
    found = search()
    assert [trial.outcome for trial in found.trials] == ["finished", "refused", "refused"]
    assert found.model.get_params() == quick(network="trained").get_params()


@pytest.mark.parametrize("change", ["data", "test", "settings"])
def test_a_store_of_another_search_is_refused(change: str, tmp_path: Path) -> None:
    path = tmp_path / "study.journal"
    search(trials=1, storage=path)
    search(quick(threads=1), trials=1, storage=path)  # which change no result
    before = path.read_bytes()
    with pytest.raises(InputError, match="other data, settings or version"):
        search(
            quick(seed=int(change == "settings")),
            data=values() + (change == "data"),
            test=21 if change == "test" else 20,
            storage=path,
        )
    assert path.read_bytes() == before


def test_a_search_that_was_killed_at_any_byte_goes_on_to_the_same_end(tmp_path: Path) -> None:
    path, killed = tmp_path / "study.journal", tmp_path / "killed.journal"
    search(trials=1, storage=path)
    born = len(path.read_bytes())  # it appears with its first trial, whole or not at all
    ended = search(trials=3, storage=path)
    written = path.read_bytes()
    breaks = [i + 1 for i in range(born, len(written)) if written[i : i + 1] == b"\n"]
    for size in (born, born + 1, *breaks[:-1], breaks[-2] - 1, breaks[-2] + 1, len(written) - 1):
        killed.write_bytes(written[:size])
        assert search(trials=3, storage=killed).trials == ended.trials
        assert search(trials=3, storage=killed).trials == ended.trials


def test_a_lock_that_a_killed_search_left_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "study.journal"
    first = search(trials=1, storage=path)
    Path(f"{path}.lock").touch()
    monkeypatch.setattr("time.monotonic", itertools.count().__next__)  # each look a second later
    assert search(trials=2, storage=path).trials[:1] == first.trials
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


NO_STORES = {
    "notes": b"Not a store, and dear to somebody.\n" * 40,
    "notes without an end": b"Not a store",
    "nothing": b"",
    "JSON of something else": b'{"weights": [1, 2]}\n',
    "numbers": b"1\n2\n",
    "bytes": bytes(range(256)),
}


@pytest.mark.parametrize("content", NO_STORES.values(), ids=NO_STORES)
def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is no tuning store, or is damaged; give another path"):
        search(storage=path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("line", [0, 2, -1], ids=["first", "first trial", "last"])
def test_a_damaged_store_is_refused_and_left_as_it_is(line: int, tmp_path: Path) -> None:
    path = tmp_path / "study.journal"
    search(trials=2, storage=path)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[line] = b"{" + lines[line]
    path.write_bytes(b"".join(lines))
    with pytest.raises(InputError, match="is no tuning store, or is damaged"):
        search(storage=path)
    assert path.read_bytes() == b"".join(lines)


def test_a_study_of_somebody_else_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "study.journal"
    backend = optuna.storages.journal.JournalFileBackend(str(path))
    theirs = optuna.create_study(storage=optuna.storages.JournalStorage(backend), study_name="mine")
    theirs.add_trial(optuna.trial.create_trial(value=1.0))
    before = path.read_bytes()
    with pytest.raises(InputError, match="is no tuning store"):
        search(storage=path)
    assert path.read_bytes() == before


def test_a_store_of_an_earlier_version_is_named_as_one(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("create table studies (name)")
        database.commit()
    with pytest.raises(InputError, match=r"earlier version of recur, as SQLite, .*start anew"):
        search(storage=path)


def test_a_store_that_cannot_be_opened_is_refused_before_anything_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fits = count_fits(monkeypatch)
    with pytest.raises(InputError, match=r"cannot write .*: is a directory"):
        search(storage=tmp_path)
    assert not fits


def test_nothing_is_written_unless_a_store_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    search(trials=2)
    with pytest.raises(InputError):
        search(data=np.arange(9.0), storage=tmp_path / "new" / "study.journal")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("gently", [True, False])
def test_an_interrupted_search_keeps_its_finished_trials(
    gently: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit, fits = Forecaster.fit, []

    def interrupted(self: Forecaster, *data: Any, **options: Any) -> Forecaster:
        fits.append(self.epochs)
        if len(fits) == 5 and not gently:  # two fits a trial
            raise KeyboardInterrupt
        fitted = fit(self, *data, **options)
        if len(fits) == 5:
            learned = fitted._trained().learned.but(ended="interrupted")
            fitted.fitted_ = replace(fitted._trained(), learned=learned)
        return fitted

    path = tmp_path / "study.journal"
    with monkeypatch.context() as patch:
        patch.setattr(Forecaster, "fit", interrupted)
        found = search(trials=4, storage=path)
    assert len(found.trials) == 2
    assert search(trials=4, storage=path).trials == search(trials=4).trials


def test_optuna_says_nothing_and_its_log_is_left_as_it_was(tmp_path: Path) -> None:
    listener = BufferingHandler(1000)
    log = logging.getLogger("optuna")
    log.addHandler(listener)
    optuna.logging.set_verbosity(optuna.logging.DEBUG)
    try:
        search(trials=2, storage=tmp_path / "study.journal")
        search(trials=3, storage=tmp_path / "study.journal")
        assert optuna.logging.get_verbosity() == optuna.logging.DEBUG
        assert listener.buffer == []
    finally:
        log.removeHandler(listener)
        optuna.logging.set_verbosity(optuna.logging.INFO)


def test_without_optuna_one_sentence_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(SettingsError, match=r"pip install 'recurnets\[sweep\]'"):
        search()


def test_a_search_tries_at_least_once() -> None:
    with pytest.raises(SettingsError, match="`trials` is 0"):
        search(trials=0)
