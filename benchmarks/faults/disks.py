"""Faults of disks and of what lies on them: full, read-only, gone, used by two at once."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.faults.trial import (
    FORECAST,
    Trial,
    as_nobody,
    ended,
    need,
    sentence_of,
)

PARTS = ["predict", "model.recur", "parts", "--memory", "2GB", "--out", "out", "--json"]
_MOUNTED = 'mount -t tmpfs -o "$1" none small; shift; "$@"; code=$?; find small -type f; exit $code'


def full_disk(trial: Trial) -> str:
    """A disk that holds the model and not the pictures."""
    return _on_small(trial, "size=48k", [*FORECAST, "--out", "small/out"])


def full_disk_of_a_checkpoint(trial: Trial) -> str:
    """A disk that does not hold the run."""
    return _on_small(trial, "size=4k", [*FORECAST, "--checkpoint", "small/run.recur"])


def read_only_disk(trial: Trial) -> str:
    """A file system that takes nothing."""
    return _on_small(trial, "ro", [*FORECAST, "--out", "small/out"])


def _on_small(trial: Trial, how: str, words: list[str]) -> str:
    need("unshare", root=True)
    (trial.folder / "small").mkdir()
    around = ["unshare", "-m", "sh", "-c", _MOUNTED, "sh", how]
    done = trial.run([word for word in words if word != "--json"], around=around)
    listed = [line for line in done.out.decode().splitlines() if line.startswith("small/")]
    return trial.came(done, dict.fromkeys(listed, b"") | trial.files())


def full_output(trial: Trial) -> str:
    """Standard output that takes nothing: what was written to files is whole."""
    with Path("/dev/full").open("wb") as full:
        done = trial.run(stdout=full)
    said = sentence_of(done)
    whole = trial.files() == trial.expected
    return said if said and whole else f"EXIT {done.code}, files whole: {whole}: {done.err[-300:]}"


def full_errors(trial: Trial) -> str:
    """Standard error that takes nothing."""
    with Path("/dev/full").open("wb") as full:
        return trial.came(trial.run(stderr=full))


def folder_of_another(trial: Trial) -> str:
    """A folder that belongs to somebody else."""
    (trial.folder / "theirs").mkdir(mode=0o755)
    done = trial.run([*FORECAST, "--out", "theirs/out"], around=as_nobody())
    return trial.came(done, trial.files("theirs"))


def file_of_another(trial: Trial) -> str:
    """A table that nobody else may read."""
    (trial.folder / "series.csv").chmod(0o600)
    trial.folder.chmod(0o777)
    return trial.came(trial.run(around=as_nobody()))


def as_another(trial: Trial) -> str:
    """A user without a home, in a folder that is open to all."""
    trial.folder.chmod(0o777)
    around = as_nobody()
    return trial.came(trial.run(around=around, environment={"HOME": None, "MPLCONFIGDIR": None}))


def protected_results(trial: Trial) -> str:
    """Results of an earlier run that are write-protected: they are replaced, not written into."""
    (trial.folder / "out").mkdir()
    for name in trial.expected:
        (trial.folder / "out" / name).write_text("of an earlier run")
        (trial.folder / "out" / name).chmod(0o400)
    return trial.came(trial.run())


def folder_taken_away(trial: Trial) -> str:
    """A working folder that is deleted before the start."""
    gone = trial.folder / "gone"
    around = ["sh", "-c", f'mkdir "{gone}"; cd "{gone}"; rmdir "{gone}"; exec "$@"', "sh"]
    words = [
        str(trial.folder / "series.csv") if word == "series.csv" else word for word in FORECAST
    ]
    words[words.index("out")] = str(trial.folder / "out")
    return trial.came(trial.run(words, around=around))


def part_vanishes(trial: Trial) -> str:
    """A file of a folder that is deleted while parts before it are forecast, and put back."""
    return _parts(trial, lambda path: path.rename(trial.folder / path.name))


def part_is_cut(trial: Trial) -> str:
    """A file of a folder that is cut to half while parts before it are forecast, and put back."""
    return _parts(trial, lambda path: os.truncate(path, path.stat().st_size // 2))


def _parts(trial: Trial, spoil: Callable[[Path], object]) -> str:
    names = sorted(path.name for path in (trial.folder / "parts").iterdir())
    last = trial.folder / "parts" / names[-1]
    whole, kept = _whole_parts(trial), last.read_bytes()
    times = last.stat()
    process = trial.start(PARTS)
    while process.poll() is None and not list((trial.folder / "out").glob("part-*")):
        time.sleep(0.001)
    spoil(last)
    done = ended(process)
    held = files_in_parts(trial)
    if done.code and (sentence_of(done) is None or not held.items() <= whole.items()):
        return f"EXIT {done.code}: {done.err[-300:]}"
    last.write_bytes(kept)
    os.utime(last, ns=(times.st_atime_ns, times.st_mtime_ns))
    again = trial.run(PARTS)
    if again.code or files_in_parts(trial) != whole:
        return f"NOT GONE ON WITH: {again.err[-300:]}"
    return f"{sentence_of(done) or 'read before that'}; put back, the same bytes"


def _whole_parts(trial: Trial) -> dict[str, bytes]:
    done = trial.run(PARTS)
    assert done.code == 0, done.err
    whole = files_in_parts(trial)
    shutil.rmtree(trial.folder / "out")
    return whole


def files_in_parts(trial: Trial) -> dict[str, bytes]:
    """Return the parts that a job has done."""
    return {name: data for name, data in trial.files().items() if name.startswith("part-")}


def watched_file_vanishes(trial: Trial) -> str:
    """A watched file that is deleted and written anew."""
    file = trial.folder / "growing.csv"
    lines = (trial.folder / "series.csv").read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:40]))
    process = trial.start(["watch", "model.recur", "growing.csv"], bufsize=0)
    assert process.stdout
    process.stdout.read(1)
    file.unlink()
    time.sleep(1)
    file.write_text("".join(lines))
    seen = b""
    while process.poll() is None and lines[-1].split(",")[0].encode() not in seen:
        seen += process.stdout.read(1 << 16)
    process.send_signal(2)
    done = ended(process)
    told = "begun anew" in done.err and "Traceback" not in done.err
    return "followed from its beginning" if told else f"EXIT {done.code}: {done.err[-300:]}"


def two_runs_in_one_folder(trial: Trial) -> str:
    """Two commands with other seeds that write to one folder at once."""
    other = Trial(trial.folder, trial.cache)
    shutil.rmtree(trial.folder / "out", ignore_errors=True)
    words = [*FORECAST, "--seed", "7"]
    other.run(words)
    theirs = trial.files()
    shutil.rmtree(trial.folder / "out")
    both = [trial.start(), trial.start(words)]
    codes = [ended(one).code for one in both]
    held = trial.files()
    mixed = [
        name for name in held if held[name] not in (trial.expected.get(name), theirs.get(name))
    ]
    if any(codes) or mixed or held.keys() != trial.expected.keys():
        return f"CODES {codes}, HALF {mixed}, {sorted(held)}"
    return "each file whole, of one of them"


def two_runs_of_one_checkpoint(trial: Trial) -> str:
    """Two commands that save to one checkpoint at once."""
    outs = ("out", "other")
    words = [[*FORECAST, "--out", out, "--checkpoint", "run.recur"] for out in outs]
    done = [ended(one) for one in [trial.start(one) for one in words]]
    came = [trial.came(one, trial.files(out)) for one, out in zip(done, outs, strict=True)]
    left = [path.name for path in trial.folder.glob(".*.part")]
    return came[0] if came[0] == came[1] and not left else f"{came}, LEFT {left}"


def two_jobs_in_one_folder(trial: Trial) -> str:
    """Two jobs over parts that are started with one folder."""
    whole = _whole_parts(trial)
    done = [ended(one) for one in [trial.start(PARTS), trial.start(PARTS)]]
    refused = [sentence_of(one) for one in done if one.code]
    if files_in_parts(trial) != whole or None in refused or len(refused) > 1:
        return f"{[one.err[-200:] for one in done]}"
    return f"the other: {refused[0]}" if refused else "one after the other, the same bytes"


def two_cold_caches(trial: Trial) -> str:
    """Two commands that compile into one empty cache at once, and a third that uses it."""
    cold = {"RECUR_CACHE": None, "XDG_CACHE_HOME": str(trial.folder / "cache")}
    outs = ("out", "other")
    words = [[*FORECAST, "--out", out] for out in outs]
    done = [ended(one) for one in [trial.start(one, environment=cold) for one in words]]
    came = [trial.came(one, trial.files(out)) for one, out in zip(done, outs, strict=True)]
    before = set((trial.folder / "cache").rglob("*"))
    came.append(
        trial.came(trial.run([*FORECAST, "--out", "third"], environment=cold), trial.files("third"))
    )
    new = set((trial.folder / "cache").rglob("*")) - before
    left = list((trial.folder / "cache").rglob("*.part"))
    return came[0] if len(set(came)) == 1 and not new and not left else f"{came}, {new}, {left}"


def closed_cache(trial: Trial) -> str:
    """A cache that cannot be written to, and is empty."""
    (trial.folder / "file").write_text("")
    where = {"RECUR_CACHE": str(trial.folder / "file" / "cache")}
    return trial.came(trial.run(environment=where))


def broken_cache(trial: Trial) -> str:
    """A cache whose files are cut to half."""
    mine = trial.folder / "cache"
    shutil.copytree(trial.cache, mine)
    for path in mine.rglob("*.kernel"):
        os.truncate(path, path.stat().st_size // 2)
    return trial.came(trial.run(environment={"RECUR_CACHE": str(mine)}))
