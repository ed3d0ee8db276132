"""What a user should know, and what stops nothing: a warning, or a sentence to whoever listens.

In Python a notice is a warning of its own category. A verb, or a server, listens instead: what is
said in its own context reaches it, sentence by sentence, and nobody else.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from recur.errors import DataWarning
from recur.errors import sentence as shown


@dataclass
class Listener:
    """Who hears notices.

    Attributes:
        say: called with each sentence as it comes.
        sentences: all of them, each once.
    """

    say: Callable[[str], None] = lambda _: None
    sentences: list[str] = field(default_factory=list)

    def hear(self, sentence: str) -> None:
        """Take a sentence, unless it was said before."""
        if sentence not in self.sentences:
            self.sentences.append(sentence)
            self.say(sentence)


_hushed: ContextVar[bool] = ContextVar("hushed", default=False)
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def notice(sentence: str, category: type[Warning] = DataWarning, *, stacklevel: int = 5) -> None:
    """Say a sentence: to whoever listens here, else as a warning."""
    listener, sentence = _listener.get(), shown(sentence)
    if listener is None:
        warnings.warn(sentence, category, stacklevel=stacklevel)
    else:
        listener.hear(sentence)


def hushed() -> bool:
    """Say whether nothing but results and errors is wanted on a terminal."""
    return _hushed.get()


@contextmanager
def hush() -> Iterator[None]:
    """Let nothing but results and errors be printed in the block: no notices, no progress."""
    before = _hushed.set(True)
    try:
        yield
    finally:
        _hushed.reset(before)


@contextmanager
def listening(say: Callable[[str], None] = lambda _: None) -> Iterator[Listener]:
    """Give a listener that hears every notice of the block.

    Args:
        say: called with each sentence as it comes.

    >>> with listening() as heard:
    ...     notice("3 values were filled in.")
    >>> heard.sentences
    ['3 values were filled in.']
    """
    listener = Listener(say)
    before = _listener.set(listener)
    try:
        yield listener
    finally:
        _listener.reset(before)


@contextmanager
def unheard() -> Iterator[None]:
    """Let nobody hear the notices of the block, which others have said or will say."""
    with listening():
        yield
