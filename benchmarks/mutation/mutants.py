"""The small changes that can be made to the modules of a room."""

from __future__ import annotations

import ast
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import parso  # noqa: F401  # before cosmic-ray, which imports it in a circle
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names


@dataclass(frozen=True)
class Mutant:
    """One change to one place.

    Attributes:
        path: the module.
        first: the line that it begins in.
        last: the line that it ends in.
        operator: cosmic-ray's name of the change.
        occurrence: the number of the place among those that the change can be made to.
    """

    path: Path
    first: int
    last: int
    operator: str
    occurrence: int

    def __str__(self) -> str:
        inside = self.path.as_posix().split("/src/recur/")[-1]
        return f"{inside}:{self.first} {self.operator.removeprefix('core/')} {self.occurrence}"

    def applied(self) -> tuple[str, str]:
        """Return the module before and after."""
        before = self.path.read_text("utf-8")
        after = mutate_code(before, get_operator(self.operator)(), self.occurrence)
        return before, after or before


def some_mutants(folder: Path, count: int, drawn: random.Random) -> list[Mutant]:
    """Return changes to some places of a folder's modules, in the order in which they are drawn.

    A module is drawn as often as it is long, and then a place of it, and a change to that.

    Args:
        folder: the room.
        count: how many, where there are so many.
        drawn: draws them.
    """
    modules = sorted(folder.rglob("*.py"))
    sizes = [module.stat().st_size for module in modules]
    left: dict[Path, list[list[Mutant]]] = {}
    found = []
    for module in drawn.choices(modules, sizes, k=count):
        if module not in left:
            left[module] = [changes for _, changes in sorted(_choices(module).items())]
            drawn.shuffle(left[module])
        if left[module]:
            found.append(drawn.choice(left[module].pop()))
    return found


def _choices(path: Path) -> dict[tuple[int, int], list[Mutant]]:
    """Return the changes that each place of a module allows, but for types, which nothing runs."""
    source = path.read_text("utf-8")
    nodes = list(ast_nodes(get_ast(source)))
    types = _annotated(source)
    choices: dict[tuple[int, int], list[Mutant]] = defaultdict(list)
    for name in operator_names():
        if "NoOp" in name or get_operator(name).arguments():
            continue
        operator = get_operator(name)()
        places = [place for node in nodes for place in operator.mutation_positions(node)]
        for occurrence, (begin, end) in enumerate(places):
            if begin not in types:
                mutant = Mutant(path, begin[0], end[0], name, occurrence)
                choices[begin].append(mutant)
    return choices


def _annotated(source: str) -> set[tuple[int, int]]:
    """Return every place inside an annotation: they are text, and changing one changes nothing."""
    spans = []
    for node in ast.walk(ast.parse(source)):
        for name in ("annotation", "returns"):
            inside = getattr(node, name, None)
            if inside is not None:
                spans.append(((inside.lineno, inside.col_offset),
                              (inside.end_lineno, inside.end_col_offset)))  # fmt: skip
    lines = source.splitlines()
    return {
        (line, column)
        for begin, end in spans
        for line in range(begin[0], end[0] + 1)
        for column in range(len(lines[line - 1]) + 1)
        if begin <= (line, column) < end
    }
