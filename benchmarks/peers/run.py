"""Runs recur beside its peers: `RECUR_DATA=FOLDER python benchmarks/peers/run.py [SECTION ...]`.

Each library has an environment of its own, made on first use, and does its jobs in processes of
their own. What was measured goes into `results.json` row by row, so a run that is broken off loses
nothing and a part can be run again (`--only TEXT`, those whose names hold it). `docs/benchmarks.md`
is written from that file at the end, or by `run.py page` alone. Needs Linux, or a Unix.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.peers import forecasting, others, results  # noqa: E402
from benchmarks.peers.environments import PEERS, ensure, folder_of_all  # noqa: E402
from benchmarks.peers.page import page  # noqa: E402
from benchmarks.peers.process import Peers  # noqa: E402

from recur.files.atomic import write_text  # noqa: E402

SECTIONS = {
    "install": others.install,
    "latency": others.latency,
    "singles": forecasting.single_series,
    "stocks": forecasting.stocks,
    "classes": others.classes,
    "ladder": forecasting.ladder,
    "text": others.text,
    "collections": forecasting.collections,
}
PAGE = "page"


def main() -> None:
    """Run the sections that are named, all of them by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--only", action="append", default=[], help="text in a row's name")
    parser.add_argument("--threads", type=int, default=2, help="that each library may use")
    parser.add_argument("--environments", type=Path, help="where they are, or are made")
    parser.add_argument("--results", type=Path, default=results.PATH)
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "benchmarks.md")
    given = parser.parse_args()
    asked = given.sections or list(SECTIONS)
    if unknown := set(asked) - {*SECTIONS, PAGE}:
        parser.error(f"there is no section {', '.join(sorted(unknown))}")
    if asked != [PAGE]:
        if "RECUR_DATA" not in os.environ:
            parser.error("set RECUR_DATA to a folder of real files")
        folder = folder_of_all(given.environments)
        places = {name: ensure(name, folder) for name in PEERS}
        peers = Peers(places, given.threads, given.only)
        for section in asked:
            for row in SECTIONS[section](peers) if section != PAGE else ():
                print({key: row[key] for key in row if key != "versions"}, flush=True)
                results.keep(given.results, section, {**row, "threads": given.threads})
    write_text(given.page, page(results.read(given.results)))


if __name__ == "__main__":
    main()
