"""The first writer: a program as one file of plain NumPy, readable from the top down."""

from __future__ import annotations

import base64
import pprint
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.export.program import Call, Constant, Made, Program, Variable, Weight
from recur.export.sources import Sources, name_of

_WIDTH = 100
_MANY = 20  # lines of a constant that does not stand before the code
_TYPING = {
    "Any": "from typing import Any",
    "ClassVar": "from typing import ClassVar",
    "Callable": "from collections.abc import Callable",
    "Iterable": "from collections.abc import Iterable",
    "Iterator": "from collections.abc import Iterator",
    "Mapping": "from collections.abc import Mapping",
    "Sequence": "from collections.abc import Sequence",
}
_WEIGHTS = '''
def _arrays(texts: dict[str, tuple[str, tuple[int, ...], str]]) -> dict[str, np.ndarray]:
    """Return arrays by name, of the text in which their bytes are kept."""
    return {
        name: np.frombuffer(base64.b64decode(text), kind).reshape(shape)
        for name, (kind, shape, text) in texts.items()
    }
'''


def python_text(
    about: str, program: Program, weights: Mapping[str, NDArray[Any]], *more: Program
) -> str:
    """Return the text of a file that predicts with NumPy alone.

    Args:
        about: its docstring.
        program: what it is for.
        weights: arrays by name, those of the programs among them.
        *more: other programs that it shall have.
    """
    programs = _every(program, *more)
    names = {name for each in programs for call in each.calls for name in call.gives}
    functions = {
        name_of(part): part for each in programs for part in _functions(each) if callable(part)
    }
    if hidden := names & (functions.keys() | {each.name for each in programs}):
        raise TypeError(f"variables hide what is called: {', '.join(sorted(hidden))}.")
    sources = Sources()
    sources.take(functions.values())
    constants = {
        part.name: part for each in programs for part in _parts(each) if isinstance(part, Constant)
    }
    used = dict.fromkeys(
        part.name for each in programs for part in _parts(each) if isinstance(part, Weight)
    )
    typing = {_TYPING[name] for name in sources.annotations & _TYPING.keys()}
    lines = {"import base64", *sources.imports, *typing} - {"import numpy as np"}
    imports = sorted(lines, key=lambda line: (line.startswith("from"), line))
    texts = [_constant(part) for part in constants.values()]
    blocks = [
        f'"""{_said(about)}\n"""',
        "from __future__ import annotations",
        "\n".join(imports),
        "import numpy as np",
        *_aliases(sources),
        *(text for text in texts if text.count("\n") < _MANY),
        *(_wrapped_value(name, value) for name, value in sources.constants.items()),
    ]
    made = {part.name: part for each in programs for part in _parts(each) if isinstance(part, Made)}
    bodies = [*map(_definition, programs), *sources.texts.values(), _WEIGHTS.strip()]
    ends = f"W = _arrays(\n    {{\n{''.join(_array(n, weights[n]) for n in used)}    }}\n)"
    bodies += [
        *(text for text in texts if text.count("\n") >= _MANY),
        ends,
        *map(_making, made.values()),
    ]
    return "\n\n".join(blocks) + "\n\n\n" + "\n\n\n".join(bodies) + "\n"


def _said(text: str) -> str:
    """Return a text as a docstring can hold it, whatever stands in it: names are the user's."""
    shown = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text.strip())
    lines = [textwrap.fill(line, _WIDTH - 4) if len(line) > _WIDTH else line
             for line in shown.split("\n")]  # fmt: skip
    return "\n".join(lines).replace("\\", "\\\\").replace('"', "'")


