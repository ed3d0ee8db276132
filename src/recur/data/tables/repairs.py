"""Repairs: what has one sensible way to be put right is, and said; where asked to, it is refused.

A `Repairs` is made for each reading and goes along with its table (`Table.repairs`); whoever puts
something right tells it so by `made` and goes on. What was told ends in `Panel.repairs`, among
`Panel.notes`, and in the JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from recur.data.panel.repairs import Repair as Repair  # those who repair name it
from recur.errors import DataError


@dataclass
class Repairs:
    """What one reading has repaired so far.

    Attributes:
        source: what messages call the file, frame or array.
        strict: whether every repair is refused instead.
        done: the repairs, in the order in which they were made.
        remarks: what else a user should know: how one of two readings was chosen.
    """

    source: str = "data frame"
    strict: bool = False
    done: list[Repair] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def made(self, kind: str, count: int, sentence: str, refusal: str = "") -> None:
        """Take a repair, or refuse it.

        Args:
            kind: its name, the same in every file.
            count: how many rows, values or cells it touched.
            sentence: what was done, a whole sentence with the count in it.
            refusal: what a strict reading says instead; by default that sentence, turned around.

        Raises:
            DataError: the reading is strict.

        >>> repairs = Repairs("sales.csv")
        >>> repairs.made("footer", 2, "Left out 2 lines below the data.")
        >>> repairs.done
        [Repair(kind='footer', count=2, sentence='Left out 2 lines below the data.')]
        """
        if self.strict:
            raise DataError(
                refusal
                or f"{self.source} needs a repair that `strict` refuses ({sentence.rstrip('.')}); "
                "correct the file, or leave out `strict`."
            )
        repair = Repair(kind, count, sentence)
        if repair not in self.done:  # a column may be looked at twice
            self.done.append(repair)

    def said(self, sentence: str) -> None:
        """Take a sentence about what was chosen, which is no repair and never refused."""
        if sentence not in self.remarks:
            self.remarks.append(sentence)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return all that was told."""
        return (*(repair.sentence for repair in self.done), *self.remarks)
