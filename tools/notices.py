"""The notices of holidays that ship, made from the library chinesecalendar; their numbers are written here, by hand.

    python -m tools.notices           writes src/mingjing/kernel/calendar/data/notices.json
    python -m tools.notices check     says whether the file is what the library and this list give

For another year: a version of the library that knows it (pyproject.toml), its line in NOTICES, this command, and a
migration that seeds the year (kernel.calendar.shipped).
"""

import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from chinese_calendar import constants

FILE = Path(__file__).resolve().parent.parent / "src/mingjing/kernel/calendar/data/notices.json"

# 国务院办公厅关于某年部分节假日安排的通知: year, number, published on
NOTICES = (
    (2022, "国办发明电〔2021〕11号", "2021-10-25"),
    (2023, "国办发明电〔2022〕16号", "2022-12-08"),
    (2024, "国办发明电〔2023〕7号", "2023-10-25"),
    (2025, "国办发明电〔2024〕12号", "2024-11-12"),
    (2026, "国办发明电〔2025〕7号", "2025-11-04"),
)
CODES = {
    "New Year's Day": "new_year",
    "Spring Festival": "spring_festival",
    "Tomb-sweeping Day": "tomb_sweeping",
    "Labour Day": "labour_day",
    "Dragon Boat Festival": "dragon_boat",
    "Mid-autumn Festival": "mid_autumn",
    "National Day": "national_day",
}


def told_for(day: date) -> int:
    """The year whose notice names `day`: those of the last week of December are the next year's."""
    return (day + timedelta(days=7)).year


def stretches(year: int) -> list[list[str]]:
    """The holidays of a year: first day, last day, code."""
    found: list[list[str]] = []
    for day, name in sorted(constants.holidays.items()):
        if told_for(day) != year:
            continue
        before = (day - timedelta(days=1)).isoformat()
        if found and found[-1][1:] == [before, CODES[name]]:
            found[-1][1] = day.isoformat()
        else:
            found.append([day.isoformat(), day.isoformat(), CODES[name]])
    return found


def notices() -> list[dict[str, Any]]:
    """What the file holds."""
    make_up = sorted(constants.workdays.items())
    return [
        {
            "year": year, "reference": reference, "published_on": published, "off": stretches(year),
            "working": [[day.isoformat(), CODES[name]] for day, name in make_up if told_for(day) == year],
        }
        for year, reference, published in NOTICES
    ]  # fmt: skip


def text() -> str:
    """The file, a line for each holiday."""
    lines = json.dumps(notices(), ensure_ascii=False, indent=1)
    return lines + "\n"


def main() -> int:
    if sys.argv[1:] != ["check"]:
        FILE.write_text(text(), "utf-8")
        return 0
    return int(FILE.read_text("utf-8") != text())


if __name__ == "__main__":
    sys.exit(main())
