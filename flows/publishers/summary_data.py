"""Everything a published workbook is made from, gathered before the first cell is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.district.facts import DistrictFacts
from flows.district.judge import DistrictFinding, RuleRow


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding with the school and file it belongs to."""

    severity: str
    return_id: str
    period: str
    school: str
    name: str
    file_name: str
    state: str
    code: str
    sheet: str
    cell: str
    message: str
    remedy: str
    answer: str
    explanation: str


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A figure that was published as final and has changed since; a missing figure is None."""

    vintage: int
    indicator: str
    stage: str
    breakdown: str
    group_code: str
    old_value: float | None
    new_value: float | None
    reason: str


@dataclass(frozen=True)
class SummaryData(DistrictFacts):
    """The facts behind the publications of one period, and what was found."""

    data_until: str
    findings: Sequence[FindingRow]
    rules: Sequence[RuleRow]
    district_findings: Sequence[DistrictFinding]
    is_locked: bool
    revisions: Sequence[RevisionRow]
