"""What a row of a roster says of a community: values by field, doubts to be looked at, problems that stop the import.

A blank cell says nothing, and what is known stays. `/` or 暂无 says that there is none. Not here: what is known already
(compare), where the row goes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mingjing.engine.mappings.texts import Unreadable, normal, parse_number, quoted
from mingjing.engine.outcome import N_, Problem, Reason, Refusal
from mingjing.engine.quantities import decimal_text
from mingjing.engine.rules import FLAG, Measure, choice_of
from mingjing.programmes.assessments.policy.attributes import read_attribute
from mingjing.programmes.assessments.policy.rosters import cells
from mingjing.programmes.assessments.policy.rosters.columns import Columns
from mingjing.programmes.assessments.policy.rosters.directory import Companies, Company, Places

__all__ = ["ATTRIBUTE", "EXAMPLE", "Line", "Reader"]

ATTRIBUTE = "attribute."
"""Before the code of an attribute, as a key of a line's values."""
EXAMPLE = ("示例-", "EXAMPLE-")
"""How the numbers of example rows begin, which are left out."""
TOTALS = frozenset(("合计", "总计", "小计", "共计", "total", "totals"))
MEMO = 1 << 14
YES, NO = frozenset(("有", "y", "1", "√")), frozenset(("无", "没有", "n", "0", "×"))


@dataclass(slots=True)
class Line:
    """A row as read: `said` are values by field, as they are stored; `doubts` are reasons to look at it."""

    row: int
    number: str
    said: dict[str, Any] = field(default_factory=dict)
    doubts: list[Reason] = field(default_factory=list)


