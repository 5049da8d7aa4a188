"""The morning after the sample's last night: digest and chase list against what was dropped into its inbox."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from flows.digest import Morning, build_morning
from flows.publishers.digest_data import FirstRow
from flows.warehouse.warehouse import open_warehouse
from schemas.catalogue import Catalogue
from schemas.sample.filings import Filing
from tests.figures.counting import THREE_TO_SIX, count_children, count_pupils
from tests.figures.returned import District, School, open_district, pick_accepted
from tests.sample_workspace import NIGHTS, RETURN_NUMBERS, RETURNS, YEAR, YEAR_BEFORE, SampleRun

DUE = date(2025, 9, 20)
MORNING = NIGHTS[-1]
TYPED_OVER = "己河镇第二小学"
"""Its J03 was sent back: the total of pupils, typed over, is 437."""

NOT_FILED = {("丁塘镇北河小学", "J02"), ("绿洲幼儿园", "J07")}
"""The sample never sends these two, see schemas/sample/troubles.py."""

SHEET_HEAD_ROW = 4


@pytest.fixture(scope="module")
def morning(sample_run: SampleRun, catalogue: Catalogue) -> Iterator[Morning]:
    with open_warehouse(sample_run.workspace.warehouse, read_only=True) as warehouse:
        yield build_morning(sample_run.workspace, warehouse, catalogue, None)


@pytest.fixture(scope="module")
def district(sample_run: SampleRun) -> District:
    return open_district(sample_run.sample.filings, YEAR)


@pytest.fixture(scope="module")
def folder(sample_run: SampleRun) -> Path:
    return sample_run.workspace.warehouse / "digests" / MORNING.isoformat()


def read_sheet(path: Path, name: str) -> list[dict[str, object]]:
    """Lines of a sheet by column head."""
    rows = list(load_workbook(path)[name].iter_rows(min_row=SHEET_HEAD_ROW, values_only=True))
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]


def list_sent(run: SampleRun, school: str) -> dict[str, list[Filing]]:
    """Return → filings of the year that say they are of this school and can be read, oldest first."""
    sent: dict[str, list[Filing]] = {}
    for filing in sorted(run.sample.filings, key=lambda filing: filing.received_on):
        codes = {trouble.code for trouble in filing.troubles}
        if filing.school == school and filing.period == YEAR and not codes & {"FL01", "FL15"}:
            sent.setdefault(filing.return_id, []).append(filing)
    return sent


def list_owed(school: School) -> set[str]:
    return {return_id for return_id in school.owed if RETURN_NUMBERS[return_id] in RETURNS[YEAR]}


def was_late(filing: Filing) -> bool:
    """Dropped after the night of the due date: taken in by the next."""
    return filing.received_on > NIGHTS[-2]


def test_every_night_of_the_sample_left_its_digest_and_chase_list(sample_run: SampleRun) -> None:
    written = {
        path.parent.name: {p.name for p in path.parent.iterdir()}
        for path in (sample_run.workspace.warehouse / "digests").glob("*/record.json")
    }

    assert written == {
        day: {f"晨报_{day}.xlsx", f"晨报_{day}.html", f"晨报_{day}.txt", f"催报名单_{day}.xlsx", "record.json"}
        for day in (night.isoformat() for night in NIGHTS)
    }


def test_the_chase_list_has_everything_missing_sent_back_or_in_doubt_and_nothing_else(
    sample_run: SampleRun, district: District, folder: Path
) -> None:
    rows = read_sheet(folder / f"催报名单_{MORNING}.xlsx", "催报名单")
    accepted = {key[0:3:2] for key in pick_accepted(sample_run.sample.filings) if key[1] == YEAR}
    wanting = {
        (s.code, RETURN_NUMBERS[r]) for s in district.schools for r in list_owed(s) if (r, s.code) not in accepted
    }
    names = {school.code: school.name.removeprefix("示例区") for school in district.schools}

    listed = {(row["标识码"], row["表号"]): row["事项"] for row in rows}
    assert {key for key, kind in listed.items() if kind != "待说明"} == wanting
    assert {(names[str(code)], no) for (code, no), kind in listed.items() if kind == "逾期未报"} == NOT_FILED
    assert {row["逾期天数"] for row in rows if row["事项"] != "待说明"} == {(MORNING - DUE).days}
    assert {row["逾期天数"] for row in rows if row["事项"] == "待说明"} == {"—"}


def test_every_line_of_the_chase_list_has_whom_to_call(sample_run: SampleRun, folder: Path) -> None:
    register = next(f for f in sample_run.sample.filings if f.return_id == "register" and f.period == YEAR)
    contacts = {
        line["school_code"]: f"{line['contact_name']} {line['contact_phone']}" for line in register.lists["reg"]
    }
    rows = read_sheet(folder / f"催报名单_{MORNING}.xlsx", "催报名单")

    assert rows
    assert {row["标识码"]: row["联系人"] for row in rows} == {row["标识码"]: contacts[row["标识码"]] for row in rows}


def test_a_reminder_names_every_return_that_its_school_has_to_see_to(folder: Path) -> None:
    path = folder / f"催报名单_{MORNING}.xlsx"
    owed: dict[object, list[object]] = {}
    for row in read_sheet(path, "催报名单"):
        owed.setdefault(row["标识码"], []).append(row["表号"])
    reminders = {row["标识码"]: str(row["提醒文字"]) for row in read_sheet(path, "提醒文字")}

    assert reminders.keys() == owed.keys()
    assert [code for code, nos in owed.items() if any(f"{no}《" not in reminders[code] for no in nos)] == []
    assert [code for code, nos in owed.items() if f"还有 {len(nos)} 份报表" not in reminders[code]] == []


def test_contacts_stand_in_the_chase_list_and_nowhere_else(sample_run: SampleRun, folder: Path) -> None:
    registers = [f for f in sample_run.sample.filings if f.return_id == "register"]
    phones = {str(line["contact_phone"]) for register in registers for line in register.lists["reg"]}
    digest, chase = (list_words(folder / f"{name}_{MORNING}.xlsx") for name in ("晨报", "催报名单"))
    texts = [(folder / f"晨报_{MORNING}.{end}").read_text(encoding="utf-8") for end in ("html", "txt")]

    assert [phone for phone in phones if any(phone in word for word in digest)] == []
    assert [phone for phone in phones if any(phone in text for text in texts)] == []
    assert any(phone in word for word in chase for phone in phones)


def list_words(path: Path) -> list[str]:
    book = load_workbook(path)
    return [str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row if value]


def test_punctuality_of_every_school_is_what_its_filings_say(
    sample_run: SampleRun, district: District, folder: Path
) -> None:
    rows = {row["标识码"]: row for row in read_sheet(folder / f"晨报_{MORNING}.xlsx", "及时与质量")}
    expected = {}
    for school in district.schools:
        sent = {r: f for r, f in list_sent(sample_run, school.code).items() if r in list_owed(school)}
        late = sum(was_late(filings[0]) for filings in sent.values())
        missing = len(list_owed(school)) - len(sent)
        days = (MORNING - DUE).days if late or missing else "—"
        expected[school.code] = (len(list_owed(school)), len(sent) - late, late, missing, days)

    heads = ("应报", "按时", "迟报", "未报", "平均迟报天数")
    assert {code: tuple(rows[code][head] for head in heads) for code in expected} == expected


def test_what_came_is_what_was_dropped_since_the_night_before(sample_run: SampleRun, folder: Path) -> None:
    rows = read_sheet(folder / f"晨报_{MORNING}.xlsx", "新到")
    dropped = [filing for filing in sample_run.sample.filings if was_late(filing)]

    assert {row["表号"]: row["已报"] for row in rows} == {
        number: sum(RETURN_NUMBERS[f.return_id] == number for f in dropped)
        for number in {RETURN_NUMBERS[f.return_id] for f in dropped}
    }


def find_first(morning: Morning, name: str, kind: str, code: str = "") -> FirstRow:
    """What is to be done about a school."""
    (row,) = (
        row
        for row in morning.data.first
        if row.name.endswith(name) and row.kind == kind and (not code or row.code == code)
    )
    return row


def test_a_return_sent_back_moves_a_figure_by_what_it_holds(morning: Morning, district: District) -> None:
    """小学毛入学率: pupils of all schools over the population of six to eleven; the school's 437 are not in it."""
    row = find_first(morning, TYPED_OVER, "rejected")
    pupils = sum(count_pupils(school, "primary") for school in district.schools)
    population = sum(district.read("population", f"pop[a{age}].pop") for age in range(6, 12))

    assert row.move is not None
    assert (row.move.indicator, row.move.manner) == ("ger_primary", "counted")
    assert row.move.now == pytest.approx(100 * pupils / population)
    assert row.move.then == pytest.approx(100 * (pupils + 437) / population)
    assert row.move.percent == pytest.approx(100 * 437 / pupils)


