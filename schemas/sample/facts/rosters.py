"""Teachers year after year: they age, retire, move and are replaced; stages that grow get more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random

from schemas.sample.calendar import FIRST_YEAR, YEARS
from schemas.sample.chance import apportion, choose, draw, round_randomly
from schemas.sample.facts.pupils import Roll, Rolls
from schemas.sample.facts.schools import School
from schemas.sample.facts.teacher_shares import DEGREES, NEW_DEGREES, OTHER_SUBJECTS, SUBJECTS
from schemas.sample.facts.teachers import BESIDE, POSTS, OtherStaff, Roster, Teacher, TeacherMoves

PUPILS_PER_TEACHER = {
    ("primary", "urban"): (16.0, 19.6), ("primary", "town"): (14.5, 18.5), ("primary", "rural"): (11.0, 14.5),
    ("junior", "urban"): (12.2, 14.8), ("junior", "town"): (11.2, 14.2), ("junior", "rural"): (9.5, 11.5),
    ("senior", "urban"): (11.8, 13.2), ("voc", "town"): (16.5, 17.5), ("special", "urban"): (2.9, 3.1),
}  # fmt: skip
CROWDED = {"第一小学": 22.6, "新城九年一贯制学校": 21.5, "己河镇中心小学": 20.4, "戊湖镇南圩小学": 13.0}

PSYCHOLOGY_SINCE = 2025
"""The form counts psychology teachers from this year on; before, they stand among the others."""


def build_rosters(schools: Sequence[School], rolls: Rolls) -> dict[tuple[str, str, int], Roster]:
    """The rosters of all stages but kindergartens', whose staff has facts of its own."""
    rosters: dict[tuple[str, str, int], Roster] = {}
    for school in sorted(schools, key=lambda school: school.type != "218"):
        for stage in school.stages if not school.is_kindergarten else ():
            random = draw(school.code, stage, "teachers")
            for year in (FIRST_YEAR, *YEARS):
                roll = rolls.get((school.code, stage, year))
                if roll is not None:
                    earlier = rosters.get((school.code, stage, year - 1))
                    merged = _list_merged(school, stage, schools, rosters, year)
                    rosters[(school.code, stage, year)] = _build_roster(random, school, roll, earlier, merged)
    return rosters


def _list_merged(
    school: School, stage: str, schools: Sequence[School], rosters: Mapping[tuple[str, str, int], Roster], year: int
) -> tuple[Teacher, ...]:
    """Teachers of a school that was merged into this one over the summer."""
    if stage != "primary":
        return ()
    closed = [s for s in schools if s.parent == school.code and s.is_open(year - 1) and not s.is_open(year)]
    return tuple(
        t for s in closed if (s.code, stage, year - 1) in rosters for t in rosters[(s.code, stage, year - 1)].teachers
    )


def _build_roster(
    random: Random, school: School, roll: Roll, earlier: Roster | None, merged: tuple[Teacher, ...]
) -> Roster:
    wanted = _find_wanted(school, roll)
    year = roll.year
    if earlier is None:
        subjects = _share_subjects(random, roll.stage, wanted, ())
        ranks = [(n + 0.5) / wanted for n in range(wanted)]
        random.shuffle(ranks)
        teachers = tuple(
            _make_teacher(random, school, roll.stage, year, *pair) for pair in zip(subjects, ranks, strict=True)
        )
        before: tuple[Teacher, ...] = ()
        moves = TeacherMoves()
    else:
        before = (*earlier.teachers, *merged)
        moves = _move(random, school, roll, before, max(len(before), min(wanted, round(len(before) * 1.06))))
        gone = {id(t) for t in (*moves.retired, *moves.transferred_out, *moves.resigned)}
        teachers = (*(t for t in before if id(t) not in gone), *moves.recruited, *moves.transferred_in)
    eligible = sum(year - t.came >= 6 and t.rank > 0.35 for t in teachers) if roll.stage in ("primary", "junior") else 0
    exchanged = round_randomly(random, eligible * random.uniform(0.09, 0.15))
    return Roster(
        school.code, roll.stage, year, teachers, before, moves, eligible, exchanged,
        min(exchanged, round_randomly(random, exchanged * random.uniform(0.18, 0.32))),
        _draw_visiting(random, roll),
    )  # fmt: skip


def _find_wanted(school: School, roll: Roll) -> int:
    """Teachers the stage should have: by its pupils, and no fewer than its classes need."""
    stage = roll.stage
    group = "urban" if stage in ("senior", "special") else "town" if stage == "voc" else school.group
    if stage == "kg":
        return 2 * len(roll.classes)
    low, high = PUPILS_PER_TEACHER[(stage, group)]
    usual = draw(school.code, stage, "pupils per teacher").uniform(low, high)
    ratio = CROWDED.get(school.short_name, usual) * (0.72 if stage == "junior" and school.short_name in CROWDED else 1)
    least = 1.0 if school.has("multigrade") else 1.4
    return max(round(roll.size / ratio), round(len(roll.classes) * least / (2 if school.has("multigrade") else 1)), 2)


