"""Toys for the lab `configurations`: images, sentences, tunes and digits with known answers."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float32s, Symbols
from recur.seeding import Purpose, Stream

SIDE = 5  # pixels of an image
BLUR = 0.4  # of each pixel, below the half that could hide a line

ACROSS = ("far left", "left", "in the middle", "right", "far right")
DOWN = ("at the top", "high", "in the middle", "low", "at the bottom")
SAID = (
    "<start>", ".", "a", "line", "stands", "lies", "far", "left", "right", "in", "at", "the",
    "middle", "top", "high", "low", "bottom",
)  # fmt: skip
START, CAPTION = 0, 7  # before the first word; words of a caption with an end behind them

WORDS = ("it", "was", "really", "not", "good", "bad")
LENGTH = 8  # words of a sentence
_NOT, _GOOD, _BAD = 3, 4, 5

TAGGED_WORDS = ("the", "a", "they", "we", "often", "saw", "book", "fly")
TAGS = ("article", "pronoun", "adverb", "noun", "verb")
_PLAIN = (0, 0, 1, 1, 2)  # the tags of the words that have one alone

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

NOTES = "abcdefg"
TUNES, TUNE = 8, 12  # how many, and notes of each after the first one, which is its own
SOUNDS = TUNES + len(NOTES)


def images(count: int, seed: int) -> tuple[Float32s, Symbols]:
    """Return images of a line that lies or stands, in uniform noise, and which of them stand.

    Every pixel is as bright on average in either kind, so that no sum of pixels tells them apart.

    Returns:
        float32 [count, SIDE * SIDE] and int32 [count].
    """
    stream = Stream(seed, Purpose.DATA)
    stands = _whole(stream, count, 2)
    place = _whole(stream.at(1), count, SIDE)
    blur = BLUR * (2 * stream.at(2).uniform(count * SIDE * SIDE) - 1)
    pixels = blur.reshape(count, SIDE, SIDE)
    row, column = np.indices((SIDE, SIDE))
    across = np.where(stands[:, None, None] == 1, column, row)
    return (pixels + (across == place[:, None, None])).reshape(count, -1).astype(np.float32), stands


def drawn(image: Float32s) -> str:
    """Return an image in characters, a row a line."""
    marks = np.where(image.reshape(SIDE, SIDE) > 0.5, "#", ".")
    return "\n".join("".join(row) for row in marks)


def captions(count: int, seed: int) -> tuple[Float32s, Symbols]:
    """Return images as `images` does, and what is to be seen in each, in words.

    Returns:
        float32 [count, SIDE * SIDE] and int32 [count, CAPTION], by the numbers of `SAID`; behind
        the end stand more ends.
    """
    pixels, stands = images(count, seed)
    lines = pixels.reshape(count, SIDE, SIDE) > 0.5
    said = np.full((count, CAPTION), SAID.index("."), np.int32)
    for row, line, standing in zip(said, lines, stands, strict=True):
        place = int(line.all(axis=0 if standing else 1).argmax())
        how, where = ("stands", ACROSS) if standing else ("lies", DOWN)
        words = f"a line {how} {where[place]}".split()
        row[: len(words)] = [SAID.index(word) for word in words]
    return pixels, said


def told(words: Symbols) -> str:
    """Return a caption as a text, to its first end."""
    named = [SAID[word] for word in words]
    return " ".join(named[: named.index(".")] if "." in named else named)


def sentences(count: int, seed: int) -> tuple[Symbols, Symbols]:
    """Return sentences, and after each word whether they are good (1) or bad (0) so far.

    The newest of "good" and "bad" counts, turned round where "not" stands right before it. A
    sentence that has neither yet is bad.

    Returns:
        int32 [count, LENGTH], by the numbers of `WORDS`, twice.
    """
    words = _whole(Stream(seed, Purpose.DATA, step=3), count * LENGTH, len(WORDS))
    words = words.reshape(count, LENGTH)
    before = np.pad(words, ((0, 0), (1, 0)))[:, :-1]
    good = (words == _GOOD) != (before == _NOT)
    feelings = np.zeros((count, LENGTH), np.int32)
    newest = np.zeros(count, np.int32)
    for step in range(LENGTH):
        felt = np.isin(words[:, step], (_GOOD, _BAD))
        newest = np.where(felt, good[:, step], newest).astype(np.int32)
        feelings[:, step] = newest
    return words, feelings


def tagged(count: int, seed: int) -> tuple[Symbols, Symbols]:
    """Return sentences and the tag of each word.

    "saw", "book" and "fly" are nouns where the newest of articles and pronouns before them is an
    article, else verbs.

    Returns:
        int32 [count, LENGTH], by the numbers of `TAGGED_WORDS` and of `TAGS`.
    """
    words = _whole(Stream(seed, Purpose.DATA, step=4), count * LENGTH, len(TAGGED_WORDS))
    words = words.reshape(count, LENGTH)
    plain = np.array([*_PLAIN, *[-1] * (len(TAGGED_WORDS) - len(_PLAIN))], np.int32)
    tags = plain[words]
    article = np.zeros(count, np.bool_)
    for step in range(LENGTH):
        article = np.where(tags[:, step] == 0, True, article & (tags[:, step] != 1))
        noun_or_verb = np.where(article, TAGS.index("noun"), TAGS.index("verb"))
        tags[:, step] = np.where(tags[:, step] < 0, noun_or_verb, tags[:, step])
    return words, tags


def tunes(seed: int) -> Symbols:
    """Return tunes, each with a first note of its own, and others that they share.

    Returns:
        int32 [TUNES, 1 + TUNE], by the numbers of sounds: first notes, then `NOTES`.
    """
    notes = TUNES + _whole(Stream(seed, Purpose.DATA, step=5), TUNES * TUNE, len(NOTES))
    first = np.arange(TUNES, dtype=np.int32)[:, None]
    return np.concatenate([first, notes.reshape(TUNES, TUNE)], axis=1, dtype=np.int32)


def written(sounds: Symbols) -> str:
    """Return sounds in letters, first notes as capitals."""
    return "".join(chr(ord("A") + s) if s < TUNES else NOTES[s - TUNES] for s in sounds)


def usual_notes(tunes: Symbols) -> Symbols:
    """Return int32 [TUNES, TUNE], each note the one that most often follows the one before."""
    follows = np.zeros((SOUNDS, SOUNDS), np.int64)
    np.add.at(follows, (tunes[:, :-1].ravel(), tunes[:, 1:].ravel()), 1)
    notes = [tunes[:, 0]]
    for _ in range(TUNE):
        notes.append(follows.argmax(axis=1)[notes[-1]].astype(np.int32))
    return np.stack(notes[1:], axis=1)


def pairs(count: int, seed: int) -> tuple[list[str], list[str]]:
    """Return texts of six digits, and the larger of each two in words, the last two first."""
    said = _whole(Stream(seed, Purpose.DATA, step=6), 6 * count, len(DIGITS)).reshape(count, 6)
    larger = said.reshape(count, 3, 2).max(axis=2)[:, ::-1]
    return (
        [" ".join(map(str, row)) for row in said],
        [" ".join(DIGITS[digit] for digit in row) for row in larger],
    )


def _whole(stream: Stream, count: int, below: int) -> Symbols:
    """Return int32 [count], whole numbers from 0 to below a bound."""
    return np.floor(below * stream.uniform(count)).astype(np.int32)
