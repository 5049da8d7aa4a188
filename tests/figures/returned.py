"""What counts of a sample's filings, school by school: read from what was typed, without a line of the product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from schemas.sample.filings import Filing, Value

Line = Mapping[str, Value]

SENT_BACK = frozenset({"FL01", "FL06", "FL13", "FL15", "RC01", "TB01", "XT05", "XT06"})
"""Planted faults that are errors, as the table of troubles lists them: their filings are never accepted."""

CLOSED = frozenset({"5", "6"})
GENERAL = frozenset({"211", "218", "311", "312", "321", "341", "342", "345"})
SPECIAL = frozenset({"511", "512", "513", "514"})
KINDERGARTENS = frozenset({"111", "112"})
RETURN_IDS = {"J01": "basic", "J02": "classes", "J03": "students", "J05": "staff", "J06": "premises", "J07": "kg"}


@dataclass(frozen=True, slots=True)
class School:
    """A school of the register, the returns it owes, and those of them that count."""

    code: str
    name: str
    type: str
    township: str
    place: str
    ownership: str
    stages: tuple[str, ...]
    owed: frozenset[str]
    filings: Mapping[str, Filing]

    def has_all(self, returns: Iterable[str]) -> bool:
        """True if everything it owes of these returns counts."""
        return all(return_id in self.filings for return_id in returns if return_id in self.owed)

    def read(self, return_id: str, ref: str) -> float:
        """A number typed into a fixed sheet; 0 where the school has no such cell."""
        value = self.filings[return_id].values.get(ref) if return_id in self.filings else None
        return float(value) if isinstance(value, int | float) else 0.0

    def list_lines(self, return_id: str, sheet: str) -> Sequence[Line]:
        return self.filings[return_id].lists.get(sheet, ()) if return_id in self.filings else ()


@dataclass(frozen=True, slots=True)
class District:
    """The schools of a school year, and what the bureau filed."""

    period: str
    schools: tuple[School, ...]
    bureau: Mapping[str, Filing]

    def find(self, name: str) -> School:
        return next(school for school in self.schools if school.name.removeprefix("示例区") == name)

    def read(self, return_id: str, ref: str) -> float:
        """A number of the bureau's own."""
        value = self.bureau[return_id].values[ref]
        assert isinstance(value, int | float)
        return float(value)


def is_acceptable(filing: Filing) -> bool:
    return not any(trouble.code in SENT_BACK for trouble in filing.troubles)


def pick_accepted(filings: Iterable[Filing]) -> dict[tuple[str, str, str], Filing]:
    """Return, period and school → its last filing that was not sent back."""
    ordered = sorted(filings, key=lambda filing: filing.revision)
    return {(f.return_id, f.period, f.school): f for f in ordered if is_acceptable(f)}


def open_district(filings: Sequence[Filing], period: str) -> District:
    """The register's schools on 1 September with the returns of the year."""
    accepted = {key: filing for key, filing in pick_accepted(filings).items() if key[1] == period}
    filed: dict[str, dict[str, Filing]] = {}
    for (return_id, _, school), filing in accepted.items():
        filed.setdefault(school, {})[return_id] = filing
    bureau = next(own for own in filed.values() if "register" in own)
    lines = find_lines_in_force(bureau["register"].lists["reg"], date(int(period[:4]), 9, 1))
    schools = tuple(_open_school(line, filed.get(str(line["school_code"]), {})) for line in lines)
    return District(period, schools, bureau)


def find_lines_in_force(lines: Sequence[Line], day: date) -> list[Line]:
    """The line of each school that is open on the day."""
    chosen: dict[str, Line] = {}
    for line in lines:
        start, end = line["valid_from"], line.get("valid_to")
        assert isinstance(start, date)
        if start <= day and not (isinstance(end, date) and end < day) and line["status"] not in CLOSED:
            chosen[str(line["school_code"])] = line
    return [chosen[code] for code in sorted(chosen)]


def _open_school(line: Line, filings: Mapping[str, Filing]) -> School:
    return School(
        str(line["school_code"]), str(line["school_name"]), str(line["school_type"]), str(line["township_name"]),
        str(line["urban_rural"]), str(line["ownership"]), tuple(str(line["stages"]).split(";")), list_owed(line),
        filings,
    )  # fmt: skip


def list_owed(line: Line) -> frozenset[str]:
    """The returns a school owes: those its line names, else those its type calls for (returns.md)."""
    if line.get("expected_returns"):
        named = str(line["expected_returns"]).split(";")
        return frozenset(RETURN_IDS[no] for no in named if no in RETURN_IDS)
    kind = str(line["school_type"])
    if kind in KINDERGARTENS:
        return frozenset({"basic", "kg"})
    if kind in GENERAL:
        return frozenset({"basic", "classes", "students", "staff", "premises"})
    return frozenset({"basic", "premises"} | ({"staff"} if kind in SPECIAL else set()))
