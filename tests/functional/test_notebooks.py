"""The notebooks: each runs from top to bottom, shows pictures, and is kept without its outputs."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from recur.labs.course import labs

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NOTEBOOKS = {path.stem: path for path in sorted(FOLDER.glob("*.ipynb"))}
PNG = b"\x89PNG"


def read(name: str) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(NOTEBOOKS[name].read_text(encoding="utf-8"))
    return notebook


def cells(name: str, kind: str) -> list[str]:
    return ["".join(cell["source"]) for cell in read(name)["cells"] if cell["cell_type"] == kind]


def run(source: str, names: dict[str, Any]) -> Any:
    """Run a cell as a notebook does; return what its last line shows."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    return None


def test_there_is_one_for_each_group_of_labs_and_each_lab_is_in_one() -> None:
    texts = {name: "".join(cells(name, "markdown")) for name in NOTEBOOKS}
    named = {name: re.findall(r"`recur lab (\w+)", text) for name, text in texts.items()}
    assert len(NOTEBOOKS) == 7
    assert sorted(lab for found in named.values() for lab in found) == sorted(labs())
    assert all(named.values())


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_from_top_to_bottom_and_shows_a_picture(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = [run(source, names) for source in cells(name, "code")]
    pictures = [what for what in shown if hasattr(what, "_repr_png_")]
    assert pictures
    assert all(picture._repr_png_().startswith(PNG) for picture in pictures)
    said = capsys.readouterr().out
    assert "nan" not in re.findall(r"\w+", said)
    assert list(tmp_path.iterdir()) == []  # it leaves nothing behind


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_of_jupyters_form_begins_with_its_title_and_ends_with_a_question(
    name: str,
) -> None:
    notebook = read(name)
    assert (notebook["nbformat"], notebook["metadata"]["kernelspec"]["name"]) == (4, "python3")
    kept = notebook["cells"]
    assert len({cell["id"] for cell in kept}) == len(kept)
    code = [cell for cell in kept if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    texts = cells(name, "markdown")
    assert kept[0]["cell_type"] == kept[-1]["cell_type"] == "markdown"
    assert texts[0].startswith("# ")
    assert texts[-1].startswith("## To try")
    assert "?" in texts[-1]
