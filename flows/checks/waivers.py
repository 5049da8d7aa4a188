"""Waivers: an error that a school was let off for a time is told as what it is, and holds nothing up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flows.checks.findings import Finding
from schemas.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Waiver:
    """A check that one school need not pass for one period, who asked and approved, why, and until when."""

    check: str
    school: str
    period: str
    reason: str
    asked_by: str
    approved_by: str
    until: date


def waive_findings(
    catalogue: Catalogue, findings: Iterable[Finding], places: Mapping[int, tuple[str, str]], waivers: Sequence[Waiver]
) -> Iterator[Finding]:
    """The findings, waived errors turned into infos that say so. `places`: submission → school and period."""
    known = {(waiver.check, waiver.school, waiver.period): waiver for waiver in waivers}
    for finding in findings:
        waiver = known.get((finding.code, *places[finding.submission]))
        if waiver is None or finding.severity == "info":
            yield finding
            continue
        said = catalogue.message(
            "waivers.waived", message=finding.message, reason=waiver.reason, approved_by=waiver.approved_by,
            until=waiver.until.isoformat(),
        )  # fmt: skip
        yield replace(finding, severity="info", message=said)
