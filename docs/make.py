"""Build the site: `python -m docs.make` (`make docs`) lays the pages out and makes `site/` of them.

Every page of this folder is taken as it stands; the reference is made here, from code.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docs.reference import command_page, commands, public_names, python_pages

DOCS = Path(__file__).parent
ROOT = DOCS.parent
STAGE = ROOT / ".site"
CONTRIBUTORS = ("CONTRIBUTING.md", "CHANGELOG.md")  # which stand beside the folder
ASIDE = ("*.py", "*.toml", "__pycache__")


def lay_out(stage: Path) -> Path:
    """Write all pages and the settings of the builder to a folder; return the settings' file."""
    shutil.rmtree(stage, ignore_errors=True)
    pages = stage / "pages"
    shutil.copytree(DOCS, pages, ignore=shutil.ignore_patterns(*ASIDE))
    for name in CONTRIBUTORS:
        text = (ROOT / name).read_text(encoding="utf-8")
        (pages / name.lower()).write_text(text.replace("](docs/", "]("), encoding="utf-8")
    with (DOCS / "site.toml").open("rb") as file:
        settings = tomllib.load(file)
    settings["nav"] = _filled(settings["nav"], pages)
    settings |= {"docs_dir": "pages", "site_dir": "site"}
    settings["plugins"] = ["search", {"mkdocstrings": _mkdocstrings(settings.pop("mkdocstrings"))}]
    # JSON is YAML, which the builder reads.
    (stage / "mkdocs.yml").write_text(json.dumps(settings, indent=1), encoding="utf-8")
    return stage / "mkdocs.yml"


def _mkdocstrings(options: dict[str, Any]) -> dict[str, Any]:
    options["extensions"] = [str(DOCS / "docstrings.py")]
    return {"handlers": {"python": {"paths": [str(ROOT / "src")], "options": options}}}


def _filled(entries: list[dict[str, Any]], pages: Path) -> list[dict[str, Any]]:
    """Return the navigation with the pages that are made in the place of their words."""
    made: dict[str, Callable[[Path], Any]] = {
        "COMMANDS": _commands,
        "PYTHON": _python,
        "NOTEBOOKS": _notebooks,
    }
    filled: list[dict[str, Any]] = []
    for ((title, inside),) in (entry.items() for entry in entries):
        if isinstance(inside, list):
            filled.append({title: _filled(inside, pages)})
        elif inside in made:
            filled += [{title: found} for found in [made[inside](pages)] if found]
        else:
            filled.append({title: inside})
    return filled


def _commands(pages: Path) -> list[dict[str, str]]:
    found = {
        f"recur {name}": (f"reference/commands/{name.replace(' ', '-')}.md", command_page(name, it))
        for name, it in commands()
    }
    return _written(pages, found)


def _python(pages: Path) -> list[dict[str, str]]:
    found = {
        title: (f"reference/python/{re.sub('[^a-z]+', '-', title.lower())}.md", text)
        for title, text in python_pages().items()
    }
    return _written(pages, found)


def _notebooks(pages: Path) -> str | None:
    """Write a page of links to the notebooks, where there are any; return its place."""
    found = sorted((pages / "notebooks").glob("*.ipynb"))
    links = [f"- [{_title(path)}](notebooks/{path.name})" for path in found]
    about = "# Notebooks\n\nTo be opened in Jupyter; each runs from top to bottom.\n\n"
    if found:
        (pages / "notebooks.md").write_text(about + "\n".join(links) + "\n", encoding="utf-8")
    return "notebooks.md" if found else None


def _title(notebook: Path) -> str:
    """Return the first heading of a notebook; its name where it has none."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    lines = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    found = re.search(r"^# (.+)$", lines, re.MULTILINE)
    return found[1] if found else notebook.stem


def _written(pages: Path, found: dict[str, tuple[str, str]]) -> list[dict[str, str]]:
    for place, text in found.values():
        (pages / place).parent.mkdir(parents=True, exist_ok=True)
        (pages / place).write_text(text, encoding="utf-8")
    return [{title: place} for title, (place, _) in found.items()]


def fetched_from_elsewhere(site: Path) -> list[str]:
    """Return what the pages of a site would have a browser fetch from another place."""
    asks = re.compile(
        r"<(?:script|img|source|iframe|link)\b[^>]*?(?:src|href)=[\"']?(?:https?:)?//[^>]*>"
    )
    texts = ((page, page.read_text(encoding="utf-8")) for page in sorted(site.rglob("*.html")))
    found = [f"{page.name}: {tag}" for page, text in texts for tag in asks.findall(text)]
    sheets = ((sheet, sheet.read_text(encoding="utf-8")) for sheet in sorted(site.rglob("*.css")))
    return found + [
        sheet.name for sheet, text in sheets if re.search(r"url\([\"']?(?:https?:)?//", text)
    ]


def undescribed(site: Path) -> list[str]:
    """Return the public names that the built pages do not describe: the builder says nothing."""
    pages = sorted((site / "reference" / "python").glob("*.html"))
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    return [name for name in public_names() if f'id="recur.{name}"' not in text]


def main() -> int:
    """Build the site; return the exit code of the builder, which takes warnings as errors."""
    settings = lay_out(STAGE)
    builder = [sys.executable, "-m", "zensical", "build", "--strict", "-f", str(settings)]
    done = subprocess.run(builder, check=False, cwd=ROOT)
    if done.returncode == 0:  # which writes below its settings alone
        wrong = [f"fetched from elsewhere: {tag}" for tag in fetched_from_elsewhere(STAGE / "site")]
        wrong += [f"not described: recur.{name}" for name in undescribed(STAGE / "site")]
        if wrong:
            print(*wrong, sep="\n", file=sys.stderr)  # noqa: T201
            return 1
        shutil.rmtree(ROOT / "site", ignore_errors=True)
        (STAGE / "site").rename(ROOT / "site")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