def test_a_return_that_was_not_filed_counts_as_that_of_the_year_before(
    morning: Morning, district: District, sample_run: SampleRun
) -> None:
    """学前三年毛入园率: children of all bands but the youngest over the population of three to five."""
    row = find_first(morning, "绿洲幼儿园", "missing")
    before = open_district(sample_run.sample.filings, YEAR_BEFORE).find("绿洲幼儿园")
    population = sum(district.read("population", f"pop[a{age}].pop") for age in range(3, 6))

    assert row.move is not None
    assert row.move.indicator == "kg_ger"
    assert row.move.then - row.move.now == pytest.approx(100 * count_children(before, THREE_TO_SIX) / population)


def test_a_class_one_child_too_large_moves_the_share_of_classes_by_itself(morning: Morning, district: District) -> None:
    """幼儿园班额达标率 with the class as large as the standard allows."""
    row = find_first(morning, "白鸽幼儿园", "query", "XS14")
    classes = sum(len(school.list_lines("kg", "kg_cls_list")) for school in district.schools)

    assert row.move is not None
    assert (row.move.indicator, row.move.manner) == ("kg_class_ok", "expected")
    assert row.move.then - row.move.now == pytest.approx(100 / classes)


def test_a_figure_in_doubt_is_at_most_worth_what_it_adds(morning: Morning, district: District) -> None:
    """在校生变动: the school's pupils gone, the share of girls would be that of the girls over the rest."""
    row = find_first(morning, "朝晖小学", "query", "XP05")
    pupils = sum(count_pupils(school, "primary") for school in district.schools)
    girls = sum(count_pupils(school, "primary", "female") for school in district.schools)
    own = count_pupils(district.find("朝晖小学"), "primary")

    assert row.move is not None
    assert (row.move.indicator, row.move.stage, row.move.manner) == ("share_girls", "primary", "without")
    assert row.move.now == pytest.approx(100 * girls / pupils)
    assert row.move.then == pytest.approx(100 * girls / (pupils - own))