def _move(random: Random, school: School, roll: Roll, before: Sequence[Teacher], wanted: int) -> TeacherMoves:
    leaving: dict[str, list[Teacher]] = {"retired": [], "transferred_out": [], "resigned": [], "stays": []}
    for teacher in before:
        fate = choose(random, (("stays", 0.982), ("transferred_out", 0.014), ("resigned", 0.004)))
        leaving["retired" if teacher.retires(roll.year) else fate].append(teacher)
    subjects = _share_subjects(random, roll.stage, wanted - len(leaving["stays"]), leaving["stays"])
    new = [
        _make_teacher(random, school, roll.stage, roll.year, subject, random.random(), is_new=True)
        for subject in subjects
    ]
    young = [t for t in new if t.find_age(roll.year) <= 27]
    older = [t for t in new if t.find_age(roll.year) > 27]
    return TeacherMoves(
        tuple(young),
        tuple(older),
        tuple(leaving["retired"]),
        tuple(leaving["transferred_out"]),
        tuple(leaving["resigned"]),
    )


def _share_subjects(random: Random, stage: str, number: int, others: Sequence[Teacher]) -> list[str]:
    """Subjects of so many teachers, so that with the others all subjects have their share."""
    table = SUBJECTS.get(stage, OTHER_SUBJECTS)
    shares = apportion(number + len(others), [weight for _, weight in table])
    taught = Counter(teacher.subject for teacher in others)
    wanted = [
        subject for (subject, _), share in zip(table, shares, strict=True) for _ in range(share - taught[subject])
    ]
    random.shuffle(wanted)
    return (wanted + [table[0][0]] * number)[:number]


def _make_teacher(
    random: Random, school: School, stage: str, year: int, subject: str, rank: float, *, is_new: bool = False
) -> Teacher:
    age = _draw_age(random, is_new=is_new)
    degrees = NEW_DEGREES.get(stage, (("master", 20), ("bachelor", 80))) if is_new else DEGREES[stage]
    degree = choose(random, degrees)
    return Teacher(
        woman=random.random() < _find_women(stage, subject), minority=random.random() < 0.012, born=year - age,
        degree=degree, subject=subject, rank=rank, on_quota=school.is_public and random.random() < 0.93,
        certified=random.random() < (0.999 if stage in ("primary", "junior", "senior") else 0.97),
        trained=random.random() < 0.995, backbone=rank > 1 - _find_backbone_share(school, stage) and age >= 28,
        came=year if is_new else year - random.randint(0, max(age - 23, 0)),
    )  # fmt: skip


def _draw_age(random: Random, *, is_new: bool) -> int:
    if is_new:
        return random.randint(22, 26) if random.random() < 0.72 else random.randint(29, 45)
    return min(59, max(22, round(random.triangular(22, 59, 39))))


def _find_women(stage: str, subject: str) -> float:
    base = {"primary": 0.76, "junior": 0.62, "senior": 0.55, "voc": 0.52, "special": 0.78, "kg": 0.99}[stage]
    return {"pe": 0.28, "physics": 0.36, "it": 0.45, "music": 0.88}.get(subject, base)


def _find_backbone_share(school: School, stage: str) -> float:
    """Share of recognised teachers: smaller in rural schools, so that some miss the standard."""
    low, high = {"urban": (0.22, 0.34), "town": (0.20, 0.32), "rural": (0.17, 0.30)}[school.group]
    return draw(school.code, stage, "backbone").uniform(low, high)


def _draw_visiting(random: Random, roll: Roll) -> dict[str, int]:
    """Teachers of physical education and arts who come from elsewhere to small schools."""
    small = roll.stage == "primary" and roll.size < 130
    return {subject: int(small and random.random() < 0.5) for subject in ("pe", "music", "art", "arts")}


def build_other_staff(
    schools: Sequence[School], rosters: Mapping[tuple[str, str, int], Roster]
) -> dict[tuple[str, str, int], OtherStaff]:
    """Administration, support and workers, and those listed apart, by the number of teachers."""
    staff: dict[tuple[str, str, int], OtherStaff] = {}
    for school in schools:
        for year in YEARS:
            teachers = sum(roster.size for (code, _, y), roster in rosters.items() if code == school.code and y == year)
            if teachers:
                staff |= {
                    (school.code, post, year): people for post, people in _draw_posts(school, year, teachers).items()
                }
    return staff


def _draw_posts(school: School, year: int, teachers: int) -> dict[str, OtherStaff]:
    shares = {"admin": 0.035, "assist": 0.03, "worker": 0.03, "other_staff": 0.008}
    posts: dict[str, OtherStaff] = {}
    for post in (*POSTS, *BESIDE):
        random = draw(school.code, post, year, "post")
        beside = {"offcampus": 0.01, "silver": 0.008, "substitute": 0.012}
        total = round_randomly(random, teachers * shares.get(post, beside.get(post, 0)))
        women = sum(random.random() < (0.5 if post in BESIDE else 0.45) for _ in range(total))
        quota = sum(random.random() < 0.7 for _ in range(total)) if school.is_public and post in POSTS else 0
        posts[post] = OtherStaff(total, women, int(total > 0 and random.random() < 0.04), quota)
    return posts
