"""`recur denoise` as a user runs it, and what other verbs do with a denoiser."""

from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

import recur as library
from recur.data.signals.wavefile import Sound, read_wave, wave_bytes

if TYPE_CHECKING:
    from tests.functional.conftest import Run, Write

QUICK = ("--hidden", 4, "--epochs", 2, "--steps", 25)
PAIR = ("--noisy", "noisy", "--clean", "clean")
METHODS = ("network", "doing nothing", "moving average", "Savitzky-Golay", "Wiener")


def wave(count: int = 600) -> NDArray[np.float64]:
    return np.sin(np.arange(count) / 8)


def noise(count: int = 600, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).uniform(-0.3, 0.3, count)


def texts(*columns: NDArray[np.float64]) -> list[list[str]]:
    return [[f"{value:.6f}" for value in row] for row in zip(*columns, strict=True)]


def sound(path: Path, values: NDArray[np.float64], rate: int = 8000, width: int = 2) -> Path:
    columns = values[:, None] if values.ndim == 1 else values
    path.write_bytes(wave_bytes(Sound(columns, rate, width)))
    return path


def answer(done: Any) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def signal(folder: Path, write: Write) -> Path:
    """Return a file with the columns `noisy` and `clean` in the working folder."""
    return write("signal.csv", ["noisy", "clean"], texts(wave() + noise(), wave()))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, write: Write, recur: Run) -> Path:
    """Return a denoiser of such a file, outside of the working folder."""
    place = tmp_path_factory.mktemp("denoiser")
    file = write(place / "signal.csv", ["noisy", "clean"], texts(wave() + noise(), wave()))
    done = recur("denoise", file, *PAIR, *QUICK, "--out", place)
    assert done.returncode == 0, done.stderr
    return place / "model.recur"


@pytest.fixture(scope="module")
def ear(tmp_path_factory: pytest.TempPathFactory, recur: Run) -> Path:
    """Return a denoiser of sound at 8,000 samples a second."""
    place = tmp_path_factory.mktemp("ear")
    file = sound(place / "tone.wav", 0.5 * wave())
    done = recur("denoise", file, "--noise", "gaussian:0.1", *QUICK, "--out", place)
    assert done.returncode == 0, done.stderr
    return place / "model.recur"


def test_a_pair_of_columns_is_learnt_and_judged(recur: Run, signal: Path, folder: Path) -> None:
    done = recur("denoise", signal, *PAIR, *QUICK)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split(None, 1)[1] == "signal.csv · noisy to clean · 600 rows · rows in order"
    assert "GRU(4), linear head, " in lines[1]
    assert "weights of epoch " in lines[2]
    assert " of 2 · stretches of 25 · " in lines[2]
    assert all(any(line.startswith(f"{name}  ") for line in lines) for name in METHODS)
    ahead = {line.split("  ")[0]: " yes " in line for line in lines if line.startswith(METHODS)}
    assert [ahead[name] for name in METHODS] == [False, False, True, True, True]
    assert [path.name for path in folder.iterdir()] == [signal.name]


def test_the_verdict_is_the_last_thing_said(recur: Run, signal: Path) -> None:
    sentence = answer(recur("denoise", signal, *PAIR, *QUICK, "--json"))["verdict"]["sentence"]
    printed = recur("denoise", signal, *PAIR, *QUICK).stdout
    assert " ".join(printed.split()).endswith(sentence)


def test_json_is_one_object(recur: Run, signal: Path) -> None:
    found = answer(recur("denoise", signal, *PAIR, *QUICK, "--json"))
    keys = [
        "recur", "task", "data", "settings", "errors", "windows", "sees_future", "verdict",
        "history", "seconds", "files", "notices",
    ]  # fmt: skip
    assert list(found) == keys
    assert found["data"]["steps"] == 600
    assert set(found["windows"]) == {*found["errors"]} - {"network", "noisy"}
    assert set(found["sees_future"]) == {"moving_average", "savitzky_golay", "wiener"}
    assert (found["task"], found["settings"]["hidden"]) == ("denoise", 4)
    assert {"network", "noisy", "moving_average"} <= set(found["errors"])
    assert set(found["errors"]["network"]) == {"mae", "mse", "rmse"}
    assert [epoch["number"] for epoch in found["history"]] == [1, 2]
    assert found["seconds"]["total"] >= found["seconds"]["fit"]
    assert found["files"] == {}


