"""A writer learns a text, keeps what it learnt, writes on from it and is judged by it."""

from __future__ import annotations

import json
import math
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from pydoc_data.topics import topics
from typing import Any

import numpy as np
import pytest

import recur
from recur import DataError, DataWarning, SettingsError, Text, Writer
from recur.engines.mixing import EVEN, nats
from recur.engines.registry import open_engine
from recur.errors import ModelFileError
from recur.judge.write.judgement import WritingJudgement
from recur.networks.reference import zero_state
from recur.tasks.write.mixing import heard, learnt_gate
from recur.training.checkpoint import Checkpoint

PHRASES = ("the cat sat on a mat. ", "a dog ran far away. ", "we saw the moon rise. ")
SMALL: dict[str, Any] = {
    "embedding": 8,
    "hidden": 8,
    "layers": 1,
    "dropout": 0.0,
    "rate": 0.02,
    "steps": 12,
    "streams": 4,
    "epochs": 3,
}


@pytest.fixture(scope="module")
def text() -> Text:
    order = np.random.default_rng(0).integers(len(PHRASES), size=100)
    return Text.of("".join(PHRASES[i] for i in order)[:2000])


@pytest.fixture(scope="module")
def fitted(text: Text) -> Writer:
    return writer().fit(text, progress=False)


def without_counts(fitted: Writer) -> Writer:
    alone = fitted.clone()
    alone.fitted_ = replace(fitted.fitted_, mixture=None)
    return alone


def writer(**more: Any) -> Writer:
    return Writer(**{**SMALL, **more})


def fit(text: Text, **more: Any) -> Writer:
    return writer(**more).fit(text, progress=False)


def test_fitting_lowers_the_loss_and_judges_it_beside_counting(fitted: Writer) -> None:
    first, *_, last = fitted.history_
    assert last.training < first.training
    judged = fitted.judge()
    assert judged.nats < judged.uniform == pytest.approx(math.log(len(fitted.vocabulary_)))
    assert judged.bits == pytest.approx(judged.nats / math.log(2))
    assert judged.verdict.nats == judged.nats
    assert judged.verdict.claim == "too_little"  # 200 characters


def test_what_is_judged_is_the_carried_state_over_the_last_tenth(
    fitted: Writer, text: Text
) -> None:
    held = text.vocabulary.decode(text.symbols[1800:])
    alone = fit(text, counting=False)
    assert alone.judge().nats == -alone.score(held) == alone.judge().network
    assert fitted.judge().network == pytest.approx(alone.judge().nats, abs=1e-12)
    # Judged with what one half has learnt of mixing on the other; afterwards with what both have.
    assert fitted.judge().nats == pytest.approx(-fitted.score(held), rel=0.2)
    assert fitted.judge().nats != -fitted.score(held)


def test_mixed_with_counting_it_is_better_than_either() -> None:
    text = Text.of("\n".join(topics.values())[:30_000])  # Python's own help
    more = {"hidden": 64, "embedding": 16, "steps": 24, "streams": 16, "rate": 0.01}
    judged = fit(text, epochs=8, **more).judge()
    assert judged.verdict.alone is not None
    assert judged.verdict.claim == judged.verdict.alone.claim == "more"
    assert judged.nats < min(judged.network, judged.verdict.ngram)
    assert "mixing helps" in judged.verdict.sentence
    told = WritingJudgement.from_dict(json.loads(json.dumps(judged.to_dict())))
    assert told is not None
    assert told.to_dict() == judged.to_dict()


def test_the_gate_is_where_the_loss_is_least(fitted: Writer, text: Text) -> None:
    mixture = fitted.fitted_.mixture
    assert mixture is not None
    held = text.symbols[1800:]
    assert np.array_equal(mixture.gate, learnt_gate(fitted.fitted_, mixture.counts, held))
    experts, following = heard(fitted.fitted_, mixture.counts, held)

    def loss(gate: Any) -> float:
        held_to_even = 10 * ((gate - EVEN) ** 2).sum() / len(following)
        return float(nats(experts.mixed(gate), following).mean() + held_to_even)

    for i in np.ndindex(EVEN.shape):
        for step in (-0.05, 0.05):
            other = mixture.gate.copy()
            other[i] += step
            assert loss(other) > loss(mixture.gate)


