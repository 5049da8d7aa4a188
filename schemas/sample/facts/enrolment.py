"""Year after year: pupils enter, come and go, move up and graduate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from schemas.sample.calendar import FIRST_YEAR, JUNIOR_FIRST_YEAR, YEARS
from schemas.sample.chance import draw, round_randomly
from schemas.sample.facts.classes import form_classes
from schemas.sample.facts.intakes import find_nursery, find_usual_intake, list_kindergarten_intake, share_junior_intake
from schemas.sample.facts.pupils import LAST_GRADES, Moves, Pupil, Roll
from schemas.sample.facts.schools import School
from schemas.sample.facts.traits import Traits, find_traits, make_pupil

SUSPENDED = {"junior": 0.0036}
RETURNED, DIED = 0.0004, 0.00001
POINT_LAST_GRADE = 4
"""Pupils of most teaching points move to the central school after grade four."""

GROWTH_2025 = 0.235
"""Share by which the school beside the new estate grows through transfers in the school year 2024/25."""


@dataclass
class _Stage:
    """A stage of a school as it goes through the years."""

    school: School
    stage: str
    random: Random
    traits: Traits
    rolls: dict[int, Roll] = field(default_factory=dict)

    @property
    def last_grade(self) -> int:
        return POINT_LAST_GRADE if self.school.parent else LAST_GRADES[self.stage]

    @property
    def first_year(self) -> int:
        return JUNIOR_FIRST_YEAR if self.stage == "junior" else FIRST_YEAR


def build_rolls(schools: Sequence[School]) -> dict[tuple[str, str, int], Roll]:
    """Every roll from the first year that is followed to the last."""
    stages = [
        _Stage(school, stage, draw(school.code, stage, "pupils"), find_traits(school, stage))
        for school in schools
        for stage in school.stages
    ]
    stages.sort(key=lambda stage: stage.school.type != "218")
    for year in range(JUNIOR_FIRST_YEAR, YEARS[-1] + 1):
        _run_year(stages, year)
    return {(s.school.code, s.stage, year): roll for s in stages for year, roll in s.rolls.items()}


def _run_year(stages: Sequence[_Stage], year: int) -> None:
    """Teaching points first, so that the central schools know who comes; primary before junior."""
    arriving: dict[str, list[Pupil]] = {}
    merged: dict[str, list[Pupil]] = {}
    for stage in stages:
        if stage.stage != "junior":
            _advance(stage, year, _list_intake(stage, year), arriving, merged)
    graduates = sum(len(s.rolls[year].moves.graduated) for s in stages if s.stage == "primary" and year in s.rolls)
    juniors = [stage for stage in stages if stage.stage == "junior"]
    shares = share_junior_intake([s.school for s in juniors], graduates, year) if year > FIRST_YEAR else {}
    for stage in juniors:
        usual = find_usual_intake(stage.school, "junior", year)
        _advance(stage, year, {year: shares.get(stage.school.code, usual)}, arriving, merged)


def _list_intake(stage: _Stage, year: int) -> Mapping[int, int]:
    if stage.stage == "kg":
        return list_kindergarten_intake(stage.school, stage.random, year)
    return {year: find_usual_intake(stage.school, stage.stage, year)}


def _advance(
    stage: _Stage,
    year: int,
    intake: Mapping[int, int],
    arriving: dict[str, list[Pupil]],
    merged: dict[str, list[Pupil]],
) -> None:
    school = stage.school
    before = stage.rolls.get(year - 1)
    if not school.is_open(year):
        if before is not None and school.parent:
            merged[school.parent] = list(before.pupils)
        return
    if before is None:
        if year >= stage.first_year:
            pupils = _fill(stage, year) if school.opened_on is None else _fill_new(stage, year)
            moves = Moves(entered=pupils) if school.opened_on else Moves()
            stage.rolls[year] = _close(stage, year, pupils, (), moves)
        return
    come_from = merged.get(school.code, []) if stage.stage == "primary" else []
    moved_up = arriving.get(school.code, []) if stage.stage == "primary" else []
    earlier = (*before.pupils, *come_from)
    moves = _move(stage, earlier, year, intake, moved_up)
    gone = {
        id(p) for group in (moves.graduated, moves.suspended, moves.quit, moves.died, moves.moved_away) for p in group
    }
    stayed = [pupil for pupil in earlier if id(pupil) not in gone]
    pupils = (*stayed, *moves.returned, *moves.joined, *moves.entered)
    stage.rolls[year] = _close(stage, year, pupils, earlier, moves)
    if school.parent:
        arriving.setdefault(school.parent, []).extend(moves.moved_away)


def _close(stage: _Stage, year: int, pupils: tuple[Pupil, ...], before: tuple[Pupil, ...], moves: Moves) -> Roll:
    earlier = stage.rolls.get(year - 1)
    classes = form_classes(stage.school, stage.stage, year, pupils, earlier.classes if earlier else ())
    return Roll(stage.school.code, stage.stage, year, pupils, before, moves, classes)


def _fill(stage: _Stage, year: int) -> tuple[Pupil, ...]:
    """The roll of the first year, as if each cohort had entered in its time."""
    counts = {
        year - grade + 1: find_usual_intake(stage.school, stage.stage, year - grade + 1)
        for grade in range(1, stage.last_grade + 1)
    }
    if stage.stage == "kg" and find_nursery(stage.school):
        counts[year + 1] = find_nursery(stage.school)
    if stage.school.has("small_class"):
        counts[year] = 5
    return _make(stage, counts)


def _fill_new(stage: _Stage, year: int) -> tuple[Pupil, ...]:
    size = stage.school.sizes[stage.stage]
    return _make(stage, {year: size, year - 1: round(size * 0.55)})


def _make(stage: _Stage, counts: Mapping[int, int]) -> tuple[Pupil, ...]:
    return tuple(
        make_pupil(stage.random, stage.traits, cohort) for cohort, count in counts.items() for _ in range(count)
    )


def _move(
    stage: _Stage, before: Iterable[Pupil], year: int, intake: Mapping[int, int], moved_up: Sequence[Pupil]
) -> Moves:
    fates: dict[str, list[Pupil]] = {
        name: [] for name in ("graduated", "suspended", "quit", "died", "moved_away", "stayed")
    }
    for pupil in before:
        fates[_find_fate(stage, pupil, year)].append(pupil)
    continuing = [pupil.cohort for pupil in fates["stayed"]]
    size = len(continuing)
    growth = GROWTH_2025 * size * 1.2 if stage.school.has("growing") and year == YEARS[-1] else 0
    joining = round_randomly(stage.random, size * stage.traits.joining) + round(growth)
    return Moves(
        entered=_make(stage, intake),
        returned=_make_some(stage, continuing, round_randomly(stage.random, size * _returning(stage))),
        joined=(*moved_up, *_make_some(stage, continuing, joining)), graduated=tuple(fates["graduated"]),
        suspended=tuple(fates["suspended"]), quit=tuple(fates["quit"]), died=tuple(fates["died"]),
        moved_away=tuple(fates["moved_away"]),
    )  # fmt: skip


def _returning(stage: _Stage) -> float:
    return 0.0 if stage.stage in ("kg", "special") or stage.school.type == "218" else RETURNED


def _make_some(stage: _Stage, cohorts: Sequence[int], count: int) -> tuple[Pupil, ...]:
    return (
        tuple(make_pupil(stage.random, stage.traits, stage.random.choice(cohorts)) for _ in range(count))
        if cohorts
        else ()
    )


def _find_fate(stage: _Stage, pupil: Pupil, year: int) -> str:
    """What became of a pupil during the year that ends in the summer of `year`."""
    random, grade = stage.random, pupil.find_grade(year - 1)
    if stage.school.type == "218":
        return _find_fate_at_point(stage, pupil, grade, year)
    if stage.stage not in ("kg", "special"):
        if random.random() < SUSPENDED.get(stage.stage, 0.0006):
            return "suspended"
        if random.random() < stage.traits.quitting:
            return "quit"
    if random.random() < DIED:
        return "died"
    if random.random() < stage.traits.leaving * (0.3 if grade == stage.last_grade else 1):
        return "moved_away"
    return "graduated" if grade == stage.last_grade else "stayed"


def _find_fate_at_point(stage: _Stage, pupil: Pupil, grade: int, year: int) -> str:
    if grade == stage.last_grade:
        return "moved_away" if stage.school.parent else "graduated"
    leaver = next((p for p in stage.rolls[year - 1].pupils if p.cohort == FIRST_YEAR), None)
    if stage.school.has("small_class") and year == YEARS[-1] and pupil is leaver:
        return "moved_away"
    return "stayed"