def _aliases(sources: Sources) -> Iterator[str]:
    """Yield what names in annotations stand for: all are arrays, or tuples of them."""
    known = {line.rpartition(" ")[2] for line in sources.imports} | _TYPING.keys()
    left = sources.annotations - known - sources.constants.keys() - sources.texts.keys()
    if left:
        lines = textwrap.wrap(" ".join(sorted(left)), _WIDTH // 2)
        each = (f"{line.replace(' ', ' = ')} = np.ndarray" for line in lines)
        yield "\n".join(["# what annotations speak of: arrays, and tuples of them", *each])


def _every(*programs: Program) -> list[Program]:
    """Return programs and all that they use, each before what it uses."""
    found: list[Program] = []
    for program in programs:
        inner = [part for part in _parts(program) if isinstance(part, Program)]
        below = _every(*inner)
        names = {program.name, *(each.name for each in below)}
        found = [each for each in found if each.name not in names]
        found += [program, *below]
    return list({program.name: program for program in found}.values())


def _parts(program: Program) -> Iterator[Any]:
    """Yield all that the steps of a program name, but for functions."""
    for call in program.calls:
        yield call.function
        for part in _flat(call.takes):
            yield part
            if isinstance(part, Made):
                yield from (part.function, *_flat(part.takes))
    yield from _flat(program.gives)


def _functions(program: Program) -> Iterator[Callable[..., Any]]:
    yield from (
        part
        for part in _parts(program)
        if callable(part) and not isinstance(part, Program | Variable)
    )


def _flat(values: tuple[Any, ...]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, tuple):
            yield from _flat(value)
        else:
            yield value


def _definition(program: Program) -> str:
    """Return a program as a function of Python."""
    given = [
        f"{name}={program.defaults[name]}" if name in program.defaults else name
        for name in program.takes
    ]
    about = textwrap.indent(_said(program.about), "    ").strip()
    end = "\n    " if "\n" in about else ""
    lines = [
        _wrapped(f"def {program.name}(", given, "):", 0),
        f'    """{about}{end}"""',
        *map(_line, program.calls),
        f"    return {', '.join(map(_written, program.gives))}",
    ]
    return "\n".join(lines)


def _line(call: Call) -> str:
    name = call.function.name if isinstance(call.function, Program) else name_of(call.function)
    begin = f"    {', '.join(call.gives)} = {name}("
    return _wrapped(begin, [_written(value) for value in call.takes], ")", 4)


def _wrapped(begin: str, parts: list[str], end: str, indent: int) -> str:
    """Return a call on one line, or its arguments on lines of their own."""
    line = f"{begin}{', '.join(parts)}{end}"
    if len(line) <= _WIDTH:
        return line
    margin = " " * (indent + 4)
    inner = textwrap.fill(
        ", ".join(parts) + ",", _WIDTH, initial_indent=margin, subsequent_indent=margin,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return f"{begin}\n{inner}\n{' ' * indent}{end}"


def _written(value: Any) -> str:
    """Return what a step takes as it is written."""
    if isinstance(value, Variable):
        return str(value)
    if isinstance(value, Weight):
        return f'W["{value.name}"]'
    if isinstance(value, Constant | Made | Program):
        return value.name
    if isinstance(value, tuple):
        inner = ", ".join(map(_written, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return name_of(value) if callable(value) else repr(value)


def _constant(constant: Constant) -> str:
    about = f"# {' '.join(_said(constant.about).split())}\n" if constant.about else ""
    value = pprint.pformat(constant.value, width=_WIDTH - 4, compact=True, sort_dicts=False)
    if "\n" not in value and len(value) + len(constant.name) + 3 <= _WIDTH:
        return f"{about}{constant.name} = {value}"
    return f"{about}{constant.name} = (\n{textwrap.indent(value.strip('()'), '    ')}\n)"


def _making(made: Made) -> str:
    begin = f"{made.name} = {name_of(made.function)}("
    return _wrapped(begin, [_written(value) for value in made.takes], ")", 0)


def _wrapped_value(name: str, value: str) -> str:
    """Return a constant as it is written, on several lines where it is long."""
    if len(name) + len(value) + 3 <= _WIDTH:
        return f"{name} = {value}"
    bare = value[1:-1] if value.startswith("(") else value
    inner = textwrap.fill(
        bare, _WIDTH, initial_indent="    ", subsequent_indent="    ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return f"{name} = (\n{inner}\n)"


def _array(name: str, array: NDArray[Any]) -> str:
    """Return an array as an entry of a dictionary: its type, its shape, its bytes in base 64."""
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    text = base64.b64encode(little.tobytes()).decode()
    width = _WIDTH - 18
    lines = [text[i : i + width] for i in range(0, len(text), width)] or [""]
    body = "\n".join(f'            "{line}"' for line in lines)
    kind = f'            "{little.dtype.str}", {array.shape},'
    return f'        "{name}": (\n{kind}\n{body},\n        ),\n'
