"""A campaign: one call makes the workbooks of all schools that owe a return, each its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows.campaigns import CampaignDesk, find_returns, list_orders, make_templates, read_period
from flows.conductor import PLAIN
from flows.errors import UsageError
from flows.normalisers.records import stack_readings
from flows.publishers.campaign import TemplateMaker
from flows.publishers.template import Addressee
from flows.readers.limits import ReadingLimits
from flows.readers.read import read_return
from flows.readers.reading import Reading
from flows.readers.reading_map import ReadingMap
from flows.setup import make_workspace
from flows.sources import AcceptedBlock
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import Workspace, open_workspace
from schemas.catalogue import Catalogue
from schemas.layout import FormLayout
from tests.templates.filling import Lines, Values, fill_return
from tests.templates.sheets import open_workbook

PERIOD, YEAR_BEFORE = "2025-2026", "2024-2025"
BUREAU = Addressee("3201990000", "示例区教育局", "320199", "示例区")

#   code         name      type   stages            owes
SCHOOLS = (
    ("2132000001", "城关小学", "211", "primary", "J03;S01"),
    ("2132000002", "河东学校", "312", "primary;junior", "J03"),
    ("2132000003", "河西小学", "211", "primary", "S01"),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    root = tmp_path / "district"
    make_workspace(root, {"district_code": "320199", "district_name": "示例区", "as_of": date(2025, 9, 18)})
    return open_workspace(root)


@pytest.fixture
def desk(
    workspace: Workspace, catalogue: Catalogue, maker: TemplateMaker, reading_map: ReadingMap
) -> Iterator[CampaignDesk]:
    """A desk that knows the register of three schools, and what the first filed the year before."""
    layout = catalogue.find_layout("register", PERIOD)
    reading = _file(maker, layout, PERIOD, {}, {"reg": [_register(*school) for school in SCHOOLS]}, reading_map)
    register = stack_readings(layout, [1], [reading]).lists
    students = catalogue.find_layout("students", YEAR_BEFORE)
    earlier = _file(maker, students, YEAR_BEFORE, {"age_primary[a6].g1": 38}, {}, reading_map)
    filed = AcceptedBlock(stack_readings(students, [2], [earlier]), ("2132000001",), YEAR_BEFORE)
    with open_warehouse(workspace.warehouse) as warehouse:
        opened = CampaignDesk.open(workspace, catalogue, warehouse.connection)
        registers = replace(opened.registers, given={PERIOD: register})
        yield replace(opened, registers=registers, shelf=replace(opened.shelf, registers=registers).include([filed]))


def _file(
    maker: TemplateMaker, layout: FormLayout, period: str, values: Values, lines: Lines, reading_map: ReadingMap
) -> Reading:
    return read_return(fill_return(maker, layout, period, BUREAU, values, lines), ".xlsx", reading_map, ReadingLimits())


def _register(code: str, name: str, kind: str, stages: str, owes: str) -> Values:
    return {
        "school_code": code, "school_name": name, "school_type": kind, "run_by": "831", "urban_rural": "111",
        "district_code": "320199", "township_name": "城关镇", "status": "1", "valid_from": "2010-09-01",
        "stages": stages, "system_primary": 6, "system_junior": 3, "expected_returns": owes,
    }  # fmt: skip


def _order(desk: CampaignDesk, names: Sequence[str], period: str, *schools: str, everyone: bool = False) -> list[str]:
    """The orders of a campaign as `return school period`."""
    orders = list_orders(desk, find_returns(desk.catalogue, names), period, schools=schools, everyone=everyone)
    return [f"{order.layout.no} {order.addressee.code} {order.period}" for order in orders]


def test_without_a_school_the_blank_template_is_ordered(desk: CampaignDesk) -> None:
    assert _order(desk, ["J03"], PERIOD) == ["J03  2025-2026"]


def test_everyone_means_the_schools_that_owe_the_return(desk: CampaignDesk) -> None:
    assert _order(desk, ["students"], PERIOD, everyone=True) == ["J03 2132000001 2025-2026", "J03 2132000002 2025-2026"]


def test_a_school_named_gets_its_template_whether_it_owes_it_or_not(desk: CampaignDesk) -> None:
    assert _order(desk, ["J03"], PERIOD, "2132000003") == ["J03 2132000003 2025-2026"]


def test_a_monthly_return_of_a_year_is_a_workbook_a_month(desk: CampaignDesk) -> None:
    orders = _order(desk, ["S01"], "2025", "2132000001")
    assert len(orders) == 12
    assert orders[8] == "S01 2132000001 2025-09"


def test_a_return_of_the_bureau_is_addressed_to_the_bureau(desk: CampaignDesk) -> None:
    assert _order(desk, ["B03"], PERIOD) == ["B03 3201990000 2025-2026"]


@pytest.mark.parametrize(
    ("name", "period", "school", "key"),
    [
        ("J99", PERIOD, "", "no_such_return"),
        ("J03", "2025-09-01", "2132000099", "no_such_school"),
        ("S01", "2025-09-01", "", "wrong_period_type"),
    ],
)
def test_what_cannot_be_ordered_is_refused_with_its_reason(
    name: str, period: str, school: str, key: str, desk: CampaignDesk
) -> None:
    period = PERIOD if key == "no_such_school" else period
    with pytest.raises(UsageError) as caught:
        _order(desk, [name], period, *([school] if school else []))
    assert caught.value.key == key


def test_a_period_is_read_as_people_write_it() -> None:
    assert read_period("2025—2026学年") == PERIOD
    with pytest.raises(UsageError):
        read_period("去年")


def test_each_school_gets_a_folder_of_its_own(desk: CampaignDesk, tmp_path: Path) -> None:
    made = _make(desk, tmp_path / "out")
    assert [path.relative_to(tmp_path / "out").as_posix() for path in made] == [
        "2132000001_城关小学/J03_2132000001_城关小学_2025-2026_v1.xlsx",
        "2132000002_河东学校/J03_2132000002_河东学校_2025-2026_v1.xlsx",
    ]


@pytest.mark.requirement("T-19")
def test_each_school_gets_the_sheets_of_its_stages_and_its_own_figures_of_last_year(
    desk: CampaignDesk, tmp_path: Path
) -> None:
    primary, nine_years = (open_workbook(path.read_bytes()) for path in _make(desk, tmp_path / "out"))
    assert "初中分年龄学生数" not in primary.sheetnames
    assert "初中分年龄学生数" in nine_years.sheetnames
    assert [tab for tab in primary.sheetnames if tab.startswith("参考_")] == ["参考_小学分年龄学生数"]
    assert not [tab for tab in nine_years.sheetnames if tab.startswith("参考_")]


def test_the_same_campaign_twice_gives_the_same_bytes(desk: CampaignDesk, tmp_path: Path) -> None:
    first, second = (_make(desk, tmp_path / name) for name in ("first", "second"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def _make(desk: CampaignDesk, folder: Path) -> list[Path]:
    orders = list_orders(desk, find_returns(desk.catalogue, ["J03"]), PERIOD, schools=(), everyone=True)
    return make_templates(desk, orders, folder, PLAIN.watcher)
