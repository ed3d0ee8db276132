"""Bytes that find new paths through the readers: `python -m benchmarks.attack.fuzz KIND`.

    pip install atheris==3.0.0
    python -m benchmarks.attack.fuzz tables --minutes 10 --corpus FOLDER

atheris (libFuzzer) changes bytes, keeps those that reach new lines of `recur.data` and
`recur.files` in the folder of the corpus, and goes on from them; it begins with the files of some
cases of the attack. What ends in anything but a result or one sentence is a finding: it is printed
once for each place in the code, and its bytes are kept beside the corpus. Parquet and Arrow are
left out: they are read by polars, whose own code is not seen, and which aborts on some of them.
Works on Linux, Python 3.11 to 3.13.
"""

from __future__ import annotations

import argparse
import hashlib
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import atheris
import numpy as np

with atheris.instrument_imports(include=["recur.data", "recur.files"]):
    import recur
    from recur.data.signals.wavefile import read_wave
    from recur.data.tables.readers import read_panel
    from recur.data.text.text import read_text
    from recur.files.modelfile import read_file

from tests.attack.child import kinds
from tests.attack.outcomes import GOOD, of_call
from tests.attack.victims import prepare

LONGEST = 20_000  # bytes
PATIENCE = 20  # seconds for one of them
READERS: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "tables": ("rows.csv", read_panel),
    "texts": ("text.txt", read_text),
    "sounds": ("sound.wav", read_wave),
    "models": ("model.recur", lambda path: recur.load(path).get_params()),
    "checkpoints": ("run.recur", read_file),
}
BEGUN_WITH = 40  # cases of the attack, whose files are the first of the corpus


def main() -> None:
    """Fuzz one reader for some minutes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=READERS)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    name, read = READERS[given.kind]
    corpus = given.corpus / given.kind
    found = given.corpus / f"{given.kind}-findings"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    begin(given.kind, corpus, Path(name).suffix)
    place = Path(tempfile.mkdtemp(prefix="fuzz-")) / name
    until = time.monotonic() + 60 * given.minutes
    seen: set[str] = set()
    signal.signal(signal.SIGALRM, _too_slow)

    def one(data: bytes) -> None:
        place.write_bytes(data)
        signal.alarm(PATIENCE)
        outcome, detail = of_call(lambda: _read(read, place))
        signal.alarm(0)
        where = detail[-300:]
        if outcome not in GOOD and where not in seen:
            seen.add(where)
            print(f"{given.kind}: {outcome}: {detail}", flush=True)
            keep(data, found)
        if time.monotonic() > until:
            print(f"{given.kind}: {len(seen)} findings in {given.minutes:g} minutes", flush=True)
            raise KeyboardInterrupt

    options = [f"-max_len={LONGEST}", f"-seed={given.seed}", "-timeout=300", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


def begin(kind: str, corpus: Path, suffix: str) -> None:
    """Keep the files of some cases of the attack, damaged as they are."""
    with tempfile.TemporaryDirectory() as victims:
        prepare(Path(victims))
        for number in range(BEGUN_WITH):
            with tempfile.TemporaryDirectory() as place:
                kinds()[kind](Path(victims), np.random.default_rng([1, number]), Path(place))
                for path in Path(place).rglob(f"*{suffix}"):
                    if path.is_file() and path.stat().st_size < LONGEST:
                        keep(path.read_bytes(), corpus)


def keep(data: bytes, folder: Path) -> None:
    """Write bytes into a folder, under the name that follows from them."""
    (folder / hashlib.sha1(data, usedforsecurity=False).hexdigest()).write_bytes(data)


def _read(read: Callable[[Path], Any], place: Path) -> None:
    """Read, and keep nothing: whether what was read is finite is asked where it is used."""
    read(place)


def _too_slow(*_: object) -> None:
    raise TimeoutError(f"longer than {PATIENCE} s")


if __name__ == "__main__":
    main()
