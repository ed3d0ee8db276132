"""How much a request may ask for; each refusal says what the limit is."""

from __future__ import annotations

from dataclasses import dataclass

from recur.server.errors import Refusal


@dataclass(frozen=True)
class Limits:
    """How much a request may ask for.

    Attributes:
        body: bytes that it may send.
        series: series, texts or recordings.
        length: values of a series, or characters of a text.
        horizon: steps ahead, or characters to write.
    """

    body: int = 64_000_000
    series: int = 10_000
    length: int = 1_000_000
    horizon: int = 10_000

    def check_series(self, count: int) -> None:
        """Refuse more series than are taken at once."""
        if count > self.series:
            raise Refusal(
                422, f"there are {count:,} series; {self.series:,} are taken at once: ask in parts."
            )

    def check_length(self, length: int) -> None:
        """Refuse a series that is too long."""
        if length > self.length:
            raise Refusal(
                422,
                f"a series has {length:,} values; {self.length:,} are taken: give its newest ones.",
            )

    def check_horizon(self, steps: int | None) -> None:
        """Refuse to look too far ahead."""
        if steps is not None and steps > self.horizon:
            raise Refusal(
                422, f"{steps:,} steps are asked for; at most {self.horizon:,} are given."
            )
