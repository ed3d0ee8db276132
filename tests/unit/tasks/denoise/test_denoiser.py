"""A denoiser learns to clean, keeps what it learnt, cleans in any form, and is judged by it."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recur
from recur import DataError, Denoiser, SettingsError
from recur.engines.compiled.engine import CompiledEngine
from recur.errors import DataWarning, ModelFileError
from recur.files.modelfile import read_file, write_file
from recur.tasks.base import checked
from recur.tasks.denoise import clean as cleaning
from recur.tasks.denoise import prepare
from recur.tasks.denoise.settings import DenoiserParameters
from recur.training.checkpoint import Checkpoint
from recur.training.progress import Silent

MADE = recur.synthetic.noisy_sines(series=120, points=60, period=20)
NOISY, CLEAN = MADE.values, MADE.answer
TWO_CHANNELS = {"name": "wiener", "window": 3, "moments": 2 * [[0, 0, [1, 0, 0], [0, 1, 0]]]}
SMALL: dict[str, Any] = {"hidden": 8, "epochs": 6, "rate": 0.02, "batch": 8}


@pytest.fixture(scope="module")
def fitted() -> Denoiser:
    return fit()


def denoiser(**more: Any) -> Denoiser:
    return Denoiser(**{**SMALL, **more})


def fit(noisy: Any = NOISY, clean: Any = CLEAN, **more: Any) -> Denoiser:
    return denoiser(**more).fit(noisy, clean, progress=False)


def split(noisy: Any, clean: Any, test: Any = None, **more: Any) -> prepare.Split:
    return prepare.split(denoiser(**more), noisy, clean, test)


def long(steps: int, channels: int = 1) -> tuple[Any, Any]:
    """Return one long recording, noisy and clean: [time], or [time, channels] in a list."""
    made = recur.synthetic.noisy_sines(series=channels, points=steps, period=20)
    if channels == 1:
        return made.values[0], made.answer[0]
    return [made.values.T], [made.answer.T]


def test_a_network_learns_to_clean_and_is_judged_beside_filters(fitted: Denoiser) -> None:
    errors = fitted.judge().errors
    assert errors["network"]["mae"] < 0.8 * errors["noisy"]["mae"]
    assert fitted.history_[-1].training < fitted.history_[0].training
    held = fitted.held_out_
    assert held is not None
    assert len(held) == 24
    made = np.stack(fitted.predict(np.stack(held.noisy)))
    assert errors["network"]["mse"] == pytest.approx(np.mean((made - np.stack(held.clean)) ** 2))
    assert np.array_equal(np.stack(fitted.judge().cleaned), made)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_every_cell_cleans_recordings_of_their_own_lengths(cell: str, bidirectional: bool) -> None:
    lengths = [50, 13, 60, 29, 41, 60, 7, 33, 60, 60]
    noisy = [row[:n] for row, n in zip(NOISY, lengths, strict=False)]
    clean = [row[:n] for row, n in zip(CLEAN, lengths, strict=False)]
    model = denoiser(
        cell=cell, bidirectional=bidirectional, steps=20, layers=2, dropout=0.1, epochs=2
    ).fit(noisy, clean, test=2, progress=False)
    cleaned = model.predict(noisy)
    assert [len(x) for x in cleaned] == lengths
    assert model.history_[1].training < model.history_[0].training
    alone = model.predict(noisy[3])
    assert cleaned[3] == pytest.approx(alone, abs=1e-6)


def test_the_last_fifth_is_held_out_and_the_fifth_before_chooses() -> None:
    parts = split(NOISY, CLEAN)
    assert [len(part) for part in (parts.training, parts.validation, parts.held_out)] == [
        77,
        19,
        24,
    ]
    assert np.array_equal(parts.held_out.noisy[0][:, 0], NOISY[96])
    noisy, clean = long(1000)
    parts = split(noisy, clean)
    assert [p.steps for p in (parts.training, parts.validation, parts.held_out)] == [640, 160, 200]
    assert np.array_equal(parts.held_out.clean[0][:, 0], clean[800:])


def test_the_held_out_part_changes_nothing_that_is_learnt(fitted: Denoiser) -> None:
    noisy, clean = NOISY.copy(), CLEAN.copy()
    noisy[96:], clean[96:] = 100 * noisy[96:], -clean[96:]
    other = fit(noisy, clean)
    assert np.array_equal(other.weights_, fitted.weights_)
    assert other.filters_ == fitted.filters_
    assert other.noisy_scale_.spread.tolist() == fitted.noisy_scale_.spread.tolist()
    assert other.judge().errors["network"] != fitted.judge().errors["network"]


def test_the_validation_part_chooses_the_weights_and_is_not_learnt_from(fitted: Denoiser) -> None:
    noisy = NOISY.copy()
    noisy[77:96] *= -1
    other = fit(noisy, CLEAN)
    assert other.history_[-1].training == fitted.history_[-1].training
    assert other.history_[-1].validation != fitted.history_[-1].validation


def test_noise_is_made_on_clean_recordings_and_held_out_ones_have_one_copy() -> None:
    parts = split(CLEAN, None, noise="uniform:0.35", copies=3)
    assert [len(part) for part in (parts.training, parts.validation, parts.held_out)] == [
        3 * 77, 19, 24,
    ]  # fmt: skip
    first, again = parts.training.noisy[0], parts.training.noisy[77]
    assert np.array_equal(parts.training.clean[0], parts.training.clean[77])
    assert not np.array_equal(first, again)
    differences = np.concatenate(parts.training.noisy) - np.concatenate(parts.training.clean)
    assert 0.34 < np.abs(differences).max() < 0.35
    model = denoiser(noise="uniform:0.35", copies=2, epochs=1).fit(CLEAN, progress=False)
    assert model.judge().errors["noisy"]["mae"] == pytest.approx(0.175, rel=0.05)


def test_noise_on_one_recording_is_no_repetition_of_itself() -> None:
    _, clean = long(1000)
    parts = split(clean, None, noise="gaussian:1")
    learnt = (parts.training.noisy[0] - parts.training.clean[0])[:160, 0]
    chosen = (parts.validation.noisy[0] - parts.validation.clean[0])[:, 0]
    assert abs(np.corrcoef(learnt, chosen)[0, 1]) < 0.3


@pytest.mark.parametrize("head", ["linear", "tanh"])
def test_values_of_any_unit_are_cleaned_alike(head: str, fitted: Denoiser) -> None:
    small, large = (
        fit(offset + unit * NOISY, offset + unit * CLEAN, head=head)
        for unit, offset in ((1.0, 0.0), (1000.0, 5e4))
    )
    assert large.predict(5e4 + 1000 * NOISY[0]) == pytest.approx(
        5e4 + 1000 * small.predict(NOISY[0]), abs=20
    )


def test_a_bounded_head_stays_within_the_clean_training_values() -> None:
    for head, bounded in (("tanh", True), ("linear", False)):
        model = fit(head=head, epochs=1)
        weights = 100 * model.weights_
        model.fitted_ = replace(
            model.fitted_, weights=weights
        )  # so that it answers with whatever its head lets through
        assert (np.abs(model.predict(NOISY)).max() < 1.0 + 1e-6) == bounded


def test_several_channels_are_cleaned_together() -> None:
    noisy, clean = long(600, channels=3)
    model = fit(noisy, clean, epochs=2)
    (cleaned,) = model.predict(noisy)
    assert cleaned.shape == (600, 3)
    block = model.predict(np.stack([noisy[0], noisy[0]]))
    assert block.shape == (2, 600, 3)
    with pytest.raises(DataError, match="have 1 channels; this network was trained on 3"):
        model.predict(NOISY[0])


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_pieces_with_the_state_carried_are_equal_to_one_run(
    cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    noisy, clean = long(700)
    model = fit(noisy, clean, cell=cell, epochs=1, layers=2)
    whole = model.predict(noisy)
    for piece in (1, 7, 64, 699):
        monkeypatch.setattr(cleaning, "_PIECE", piece)
        assert np.array_equal(model.predict(noisy), whole)


@pytest.mark.parametrize("steps", [400, 401, 499, 501])
def test_a_network_that_reads_both_ways_takes_long_recordings_in_overlapping_pieces(
    steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = fit(bidirectional=True, epochs=1)
    noisy, _ = long(steps)
    whole = model.predict(noisy)
    monkeypatch.setattr(cleaning, "_LONGEST", 100)
    monkeypatch.setattr(cleaning, "_MARGIN", 50)
    lengths = []
    forward = CompiledEngine.forward

    def watched(*given: Any) -> Any:
        lengths.append(len(given[3]))
        return forward(*given)

    monkeypatch.setattr(CompiledEngine, "forward", watched)
    assert model.predict(noisy) == pytest.approx(whole, abs=1e-4)
    assert max(lengths) == 200
    monkeypatch.setattr(cleaning, "_MARGIN", 0)
    assert model.predict(noisy) != pytest.approx(whole, abs=1e-4)


def test_long_recordings_are_learnt_with_their_state_carried() -> None:
    noisy, clean = long(2000)
    job = layout(noisy, clean, steps=50)
    assert job.windows.carried
    assert job.plan.batch == 6  # of 26 stretches, four in a lane
    whole = denoiser(steps=50, epochs=60).fit(noisy, clean, progress=False)
    errors = whole.judge().errors
    assert errors["network"]["mae"] < 0.6 * errors["noisy"]["mae"]
    both = layout(noisy, clean, steps=50, bidirectional=True)
    assert not both.windows.carried
    assert len(both.training) > 4 * 20  # stretches overlap, since each starts from no state
    last, first = both.windows.starts[both.training.stop - 1 : both.training.stop + 1]
    assert last + 50 == first == 1280
    assert not layout(NOISY, CLEAN, steps=60).windows.carried


def layout(noisy: Any, clean: Any, **more: Any) -> Any:
    return prepare.prepare(denoiser(**more), split(noisy, clean, **more)).job


def test_the_same_seed_learns_the_same_bits_and_another_does_not(fitted: Denoiser) -> None:
    assert np.array_equal(fit().weights_, fitted.weights_)
    assert np.array_equal(fit(threads=1).weights_, fitted.weights_)
    assert not np.array_equal(fit(seed=1).weights_, fitted.weights_)


def test_a_saved_denoiser_has_the_same_bits_and_cleans_and_judges_the_same(
    fitted: Denoiser, tmp_path: Path
) -> None:
    again = recur.load(fitted.save(tmp_path / "model.recur"))
    assert isinstance(again, Denoiser)
    assert np.array_equal(again.weights_, fitted.weights_)
    assert np.array_equal(again.predict(NOISY), fitted.predict(NOISY))
    assert again.judge(NOISY[96:], CLEAN[96:]).to_dict() == fitted.judge().to_dict()
    assert again.chosen() == fitted.chosen()
    assert (again.history_, again.filters_) == (fitted.history_, fitted.filters_)
    assert again.held_out_ is None
    assert again.judge().to_dict() == fitted.judge().to_dict()


def test_names_and_rate_are_kept_with_the_model(tmp_path: Path) -> None:
    model = denoiser(epochs=1).fit(NOISY, CLEAN, progress=False, names=("raw",), rate_hz=8000)
    again = recur.load(model.save(tmp_path / "model.recur"))
    assert (again.names_, again.rate_hz_) == (model.names_, model.rate_hz_) == (("raw",), 8000)
    with pytest.raises(SettingsError, match="2 `names` for 1 channels"):
        model.fit(NOISY, CLEAN, names=("left", "right"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"names": "raw"}, "`names` is 'raw'"),
        ({"names": [7]}, "`names.0` is 7"),
        ({"names": ["a", "b"]}, "2 `names` for 1 channels"),
        ({"rate_hz": -1}, "`rate_hz` is -1"),
        ({"rate_hz": "fast"}, "`rate_hz` is 'fast'; it must be a whole number"),
        ({"epochs": 0}, "`epochs` is 0"),
        ({"filters": [7]}, "`filters.0` is 7"),
        ({"filters": [{"name": "wiener"}]}, "window"),
        ({"filters": [{"name": "moving_average", "window": 2**40, "moments": []}]}, "odd number"),
        ({"filters": [TWO_CHANNELS]}, "its filter `wiener` is not of 1 channels"),
        ({"history": [{"number": "one"}]}, "`history.0.number` is 'one'"),
        ({"more": 1}, "unknown setting `more`"),
    ],
)
def test_a_file_with_what_cannot_have_been_learnt_is_refused(
    change: dict[str, Any], said: str, fitted: Denoiser, tmp_path: Path
) -> None:
    contents = read_file(fitted.save(tmp_path / "model.recur"), "model")
    header = {name: contents.header[name] for name in ("task", "settings", "learned", "judgement")}
    header["learned"] = {**header["learned"], **change}
    write_file(tmp_path / "other.recur", "model", header, contents.tensors)
    with pytest.raises(ModelFileError, match=said):
        recur.load(tmp_path / "other.recur")


@pytest.mark.parametrize("change", ["hidden", "scale", "type"])
def test_a_file_that_does_not_fit_together_is_refused(
    change: str, fitted: Denoiser, tmp_path: Path
) -> None:
    other = denoiser()
    if change == "hidden":
        settings = checked(DenoiserParameters, {**fitted.settings_, "hidden": 9})
        other.fitted_ = replace(fitted.fitted_, settings=settings)
    else:
        scale = fitted.noisy_scale_
        centre: Any = np.zeros(2) if change == "scale" else scale.centre.astype(np.float32)
        other.fitted_ = replace(fitted.fitted_, noisy_scale=type(scale)(centre, scale.spread))
    path = other.save(tmp_path / "model.recur")
    with pytest.raises(ModelFileError, match="does not fit together"):
        recur.load(path)


def test_a_model_can_be_judged_on_other_recordings(fitted: Denoiser) -> None:
    found = fitted.judge(NOISY[0], CLEAN[0])
    assert found.errors["noisy"]["mae"] == pytest.approx(np.abs(NOISY[0] - CLEAN[0]).mean())
    assert found.verdict.claim == "too_little"  # 60 steps
    for one in ((NOISY[0], None), (None, CLEAN[0])):
        with pytest.raises(DataError, match="judging needs both"):
            fitted.judge(*one)


def test_nothing_is_judged_where_nothing_is_held_out() -> None:
    model = denoiser(epochs=1).fit(NOISY, CLEAN, test=0, progress=False)
    assert model.held_out_ is None
    assert model.judgement_ is None
    assert len(split(NOISY, CLEAN, 0).training) == 96


def test_without_a_validation_part_all_the_rest_is_learnt_from() -> None:
    model = fit(validation=0.0, epochs=1)
    assert model.history_[0].validation is None
    assert len(split(NOISY, CLEAN, validation=0.0).training) == 96


def test_minutes_become_a_number_of_epochs(capsys: pytest.CaptureFixture[str]) -> None:
    model = fit(epochs=None, minutes=1e-6)
    assert model.epochs_ == len(model.history_) == 1
    assert "1 epoch of about" in capsys.readouterr().err


class Killed(BaseException):
    """Ends a run as a kill would: nothing is saved any more."""


@pytest.mark.parametrize("steps", [60, 20], ids=["whole", "carried"])
def test_a_run_that_was_killed_or_interrupted_goes_on_to_the_same_bits(
    steps: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fit(steps=steps)
    path = tmp_path / "run"

    def stop(_: Any, epoch: Any) -> None:
        if epoch.number == 2:
            os.kill(os.getpid(), signal.SIGINT)

    def kill(_: Any, epoch: Any) -> None:
        if epoch.number == 4:
            raise Killed

    monkeypatch.setattr(Silent, "finished", stop)
    half = denoiser(steps=steps).fit(NOISY, CLEAN, progress=False, checkpoint=path)
    assert half.ended_ == "interrupted"
    assert len(half.history_) < SMALL["epochs"]
    assert half.predict(NOISY[0]).shape == (60,)
    monkeypatch.setattr(Silent, "finished", kill)
    with pytest.raises(Killed):
        denoiser(steps=steps).fit(
            NOISY, CLEAN, progress=False, checkpoint=Checkpoint(path, every=0.0)
        )
    monkeypatch.undo()
    again = denoiser(steps=steps).fit(NOISY, CLEAN, progress=False, checkpoint=path)
    assert again.history_ == whole.history_
    assert np.array_equal(again.weights_, whole.weights_)


def test_a_checkpoint_of_other_data_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run"
    denoiser(epochs=1).fit(NOISY, CLEAN, progress=False, checkpoint=path)
    with pytest.raises(ModelFileError, match="belongs to a run with other data"):
        denoiser(epochs=1).fit(NOISY**3, CLEAN, progress=False, checkpoint=path)


@pytest.mark.parametrize(
    ("given", "more", "error", "said"),
    [
        ((NOISY, None), {}, DataError, "no clean recordings to learn from.*set `noise`"),
        ((NOISY, CLEAN), {"noise": "uniform:1"}, DataError, "and `noise` is 'uniform:1'"),
        ((NOISY, CLEAN), {"copies": 2}, SettingsError, "`copies` is 2"),
        ((NOISY, NOISY), {}, DataError, "equal the noisy ones"),
        ((NOISY, CLEAN[:, :50]), {}, DataError, "has 60 steps and its clean one 50"),
        ((NOISY[0][:2], CLEAN[0][:2]), {}, DataError, "a single step is left"),
        ((NOISY[0][:1], CLEAN[0][:1]), {}, DataError, "1 of 1 steps are to be held out"),
        ((NOISY, None), {"noise": "unifrm:1"}, SettingsError, "the nearest is `uniform`"),
        ((NOISY, CLEAN), {"hidden": 0}, SettingsError, "`hidden` is 0"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused_in_a_sentence(
    given: Any, more: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        fit(*given, **more)


def test_more_than_there_is_cannot_be_held_out() -> None:
    with pytest.raises(DataError, match="120 of 120 recordings are to be held out"):
        split(NOISY, CLEAN, 120)
    with pytest.raises(DataError, match="-1 of 60 steps"):
        split(NOISY[0], CLEAN[0], -1)
    assert len(split(NOISY, CLEAN, np.int64(30)).held_out) == 30
    for share in (0.2, "3"):
        with pytest.raises(SettingsError, match=f"`test` is {share!r}; it must be a whole number"):
            split(NOISY, CLEAN, share)


def test_a_column_is_cleaned_as_one_recording(fitted: Denoiser) -> None:
    cleaned = fitted.predict(NOISY[0][:, None])
    assert cleaned.shape == (60, 1)
    assert np.array_equal(cleaned[:, 0], fitted.predict(NOISY[0]))


def test_many_recordings_of_few_steps_are_noticed(fitted: Denoiser) -> None:
    with pytest.warns(DataWarning, match="is 100 recordings of 2 steps; for one recording of 2"):
        fitted.predict(NOISY[:100, :2])
    with pytest.warns(DataWarning, match="is 60 recordings of 3 steps"):
        split(NOISY[:60, :3], CLEAN[:60, :3])


def test_a_fit_that_fails_leaves_the_model_as_it_was(fitted: Denoiser) -> None:
    model = fit(epochs=1)
    before = model.predict(NOISY[0])
    with pytest.raises(DataError):
        model.fit(NOISY, NOISY, progress=False)
    assert np.array_equal(model.predict(NOISY[0]), before)


@pytest.mark.parametrize("verb", ["judge", "chosen"])
def test_before_fit_there_is_nothing_to_ask_for(verb: str) -> None:
    with pytest.raises(SettingsError, match="call `fit` first"):
        getattr(Denoiser(), verb)()
    with pytest.raises(SettingsError, match="call `fit` first"):
        Denoiser().predict(NOISY)


def test_a_file_is_cleaned_by_the_columns_that_were_learnt_from(tmp_path: Path) -> None:
    model = denoiser(epochs=1).fit(NOISY, CLEAN, progress=False, names=("raw",))
    rows = [f"2025-01-{i + 1:02},{float(np.sin(i))!r}\n" for i in range(20)]
    (tmp_path / "new.csv").write_text("".join(["time,raw\n", *rows]), encoding="utf-8")
    (cleaned,) = model.predict(tmp_path / "new.csv")
    np.testing.assert_array_equal(cleaned[:, 0], model.predict(np.sin(np.arange(20.0))))
