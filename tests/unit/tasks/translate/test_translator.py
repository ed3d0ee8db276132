"""A translator learns, translates, is judged, and is the same after it was saved."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recur
from recur import SettingsError, Translator
from recur.data.labelled.lexicon import Lexicon
from recur.data.labelled.pairs import TextPairs
from recur.data.labelled.spacing import Spacing
from recur.engines.beams import Translation
from recur.errors import DataError, ModelFileError
from recur.files.modelfile import read_file, write_file
from recur.judge.superiority import NETWORK
from recur.judge.translate.verdict import COPY, DICTIONARY
from recur.tasks.translate.folder import write_translator
from recur.tasks.translate.results import TranslatorResult, hardest, looked, samples
from recur.tasks.translate.words import spoken

SMALL: dict[str, Any] = {
    "embedding": 32, "hidden": 48, "epochs": 20, "batch": 16, "rate": 0.01, "dropout": 0.1,
    "beams": 2, "networks": 1,
}  # fmt: skip
MEANINGS = {
    "red": "rouge", "blue": "bleu", "white": "blanc", "big": "grand", "small": "petit",
    "old": "vieux", "cat": "chat", "dog": "chien", "bird": "oiseau", "horse": "cheval",
}  # fmt: skip
SIZES, COLOURS, NOUNS = ("big", "small", "old"), ("red", "blue", "white"), tuple(MEANINGS)[6:]


def phrases(count: int = 480, seed: int = 0) -> tuple[list[str], list[str]]:
    """Return phrases whose noun comes last here and first there, with signs and a name.

    One name in five is of a single phrase, so that nothing is known of it but where it goes.
    """
    numbers = np.random.default_rng(seed)
    sources, targets = [], []
    for i in range(count):
        size, colour, noun = (str(numbers.choice(of)) for of in (SIZES, COLOURS, NOUNS))
        name = f"X{seed}Y{i}" if i % 5 == 0 else str(numbers.choice(["Tom", "Ann", "Kim", "Lea"]))
        sources.append(f"{name}'s {size} {colour} {noun}.")
        targets.append(f"L'{MEANINGS[noun]} {MEANINGS[colour]} {MEANINGS[size]} de {name} !")
    return sources, targets


@pytest.fixture(scope="module")
def fitted() -> Any:
    return Translator(**SMALL).fit(*phrases(), progress=False)


def test_an_order_that_no_dictionary_knows_is_learnt_and_claimed(fitted: Any) -> None:
    judgement = fitted.judge()
    assert set(judgement.scores) == {NETWORK, COPY, DICTIONARY}
    assert judgement.scores[NETWORK].exact > 0.95
    assert judgement.scores[NETWORK].chrf > 98
    assert judgement.scores[DICTIONARY].chrf < 80
    assert judgement.verdict.claim == "skill"
    held = fitted.held_out_
    assert judgement.verdict.texts == len(held.sources) == len(set(held.sources))
    assert fitted.score() == pytest.approx(judgement.verdict.chrf / 100)
    assert fitted.predict(["Ann's big red dog."]) == ["L'chien rouge grand de Ann !"]


def test_pairs_with_the_same_source_are_not_divided(fitted: Any) -> None:
    held = set(fitted.held_out_.sources)
    sources, _ = phrases()
    assert fitted.fitted_.learned.pairs == sum(source not in held for source in sources)


def test_what_nobody_has_seen_is_copied(fitted: Any) -> None:
    assert fitted.predict(["Zoe's big blue cat."]) == ["L'chat bleu grand de Zoe !"]


def test_each_symbol_looks_most_at_what_it_comes_from(fitted: Any) -> None:
    held = fitted.held_out_
    source, shares = held.sources[0], held.shares[0]
    name = source.split("'")[0]
    words = held.answers[NETWORK][0].replace("L'", "L' ").split()
    assert shares.shape == (len(words), 6)
    assert shares[words.index(name)].argmax() == 0
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)


def test_the_folder_shows_translations_and_what_they_looked_at(fitted: Any, tmp_path: Path) -> None:
    result = TranslatorResult(model=fitted, pairs=TextPairs.of(*phrases()))
    files = write_translator(result, tmp_path)
    assert {"model", "training", "attention", "report"} == set(files)
    page = files["report"].read_text("utf-8")
    assert page.count("data:image/png") == 2
    assert "Translations, drawn at random" in page
    one = samples(fitted.held_out_)[0]
    assert escape(one.truth) in page
    assert all(one.chrf < 100 for one in hardest(fitted.held_out_))
    drawn = looked(fitted.fitted_)
    assert [each.shares.shape for each in drawn] == [
        (len(each.target), len(each.source)) for each in drawn
    ]


def test_for_a_word_without_a_number_stands_what_it_looked_at() -> None:
    targets = Lexicon.of(["Il dort ."] * 2, "words", 2, exact=True)
    spacing = Spacing.of(["Il dort .", "a, b"], "words")

    def text(symbols: list[int], *shares: list[float]) -> str:
        told = Translation(np.array(symbols, np.int32), np.array(shares, np.float32), 0.0)
        rare = {"sleeps": "dormait"}
        words = spoken(told, "Tom sleeps .", "words", targets.symbols, rare)
        return spacing.join(words, "words")

    il = targets.symbols.index("Il") + 1
    assert text([il, 0], [1, 0, 0], [0.1, 0.8, 0.1]) == "Il dormait"
    assert text([il, 0], [1, 0, 0], [0.8, 0.1, 0.1]) == "Il Tom"
    assert text([il, 0], [1, 0, 0], [0.1, 0.2, 0.7]) == "Il dormait"  # no word comes from a sign
    assert text([0, il], [0.1, 0.8, 0.1], [1, 0, 0]) == "Dormait Il"


def test_a_saved_translator_translates_and_is_judged_the_same(fitted: Any, tmp_path: Path) -> None:
    loaded = recur.load(fitted.save(tmp_path / "m.recur"))
    asked, truths = phrases(40, seed=5)
    assert loaded.predict(asked) == fitted.predict(asked)
    assert loaded.judge(asked, truths) == fitted.judge(asked, truths)
    assert loaded.judgement_ == fitted.judgement_
    assert loaded.dictionary_ == fitted.dictionary_


def test_a_file_whose_parts_do_not_fit_is_refused(fitted: Any, tmp_path: Path) -> None:
    path = fitted.save(tmp_path / "m.recur")
    contents = read_file(path, "model")
    header = {name: contents.header[name] for name in ("task", "settings", "learned", "judgement")}
    header["learned"] = {**header["learned"], "chosen": {**fitted.fitted_.chosen, "hidden": 9}}
    write_file(path, "model", header, contents.tensors)
    with pytest.raises(ModelFileError, match="not the one that its settings describe"):
        recur.load(path)


def test_a_killed_training_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    few = {**SMALL, "epochs": 3}
    whole = Translator(**few).fit(*phrases(60), progress=False)
    path = tmp_path / "run.checkpoint"
    Translator(**few).fit(*phrases(60), progress=False, checkpoint=path)
    again = Translator(**few).fit(*phrases(60), progress=False, checkpoint=path)
    assert np.array_equal(again.weights_, whole.weights_)


def test_several_networks_translate_together_and_are_saved(tmp_path: Path) -> None:
    few = {**SMALL, "epochs": 3}
    two = {**few, "networks": 2}
    path = tmp_path / "run.checkpoint"
    model: Any = Translator(**two).fit(*phrases(60), progress=False, checkpoint=path)
    alone: Any = Translator(**few).fit(*phrases(60), progress=False)
    (other,) = model.fitted_.others
    assert np.array_equal(model.weights_, alone.weights_)
    assert not np.array_equal(other, model.weights_)
    asked = phrases(40, seed=3)[0]
    assert model.predict(asked) != alone.predict(asked)
    loaded = recur.load(model.save(tmp_path / "m.recur"))
    assert loaded.predict(asked) == model.predict(asked)
    again: Any = Translator(**two).fit(*phrases(60), progress=False, checkpoint=path)
    assert np.array_equal(again.fitted_.others[0], other)


@pytest.mark.parametrize("attention", ["none", "additive"])
def test_other_networks_translate_too(attention: Any, tmp_path: Path) -> None:
    model = Translator(**{**SMALL, "epochs": 1}, attention=attention, cell="lstm", layers=2)
    model.fit(*phrases(60), progress=False)
    loaded = recur.load(model.save(tmp_path / "m.recur"))
    asked = phrases(5, seed=3)[0]
    assert loaded.predict(asked) == model.predict(asked)


def test_characters_and_numbers_are_pairs_as_well() -> None:
    days = [(1 + i % 28, 1 + i % 12, 1990 + i % 17) for i in range(400)]
    model: Any = Translator(**{**SMALL, "epochs": 25}, unit="characters").fit(
        [f"{d}.{m}.{y}" for d, m, y in days], [f"{y}-{m:02}-{d:02}" for d, m, y in days],
        progress=False,
    )  # fmt: skip
    assert model.judgement_.scores[NETWORK].exact > 0.9
    assert model.predict(["7.5.2003"]) == ["2003-05-07"]


def test_pairs_to_judge_by_may_be_given() -> None:
    more = phrases(30, seed=9)
    few = {**SMALL, "epochs": 1}
    model: Any = Translator(**few).fit(*phrases(60), test=more, progress=False)
    assert model.judgement_.truths == len({*zip(*more, strict=True)})
    none: Any = Translator(**few, validation=0.0).fit(*phrases(60), test=0, progress=False)
    assert none.judgement_ is None
    assert none.fitted_.learned.pairs == 60
    with pytest.raises(SettingsError, match="nothing to judge by"):
        none.judge()


def test_what_cannot_be_learnt_or_judged_is_one_sentence(fitted: Any) -> None:
    with pytest.raises(DataError, match="has one column only"):
        fitted.judge(["Ann's big red dog."])
    with pytest.raises(DataError, match="has one column only"):
        Translator().fit(["a", "b"], progress=False)
    with pytest.raises(SettingsError, match=r"`test` is 1\.5"):
        Translator().fit(*phrases(20), test=1.5)
    with pytest.raises(DataError, match="all pairs have the same source"):
        Translator().fit(["a"] * 4, list("bcde"), progress=False)
    with pytest.raises(DataError, match="nothing comes out 2 times"):
        Translator(unit="words", validation=0.0).fit(list("abcd"), list("efgh"), test=0)


def test_texts_longer_than_the_memory_set_aside_are_told(fitted: Any) -> None:
    with pytest.raises(DataError, match="The pairs: all pairs have a text of more than 3 words"):
        Translator(longest=3).fit(*phrases(20), progress=False)
    with pytest.raises(DataError, match="text 2 has 300 words, and this translator takes up to"):
        fitted.predict(["a cat.", "cat " * 300])
    sources, targets = phrases(60)
    with pytest.warns(recur.DataWarning, match=r"1 of 61 pairs have a text of more than 12 words"):
        model: Any = Translator(**{**SMALL, "epochs": 1}, longest=12).fit(
            [*sources, "cat " * 13], [*targets, "chat"], progress=False
        )
    assert model.fitted_.learned.pairs + len(model.held_out_.sources) <= 60
