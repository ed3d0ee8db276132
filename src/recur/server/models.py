"""The models that are served: loaded from files, picked up whole or not at all when replaced."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from recur.errors import RecurError, SettingsError, nearest
from recur.files.modelfile import read_file
from recur.notices import unheard
from recur.server import forecasting, others
from recur.server.bodies import Answer, Body
from recur.server.errors import Refusal
from recur.server.limits import Limits
from recur.tasks.kinds import describe_header, load
from recur.version import __version__

PRETRAINED = "pretrained"
_SUFFIX = ".recur"
_DIGITS = 16  # of the digest that names the version of a file
_Stamp = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class Served:
    """A model that is served.

    Attributes:
        name: by which it is asked for.
        task: what it does.
        model: it; None for the network that comes with recur, of which each request makes one.
        digest: of its file, SHA-256.
        facts: what it is, as plain JSON values.
    """

    name: str
    task: str
    model: Any
    digest: str
    facts: Mapping[str, Any]

    def predict(self, body: Body, limits: Limits) -> Answer:
        """Return what it says to what a request brings."""
        return self._use("predict")(self.model, body, limits)

    def judge(self, body: Body, limits: Limits) -> Answer:
        """Return how well it does on what a request brings."""
        return self._use("judge")(self.model, body, limits)

    def _use(self, verb: str) -> Callable[[Any, Body, Limits], Answer]:
        if self.model is None:
            verb = f"{verb}_pretrained"
        use: Callable[[Any, Body, Limits], Answer] = getattr(
            forecasting if self.task == "forecast" else others, verb
        )
        return use

    def warm(self) -> None:
        """Have a forecaster look ahead once, so that what computes is loaded before it is asked."""
        if self.task == "forecast":
            ramp = np.arange(200.0).tolist()
            with suppress(RecurError), unheard():  # which needs columns beside its values, say
                self.predict(Body({"series": ramp}), Limits())


@dataclass
class _File:
    """A file that is watched: what was last seen of it, and what is wrong with it."""

    stamp: _Stamp | None = None
    served: Served | None = None
    problem: str = ""


@dataclass
class Models:
    """The models of some files and folders, by name.

    Attributes:
        places: files, and folders whose files are watched.
        say: is told what was loaded, replaced, kept or lost, a sentence each.
    """

    places: tuple[Path, ...]
    say: Callable[[str], None] = lambda _: None
    _files: dict[Path, _File] = field(default_factory=dict)
    _served: dict[str, Served] = field(default_factory=dict)

    def load(self) -> None:
        """Load everything for the first time.

        Raises:
            RecurError: a file that was named is no model, or two models have one name.
        """
        for place in self.places:
            if not place.is_dir():
                self._files[place] = _File(_stamp(place), _loaded(place))
        self.refresh(first=True)

    def refresh(self, *, first: bool = False) -> None:
        """Look at every file anew; a model is replaced once its new file is whole."""
        found = {path: None for place in self.places for path in _files_of(place)}
        for path in self._files.keys() - found.keys():
            gone = self._files[path]
            if path in self.places:  # asked for by name: it stays for as long as it runs
                gone.stamp = None
                continue
            del self._files[path]
            self.say(
                f"`{path.name}` is gone" + ("." if gone.served is None else ", and its model.")
            )
        for path in found:
            self._look_at(path)
        self._name(first=first)

    def _look_at(self, path: Path) -> None:
        """Load a file that is new or has changed; keep what was there where it cannot be."""
        file, stamp = self._files.setdefault(path, _File()), _stamp(path)
        if stamp is None or stamp == file.stamp:
            return
        try:
            served = _loaded(path)
        except RecurError as error:
            file.problem = str(error).replace(str(path), path.name)
            kept = " The model as it was before stays." if file.served else ""
            self.say(f"{file.problem}{kept}")
            file.stamp = stamp
            return
        if _stamp(path) != stamp:  # it was written to meanwhile: the next look will tell
            return
        done = "loaded" if file.served is None else "replaced"
        if file.served is None or served.digest != file.served.digest:
            self.say(f"`{path.name}` is {done}, version {served.digest[:_DIGITS]}.")
        file.stamp, file.served, file.problem = stamp, served, ""

    def _name(self, *, first: bool) -> None:
        """Give each model its name; of two with the same one the first keeps it."""
        named: dict[str, Served] = {PRETRAINED: _pretrained()}
        homes = {PRETRAINED: "the network that comes with recur"}
        for path, file in self._files.items():
            if file.served is None:
                continue
            name = file.served.name
            if name in homes:
                sentence = (
                    f"two models are called `{name}`: `{path.name}` and {homes[name]}; rename one "
                    "of the files."
                )
                if first:
                    raise SettingsError(sentence)
                if file.problem != sentence:
                    file.problem = sentence
                    self.say(f"{sentence} The one that was there first is served.")
                continue
            named[name], homes[name] = file.served, f"`{path.name}` of another folder"
        self._served = named

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._served)

    def get(self, name: str) -> Served:
        """Return the model of a name.

        Raises:
            Refusal: there is none.
        """
        found = self._served.get(name)
        if found is None:
            raise Refusal(404, f"there is no model `{name[:100]}`; {nearest(name, self._served)}.")
        return found

    def file_of(self, name: str) -> bytes:
        """Return the file of a model, as it is served.

        Raises:
            Refusal: it has none, or that is another one by now.
        """
        served = self.get(name)
        path = next((path for path, file in self._files.items() if file.served is served), None)
        if path is None:
            raise Refusal(422, f"`{name}` has no file; `recur forecast` and `/predict` use it.")
        with suppress(OSError):
            data = path.read_bytes()
            if hashlib.sha256(data).hexdigest() == served.digest:
                return data
        raise Refusal(503, f"the file of `{name}` is being replaced; try again in a second.")

    def describe(self, name: str) -> dict[str, Any]:
        """Return what a model is, and what is wrong with its newest file."""
        served = self.get(name)
        problems = [file.problem for file in self._files.values() if file.served is served]
        return {**served.facts, "problem": next(filter(None, problems), None)}

    def listing(self) -> dict[str, Any]:
        """Return what all models are, and files that hold none."""
        broken = [
            {"file": path.name, "problem": file.problem}
            for path, file in self._files.items()
            if file.problem
            and (file.served is None or self._served.get(file.served.name) is not file.served)
        ]
        return {"models": [self.describe(name) for name in self._served], "broken": broken}


def _files_of(place: Path) -> Iterable[Path]:
    if not place.is_dir():
        return [place] if place.exists() else []
    with suppress(OSError):
        return sorted(path for path in place.glob(f"*{_SUFFIX}") if not path.name.startswith("."))
    return []


def _stamp(path: Path) -> _Stamp | None:
    """Return what changes when a file does; None where it is not there."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _loaded(path: Path) -> Served:
    """Return the model of a file, which has been used once."""
    contents = read_file(path, "model", header_only=True)
    model = load(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    about = {name: str(value) for name, value in describe_header(contents.header).items()}
    name = path.name.removesuffix(_SUFFIX)
    facts = {
        "name": name,
        "task": model.task,
        "version": digest[:_DIGITS],
        "digest": f"sha256:{digest}",
        "saved_by": contents.version,
        **(_forecaster(model) if model.task == "forecast" else {}),
        "about": about,
    }
    served = Served(name, model.task, model, digest, facts)
    served.warm()
    return served


def _forecaster(model: Any) -> dict[str, Any]:
    learned, settings = model.fitted_.learned, model.fitted_.settings
    return {
        "inputs": {name: list(of) for name, of in learned.columns.items()},
        "horizon": settings.horizon,
        "levels": list(settings.intervals),
        "season": learned.season,
        "lookback": learned.lookback,
        "clock": learned.clock.describe(),
        "series": len(learned.ids),
    }


def _pretrained() -> Served:
    facts: dict[str, Any] = {
        "name": PRETRAINED,
        "task": "forecast",
        "version": __version__,
        "digest": None,
        "saved_by": __version__,
        "inputs": {"target": [], "past": [], "known": [], "static": []},
        "horizon": None,
        "levels": [80.0, 95.0],
        "season": None,
        "lookback": None,
        "clock": None,
        "series": None,
        "about": {"network": "comes with recur: forecasts any series without a fit"},
    }
    return Served(PRETRAINED, "forecast", None, __version__, facts)
