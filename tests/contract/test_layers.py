"""Next to nothing is imported at the start, and a public face is held."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import recur

SOURCE = Path(recur.__file__).parent
HEAVY = {
    *("torch", "numba", "llvmlite", "numpy", "scipy", "polars", "narwhals", "matplotlib"),
    *("pydantic", "safetensors", "platformdirs", "fastapi", "starlette", "uvicorn"),
}


def modules_after(statement: str) -> set[str]:
    """Return the first names of all modules that a fresh process holds after a statement."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return {name.partition(".")[0] for name in ended.stdout.split()}


@pytest.mark.parametrize("module", ["recur", "recur.cli.main"])
def test_starting_up_imports_nothing_heavy(module: str) -> None:
    assert modules_after(f"import {module}") & HEAVY == set()


def test_tasks_need_no_engine_until_one_is_fitted() -> None:
    loaded = modules_after("import recur; recur.Forecaster, recur.Denoiser, recur.Writer")
    assert "numpy" in loaded  # the check sees what is there
    assert loaded & {"torch", "numba", "llvmlite"} == set()


def test_reading_data_and_models_needs_no_torch(tmp_path: Path) -> None:
    statement = "import recur; recur.read_panel([1.0, 2.0, 3.0]); recur.load"
    assert "torch" not in modules_after(statement)


def test_the_public_names_are_sorted_and_each_is_there() -> None:
    assert recur.__all__ == sorted(recur.__all__)
    for name in recur.__all__:
        assert getattr(recur, name) is not None
    assert dir(recur) == recur.__all__


def test_the_public_names_are_exactly_those_that_resolve() -> None:
    lazy = {*recur._HOMES, "synthetic"}
    assert {*lazy, "__version__"} == set(recur.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        recur.nothing  # noqa: B018


def test_type_checkers_see_the_same_names_from_the_same_homes() -> None:
    tree = ast.parse((SOURCE / "__init__.py").read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == {**recur._HOMES, "synthetic": "recur.data"}


def test_every_public_class_and_function_says_what_it_is() -> None:
    assert [name for name in recur.__all__ if not getattr(recur, name).__doc__] == []
