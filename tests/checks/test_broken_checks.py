"""FL35: a check that cannot run is a fault of the system, and a return is not accepted on the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.catalogue import SHIPPED, load_catalogue
from tests.checks.cases import Case, Example
from tests.checks.filings import load_definitions
from tests.checks.hearings import Exhibit, hear_together

BROKEN = """
checks:
  - code: ZZ01
    level: record
    severity: query
    returns: [basic]
    formula: basic.school_type > 3
    message: 办学类型不对
    remedy: 请核对。
"""


def build_exhibit() -> Exhibit:
    """A return in order."""
    failure = {"sheet": "", "cell": ""}
    case = Case.model_validate(
        {
            "severity": "error", "return": "basic", "school": "2132199001", "period": "2025-2026",
            "fails": [failure], "always_assessed": "signal",
        }
    )  # fmt: skip
    return Exhibit("FL35", "fails", 0, case, Example())


@pytest.mark.requirement("C-05")
def test_a_check_that_cannot_run_holds_the_return_back(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "own.yaml").write_text(BROKEN, encoding="utf-8")
    catalogue = load_catalogue((SHIPPED, tmp_path))
    exhibit = build_exhibit()

    (finding,) = hear_together(catalogue, [exhibit])[exhibit.key].find("FL35")

    assert (finding.severity, finding.sheet, finding.cell) == ("error", "", "")
    assert finding.message == "校验 ZZ01 未能运行，本报表暂不能通过"
    assert "ZZ01-" in finding.remedy


def test_where_every_check_runs_nothing_is_held_back() -> None:
    exhibit = build_exhibit()

    assert hear_together(load_definitions(), [exhibit])[exhibit.key].find("FL35") == []
