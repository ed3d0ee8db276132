"""All of a release but the upload: `python -m tools.release check`, then `build`; `make release`.

`check` refuses a tree with changes and a version that the changelog does not tell. `build` makes
the sdist, and the wheel from it, in `dist/`, holds both to the files of the commit and to what the
index asks of them, installs the wheel into an empty environment with the newest versions that it
allows, uses it there, and says what to upload.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from datetime import date
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAME = "recurnets"
CONSTRAINTS = "constraints.txt"
HEADING = re.compile(r"^## \[([^]]+)\](?: - (\S+))?$", re.MULTILINE)
SDIST = ("src", "tests", "docs", "benchmarks", "tools")  # folders of it; files beside them are few
WRITTEN = {"recur/commit.txt", "src/recur/commit.txt"}  # by tools/commit_hook.py

TRY = """
import recur
series = recur.synthetic.sine(points=240, period=12, noise=0.1).values
model = recur.Forecaster(horizon=2, epochs=5).fit(series, test=40, progress=False)
model.save("model.recur")
ahead = recur.load("model.recur").predict(series).values
assert (ahead == model.predict(series).values).all() and ahead.shape == (1, 2), ahead
print(model.judgement_.verdict.sentence)
"""


class RefusedError(Exception):
    """One sentence that says why there is no release."""


def releases(changelog: str) -> dict[str, str]:
    r"""Return the headings of a changelog and their dates, the newest first.

    >>> releases("## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n- More.\n")
    {'Unreleased': '', '0.2.0': '2026-12-01'}
    """
    return {version: day or "" for version, day in HEADING.findall(changelog)}


def entries(changelog: str, version: str) -> str:
    """Return what stands under a heading."""
    _, _, rest = changelog.partition(f"## [{version}]")
    _, _, rest = rest.partition("\n")
    return rest.split("\n## [", 1)[0].strip()


def check(root: Path) -> str:
    """Return the version that may be released from a folder, or say why none may."""
    changed = _git(root, "status", "--porcelain")
    if changed:
        raise RefusedError(
            f"the tree has changes that are in no commit; commit them first:\n{changed}"
        )
    version = str(runpy.run_path(str(root / "src" / "recur" / "version.py"))["__version__"])
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    known = releases(changelog)
    newest = next((name for name in known if name != "Unreleased"), "none")
    if newest != version:
        raise RefusedError(
            f"src/recur/version.py says {version}, and the newest version of CHANGELOG.md is "
            f"{newest}; write `## [{version}] - {date.today()}` below `## [Unreleased]`, above "
            "what is new, or set the version that the changelog has."
        )
    if entries(changelog, "Unreleased"):
        raise RefusedError(
            "CHANGELOG.md has entries under [Unreleased]; a release would have them and not tell "
            f"them: move them under [{version}]."
        )
    try:
        date.fromisoformat(known[version])
    except ValueError:
        raise RefusedError(
            f"the date of [{version}] in CHANGELOG.md is no date, YYYY-MM-DD."
        ) from None
    if f"v{version}" in _git(root, "tag").split():
        raise RefusedError(f"the tag v{version} is there already; a version is released once.")
    return version


def build(root: Path) -> list[Path]:
    """Build, check and try; return the files to upload."""
    place = root / "dist"
    shutil.rmtree(place, ignore_errors=True)
    _say("building the sdist, and the wheel from it")
    pinned = {**os.environ, "PIP_CONSTRAINT": str(root / CONSTRAINTS)}
    _run([sys.executable, "-m", "build", "--outdir", str(place), str(root)], env=pinned)
    (wheel,), (sdist,) = place.glob("*.whl"), place.glob("*.tar.gz")
    kept = set(_git(root, "ls-files").splitlines())
    with zipfile.ZipFile(wheel) as inside:
        check_wheel({name for name in inside.namelist() if not name.endswith("/")}, kept)
    with tarfile.open(sdist) as archive:
        files = {one.name.partition("/")[2] for one in archive.getmembers() if one.isfile()}
        check_sdist(files, kept)
    with tempfile.TemporaryDirectory() as folder:
        _say("checking what the index asks, in an environment of its own")
        python = _environment(Path(folder, "check"))
        pip = [python, "-m", "pip", "install", "-q", "-c", str(root / CONSTRAINTS), "twine"]
        _run(pip)
        _run([python, "-m", "twine", "check", "--strict", str(wheel), str(sdist)])
        _say("installing the wheel into an empty environment, and using it")
        _use(wheel, Path(folder, "use"), _git(root, "rev-parse", "HEAD")[:12])
    return [sdist, wheel]


def check_wheel(files: set[str], kept: set[str]) -> None:
    """Refuse a wheel that holds anything but the package as the commit has it."""
    package = {name.removeprefix("src/") for name in kept if name.startswith("src/recur/")}
    _compare("wheel", {name for name in files if ".dist-info/" not in name}, package)
    if not any(name.endswith(".dist-info/licenses/LICENSE") for name in files):
        raise RefusedError("the wheel has no licence.")


def check_sdist(files: set[str], kept: set[str]) -> None:
    """Refuse an sdist whose folders hold anything but what the commit has in them."""
    inside = {name for name in files if name.partition("/")[0] in SDIST and "/" in name}
    wanted = {name for name in kept if name.partition("/")[0] in SDIST and "/" in name}
    _compare("sdist", inside, wanted)


def _compare(what: str, files: set[str], wanted: set[str]) -> None:
    more = files - wanted - WRITTEN
    for words, names in (("lacks", wanted - files), ("should not hold", more)):
        if names:
            raise RefusedError(
                f"the {what} {words} {len(names)} files, {sorted(names)[0]} among them."
            )


def _use(wheel: Path, folder: Path, commit: str) -> None:
    """Do with a wheel what its first user does, where nothing else of ours can be found."""
    python = _environment(folder)
    ours = ("PYTHON", "RECUR", "PIP", "XDG")
    plain = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    command = str(Path(python).with_name("recur"))

    def asked(*words: str) -> str:
        return _run(list(words), env=plain | {"HOME": str(folder)}, cwd=folder)

    asked(python, "-m", "pip", "install", "-q", str(wheel))
    asked(python, "-m", "pip", "check")
    told = asked(command, "--version")
    if commit not in told:
        raise RefusedError(f"the wheel says `{told}`, and was built from {commit}.")
    asked(command, "demo")
    sales = str(folder / "recur-demo" / "sales.csv")
    answer = json.loads(asked(command, "forecast", sales, "--out", "found", "--json"))
    asked(command, "predict", str(folder / "found" / "model.recur"), sales)
    print(f"  {told}\n  {answer['verdict']['sentence']}\n  {asked(python, '-c', TRY)}")


def _environment(folder: Path) -> str:
    venv.create(folder, with_pip=True)
    return str(folder / ("Scripts" if sys.platform == "win32" else "bin") / "python")


def _git(root: Path, *arguments: str) -> str:
    return _run(["git", "-C", str(root), *arguments])


def _run(command: list[str], env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, env=env, cwd=cwd
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip()
        raise RefusedError(f"`{' '.join(command)}` ended with {done.returncode}:\n{said}")
    return done.stdout.strip()


def _say(text: str) -> None:
    print(f"release: {text}", flush=True)


def main() -> None:
    """Check or build, and leave with 1 where there is no release."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("step", choices=("check", "build"))
    step = parser.parse_args().step
    try:
        version = check(ROOT)
        if step == "check":
            _say(f"the tree is clean, and the changelog tells {version}")
            return
        files = build(ROOT)
    except RefusedError as reason:
        sys.exit(f"release: {reason}")
    _say(f"{NAME} {version} is ready. What is left, with the right to upload it:\n")
    for path in files:
        print(f"  {sha256(path.read_bytes()).hexdigest()}  {path.relative_to(ROOT)}")
    names = " ".join(str(path.relative_to(ROOT)) for path in files)
    print(f"\n  git tag -a v{version} -m 'recur {version}' && git push origin v{version}")
    print(f"  python -m pip install twine && python -m twine upload {names}")


if __name__ == "__main__":
    main()