def test_what_moves_a_figure_most_stands_first_and_what_moves_none_last(morning: Morning) -> None:
    sizes = [abs(row.move.percent) if row.move else -1.0 for row in morning.data.first]

    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 1
    assert sizes[-1] == -1.0


def test_everything_that_was_sent_back_is_told_with_its_first_fault(morning: Morning, sample_run: SampleRun) -> None:
    """What was corrected since is not among them, nor a broken file that was sent again."""
    faults = {"FL13", "TB01", "TB02", "XT06", "FL15"}
    waiting = [row for row in morning.data.first if row.kind in ("rejected", "unreadable")]

    assert {row.code for row in waiting} <= faults
    assert len(morning.data.refused) == len(waiting) == count_waiting(sample_run)
    assert all(row.message for row in morning.data.refused)


def count_waiting(run: SampleRun) -> int:
    """Filings that were sent back and that no later one of the same school and return makes good."""
    accepted = pick_accepted(run.sample.filings)
    bad: Sequence[Filing] = [f for f in run.sample.filings if (f.return_id, f.period, f.school) not in accepted]
    unidentified = [f for f in run.sample.filings if "FL15" in {t.code for t in f.troubles}]
    return len({(f.return_id, f.school) for f in [*bad, *unidentified] if f.period == YEAR})
