"""Faults of what a command finds where it is started: limits, variables, languages, clocks."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from benchmarks.faults.trial import FORECAST, Done, NotHere, Trial, as_nobody, need

_MB = 1 << 20
_BACK = """
import datetime, itertools, time
_real, _calls = time.time, itertools.count()
time.time = lambda: _real() - 3600 * next(_calls)
"""
_LOCALE = "import locale\nlocale.setlocale(locale.LC_ALL, {name!r})\n"


def few_files(trial: Trial) -> str:
    """Eight to sixty-four file handles."""
    return _each(trial, "NOFILE", [8, 12, 16, 20, 24, 32, 64])


def little_memory(trial: Trial) -> str:
    """A quarter to two gigabytes of addresses, and a fifth to one of data."""
    addresses = _each(trial, "AS", [size * _MB for size in (250, 500, 700, 1000, 1500, 2000)])
    return (
        addresses
        + "; "
        + _each(trial, "DATA", [size * _MB for size in (100, 150, 200, 300, 500, 1000)])
    )


def few_threads(trial: Trial) -> str:
    """A user who may start no thread, or a few."""
    trial.folder.chmod(0o777)
    return _each(trial, "NPROC", [1, 2, 4], as_nobody())


def _each(trial: Trial, name: str, limits: list[int], around: list[str] | None = None) -> str:
    """Run under each of some limits; say how each run ended, like ones together."""
    need("prlimit")
    ways: dict[str, list[int]] = {}
    for limit in limits:
        out = f"out-{name}-{limit}"
        limited = [*(around or []), "prlimit", f"--{name.lower()}={limit}"]
        done = trial.run([*FORECAST, "--out", out], around=limited)
        ways.setdefault(trial.came(done, trial.files(out)), []).append(limit)
    scale, unit = (_MB, " MB") if limits[0] > _MB else (1, "")
    return "; ".join(
        f"{', '.join(str(limit // scale) for limit in those)}{unit}: {way}"
        for way, those in ways.items()
    )


def no_home(trial: Trial) -> str:
    """No HOME, and no variable that names a folder."""
    gone = dict.fromkeys(name for name in os.environ if name.startswith(("XDG_", "HOME", "USER")))
    return trial.came(trial.run(environment={**gone, "HOME": None, "LOGNAME": None}))


def no_folder_for_temporary_files(trial: Trial) -> str:
    """TMPDIR names a folder that is not there."""
    return trial.came(trial.run(environment={"TMPDIR": str(trial.folder / "none")}))


def closed_input(trial: Trial) -> str:
    """Standard input that is closed."""
    return trial.came(trial.run(preexec_fn=lambda: os.close(0)))


def other_languages(trial: Trial) -> str:
    """C, Turkish and German, as variables and as Python takes them, as far as they are there."""
    where = _languages(trial.folder)
    came = {}
    for name in ("C", "tr_TR.UTF-8", "de_DE.UTF-8"):
        if name != "C" and where is None:
            raise NotHere("languages can be neither found nor made")
        environment = {"LC_ALL": name, "PYTHONUTF8": None}
        if where is not None:
            environment["LOCPATH"] = str(where)
        out = f"out-{name}"
        done = trial.run(
            [*FORECAST, "--out", out], code=_LOCALE.format(name=name), environment=environment
        )
        came[name] = trial.came(done, trial.files(out))
    return _together(came)


def _languages(folder: Path) -> Path | None:
    """Return a folder of Turkish and German, made where it can be."""
    try:
        for name in ("tr_TR", "de_DE"):
            made = folder / "languages" / f"{name}.UTF-8"
            made.parent.mkdir(exist_ok=True)
            subprocess.run(
                ["localedef", "-i", name, "-f", "UTF-8", str(made)], check=True, capture_output=True
            )
    except (OSError, subprocess.CalledProcessError):
        return None
    return folder / "languages"


def other_zones(trial: Trial) -> str:
    """Time zones: the first and the last, one of half an hour, one that does not exist."""
    came = {}
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12", "America/St_Johns", "Nowhere/None"):
        out = f"out-{zone.replace('/', '-')}"
        done = trial.run([*FORECAST, "--out", out], environment={"TZ": zone})
        came[zone] = trial.came(done, trial.files(out))
    return _together(came)


def other_encodings(trial: Trial) -> str:
    """Standard output in ASCII, Windows-1252 and UTF-16, with a column that none of two has."""
    text = (trial.folder / "series.csv").read_text("utf-8")
    (trial.folder / "series.csv").write_text(text.replace("ds,y", "ds,Größe λ"), "utf-8")
    trial.expected.clear()
    came = {}
    for encoding in ("ascii", "cp1252", "utf-16"):
        for more in ([], ["--json"]):
            words = [word for word in FORECAST if word != "--json"] + more
            out = f"out-{encoding}-{len(more)}"
            done = trial.run([*words, "--out", out], environment={"PYTHONIOENCODING": encoding})
            way = trial.came(done, trial.files(out))
            if not trial.expected:
                trial.expected = trial.files(out)
            if done.code == 0:
                way += _readable(done, encoding, as_json=bool(more))
            came[encoding + " JSON" * len(more)] = way
    return _together(came)


def _readable(done: Done, encoding: str, *, as_json: bool) -> str:
    try:
        text = done.out.decode(encoding)
        if as_json:
            json.loads(text)
    except ValueError as error:
        return f", NOT READABLE: {error}"
    return ""


def clock_steps_back(trial: Trial) -> str:
    """A clock that goes back by an hour each time it is looked at."""
    return trial.came(trial.run([*FORECAST, "--checkpoint", "run.recur"], code=_BACK))


def _together(came: dict[str, str]) -> str:
    """Say once what came of all."""
    ways = set(came.values())
    return (
        ways.pop() if len(ways) == 1 else "; ".join(f"{name}: {way}" for name, way in came.items())
    )
