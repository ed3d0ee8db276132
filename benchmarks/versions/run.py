"""Lowest and newest allowed versions, on every Python: `python benchmarks/versions/run.py`.

Needs `uv` (from the package index) and the network. For each row the versions are resolved from
`pyproject.toml` as it stands, wheels alone, into an environment of its own, where `use.py` does
what a user does, and some tests run. Pythons are those that are on the path or under pyenv, or
that `--python` names. Rows go to `versions.json` and `versions.md` in the folder that `--out`
names, in place of those of the same name, so that several machines can add theirs.

    python benchmarks/versions/run.py --row 'Python 3.12'        # those whose name begins so
    python benchmarks/versions/run.py --row each                 # one dependency at its lowest
    python benchmarks/versions/run.py --few                      # fewer tests, on a busy machine
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
NUMPYS = ("2.0", "2.1", "2.2", "2.3", "2.4", "2.5")
SHOWN = ("numpy", "scipy", "numba", "polars", "pydantic", "typer", "matplotlib")
TOOLS = ("pytest", "pytest-xdist", "hypothesis", "pandas", "pyarrow", "httpx")
TESTS = ("tests/unit/files", "tests/unit/data/tables", "tests/functional/test_inspect.py")
FEW = (
    "tests/unit/files/test_modelfile.py",
    "tests/unit/files/test_atomic.py",
    "tests/unit/data/tables/test_csvfile.py",
    "tests/unit/data/tables/test_opening.py",
    "tests/functional/test_inspect.py",
)
"""What runs where one dependency differs alone; `use.py` goes through all that is used."""
EXTRAS = {
    "sweep": ("tests/unit/tasks/forecast/test_tuning.py",),
    "classical": ("tests/unit/tasks/forecast/test_classical.py",),
    "excel": ("tests/functional/test_files.py", "tests/unit/files"),
    "duckdb": ("tests/unit/data/tables/test_opening.py",),
    "holidays": ("tests/unit/data/panel",),
    "server": ("tests/functional/test_serve.py", "tests/unit/server"),
    "onnx": ("tests/functional/test_export.py",),
}


@dataclass(frozen=True)
class Row:
    """An environment.

    Attributes:
        name: of the row; rows of the same name take each other's place.
        python: which one.
        resolution: `lowest-direct` or `highest`.
        pins: what is asked for beside `pyproject.toml`.
        extras: of recur, that are installed and tested.
        tests: that run there.
    """

    name: str
    python: str
    resolution: str = "highest"
    pins: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    tests: tuple[str, ...] = TESTS


def rows(pythons: dict[str, str]) -> Iterator[Row]:
    """Give all environments that the Pythons here allow."""
    for version, path in pythons.items():
        yield Row(f"Python {version}, lowest", path, "lowest-direct")
        yield Row(f"Python {version}, newest", path)
    middle = pythons.get("3.12") or next(iter(pythons.values()))
    for numpy in NUMPYS:
        yield Row(f"NumPy {numpy}", middle, pins=(f"numpy=={numpy}.*",), tests=FEW)
    for text in PROJECT["dependencies"]:
        pin = text.replace(">=", "==")
        yield Row(f"each: {text.replace('>=', ' ')}", middle, pins=(pin,), tests=FEW)
    for extra, tests in EXTRAS.items():
        yield Row(f"extra {extra}, lowest", middle, "lowest-direct", (), (extra,), tests)


def run(row: Row, uv: str, kernels: str) -> dict[str, Any]:
    """Resolve, install, use and test; whatever fails is said in the row.

    Args:
        row: the environment.
        uv: the path of it.
        kernels: a folder for what is compiled; rows with the same compiler share it.
    """
    with tempfile.TemporaryDirectory() as folder:
        python, pins = str(Path(folder, "env", "bin", "python")), Path(folder, "pins.txt")
        asked = Path(folder, "asked.txt")
        asked.write_text("\n".join(row.pins) + "\n")
        extras = [word for extra in row.extras for word in ("--extra", extra)]
        wheels = ["--only-binary", ":all:", "--quiet"]
        resolve = [uv, "pip", "compile", "pyproject.toml", str(asked), "--python", row.python]
        resolve += [
            "--resolution",
            row.resolution,
            "--no-header",
            "--no-annotate",
            *extras,
            *wheels,
        ]
        install = [uv, "pip", "install", "--python", python, "-r", str(pins), *TOOLS, *wheels]
        for command in (
            [uv, "venv", "--quiet", "--python", row.python, str(Path(folder, "env"))],
            [*resolve, "-o", str(pins)],
            install,
        ):
            done = _run(command)
            if done.returncode:
                return {"installed": _last(done.stderr)}
        lines = pins.read_text(encoding="utf-8").split()
        versions = dict(line.split("==") for line in lines if "==" in line)
        own = {
            "PYTHONPATH": str(ROOT / "src"),
            "RECUR_CACHE": kernels,
            "PYTHONWARNINGS": "ignore",
        }
        done = _run([python, "benchmarks/versions/use.py"], **own)
        used = (
            json.loads(done.stdout)
            if done.stdout.startswith("{")
            else {"failed": _last(done.stderr)}
        )
        pytest = ["-m", "pytest", "-q", "--tb=line", "-o", "filterwarnings=default"]
        tested = _run([python, *pytest, "-p", "no:cacheprovider", *row.tests], **own)
    said = tested.stdout.strip().splitlines() or [_last(tested.stderr)]
    failed = [line for line in said if line.startswith(("FAILED", "ERROR"))]
    if tested.returncode and not failed:
        failed = [_last(tested.stderr)]
    return {
        "python": _run([row.python, "--version"]).stdout.split()[-1],
        "versions": versions,
        "used": used,
        "tests": re.sub(r" in [\d.]+s.*", "", said[-1]).strip("= "),
        "failed": [line.partition(" - ")[0] for line in failed],
    }


def table(found: dict[str, Any]) -> str:
    """Return the rows as a table of Markdown."""
    head = ["environment", "Python", *SHOWN, "used", "tests"]
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    for name, row in found.items():
        if "installed" in row:
            cells = [name, *[""] * (len(head) - 2), f"cannot be installed: {row['installed']}"]
        else:
            used = row["used"]
            failed = used["failed"]
            good = f"all {len(used['passed'])}" if not failed else f"{', '.join(failed)} failed"
            cells = [name, row["python"], *(row["versions"][one] for one in SHOWN), good]
            cells.append(row["tests"])
        lines.append(" | ".join(cells))
    return "\n".join(f"| {line} |" for line in lines) + "\n"


def _run(command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "UV_PYTHON_DOWNLOADS": "never", **variables},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "nothing was said"


def _pythons(named: list[str]) -> dict[str, str]:
    """Return the path of one Python of each minor version."""
    pyenv = sorted(Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser().glob("versions/*"))
    paths = [*named, *(str(one / "bin" / "python") for one in pyenv)]
    paths += filter(None, (shutil.which(f"python{version}") for version in PYTHONS))
    found: dict[str, str] = {}
    for path in paths:
        try:
            said = _run([path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).stdout
        except OSError:
            continue
        if said.strip() in PYTHONS:
            found.setdefault(said.strip(), path)
    return dict(sorted(found.items()))


def main() -> None:
    """Run the rows and write the table after each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--row", action="append", help="only those whose name begins so")
    parser.add_argument("--python", action="append", default=[], help="another Python")
    parser.add_argument("--few", action="store_true", help="fewer tests in the rows of Pythons")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    parser.add_argument("--kernels", default=tempfile.mkdtemp(), help="compiled ones, kept here")
    given = parser.parse_args()
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("`uv`, which resolves the lowest versions, is not on the path: pip install uv")
    pythons = _pythons(given.python)
    missing = [version for version in PYTHONS if version not in pythons]
    if missing:
        print(f"no Python {', '.join(missing)} here", file=sys.stderr)
    kept = given.out / "versions.json"
    found = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    bad = 0
    for row in rows(pythons):
        if given.row and not row.name.startswith(tuple(given.row)):
            continue
        if given.few and row.tests == TESTS:
            row = replace(row, tests=FEW)
        found[row.name] = run(row, uv, given.kernels)
        print(table({row.name: found[row.name]}).splitlines()[-1], flush=True)
        for line in found[row.name].get("failed", []):
            print(f"  {line}", flush=True)
        bad += "installed" in found[row.name] or bool(
            found[row.name]["used"]["failed"] or found[row.name]["failed"]
        )
        kept.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        (given.out / "versions.md").write_text(table(found), encoding="utf-8")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
