"""Sentences as a tagger takes them, and the likeliest chain of tags."""

from __future__ import annotations

from typing import Any

import numpy as np

from recur.data.labelled.words import folded
from recur.export.parts import Array
from recur.judge.tag.perceptron import Perceptron
from recur.networks.chain import best_answers

PADDING, OTHER, BEGIN, END, FIRST = range(5)  # the numbers of characters


def sentence_examples(
    sentences: list[list[str]], words: list[str], characters: str, longest: int
) -> tuple[Array, Array]:
    """Return int64 [time, sentences, 1 + longest], and which words are real.

    Of each word its number, 0 being unknown; then those of its characters, of a long one of its
    beginning and its end.
    """
    known = {word: i + 1 for i, word in enumerate(words)}
    letters = {letter: i + FIRST for i, letter in enumerate(characters)}
    lengths = np.array([len(sentence) for sentence in sentences])
    shape = (max(2, int(lengths.max())), len(sentences), 1 + longest)
    numbers = np.full(shape, PADDING, np.int64)
    room = longest - 2
    for lane, sentence in enumerate(sentences):
        for step, word in enumerate(sentence):
            read = word
            if len(word) > room:
                read = word[: room - room // 2] + word[len(word) - room // 2 :]
            spelt = [letters.get(letter, OTHER) for letter in read]
            numbers[step, lane, 0] = known.get(folded(word), 0)
            numbers[step, lane, 1 : 3 + len(spelt)] = [BEGIN, *spelt, END]
    return numbers, np.arange(shape[0])[:, None] < lengths


def in_double(outputs: Array) -> Array:
    """Return float64."""
    return outputs.astype(np.float64)


def words_alone(numbers: Array) -> Array:
    """Return the words' numbers without their characters."""
    return numbers[:, :, 0]


def no_chain(tags: int) -> Array:
    """Return the weights of a chain in which no tag depends on the one before."""
    return np.zeros((tags + 2, tags))


def perceptron_of(keys: Array, weights: Array, before: Array) -> Perceptron:
    """Return the perceptron whose sums are added to the networks' scores."""
    return Perceptron(keys, weights, before)


def scores_with(
    scores: Array, perceptron: Perceptron, sentences: list[list[str]], weight: float
) -> Array:
    """Return scores [time, sentences, tags] to which a perceptron's sums are added."""
    both = scores.copy()
    for lane, sentence in enumerate(sentences):
        both[: len(sentence), lane] += weight * perceptron.scores(sentence)
    return both


def chain_with(chain: Array, perceptron: Perceptron, weight: float) -> Array:
    """Return the weights of a chain to which a perceptron's are added."""
    both = chain.copy()
    both[:-1] += weight * perceptron.before
    return both


def chains_of(scores: Array, chain: Array, mask: Array, tags: list[str]) -> list[list[str]]:
    """Return the likeliest chain of tags of each sentence."""
    best = best_answers(scores, chain, mask)
    lengths = mask.sum(axis=0)
    return [[tags[i] for i in best[: lengths[lane], lane]] for lane in range(len(lengths))]


def chain_begins(scores: Array, chain: Array) -> Array:
    """Return [batch, tags], how good each tag is at the beginning."""
    return chain[-2] + scores[0]


def without_first(values: Array) -> Array:
    """Return all steps but the first."""
    return values[1:]


def newest_first(values: Array) -> Array:
    """Return steps the other way round."""
    return values[::-1]


def chain_step(state: tuple[Array, Array], scores: Array, real: Array) -> tuple[Any, Array]:
    """Return how good each tag [batch, tags] is after a step, and the best tag before each."""
    best, chain = state
    reached = best[:, :, None] + chain[:-2]
    after = np.where(real[:, None], np.max(reached, axis=1) + scores, best)
    return (after, chain), np.argmax(reached, axis=1)


def chain_ends(state: tuple[Array, Array]) -> Array:
    """Return int64 [batch], the best tag at the end."""
    best, chain = state
    return np.argmax(best + chain[-1], axis=1)


def step_back(tag: Array, before: Array, real: Array) -> tuple[Array, Array]:
    """Return the tag before the one that was best."""
    last = np.take_along_axis(before, tag[:, None], axis=1)[:, 0]
    tag = np.where(real, last, tag)
    return tag, tag


def tags_in_order(ends: Array, before: Array) -> Array:
    """Return int64 [time, batch], the best tags, of the last and of those before it."""
    return np.concatenate([before[::-1], ends[None]], axis=0)
