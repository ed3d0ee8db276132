"""Processor seconds until the command answers and the package is imported.

    python benchmarks/speed/start.py

Medians of seven runs of a fresh process, without what Python itself takes to start. Prints one
JSON object.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys

CASES = {
    "recur --help": ["-m", "recur", "--help"],
    "recur --version": ["-m", "recur", "--version"],
    "import recur": ["-c", "import recur"],
    "recur.Forecaster": ["-c", "import recur; recur.Forecaster"],
}


def processor_seconds(arguments: list[str]) -> float:
    """Return user and system time of one run of Python."""
    before = os.times()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return (
        after.children_user - before.children_user + after.children_system - before.children_system
    )


def median(arguments: list[str]) -> float:
    """Return the median of seven runs."""
    return statistics.median(processor_seconds(arguments) for _ in range(7))


def main() -> None:
    python = median(["-c", "pass"])
    measured = {name: round(median(arguments) - python, 3) for name, arguments in CASES.items()}
    print(json.dumps({"python itself": round(python, 3), **measured}))


if __name__ == "__main__":
    main()