def test_clean_examples_are_made_noisy(recur: Run, signal: Path) -> None:
    options = ("--clean-only", "clean", "--noise", "uniform:0.3", *QUICK)
    done = recur("denoise", signal, *options)
    assert done.returncode == 0, done.stderr
    assert "signal.csv · clean · 600 rows · rows in order · made noisy with uniform:0.3" in (
        " ".join(done.stdout.split())
    )
    errors = answer(recur("denoise", signal, *options, "--json"))["errors"]
    assert errors["noisy"]["mae"] == pytest.approx(0.15, abs=0.02)  # half of the noise's size


def test_a_model_of_clean_examples_asks_for_the_column_that_is_noisy(
    recur: Run, signal: Path, folder: Path, write: Write
) -> None:
    options = ("--clean-only", "clean", "--noise", "uniform:0.3", *QUICK, "--out", "out")
    assert recur("denoise", signal, *options).returncode == 0
    done = recur("predict", "out/model.recur", signal)
    assert (done.returncode, done.stdout) == (2, "")
    assert all(f"`{name}` (" in done.stderr for name in ("noisy", "clean"))
    assert (
        "noisy cleaned" in recur("predict", "out/model.recur", signal, "--target", "noisy").stdout
    )
    only = write("only.csv", ["hiss"], texts(wave(50)))
    assert "hiss cleaned" in recur("predict", "out/model.recur", only).stdout
    named = ("judge", "out/model.recur", signal, "--target", "noisy", "--clean", "clean")
    assert "over 600 steps" in " ".join(recur(*named).stdout.split())


def test_so_much_is_held_out_as_is_asked_for(recur: Run, signal: Path) -> None:
    done = recur("denoise", signal, *PAIR, *QUICK, "--test", 77)
    assert "over 77 held-out steps" in " ".join(done.stdout.split())
    found = answer(recur("denoise", signal, *PAIR, *QUICK, "--test", 0, "--json"))
    assert found["errors"] is found["windows"] is found["sees_future"] is found["verdict"] is None


def test_what_is_to_be_cleaned_is_not_written_over(
    recur: Run, folder: Path, write: Write, model: Path, ear: Path
) -> None:
    table = write("cleaned.csv", ["noisy"], texts(wave(50)))
    tone = sound(folder / "cleaned.wav", 0.5 * wave())
    before = [path.read_bytes() for path in (table, tone)]
    for trained, file in ((model, table), (ear, tone)):
        done = recur("predict", trained, file, "--out", folder)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert "is the file that is to be cleaned, and would be written over" in done.stderr
    assert [path.read_bytes() for path in (table, tone)] == before
    assert recur("predict", model, table, "--out", "other").returncode == 0


def test_options_reach_the_network(recur: Run, signal: Path) -> None:
    done = recur(
        "denoise", signal, *PAIR, *QUICK, "--cell", "lstm", "--layers", 2, "--bidirectional",
        "--head", "tanh",
    )  # fmt: skip
    assert "LSTM(2 x 4, bidirectional), tanh head, " in done.stdout
    assert re.search(r"^network +yes ", done.stdout, re.MULTILINE)


def test_out_writes_the_model_and_its_pictures(recur: Run, signal: Path, folder: Path) -> None:
    done = recur("denoise", signal, *PAIR, *QUICK, "--out", "new/found")
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (folder / "new" / "found").iterdir()}
    assert names == {"model.recur", "training.png", "denoised.png"}
    assert all(str(Path("new/found", name)) in done.stdout for name in names)


