"""A district that changes between two school years: every kind of change once, in real workbooks.

| code | 2024-2025 | 2025-2026 |
|---|---|---|
| STAYS | 辛坪乡 | as before |
| GIVES_UP, TAKES_OVER | two schools | the second has taken over the first |
| OLD_CODE, NEW_CODE | the old code | another code, all else alike |
| SPLIT, PART_ONE, PART_TWO | one school | two schools in its place |
| KEEPS, GIVEN_AWAY | one school | it has given a part of itself to a new one |
| NEW | | opened in 2025 |
| MOVES | 丁塘镇 | 戊湖镇 |
| CLOSED | the last year | closed, nobody in its place |
| RENAMED | under its old name | under its new one |
| SILENT | files nothing | files |
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from flows.conductor import PlainConductor
from flows.demonstration import build_settings
from flows.pipeline import run_night
from flows.publishers.campaign import TemplateMaker
from flows.sampling import MadeFile, drop_files, make_file, read_attributes
from flows.setup import make_workspace, spell_settings
from flows.workspace import MARKER, Workspace, open_workspace
from schemas.catalogue import Catalogue
from schemas.sample.filings import Filing, Sample, Value
from tests.journeys.bureau import load_sample

THEN, NOW = "2024-2025", "2025-2026"
NIGHTS = {THEN: date(2024, 9, 19), NOW: date(2025, 9, 19)}
SUMMER, CHANGE = date(2025, 8, 31), date(2025, 9, 1)

STAYS, GIVES_UP, TAKES_OVER = "2132199024", "2132199023", "2132199013"
OLD_CODE, NEW_CODE = "2132199016", "2132199916"
SPLIT, PART_ONE, PART_TWO = "2132199910", "2132199911", "2132199912"
KEEPS, GIVEN_AWAY = "2132199014", "2132199913"
NEW, MOVES, CLOSED, RENAMED, SILENT = "2132199914", "2132199012", "2132199009", "2132199010", "2132199004"

OWN = {
    STAYS: "2132199024", GIVES_UP: "2132199023", TAKES_OVER: "2132199013", OLD_CODE: "2132199016",
    NEW_CODE: "2132199016", PART_ONE: "2132199020", PART_TWO: "2132199015", KEEPS: "2132199014",
    GIVEN_AWAY: "2132199022", NEW: "2132199017", MOVES: "2132199012", CLOSED: "2132199009", RENAMED: "2132199010",
    SILENT: "2132199004", SPLIT: "2132199020",
}  # fmt: skip
"""School → the school of the sample whose register line, and whose pupils of a year, it has."""

PUPILS = {
    THEN: {
        **{code: (OWN[code],) for code in (STAYS, GIVES_UP, TAKES_OVER, OLD_CODE, MOVES, CLOSED, RENAMED)},
        SPLIT: (OWN[PART_ONE], OWN[PART_TWO]), KEEPS: (OWN[KEEPS], OWN[GIVEN_AWAY]),
    },
    NOW: {
        **{code: (OWN[code],) for code in (STAYS, NEW_CODE, PART_ONE, PART_TWO, KEEPS, GIVEN_AWAY)},
        **{code: (OWN[code],) for code in (NEW, MOVES, RENAMED, SILENT)},
        TAKES_OVER: (OWN[GIVES_UP], OWN[TAKES_OVER]),
    },
}  # fmt: skip
"""Year → school → the schools of the sample whose pupils, added up, are its own."""

NAMES = {
    NEW_CODE: "示例区戊湖镇南圩小学", SPLIT: "示例区合并小学", PART_ONE: "示例区庚南分校", PART_TWO: "示例区湖滨分校",
    GIVEN_AWAY: "示例区辛坪分校", NEW: "示例区新建小学",
}  # fmt: skip

SCHOOL_DISTRICTS = {
    THEN: {STAYS: "东片", GIVES_UP: "东片", TAKES_OVER: "东片", OLD_CODE: "西片", SPLIT: "西片", MOVES: "西片"},
    NOW: {STAYS: "东片", TAKES_OVER: "东片", NEW_CODE: "西片", PART_ONE: "西片", PART_TWO: "西片", MOVES: "东片"},
}
"""Year → school → 学区. The others have none."""

Line = Mapping[str, Value]


def list_school_lines(period: str) -> list[Line]:
    """The register of a year as it stands on its first day."""
    if period == THEN:
        return [*(describe(code) for code in PUPILS[THEN]), describe(SILENT)]
    stay = [describe(code) for code in (STAYS, TAKES_OVER, KEEPS, SILENT)]
    ended = {"valid_to": SUMMER}
    old_name = next(line for line in find_sample_lines(NOW, OWN[RENAMED]) if line["status"] == "1")
    new_name = next(line for line in find_sample_lines(NOW, OWN[RENAMED]) if line["status"] == "3")
    return [
        *stay, old_name, new_name,
        describe(GIVES_UP, status="4", successor_code=TAKES_OVER, **ended),
        describe(OLD_CODE, successor_code=NEW_CODE, **ended), describe(NEW_CODE, status="7", valid_from=CHANGE),
        describe(SPLIT, status="5", **ended),
        *(describe(code, status="2", valid_from=CHANGE) for code in (PART_ONE, PART_TWO, GIVEN_AWAY, NEW)),
        describe(MOVES, **ended), describe(MOVES, township_name="戊湖镇", valid_from=CHANGE),
        describe(CLOSED, **ended), describe(CLOSED, status="5", valid_from=CHANGE),
    ]  # fmt: skip


def list_origin_lines(period: str) -> list[Line]:
    """What the successor of the old school's line cannot say: which schools share an origin."""
    pairs = [(PART_ONE, SPLIT), (PART_TWO, SPLIT), (GIVEN_AWAY, KEEPS)] if period == NOW else []
    return [{"school_code": new, "predecessor_code": old, "since": CHANGE} for new, old in pairs]


