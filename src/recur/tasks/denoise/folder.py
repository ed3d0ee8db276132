"""The folder that learning to clean leaves behind: the model, its curve, what it cleaned."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from recur.data.signals.recordings import Pairs, RecordingArrays
from recur.files.atomic import remove, together, write_bytes
from recur.report.plots import png, training_picture
from recur.report.plots.denoising import denoising_picture, typical_recording
from recur.report.plots.training import FEWEST_EPOCHS
from recur.tasks.denoise.denoiser import Denoiser


@together()
def write_denoiser(
    model: Denoiser, ids: Sequence[str], steps: int, folder: Path
) -> dict[str, Path]:
    """Write what a fitted denoiser has to show; return the files by what they hold.

    Args:
        model: fitted here, so that it still knows what was held out.
        ids: what each recording is called.
        steps: of all of them.
        folder: where to.
    """
    pictures = {}
    if len(model.history_) >= FEWEST_EPOCHS:
        pictures["training"] = training_picture(model.history_, model.kept_epoch_)
    if model.held_out_ is not None and model.judgement_ is not None:
        answers = model.judgement_.cleaned
        pictures["denoised"] = _held_out_picture(model.held_out_, answers, ids, steps)
    files = {"model": model.save(folder / "model.recur")}
    for name, picture in pictures.items():
        files[name] = folder / f"{name}.png"
        write_bytes(files[name], png(picture))
    for name in {"training", "denoised"} - set(files):
        remove(folder / f"{name}.png")  # of an earlier model
    return files


def _held_out_picture(
    held: Pairs, cleaned: RecordingArrays, ids: Sequence[str], steps: int
) -> Figure:
    """Draw the first channel of a held-out recording, the stretch of a single one."""
    i = typical_recording(held.clean, cleaned)
    return denoising_picture(
        held.noisy[i][:, 0],
        held.clean[i][:, 0],
        cleaned[i][:, 0],
        start=steps - held.steps if len(ids) == 1 else 0,
        name=ids[len(ids) - len(held) + i],
    )
