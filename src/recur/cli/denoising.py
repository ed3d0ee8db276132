"""What `recur denoise` prints, and what other verbs do of a denoiser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from recur.cli import output

if TYPE_CHECKING:
    from recur.judge.denoise.judgement import DenoisingJudgement
    from recur.tasks.denoise.denoiser import Denoiser
    from recur.tasks.denoise.files import SignalFile


def print_denoiser(model: Denoiser, signals: SignalFile, files: dict[str, Path]) -> None:
    """Print what was trained, on what, and how it was judged."""
    output.print_lines(data=data_line(signals, model.noise), **model_lines(model))
    if model.judgement_ is not None:
        print_judgement(model.judgement_)
    if files:
        output.print_files(files)


def print_denoiser_json(
    model: Denoiser, signals: SignalFile, seconds: dict[str, float], files: dict[str, Path]
) -> None:
    """Print all that is known of a fit."""
    from recur.version import __version__

    judged = model.judgement_.to_dict() if model.judgement_ is not None else {}
    output.print_json(
        {
            "recur": __version__,
            "task": model.task,
            "data": data_facts(signals),
            "settings": model.chosen(),
            **{name: judged.get(name) for name in ("errors", "windows", "sees_future", "verdict")},
            "history": [epoch.to_dict() for epoch in model.history_],
            "seconds": {name: round(value, 3) for name, value in seconds.items()},
            "files": {name: str(path) for name, path in files.items()},
        }
    )


def tell_judged(
    model: Denoiser, signals: SignalFile, judgement: DenoisingJudgement, *, as_json: bool
) -> None:
    """Print how a saved model did on other recordings."""
    from recur.version import __version__

    if as_json:
        told = {"recur": __version__, "task": model.task, "data": data_facts(signals)}
        output.print_json({**told, **judgement.to_dict()})
        return
    output.print_lines(data=data_line(signals), **model_lines(model))
    print_judgement(judgement, "steps")


def print_judgement(judgement: DenoisingJudgement, steps: str = "held-out steps") -> None:
    """Print the errors of the network and of the filters, and the verdict."""
    from recur.report.denoising import errors_table

    console = output.stdout()
    console.print()
    console.print(errors_table(judgement, steps))
    console.print()
    console.print(output.paragraph(judgement.verdict.sentence, console.width), style="bold")


def data_line(signals: SignalFile, noise: str | None = None) -> str:
    """Return in one line what the recordings are, and what they were made noisy with."""
    from recur.data.panel.panel import Panel

    source, told = signals.source, f" · made noisy with {noise}" if signals.noisy is None else ""
    if not isinstance(source, Panel):
        return f"{source.describe()}{told}"
    count = len(signals.ids)
    wanted = source.targets[len(signals.channels) :]
    columns = " to ".join(", ".join(names) for names in (signals.channels, wanted) if names)
    several = "" if count == 1 else f" · {count:,} recordings"
    return (
        f"{source.source} · {columns}{several} · {signals.steps:,} rows · "
        f"{source.clock.describe()}{told}"
    )


def data_facts(signals: SignalFile) -> dict[str, Any]:
    """Return what the recordings are, as the JSON output has it."""
    return {
        "recordings": len(signals.parts),
        "steps": signals.steps,
        "channels": signals.parts[0].shape[1],
        "samples_per_second": signals.rate,
    }


def model_lines(model: Denoiser) -> dict[str, str]:
    """Return what was trained, and how that ended."""
    network = model.network_
    return {
        "network": f"{output.layers(network)}, {model.head} head, {network.size:,} parameters",
        "training": (
            f"{output.kept(model)} · stretches of {model.settings_['steps']} · {model.engine_}"
        ),
    }
