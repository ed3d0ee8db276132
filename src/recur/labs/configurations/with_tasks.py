"""Many to one and many to many: as the tasks do it, beside the answers they are judged against."""

from __future__ import annotations

from typing import Any

from recur.judge.superiority import NETWORK
from recur.labs.configurations import toys
from recur.labs.configurations.outcome import BATCH, HIDDEN, JUDGED, RATE, TAUGHT, Outcome, epochs
from recur.labs.experiment import Setting, stop_if_interrupted, timed
from recur.tasks.classify.classifier import Classifier
from recur.tasks.tag.tagger import Tagger
from recur.tasks.translate.translator import Translator


def many_to_one(setting: Setting) -> Outcome:
    """Read a sentence to its end, and only then answer."""
    sentences, feelings = toys.sentences(TAUGHT + JUDGED, setting.seed)
    texts = [" ".join(toys.WORDS[word] for word in sentence) for sentence in sentences]
    moods = [("bad", "good")[felt] for felt in feelings[:, -1]]
    model = Classifier(
        unit="words", reads="last", bidirectional=False, mix=False, embedding=8, **_small(setting)
    )
    return _outcome("many to one: sentiment", "share of wrong answers", model, texts, moods)


def aligned(setting: Setting) -> Outcome:
    """Answer at every word."""
    sentences, tags = toys.tagged(TAUGHT + JUDGED, setting.seed)
    texts = [[toys.TAGGED_WORDS[word] for word in sentence] for sentence in sentences]
    names = [[toys.TAGS[tag] for tag in sentence] for sentence in tags]
    model = Tagger(
        bidirectional=False, chain=False, filters=0, swaps=0, mix=False, refit=False, embedding=8,
        **_small(setting),
    )  # fmt: skip
    return _outcome("aligned many to many: tags", "share of wrong tags", model, texts, names)


def not_aligned(setting: Setting) -> Outcome:
    """Read six digits to their end, then say three words, each after the one before."""
    digits, words = toys.pairs(TAUGHT + JUDGED, setting.seed)
    model = Translator(
        unit="words", beams=1, networks=1, smoothing=0.0, embedding=16, **_small(setting)
    )
    return _outcome(
        "many to many: translation", "share of wrong translations", model, digits, words
    )


def _small(setting: Setting) -> dict[str, Any]:
    return {
        "hidden": HIDDEN, "dropout": 0.0, "batch": BATCH, "rate": RATE, "epochs": epochs(setting),
        "seed": setting.seed,
    }  # fmt: skip


def _outcome(
    name: str,
    metric: str,
    model: Classifier | Tagger | Translator,
    given: list[Any],
    wanted: list[Any],
) -> Outcome:
    """Train a model on the first pairs, and judge it on the others as it judges itself."""
    _, seconds = timed(lambda: model.fit(given[:TAUGHT], wanted[:TAUGHT], test=0, progress=False))
    stop_if_interrupted(model.ended_)
    asked, truth = given[TAUGHT:], wanted[TAUGHT:]
    judgement = model.judge(asked, truth)
    right = "exact" if isinstance(model, Translator) else "accuracy"
    wrong = {method: 1 - getattr(score, right) for method, score in judgement.scores.items()}
    strongest = judgement.verdict.strongest
    (said,) = model.predict(asked[:1])
    return Outcome(
        name=name,
        metric=metric,
        ours=wrong[NETWORK],
        simple=wrong[strongest],
        simply=strongest.replace("_", " "),
        example=_example(asked[0], said, truth[0]),
        seconds=seconds,
    )


def _example(asked: str | list[str], said: str | list[str], truth: str | list[str]) -> str:
    """Return what went in, what came out, and what should have."""
    if isinstance(asked, str):
        return f"{asked} -> {said} ({truth})"
    mistakes = sum(one != other for one, other in zip(said, truth, strict=True))
    pairs = " ".join(f"{word}/{tag}" for word, tag in zip(asked, said, strict=True))
    return f"{pairs} ({mistakes} wrong)"
