"""A return the product has never heard of, written as YAML, goes from template to published figure without code."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.check import CheckedFile, check_files
from flows.checks.verdict import Verdict
from flows.conductor import PLAIN, PlainConductor
from flows.pipeline import NightReport, run_night
from flows.publishers.campaign import TemplateMaker
from flows.setup import make_workspace
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import Workspace, open_workspace
from schemas.catalogue import Catalogue
from tests.definitions import library
from tests.library_schools import PERIOD, SCHOOLS, SETTINGS, fill_register, fill_survey


@dataclass(frozen=True)
class District:
    """A workspace with a survey of its own."""

    workspace: Workspace
    catalogue: Catalogue
    maker: TemplateMaker

    def drop(self, name: str, content: bytes) -> Path:
        path = self.workspace.inbox / name
        path.write_bytes(content)
        return path


@pytest.fixture
def district(tmp_path: Path) -> District:
    """Shipped definitions, and the survey beside them."""
    root = tmp_path / "district"
    make_workspace(root, SETTINGS)
    for place, content in library.FILES.items():
        (root / "schemas" / place).write_text(content, encoding="utf-8")
    workspace = open_workspace(root)
    catalogue = workspace.load_catalogue()
    return District(workspace, catalogue, TemplateMaker(catalogue))


@pytest.mark.requirement("T-01")
def test_a_survey_written_as_yaml_becomes_templates_findings_and_a_published_figure(district: District) -> None:
    district.drop("名录.xlsx", fill_register(district.maker))
    papers = {school: district.drop(f"{school}.xlsx", fill_survey(district.maker, school)) for school in SCHOOLS}

    checked = _check(district, [district.workspace.inbox / "名录.xlsx", *papers.values()])
    assert [file.verdict for file in checked] == [Verdict.ACCEPTED] * 3 + [Verdict.REJECTED]
    assert _list_errors(checked[-1]) == [("LB01", "藏书", "E6", "文学剔旧多于原有加购入")]

    report = run_night(district.workspace, PlainConductor(), district.catalogue)
    assert report.verdicts == {"accepted": 3, "rejected": 1}
    assert report.ledger.holds

    figure = next(row for row in _read_figures(report) if row["indicator"] == "books_per_seat" and not row["breakdown"])
    assert (figure["numerator"], figure["denominator"], figure["value"]) == ("4300", "150", "28.666666666666668")
    assert (figure["expected"], figure["reported"]) == ("3", "2")
    assert (figure["target_op"], figure["target"]) == (">=", "20")


def _check(district: District, paths: list[Path]) -> list[CheckedFile]:
    with open_warehouse(district.workspace.warehouse) as warehouse:
        return check_files(district.workspace, district.catalogue, warehouse.connection, paths, PLAIN.watcher)


def _list_errors(file: CheckedFile) -> list[tuple[str, str, str, str]]:
    return [(f.code, f.sheet, f.cell, f.message.partition("(")[0]) for f in file.findings if f.severity == "error"]


def _read_figures(report: NightReport) -> list[dict[str, str]]:
    published = [path for path in report.publishing.paths if path.name == f"示例区_{PERIOD}_指标.csv"]
    return list(csv.DictReader(published[0].read_text(encoding="utf-8-sig").splitlines()))