def list_membership_lines(period: str) -> list[Line]:
    return [
        {"school_code": code, "grouping": "1", "group_name": group} for code, group in SCHOOL_DISTRICTS[period].items()
    ]


def describe(code: str, **changed: Value) -> Line:
    """The line of a school: that of the sample of 2024, under its own code and name."""
    line = find_sample_lines(THEN, OWN[code])[0]
    name = NAMES.get(code, str(line["school_name"]))
    own = {"school_code": code, "school_name": name, "short_name": name.removeprefix("示例区")}
    apart = {"longitude": None, "latitude": None, "site_code": None}
    return {**line, **own, **apart, **changed}


def find_sample_lines(period: str, code: str) -> list[Line]:
    filing = next(f for f in load_sample().filings if (f.return_id, f.period) == ("register", period))
    return [{**line, "contact_phone": None} for line in filing.lists["reg"] if line["school_code"] == code]


def file_register(period: str, **lists: Sequence[Line]) -> Filing:
    """The register of a year, with lists other than the district's own where they are given."""
    filing = next(f for f in load_sample().filings if (f.return_id, f.period) == ("register", period))
    own = {
        "reg": list_school_lines(period), "membership": list_membership_lines(period),
        "lineage": list_origin_lines(period),
    }  # fmt: skip
    return replace(filing, lists={**own, **lists}, received_on=NIGHTS[period], revision=1)


def file_pupils(period: str, code: str, sources: Sequence[str] = ()) -> Filing:
    """The enrolment return of a school: the pupils of its sample schools, added up."""
    chosen = sources or PUPILS[period][code]
    filings = [find_students(period, source) for source in chosen]
    values: Counter[str] = Counter()
    for filing in filings:
        values.update({ref: int(value) for ref, value in filing.values.items()})  # type: ignore[arg-type]
    name = find_name(period, code)
    cover = {**filings[0].cover, "school_code": code, "school_name": name, "fill_date": NIGHTS[period]}
    whole: dict[str, Value] = dict(values)
    return replace(
        filings[0], school=code, school_name=name, values=whole, cover=cover, received_on=NIGHTS[period], typed={},
        troubles=(), rename={}, version=None, cut_to=None, revision=1,
    )  # fmt: skip