def test_a_killed_run_is_taken_up(recur: Run, signal: Path) -> None:
    whole = answer(recur("denoise", signal, *PAIR, *QUICK, "--json"))
    assert recur("denoise", signal, *PAIR, *QUICK, "--checkpoint", "run").returncode == 0
    assert Path("run").is_file()
    again = answer(recur("denoise", signal, *PAIR, *QUICK, "--checkpoint", "run", "--json"))
    assert again["history"] == whole["history"]
    assert again["errors"] == whole["errors"]


def test_recordings_and_channels_are_told_apart(
    recur: Run, folder: Path, write: Write, tmp_path: Path
) -> None:
    header = ["room", "left", "right", "left0", "right0"]
    rows = [
        [room, *row]
        for room, seed in (("a", 0), ("b", 1), ("c", 2), ("d", 3), ("e", 4))
        for row in texts(wave(90) + noise(90, seed), noise(90, seed + 9), wave(90), np.zeros(90))
    ]
    file = write("rooms.csv", header, rows)
    options = ("--noisy", "left,right", "--clean", "left0,right0", "--id", "room", "--out", "out")
    done = recur("denoise", file, *options, *QUICK)
    assert done.returncode == 0, done.stderr
    assert "left, right to left0, right0 · 5 recordings · 450 rows" in done.stdout
    assert "over 90 held-out steps" in " ".join(done.stdout.split())
    found = answer(recur("predict", "out/model.recur", file, "--id", "room", "--json"))
    assert found["data"] == {
        "recordings": 5, "steps": 450, "channels": 2, "samples_per_second": None, "repairs": [],
    }  # fmt: skip
    first = found["cleaned"][90]
    assert (first["id"], first["time"]) == ("b", "0")
    assert list(first["values"]) == ["left", "right", "left cleaned", "right cleaned"]
    assert first["values"]["left"] == pytest.approx(float(rows[90][1]))
    printed = recur("predict", "out/model.recur", file, "--id", "room").stdout
    assert re.search(r"^a +0 ", printed, re.MULTILINE)
    assert "and 438 more" in printed


def test_a_saved_model_cleans_a_table(
    recur: Run, signal: Path, model: Path, folder: Path, write: Write
) -> None:
    fresh = wave(50) + noise(50, seed=7)
    file = write("fresh.csv", ["Noisy", "more"], texts(fresh, wave(50)))
    done = recur("predict", model, file, "--out", "out")
    assert done.returncode == 0, done.stderr
    assert "Noisy cleaned" in done.stdout
    assert "and 38 more" in done.stdout
    assert str(Path("out/cleaned.csv")) in done.stdout
    with (folder / "out" / "cleaned.csv").open(encoding="utf-8", newline="") as text:
        header, *rows = csv.reader(text)
    assert header == ["unique_id", "ds", "Noisy", "Noisy cleaned"]
    expected = library.load(model).predict(np.round(fresh, 6))
    assert [float(row[3]) for row in rows] == pytest.approx(expected.tolist())
    found = answer(recur("predict", model, file, "--json"))
    assert [row["values"]["Noisy cleaned"] for row in found["cleaned"]] == (
        pytest.approx(expected.tolist())
    )


def test_a_column_of_another_name_is_cleaned_where_it_is_named(
    recur: Run, folder: Path, model: Path
) -> None:
    pl.DataFrame({"hiss": noise(40), "other": wave(40)}).write_parquet("hiss.parquet")
    done = recur("predict", model, "hiss.parquet")
    assert done.returncode == 2
    assert "hiss.parquet has no column `noisy`" in done.stderr
    assert "hiss cleaned" in recur("predict", model, "hiss.parquet", "--target", "hiss").stdout


def test_a_saved_model_is_judged_on_other_recordings(
    recur: Run, folder: Path, write: Write, model: Path
) -> None:
    file = write("other.csv", ["noisy", "truth"], texts(wave(450) + noise(450, 3), wave(450)))
    done = recur("judge", model, file, "--clean", "truth")
    assert done.returncode == 0, done.stderr
    assert "over 450 steps" in " ".join(done.stdout.split())
    found = answer(recur("judge", model, file, "--clean", "truth", "--json"))
    judged = library.load(model).judge(
        np.round(wave(450) + noise(450, 3), 6), np.round(wave(450), 6)
    )
    assert found["errors"] == judged.to_dict()["errors"]
    assert found["verdict"]["sentence"] in " ".join(done.stdout.split())


