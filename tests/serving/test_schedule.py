"""Nights of a cron line, and which of them are due: on time, missed, caught up, never twice, never lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flows.errors import WorkspaceError
from flows.schedule import Timetable, list_slots, read_slots
from flows.serving.duty import Situation, choose_cause, find_pause
from flows.warehouse.nights import NightNote

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHTLY = "0 2 * * *"


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def list_nightly(schedule: str, timezone: str, after: datetime, count: int) -> Sequence[datetime]:
    """Every day at two, reckoned by hand."""
    first = after.astimezone(SHANGHAI).replace(hour=2, minute=0, second=0, microsecond=0)
    first += timedelta(days=first <= after)
    return [first + timedelta(days=day) for day in range(count)]


def ran(begun: str, outcome: str = "done", done: str | None = None) -> NightNote:
    """A run that began then; `done` is the newest that came to its end."""
    begun_at = at(begun).isoformat()
    return NightNote("night", outcome, begun_at, 60.0, begun_at if done is None else at(done).isoformat())  # type: ignore[arg-type]


def choose(
    now: str, note: NightNote | None, *, files: bool = False, since: str = "", schedule: str = NIGHTLY
) -> str | None:
    situation = Situation(at(now), note, are_files_due=files, scheduled_since=at(since) if since else None)
    return choose_cause(situation, Timetable(schedule, "Asia/Shanghai", list_nightly))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("0 2 * * *", ["2026-03-02 02:00", "2026-03-03 02:00"]),
        ("30 1,13 * * 1-5", ["2026-03-02 01:30", "2026-03-02 13:30"]),
        ("0 2 1 * *", ["2026-04-01 02:00", "2026-05-01 02:00"]),
        ("*/15 * * * *", ["2026-03-01 09:15", "2026-03-01 09:30"]),
    ],
)
def test_a_cron_line_gives_its_hours_in_the_zone_of_the_district(line: str, expected: list[str]) -> None:
    """From Sunday 1 March 2026, nine in the morning."""
    slots = list_slots(line, "Asia/Shanghai", at("2026-03-01 09:00"), 2)

    assert [f"{slot.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for slot in slots] == expected


def test_the_moment_itself_is_not_after_it() -> None:
    assert list_slots(NIGHTLY, "Asia/Shanghai", at("2026-03-01 02:00"), 1) == [at("2026-03-02 02:00")]


def test_summer_time_takes_no_night_away_and_gives_none_twice() -> None:
    """In Berlin there is no 02:30 on 29 March 2026, and there are two on 25 October."""
    berlin = ZoneInfo("Europe/Berlin")
    spring = list_slots("30 2 * * *", "Europe/Berlin", at("2026-03-27 12:00", berlin), 3)
    autumn = list_slots("30 2 * * *", "Europe/Berlin", at("2026-10-24 12:00", berlin), 3)

    assert [f"{slot.astimezone(berlin):%m-%d}" for slot in spring] == ["03-28", "03-29", "03-30"]
    assert [f"{slot.astimezone(berlin):%m-%d}" for slot in autumn] == ["10-25", "10-26", "10-27"]


@pytest.mark.parametrize(("line", "zone"), [("61 2 * * *", "Asia/Shanghai"), ("0 2 30 2 *", "UTC"), (NIGHTLY, "Mars")])
def test_a_line_or_zone_that_is_none_is_refused(line: str, zone: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        list_slots(line, zone, at("2026-03-01 09:00"), 1)


def test_a_refused_line_is_named_with_what_to_mend() -> None:
    with pytest.raises(WorkspaceError) as caught:
        read_slots("at night", "Asia/Shanghai", at("2026-03-01 09:00"), 1)

    assert "schedule = at night" in str(caught.value)


def test_a_child_process_gives_the_same_hours() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)

    assert read_slots("*/7 3 * * *", "Asia/Shanghai", now, 5) == list_slots("*/7 3 * * *", "Asia/Shanghai", now, 5)


def test_a_timetable_asks_once_for_many_nights() -> None:
    asked: list[datetime] = []

    def list_and_count(schedule: str, timezone: str, after: datetime, count: int) -> Sequence[datetime]:
        asked.append(after)
        return list_nightly(schedule, timezone, after, count)

    timetable = Timetable(NIGHTLY, "Asia/Shanghai", list_and_count)
    nights = [timetable.find_next(at("2026-03-01 09:00") + timedelta(days=day)) for day in range(300)]

    assert nights == [at("2026-03-02 02:00") + timedelta(days=day) for day in range(300)]
    assert timetable.find_next(at("2025-01-01 00:00")) == at("2025-01-01 02:00")
    assert len(asked) == 2


def test_between_two_nights_nothing_is_due() -> None:
    assert choose("2026-03-02 01:59", ran("2026-03-01 02:00")) is None


def test_a_night_is_due_at_its_hour() -> None:
    assert choose("2026-03-02 02:00", ran("2026-03-01 02:00")) == "night"


def test_a_night_that_has_begun_on_time_is_not_due_again() -> None:
    assert choose("2026-03-02 02:07", ran("2026-03-02 02:00")) is None


def test_a_night_that_the_scheduler_began_a_little_early_is_not_due_again() -> None:
    """It fetches its runs ten seconds before their hour."""
    assert choose("2026-03-02 02:07", ran("2026-03-02 01:59:50")) is None


def test_a_run_by_day_shortly_before_the_hour_does_not_stand_for_the_night() -> None:
    assert choose("2026-03-02 02:03", ran("2026-03-02 01:58")) == "night"


def test_nights_missed_while_the_machine_was_off_are_made_up_for_in_one_run() -> None:
    """Off from Friday noon to Monday morning; three nights went by."""
    assert choose("2026-03-09 08:00", ran("2026-03-06 02:00")) == "missed"
    assert choose("2026-03-09 08:05", ran("2026-03-09 08:00")) is None


def test_a_night_that_failed_is_still_due() -> None:
    assert choose("2026-03-02 02:30", ran("2026-03-02 02:00", "failed", done="2026-03-01 02:00")) == "missed"


def test_a_workspace_that_has_never_run_runs_at_the_start_of_its_service() -> None:
    assert choose("2026-03-02 09:00", None) == "start"


def test_the_scheduler_has_five_minutes_before_the_service_does_it_itself() -> None:
    serving = "2026-03-01 08:00"

    assert choose("2026-03-02 02:04", ran("2026-03-01 02:00"), since=serving) is None
    assert choose("2026-03-02 02:05", ran("2026-03-01 02:00"), since=serving) == "night"


def test_a_night_before_the_service_began_is_not_the_schedulers() -> None:
    assert choose("2026-03-02 02:03", ran("2026-03-01 02:00"), since="2026-03-02 02:02") == "night"


def test_a_night_comes_before_files_and_files_need_no_night() -> None:
    assert choose("2026-03-02 02:00", ran("2026-03-01 02:00"), files=True) == "night"
    assert choose("2026-03-01 15:00", ran("2026-03-01 02:00"), files=True) == "drop"


def test_without_a_schedule_only_files_make_a_run() -> None:
    assert choose("2026-03-09 08:00", None, schedule="") is None
    assert choose("2026-03-09 08:00", None, schedule="", files=True) == "drop"


def test_a_run_at_the_start_comes_first_of_all() -> None:
    situation = Situation(at("2026-03-01 09:00"), ran("2026-03-01 02:00"), are_files_due=False, is_start_wanted=True)

    assert choose_cause(situation, Timetable(NIGHTLY, "Asia/Shanghai", list_nightly)) == "start"


def test_after_failures_the_pauses_grow_up_to_an_hour() -> None:
    assert [find_pause(failures) / 60 for failures in range(9)] == [0, 1, 2, 4, 8, 16, 32, 60, 60]
