"""Text files: encodings, separators, and what stands around the table."""

from __future__ import annotations

from tests.unit.data.tables.cases.base import DAYS, Case

TITLE = "Text"
SEMICOLONS = DAYS.replace(",", ";")
NAMED = DAYS.replace("y", "größe")
TWO = "date,y,z\n" + "".join(f"2020-01-0{i + 1},{5 + i},1\n" for i in range(4))

CASES = [
    Case("CSV", DAYS),
    Case("semicolons", SEMICOLONS),
    Case("tabs", DAYS.replace(",", "\t"), "file.tsv"),
    Case("bars", DAYS.replace(",", "|"), "file.txt"),
    Case("columns of blanks", DAYS.replace(",", "   "), "file.txt"),
    Case("line ends of Windows", DAYS.replace("\n", "\r\n")),
    Case("line ends of old Macs", DAYS.replace("\n", "\r")),
    Case("UTF-8 with its mark", NAMED.encode("utf-8-sig")),
    Case("UTF-16 by its mark", NAMED.encode("utf-16")),
    Case("UTF-16 without a mark, with --encoding", NAMED.encode("utf-16-le"),
         options={"encoding": "utf-16-le"}),
    Case("Windows-1252", NAMED.encode("cp1252"), repairs=("encoding",)),
    Case("Shift JIS, with --encoding", DAYS.replace("y", "\u5024").encode("shift_jis"),
         options={"encoding": "shift_jis"}),
    Case("an encoding that cannot be told", b"\x81\x8d" + NAMED.encode("cp1252"),
         refused="name its `encoding`"),
    Case("an encoding that there is not", DAYS, refused="`encoding` is 'klingon'",
         options={"encoding": "klingon"}),
    Case("a title above the table", "Sales of 2020\n\n" + DAYS, repairs=("preamble",)),
    Case("facts above the table", "Station,Oslo\nLatitude,59.9\n\n" + DAYS, repairs=("preamble",)),
    Case("a title above, with commas to the table's width", "Sales,,\n,,\n" + TWO,
         repairs=("preamble",), options={"target": "y"}),
    Case("sep=; in the first line", "sep=;\n" + SEMICOLONS, repairs=("preamble",)),
    Case("comments above", "# made by a logger\n# zone: UTC\n" + DAYS, repairs=("comments",)),
    Case("the names in a comment", "# made by a logger\n#" + DAYS, repairs=("comments",)),
    Case("a comment between rows", DAYS.replace("2020-01-03", "# sensor changed\n2020-01-03"),
         repairs=("comments",)),
    Case("ids that begin with #", "id,date,y\n" + "".join(
        f"#1,2020-01-0{i + 1},{5 + i}\n" for i in range(4)), options={"id": "id"}),
    Case("a total below", DAYS + "Total,26\n", repairs=("footer",)),
    Case("a total below years", "year,y\n2001,5\n2002,6\n2003,7\n2004,8\nSum,26\n",
         repairs=("footer",)),
    Case("a source below", DAYS + "\nSource: the office, 2020, Oslo\n",
         repairs=("footer", "blank lines")),
    Case("a series that is called Total", "unique_id,ds,y\nTotal,2020-01-01,5\n"
         "Total,2020-01-02,6\nTotal,2020-01-03,7\nTotal,2020-01-04,8\n"),
    Case("a word in the first row of a series", "shop,y\nOslo,closed\nOslo,5\nOslo,6\n",
         refused="row 2: expected a number, found the text `closed`"),
    Case("a word in the last row of a series", "shop,y\nOslo,5\nOslo,6\nOslo,closed\n",
         refused="row 4: expected a number, found the text `closed`"),
    Case("a bad time in the last row", DAYS + "2020-13-45,9\n", refused="2020-13-45"),
    Case("units below the names", DAYS.replace("y\n", "y\nUTC,kWh\n"), repairs=("units",)),
    Case("units below one name only", DAYS.replace("y\n", "y\n,kWh\n"), repairs=("units",)),
    Case("several lines of names (yfinance)", "Price,Close\nTicker,ABC\nDate,\n"
         + DAYS.split("\n", 1)[1], repairs=("units",)),
    Case("a comma behind every line", DAYS.replace("\n", ",\n"), repairs=("empty columns",)),
    Case("a comma behind every row", DAYS.replace("\n", ",\n").replace("y,", "y"),
         repairs=("empty columns",)),
    Case("a comma behind some rows", DAYS.replace("6", "6,"), repairs=("trailing separators",)),
    Case("empty lines at either end", "\n\n" + DAYS + "\n\n", repairs=("blank lines",)),
    Case("an empty line between any two", DAYS.replace("\n", "\n\n"), repairs=("blank lines",)),
    Case("rows of commas alone", DAYS + ",\n,\n", repairs=("blank lines",)),
    Case("files laid end to end, names and all", DAYS + DAYS.replace("01-0", "01-0").replace(
        "2020-01-01", "2020-01-05").replace("2020-01-02", "2020-01-06").replace(
        "2020-01-03", "2020-01-07").replace("2020-01-04", "2020-01-08"),
        values=(5, 6, 7, 8, 5, 6, 7, 8), repairs=("headers",)),
    Case("row names without a name above them (R)", DAYS.replace("2020", "r,2020"),
         repairs=("row names",)),
    Case("no line of names", DAYS.split("\n", 1)[1], notes=("holds data and no names",)),
    Case("a single column", "y\n5\n6\n7\n8\n"),
    Case("a single column with a title", "Sales\nof 2020\ny\n5\n6\n7\n8\n", repairs=("preamble",)),
    Case("a row with too many fields", DAYS.replace("6", "6,5"), refused="row 3 has 3 fields"),
    Case("a quote that is never closed", DAYS.replace("6", '"6'), refused="never closed"),
    Case("quotes within fields, for inches say",
         "date\ty\tnote\n" + "".join(f"2020-01-0{i}\t{i + 4}\t{i}\" pipe\n" for i in range(1, 5)),
         "file.tsv", repairs=("quotes",)),
    Case("a single quote within a field", "date;y;note\n2020-01-01;5;a 4\" pipe\n2020-01-02;6;\n",
         values=(5, 6), repairs=("quotes",)),
    Case("two lines of title, as wide as the table, and a rule below it",
         "Tabelle 5;;\nUmsatz;;\nJahr;Monat;y\n" + "".join(f"2020;{i};{i}\n" for i in range(5, 9))
         + "__________\n© Office, 2020;;\n", repairs=("preamble", "footer")),
    Case("a small table of facts above, and a blank line",
         "latitude,longitude,elevation\n52.5,13.4,38.0\n\ntime,y\n"
         + "".join(DAYS.splitlines(keepends=True)[1:]), repairs=("preamble",)),
    Case("prose", "It was a dark night.\nRain fell, in torrents, and nobody came.\n" * 20,
         "file.txt", refused="holds prose and no table; `recur write` learns"),
    Case("an empty file", "", refused="is empty"),
    Case("names and no rows", "date,y\n", refused="no rows"),
]  # fmt: skip
