"""`recur write` as a user runs it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from tests.functional.conftest import Run

PHRASES = ("the cat sat on a mat. ", "a dog ran far away. ", "we saw the moon rise.\n")
SMALL = ("--embedding", 8, "--hidden", 8, "--layers", 1, "--steps", 12, "--streams", 4)
QUICK = (*SMALL, "--epochs", 2)
CELLS = ("rnn", "gru", "lstm")
SHORT = "The text has 90 characters, but 4 `--streams` of 12 `--steps`, with 10% held out, need"


def phrases() -> str:
    order = np.random.default_rng(0).integers(len(PHRASES), size=100)
    return "".join(PHRASES[i] for i in order)[:2000]


@pytest.fixture
def file(folder: Path) -> Path:
    """Return a text of 2,000 characters in the working folder."""
    path = folder / "phrases.txt"
    path.write_text(phrases(), encoding="utf-8", newline="\n")
    return path


def test_a_text_is_learnt_judged_and_written_like(recur: Run, file: Path, folder: Path) -> None:
    done = recur("write", file, *QUICK)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    words = ["text", "phrases.txt", "·", "2,000", "characters,", "19", "distinct"]
    assert lines[0].split() == words
    assert "embedding(8) + GRU(8), " in lines[1]
    training = "weights of epoch 2 of 2 · 2 passes in 4 streams, windows of 12 characters · "
    assert training in lines[2]
    names = [line.split("  ")[0] for line in lines]
    own = ["network mixed with counting", "network alone"]
    losses = [*own, "unigram, by frequency alone", "uniform, all equally likely"]
    assert [name for name in names if name in losses] == losses
    assert "Too little text to say" in done.stdout
    assert any(line.startswith("sample ") for line in lines)
    assert list(folder.iterdir()) == [file]


def test_subwords_are_learnt_and_losses_told_by_the_character(recur: Run, file: Path) -> None:
    more = ("--unit", "subwords", "--subwords", 30, "--out", "out")
    done = recur("write", file, *QUICK, *more)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert "2,000 characters in " in lines[0]
    assert lines[0].split()[-3:] == ["subwords,", "30", "distinct"]
    assert "nats a character" in done.stdout
    told = recur("inspect", "out/model.recur").stdout
    assert "30, 19 of them single characters, then " in told
    assert recur("sample", "out/model.recur", "--prime", "the ", "--length", 5).stdout[:3] == "the"
    refused = recur("write", file, *QUICK, "--subwords", 30)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "leave `--subwords` out" in refused.stderr
    refused = recur("write", file, "--continue", "out/model.recur", "--subwords", 20)
    assert (refused.returncode, "describes a network" in refused.stderr) == (2, True)


def test_json_is_one_object(recur: Run, file: Path) -> None:
    done = recur("write", file, *QUICK, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert list(found) == [
        *(
            "recur",
            "task",
            "symbols",
            "characters",
            "parameters",
            "train",
            "validation",
            "baselines",
        ),
        *("verdict", "history", "samples", "seconds", "files", "notices"),
    ]
    assert (found["task"], found["symbols"], found["characters"]) == ("write", 19, 2000)
    assert found["parameters"] > 0
    assert found["train"] == {"nats": found["history"][1]["training"]}
    assert set(found["validation"]) == {"nats", "bits", "windowed_nats", "network_nats"}
    assert set(found["baselines"]) == {"uniform", "unigram", "ngram"}
    assert set(found["baselines"]["ngram"]) == {"order", "nats"}
    assert found["verdict"]["claim"] == "too_little"
    assert [len(sample) for sample in found["samples"]] == [401]
    assert found["seconds"]["total"] > found["seconds"]["fit"]
    assert found["files"] == {}


def test_a_sample_after_every_epoch(recur: Run, file: Path) -> None:
    found = json.loads(recur("write", file, *QUICK, "--samples", "--json").stdout)
    assert [len(sample) for sample in found["samples"]] == [201, 201, 401]
    printed = recur("write", file, *QUICK, "--samples").stdout
    assert (
        printed.index("after epoch 1 ") < printed.index("after epoch 2 ") < printed.index("text ")
    )


def test_out_writes_the_model_its_curve_and_what_it_wrote(
    recur: Run, file: Path, folder: Path
) -> None:
    done = recur("write", file, *QUICK, "--samples", "--out", "found")
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (folder / "found").iterdir()}
    assert names == {"model.recur", "training.png", "samples.txt", "report.html"}
    assert all(name in done.stdout for name in names)
    samples = (folder / "found" / "samples.txt").read_text(encoding="utf-8")
    headings = [line for line in samples.splitlines() if line.startswith("---")]
    assert headings == ["--- after epoch 1 ---", "--- after epoch 2 ---", "--- sample ---"]


def test_cells_are_compared_on_the_same_text(recur: Run, file: Path, folder: Path) -> None:
    done = recur("write", file, *QUICK, "--cells", "rnn, gru,lstm", "--out", "found")
    assert (done.returncode, done.stderr) == (0, "")
    cells = [line.split() for line in done.stdout.splitlines()]
    rows = [words for words in cells if words[:1] and words[0] in CELLS and len(words) == 7]
    assert [words[0] for words in rows] == list(CELLS)
    nats = [words[1] for words in rows]
    assert min(nats, key=lambda cell: float(cell.lstrip("*"))).startswith("*")
    assert "Mean norm of the gradient before clipping: rnn " in done.stdout
    assert "rnn, gru, lstm: Too little text to say" in done.stdout
    names = {path.name for path in (folder / "found").iterdir()}
    assert names == {"rnn.recur", "gru.recur", "lstm.recur", "training.png", "samples.txt"}


def test_a_comparison_as_json(recur: Run, file: Path) -> None:
    done = recur("write", file, *QUICK, "--cells", "lstm,rnn", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert list(found["cells"]) == ["lstm", "rnn"]
    last = {name: cell["history"][-1]["validation"] for name, cell in found["cells"].items()}
    assert found["same_loss"] == max(last.values())
    for cell in found["cells"].values():
        assert 0 < cell["seconds_to_same_loss"] <= cell["seconds"]
        assert cell["characters_per_second"] > 0
        assert cell["gradient_norm"] > 0
        assert cell["rescues"] == 0
        assert len(cell["samples"]) == 1
    assert len(found["differences"]) == 3


def test_a_killed_run_is_taken_up(recur: Run, file: Path, folder: Path) -> None:
    whole = json.loads(recur("write", file, *QUICK, "--json").stdout)
    recur("write", file, *QUICK, "--checkpoint", "run")
    assert (folder / "run").exists()
    again = json.loads(recur("write", file, *QUICK, "--checkpoint", "run", "--json").stdout)
    assert again["history"] == whole["history"]
    assert again["samples"] == whole["samples"]


def test_adamw_decays_the_weights(recur: Run, file: Path) -> None:
    plain, decayed = (
        json.loads(recur("write", file, *QUICK, "--optimizer", name, "--json").stdout)["train"]
        for name in ("adam", "adamw")
    )
    assert plain != decayed


def test_the_head_can_share_the_vectors_of_the_symbols(recur: Run, file: Path) -> None:
    done = recur("write", file, *QUICK, "--tied")
    assert (done.returncode, done.stderr) == (0, "")
    assert "embedding(8, tied) + GRU(8), " in done.stdout


def test_the_first_characters_alone_are_read(recur: Run, file: Path) -> None:
    for size, characters in (("1k", 1000), ("1500", 1500), ("all", 2000)):
        found = json.loads(recur("write", file, *QUICK, "--size", size, "--json").stdout)
        assert found["characters"] == characters


def test_many_short_texts_are_one_a_line(recur: Run, file: Path) -> None:
    done = recur("write", file, *QUICK, "--lines")
    assert (done.returncode, done.stderr) == (0, "")
    lines = phrases().count("\n") + 1
    assert f"{lines} texts" in done.stdout


def test_bytes_are_called_bytes(recur: Run, file: Path) -> None:
    done = recur("write", file, *QUICK, "--unit", "bytes")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2,000 bytes, 19 distinct" in done.stdout
    assert "nats a byte" in done.stdout


def test_without_a_validation_part_nothing_is_judged(recur: Run, file: Path) -> None:
    found = json.loads(recur("write", file, *QUICK, "--validation", 0, "--json").stdout)
    assert [found[name] for name in ("validation", "baselines", "verdict")] == [None] * 3
    assert recur("write", file, *QUICK, "--validation", 0).returncode == 0


def test_another_encoding_is_read(recur: Run, folder: Path) -> None:
    path = folder / "latin.txt"
    path.write_bytes(phrases().replace("cat", "chât").encode("latin-1"))
    done = recur("write", path, *QUICK, "--encoding", "latin-1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "20 distinct" in done.stdout


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (b"", (), "text.txt is empty"),
        (b"abcdefghi" * 10, SMALL, SHORT),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 9, (), "is a binary file"),
        ("chât ".encode("latin-1") * 400, (), "`--encoding latin-1`"),
        (b"abcdefghi " * 200, ("--encoding", "latin-11"), "the nearest is `latin-1`"),
        (b"abcdefghi " * 200, ("--size", "lots"), "`--size` is `lots`"),
        (b"abcdefghi " * 200, ("--size", "0"), "`--size` is `0`"),
        (b"abcdefghi " * 200, ("--epochs", 1, "--minutes", 1), "give one of them"),
        (b"abcdefghi " * 200, ("--hidden", 0), "`--hidden` is 0"),
        (b"abcdefghi " * 200, ("--validation", 1.5), "`--validation` is 1.5"),
        (b"abcdefghi " * 200, ("--cells", "rnn,grru"), "no cell `grru`; the nearest is `gru`"),
        (b"abcdefghi " * 200, ("--cells", "gru,gru"), "names `gru` twice"),
        (b"abcdefghi " * 200, ("--cells", "gru", "--cell", "gru"), "`--cell` and `--cells`"),
        (b"abcdefghi " * 200, ("--cells", "gru", "--checkpoint", "run"), "`--checkpoint` is `run`"),
        (b"abcdefghi " * 200, ("--cell", "grru"), "--cell"),
    ],
)
def test_bad_input_is_one_sentence(
    recur: Run, folder: Path, content: bytes, options: tuple[object, ...], said: str
) -> None:
    path = folder / "text.txt"
    path.write_bytes(content)
    done = recur("write", path, "--out", "found", *options)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    assert os.listdir(folder) == ["text.txt"]  # noqa: PTH208 (names are what is compared)


def test_a_missing_file_is_one_sentence(recur: Run, folder: Path) -> None:
    done = recur("write", "missing.txt")
    assert done.returncode == 2
    assert "There is no file `missing.txt`" in done.stderr


def test_one_epoch_is_no_curve_and_leaves_none(recur: Run, file: Path, folder: Path) -> None:
    (folder / "found").mkdir()
    (folder / "found" / "training.png").write_bytes(b"of an earlier model")
    done = recur("write", file, *QUICK, "--epochs", 1, "--out", "found")
    assert (done.returncode, done.stderr) == (0, "")
    names = {path.name for path in (folder / "found").iterdir()}
    assert names == {"model.recur", "samples.txt", "report.html"}
    assert "training.png" not in done.stdout