def find_name(period: str, code: str) -> str:
    lines = [line for line in list_school_lines(period) if line["school_code"] == code]
    return str(lines[-1]["school_name"]) if lines else "示例区某校"


def find_students(period: str, source: str) -> Filing:
    found = [f for f in load_sample().filings if (f.return_id, f.period, f.school) == ("students", period, source)]
    return found[0]


def count_pupils(period: str, code: str) -> int:
    """Pupils of a school by its own return, counted grade by grade."""
    values = file_pupils(period, code).values
    return sum(int(values[f"stu_primary[total].g{grade}"]) for grade in range(1, 7))  # type: ignore[arg-type]


def find_township(period: str, code: str) -> str:
    lines = [line for line in list_school_lines(period) if line["school_code"] == code]
    return str(lines[-1]["township_name"])


def add_up(period: str, groups: Mapping[str, str]) -> dict[str, int]:
    """Pupils of a year by the group of each school; those without one under the code for none."""
    sums: Counter[str] = Counter()
    for code in PUPILS[period]:
        sums[groups.get(code, "none")] += count_pupils(period, code)
    return dict(sums)


@dataclass(frozen=True)
class ChangingDistrict:
    """The district after its two nights, with what was published after the first. Tests change nothing in it."""

    root: Path

    @property
    def workspace(self) -> Workspace:
        return open_workspace(self.root)

    def list_published(self, *, after_first_night: bool = False) -> dict[str, bytes]:
        """Name below the published folder → content."""
        folder = self.root.parent / f"{self.root.name}_first" if after_first_night else self.root
        published = folder / "warehouse" / "published"
        return {str(p.relative_to(published)): p.read_bytes() for p in sorted(published.rglob("*")) if p.is_file()}


def run_changing_district(root: Path, catalogue: Catalogue) -> None:
    """Two nights: each takes in the register and the enrolment returns of its year."""
    make_district(root)
    for period, night in NIGHTS.items():
        run_one_night(root, catalogue, [file_register(period), *list_filings(period)], night)
        if period == THEN:
            published = Path("warehouse", "published")
            shutil.copytree(root / published, root.parent / f"{root.name}_first" / published)


def list_filings(period: str) -> Iterator[Filing]:
    yield from (file_pupils(period, code) for code in PUPILS[period])


def make_district(root: Path, **settings: object) -> Workspace:
    """A workspace that collects register and enrolment returns of both years."""
    make_workspace(root, describe_settings(None, **settings))
    return open_workspace(root)


def describe_settings(as_of: date | None, **settings: object) -> dict[str, object]:
    collections = [
        {"period": period, "returns": ["J00", "J03"], "due": {"J00": night, "J03": night}}
        for period, night in NIGHTS.items()
    ]
    sample = replace(load_sample(), collections=collections, filings=[])
    return {**build_settings(sample, as_of=as_of), **settings}


def run_one_night(root: Path, catalogue: Catalogue, filings: Sequence[Filing], night: date, **settings: object) -> None:
    """Drop the workbooks and run the night; the workspace then stands still at it."""
    drop_files(list(make_workbooks(catalogue, filings)), open_workspace(root).inbox)
    (root / MARKER).write_text(spell_settings(describe_settings(night, **settings)), encoding="utf-8")
    workspace = open_workspace(root)
    own = workspace.load_catalogue() if settings else catalogue
    run_night(workspace, PlainConductor(), own)


def make_workbooks(catalogue: Catalogue, filings: Sequence[Filing]) -> Iterator[MadeFile]:
    """The product's own templates, filled as clerks would."""
    maker = TemplateMaker(catalogue)
    registers = [file_register(period) for period in NIGHTS]
    sample: Sample = replace(load_sample(), filings=registers)
    attributes = read_attributes(sample, catalogue)
    yield from (make_file(maker, sample, attributes, filing) for filing in filings)
