"""A parameter is declared once, and everything else is read off that line."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest

import recur
from recur import Classifier, Denoiser, Forecaster, Tagger, Translator, Writer
from recur.cli.options import Parameters
from recur.errors import SettingsError
from recur.parameters import parameters_of
from recur.tasks.base import checked

TASKS = [Classifier, Forecaster, Denoiser, Tagger, Translator, Writer]
SOURCE = Path(recur.__file__).parent


@pytest.mark.parametrize("task", TASKS)
def test_constructor_get_params_docstring_and_options_tell_of_the_same_parameters(
    task: Any,
) -> None:
    declared = parameters_of(task)
    assert list(task().get_params()) == list(declared)
    assert task().get_params() == {name: one.default for name, one in declared.items()}
    told = re.findall(r"^        (\w+): ", task.__doc__, flags=re.MULTILINE)
    assert told == list(declared)
    assert list(Parameters(task, tuple(declared)).options()) == list(declared)


@pytest.mark.parametrize("task", TASKS)
def test_help_tells_every_default(task: Any) -> None:
    for name, one in parameters_of(task).items():
        option = get_args(Parameters(task, (name,)).options()[name])[1]
        assert option.help == one.sentence
        if one.default not in (None, False, ()):
            assert one.sentence.endswith(f"(default {one.by_default}).")


def test_bounds_are_those_of_the_declaration() -> None:
    for task, name, value in (
        (Forecaster, "horizon", -1),
        (Denoiser, "rate", 0),
        (Writer, "seed", -1),
    ):
        with pytest.raises(SettingsError, match=f"`{name}` is {value}"):
            checked(task, {name: value})
    with pytest.raises(SettingsError, match="`cell` is 'gur'; it must be 'gru'"):
        checked(Writer, {"cell": "gur"})


def _typed_defaults(path: Path) -> list[tuple[str, str]]:
    """Return the fields of a file's classes that have a literal for a default."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        (node.target.id, ast.unparse(node.value))
        for cls in ast.walk(tree)
        if isinstance(cls, ast.ClassDef)
        for node in cls.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and isinstance(node.value, ast.Constant | ast.Tuple)
    ]


def test_no_default_of_a_task_is_typed_in_twice() -> None:
    """A field of the same name elsewhere in the tasks or the command has none of its own."""
    names = {field.name for task in TASKS for field in fields(task)}
    homes = set(SOURCE.rglob("tasks/*/settings.py"))
    assert len(homes) == len(TASKS)
    again = {
        (path.name, name)
        for room in ("tasks", "cli")
        for path in (SOURCE / room).rglob("*.py")
        if path not in homes
        for name, value in _typed_defaults(path)
        if name in names and value != "None"
    }
    assert again == set()
    told = re.compile(r"\(default [^)]*\)")
    for path in (SOURCE / "tasks").rglob("*.py"):
        assert not told.search(path.read_text(encoding="utf-8")), path
