"""What `recur write` prints: for a reader, and as one JSON object."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from recur.cli import output

if TYPE_CHECKING:
    from recur.data.text.text import Text
    from recur.tasks.write.compare import CellComparison, TrainedCell
    from recur.tasks.write.judge import WritingJudgement
    from recur.tasks.write.writer import Writer


def print_writer(
    model: Writer, text: Text, sample: tuple[str, str], files: dict[str, Path]
) -> None:
    """Print what was trained, on what, how it was judged, and what it writes."""
    output.print_lines(text=_text(text), network=_network(model), training=_training(model))
    if model.judgement_ is not None:
        _print_judgement(model.judgement_, model.vocabulary_.symbol)
    print_sample(*sample)
    if files:
        output.print_files(files)


def print_cells(found: CellComparison, text: Text, files: dict[str, Path]) -> None:
    """Print what several networks have reached, how they differed, and what they write."""
    from recur.report.writing import contenders_table, differences, losses_line

    first = found.trained[0].model
    console = output.stdout()
    networks = {
        one.model.cell: f"{_network(one.model)} · {output.kept(one.model)}" for one in found.trained
    }
    output.print_lines(text=_text(text), **networks, training=_streams(first))
    console.print()
    console.print(contenders_table(found.cell_summaries, first.vocabulary_.symbol))
    judgement = first.judgement_
    notes = ["* lowest; seconds to same loss: to the worst of the losses they ended with"]
    if judgement is not None:
        order = judgement.verdict.order
        notes.append(losses_line(_counted(judgement), order))
    console.print("\n".join(notes), style="dim italic")
    console.print()
    for sentence in differences(found.cell_summaries):
        console.print(output.paragraph(sentence, console.width))
    for sentence, cells in _verdicts(found).items():
        said = f"{', '.join(cells)}: {sentence}"
        console.print(output.paragraph(said, console.width), style="bold")
    for one in found.trained:
        print_sample(one.model.cell, one.sample)
    output.notice(*(f"{cell} left out: {why}" for cell, why in found.skipped.items()))
    if files:
        output.print_files(files)


def print_sample(name: str, text: str) -> None:
    """Print a text that a network has written, under a rule with its name."""
    from recur.report.writing import legible

    console = output.stdout()
    console.print()
    console.rule(name, align="left", style="dim")
    console.print(legible(text), soft_wrap=True)


def print_writer_json(
    model: Writer, text: Text, samples: list[str], seconds: dict[str, float], files: dict[str, Path]
) -> None:
    """Print all that is known of a fit."""
    output.print_json(
        {
            "task": model.task,
            "symbols": len(text.vocabulary),
            "characters": len(text),
            **_facts(model),
            "samples": samples,
            "seconds": _rounded(seconds),
            "files": {name: str(path) for name, path in files.items()},
        }
    )


def print_cells_json(
    found: CellComparison, text: Text, seconds: dict[str, float], files: dict[str, Path]
) -> None:
    """Print all that is known of a comparison."""
    from recur.report.writing import differences

    output.print_json(
        {
            "task": found.trained[0].model.task,
            "symbols": len(text.vocabulary),
            "characters": len(text),
            "cells": {one.model.cell: _cell_facts(found, one) for one in found.trained},
            "same_loss": found.same_loss,
            "differences": differences(found.cell_summaries),
            "skipped": found.skipped,
            "seconds": _rounded(seconds),
            "files": {name: str(path) for name, path in files.items()},
        }
    )


def _facts(model: Writer) -> dict[str, Any]:
    """Return how large a model is, how it was judged, and how it learnt."""
    judged = model.judgement_.to_dict() if model.judgement_ is not None else {}
    return {
        "parameters": model.network_.size,
        "train": {"nats": _training_loss(model)},
        **{name: judged.get(name) for name in ("validation", "baselines", "verdict")},
        "history": [epoch.to_dict() for epoch in model.history_],
    }


def _cell_facts(found: CellComparison, one: TrainedCell) -> dict[str, Any]:
    contender = found.cell_summaries[found.trained.index(one)]
    trained = bool(one.model.history_)
    return {
        **_facts(one.model),
        "samples": [one.sample],
        "seconds": round(contender.seconds, 3),
        "seconds_to_same_loss": contender.to_same_loss and round(contender.to_same_loss, 3),
        "characters_per_second": round(one.pace, 1),
        "gradient_norm": contender.norm if trained else None,
        "instability": contender.instability if trained else None,
        "rescues": contender.rescues,
    }


def _training_loss(model: Writer) -> float | None:
    """Return the mean training loss of the epoch whose weights were kept."""
    if not model.history_:
        return None
    return model.history_[model.kept_epoch_ - 1 if model.kept_epoch_ else -1].training


def _print_judgement(judgement: WritingJudgement, unit: str) -> None:
    """Print the losses of the network and of counting, and the verdict."""
    from recur.report.writing import losses_table

    console = output.stdout()
    order = judgement.verdict.order
    console.print()
    console.print(losses_table(judgement.nats, _counted(judgement), order, unit))
    console.print()
    console.print(output.paragraph(judgement.verdict.sentence, console.width), style="bold")


def _counted(judgement: WritingJudgement) -> dict[str, float]:
    """Return the losses of counting by name."""
    return {
        "ngram": judgement.verdict.ngram,
        "unigram": judgement.unigram,
        "uniform": judgement.uniform,
    }


def _text(text: Text) -> str:
    unit, count = text.vocabulary.unit, len(text.starts)
    texts = f" · {count:,} texts" if count > 1 else ""
    return f"{text.source} · {len(text):,} {unit}, {len(text.vocabulary):,} distinct{texts}"


def _network(model: Writer) -> str:
    network = model.network_
    size = f"{network.hidden}" if network.layers == 1 else f"{network.layers} x {network.hidden}"
    relu = ", relu" if network.cell == "rnn" and network.nonlinearity == "relu" else ""
    tied = ", tied" if network.tied else ""
    return (
        f"embedding({network.inputs}{tied}) + {network.cell.upper()}({size}{relu}), "
        f"{network.size:,} parameters"
    )


def _training(model: Writer) -> str:
    return f"{output.kept(model)} · {_streams(model)}"


def _streams(model: Writer) -> str:
    chosen = model.chosen()
    windows = f"windows of {chosen['steps']} {model.vocabulary_.unit}"
    return f"{chosen['streams']} streams, {windows} · {model.engine_}"


def _verdicts(found: CellComparison) -> dict[str, list[str]]:
    """Return the cells that each sentence is said of."""
    said: dict[str, list[str]] = {}
    for one in found.trained:
        if one.model.judgement_ is not None:
            said.setdefault(one.model.judgement_.verdict.sentence, []).append(one.model.cell)
    return said


def _rounded(seconds: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in seconds.items()}
