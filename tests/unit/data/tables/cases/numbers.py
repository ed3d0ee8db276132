"""Numbers as people write them."""

from __future__ import annotations

from tests.unit.data.tables.cases.base import Case

TITLE = "Numbers"


def column(*cells: str, separator: str = ",") -> str:
    """Return a table of days with a column of these cells."""
    quoted = [f'"{cell}"' if separator in cell else cell for cell in cells]
    rows = [f"2020-01-{i + 1:02}{separator}{cell}" for i, cell in enumerate(quoted)]
    return "\n".join([f"date{separator}y", *rows, ""])


CASES = [
    Case("plain numbers, with exponents", column("1.5", "-2", "3e2", "+4"),
         values=(1.5, -2, 300, 4)),
    Case("decimal commas between semicolons", column("1,5", "2,25", separator=";"),
         values=(1.5, 2.25)),
    Case("decimal commas and points between thousands, between semicolons",
         column("1.234,5", "999,5", separator=";"), values=(1234.5, 999.5)),
    Case("decimal commas in quotes between commas", column("1.234,5", "2,5"),
         values=(1234.5, 2.5), repairs=("numbers",)),
    Case("commas between thousands", column("1,234", "1,234,567.5"), values=(1234, 1234567.5)),
    Case("Indian grouping", column("1,23,456.5", "2"), values=(123456.5, 2)),
    Case("blanks between thousands", column("1 234,5", "999,0", separator=";"),
         values=(1234.5, 999), repairs=("numbers",)),
    Case("no-break and narrow blanks between thousands", column("1\u00a0234.5", "2\u202f000"),
         values=(1234.5, 2000), repairs=("numbers",)),
    Case("apostrophes between thousands", column("1'234.50", "2\u2019000"),
         values=(1234.5, 2000), repairs=("numbers",)),
    Case("percent", column("12 %", "3.5%"), values=(12, 3.5), repairs=("numbers",)),
    Case("percent in some rows only", column("12 %", "3.5"), refused="another unit"),
    Case("negative numbers in brackets", column("(3.20)", "4"), values=(-3.2, 4),
         repairs=("numbers",)),
    Case("a minus behind the number, and a typographic one", column("3.20-", "\u22124"),
         values=(-3.2, -4), repairs=("numbers",)),
    Case("a currency sign in front", column("$5.50", "$1,000"), values=(5.5, 1000)),
    Case("a currency sign and a blank", column("€ 5", "€ 6"), values=(5, 6)),
    Case("a currency behind the number", column("5 EUR", "6,50 EUR", separator=";"),
         values=(5, 6.5), repairs=("numbers",)),
    Case("accounting: $(4.00)", column("$5.10", "$(4.00)"), values=(5.1, -4),
         repairs=("numbers",)),
    Case("several currencies", column("$5", "€6"), refused="another currency"),
    Case("a unit in every cell", column("5 kWh", "6.1 kWh"), values=(5, 6.1),
         repairs=("numbers",)),
    Case("degrees in every cell", column("-3 °C", "12.5 °C"), values=(-3, 12.5),
         repairs=("numbers",)),
    Case("n/a, -, .., NA and an empty cell for missing values, filled by --fill previous",
         column("1", "n/a", "-", "..", "NA", "", "2"), values=(1, 1, 1, 1, 1, 1, 2),
         options={"fill": "previous"}),
    Case("#DIV/0! and #N/A of a spreadsheet, filled by --fill previous",
         column("1", "#DIV/0!", "#N/A", "2"), values=(1, 1, 1, 2), options={"fill": "previous"}),
    Case("1.234 in every row: a decimal point", column("1.234", "2.345"), values=(1.234, 2.345)),
    Case("1.234 in every row between tabs: a decimal point",
         column("1.234", "2.345", separator="\t"), values=(1.234, 2.345),
         notes=("can be read in two ways",)),
    Case("1.234 in every row, with --decimal ,", column("1.234", "2.345"), values=(1234, 2345),
         options={"decimal": ","}),
    Case("1,234 in every row between semicolons: a decimal comma",
         column("1,234", "2,345", separator=";"), values=(1.234, 2.345),
         notes=("can be read in two ways",)),
    Case("1,234 in every row between tabs: thousands", column("1,234", "2,345", separator="\t"),
         values=(1234, 2345), notes=("can be read in two ways",)),
    Case("decimal points and commas in one column", column("1.5", "2,5"), refused="the same sign"),
    Case("flags of statistics behind some numbers", column("1.5", "2.5 p", "3 e"),
         values=(1.5, 2.5, 3), repairs=("numbers",)),
    Case("a flag behind every number, which may be a unit", column("1.5 p", "2.5 p"),
         values=(1.5, 2.5), repairs=("numbers",)),
    Case("below a limit: <1", column("4", "<1", "< 0.5"), values=(4, 1, 0.5),
         repairs=("numbers",)),
    Case("unavailable and unknown, as home automation writes",
         column("5", "unavailable", "unknown", "6", "7", "8"), values=(5, 5, 5, 6, 7, 8),
         repairs=("missing",)),
    Case("a word among numbers", column("1", "closed", "2"), refused="found the text `closed`"),
]  # fmt: skip
