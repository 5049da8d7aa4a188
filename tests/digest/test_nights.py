"""Five nights of a small bureau: something comes, nothing comes, a night fails, it is made good, a day is skipped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from flows.cli import run_command
from flows.conductor import Unwatched
from flows.pipeline import NightReport
from flows.running import run_once
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.errors import DefinitionError
from tests.digest.mail_server import MailServer, serve_mail
from tests.journeys.bureau import SCHOOLS, YEAR, Bureau, find_filing, find_register, type_over

TOWN, SMALL, VILLAGE = SCHOOLS
FIRST, IDLE, BROKEN, MENDED, LATER = (date(2025, 9, day) for day in (19, 20, 21, 22, 25))
BOX, SCHOOL_BOX = "tongji@example.org", "small@example.org"

BROKEN_INDICATOR = """
domain: own
name: 本区
indicators:
  - {id: own_count, name: 本区指标, kind: count, decimals: 0, numerator: "no_such_sheet.cell"}
"""


@dataclass(frozen=True)
class Nights:
    """The bureau after its nights, what each did, and the letters that went out."""

    bureau: Bureau
    reports: Mapping[date, NightReport]
    failure: DefinitionError
    told: tuple[str, ...]
    letters: MailServer

    def find_folder(self, day: date) -> Path:
        return self.bureau.workspace.warehouse / "digests" / day.isoformat()

    def read_digest(self, day: date) -> str:
        return (self.find_folder(day) / f"晨报_{day}.txt").read_text(encoding="utf-8")

    def read_section(self, day: date, title: str) -> list[str]:
        """The lines of a table of the text."""
        lines = self.read_digest(day).splitlines()
        start = next(number for number, line in enumerate(lines) if line.startswith(f"【{title}"))
        return lines[start + 1 : lines.index("", start)]

    def read_fact(self, day: date, label: str) -> str:
        return "\n".join(line for line in self.read_digest(day).splitlines() if line.startswith(f"{label}："))


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Nights:
    """On the first day the small school's return has an error; it is corrected on the fourth, when the last one comes.

    The mail server is there until the fourth night.
    """
    with serve_mail(MailServer()) as server:
        mail = {
            "host": "localhost", "port": server.port, "security": "none", "sender": "huizong@example.org",
            "recipients": [BOX], "schools": {SMALL: SCHOOL_BOX}, "retry_after": [0], "seconds": 5,
        }  # fmt: skip
        bureau = Bureau(tmp_path_factory.mktemp("nights") / "bureau", catalogue, settings={"mail": mail})
        spoilt = type_over(find_filing("students", SMALL), stu_primary__female__g3=999)
        bureau.receive(find_register(), find_filing("students", TOWN), spoilt)
        reports = {FIRST: run(bureau, FIRST)}
        reports[IDLE] = run(bureau, IDLE)
        own = bureau.workspace.definitions / "indicators" / "own.yaml"
        own.write_text(BROKEN_INDICATOR, encoding="utf-8")
        bureau.receive(replace(find_filing("students", SMALL), revision=2))
        told: list[str] = []
        with pytest.raises(DefinitionError) as failure:
            run(bureau, BROKEN, told)
        own.unlink()
    bureau.receive(find_filing("students", VILLAGE))
    reports[MENDED] = run(bureau, MENDED)
    reports[LATER] = run(bureau, LATER)
    return Nights(bureau, reports, failure.value, tuple(told), server)


def run(bureau: Bureau, day: date, told: list[str] | None = None) -> NightReport:
    """A night as the operator starts it, on a day of one's choice."""
    workspace = at(bureau.workspace, day)
    return run_once(workspace, Unwatched(), with_prefect=False, tell=(told if told is not None else []).append)


def at(workspace: Workspace, day: date) -> Workspace:
    return replace(workspace, settings=workspace.settings.model_copy(update={"as_of": day}))


def test_a_digest_tells_what_came_and_what_was_sent_back_and_why(nights: Nights) -> None:
    assert nights.read_section(FIRST, "上份晨报之后收到") == [
        "1. J00 学校(机构)名录 2025-2026：1 份，通过 1，待核实 0，退回 0，无法读取 0，其他 0",
        "2. J03 学生情况表 2025-2026：2 份，通过 1，待核实 0，退回 1，无法读取 0，其他 0",
    ]
    (refused,) = nights.read_section(FIRST, "退回与无法读取")
    assert "小学分类型学生数 I6" in refused
    assert "大于总计" in refused


def test_a_night_in_which_nothing_happened_has_its_digest_too(nights: Nights) -> None:
    assert nights.read_fact(IDLE, "新到") == "新到：没有新到的文件。以下为目前的情况。"
    assert nights.read_fact(IDLE, "上份晨报") == "上份晨报：2025-09-19，“新到”为其后收到的文件。"
    assert nights.read_section(IDLE, "上份晨报之后收到") == ["没有新到的文件。"]
    assert [line[:2] for line in nights.read_section(IDLE, "退回与无法读取")] == ["1."]


def test_a_night_that_fails_leaves_a_notice_that_says_what_failed_and_what_stands(nights: Nights) -> None:
    notice = (nights.find_folder(BROKEN) / f"运行失败_{BROKEN}.txt").read_text(encoding="utf-8")

    assert "定义有误，未运行" in notice
    assert "own.yaml" in notice
    assert "no_such_sheet" in notice
    assert "上次成功运行：2025-09-20 12:00" in notice
    assert f"{YEAR} 已发布的第 1 版仍有效" in notice
    assert "有 1 个文件在等待接收" in notice
    assert f"运行失败_{BROKEN}.html" in nights.told[0]


