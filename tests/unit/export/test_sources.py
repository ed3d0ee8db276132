"""The text of functions and of what they call: all that a file needs, and no more."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from recur.data.labelled import words
from recur.data.text.counts import Counts
from recur.export.numpy_file import python_text
from recur.export.parts import network, text
from recur.export.program import Constant, Program, Weight
from recur.export.sources import Sources, name_of
from recur.networks import layers
from recur.networks.cells import CELLS, cell
from recur.tasks.translate import words as spoken


def test_callers_stand_before_what_they_call_and_nothing_else_is_there() -> None:
    sources = Sources()
    sources.take([network.padded_layer])
    assert list(sources.texts) == ["padded_layer", "masked_layer", "cell", "sums_of", "kept_where"]
    assert sources.imports == {"import numpy as np"}


def test_a_class_has_the_methods_that_are_called() -> None:
    sources = Sources()
    sources.take([text.counts_beside, text.before_any])
    kept = sources.texts["Counts"]
    assert "def read(" in kept
    assert "def start(" in kept
    assert "def __len__(" in kept
    assert "def of(" in "\n".join(sources._taken["Counts"].lines)
    assert "def of(" not in kept
    assert "NGram" not in "".join(sources.texts.values())
    assert list(sources.texts).index("InputError") < list(sources.texts).index("SettingsError")
    assert Counts.__name__ in sources.texts


@pytest.mark.parametrize("name", CELLS)
def test_the_step_of_a_cell_is_called_after_it_and_says_its_equation(name: str) -> None:
    for variant, equations in cell(name).variants.items():
        own = name_of(equations.step)
        assert own == (f"{name}_step" if variant == "tanh" else f"{variant}_step")
        sources = Sources()
        sources.take([equations.step])
        assert sources.texts[own].startswith("# ")
        assert f"def {own}(" in sources.texts[own]
        assert "hasattr" not in "".join(sources.texts.values())


def test_what_names_a_whole_module_of_recur_is_refused() -> None:
    def through_a_module(x: Any) -> Any:
        return layers.flattened(x)

    with pytest.raises(TypeError, match=r"not the module recur\.networks\.layers"):
        Sources().take([through_a_module])


def test_two_functions_of_one_name_are_refused() -> None:
    with pytest.raises(TypeError, match="two things of one name are exported: folded"):
        Sources().take([words.folded, spoken.folded])


@pytest.mark.parametrize(("count", "behind"), [(60, False), (6000, True)])
def test_long_lists_stand_behind_the_code(count: int, behind: bool) -> None:
    program = Program("one", "One.", ("place",))
    names = Constant("NAMES", [f"name {i}" for i in range(count)])
    program.returning(program.add("name", network.one_of, names, program["place"]))
    made = python_text("One.", program, {})
    assert (made.index("NAMES = ") > made.index("def one_of(")) == behind
    space: dict[str, Any] = {}
    exec(compile(made, "model.py", "exec"), space)
    assert space["one"](count - 1) == f"name {count - 1}"


def test_a_variable_that_hides_what_is_called_is_refused() -> None:
    program = Program("one", "One.", ("x",))
    program.returning(program.add("linear", network.linear, program["x"], Weight("w"), Weight("b")))
    with pytest.raises(TypeError, match="variables hide what is called: linear"):
        python_text("One.", program, {"w": np.ones((1, 1)), "b": np.ones(1)})


def test_a_file_holds_arrays_bit_for_bit_and_lines_are_short() -> None:
    program = Program("one", "One.", ("x",))
    long = Constant("NAMES", [f"name {i}" for i in range(60)], "of\nnothing")
    product = program.add("y", network.linear, program["x"], Weight("w"), Weight("b"))
    program.add("z", network.one_of, long, 0)
    program.returning(product)
    odd = np.array([[0.1, -0.0, 5e-324, 1e308]])
    made = python_text("One.", program, {"w": odd, "b": np.arange(1, dtype=np.int64)})
    assert max(map(len, made.splitlines())) <= 100
    space: dict[str, Any] = {}
    exec(compile(made, "model.py", "exec"), space)
    assert space["W"]["w"].tobytes() == odd.tobytes()
    assert space["NAMES"] == long.value
    assert space["one"](np.zeros((1, 4))).tolist() == [[0.0]]
