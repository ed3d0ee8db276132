"""The command itself: its verbs, and what every ending says and returns."""

from __future__ import annotations

import shlex
import sys
import traceback
from collections.abc import Sequence
from contextlib import nullcontext
from functools import cache
from importlib import import_module
from typing import Annotated, Any

import typer

from recur.cli import surroundings
from recur.errors import RecurError, UndecidedError, sentence
from recur.notices import hush
from recur.version import __version__, commit

_QUIET = "--quiet"
_LONGEST_TYPED = 200  # characters of a name that anybody would copy
_INTERRUPTED = 130  # typer's answer to Ctrl-C
_PLAINER = {  # what the libraries below say of a value
    "Value error, ": "",
    "Input should be": "it should be",
    ", unable to parse string as an integer": "",
    ", unable to parse string as a number": "",
}

_VERBS = (
    *("demo", "describe", "forecast", "compare", "backtest", "predict", "watch", "judge"),
    *("explain", "update", "denoise", "classify", "tag", "translate", "write", "sample", "lab"),
    *("inspect", "engines", "serve", "studio", "export", "bench"),
)


def _print_version(wanted: bool) -> None:
    if wanted:
        made_from = commit()
        typer.echo(f"recur {__version__} ({made_from})" if made_from else f"recur {__version__}")
        raise typer.Exit


def recur(
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version, and the commit where it is known.",
            metavar="",
        ),
    ] = False,
    _quiet: Annotated[
        bool,
        typer.Option(
            _QUIET,
            help="Print results and errors alone, no notices and no progress; anywhere in a line.",
            metavar="",
        ),
    ] = False,
) -> None:
    """Train, judge and run recurrent networks on numbers, signals and text."""


@cache
def built(verb: str = "") -> Any:
    """Return the command as it reads its arguments, with one of its verbs alone or with all.

    To load and to build all of them takes longer than many a call.
    """
    app = typer.Typer(
        name="recur",
        help="Train, judge and run recurrent networks on numbers, signals and text.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(recur)
    for name in [verb] if verb else _VERBS:
        found = getattr(import_module(f"recur.cli.verbs.{name}"), name)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command()(found)
    return typer.main.get_command(app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with its exit code.

    0 is done, 2 bad input or usage, 3 failed training, 130 Ctrl-C, 1 a mistake of recur's own.
    """
    surroundings.prepare()
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    words = [word for word in given if word != _QUIET]
    try:
        surroundings.check_variables()
        surroundings.check_output()
        with hush() if len(words) < len(given) else nullcontext():
            verb = words[0] if words and words[0] in _VERBS else ""
            code = built(verb).main(args=words, prog_name="recur", standalone_mode=False)
        sys.stdout.flush()
    except (RecurError, typer.TyperException) as error:
        from recur.cli.output import print_sentences

        message = _usage(error) if isinstance(error, typer.TyperException) else str(error)
        if message:  # a call without arguments has shown its help instead
            print_sentences(f"recur: {message}", style="none")
        if isinstance(error, UndecidedError) and _can_be_typed(error.likeliest):
            again = shlex.join(["recur", *given, f"--{error.option}", error.likeliest])
            print(f"To take the likeliest, type:\n  {again}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    except KeyboardInterrupt:  # before typer is there to answer it
        code = _INTERRUPTED
    except SystemExit:  # how rich and typer leave when whoever read the output has seen enough
        return 0
    except BaseException as error:  # a library's panic is no `Exception`
        lacking = surroundings.shortage(error)
        if lacking is not None:
            print(f"recur: {lacking}", file=sys.stderr)  # noqa: T201
            return 1
        if not isinstance(error, Exception):
            raise
        traceback.print_exc()
        print(  # noqa: T201
            "recur: this is a mistake in recur, not in what you gave it; please report it with "
            "the lines above.",
            file=sys.stderr,
        )
        return 1
    if code == _INTERRUPTED:
        print("recur: interrupted.", file=sys.stderr)  # noqa: T201
    return code if isinstance(code, int) else 0


def _can_be_typed(name: str) -> bool:
    return name.isprintable() and len(name) <= _LONGEST_TYPED


def _usage(error: typer.TyperException) -> str:
    """Turn a complaint about the command line into a sentence that says where to read on."""
    complaint = error.format_message().rstrip(".")
    if not complaint:
        return ""
    for jargon, plain in _PLAINER.items():
        complaint = complaint.replace(jargon, plain)
    context = getattr(error, "ctx", None)
    command = "recur" if context is None else context.command_path
    end = " See" if complaint.endswith("?") else "; see"
    return sentence(f"{complaint[0].lower()}{complaint[1:]}{end} `{command} --help`.")
