"""Templates are handed out only after last year's returns were tried on them, with a list that tells each again."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from flows.campaigns import list_orders
from flows.cli import run_command
from flows.conductor import Unwatched
from flows.rehearsal import Template
from flows.release import LIST_NAME, find_unlike_templates
from flows.rollover import RolloverDesk
from flows.warehouse.warehouse import open_warehouse
from tests.made_once import make_once
from tests.rollover.district import EAST, FILED_BEFORE, TOWN, WEST, District, TwoYears, ask
from tests.rollover.test_rollover import REVIEW
from tests.rollover.two_forms import NEW_VERSION, OLD_VERSION, YEAR, YEAR_BEFORE

pytestmark = pytest.mark.requirement("P-21")

STRICTER = """\
checks:
  - code: LB02
    level: record
    severity: error
    formula: books[*].lost <= 4
    rows: [fiction]
    since: "{since}"
    message: "{{row}}剔旧过多"
    remedy: 请核对剔旧册数。
"""
"""A rule of the new year that what was accepted last year does not pass: every school wrote off five, the west none."""


@pytest.fixture(scope="session")
def stricter_year(first_year: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The district after a night under the stricter definition: made by the first worker that asks, copied by all."""

    def make(root: Path) -> None:
        district = District(first_year).copy_to(root)
        with district.definition.open("a", encoding="utf-8") as file:
            file.write(STRICTER.format(since=YEAR))
        district.run_night()

    return make_once(tmp_path_factory, "stricter_district", make, Path)


@pytest.fixture
def stricter(stricter_year: Path, tmp_path: Path) -> District:
    """The district whose new rule would send back what was accepted last year."""
    return District(stricter_year).copy_to(tmp_path / "stricter")


