"""Schools send their returns; the bureau runs its nights.

| | first night | next night | five days late |
|---|---|---|---|
| town | in order | corrected, with its reason | |
| small | more girls in grade three than pupils | put right | |
| village | half a file, and a letter | | in order |
| nobody knows it | in order | | |
| town, last year | in order | | |
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from flows.pipeline import NightReport
from schemas.catalogue import Catalogue
from schemas.sample.filings import Filing
from tests.journeys.bureau import LATE_NIGHT, NEXT_NIGHT, SCHOOLS, YEAR, Bureau, find_filing, find_register, type_over

TOWN, SMALL, VILLAGE = SCHOOLS
STRANGER = "2132990009"

States = dict[tuple[str, str], list[str]]


@dataclass
class Season:
    """The bureau after its nights, and how everything stood after each."""

    bureau: Bureau
    reports: list[NightReport] = field(default_factory=list)
    states: list[States] = field(default_factory=list)
    pupils: list[float] = field(default_factory=list)

    def end_night(self, report: NightReport) -> None:
        self.reports.append(report)
        self.states.append(self.bureau.list_states())
        self.pupils.append(self.bureau.find_figure("students", "primary"))


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Season:
    season = Season(Bureau(tmp_path_factory.mktemp("season") / "bureau", catalogue))
    bureau, town = season.bureau, find_filing("students", TOWN)
    half = bureau.make(find_filing("students", VILLAGE))
    bureau.receive(find_register(), town, type_over(find_filing("students", SMALL), stu_primary__female__g3=999))
    bureau.receive(find_filing("students", TOWN, "2024-2025"))
    stranger = bureau.make(replace(town, cover={**town.cover, "school_code": STRANGER}))
    bureau.receive_bytes("无名学校.xlsx", stranger.content)
    bureau.receive_bytes(half.name, half.content[:3000])
    bureau.receive_bytes("说明.docx", b"PK\x03\x04 not a workbook")
    season.end_night(bureau.run_night())
    bureau.receive(correct(town), replace(find_filing("students", SMALL), revision=2))
    season.end_night(bureau.run_night(NEXT_NIGHT))
    bureau.receive(replace(find_filing("students", VILLAGE), received_on=LATE_NIGHT))
    season.end_night(bureau.run_night(LATE_NIGHT))
    return season


def correct(filing: Filing) -> Filing:
    """A second version with one boarder more in grade one, and why it was sent."""
    cover = {**filing.cover, "correction_reason": "一年级人数误填，现予更正"}
    boarders = int(filing.values.get("stu_primary[boarding].g1", 0) or 0)  # type: ignore[arg-type]
    return replace(type_over(filing, stu_primary__boarding__g1=boarders + 1), cover=cover, revision=2)


def count_pupils(*schools: str) -> int:
    """Pupils of schools, as their filings say."""
    return sum(
        int(find_filing("students", school).values[f"stu_primary[total].g{grade}"])  # type: ignore[arg-type]
        for school in schools
        for grade in range(1, 7)
    )


def test_a_return_in_order_is_accepted_counted_and_published(season: Season) -> None:
    report = season.reports[0]
    assert "accepted" in season.states[0][("students", TOWN)]
    assert season.pupils[0] == count_pupils(TOWN)
    assert [path.suffix for path in report.publishing.paths].count(".xlsx") == 1
    assert report.ledger.holds


def test_a_return_with_an_error_is_rejected_with_sheet_and_cell_and_not_counted(season: Season) -> None:
    """More girls in grade three than pupils."""
    assert season.states[0][("students", SMALL)] == ["rejected"]
    assert ("小学分类型学生数", "M6") in {finding[:2] for finding in season.bureau.list_findings("TB01")}
    assert season.pupils[0] == count_pupils(TOWN)


def test_a_corrected_return_supersedes_the_rejected_one(season: Season) -> None:
    assert season.states[1][("students", SMALL)] == ["rejected", "accepted"]
    assert season.pupils[1] == count_pupils(TOWN, SMALL)


@pytest.mark.requirement("P-10")
def test_a_second_version_takes_the_place_of_an_accepted_one(season: Season) -> None:
    first, second = (state for state in season.states[1][("students", TOWN)] if state != "rejected")
    assert first == "superseded"
    assert second in ("accepted", "accepted_with_queries")


def test_a_late_return_is_accepted_and_asked_for_its_reason(season: Season) -> None:
    assert season.states[2][("students", VILLAGE)][-1] == "accepted_with_queries"
    ((_, _, message),) = season.bureau.list_findings("FL23")
    assert "迟报 5 天" in message
    assert season.pupils[2] == count_pupils(*SCHOOLS)


def test_one_bad_file_never_stops_the_others(season: Season) -> None:
    states = season.states[0]
    assert [state for several in states.values() for state in several].count("unreadable") == 2
    assert "accepted" in states[("students", TOWN)]
    assert all(report.ledger.holds for report in season.reports)


def test_a_return_for_a_school_nobody_knows_is_rejected(season: Season) -> None:
    ((sheet, cell, message),) = season.bureau.list_findings("FL15")
    assert sheet
    assert cell
    assert STRANGER in message


@pytest.mark.requirement("V-03")
def test_a_return_for_last_year_waits_for_no_open_collection(season: Season) -> None:
    """The collection of 2025-2026 is open; a return for the year before is refused with the reason."""
    assert "rejected" in season.states[0][("students", TOWN)]
    assert YEAR not in {message for *_, message in season.bureau.list_findings("FL05")}


@pytest.mark.requirement("V-16")
def test_the_same_file_sent_again_is_told_and_changes_no_figure(bureau: Bureau) -> None:
    bureau.receive(find_filing("students", TOWN))
    bureau.run_night()
    before = list_figures(bureau)
    made = bureau.make(find_filing("students", TOWN))
    bureau.receive_bytes("再发一次.xlsx", made.content)
    report = bureau.run_night(NEXT_NIGHT)
    assert report.intake.duplicates == ("再发一次.xlsx",)
    assert bureau.list_findings("FL20") == [
        ("", "", "2025-09-20 12:00 收到的文件“再发一次.xlsx”与本次报送的文件完全相同,不重复受理")
    ]
    assert bureau.list_states()[("students", TOWN)] == ["accepted"]
    (receipt,) = report.receipts.texts
    assert "再发一次.xlsx" in receipt.read_text(encoding="utf-8")
    assert list_figures(bureau) == before


def test_a_file_sent_again_is_told_once_and_the_same_after_a_rebuild(bureau: Bureau) -> None:
    """Nights with nothing new make no receipts; a lost database comes back with what was told."""
    made = bureau.make(find_filing("students", TOWN))
    bureau.receive_bytes("一.xlsx", made.content)
    bureau.receive_bytes("二.xlsx", made.content)
    bureau.run_night()
    bureau.receive_bytes("三.xlsx", made.content)
    bureau.run_night(NEXT_NIGHT)
    told, published = bureau.list_findings("FL20"), bureau.read_published()
    assert [message.partition("“")[2].partition("”")[0] for _, _, message in told] == ["二.xlsx", "三.xlsx"]
    assert bureau.run_night(NEXT_NIGHT).receipts.texts == ()
    for path in bureau.workspace.warehouse.glob("huizong.duckdb*"):
        path.unlink()
    assert bureau.run_night(NEXT_NIGHT).receipts.texts == ()
    assert (bureau.list_findings("FL20"), bureau.read_published()) == (told, published)


def list_figures(bureau: Bureau) -> bytes:
    """The newest tidy data of the year."""
    published = bureau.read_published()
    return published[max(name for name in published if name.endswith("_指标.csv"))]


@pytest.mark.requirement("V-12")
def test_returns_wait_until_there_is_a_register(bureau: Bureau) -> None:
    for path in bureau.workspace.inbox.glob("*.xlsx"):
        register = path.read_bytes()
        path.unlink()
    bureau.receive(find_filing("students", TOWN))
    report = bureau.run_night()
    assert report.ledger.counts["received"] == 1
    assert "accepted" not in report.ledger.counts or not report.ledger.counts["accepted"]
    bureau.receive_bytes("名录.xlsx", register)
    bureau.run_night(NEXT_NIGHT)
    assert bureau.find_state("students", TOWN) == "accepted"
