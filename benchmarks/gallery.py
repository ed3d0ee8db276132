"""Run every lab whole, and write the gallery: docs/gallery.md and its pictures.

    RECUR_DATA=FOLDER python benchmarks/gallery.py [NAME ...]

Prints the rows of each lab as one line of JSON. With names only those labs are run, and only their
part of the gallery is written anew. Takes some ten minutes.
"""

from __future__ import annotations

import json
import os
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image

from recur.labs.experiment import LABS, Setting, run_lab
from recur.report.findings import COLUMNS, Findings
from recur.report.plots.style import png

DOCS = Path(__file__).parent.parent / "docs"
PICTURES = DOCS / "images" / "labs"
WIDTH, COLOURS = 1200, 128
FILES = {
    "stocks": ("stocks/TSLA.csv", "stocks/GOOGL.csv", "stocks/DJI.csv"),
    "shakespeare": ("text/shakespeare.txt",),
    "sherlock": ("text/sherlock.txt",),
}
HEADING = (
    "# Gallery\n\n"
    "What the labs show: each experiment of a university course on recurrent networks, with the "
    "published figure beside ours and the limit, computed in the same run, where there is one. "
    "`recur lab NAME` runs one, `recur lab NAME --quick` shows the same on less data in seconds; "
    "`benchmarks/gallery.py` has run them whole and written this page. Times are from a shared "
    "machine with two cores.\n"
)


def main() -> None:
    if "RECUR_DATA" not in os.environ:
        sys.exit("set RECUR_DATA to a folder with stocks/ and text/")
    data = Path(os.environ["RECUR_DATA"])
    chosen = sys.argv[1:] or list(LABS)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page = DOCS / "gallery.md"
    parts = known_parts(page.read_text("utf-8")) if page.exists() else {}
    for name in chosen:
        files = tuple(data / file for file in FILES.get(name, ()))
        found = run_lab(name, Setting(files=files))
        print(json.dumps({"lab": name, **found.to_dict()}), flush=True)
        parts[name] = part(name, found)
        for picture in found.pictures:
            (PICTURES / f"{name}-{picture.name}.png").write_bytes(small(png(picture.draw())))
        ordered = [parts[lab] for lab in LABS if lab in parts]
        page.write_text("\n".join([HEADING, *ordered]), encoding="utf-8", newline="\n")


def known_parts(text: str) -> dict[str, str]:
    """Return the parts of a gallery by the names of their labs."""
    found = (f"## {part}" for part in text.split("\n## ")[1:])
    return {part.split("`", 2)[1]: part for part in found}


def part(name: str, found: Findings) -> str:
    """Return what the gallery says of a lab."""
    lines = [f"## `{name}`: {LABS[name]}", ""]
    lines += [f"| {' | '.join(COLUMNS)} |", "|---|---|--:|--:|--:|--:|"]
    lines += [f"| {' | '.join(row.cells)} |" for row in found.rows]
    lines += [line for word in found.words for line in ("", word)]
    for picture in found.pictures:
        lines += ["", f"![{picture.caption}](images/labs/{name}-{picture.name}.png)"]
        lines += ["", f"*{picture.caption}*"]
    for heading, text in found.texts:
        lines += ["", f"{heading}:", "", *(f"    {line}".rstrip() for line in text.splitlines())]
    return "\n".join([*lines, ""])


def small(data: bytes) -> bytes:
    """Return a picture with fewer pixels and colours, to be kept with the source."""
    picture = Image.open(BytesIO(data)).convert("RGB")
    height = round(picture.height * WIDTH / picture.width)
    buffer = BytesIO()
    reduced = picture.resize((WIDTH, height), Image.Resampling.LANCZOS).quantize(COLOURS)
    reduced.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


if __name__ == "__main__":
    main()
