"""The folder that a lab leaves behind: its figures, its pictures and its page."""

from __future__ import annotations

import json
from pathlib import Path

from recur.files.atomic import together, write_bytes, write_text
from recur.report.findings import Findings
from recur.report.lab_page import lab_page
from recur.report.plots.style import png


@together()
def write_lab(name: str, summary: str, findings: Findings, folder: Path) -> dict[str, Path]:
    """Write the findings of a lab; return the files by what they hold."""
    files = {"rows": folder / "rows.json"}
    record = {"lab": name, **findings.to_dict()}
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, indent=2)
    write_text(files["rows"], f"{text}\n")
    pictures = {picture.name: png(picture.draw()) for picture in findings.pictures}
    for picture, data in pictures.items():
        files[picture] = folder / f"{picture}.png"
        write_bytes(files[picture], data)
    files["page"] = folder / "report.html"
    write_text(files["page"], lab_page(f"Lab: {name}", summary, findings, pictures))
    return files
