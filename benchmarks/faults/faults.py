"""Run the command where disks are full, files vanish, memory is low, clocks step back, and so on.

    python -m benchmarks.faults.faults [--only few_files ...] [--page]

Each fault has an outcome that is promised; what came is told in words, and a word in capitals is
a finding: other bytes, something left behind, an exit code or a traceback that nobody promised.
--page writes the table to `docs/concepts/trust.md`. Root brings about the faults of other users
and of disks; without, they are said not to have been tried. Needs Linux.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.faults import disks, surroundings
from benchmarks.faults.page import put, table
from benchmarks.faults.trial import NotHere, Trial
from benchmarks.scale.million import fit, make
from tests.attack.victims import write_data

import recur
from recur.engines.compiled.build.cache import folder as kernels

SAME = "the same bytes"
SENTENCE = "one sentence, nothing left"
EITHER = "either of both"
FINDING = re.compile(r"\b(EXIT|LEFT|OTHER BYTES|CODES|HALF|NOT [A-Z]+)\b")


class Fault(NamedTuple):
    """What happens, what is promised for it, and how it is brought about; the quick ones are tests.

    Those are the ones that no other test brings about.
    """

    what: str
    promised: str
    bring: Callable[[Trial], str]
    quick: bool = False


FAULTS = (
    Fault("the disk fills while results are written", SENTENCE, disks.full_disk),
    Fault(
        "the disk has no room for a checkpoint",
        SENTENCE,
        disks.full_disk_of_a_checkpoint,
        quick=True,
    ),
    Fault("the file system is read-only", SENTENCE, disks.read_only_disk, quick=True),
    Fault("standard output is full", "one sentence, files are whole", disks.full_output),
    Fault("standard error is full", SAME, disks.full_errors, quick=True),
    Fault("standard input is closed", SAME, surroundings.closed_input, quick=True),
    Fault("the folder is somebody else's", SENTENCE, disks.folder_of_another),
    Fault("the table is somebody else's", SENTENCE, disks.file_of_another),
    Fault("another user, without a home", SAME, disks.as_another),
    Fault("earlier results are write-protected", SAME, disks.protected_results),
    Fault("the working folder was deleted", SAME, disks.folder_taken_away, quick=True),
    Fault(
        "a part's file vanishes meanwhile",
        "one sentence, what is done stays",
        disks.part_vanishes,
        quick=True,
    ),
    Fault("a part's file is cut meanwhile", "one sentence, what is done stays", disks.part_is_cut),
    Fault("a watched file is written anew", "followed anew", disks.watched_file_vanishes),
    Fault("two runs write to one folder", "each file whole", disks.two_runs_in_one_folder),
    Fault("two runs have one checkpoint", SAME, disks.two_runs_of_one_checkpoint, quick=True),
    Fault("two jobs have one folder", "one of them is refused", disks.two_jobs_in_one_folder),
    Fault("two compile into one empty cache", SAME, disks.two_cold_caches),
    Fault("the cache cannot be made", SAME, disks.closed_cache),
    Fault("all kernels in the cache are cut to half", SAME, disks.broken_cache),
    Fault("8 to 64 file handles", EITHER, surroundings.few_files),
    Fault("little memory", "either of both, or a library aborts", surroundings.little_memory),
    Fault("1 to 4 processes and threads", EITHER, surroundings.few_threads),
    Fault("no HOME", SAME, surroundings.no_home, quick=True),
    Fault("TMPDIR is not there", SAME, surroundings.no_folder_for_temporary_files),
    Fault("C, Turkish, German", SAME, surroundings.other_languages),
    Fault("other time zones, and none", SAME, surroundings.other_zones),
    Fault("output in ASCII, Windows-1252, UTF-16", SAME, surroundings.other_encodings),
    Fault("the clock steps back", SAME, surroundings.clock_steps_back, quick=True),
)


def prepare(data: Path) -> None:
    """Write what the command is given."""
    data.mkdir()
    write_data(data)
    make(data / "parts", 4800, 60, 12)
    fit("gru4", data / "parts", 12, data / "model.recur")


def bring(fault: Fault, base: Path, expected: dict[str, bytes]) -> str:
    """Bring a fault about in a folder of its own; say what came of it."""
    folder = base / fault.bring.__name__
    shutil.copytree(base / "data", folder)
    try:
        return fault.bring(Trial(folder, base / "kernels", expected))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--page", action="store_true")
    given = parser.parse_args()
    asked = [fault for fault in FAULTS if not given.only or fault.bring.__name__ in given.only]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background
    rows, began = [], time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary)
        base.chmod(0o755)
        expected = ordinary(base)
        for fault in asked:
            try:
                came = bring(fault, base, expected)
            except NotHere as reason:
                came = f"not tried here: {reason}"
            rows.append({"what happens": fault.what, "promised": fault.promised, "what came": came})
            print(*rows[-1].values(), sep=" | ", file=sys.stderr, flush=True)
    if given.page:
        put("faults", table(rows))
    found = [row for row in rows if FINDING.search(row["what came"])]
    minutes = round((time.monotonic() - began) / 60, 1)
    print(json.dumps({"recur": recur.__version__, "minutes": minutes, "rows": rows}, indent=1))
    sys.exit(bool(found))


def ordinary(base: Path) -> dict[str, bytes]:
    """Prepare a folder, and return what an ordinary run leaves; its kernels serve all others."""
    prepare(base / "data")
    cache, mine = base / "kernels", kernels()
    if mine.exists():
        shutil.copytree(mine, cache / mine.name)
    shutil.copytree(base / "data", base / "ordinary")
    trial = Trial(base / "ordinary", cache)
    done = trial.run()
    if done.code:
        sys.exit(f"an ordinary run failed: {done.err}")
    return trial.files()


if __name__ == "__main__":
    main()
