"""What became of schools between two days, told from changes with dates."""

from __future__ import annotations

from datetime import date

from flows.lineage import (
    Change,
    Family,
    Span,
    adopt_changes,
    find_closing_day,
    find_cycles,
    find_families,
    find_heirs,
    trace_schools,
)

MERGED = Change("A", "B", "2025-09-01")
OLD = (Span("2000-09-01", "", "", is_closed=False),)


def list_families(
    *changes: Change, now: str, since: str, until: str, opened: dict[str, str] | None = None
) -> list[Family]:
    spans = {school: (Span(day, "", "", is_closed=False),) for school, day in (opened or {}).items()}
    return find_families(changes, spans, set(now), since=date.fromisoformat(since), until=date.fromisoformat(until))


def test_a_change_counts_between_the_days_on_either_side_of_it() -> None:
    families = list_families(MERGED, now="B", since="2024-09-01", until="2025-09-01")

    assert families == [Family(before=("A", "B"), after=("B",))]
    assert trace_schools(families) == {"B": ("A", "B")}


def test_a_change_that_is_still_to_come_does_not_count() -> None:
    """The register of last year knows that the school will be taken over next summer."""
    assert list_families(MERGED, now="AB", since="2023-09-01", until="2024-09-01") == []


def test_a_change_that_was_long_ago_does_not_count() -> None:
    assert list_families(MERGED, now="B", since="2025-09-01", until="2026-09-01") == []


def test_one_change_after_another_leads_to_the_school_that_stands_now() -> None:
    chain = (Change("A", "B", "2024-02-01"), Change("B", "C", "2025-02-01"))
    families = list_families(*chain, now="C", since="2023-09-01", until="2025-09-01", opened={"C": "2025-02-01"})

    assert trace_schools(families) == {"C": ("A", "B")}
    assert find_heirs(chain, "A", {"C"}) == ("C",)


def test_what_one_school_left_to_several_belongs_to_none_of_them() -> None:
    split = (Change("A", "B", "2025-09-01"), Change("A", "C", "2025-09-01"))
    opened = {"B": "2025-09-01", "C": "2025-09-01"}
    families = list_families(*split, now="BC", since="2024-09-01", until="2025-09-01", opened=opened)

    assert families == [Family(before=("A",), after=("B", "C"))]
    assert trace_schools(families) == {"B": (), "C": ()}


def test_a_school_that_goes_on_without_a_part_shares_its_origin_with_the_part() -> None:
    part = Change("A", "B", "2025-09-01", is_part=True)
    families = list_families(part, now="AB", since="2024-09-01", until="2025-09-01", opened={"B": "2025-09-01"})

    assert families == [Family(before=("A",), after=("A", "B"))]


def test_a_school_split_into_a_new_one_and_one_there_was_is_compared_with_both() -> None:
    split = (Change("A", "B", "2025-09-01"), Change("A", "C", "2025-09-01"))
    families = list_families(*split, now="BC", since="2024-09-01", until="2025-09-01", opened={"C": "2025-09-01"})

    assert families == [Family(before=("A", "B"), after=("B", "C"))]


def test_a_later_register_is_believed_where_it_says_otherwise() -> None:
    corrected = Change("A", "C", "2025-09-01")

    assert adopt_changes([MERGED], {"A": OLD}, [corrected]) == [corrected]
    assert adopt_changes([MERGED], {"A": OLD}, []) == []


def test_a_later_register_that_no_longer_names_a_school_leaves_what_was_said_of_it() -> None:
    assert adopt_changes([MERGED], {"B": OLD}, []) == [MERGED]


def test_rings_are_found_once() -> None:
    ring = [Change("B", "C", "2025-09-01"), Change("C", "A", "2025-09-01"), Change("A", "B", "2025-09-01")]

    assert find_cycles([*ring, Change("X", "A", "2025-09-01")]) == [("A", "B", "C")]


def test_the_day_on_which_a_school_closed() -> None:
    ended = (Span("2000-09-01", "2025-08-31", "", is_closed=False),)
    suspended = (
        *ended,
        Span("2025-09-01", "2026-08-31", "", is_closed=True),
        Span("2026-09-01", "", "", is_closed=False),
    )

    assert find_closing_day(ended, "2026-09-01") == "2025-09-01"
    assert find_closing_day(ended, "2025-08-31") is None
    assert find_closing_day(suspended, "2026-01-01") == "2025-09-01"
    assert find_closing_day(suspended, "2026-09-01") is None
