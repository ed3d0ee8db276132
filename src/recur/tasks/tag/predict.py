"""What a fitted tagger answers: the likeliest chain of tags, and how likely each of them is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recur.arrays import Flags, Float64s, Indices, require_finite
from recur.data.labelled.sentences import Sentences, Words
from recur.data.labelled.words import WordLexicon
from recur.data.sources.sequences import Sequences
from recur.engines.registry import open_engine
from recur.judge.tag.entities import most_frequent
from recur.judge.tag.verdict import FREQUENT, PERCEPTRON, USUAL
from recur.networks.chain import best_answers, marginals
from recur.tasks.tag.fitted import FittedTagger

_AT_ONCE = 256  # sentences that the network is run over in a call


@dataclass(frozen=True, eq=False)
class TagAnswers:
    """The tags of some sentences.

    Attributes:
        tags: of each.
        confidence: how likely each tag is by itself, whatever the others are.
    """

    tags: tuple[Words, ...]
    confidence: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, eq=False)
class Scores:
    """What a network says of some sentences.

    Attributes:
        places: int64 [lanes], the numbers of the sentences.
        outputs: float64 [time, lanes, tags].
        chain: float64 [tags + 2, tags], see `recur.networks.chain`.
        mask: bool [time, lanes], the words that there are.
    """

    places: Indices
    outputs: Float64s
    chain: Float64s
    mask: Flags


def sequences(
    words: Sequence[Words], tags: Sequence[Indices], lexicon: WordLexicon, *, spelt: bool
) -> Sequences:
    """Return sentences as a network learns them.

    Args:
        words: of each sentence.
        tags: int64, of each, from 0 on.
        lexicon: what is known.
        spelt: whether the characters of words are read.
    """
    numbers = np.concatenate([lexicon.encode(one) for one in words])
    lengths = np.array([len(one) for one in words], np.int64)
    return Sequences(
        inputs=numbers if spelt else np.ascontiguousarray(numbers[:, 0]),
        targets=np.concatenate(tags).astype(np.int32),
        starts=np.cumsum(lengths) - lengths,
        steps=int(lengths.max()),
        lengths=lengths,
    )


def network_scores(fitted: FittedTagger, words: Sequence[Words]) -> list[Scores]:
    """Return what the networks say on average of some sentences, the shortest first."""
    learned = fitted.learned
    spec, count = learned.network, len(learned.tags)
    engine = open_engine(learned.engine, fitted.settings.threads)
    order = np.argsort([len(one) for one in words], kind="stable")
    networks, found = (fitted.weights, *fitted.others), []
    for first in range(0, len(order), _AT_ONCE):
        places = order[first : first + _AT_ONCE]
        own = [words[i] for i in places]
        none = [np.zeros(len(one), np.int64) for one in own]
        source = sequences(own, none, learned.lexicon, spelt=spec.spelling is not None)
        batch = source.gather(np.arange(len(own)))
        outputs = [
            engine.forward(spec, weights, batch.inputs, mask=batch.mask)[0] for weights in networks
        ]
        require_finite("what the network answers", *outputs)
        chain = np.zeros((count + 2, count))
        if spec.chain:
            chains = [spec.named(weights)["chain.weight"] for weights in networks]
            chain = np.asarray(np.mean(chains, axis=0, dtype=np.float64))
        mean = np.asarray(np.mean(outputs, axis=0, dtype=np.float64))
        assert batch.mask is not None  # sentences have lengths
        found.append(Scores(places, mean, chain, batch.mask))
    return found


def mixed(
    fitted: FittedTagger, words: Sequence[Words], found: Sequence[Scores], weight: float
) -> list[Scores]:
    """Return scores to which so much of the perceptron's sums is added.

    Args:
        fitted: whose perceptron it is.
        words: of all sentences.
        found: what the network says of them.
        weight: by how much the sums count.
    """
    if not weight:
        return list(found)
    both = []
    for each in found:
        outputs, chain = each.outputs.copy(), each.chain.copy()
        for lane, place in enumerate(each.places):
            sums = fitted.perceptron.scores(words[place])
            outputs[: len(sums), lane] += weight * sums
        chain[:-1] += weight * fitted.perceptron.before
        both.append(Scores(each.places, outputs, chain, each.mask))
    return both


def best_chains(fitted: FittedTagger, found: Sequence[Scores]) -> list[Words]:
    """Return the likeliest chain of tags of each sentence."""
    tags = fitted.learned.tags
    best: list[Words] = [()] * sum(len(each.places) for each in found)
    for each in found:
        chains, lengths = best_answers(each.outputs, each.chain, each.mask), each.mask.sum(axis=0)
        for lane, place in enumerate(each.places):
            best[place] = tuple(tags[i] for i in chains[: lengths[lane], lane])
    return best


def decoded(fitted: FittedTagger, found: Sequence[Scores]) -> TagAnswers:
    """Return the likeliest chain of tags of each sentence, and how likely each tag is."""
    places = {tag: i for i, tag in enumerate(fitted.learned.tags)}
    best = best_chains(fitted, found)
    confidence: list[tuple[float, ...]] = [()] * len(best)
    for each in found:
        likely = marginals(each.outputs, each.chain, each.mask)
        for lane, place in enumerate(each.places):
            own = [places[tag] for tag in best[place]]
            confidence[place] = tuple(likely[np.arange(len(own)), lane, own].tolist())
    return TagAnswers(tuple(best), tuple(confidence))


def answered(fitted: FittedTagger, sentences: Sentences) -> TagAnswers:
    """Return what `predict` answers: mixed with the perceptron where that was found to help."""
    found = network_scores(fitted, sentences.words)
    return decoded(fitted, mixed(fitted, sentences.words, found, fitted.learned.weight))


def simple_answers(fitted: FittedTagger, words: Sequence[Words]) -> dict[str, tuple[Words, ...]]:
    """Return the tags that each of the simple answers gives, by its name."""
    tags = fitted.learned.tags
    one = most_frequent(tags, fitted.learned.frequencies)
    return {FREQUENT: tuple((one,) * len(own) for own in words)} | {
        name: tuple(tuple(tags[i] for i in method.answers(one)) for one in words)
        for name, method in ((USUAL, fitted.usual), (PERCEPTRON, fitted.perceptron))
    }
