"""A return the product has never heard of, written as YAML, goes from template to published figure without code."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from flows.check import CheckedFile, check_files
from flows.checks.verdict import Verdict
from flows.conductor import PLAIN, PlainConductor
from flows.pipeline import NightReport, run_night
from flows.publishers.campaign import TemplateMaker
from flows.publishers.fill import CellValue
from flows.publishers.template import Addressee
from flows.setup import make_workspace
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import Workspace, open_workspace
from schemas.catalogue import Catalogue
from tests.definitions import library
from tests.templates.filling import Lines, fill_return

PERIOD = "2025-2026"
SCHOOLS = {"2132000001": "城关小学", "2132000002": "河东小学", "2132000003": "河西小学"}

#                 年初 购入 剔旧            阅览座位
SHELVES: Mapping[str, tuple[tuple[int, int, int], int]] = {
    "2132000001": ((3000, 500, 100), 100),
    "2132000002": ((900, 0, 0), 50),
    "2132000003": ((100, 10, 500), 20),  # discards more than it ever had
}


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

    def file_survey(self, school: str) -> bytes:
        layout = self.catalogue.find_layout("library_survey", PERIOD)
        return fill_return(self.maker, layout, PERIOD, _address(school), _answer(school), LIBRARIANS)

    def file_register(self) -> bytes:
        layout = self.catalogue.find_layout("register", PERIOD)
        bureau = Addressee("3201990000", "示例区教育局", "320199", "示例区")
        lines = {"reg": [_register(code, name) for code, name in SCHOOLS.items()]}
        return fill_return(self.maker, layout, PERIOD, bureau, {}, lines)


@pytest.fixture
def district(tmp_path: Path) -> District:
    """Shipped definitions, and the survey beside them."""
    root = tmp_path / "district"
    settings = {
        "district_code": "320199", "district_name": "示例区", "as_of": date(2025, 9, 18), "settle_seconds": 0.0,
        "collections": [{"period": PERIOD, "returns": ["J00", "L01"], "due": {"J00": date(2025, 9, 20)}}],
    }  # fmt: skip
    make_workspace(root, settings)
    for place, content in library.FILES.items():
        (root / "schemas" / place).write_text(content, encoding="utf-8")
    workspace = open_workspace(root)
    catalogue = workspace.load_catalogue()
    return District(workspace, catalogue, TemplateMaker(catalogue))


@pytest.mark.requirement("T-01")
def test_a_survey_written_as_yaml_becomes_templates_findings_and_a_published_figure(district: District) -> None:
    district.drop("名录.xlsx", district.file_register())
    papers = {school: district.drop(f"{school}.xlsx", district.file_survey(school)) for school in SCHOOLS}

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


def _address(school: str) -> Addressee:
    return Addressee(school, SCHOOLS[school], "320199", "示例区")


def _answer(school: str) -> dict[str, CellValue]:
    """Everything on the shelf of fiction; no science, no others."""
    (opening, bought, discarded), seats = SHELVES[school]
    shelf = {"opening": opening, "bought": bought, "discarded": discarded}
    answers: dict[str, CellValue] = {
        f"books[{row}].{column}": shelf[column] if row == "fiction" else 0
        for row in ("fiction", "science", "other")
        for column in shelf
    }
    return answers | {"room.seats": seats, "room.area": 80.5, "room.digital": "是", "room.housing": "1 独立馆舍"}


LIBRARIANS: Lines = {"librarian": [{"card_no": "007", "hours": 22.5, "since": date(2019, 9, 1)}]}


def _register(code: str, name: str) -> dict[str, CellValue]:
    return {
        "school_code": code, "school_name": name, "school_type": "211", "run_by": "831", "urban_rural": "111",
        "district_code": "320199", "township_name": "城关镇", "status": "1", "valid_from": "2010-09-01",
        "stages": "primary", "system_primary": 6, "is_teaching_point": "否", "is_township_central": "否",
        "is_boarding": "否", "is_dense_center": "否", "is_pre2010": "是", "is_pre2016": "是", "expected_returns": "L01",
    }  # fmt: skip
