"""Kill a job over parts at random moments, go on each time, and compare bytes.

    python -m benchmarks.scale.kills [--kills 20] [--seed 0] [--series 12000] [--files 12]
        [--verb predict|forecast]

Makes series in a temporary folder, forecasts them without a kill, and then again in a folder whose
job is killed (SIGKILL) so many times, each between its start and as long as it took without; a job
that ends before all kills are done is followed by another, in a new folder. Checks after each kill
that what is there is whole and is what it has to be, that nothing that was done is done again, and
at the end that all bytes are those of the job that nobody killed. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.scale.million import fit, make


def command(verb: str, model: Path, data: Path, out: Path) -> list[str]:
    """Return what is run."""
    how = [str(model), str(data)] if verb == "predict" else [str(data), "--horizon", "12"]
    more = ["--out", str(out), "--memory", "2GB", "--json"]
    return [sys.executable, "-m", "recur", verb, *how, *more]


def parts_of(out: Path) -> dict[str, bytes]:
    """Return the bytes of each part that is done."""
    return {path.name: path.read_bytes() for path in sorted(out.glob("part-*"))}


def killed(arguments: list[str], seconds: float) -> bool:
    """Run for so many seconds and kill; say whether it was still running."""
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    return process.wait() == -signal.SIGKILL


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--series", type=int, default=12_000)
    parser.add_argument("--files", type=int, default=12)
    parser.add_argument("--verb", choices=("predict", "forecast"), default="predict")
    given = parser.parse_args()
    draw = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        make(folder / "data", given.series, 200, given.files)
        model = fit("pretrained", folder / "data", 12, folder / "model.recur")

        def asked(out: Path) -> list[str]:
            return command(given.verb, model, folder / "data", out)

        began = time.perf_counter()
        subprocess.run(asked(folder / "whole"), check=True, stdout=subprocess.DEVNULL)
        took, whole = time.perf_counter() - began, parts_of(folder / "whole")
        kills, jobs, found = 0, 0, dict[str, Any](wrong=0, again=0, done_at_kills=[])
        while kills < given.kills:
            out, jobs = folder / f"job {jobs}", jobs + 1
            alive = True
            while alive and kills < given.kills:
                before = {path: path.stat().st_mtime_ns for path in out.glob("part-*")}
                alive = killed(asked(out), draw.uniform(0, took))
                kills += alive
                held = parts_of(out)
                found["done_at_kills"].append(len(held))
                found["wrong"] += not held.items() <= whole.items()
                found["again"] += sum(path.stat().st_mtime_ns != t for path, t in before.items())
            subprocess.run(asked(out), check=True, stdout=subprocess.DEVNULL)
            found["wrong"] += parts_of(out) != whole
        told = {"kills": kills, "jobs": jobs, "parts": len(whole), "seconds": round(took, 1)}
        print(json.dumps({"verb": given.verb, **told, **found}))
        sys.exit(bool(found["wrong"] or found["again"]))


if __name__ == "__main__":
    main()