def test_a_pair_of_sounds_is_learnt_and_a_sound_cleaned(recur: Run, folder: Path) -> None:
    sound(folder / "noisy.wav", 0.5 * wave() + 0.3 * noise(), width=3)
    sound(folder / "clean.wav", 0.5 * wave(), width=3)
    done = recur("denoise", "noisy.wav", "--clean", "clean.wav", *QUICK, "--out", "out")
    assert done.returncode == 0, done.stderr
    assert "noisy.wav · 600 samples at 8,000 Hz" in done.stdout
    assert (folder / "out" / "denoised.png").exists()
    done = recur("predict", "out/model.recur", "noisy.wav", "--out", "out")
    assert done.returncode == 0, done.stderr
    before, after = read_wave(folder / "noisy.wav"), read_wave(folder / "out" / "cleaned.wav")
    assert (after.rate, after.width, after.values.shape) == (8000, 3, before.values.shape)
    expected = library.load("out/model.recur").predict([before.values])[0]
    assert np.abs(after.values - expected.clip(-1, 1)).max() < 1e-6


def test_clean_sound_is_made_noisy(recur: Run, ear: Path, folder: Path) -> None:
    facts = recur("inspect", ear).stdout
    assert "sound at 8,000 Hz" in facts
    assert "gaussian:0.1" in facts


def test_a_denoiser_is_described(recur: Run, model: Path) -> None:
    done = recur("inspect", model)
    assert (done.returncode, done.stderr) == (0, "")
    facts = dict(line.split(None, 1) for line in done.stdout.splitlines() if line[:1].isalpha())
    assert (facts["task"].strip(), facts["cleans"].strip()) == ("denoise", "noisy")
    assert facts["network"].startswith("cell gru, inputs 1, hidden 4, layers 1")
    assert facts["stretches"].strip() == "of 25 steps"
    assert "verdict" in facts


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "neither came"),
        (("--noisy", "noisy"), "`--noisy` came"),
        ((*PAIR, "--clean-only", "clean"), "`--noisy` and `--clean` and `--clean-only` came"),
        (("--clean", "clean", "--clean-only", "clean"), "`--clean` and `--clean-only` came"),
        (("--clean-only", "clean"), "`--clean-only COL --noise NOISE`; `--clean-only` came"),
        ((*PAIR, "--noise", "uniform:1"), "and `--noise` came"),
        (("--clean-only", "clean", "--noise", "unifrom:1"), "the nearest is `uniform`"),
        (("--clean-only", "clean", "--noise", "uniform"), "`uniform:SIZE`"),
        (("--noisy", "noisy", "--clean", "Noisy"), "is named as both noisy and clean"),
        (("--noisy", "noisy", "--clean", "copy"), "equal the noisy ones"),
        (("--noisy", "noisy", "--clean", "claen"), "the nearest is `clean`"),
        (("--noisy", "noisy,copy", "--clean", "clean"), "2 noisy columns and 1 clean"),
        (("--noisy", "noisy", "--clean", ","), "`,` names no column of signal.csv"),
        (("--noisy", "noisy", "--clean", "short"), "`short`"),
        ((*PAIR, "--epochs", 1, "--minutes", 1), "give one of them"),
        ((*PAIR, "--hidden", 0), "`--hidden` is 0"),
        ((*PAIR, "--cell", "grru"), "--cell"),
    ],
)
def test_bad_input_is_one_sentence(
    recur: Run, folder: Path, write: Write, options: tuple[object, ...], said: str
) -> None:
    rows = texts(wave(60) + noise(60), wave(60))
    file = write(
        "signal.csv",
        ["noisy", "clean", "copy", "short"],
        [[*row, row[0], row[1] if i < 50 else ""] for i, row in enumerate(rows)],
    )
    done = recur("denoise", file, *options, "--out", "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert re.fullmatch(r"((Dropped|No column)[^\n]+\n)*recur: [^\n]+\.\n", done.stderr), (
        done.stderr
    )
    assert os.listdir(folder) == ["signal.csv"]  # noqa: PTH208 (names are what is compared)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "a WAV file takes `--clean CLEAN.wav`"),
        (("--clean", "short.wav"), "tone.wav has 600 samples and short.wav 500"),
        (("--clean", "slow.wav"), "tone.wav has 8,000 samples a second and slow.wav 4,000"),
        (("--clean", "tone.wav"), "equal the noisy ones"),
        (("--clean", "nowhere.wav"), "There is no file `nowhere.wav`"),
        (("--noisy", "x", "--clean", "short.wav"), "`--noisy` and `--clean` came"),
        (("--noise", "uniform:1", "--id", "x"), "which has no columns; leave out `--id`"),
    ],
)
def test_bad_sound_is_one_sentence(
    recur: Run, folder: Path, options: tuple[object, ...], said: str
) -> None:
    sound(folder / "tone.wav", 0.5 * wave())
    sound(folder / "short.wav", 0.5 * wave(500))
    sound(folder / "slow.wav", 0.5 * wave(), rate=4000)
    before = set(folder.iterdir())
    done = recur("denoise", "tone.wav", *options, *QUICK, "--out", "out")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr
    assert set(folder.iterdir()) == before


