"""`recur sample` as a user runs it, and models of other tasks given to it and to others."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.functional.conftest import Run

TEXT = "the cat sat on a mat. a dog ran far away.\nwe saw the moon rise. " * 32
QUICK = ("--embedding", 8, "--hidden", 8, "--layers", 1, "--steps", 12, "--streams", 4)
RULE = f"\n{'-' * 72}\n"


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory, recur: Run) -> Path:
    """Return a model that writes, outside of the working folder."""
    place = tmp_path_factory.mktemp("writer")
    (place / "text.txt").write_text(TEXT[:2000], encoding="utf-8", newline="\n")
    done = recur("write", place / "text.txt", *QUICK, "--epochs", 2, "--out", place)
    assert done.returncode == 0, done.stderr
    return place / "model.recur"


def test_the_prime_is_gone_on_with(recur: Run, writer: Path, folder: Path) -> None:
    done = recur("sample", writer, "--prime", "the cat", "--length", 60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("the cat")
    assert len(done.stdout) == 7 + 60 + len("\n")
    assert list(folder.iterdir()) == []


def test_the_same_seed_writes_the_same(recur: Run, writer: Path) -> None:
    first, again, other = (
        recur("sample", writer, "--length", 60, "--seed", seed).stdout for seed in (1, 1, 2)
    )
    assert first == again != other


def test_json_has_the_texts_and_the_pace(recur: Run, writer: Path) -> None:
    done = recur("sample", writer, "--prime", "a", "--length", 99, "--count", 3, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert {"texts", "characters_per_second"} <= found.keys()
    assert [len(text) for text in found["texts"]] == [100] * 3
    assert found["characters_per_second"] > 0


def test_several_texts_have_rules_between_them(recur: Run, writer: Path) -> None:
    options = ("sample", writer, "--length", 50, "--count", 3)
    printed = recur(*options).stdout
    texts = json.loads(recur(*options, "--json").stdout)["texts"]
    assert printed.removesuffix("\n").split(RULE) == texts


def test_the_options_of_drawing_reach_it(recur: Run, writer: Path) -> None:
    def text(*options: object) -> str:
        return recur("sample", writer, "--prime", "the ", "--length", 60, *options).stdout

    greedy = text("--temperature", 0)
    assert greedy == text("--top-k", 1) == text("--top-p", 1e-6)
    assert greedy != text("--temperature", 3)
    assert text("--min-p", 1) == greedy
    assert text("--stop", "moon").rstrip("\n") == text().rstrip("\n").partition("moon")[0]


def test_unseen_characters_can_be_skipped(recur: Run, writer: Path) -> None:
    done = recur("sample", writer, "--prime", "caté", "--unknown", "skip", "--length", 0)
    assert (done.returncode, done.stdout) == (0, "cat\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--temperature", -1), "`--temperature` is -1.0"),
        (("--top-k", -1), "`--top-k` is -1"),
        (("--top-p", 0), "`--top-p` is 0.0"),
        (("--length", -1), "`--length` is -1"),
        (("--count", 0), "`--count` is 0"),
        (("--seed", -1), "`--seed` is -1"),
        (("--prime", "caté"), "'é' (U+00E9) at position 3"),
    ],
)
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_bad_input_is_one_sentence(
    recur: Run, writer: Path, form: tuple[str, ...], options: tuple[object, ...], said: str
) -> None:
    done = recur("sample", writer, *options, *form)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


def test_a_model_of_another_task_is_refused(recur: Run, writer: Path, model: Path) -> None:
    done = recur("sample", model)
    assert (done.returncode, done.stdout) == (2, "")
    assert "holds a model that forecasts" in done.stderr
    done = recur("predict", writer, writer.with_name("text.txt"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "holds a model that writes text" in done.stderr
    assert "`recur sample`, `recur judge` and `recur watch` can use it" in done.stderr


def test_a_writer_is_judged_on_another_text(recur: Run, writer: Path, model: Path) -> None:
    text = writer.with_name("other.txt")
    text.write_text(
        "a dog sat on the moon. we saw the cat rise.\n" * 9 + "\u00e9", encoding="utf-8"
    )
    done = recur("judge", writer, text, "--adapt")
    assert done.returncode == 0
    assert "1 of 397 characters were left out" in done.stderr
    for part in ("network mixed with counting", "network alone", "its counts alone", "learning on"):
        assert part in done.stdout
    told = json.loads(recur("judge", writer, text, "--adapt", "--json").stdout)
    assert (told["task"], told["symbols"]) == ("judge", 395)
    assert told["adapted"] < told["nats"] < told["uniform"]
    for options, said in (
        (("judge", writer, text, "--label", "mood"), "`--label`"),
        (("judge", model, text, "--adapt"), "`--adapt`"),
    ):
        refused = recur(*options)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert said in refused.stderr


def test_a_writer_goes_on_with_another_text(recur: Run, writer: Path, folder: Path) -> None:
    text = writer.with_name("more.txt")
    text.write_text("a dog sat on the moon. we saw the cat rise.\n" * 40, encoding="utf-8")
    done = recur("write", text, "--continue", writer, "--epochs", 1, "--out", folder / "more")
    assert done.returncode == 0, done.stderr
    assert "GRU(8)" in done.stdout
    assert (folder / "more" / "model.recur").is_file()
    refused = recur("write", text, "--continue", writer, "--hidden", 9)
    assert refused.returncode == 2
    assert "`--hidden` describes a network" in refused.stderr


def test_a_writer_is_described(recur: Run, writer: Path) -> None:
    done = recur("inspect", writer)
    assert (done.returncode, done.stderr) == (0, "")
    facts = dict(line.split(None, 1) for line in done.stdout.splitlines() if line[:1].isalpha())
    assert facts["task"].strip() == "write"
    assert facts["characters"].startswith("19: \\n .")
    assert facts["streams"].strip() == "4, windows of 12"
    assert facts["loss"].split()[1::2] == ["nats,", "bits"]
    assert facts["verdict"].startswith("Too little text")
    assert facts["embedding.weight"].split() == ["19", "x", "8"]
    told = json.loads(recur("inspect", writer, "--json").stdout)
    assert (told["holds"], told["settings"]["hidden"]) == ("write", 8)


@pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes are of another kind there")
def test_what_reads_the_text_may_stop_reading(writer: Path, environment: dict[str, str]) -> None:
    with sampling(writer, environment) as process:
        assert process.stdout is not None
        assert len(process.stdout.read(20)) == 20
        process.stdout.close()
        assert process.wait() == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes are of another kind there")
def test_ctrl_c_ends_a_text_quietly(writer: Path, environment: dict[str, str]) -> None:
    with sampling(writer, environment) as process:
        assert process.stdout is not None
        process.stdout.read(20)
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert rest.endswith("\n")
        assert process.wait() == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def sampling(writer: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    """Start writing a text that would take very long."""
    command = [sys.executable, "-m", "recur", "sample", str(writer), "--length", "1000000000"]
    return subprocess.Popen(
        command,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # ignored in the background
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        bufsize=1,
    )
