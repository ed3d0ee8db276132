"""The column that was meant: which says when, which tells series apart, which is forecast."""

from __future__ import annotations

from tests.unit.data.tables.cases.base import DAYS, Case

TITLE = "The column that was meant"

V = (5, 6, 7, 8)
MONTHS = "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec"
COUNTED = ",".join(map(str, range(1, 13)))
TWICE = (5, 6, 7, 8, 9, 10)


def table(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def days(names: str, cells: str, count: int = 4) -> str:
    """Return a table of days; `{i}` in the cells is the number of the row, `{v}` its value."""
    rows = (f"2020-01-0{i + 1},{cells.format(i=i, v=5 + i)}" for i in range(count))
    return table(f"date,{names}", *rows)


def halves(header: str, line: str) -> str:
    """Return a table of half hours in whose lines `{t}` is the time and `{v}` the value."""
    return table(
        header, *(line.format(t=f"2020-01-01 0{i // 2}:{i % 2 * 3}0", v=5 + i) for i in range(4))
    )


def shops(header: str, *ends: str) -> str:
    """Return two shops over three days, one below the other, with what stands at a line's end."""
    rows = (f"2020-01-0{i % 3 + 1},{5 + i},{ends[i // 3].format(i=i)}" for i in range(6))
    return table(header, *rows)


CASES = [
    Case("half hours beside their day", halves("Time,Demand,Date", "{t},{v},2020-01-01")),
    Case("the day before its half hours", halves("date,stamp,y", "2020-01-01,{t},{v}")),
    Case("two columns of times under other names", halves("tag,von,y", "2020-01-01,{t},{v}")),
    Case("times found by what they are", DAYS.replace("date", "gemessen am")),
    Case(
        "two columns of times that both could count",
        days("until,y", "2021-01-0{i}1,{v}").replace("date", "from"),
        refused="2 columns of times; name one with",
    ),
    Case(
        "two columns of times, one named",
        days("until,y", "2021-01-0{i},{v}"),
        options={"time": "date"},
    ),
    Case("years without a name", table(",y", *(f"{1990 + i},{5 + i}" for i in range(4)))),
    Case(
        "the index of a frame",
        table(",y", *(f"{i},{5 + i}" for i in range(4))),
        notes=("rows are taken in order",),
    ),
    Case(
        "a number of each row",
        table("Obs,y", *(f"{i + 1},{5 + i}" for i in range(4))),
        notes=("rows are taken in order",),
    ),
    Case("one column of numbers besides text", days("note,sold", "fair,{v}")),
    Case("a column called value among others", days("price,value", "2.5,{v}")),
    Case("a column called target among others", days("a,b,target", "1,2,{v}")),
    Case(
        "several columns of numbers",
        days("open,close", "1.5,{v}"),
        refused="`open` (1.5, 1.5, 1.5); `close` (5, 6, 7)",
    ),
    Case("several, one named", days("% open,% close", "1.5,{v}"), options={"target": "% CLOSE"}),
    Case(
        "a target that is not there",
        days("open,close", "1.5,{v}"),
        refused="nearest is `close`",
        options={"target": "clsoe"},
    ),
    Case("no column of numbers", days("note", "fair"), refused="no column of numbers"),
    Case("wide, with --wide", days("a,b", "{v},{v}"), values=(*V, *V), options={"target": "*"}),
    Case(
        "wide, with --target 'store*'",
        days("store1,price,Store2", "{v},2,{v}"),
        values=(*V, *V),
        options={"target": "store*"},
    ),
    Case("wide, one named by its number", days("s1,s2", "1,{v}"), options={"target": "s[2-9]"}),
    Case(
        "a pattern like no column",
        days("a,b", "1,{v}"),
        refused="no column of numbers like",
        options={"target": "c*"},
    ),
    Case("a name that has a star", days("GDP*,GDP a head", "{v},2"), options={"target": "gdp*"}),
    Case(
        "shops below each other",
        shops("date,sold,shop", "north", "south"),
        values=TWICE,
        notes=("column `shop` was taken to tell 2 series apart",),
    ),
    Case(
        "shops by their numbers",
        shops("date,sold,store", "1", "2"),
        values=TWICE,
        notes=("column `store` was taken",),
        options={"target": "sold"},
    ),
    Case(
        "shops by number and name",
        shops("date,sold,no,shop", "1,north", "2,south"),
        values=TWICE,
        notes=("column `shop` was taken",),
        options={"target": "sold"},
    ),
    Case("shops with an id of its usual name", shops("date,sold,ticker", "A", "B"), values=TWICE),
    Case(
        "an id, one series in days and one in months",
        DAYS.replace("date", "unique_id,date").replace("2020", "a,2020")
        + "".join(f"b,2020-0{month}-01,{month}\n" for month in range(1, 7)),
        values=(*V, 1, 2, 3, 4, 5, 6),
    ),
    Case(
        "a number of each row, called id, and events at the same times",
        "id,at,amount\n" + "".join(f"{i},2020-01-{max(1, i):02},{i}\n" for i in range(30)),
        values=(0.5, *range(2, 30)),
        repairs=("doubled",),
    ),
    Case(
        "a column of numbers that are all the same, and one that varies",
        table("date,table,load", *(f"2020-01-{i},7,{i}" for i in range(10, 25))),
        values=tuple(range(10, 25)),
    ),
    Case(
        "an id that is named",
        shops("date,sold,shop", "north", "south"),
        values=TWICE,
        options={"id": "SHOP"},
    ),
    Case(
        "an id that is not there",
        shops("date,sold,shop", "north", "south"),
        refused="nearest is `shop`",
        options={"id": "shp"},
    ),
    Case(
        "series in columns, their length, year and month above the values",
        "a,b\n4,3\n1991,1992\n11,2\n1,10\n2,20\n3,30\n4,\n",
        values=(1, 2, 3, 4, 10, 20, 30),
        notes=("the year and the month of its start",),
    ),
    Case(
        "a year a row, its months in columns, and their mean",
        f"Year,{MONTHS},Mean\n2020,{COUNTED},6.5\n2021,{COUNTED},6.5\n",
        values=(*range(1, 13), *range(1, 13)),
        notes=("was taken as a year, since the columns from `Jan` to `Dec` are its months",),
    ),
    Case(
        "a year a row, its months in columns, for several stations, the last months to come",
        f"station,year,{','.join(map(str, range(1, 13)))}\n"
        f"north,2020,{COUNTED}\nsouth,2020,{COUNTED}\nnorth,2021,1,2,,,,,,,,,,\n",
        values=(*range(1, 13), 1, 2, *range(1, 13)),
    ),
    Case(
        "a year a row, its months in columns, years repeating by an unnamed kind of place",
        f"place,Year,{MONTHS}\nx,2020,{COUNTED}\nz,2020,{COUNTED}\n",
        values=(*range(1, 13), *range(1, 13)),
    ),
    Case(
        "a year a row, its months in columns, the series named by --id",
        f"station,Year,{MONTHS}\nnorth,2021,{COUNTED}\nsouth,2020,{COUNTED}\nnorth,2022,{COUNTED}\n",
        values=(*range(1, 13), *range(1, 13), *range(1, 13)),
        options={"id": "station"},
    ),
    Case(
        "a series a row, years in the names, the series named by --id",
        "Country,Code,2001,2002,2003\nA,x,5,6,\nB,z,,7,8\n",
        options={"id": "code"},
        notes=("Each row",),
    ),
    Case(
        "a year a row, its quarters in columns, the newest first",
        "Jahr;Q1;Q2;Q3;Q4\n2021;5,5;6;7;8\n2020;1;2;3;4\n",
        values=(1, 2, 3, 4, 5.5, 6, 7, 8),
    ),
    Case(
        "a year a row, one of its months named",
        f"Year,{MONTHS}\n2020,{COUNTED}\n2021,{COUNTED}\n",
        values=(3, 3),
        options={"target": "Mar"},
    ),
]
