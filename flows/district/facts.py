"""The facts that findings on the district rest on, and a period's publications are made from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flows.indicators.desk import Desk
from flows.indicators.evaluations import EvaluationResult
from flows.indicators.groups import sort_groups
from flows.indicators.targets import Attainment, judge_figure, list_targets
from schemas.catalogue import Catalogue
from schemas.expressions.rounding import round_half_up


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as it is shown: the value with everything beside it. NaN where there is none."""

    value: float
    numerator: float = math.nan
    denominator: float = math.nan
    expected: int = 0
    reported: int = 0
    coverage: float = math.nan
    size_coverage: float = math.nan
    earlier: float = math.nan

    def round_value(self, decimals: int) -> Shown:
        """The same with the value as printed."""
        return replace(self, value=round_half_up(self.value, decimals))


NOTHING = Shown(math.nan)


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """How one return of the collection stands."""

    return_id: str
    period: str
    expected: int
    received: int
    on_time: int
    accepted: int
    with_queries: int
    rejected: int
    due: str


@dataclass(frozen=True, slots=True)
class OwedRow:
    """A return that a school still owes, or that was sent back."""

    return_id: str
    period: str
    school: str
    name: str
    area: str
    state: str
    due: str
    days_late: int
    contact: str


@dataclass(frozen=True, slots=True)
class RepeatedFile:
    """A file received again under another name, byte for byte."""

    file_name: str
    first_file_name: str
    first_school: str


FigureKey = tuple[str, str, str, str]
"""Indicator, stage, breakdown, group."""


@dataclass(frozen=True)
class DistrictFacts:
    """What is known of a district for one period."""

    catalogue: Catalogue
    desk: Desk
    district: str
    period: str
    figures: Mapping[FigureKey, Shown]
    evaluations: Mapping[str, EvaluationResult]
    returns: Sequence[ReturnRow]
    owed: Sequence[OwedRow]
    repeated: Sequence[RepeatedFile]
    target_sets: Sequence[str]

    @property
    def is_provisional(self) -> bool:
        """True while a return is missing, sent back or has open queries."""
        return any(row.accepted - row.with_queries < row.expected for row in self.returns)

    def find(self, indicator: str, stage: str = "", by: str = "", group: str = "") -> Shown:
        return self.figures.get((indicator, stage, by, group), NOTHING)

    def list_groups(self, by: str) -> list[str]:
        """Groups of a breakdown that any figure has, those without a name last."""
        return sort_groups({key[3] for key in self.figures if key[2] == by})

    def judge(self, indicator_id: str, stage: str, shown: Shown) -> Attainment:
        """The figure held against the first target that concerns it."""
        indicator = self.catalogue.indicators[indicator_id]
        targets = list_targets(self.catalogue, self.target_sets, indicator_id, stage)
        return judge_figure(indicator, targets[0] if targets else None, shown.value, shown.coverage, shown.earlier)

    def label_dispersion(self, criterion: str | None, stage: str) -> str:
        """A coefficient of variation as printed; of all criteria together where none is named."""
        name = criterion or self.catalogue.message("findings.composite")
        return self.catalogue.message("findings.dispersion_of", criterion=name, stage=self.label_stage(stage))

    def label_stage(self, stage: str) -> str:
        """A stage as printed."""
        return self.catalogue.label_stage(stage)
