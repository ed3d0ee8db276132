"""An environment for each library, of its own, at pinned versions, and what installing it took."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import venv
from dataclasses import asdict, dataclass, field
from pathlib import Path

from platformdirs import user_cache_path

ROOT = Path(__file__).parents[2]
TORCH = "torch==2.13.0"
"""Installed first where it is needed, and the only one that any environment may take."""

_LONGEST = 400  # characters that are kept of why something could not be installed


@dataclass(frozen=True)
class Peer:
    """A library as its users install it.

    Attributes:
        requirements: what pip is asked for.
        module: what a user imports.
        torch: whether PyTorch is installed first.
    """

    requirements: tuple[str, ...]
    module: str
    torch: bool = False

    def key(self) -> str:
        """Return what an environment of it is known by: another one is made anew."""
        return json.dumps([TORCH if self.torch else "", *self.requirements, self.source()])

    def source(self) -> str:
        """Return which state of the tree recur is installed from; empty for all others."""
        if self.module != "recur":
            return ""
        git = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD:src"]
        return subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()


PEERS = {
    "recur": Peer((str(ROOT),), "recur"),
    "statsforecast": Peer(("statsforecast==2.1.1",), "statsforecast"),
    "neuralforecast": Peer(("neuralforecast==3.3.0",), "neuralforecast", torch=True),
    "Darts": Peer(("darts[torch]==0.48.1",), "darts.models", torch=True),
    "PyTorch": Peer(("numpy==2.4.6",), "torch", torch=True),
    "scikit-learn": Peer(("scikit-learn==1.9.1",), "sklearn.linear_model"),
    "aeon": Peer(("aeon==1.6.0",), "aeon.classification.convolution_based"),
    "KenLM": Peer(("kenlm==0.3.0",), "kenlm"),
}


@dataclass(frozen=True)
class Installed:
    """An environment as it was made.

    Attributes:
        python: its interpreter; empty where it could not be made.
        versions: of every package in it.
        megabytes: of all files that the installation brought.
        seconds: that pip took, downloads among them.
        processor: seconds of the processor in them.
        error: why there is none.
    """

    python: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    megabytes: float = 0.0
    seconds: float = 0.0
    processor: float = 0.0
    error: str = ""


def folder_of_all(told: Path | None) -> Path:
    """Return where environments are: as told, else in the platform's folder for caches."""
    return told or user_cache_path("recur-peers")


def ensure(name: str, folder: Path) -> Installed:
    """Return the environment of a peer, made where there is none yet of these requirements."""
    peer, place = PEERS[name], folder / name.lower()
    note = place / "installed.json"
    if note.exists():
        kept = json.loads(note.read_text("utf-8"))
        if kept.pop("key") == peer.key():
            return Installed(**kept)
    shutil.rmtree(place, ignore_errors=True)
    made = _made(peer, place)
    note.write_text(json.dumps({"key": peer.key(), **asdict(made)}, indent=1), "utf-8")
    return made


def _made(peer: Peer, place: Path) -> Installed:
    venv.create(place, with_pip=True)
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    before, began, processor = _bytes(place), time.perf_counter(), _processor()
    limits = place / "constraints.txt"
    own = (ROOT / "constraints.txt").read_text("utf-8")
    limits.write_text(own if peer.module == "recur" else TORCH + "\n", "utf-8")
    for wanted in [(TORCH,)] * peer.torch + [peer.requirements]:
        pip = [str(python), "-m", "pip", "install", "-q", "-c", str(limits), *wanted]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            lines = [line for line in done.stderr.splitlines() if "error" in line.lower()]
            return Installed(error=" ".join(lines)[:_LONGEST] or "pip failed")
    return Installed(
        python=str(python),
        versions=_versions(python),
        megabytes=round((_bytes(place) - before) / 1e6, 1),
        seconds=round(time.perf_counter() - began, 1),
        processor=round(_processor() - processor, 1),
    )


def _versions(python: Path) -> dict[str, str]:
    pip = [str(python), "-m", "pip", "list", "--format", "json"]
    listed = json.loads(subprocess.run(pip, capture_output=True, check=True).stdout)
    return {one["name"]: one["version"] for one in listed}


def _bytes(place: Path) -> int:
    return sum(file.lstat().st_size for file in place.rglob("*") if file.is_file())


def _processor() -> float:
    """Return the processor seconds of this process and of all that it has waited for."""
    return sum(os.times()[:4])
