"""The verdict on translations, the judgement around it, and the dictionary."""

from __future__ import annotations

import random

import numpy as np
import pytest

from recur.judge.superiority import NETWORK
from recur.judge.translate.dictionary import learn_dictionary
from recur.judge.translate.judgement import TranslationJudgement, judge_translator
from recur.judge.translate.metrics import chrf_counts
from recur.judge.translate.verdict import COPY, DICTIONARY, FEWEST, judge_translations

TRUTHS = [
    " ".join(random.Random(i).choices(["un", "chat", "noir", "dort", "ici"], k=6))
    for i in range(60)
]


def spoilt(share: float, seed: int) -> list[str]:
    """Return the truths with a share of their words replaced."""
    draw = random.Random(seed)
    return [
        " ".join("zzz" if draw.random() < share else word for word in text.split())
        for text in TRUTHS
    ]


def judged(share: float, others: float = 0.4) -> TranslationJudgement:
    answers = {NETWORK: spoilt(share, 1), COPY: spoilt(0.9, 2), DICTIONARY: spoilt(others, 3)}
    return judge_translator(answers, [[text] for text in TRUTHS])


def test_what_is_better_than_each_simple_answer_has_skill() -> None:
    found = judged(0.1)
    assert found.verdict.claim == "skill"
    assert found.verdict.low > 0
    assert found.verdict.strongest == DICTIONARY
    assert found.verdict.sentence.startswith("The network has skill: chrF ")
    assert "word by word" in found.verdict.sentence
    assert f"{found.scores[NETWORK].chrf:.1f} on 60 held-out texts" in found.verdict.sentence
    assert found.scores[NETWORK].exact == np.mean(
        [a == b for a, b in zip(spoilt(0.1, 1), TRUTHS, strict=True)]
    )


def test_what_is_worse_than_one_of_them_is_told_so() -> None:
    found = judged(0.6, others=0.2).verdict
    assert found.claim == "none"
    assert found.worse
    assert "use that instead" in found.sentence


def test_what_is_alike_claims_nothing() -> None:
    found = judged(0.4).verdict
    assert found.claim == "none"
    assert not found.worse
    assert found.low < 0 < found.high
    assert found.sentence.startswith("No evidence that the network is better than")


def test_too_few_texts_say_nothing() -> None:
    counts = chrf_counts(TRUTHS, [[text] for text in TRUTHS])[: FEWEST - 1]
    found = judge_translations(counts, {COPY: counts * np.array([1, 1, 0])})
    assert found.claim == "too_little"
    assert f"at least {FEWEST} are needed" in found.sentence
    assert judge_translations(counts[:1], {COPY: counts[:1]}).claim == "too_little"


def test_a_judgement_survives_its_file() -> None:
    found = judged(0.1)
    again = TranslationJudgement.from_dict(
        {
            "scores": {name: vars(score) for name, score in found.scores.items()},
            "verdict": vars(found.verdict),
            "truths": found.truths,
        }
    )
    assert again == found
    assert TranslationJudgement.from_dict(found.to_dict()) == found
    assert TranslationJudgement.from_dict({"scores": 1}) is None


def test_a_dictionary_finds_which_words_belong_together() -> None:
    meanings = {"the": "le", "cat": "chat", "dog": "chien", "sleeps": "dort", "eats": "mange"}
    draw, sources, targets = random.Random(0), [], []
    for _ in range(40):
        words = ["the", draw.choice(["cat", "dog"]), draw.choice(["sleeps", "eats"])]
        sources.append(words)
        targets.append([*reversed([meanings[word] for word in words]), "."])
    found, rare = learn_dictionary(sources, targets, {"chat", "le", "."})
    assert found.keys() == meanings.keys()
    assert rare["dog"] == "chien"
    assert not {"chat", "le", "."} & set(rare.values())
    for word in ("cat", "dog", "sleeps", "eats"):
        assert found[word] == meanings[word]


@pytest.mark.parametrize("rounds", [1, 3])
def test_the_chances_are_those_of_a_loop_over_words(
    rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recur.judge.translate.dictionary._ROUNDS", rounds)
    draw = random.Random(5)
    sources = [draw.choices("abcd", k=draw.randint(1, 4)) for _ in range(30)]
    targets = [draw.choices("uvwxyz", k=draw.randint(1, 5)) for _ in range(30)]
    chance = {
        (e, f): 1.0 for s, t in zip(sources, targets, strict=True) for e in ["", *s] for f in t
    }
    for _ in range(rounds):
        counts = dict.fromkeys(chance, 0.0)
        for source, target in zip(sources, targets, strict=True):
            for f in target:
                total = sum(chance[e, f] for e in ["", *source])
                for e in ["", *source]:
                    counts[e, f] += chance[e, f] / total
        totals = {e: sum(n for (of, _), n in counts.items() if of == e) for e, _ in counts}
        chance = {(e, f): n / totals[e] for (e, f), n in counts.items()}
    found, _ = learn_dictionary(sources, targets)
    for e in "abcd":
        best = max(n for (of, _), n in chance.items() if of == e)
        assert chance[e, found[e]] == pytest.approx(best)
