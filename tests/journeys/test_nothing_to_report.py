"""A school that has nothing to report says so, and the district counts it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from schemas.catalogue import Catalogue
from schemas.sample.district import build_sample_district
from schemas.sample.filings import Filing
from tests.journeys.bureau import NEXT_NIGHT, NIGHT, YEAR, Bureau, find_register

KINDS = ("visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple")
WITH, WITHOUT = "2132199002", "2132199005"


def find_special(school: str) -> Filing:
    """What a school files on pupils with disabilities."""
    filings = build_sample_district({"J08"}).filings
    found = next(f for f in filings if (f.return_id, f.school, f.period) == ("special", school, YEAR))
    return replace(found, troubles=(), received_on=NIGHT)


def count_inclusive(filing: Filing) -> int:
    """Pupils in ordinary classes, all kinds of disability together."""
    return sum(int(filing.values[f"sp_stu[{kind}].inclusive"]) for kind in KINDS)  # type: ignore[arg-type]


@pytest.mark.requirement("C-11")
def test_a_nil_return_counts_as_filed_and_as_zero(tmp_path: Path, catalogue: Catalogue) -> None:
    """Two of the schools that owe the return send it; one has none and says so. Next night it sends figures."""
    bureau = Bureau(tmp_path / "bureau", catalogue, returns=("J00", "J08"))
    filing, other = find_special(WITH), find_special(WITHOUT)
    bureau.receive(find_register(), filing, replace(other, values={}, cover={**other.cover, "nil_return": "是"}))
    bureau.run_night()

    assert bureau.find_state("special", WITHOUT) == "accepted"
    assert [sheet for sheet, _, _ in bureau.list_findings("FL46")] == [""]
    assert bureau.count_reported("inclusive_n") == 2
    assert bureau.find_figure("inclusive_n") == count_inclusive(filing)

    reason = {**other.cover, "correction_reason": "补报"}
    bureau.receive(replace(other, cover=reason, revision=2, received_on=NEXT_NIGHT))
    bureau.run_night(NEXT_NIGHT)

    assert bureau.count_reported("inclusive_n") == 2
    assert bureau.find_figure("inclusive_n") == count_inclusive(filing) + count_inclusive(other)
