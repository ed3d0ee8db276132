"""What the site is made of: all pages are in its navigation, all names and options described."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docs.make import fetched_from_elsewhere, lay_out, undescribed
from tests.docs.blocks import DOCS, ROOT

import recur
from docs import reference
from recur.parameters import parameters_of


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("site") / "stage").parent


def places(entries: list[dict[str, Any]]) -> Iterator[str]:
    for entry in entries:
        for inside in entry.values():
            yield from places(inside) if isinstance(inside, list) else [inside]


def test_the_navigation_has_every_page_and_no_other() -> None:
    with (DOCS / "site.toml").open("rb") as file:
        listed = list(places(tomllib.load(file)["nav"]))
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    assert sorted(listed) == sorted(
        pages | {"COMMANDS", "PYTHON", "NOTEBOOKS", "contributing.md", "changelog.md"}
    )


def test_every_option_of_every_command_stands_on_its_page(laid_out: Path) -> None:
    told = 0
    for name, verb in reference.commands():
        page = laid_out / "pages/reference/commands" / f"{name.replace(' ', '-')}.md"
        text = page.read_text(encoding="utf-8")
        for option in verb.params:
            if option.param_type_name == "option" and not option.hidden:
                assert all(word in text for word in (*option.opts, *option.secondary_opts))
                assert " ".join(option.help.split())[:20].split("`")[0] in text.replace("\\", "")
                told += 1
    assert told > 300


def test_a_command_or_an_option_without_help_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    name, verb = next(one for one in reference.commands() if one[0] == "forecast")
    option = next(one for one in verb.params if one.param_type_name == "option")
    monkeypatch.setattr(option, "help", "")
    with pytest.raises(LookupError, match="says nothing of itself"):
        reference.command_page(name, verb)


def test_every_public_name_is_described_and_on_one_page() -> None:
    text = "\n".join(reference.python_pages().values())
    for name in set(recur.__all__) - {"__version__"}:
        assert len(re.findall(rf"^::: recur\.{name}$", text, re.MULTILINE)) == 1, name
        assert inspect.getdoc(getattr(recur, name)), name


def test_a_public_name_on_no_page_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recur, "__all__", [*recur.__all__, "unheard_of"])
    with pytest.raises(LookupError, match="unheard_of"):
        reference.python_pages()


@pytest.mark.parametrize("name", reference.PAGES["Signals and texts"] + ("Forecaster",))
def test_every_public_method_and_parameter_of_a_task_is_described(name: str) -> None:
    task = getattr(recur, name)
    assert all(f"{one}:" in task.__doc__ for one in parameters_of(task))
    methods = inspect.getmembers(task, inspect.isfunction)
    assert not [one for one, it in methods if one[0] != "_" and not inspect.getdoc(it)]


def test_notebooks_are_linked_where_there_are_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import docs.make as maker

    (tmp_path / "notebooks").mkdir()
    assert maker._notebooks(tmp_path) is None
    cell = '{"cells": [{"cell_type": "markdown", "source": ["# Gates\\n", "x"]}]}'
    (tmp_path / "notebooks/gates.ipynb").write_text(cell, encoding="utf-8")
    assert maker._notebooks(tmp_path) == "notebooks.md"
    text = (tmp_path / "notebooks.md").read_text(encoding="utf-8")
    assert "[Gates](notebooks/gates.ipynb)" in text


@pytest.mark.parametrize(
    ("page", "count"),
    [
        ('<script src="https://cdn.example/x.js"></script>', 1),
        ('<link rel="stylesheet" href=//fonts.example/css>', 1),
        ('<a href="https://example.org">elsewhere</a><img src="images/a.png">', 0),
    ],
)
def test_what_a_page_would_fetch_from_elsewhere_is_found(
    tmp_path: Path, page: str, count: int
) -> None:
    (tmp_path / "index.html").write_text(page, encoding="utf-8")
    (tmp_path / "site.css").write_text("a { color: red }", encoding="utf-8")
    assert len(fetched_from_elsewhere(tmp_path)) == count


def test_a_built_page_without_a_public_name_is_found(tmp_path: Path) -> None:
    (tmp_path / "reference/python").mkdir(parents=True)
    headings = [f'<h2 id="recur.{name}">' for name in reference.public_names()]
    page = tmp_path / "reference/python/all.html"
    page.write_text("".join(headings), encoding="utf-8")
    assert undescribed(tmp_path) == []
    page.write_text("".join(headings[1:]), encoding="utf-8")
    assert undescribed(tmp_path) == ["Forecaster"]


def test_nothing_in_the_pages_names_an_option_that_is_not_there(laid_out: Path) -> None:
    known = {
        word
        for _, verb in reference.commands()
        for option in verb.params
        for word in (*option.opts, *option.secondary_opts)
    } | {"--quiet", "--version", "--install-completion", "--show-completion"}
    for path in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        if path.name == "decisions.md":  # which tells of what was tried
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            shown = re.findall(r"`(--[a-z][a-z-]+)[^`]*`", line)
            if "benchmarks" not in line and "python " not in line:
                assert set(shown) <= known, f"{path.name}: {set(shown) - known}"