def test_without_a_validation_part_both_are_mixed_evenly(text: Text) -> None:
    mixture = fit(text, validation=0.0, epochs=1).fitted_.mixture
    assert mixture is not None
    assert np.array_equal(mixture.gate, EVEN)


def test_a_writer_that_does_not_count_is_a_network_alone(text: Text, tmp_path: Path) -> None:
    alone = fit(text, counting=False)
    assert alone.fitted_.mixture is None
    assert alone.judge().alone is None
    assert "mix" not in alone.judge().verdict.sentence
    again = recur.load(alone.save(tmp_path / "alone.recur"))
    assert again.sample(length=30) == alone.sample(length=30)
    assert not any("ngrams" in name for name in alone.fitted_.tensors())


def test_a_prompt_is_remembered_by_the_counts(fitted: Writer) -> None:
    (whole,) = fitted.sample("the cat sat on ", 40, seed=3)
    pieces = "".join(piece for (piece,) in fitted.stream("the cat sat on ", 40, seed=3))
    assert pieces == whole
    short = fitted.sample("on ", 40, seed=3)[0]
    assert whole[len("the cat sat on ") :] != short[len("on ") :]


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_every_cell_learns_to_write(text: Text, cell: str) -> None:
    model = fit(text, cell=cell, epochs=2, layers=2, dropout=0.1)
    assert model.history_[1].training < model.history_[0].training
    assert len(model.sample(length=7)[0]) == 8  # a random symbol stands in front


def test_the_same_seed_learns_the_same_bits_and_another_does_not(
    fitted: Writer, text: Text
) -> None:
    assert np.array_equal(fit(text).weights_, fitted.weights_)
    assert not np.array_equal(fit(text, seed=1).weights_, fitted.weights_)


def test_the_number_of_threads_changes_no_bit(fitted: Writer, text: Text) -> None:
    assert np.array_equal(fit(text, threads=2).weights_, fitted.weights_)


def test_a_saved_writer_has_the_same_bits_and_writes_the_same(
    fitted: Writer, tmp_path: Path
) -> None:
    again = recur.load(fitted.save(tmp_path / "writer.recur"))
    assert isinstance(again, Writer)
    assert np.array_equal(again.weights_, fitted.weights_)
    assert again.vocabulary_ == fitted.vocabulary_
    assert again.chosen() == fitted.chosen()
    assert again.history_ == fitted.history_
    assert again.sample(length=50, seed=3) == fitted.sample(length=50, seed=3)
    assert again.score("a dog ran") == fitted.score("a dog ran")


def test_a_file_whose_network_is_another_is_refused(fitted: Writer, tmp_path: Path) -> None:
    other, learned = writer(), fitted.fitted_.learned
    other.fitted_ = replace(
        fitted.fitted_, learned=learned.but(chosen=learned.chosen.but(hidden=9))
    )
    path = other.save(tmp_path / "writer.recur")
    with pytest.raises(ModelFileError, match="does not fit together"):
        recur.load(path)


def test_the_same_seed_writes_the_same_text_and_another_does_not(fitted: Writer) -> None:
    assert fitted.sample("the ", 60, seed=1) == fitted.sample("the ", 60, seed=1)
    assert fitted.sample("the ", 60, seed=1) != fitted.sample("the ", 60, seed=2)


def test_a_text_is_the_prime_and_so_many_symbols(fitted: Writer) -> None:
    (text,) = fitted.sample("the cat", length=33)
    assert text.startswith("the cat")
    assert len(text) == 7 + 33
    assert fitted.sample("the cat", length=0) == ["the cat"]


