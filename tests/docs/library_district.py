"""A district that has the survey of docs/definitions.md in its workspace, and three schools that answer it."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flows.conductor import PlainConductor
from flows.pipeline import NightReport, run_night
from flows.publishers.campaign import TemplateMaker
from flows.publishers.fill import CellValue
from flows.publishers.template import Addressee
from flows.setup import make_workspace
from flows.workspace import Workspace, open_workspace
from tests.docs.pages import list_files, read_page
from tests.templates.filling import Lines, fill_return

REPORT = "report.pickle"
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
    """The workspace after its night, the files it was run with, and what the night did."""

    workspace: Workspace
    papers: Mapping[str, Path]
    report: NightReport


LIBRARIANS: Lines = {"librarian": [{"card_no": "007", "hours": 22.5, "since": date(2019, 9, 1)}]}


def run_district(root: Path) -> None:
    """Make the district below a folder and run one night in it; the papers are kept beside the inbox."""
    workspace = make_district(root / "district")
    for name, path in drop_papers(workspace).items():
        (root / f"{name}.xlsx").write_bytes(path.read_bytes())
    (workspace.inbox / "~$2132000001.xlsx").write_bytes(b"open in Excel")
    (root / REPORT).write_bytes(pickle.dumps(run_night(workspace, PlainConductor())))


def open_district(root: Path) -> District:
    """The district that was made and run below a folder."""
    papers = {name: root / f"{name}.xlsx" for name in ("名录", *SCHOOLS)}
    return District(open_workspace(root / "district"), papers, pickle.loads((root / REPORT).read_bytes()))


def make_district(root: Path) -> Workspace:
    """A workspace with every file of docs/definitions.md, its settings included."""
    settings = {
        "district_code": "320199", "district_name": "示例区", "as_of": date(2025, 9, 18), "settle_seconds": 0.0,
        "collections": [{"period": PERIOD, "returns": ["J00", "L01"], "due": {"J00": date(2025, 9, 20)}}],
        "evaluations": ["library_standard"],
    }  # fmt: skip
    make_workspace(root, settings)
    for place, content in list_files(read_page("definitions.md")).items():
        if place == "pyproject.toml":
            marker = root / place
            marker.write_text(f"{marker.read_text(encoding='utf-8')}\n{content}", encoding="utf-8")
        else:
            (root / "schemas" / place).write_text(content, encoding="utf-8")
    return open_workspace(root)


def drop_papers(workspace: Workspace) -> dict[str, Path]:
    """Drop the register and the survey of every school: school or 名录 → file."""
    maker = TemplateMaker(workspace.load_catalogue())
    papers = {"名录": _fill_register(maker)} | {school: _fill_survey(maker, school) for school in SCHOOLS}
    paths = {name: workspace.inbox / f"{name}.xlsx" for name in papers}
    for name, path in paths.items():
        path.write_bytes(papers[name])
    return paths


def _fill_survey(maker: TemplateMaker, school: str) -> bytes:
    layout = maker.catalogue.find_layout("library_survey", PERIOD)
    address = Addressee(school, SCHOOLS[school], "320199", "示例区")
    return fill_return(maker, layout, PERIOD, address, _answer(school), LIBRARIANS)


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


def _fill_register(maker: TemplateMaker) -> bytes:
    layout = maker.catalogue.find_layout("register", PERIOD)
    bureau = Addressee("3201990000", "示例区教育局", "320199", "示例区")
    return fill_return(maker, layout, PERIOD, bureau, {}, {"reg": [_register(*school) for school in SCHOOLS.items()]})


def _register(code: str, name: str) -> dict[str, CellValue]:
    return {
        "school_code": code, "school_name": name, "school_type": "211", "run_by": "831", "urban_rural": "111",
        "district_code": "320199", "township_name": "城关镇", "status": "1", "valid_from": "2010-09-01",
        "stages": "primary", "system_primary": 6, "is_teaching_point": "否", "is_township_central": "否",
        "is_boarding": "否", "is_dense_center": "否", "is_pre2010": "是", "is_pre2016": "是", "expected_returns": "L01",
    }  # fmt: skip