def test_what_a_denoiser_cannot_clean_is_refused(
    recur: Run, folder: Path, signal: Path, model: Path, ear: Path
) -> None:
    slow = sound(folder / "slow.wav", 0.5 * wave(), rate=4000)
    fit = sound(folder / "fit.wav", 0.5 * wave())
    both = sound(folder / "both.wav", np.stack([wave(), wave()], axis=1))
    for arguments, said in (
        ((ear, slow, "--out", "out"), "has 4,000 samples a second, and this model was trained on"),
        ((ear, fit), "name a folder with `--out`"),
        ((ear, both, "--out", "out"), "2 channels"),
        ((ear, fit, "--out", "out", "--target", "x"), "which has no columns"),
        ((model, fit, "--out", "out"), "has learnt from a table (column `noisy`)"),
        ((model, signal, "--horizon", 3), "`--horizon` is 3"),
    ):
        done = recur("predict", *arguments)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
        assert said in done.stderr
    assert not (folder / "out").exists()


def test_judging_says_what_it_needs(recur: Run, signal: Path, model: Path) -> None:
    for options, said in (
        ((), "name it with `--clean`"),
        (("--clean", "clean", "--test", 9), "judged on the whole file"),
    ):
        done = recur("judge", model, signal, *options)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr


def test_a_model_of_arrays_is_told_its_columns(recur: Run, signal: Path) -> None:
    trained = library.Denoiser(hidden=2, epochs=1, steps=20)
    trained.fit(wave() + noise(), wave(), progress=False).save("model.recur")
    done = recur("judge", "model.recur", signal, "--clean", "clean")
    assert (done.returncode, done.stdout) == (2, "")
    assert "does not know which column of signal.csv is noisy" in done.stderr
    assert "name one with `--target" in recur("predict", "model.recur", signal).stderr
    named = ("model.recur", signal, "--target", "noisy")
    assert recur("judge", *named, "--clean", "clean").returncode == 0
    assert "noisy cleaned" in recur("predict", *named).stdout


def test_the_defaults_that_help_tells_are_those_of_the_denoiser(
    recur: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    found = re.findall(r"--([a-z-]+) .*\(default ([^ :,)]+)\)", recur("denoise", "--help").stdout)
    told = {name: text for name, text in found if name != "fill"}
    defaults = library.Denoiser().get_params()
    assert set(told) >= {"cell", "hidden", "layers", "head", "steps", "rate", "seed"}
    assert {name: type(defaults[name])(text) for name, text in told.items()} == {
        name: defaults[name] for name in told
    }


def test_help_fits_80_columns(recur: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = recur("denoise", "--help").stdout
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