def test_a_night_that_fails_fails_all_the_same_and_touches_nothing_else(nights: Nights) -> None:
    names = {path.name for path in nights.find_folder(BROKEN).iterdir()}

    assert names == {"failure.json", f"运行失败_{BROKEN}.html", f"运行失败_{BROKEN}.txt"}
    assert nights.reports[IDLE].digest is not None
    assert all(path.is_file() for path in nights.reports[IDLE].digest.paths)


def test_the_next_digest_tells_of_the_night_that_failed(nights: Nights) -> None:
    assert nights.read_fact(MENDED, "运行失败").startswith("运行失败：2025-09-21 12:00：定义有误，未运行")
    assert nights.read_fact(LATER, "运行失败") == ""


def test_what_came_while_nights_failed_is_new_in_the_digest_of_the_next(nights: Nights) -> None:
    (came,) = nights.read_section(MENDED, "上份晨报之后收到")

    assert came.startswith("1. J03 学生情况表 2025-2026：2 份")
    assert nights.read_section(MENDED, "退回与无法读取") == ["没有退回或无法读取的报送。"]


def test_an_error_that_was_corrected_counts_as_corrected_and_cost_a_round(nights: Nights) -> None:
    """More girls than pupils, in the grade and in all of them."""
    rules = [line for line in nights.read_section(MENDED, "校验使用情况") if "TB01" in line]

    assert [rule.rpartition("：")[2] for rule in rules] == ["2 项，更正 2，说明 0，未了 0，费 1 轮"]


def test_the_school_that_corrected_its_return_took_two_rounds(nights: Nights) -> None:
    book = load_workbook(nights.find_folder(MENDED) / f"晨报_{MENDED}.xlsx")
    heads, *rows = book["及时与质量"].iter_rows(min_row=4, values_only=True)
    lines = {row[0]: dict(zip(heads, row, strict=True)) for row in rows}

    assert {school: lines[school]["平均轮次"] for school in SCHOOLS} == {TOWN: 1, SMALL: 2, VILLAGE: 1}
    assert {school: lines[school]["迟报"] for school in SCHOOLS} == {TOWN: 0, SMALL: 0, VILLAGE: 1}


def test_days_without_a_digest_are_told(nights: Nights) -> None:
    assert nights.read_fact(MENDED, "请注意") == "请注意：上份晨报之后有 1 天没有晨报，夜间运行可能停过。"
    assert nights.read_fact(LATER, "请注意") == "请注意：上份晨报之后有 2 天没有晨报，夜间运行可能停过。"


def test_every_night_sends_its_digest_and_a_failed_one_its_notice(nights: Nights) -> None:
    sent = [(to, str(letter["Subject"])) for to, letter in nights.letters.letters if to == [BOX]]

    assert sent == [
        ([BOX], f"示例区{YEAR}报表晨报 2025-09-19"),
        ([BOX], f"示例区{YEAR}报表晨报 2025-09-20"),
        ([BOX], "示例区：夜间运行失败 2025-09-21"),
    ]


def test_a_school_that_wants_its_receipts_gets_them_when_there_are_new_ones(nights: Nights) -> None:
    ((to, letter),) = ((to, letter) for to, letter in nights.letters.letters if to != [BOX])
    body = letter.get_body(("plain",))
    names = [str(part.get_filename()) for part in letter.iter_attachments()]

    assert to == [SCHOOL_BOX]
    assert body is not None
    assert "大于总计" in body.get_content()
    assert [name.endswith(".xlsx") and name.startswith(f"J03_{YEAR}_回执") for name in names] == [True]


def test_contacts_go_out_in_no_letter(nights: Nights) -> None:
    (register,) = (line for line in find_register().lists["reg"] if line["school_code"] == SMALL)
    bodies = [letter.get_body((kind,)) for _, letter in nights.letters.letters for kind in ("plain", "html")]

    assert [body for body in bodies if body is not None and str(register["contact_phone"]) in body.get_content()] == []


def test_a_letter_that_was_not_sent_stops_no_night_and_is_told_in_the_next_digest(nights: Nights) -> None:
    """The server is gone from the fourth night on."""
    digest = nights.reports[MENDED].digest

    assert digest is not None
    assert [(letter.to, letter.problem) for letter in digest.letters] == [
        (BOX, "unreachable"),
        (SCHOOL_BOX, "unreachable"),
    ]
    assert nights.reports[MENDED].ledger.holds
    assert nights.read_fact(LATER, "邮件未发出").startswith(f"邮件未发出：上份晨报发给 {BOX}：连不上邮件服务器")


def test_no_password_and_no_contact_is_remembered(nights: Nights) -> None:
    record = json.loads((nights.find_folder(MENDED) / "record.json").read_text(encoding="utf-8"))

    assert record.keys() == {"day", "at", "submission", "duplicates", "run", "letters"}
    assert record["submission"] == 5


def test_the_digest_made_anew_by_hand_is_the_same_to_the_byte(
    nights: Nights, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in nights.find_folder(LATER).iterdir()}
    marker = nights.bureau.root / "pyproject.toml"
    settings = marker.read_text(encoding="utf-8").replace('# as_of = ""', f"as_of = {LATER}")
    marker.write_text(settings, encoding="utf-8")

    code = run_command(["digest", "--workspace", str(nights.bureau.root)])
    printed = capsys.readouterr()

    assert code == 0, printed.err
    assert f"晨报_{LATER}.html" in printed.out
    assert {path: path.read_bytes() for path in nights.find_folder(LATER).iterdir()} == before
