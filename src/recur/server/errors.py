"""A request that is not answered as it was meant to be: its status and its one sentence."""

from __future__ import annotations

from collections.abc import Mapping

from recur.errors import InputError, ModelFileError, RecurError
from recur.errors import sentence as shown


class Refusal(Exception):  # noqa: N818 (what it is: nothing went wrong here)
    """A request is refused, in one sentence.

    Attributes:
        status: of HTTP.
        sentence: what was expected, what came, and what to do.
        headers: what the answer says beside it.
    """

    def __init__(
        self, status: int, sentence: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.headers = status, shown(sentence), dict(headers or {})


def mistake() -> Refusal:
    """Return how a mistake of recur's own is told."""
    return Refusal(500, "this is a mistake in recur, not in what was sent; the log has more.")


def refusal_of(error: RecurError) -> Refusal:
    """Return how an error of recur is told to whoever sent the request."""
    known = isinstance(error, InputError) and not isinstance(error, ModelFileError)
    return Refusal(422 if known else 500, str(error))
