"""Write `docs/files.md`."""

from __future__ import annotations

from pathlib import Path

from tests.unit.data.tables.cases.base import page

Path("docs/files.md").write_text(page(), encoding="utf-8")
