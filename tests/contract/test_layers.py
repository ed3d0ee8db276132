"""Who imports what: torch in one place only, next to nothing at the start, a public face held."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import recur

SOURCE = Path(recur.__file__).parent
HEAVY = {
    *("torch", "numba", "llvmlite", "numpy", "scipy", "polars", "narwhals", "matplotlib"),
    *("pydantic", "safetensors", "platformdirs"),
}


def imported(text: str) -> Iterator[str]:
    """Yield the first name of every module that a source text imports, wherever it does."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def modules_after(statement: str) -> set[str]:
    """Return the first names of all modules that a fresh process holds after a statement."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return {name.partition(".")[0] for name in ended.stdout.split()}


def test_the_check_sees_every_form_of_import() -> None:
    text = "import torch.nn\nfrom torch import nn\ndef f():\n    from torch.nn import GRU\n"
    assert list(imported(text)) == ["torch"] * 3
    assert list(imported("from . import torch\nimport torchlike")) == ["torchlike"]


@pytest.mark.parametrize(
    ("package", "home"),
    [
        ("torch", "engines/pytorch"),
        *((package, "engines/compiled") for package in ("numba", "llvmlite")),
    ],
)
def test_what_is_heavy_is_imported_by_its_own_engine_alone(package: str, home: str) -> None:
    users = {
        path.relative_to(SOURCE).parent.as_posix()
        for path in SOURCE.rglob("*.py")
        if package in imported(path.read_text(encoding="utf-8"))
    }
    assert users == {home}


@pytest.mark.parametrize("module", ["recur", "recur.cli.main"])
def test_starting_up_imports_nothing_heavy(module: str) -> None:
    assert modules_after(f"import {module}") & HEAVY == set()


def test_tasks_need_no_engine_until_one_is_fitted() -> None:
    loaded = modules_after("import recur.tasks")
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