def test_pieces_of_a_stream_make_up_the_sample(fitted: Writer) -> None:
    pieces = list(fitted.stream("we ", 100, count=2, seed=5))
    assert len(pieces) > 2
    joined = ["".join(parts) for parts in zip(*pieces, strict=True)]
    assert joined == fitted.sample("we ", 100, count=2, seed=5)


def test_a_stream_without_a_length_goes_on(fitted: Writer) -> None:
    stream = fitted.stream("we ", seed=5)
    begun = "".join(next(stream)[0] for _ in range(6))
    assert begun == fitted.sample("we ", len(begun) - 3, seed=5)[0]


def test_texts_side_by_side_differ(fitted: Writer) -> None:
    assert len(set(fitted.sample("the ", 40, count=3))) == 3


def test_at_temperature_0_the_likeliest_symbol_is_taken_whatever_the_seed(fitted: Writer) -> None:
    one, other = (fitted.sample("the ", 40, temperature=0, seed=seed) for seed in (1, 2))
    assert one == other == fitted.sample("the ", 40, top_k=1)
    written = one[0][4:]
    scores = {c: fitted.score(f"the {c}") for c in fitted.vocabulary_.symbols}
    assert max(scores, key=scores.__getitem__) == written[0]


def test_without_a_prime_it_begins_with_a_symbol_of_the_text(fitted: Writer) -> None:
    begun = {fitted.sample(length=0, seed=seed)[0] for seed in range(30)}
    assert begun <= set(fitted.vocabulary_.symbols)
    assert len(begun) > 3


def test_a_score_is_the_mean_log_probability_of_all_symbols_but_the_first(fitted: Writer) -> None:
    text = "the cat sat"
    symbols = np.asarray(fitted.vocabulary_.encode(text), np.int32)
    engine, fitted = open_engine(fitted.engine_, None), without_counts(fitted)
    outputs, _ = engine.forward(
        fitted.network_, fitted.weights_, symbols[:-1, None], zero_state(fitted.network_, 1)
    )
    logits = outputs[:, 0].astype(np.float64)
    logged = logits[np.arange(10), symbols[1:]] - np.log(np.exp(logits).sum(axis=1))
    assert fitted.score(text) == pytest.approx(logged.mean(), abs=1e-5)


def test_a_score_of_one_symbol_is_refused(fitted: Writer) -> None:
    with pytest.raises(SettingsError, match="at least 2 symbols"):
        fitted.score("t")


def test_an_unseen_character_of_a_prompt_is_named_or_skipped_as_told(
    fitted: Writer, text: Text
) -> None:
    with pytest.raises(DataError, match=r"'é' \(U\+00E9\) at position 3.*unknown=skip"):
        fitted.sample("catés", 5)
    skipping = fit(text, unknown="skip", epochs=1)
    assert skipping.sample("catés", 0) == ["cats"]
    assert len(skipping.sample("éé", 0)[0]) == 1  # nothing is left, as without a prime


