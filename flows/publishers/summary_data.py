"""Everything a published workbook is made from, gathered before the first cell is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flows.district.facts import DistrictFacts, FigureKey, Shown
from flows.district.judge import DistrictFinding, RuleRow
from flows.indicators.targets import Attainment
from flows.indicators.trends import History, Trend, compute_trend


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
    history: History = field(default_factory=dict)

    def find_trend(self, key: FigureKey, shown: Shown, standing: Attainment) -> Trend | None:
        """Where a figure that is held against a target is heading; None where there is no target."""
        return compute_trend(standing, int(self.period[:4]), shown.value, self.history.get(key, {}))