@dataclass(slots=True)
class Reader:
    """Reads the rows of one roster; `report` takes every problem. `read_code` reads a credit code (raises Refusal)."""

    columns: Columns
    attributes: Mapping[str, Measure]
    places: Places
    companies: Companies
    read_code: Callable[[str], str]
    today: date
    report: Callable[[Problem], None]
    _memo: dict[tuple[str, str], tuple[Any, tuple[Reason, ...]]] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    def read(self, row: int, texts: Sequence[str]) -> Line | None:
        """The line in a row; None where it is no community (a sum, an example, a second header) or was refused."""
        given = {code: texts[at] for code, at in self.columns.fields.items() if texts[at] and not texts[at].isspace()}
        line = Line(row, " ".join(normal(given.get("number", "")).split()))
        if self._is_aside(line, texts):
            return None
        self._reported = 0
        self._number(line)
        self._name(line, given.get("name", ""))
        self._place(line, given)
        self._company(line, given)
        self._position(line, given)
        for code in PLAIN:
            if code in given:
                self._plain(line, code, given[code])
        for code, at in self.columns.attributes.items():
            if texts[at] and not texts[at].isspace():
                self._plain(line, ATTRIBUTE + code, texts[at])
        return line if not self._reported else None

    _reported: int = 0

    def _is_aside(self, line: Line, texts: Sequence[str]) -> bool:
        at = self.columns.fields["number"]
        if line.number.upper().startswith(EXAMPLE) or texts[at] == self.columns.header[at]:
            return True
        first = next((text for text in texts if text and not text.isspace()), "")
        return normal(first).casefold().rstrip(":") in TOTALS

    def fault(self, row: int, code: str, reason: Reason) -> None:
        """Report `reason` as the problem of the row, at the column of field `code`."""
        self._reported += 1
        column = self.columns.named.get(code.removeprefix(ATTRIBUTE))
        place = f"row {row}, column {column}" if column else f"row {row}"
        self.report(Problem(reason.code, reason.text, reason.params, place))

    def _number(self, line: Line) -> None:
        if not line.number or len(line.number) > 40 or not line.number.isprintable():
            said = N_("A community needs its number, of at most 40 characters; fill it in.")
            self.fault(line.row, "number", Reason("roster.number", said))
            return
        first = self._numbers.setdefault(line.number, line.row)  # also of rows refused: all is said at once
        if first != line.row:
            text = N_("Number {number} stands in row {first} already; keep one of the two, or give it its own number.")
            params = {"number": line.number, "first": first}
            self.fault(line.row, "number", Reason("roster.number_repeated", text, params))

    def _name(self, line: Line, text: str) -> None:
        try:
            name = cells.read_text(text, 200)
        except Unreadable as error:
            self.fault(line.row, "name", error.reason)
            return
        if not name:
            self.fault(line.row, "name", Reason("roster.name", N_("The name of the community is missing; fill it in.")))
        line.said["name"] = name

    def _place(self, line: Line, given: Mapping[str, str]) -> None:
        try:
            found = self.places.find(given.get("street", ""), given.get("neighbourhood", ""))
        except Unreadable as error:
            self.fault(line.row, self._misplaced(given), error.reason)
            return
        if found is not None:
            line.said["place"] = found.key

    def _misplaced(self, given: Mapping[str, str]) -> str:
        """Which of the two cells cannot be right: the subdistrict where it is none by itself."""
        try:
            self.places.find(given.get("street", ""), "")
        except Unreadable:
            return "street"
        return "neighbourhood" if "neighbourhood" in given else "street"

    def _plain(self, line: Line, code: str, text: str) -> None:
        """A field whose value follows from its own cell alone; equal texts are read once."""
        key = (code, text)
        if key not in self._memo:
            if len(self._memo) >= MEMO:
                self._memo.clear()
            doubts: cells.Doubts = []
            try:
                self._memo[key] = self._value(code, text, doubts), tuple(doubts)
            except Unreadable as error:
                self.fault(line.row, code, error.reason)
                return
        value, noted = self._memo[key]
        line.said |= value
        line.doubts += noted

    def _value(self, code: str, text: str, doubts: cells.Doubts) -> dict[str, Any]:
        match code:
            case "address":
                return {code: "" if cells.is_none(text) else cells.read_text(text, 300)}
            case "group":
                return {code: "" if cells.is_none(text) else cells.read_text(text, 40)}
            case "completed_year":
                return {code: cells.read_year(text, self.today, doubts)}
            case "fee":
                low, high = cells.read_fee(text, doubts) or (None, None)
                return {"fee_low": cells.decimal_plain(low), "fee_high": cells.decimal_plain(high)}
            case "buildings" | "households":
                return {code: cells.read_count(text, doubts)}
            case "floor_area":
                return {code: cells.decimal_plain(cells.read_floor_area(text, doubts))}
            case "since":
                return {code: cells.read_day(text)}
            case _:
                return {code: self._attribute(self.attributes[code.removeprefix(ATTRIBUTE)], text)}

    def _attribute(self, measure: Measure, text: str) -> str | None:
        """The text of an attribute's value as schemes read it; None where the cell says that there is none."""
        word = normal(text)
        if measure.choices:
            folded = word.casefold()
            if measure.choices == FLAG:
                word = "yes" if folded in YES else "no" if folded in NO else word
            word = choice_of(measure, word)
        elif cells.is_none(text):
            return None
        elif (number := parse_number(word.rstrip("%个月年户轮次组 "))) is not None:
            word = decimal_text(number)
        try:
            read_attribute(measure, word)
        except Refusal as refusal:
            first = refusal.problems[0]
            raise Unreadable(first.code, first.text, **first.params) from None
        return word

    def _position(self, line: Line, given: Mapping[str, str]) -> None:
        texts = {code: given[code] for code in ("latitude", "longitude") if code in given}
        if not texts:
            return
        said: dict[str, Any] = {}
        for code, most in (("latitude", 90), ("longitude", 180)):
            try:
                said[code] = cells.read_degrees(texts.get(code, "/"), most)
            except Unreadable as error:
                self.fault(line.row, code, error.reason)
                return
        if (said["latitude"] is None) != (said["longitude"] is None):
            missing = N_("A position needs its latitude and its longitude; fill both in, or neither.")
            self.fault(line.row, "latitude", Reason("roster.position.half", missing))
            return
        try:
            said["datum"] = cells.read_datum(given.get("datum", "")) if said["latitude"] else ""
        except Unreadable as error:
            unsaid = N_("Say in a column 坐标系 of which map the positions are: WGS84, GCJ02 or BD09.")
            self.fault(line.row, "datum", error.reason if "datum" in given else Reason("roster.datum.missing", unsaid))
            return
        line.said |= said

    def _company(self, line: Line, given: Mapping[str, str]) -> None:
        """Who looks after it: by the columns of the company, its credit code and the way it is managed."""
        text, code = given.get("company", ""), given.get("credit_code", "")
        managed = self._managed(line, given.get("management", ""))
        if text and (word := cells.read_management(text)) in ("self", "none"):
            managed, text = word, ""
        elif text and cells.is_none(text):
            managed, text = managed or "none", ""
        if code and cells.is_none(code):
            code = ""
        if text or code:
            self._named(line, text, code, managed)
        elif managed in ("self", "none"):
            line.said |= {"management": managed, "company": None, "company_name": ""}
        elif managed:
            line.said["management"] = managed

    def _managed(self, line: Line, text: str) -> str | None:
        if not text:
            return None
        if (found := cells.read_management(text)) is None:
            said = N_("{found} is no way of managing that is known here; use one of {known}.")
            known = tuple(words[0] for words in cells.MANAGED.values())
            self.fault(
                line.row, "management", Reason("roster.management", said, {"found": quoted(text), "known": known})
            )
        return found

    def _named(self, line: Line, text: str, code: str, managed: str | None) -> None:
        try:
            name = cells.read_text(text, 200)
        except Unreadable as error:
            self.fault(line.row, "company", error.reason)
            return
        company, possible = self._coded(line.row, code) if code else (self.companies.named(name), True)
        if not possible:
            return
        if not name and company is None:
            said = N_("Nobody has recorded an organisation with this code; write its name too, or record it first.")
            self.fault(line.row, "company", Reason("roster.company.nameless", said))
            return
        if managed in ("self", "none"):
            said = N_("It is not managed by a company, yet {name} is named; the name is kept as a remark.")
            line.doubts.append(Reason("roster.company.although", said, {"name": name}))
            line.said |= {"management": managed, "company": None, "company_name": name}
            return
        self._doubt_company(line, name, code, company)
        key = company.key if company else None
        line.said |= {
            "management": "company",
            "company": key,
            "company_name": name or (company.name if company else ""),
        }

    def _coded(self, row: int, text: str) -> tuple[Company | None, bool]:
        """The organisation with the code in `text`, and whether the code can be one."""
        try:
            return self.companies.by_code.get(self.read_code(text)), True
        except Refusal as refusal:
            plain = "".join(normal(text).split()).replace("-", "").upper()
            self.fault(row, "credit_code", self.companies.digit_at_fault(plain) or refusal.problems[0])
            return None, False

    def _doubt_company(self, line: Line, name: str, code: str, company: Company | None) -> None:
        if company is None:
            said = N_("{name} is not recorded under Organisations; its name is kept, and linked once it is recorded.")
            line.doubts.append(Reason("roster.company.unknown", said, {"name": name}))
        elif name and code and normal(name) != normal(company.name):
            said = N_("The credit code belongs to {recorded}, the file writes {name}; the code counts.")
            line.doubts.append(Reason("roster.company.name", said, {"recorded": company.name, "name": name}))


PLAIN = ("address", "group", "completed_year", "fee", "buildings", "households", "floor_area", "since")
"""Fields that are read from their own cell alone."""
