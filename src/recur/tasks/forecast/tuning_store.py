"""Where the trials of a search are kept: an Optuna study, in memory or in a journal of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from recur.errors import InputError, SettingsError, not_installed
from recur.files.atomic import is_there, unwritable, writable_folder, write_bytes

if TYPE_CHECKING:
    from optuna.storages import BaseStorage
    from optuna.study import Study
    from optuna.trial import FrozenTrial

_NAME = "recur"
_SQLITE = b"SQLite format 3"  # what stores were until version 0.1


@contextmanager
def study(path: Path | None, digest: str, first: Callable[[], FrozenTrial]) -> Iterator[Study]:
    """Give a study that holds at least its first trial, from its file where there is one.

    Args:
        path: the file; none to keep the trials in memory.
        digest: of everything that the trials depend on; a file with another one is refused.
        first: measures the first trial. What cannot be fitted leaves no file behind.
    """
    if path is None:
        from optuna.storages import InMemoryStorage

        trial = first()
        with _quiet():
            yield _new(InMemoryStorage(), digest, trial)
        return
    if not is_there(path):
        writable_folder(path.parent)
        trial = first()
        # Put in its place with its first trial, so that a file is a store from the beginning.
        with _quiet(), TemporaryDirectory() as folder:
            part = Path(folder, path.name)
            _new(_journal(part), digest, trial)
            write_bytes(path, part.read_bytes())
    with _quiet():
        yield _opened(path, digest)


def _new(storage: BaseStorage, digest: str, trial: FrozenTrial) -> Study:
    """Return a new study with its first trial."""
    import optuna

    fresh = optuna.create_study(storage=storage, study_name=_NAME)
    fresh.set_user_attr("fingerprint", digest)
    fresh.add_trial(trial)
    return fresh


def _opened(path: Path, digest: str) -> Study:
    """Return the study of a file, or refuse what is none, or one of another search."""
    import optuna

    try:
        written = path.read_bytes()
    except OSError as error:
        raise unwritable(path, error) from None
    if written.startswith(_SQLITE):
        raise InputError(
            f"the tuning store `{path}` was written by an earlier version of recur, as SQLite, "
            "and cannot be taken up by this one; give another path to start anew."
        )
    whole = written[: written.rfind(b"\n") + 1]  # a killed search may leave a piece of a line
    try:
        for line in whole.splitlines():  # Optuna forgives the last one, and falls over it later
            json.loads(line)
        store = optuna.load_study(storage=_journal(path), study_name=_NAME)
        fingerprint, first = store.user_attrs["fingerprint"], store.trials[0]
        sound = first.value is not None and isinstance(first.user_attrs["epochs"], int)
    except Exception:  # a line that Optuna did not write can fail anywhere in it
        sound = False
    if not sound:
        raise InputError(
            f"`{path}` is no tuning store, or is damaged; give another path to start anew."
        )
    if fingerprint != digest:
        raise InputError(
            f"the tuning store `{path}` belongs to a search with other data, settings or "
            "version of recur; give the same ones to go on, or another path to start anew."
        )
    try:
        with path.open("rb+") as file:  # Optuna would write on behind a piece
            file.truncate(len(whole))
    except OSError as error:
        raise unwritable(path, error) from None
    return store


def _journal(path: Path) -> BaseStorage:
    """Return Optuna's storage in a file: a line of JSON for each thing that happened."""
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

    # Its usual lock, a link, cannot be made everywhere, and waits for ever beside a relative path.
    # Nobody shares a store: a lock that stays was left by a search that was killed.
    lock = JournalFileOpenLock(str(path), grace_period=3)
    return JournalStorage(JournalFileBackend(str(path), lock_obj=lock))


def finished(study: Study) -> list[FrozenTrial]:
    """Return the trials that are over; one that was killed or interrupted is none."""
    from optuna.trial import TrialState

    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Optuna's own log for as long as the block lasts."""
    from optuna import logging

    before = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        logging.set_verbosity(before)


def require_optuna() -> None:
    """Refuse to go on without Optuna, and say how to install it."""
    if find_spec("optuna") is None:
        raise SettingsError(
            f"a search for settings cannot run: {not_installed('Optuna', 'sweep')}."
        )
