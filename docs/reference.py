"""The pages of the reference, made from code: the public names, and the command's own help."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer

import recur
from recur.cli.main import built

PAGES: dict[str, tuple[str, ...]] = {
    "Forecasting": ("Forecaster", "Forecast", "compare", "backtest"),
    "Judging": ("Judgement", "Verdict", "Walk"),
    "Signals and texts": ("Denoiser", "Classifier", "Tagger", "Translator", "Writer"),
    "Data": ("read_panel", "read_panels", "Panel", "Text", "describe", "Description", "synthetic"),
    "Models": ("load", "export_model", "torch_module"),
    "Errors": (
        *("RecurError", "InputError", "DataError", "SettingsError", "ModelFileError"),
        *("TrainingDiverged", "DataWarning"),
    ),
}
ELSEWHERE = {"Clusters and adapters": ("distributed.on", "adapters.sktime.RecurForecaster")}


def python_pages() -> dict[str, str]:
    """Return the text of each page on public names, by its title.

    Raises:
        LookupError: for a public name that stands on no page, or is there no more.
    """
    placed = [name for names in PAGES.values() for name in names]
    if wrong := set(placed) ^ (set(recur.__all__) - {"__version__"}):
        raise LookupError(f"docs/reference.py: PAGES and recur.__all__ differ in {sorted(wrong)}")
    return {title: _names(title, names) for title, names in (PAGES | ELSEWHERE).items()}


def public_names() -> list[str]:
    """Return all names that the reference describes, without `recur.` in front."""
    return [name for names in (PAGES | ELSEWHERE).values() for name in names]


def _names(title: str, names: tuple[str, ...]) -> str:
    return "\n\n".join([f"# {title}", *(f"::: recur.{name}" for name in names)]) + "\n"


def commands() -> Iterator[tuple[str, Any]]:
    """Give each command by what is typed, such as `bench engine`, in the order of the help."""
    for name, verb in built().commands.items():
        if isinstance(verb, typer.core.TyperGroup):
            yield from ((f"{name} {inner}", one) for inner, one in verb.commands.items())
        else:
            yield name, verb


def command_page(name: str, verb: Any) -> str:
    """Return the page of a command: what it does, what it takes, and every option."""
    told = verb.help
    if not told:
        raise LookupError(f"`recur {name}` says nothing of itself")
    arguments = [one for one in verb.params if one.param_type_name == "argument"]
    options = [one for one in verb.params if one.param_type_name == "option" and not one.hidden]
    words = [_shown(one) for one in arguments]
    usage = " ".join([f"recur {name}", *words, *(["[OPTIONS]"] if options else [])])
    parts = [f"# recur {name}", inspect.cleandoc(told), f"    {usage}"]
    if arguments:
        parts.append(_table("argument", [(_shown(one), one) for one in arguments]))
    groups: dict[str, list[tuple[str, Any]]] = {}
    for one in options:
        groups.setdefault(one.rich_help_panel or "Output", []).append((_typed(one), one))
    for group, rows in groups.items():
        parts += [f"## {group}", _table("option", rows)]
    return "\n\n".join(parts) + "\n"


def _shown(argument: Any) -> str:
    word = argument.metavar or argument.name.upper()
    word = word if argument.nargs == 1 else f"{word}..."
    return word if argument.required else f"[{word}]"


def _typed(option: Any) -> str:
    """Return an option as it is typed, with what stands for its value."""
    names = ", ".join(option.opts)
    if option.secondary_opts:
        names += " / " + ", ".join(option.secondary_opts)
    value = "" if option.is_flag else option.metavar or option.name.upper()
    return f"{names} {value}".strip()


def _table(head: str, rows: list[tuple[str, Any]]) -> str:
    lines = [f"| {head} | what it is |", "|---|---|"]
    for typed, one in rows:
        if not one.help:
            raise LookupError(f"{typed} says nothing of itself")
        lines.append(f"| `{_cell(typed)}` | {_cell(_plain(one.help))} |")
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Return a text with what Markdown would take for its own made plain."""
    for sign in "*_<[":
        text = text.replace(sign, f"\\{sign}" if sign != "<" else "&lt;")
    return text


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