def _list_events(district: District, *kinds: str) -> list[dict[str, Any]]:
    lines = (district.root / "warehouse" / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    return [event for event in map(json.loads, lines) if event["kind"] in kinds]


def _read_table(path: Path, tab: str) -> list[dict[str, Any]]:
    """A sheet of the review list: its heads are in row 4."""
    rows = [row for row in openpyxl.load_workbook(path)[tab].iter_rows(min_row=4, values_only=True) if row[0]]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


# what a release carries


def test_last_years_returns_are_tried_on_the_new_form_and_lack_nothing_but_what_it_adds(two_years: TwoYears) -> None:
    """Five schools filed; the new form asks for comics and for books lent, of which nobody was asked last year."""
    release = two_years.rollover[1]["release"]
    rehearsal = {row["return"]: row for row in release["rehearsal"]}
    survey = rehearsal["L01"]

    assert (release["released"], release["objections"]) == (True, [])
    assert (survey["earlier"], survey["period"], survey["form"]) == (YEAR_BEFORE, YEAR, NEW_VERSION)
    assert (survey["tried"], survey["to_be_filled"], survey["rejected"]) == (len(FILED_BEFORE), len(FILED_BEFORE), 0)
    assert [(c["check"], c["new_cells"], c["count"]) for c in survey["checks"]] == [("CE01", True, len(FILED_BEFORE))]
    assert (rehearsal["J00"]["tried"], rehearsal["J00"]["accepted"]) == (1, 1)


def test_what_was_carried_over_is_all_that_was_filed_and_has_a_place(two_years: TwoYears) -> None:
    """Three shelves of three figures, seats, area, cost, the digital room, and a keeper with three fields."""
    survey = next(row for row in two_years.rollover[1]["release"]["rehearsal"] if row["return"] == "L01")

    assert survey["carried"] == len(FILED_BEFORE) * (9 + 3 + 1 + 3)


def test_the_review_list_shows_the_trial_and_every_template_with_its_digest(two_years: TwoYears) -> None:
    out = two_years.district.root / "out"
    tried = {row["表号"]: row for row in _read_table(out / REVIEW, "试填")}
    listed = _read_table(out / REVIEW, "模板清单")

    assert (tried["L01"]["试填份数"], tried["L01"]["只缺新增项"], tried["L01"]["会被退回"]) == (5, 5, 0)
    assert [row["起因"] for row in _read_table(out / REVIEW, "试填发现")] == ["新增项未填"]
    assert {row["文件"]: row["SHA-256"] for row in listed} == {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in out.glob("*/*.xlsx")
    }  # fmt: skip


def test_the_list_beside_the_templates_is_one_that_other_programs_read(two_years: TwoYears) -> None:
    out = two_years.district.root / "out"
    lines = (out / LIST_NAME).read_text(encoding="utf-8").splitlines()

    assert len(lines) == two_years.rollover[1]["templates"]
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest


def test_the_journal_says_who_released_which_forms_and_the_digest_of_the_list(two_years: TwoYears) -> None:
    (event,) = _list_events(two_years.district, "released")
    content = (two_years.district.root / "out" / LIST_NAME).read_bytes()

    assert (event["period"], event["templates"], event["objections"], event["reason"]) == (YEAR, 8, 0, "")
    assert event["done_by"]
    assert [(form["return_id"], form["version"]) for form in event["forms"]] == [
        ("reading_rooms", NEW_VERSION), ("register", OLD_VERSION),
    ]  # fmt: skip
    assert event["list_sha256"] == hashlib.sha256(content).hexdigest()


# what keeps it back


def test_a_rule_that_would_send_back_what_was_accepted_keeps_the_templates_back(stricter: District) -> None:
    district = stricter
    settings = district.settings.read_bytes()

    code, report = ask("rollover", "--out", str(district.root / "out"), root=district.root)

    (objection,) = report["release"]["objections"]
    survey = next(row for row in report["release"]["rehearsal"] if row["return"] == "L01")
    assert (code, report["release"]["released"], report["collections"][0]["added"]) == (1, False, False)
    assert objection["kind"] == "would_reject"
    assert objection["message"].startswith(f"L01：上年已通过的报表有 4 份会因 LB02 被退回，如 {TOWN} 藏书 E6：")
    assert (survey["rejected"], survey["accepted"] + survey["accepted_with_queries"]) == (4, 1)
    assert district.settings.read_bytes() == settings
    assert not (district.root / "out").exists()
    assert not _list_events(district, "released")


def test_a_reason_releases_them_all_the_same_and_is_written_down(stricter: District) -> None:
    district = stricter
    reason = "新口径，已通知各校"
    arguments = ("rollover", "--out", str(district.root / "out"), "--despite", reason, "--by", "王统计")

    code, report = ask(*arguments, root=district.root)

    (event,) = _list_events(district, "released")
    note = openpyxl.load_workbook(district.root / "out" / REVIEW)["试填"]["A2"].value
    assert (code, report["release"]["released"], len(report["release"]["objections"])) == (0, True, 1)
    assert (event["done_by"], event["objections"], event["reason"]) == ("王统计", 1, reason)
    assert "LB02" in note
    assert reason in note
    assert district.workspace.settings.collections[-1].period == YEAR


def test_a_dry_run_says_what_would_keep_them_back(stricter_year: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["rollover", "--dry-run", "--workspace", str(stricter_year)]) == 1
    said = capsys.readouterr().out
    assert "上年已通过的报表有 4 份会因 LB02 被退回" in said.replace("\n", "")
    assert "未发布、未开放报告期" in said.replace("\n", "")


def test_a_form_that_was_handed_out_does_not_change_under_its_version(district: District) -> None:
    """The survey is released, then a label of it altered; taking the release back frees the form again."""
    ask("rollover", root=district.root)
    altered = district.definition.read_text(encoding="utf-8").replace("label: 馆舍面积", "label: 馆舍建筑面积")
    district.definition.write_text(altered, encoding="utf-8")
    district.run_night()

    code, report = ask("rollover", root=district.root)
    undone = ask("rollover", "--period", YEAR, "--undo", root=district.root)
    again, freed = ask("rollover", root=district.root)

    assert (code, [o["kind"] for o in report["release"]["objections"]]) == (1, ["form_altered"])
    assert f"L01 表样 {OLD_VERSION} 在 {YEAR} 发布时摘要为" in report["release"]["objections"][0]["message"]
    assert undone == (0, {"period": YEAR, "removed": [YEAR]})
    assert (again, freed["release"]["objections"], freed["release"]["released"]) == (0, [], True)
    assert [e["kind"] for e in _list_events(district, "released", "release_undone")] == [
        "released", "release_undone", "released",
    ]  # fmt: skip


def test_a_template_that_is_not_read_as_what_it_was_made_for_is_told(two_years: TwoYears) -> None:
    """The workbook of one school under the name of another."""
    district = two_years.district
    out = district.root / "out"
    workspace, catalogue = district.workspace, district.catalogue
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        desk = RolloverDesk.open(workspace, catalogue, warehouse.connection)
        definition = catalogue.returns["reading_rooms"]
        orders = list_orders(desk.campaign, [definition], YEAR, schools=[TOWN, EAST], everyone=False)
        wrong = next(out.rglob(f"L01_{WEST}_*.xlsx"))
        right = next(out.rglob(f"L01_{EAST}_*.xlsx"))
        templates = [Template(orders[0], "城关", wrong), Template(orders[1], "河东", right)]
        found = list(find_unlike_templates(desk, templates, Unwatched()))

    assert [(remark.key, remark.values["name"]) for remark in found] == [("template_unlike", "城关")]


# holding a copy against the list


def test_a_copy_is_held_against_the_list_it_was_released_with(two_years: TwoYears, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shutil.copytree(two_years.district.root / "out", shared)
    verify = ("rollover", "--verify", "--out", str(shared))
    whole = ask(*verify, root=two_years.district.root)
    names = {school: next(shared.rglob(f"L01_{school}_*.xlsx")) for school in (TOWN, EAST)}
    names[TOWN].write_bytes(names[TOWN].read_bytes() + b"\n")
    names[EAST].rename(names[EAST].with_name("河东.xlsx"))

    code, report = ask(*verify, root=two_years.district.root)

    assert whole[0] == 0
    assert (whole[1]["checked"], whole[1]["missing"], whole[1]["altered"], whole[1]["extra"]) == (8, [], [], [])
    assert code == 1
    assert report["altered"] == [names[TOWN].relative_to(shared).as_posix()]
    assert report["missing"] == [names[EAST].relative_to(shared).as_posix()]
    assert report["extra"] == [names[EAST].with_name("河东.xlsx").relative_to(shared).as_posix()]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [((), "请用 --period 或 --out 写明"), (("--period", "2031-2032"), "无从核对")],
)
def test_what_cannot_be_verified_says_so(
    arguments: tuple[str, ...], told: str, two_years: TwoYears, capsys: pytest.CaptureFixture[str]
) -> None:
    root = two_years.district.root

    assert run_command(["rollover", "--verify", *arguments, "--workspace", str(root)]) == 2
    assert told in capsys.readouterr().err.replace("\n", "")
