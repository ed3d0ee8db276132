"""Writes the commit into what is built, so that `recur --version` knows it without git.

An sdist takes it from the checkout; a wheel that is built from an sdist finds it there.
"""

from __future__ import annotations

import runpy
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PLACES = {"sdist": "src/recur", "wheel": "recur"}


class CommitHook(BuildHookInterface[Any]):
    """What hatchling calls before and after it builds."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the file of the commit, where there is one to tell and it is not there already."""
        package = Path(self.root, "src", "recur")
        about = runpy.run_path(str(package / "version.py"))
        commit, name = about["commit"](), about["WRITTEN"]
        if version == "editable" or not commit or (package / name).exists():
            return  # what is edited goes on from commit to commit, and git is asked
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name, name)
        path.write_text(f"{commit}\n", encoding="ascii")
        build_data["force_include"][str(path)] = f"{PLACES[self.target_name]}/{name}"