def test_bytes_can_be_the_symbols(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("naïve café, déjà vu. " * 60, encoding="utf-8")
    model = writer(unit="bytes", epochs=1).fit(path, progress=False)
    assert model.vocabulary_.unit == "bytes"
    assert model.sample("déjà", 0) == ["déjà"]
    assert 2 <= len(model.sample("d", 20)[0]) <= 21  # some bytes make one character together


def test_the_first_symbols_alone_can_be_used(text: Text) -> None:
    model = fit(text, size=1000)
    assert model.text_ is not None
    assert len(model.text_) == 1000
    assert model.counts_.sum() == 900


def test_too_short_a_text_is_refused_with_the_characters_that_it_takes() -> None:
    with pytest.raises(DataError, match=r"has 50 characters.*need at least \d+"):
        fit(Text.of("abcde" * 10))


def test_without_a_validation_part_there_is_no_judgement(text: Text) -> None:
    model = fit(text, validation=0.0, epochs=1)
    assert model.history_[0].validation is None
    with pytest.raises(SettingsError, match="nothing to judge by"):
        model.judge()


def paced(monkeypatch: pytest.MonkeyPatch, seconds: dict[int, float]) -> None:
    """Let a pass of a network of some size take some seconds."""
    monkeypatch.setattr(
        "recur.tasks.write.prepare.seconds_of_an_epoch", lambda job: seconds[job.spec.hidden]
    )


def test_minutes_become_a_number_of_passes(
    text: Text, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paced(monkeypatch, {8: 24.0})
    model = fit(text, epochs=None, minutes=1.0)
    assert model.epochs_ == len(model.history_) == 3
    assert model.chosen_["epochs"] == 2.38  # .95 of 60 seconds
    said = capsys.readouterr().err
    assert "2.38 passes over the text of about 24 s; `--hidden 8 --epochs 2.38` repeats it" in said
    again = fit(text, epochs=2.38)
    assert again.weights_.tobytes() == model.weights_.tobytes()
    whole = fit(text, epochs=3)
    assert whole.weights_.tobytes() != model.weights_.tobytes()


def test_less_than_a_pass_is_trained_where_there_is_no_time_for_one(
    text: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    for seconds in (100.0, 1e9):
        paced(monkeypatch, {8: seconds})
        model = fit(text, epochs=None, minutes=1.0)
        assert model.epochs_ == 1
        seen.append(model.chosen_["epochs"])
    assert seen == [0.57, 0.01]


def test_the_size_fits_the_pace_that_was_measured(
    text: Text, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    long = Text.of(text.vocabulary.decode(text.symbols) * 30)
    less = {"hidden": None, "steps": None, "streams": None, "minutes": 0.1, "epochs": None}
    paced(monkeypatch, {256: 1e6, 128: 10.0})
    slow = writer(**less).fit(long, progress=False, checkpoint=tmp_path / "run")
    assert slow.network_.hidden == 128
    paced(monkeypatch, {256: 0.1, 128: 0.1})  # a run that goes on keeps its size and its length
    again = writer(**less).fit(long, progress=False, checkpoint=tmp_path / "run")
    assert again.weights_.tobytes() == slow.weights_.tobytes()
    assert again.chosen_ == slow.chosen_


def test_what_was_left_open_is_chosen_and_told(text: Text) -> None:
    model = Writer(epochs=1, hidden=4).fit(text, progress=False)
    chosen = model.chosen()
    assert (chosen["hidden"], chosen["epochs"]) == (4, 1)
    assert all(chosen[name] is not None for name in (*SMALL, "engine"))


def test_long_windows_of_a_vanilla_rnn_are_warned_of(text: Text) -> None:
    with pytest.warns(DataWarning, match="hardly learns over more than about 50 steps"):
        fit(text, cell="rnn", steps=120, streams=1, validation=0.2, epochs=1)


def test_after_each_epoch_its_network_writes(text: Text) -> None:
    shown: list[tuple[int, str]] = []
    model = writer().fit(
        text, progress=False, after_epoch=lambda number, write: shown.append((number, write(20)))
    )
    assert [number for number, _ in shown] == [1, 2, 3]
    assert len({sample for _, sample in shown}) == 3
    assert np.array_equal(model.weights_, fit(text).weights_)


def test_an_interrupted_run_goes_on_to_the_same_bits(
    fitted: Writer, text: Text, tmp_path: Path
) -> None:
    path = tmp_path / "run"

    def stop(number: int, write: Callable[[int], str]) -> None:
        if number == 1:
            os.kill(os.getpid(), signal.SIGINT)

    half = writer().fit(text, progress=False, checkpoint=path, after_epoch=stop)
    assert half.ended_ == "interrupted"
    assert len(half.history_) < 3
    assert len(half.sample(length=5)[0]) == 6
    whole = writer().fit(text, progress=False, checkpoint=path)
    assert whole.history_ == fitted.history_
    assert np.array_equal(whole.weights_, fitted.weights_)


class Killed(BaseException):
    """Ends a run as a kill would: nothing is saved any more."""


def test_a_killed_run_goes_on_from_its_last_save_to_the_same_bits(
    fitted: Writer, text: Text, tmp_path: Path
) -> None:
    path = tmp_path / "run"

    def kill(number: int, write: Callable[[int], str]) -> None:
        if number == 2:
            raise Killed

    saving = Checkpoint(path, every=0.0)
    with pytest.raises(Killed):
        writer().fit(text, progress=False, checkpoint=saving, after_epoch=kill)
    assert path.exists()
    again = writer().fit(text, progress=False, checkpoint=path)
    assert again.history_ == fitted.history_
    assert np.array_equal(again.weights_, fitted.weights_)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"temperature": -0.1}, "temperature"),
        ({"top_k": -1}, "top_k"),
        ({"top_p": 0}, "top_p"),
        ({"length": -1}, "`length` is -1"),
        ({"count": 0}, "`count` is 0"),
    ],
)
def test_what_cannot_be_drawn_is_refused_at_once(
    fitted: Writer, asked: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        fitted.stream("the ", **asked)


@pytest.mark.parametrize("verb", ["sample", "judge", "chosen"])
def test_before_fit_there_is_nothing_to_ask_for(verb: str) -> None:
    with pytest.raises(SettingsError, match="call `fit` first"):
        getattr(Writer(), verb)()


def test_a_text_ends_before_the_stop(fitted: Writer) -> None:
    whole = fitted.sample("the ", 200, count=3, seed=1)
    stop = "a dog"
    ended = fitted.sample("the ", 200, count=3, seed=1, stop=stop)
    assert any(stop in text[4:] for text in whole)
    assert ended == [text[:4] + text[4:].partition(stop)[0] for text in whole]
    pieces = [*fitted.stream("the ", 200, seed=1, stop="never written")]
    assert "".join(piece for (piece,) in pieces) == fitted.sample("the ", 200, seed=1)[0]


def test_learning_on_keeps_size_and_symbols(fitted: Writer, text: Text) -> None:
    before = fitted.score("we saw the moon rise. ")
    more = Text.of("we saw the moon rise. " * 40 + "\u00e9")
    again = fitted.clone()
    again.fitted_ = fitted.fitted_
    with pytest.warns(DataWarning, match="1 of 881 characters were left out"):
        again.set_params(hidden=None, steps=8).fit(more, progress=False, go_on=True)
    assert again.network_ == fitted.network_
    assert again.vocabulary_ == fitted.vocabulary_
    assert again.score("we saw the moon rise. ") > before
    fresh = writer(steps=8).fit(more, progress=False)
    assert again.history_[0].training < fresh.history_[0].training - 0.5
    with pytest.raises(SettingsError, match="cannot be taught more"):
        writer().fit(text, go_on=True)


def test_another_text_is_judged_as_it_is_and_while_it_is_learnt_from(fitted: Writer) -> None:
    other = "a cat ran far away. we saw the mat rise. " * 12
    found = fitted.judge(Text.of(other), adapt=True)
    assert found.nats == pytest.approx(-fitted.score(other))
    assert found.adapted == pytest.approx(-fitted.score(other, adapt=True))
    assert found.network == pytest.approx(-without_counts(fitted).score(other))
    assert found.adapted is not None
    assert found.adapted < found.nats  # the text repeats itself
    assert f"{found.adapted:.4f}: another way of asking" in found.sentence
    assert fitted.judge(Text.of(other)).adapted is None
    alone = without_counts(fitted).judge(Text.of(other))
    assert alone.counting is None
    assert "mixed" not in alone.sentence


def test_asking_while_it_learns_is_reading_where_there_is_nothing_to_learn_from(
    fitted: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = "the cat sat"  # shorter than what is learnt from at once
    assert fitted.score(short, adapt=True) == pytest.approx(fitted.score(short), abs=1e-9)
    monkeypatch.setattr("recur.tasks.write.adapting._RATE", 0.0)
    text = "a dog ran far away. we saw the moon rise. "
    assert fitted.score(text, adapt=True) == pytest.approx(fitted.score(text), abs=1e-6)
