"""Times as they come: holes, doubled stamps, jitter, and the ways in which people write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tests.unit.data.tables.cases.base import DAYS, Case

TITLE = "Clocks and times"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = datetime(2020, 1, 1)
FOUR = (5.0, 6.0, 7.0, 8.0)
MONTHS = ("Jan", "Feb", "Mar", "Apr")


def table(times: Iterable[object], values: Iterable[object] = FOUR, head: str = "date,y") -> str:
    """Return the text of a file with a value at each time."""
    rows = (f"{time},{value}" for time, value in zip(times, values, strict=True))
    return "\n".join([head, *rows, ""])


def ticks(
    step: timedelta, count: int = 4, *, off: Sequence[int] = (), start: datetime = START
) -> list[datetime]:
    """Return times a step apart, each so many seconds off."""
    late = [*off, *(0 for _ in range(count))][:count]
    return [start + i * step + timedelta(seconds=late[i]) for i in range(count)]


def year(*years: int) -> list[str]:
    return [f"{one}" for one in years]


def ramp(count: int) -> tuple[float, ...]:
    return tuple(float(i) for i in range(count))


TEN = ticks(DAY, 10)
CHANGE = [f"2019-10-27 0{hour}:00" for hour in (0, 1, 2, 2, 3, 4)]
SPRING = [f"2019-03-31 0{hour}:00" for hour in (0, 1, 3, 4, 5)]
SPARSE = [START + i * DAY for i in (0, 1, 2, 3, 20, 21)]
JITTER = (0, 40, -30, 20, -45, 10, 35, -20, 5, 50)
EVENTS = [START + i * HOUR for i in (0, 1.2, 2.1, 2.3, 4.1, 5.3, 6.2, 6.4, 8.1, 9.3, 9.9, 11)]

CASES = (
    Case("daily, two steps missing", table(TEN[:4] + TEN[6:], ramp(8)),
         values=(0, 1, 2, 3, 3, 3, 4, 5, 6, 7), repairs=("holes",)),
    Case("monthly, one step missing",
         table(["2020-01", "2020-02", "2020-04", "2020-05"]),
         values=(5, 6, 6, 7, 8), repairs=("holes",)),
    Case("a value missing between others", DAYS.replace(",6", ","), values=(5, 5, 7, 8),
         repairs=("missing",)),
    Case("no value yet in the last rows", DAYS + "2020-01-05,\n2020-01-06,\n",
         repairs=("trailing",)),
    Case("no value yet in the first rows", DAYS.replace(",5", ","), values=(6, 7, 8),
         repairs=("leading",)),
    Case("steps missing that are said to be 0 (`--fill zero`)",
         table(TEN[:2] + TEN[3:5]), values=(5, 6, 0, 7, 8), options={"fill": "zero"},
         notes=("with 0",)),
    Case("most steps missing", table(SPARSE, ramp(6)), refused="16 of 22 steps"),
    Case("weekdays without holidays",
         table([START + i * DAY for i in (0, 1, 2, 5, 6, 8, 9)], ramp(7)), values=ramp(7)),
    Case("rows out of order", table([*TEN[:2], TEN[3], TEN[2]]), values=(5, 6, 8, 7),
         repairs=("unsorted",)),
    Case("newest first", table(TEN[:4][::-1]), values=(8, 7, 6, 5), notes=("was reversed",)),
    Case("a row that stands twice", DAYS + "2020-01-04,8\n", repairs=("identical",)),
    Case("a day with two values among thirty",
         table([*ticks(DAY, 30), START + 29 * DAY], [*ramp(30), 31]),
         values=(*ramp(29), 30), repairs=("doubled",)),
    Case("all days with two values", table([t for t in TEN for _ in range(2)], ramp(20)),
         refused="repeats the time 2020-01-01"),
    Case("all days with two values, their sum (`--aggregate sum`)",
         table([t for t in TEN[:3] for _ in range(2)], ramp(6)), values=(1, 5, 9),
         options={"aggregate": "sum"}),
    Case("the hour that autumn doubles", table(CHANGE, ramp(6)), values=(0, 1, 2.5, 4, 5),
         repairs=("clock_change",)),
    Case("the hour that spring leaves out", table(SPRING, ramp(5)),
         values=(0, 1, 1, 2, 3, 4), repairs=("holes",)),
    Case("every 5 minutes, give or take", table(ticks(5 * MINUTE, 10, off=JITTER), ramp(10)),
         values=ramp(10), repairs=("off_clock",)),
    Case("hourly at a quarter to, one time late",
         table(ticks(HOUR, 6, off=(0, 0, 0, 960), start=START + 45 * MINUTE), ramp(6)),
         values=ramp(6), repairs=("off_clock",)),
    Case("daily readings at about eight",
         table(ticks(DAY, 10, off=[60 * s for s in JITTER], start=START + 8 * HOUR), ramp(10)),
         values=ramp(10), repairs=("off_clock",)),
    Case("a clock that drifts by some seconds an hour",
         table(ticks(HOUR, 12, off=[i * i for i in range(12)]), ramp(12)), values=ramp(12),
         repairs=("off_clock",)),
    Case("irregular events", table(EVENTS, ramp(12)),
         values=(0, 1, 2.5, 2.5, 4, 5, 6.5, 6.5, 8, 9, 10, 11), repairs=("off_clock", "holes")),
    Case("a few times without any clock",
         table(["2020-01-01", "2020-01-02", "2020-01-05", "2020-01-19"]),
         refused="follow no regular clock"),
    Case("hours to days (`--every 1d`), the last day incomplete",
         table(ticks(HOUR, 50), ramp(50)), values=(11.5, 35.5), options={"every": "1d"},
         notes=("50 values became 3", "2020-01-03")),
    Case("hours to days, their sum (`--every 1d --aggregate sum`)",
         table(ticks(HOUR, 48), ramp(48)), values=(276, 852),
         options={"every": "1d", "aggregate": "sum"}),
    Case("days to months, the greatest (`--every 1mo --aggregate max`)",
         table(ticks(DAY, 91), ramp(91)), values=(30, 59, 90),
         options={"every": "1mo", "aggregate": "max"}),
    Case("a minute's log to ten minutes, the last value",
         table(ticks(MINUTE, 40), ramp(40)), values=(9, 19, 29, 39),
         options={"every": "10min", "aggregate": "last"}),
    Case("steps that cannot be read (`--every often`)", DAYS, options={"every": "often"},
         refused="such as 10min, 1h, 1d"),
    Case("ISO weeks", table(["2020-W52", "2020-W53", "2021-W01", "2021-W02"])),
    Case("ISO weeks without a hyphen", table(["2020W52", "2020W53", "2021W01", "2021W02"])),
    Case("quarters: 2019Q1", table(["2019Q1", "2019Q2", "2019Q3", "2019Q4"])),
    Case("quarters: Q1 2019", table(["Q1 2019", "Q2 2019", "Q3 2019", "Q4 2019"])),
    Case("quarters: 2019-Q1", table(["2019-Q1", "2019-Q2", "2019-Q3", "2019-Q4"])),
    Case("months as statistics offices write them: 2019M01",
         table(["2019M01", "2019M02", "2019M03", "2019M04"])),
    Case("seconds since 1970",
         table([1577836800 + 3600 * i for i in range(4)], head="timestamp,y"),
         notes=("seconds since 1970",)),
    Case("milliseconds since 1970",
         table([(1577836800 + 3600 * i) * 1000 for i in range(4)], head="ts,y"),
         notes=("milliseconds since 1970",)),
    Case("seconds since 1970 with decimals",
         table([f"{1577836800 + 60 * i}.5" for i in range(4)], head="time,y"),
         notes=("seconds since 1970",)),
    Case("year and month in two columns",
         table([f"2020,{month}" for month in range(1, 5)], head="year,month,y"),
         notes=("`year` and `month`",)),
    Case("year and the name of a month in two columns",
         table([f"2020,{month}" for month in MONTHS], head="Year,Month,y"),
         notes=("`Year` and `Month`",)),
    Case("year and week in two columns",
         table([f"2020,{week}" for week in range(1, 5)], head="YEAR,WEEK,y"),
         notes=("`YEAR` and `WEEK`",)),
    Case("year and quarter in two columns",
         table([f"2020,{quarter}" for quarter in range(1, 5)], head="year,quarter,y"),
         notes=("`year` and `quarter`",)),
    Case("year, month and day in three columns",
         table([f"2020,1,{day}" for day in range(30, 32)] + ["2020,2,1", "2020,2,2"],
               head="year,month,day,y"),
         notes=("`year`, `month` and `day`",)),
    Case("date and time of day in two columns",
         table([f"{t:%Y-%m-%d,%H:%M}" for t in ticks(6 * HOUR)], head="date,time,y"),
         notes=("`date` and `time`",)),
    Case("date and hour in two columns",
         table([f"{t:%Y-%m-%d},{t.hour}" for t in ticks(6 * HOUR)], head="date,hour,y"),
         notes=("`date` and `hour`",)),
    Case("a lone column of years without a name",
         table(year(1947, 1948, 1949, 1950), head=",y")),
    Case("months by name in German",
         table(["Januar 2020", "Februar 2020", "März 2020", "Apr. 2020"])),
    Case("days with a month by name in French",
         table(["30 janv. 2020", "31 janv. 2020", "1 févr. 2020", "2 févr. 2020"])),
    Case("days with a month by name in German",
         table(["28. Februar 2021", "1. März 2021", "2. März 2021", "3. März 2021"])),
    Case("days in Japanese", table([f"2020年1月{day}日" for day in range(9, 13)])),
    Case("year and month by name in two columns, in Spanish",
         table(["2020,diciembre", "2021,enero", "2021,febrero", "2021,marzo"], head="año,mes,y"),
         notes=("`año` and `mes`",)),
    Case("a time that cannot be read among many",
         table([*TEN[:5], "soon", *TEN[6:]], ramp(10), head="when,y"),
         refused="column `when`, row 7: `soon` cannot be read as a time"),
    Case("a time that is missing among many",
         table([*TEN[:5], "", *TEN[6:]], ramp(10), head="when,y"),
         refused="column `when`, row 7: the time is missing"),
    Case("a date that does not exist",
         table(["2020-01", "2020-02", "2020-13", "2020-04", "2020-05", "2020-06"], ramp(6)),
         refused="row 4: `2020-13`"),
)  # fmt: skip
