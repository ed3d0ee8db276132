"""Packages and megabytes of an installation, in a fresh environment.

    python benchmarks/speed/install.py [EXTRA ...]

Installs the core, with the extras that are named, at the exact versions of `constraints.txt`, and
counts the files of every package as pip lists them, byte code among them, without pip itself.
Prints one JSON object, packages in the order of their weight. Needs the package index.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOOLS = ("pip", "setuptools")  # of the environment, not of recur

COUNT = """
import json
from importlib.metadata import distributions

print(json.dumps({
    one.metadata["Name"]: sum(f.locate().stat().st_size for f in one.files if f.locate().is_file())
    for one in distributions()
}))
"""


def weights(extras: list[str]) -> dict[str, int]:
    """Return the bytes of every package that an installation brings, the heaviest first."""
    wanted = f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder, "Scripts" if sys.platform == "win32" else "bin", "python")
        pinned = str(ROOT / "constraints.txt")
        pip = [str(python), "-m", "pip", "install", "-q", "-c", pinned, wanted]
        subprocess.run(pip, check=True, stdout=sys.stderr)
        counted = subprocess.run([python, "-c", COUNT], check=True, capture_output=True).stdout
    found: dict[str, int] = json.loads(counted)
    of_ours = {name: size for name, size in found.items() if name not in TOOLS}
    return dict(sorted(of_ours.items(), key=lambda item: -item[1]))


def main() -> None:
    found = weights(sys.argv[1:])
    megabytes = {name: round(size / 1e6, 1) for name, size in found.items()}
    total = round(sum(found.values()) / 1e6, 1)
    print(json.dumps({"packages": len(found), "MB": total, "each": megabytes}, indent=2))


if __name__ == "__main__":
    main()
