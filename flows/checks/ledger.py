"""What every check said of every submission: counts for the proof that it ran, and the failures to report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from schemas.compile import Rule
from schemas.expressions.columns import Mask
from schemas.layout import Cell

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tally:
    """Per submission: where a check applied, passed, failed, and could not be assessed."""

    applicable: Counts
    passed: Counts
    failed: Counts
    not_assessed: Counts

    def plus(self, other: Tally) -> Tally:
        return Tally(
            self.applicable + other.applicable,
            self.passed + other.passed,
            self.failed + other.failed,
            self.not_assessed + other.not_assessed,
        )


@dataclass(frozen=True, slots=True)
class RuleFailure:
    """A rule that a submission broke, at one of its list lines if the rule judges lines."""

    code: str
    rule: Rule
    unit: int
    line: int | None = None

    @property
    def sheet(self) -> str:
        """The list whose line it is, else the sheet of the cell to be changed."""
        place = self.rule.list_sheet or self.rule.mark or next(iter(self.rule.references), "")
        return place.partition("[")[0].partition(".")[0]


@dataclass(frozen=True, slots=True)
class CellFailure:
    """A cell that a cell kind refused."""

    code: str
    cell: Cell
    unit: int
    line: int | None = None

    @property
    def sheet(self) -> str:
        return self.cell.sheet


@dataclass(slots=True)
class Ledger:
    """All outcomes of one batch of submissions on one form."""

    length: int
    tallies: dict[str, Tally] = field(default_factory=dict)
    rule_failures: list[RuleFailure] = field(default_factory=list)
    cell_failures: list[CellFailure] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    _tainted: dict[str, Mask] = field(default_factory=dict)
    _tainted_lines: set[tuple[str, int, int]] = field(default_factory=set)

    def add_tally(self, code: str, applicable: Mask, failed: Mask, assessed: Mask) -> None:
        """Count one rule of a check, one entry a submission."""
        self._count(code, applicable.astype(np.int64), failed.astype(np.int64), assessed.astype(np.int64))

    def add_line_tally(
        self, code: str, unit: NDArray[np.int64], applicable: Mask, failed: Mask, assessed: Mask
    ) -> None:
        """Count one rule of a check that judges list lines."""
        counts = [np.bincount(unit[mask], minlength=self.length) for mask in (applicable, failed, assessed)]
        self._count(code, *counts)

    def taint(self, ref: str, units: Mask) -> None:
        """From the next level on, rules over this cell are not run for these submissions."""
        known = self._tainted.get(ref)
        self._tainted[ref] = units if known is None else known | units

    def taint_line(self, ref: str, unit: int, row: int) -> None:
        """A field of a list that was refused on one line of the workbook: that cell is not judged again."""
        self._tainted_lines.add((ref, unit, row))

    def is_line_tainted(self, ref: str, unit: int, row: int) -> bool:
        return (ref, unit, row) in self._tainted_lines

    def find_tainted(self, references: tuple[str, ...]) -> Mask | None:
        """Submissions for which one of the cells already failed; None if there are none."""
        masks = [self._tainted[ref] for ref in references if ref in self._tainted]
        return np.logical_or.reduce(masks) if masks else None

    def failed_units(self, code: str) -> Mask:
        tally = self.tallies.get(code)
        return np.zeros(self.length, dtype=bool) if tally is None else tally.failed > 0

    def _count(self, code: str, applicable: Counts, failed: Counts, assessed: Counts) -> None:
        tally = Tally(applicable, assessed - failed, failed, applicable - assessed)
        self.tallies[code] = self.tallies[code].plus(tally) if code in self.tallies else tally


Broken = Mapping[str, str]
"""Check code → what went wrong when it was run."""
