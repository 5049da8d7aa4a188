"""A school sends its return; the bureau runs the night."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.journeys.bureau import LATE_NIGHT, NEXT_NIGHT, SCHOOLS, YEAR, Bureau, find_filing, type_over

TOWN, SMALL, VILLAGE = SCHOOLS


def test_a_return_in_order_is_accepted_counted_and_published(bureau: Bureau) -> None:
    filing = find_filing("students", TOWN)
    bureau.receive(filing)
    report = bureau.run_night()
    assert bureau.find_state("students", TOWN) == "accepted"
    grades = [filing.values[f"stu_primary[total].g{grade}"] for grade in range(1, 7)]
    assert bureau.find_figure("students", "primary") == sum(map(int, grades))  # type: ignore[arg-type]
    assert [path.suffix for path in report.publishing.paths].count(".xlsx") == 1
    assert report.ledger.holds


def test_a_return_with_an_error_is_rejected_with_sheet_and_cell_and_not_counted(bureau: Bureau) -> None:
    """More girls in grade three than pupils."""
    bureau.receive(
        type_over(find_filing("students", TOWN), stu_primary__female__g3=999), find_filing("students", SMALL)
    )
    bureau.run_night()
    assert bureau.find_state("students", TOWN) == "rejected"
    assert ("小学分类型学生数", "M6") in {finding[:2] for finding in bureau.list_findings("TB01")}
    small = find_filing("students", SMALL)
    assert bureau.find_figure("students", "primary") == sum(
        int(small.values[f"stu_primary[total].g{grade}"])
        for grade in range(1, 7)  # type: ignore[arg-type]
    )


def test_a_corrected_return_supersedes_the_rejected_one(bureau: Bureau) -> None:
    bureau.receive(type_over(find_filing("students", TOWN), stu_primary__female__g3=999))
    bureau.run_night()
    bureau.receive(replace(find_filing("students", TOWN), revision=2))
    bureau.run_night(NEXT_NIGHT)
    assert bureau.list_states()[("students", TOWN)] == ["rejected", "accepted"]


@pytest.mark.requirement("P-10")
def test_a_second_version_takes_the_place_of_an_accepted_one(bureau: Bureau) -> None:
    bureau.receive(find_filing("students", TOWN))
    bureau.run_night()
    filing = find_filing("students", TOWN)
    cover = {**filing.cover, "correction_reason": "一年级人数误填，现予更正"}
    boarders = int(filing.values.get("stu_primary[boarding].g1", 0) or 0)  # type: ignore[arg-type]
    bureau.receive(replace(type_over(filing, stu_primary__boarding__g1=boarders + 1), cover=cover, revision=2))
    bureau.run_night(NEXT_NIGHT)
    first, second = bureau.list_states()[("students", TOWN)]
    assert first == "superseded"
    assert second in ("accepted", "accepted_with_queries")


def test_a_late_return_is_accepted_and_asked_for_its_reason(bureau: Bureau) -> None:
    bureau.run_night()
    bureau.receive(replace(find_filing("students", VILLAGE), received_on=LATE_NIGHT))
    bureau.run_night(LATE_NIGHT)
    assert bureau.find_state("students", VILLAGE) == "accepted_with_queries"
    ((_, _, message),) = bureau.list_findings("FL23")
    assert "迟报 5 天" in message


def test_one_bad_file_never_stops_the_others(bureau: Bureau) -> None:
    whole = bureau.make(find_filing("students", VILLAGE))
    bureau.receive_bytes(whole.name, whole.content[:3000])
    bureau.receive_bytes("说明.docx", b"PK\x03\x04 not a workbook")
    bureau.receive(find_filing("students", TOWN), find_filing("students", SMALL))
    report = bureau.run_night()
    states = bureau.list_states()
    assert states[("students", TOWN)] == states[("students", SMALL)] == ["accepted"]
    assert "unreadable" in {state for several in states.values() for state in several}
    assert report.ledger.holds


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


def test_a_return_for_a_school_nobody_knows_is_rejected(bureau: Bureau) -> None:
    filing = find_filing("students", TOWN)
    bureau.receive(replace(filing, cover={**filing.cover, "school_code": "2132990009"}))
    bureau.run_night()
    ((sheet, cell, message),) = bureau.list_findings("FL15")
    assert sheet
    assert cell
    assert "2132990009" in message


@pytest.mark.requirement("V-03")
def test_a_return_for_last_year_waits_for_no_open_collection(bureau: Bureau) -> None:
    """The collection of 2025-2026 is open; a return for the year before is refused with the reason."""
    bureau.receive(find_filing("students", TOWN, "2024-2025"))
    bureau.run_night()
    assert bureau.find_state("students", TOWN) == "rejected"
    assert YEAR not in {message for *_, message in bureau.list_findings("FL05")}
