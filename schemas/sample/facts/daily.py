"""Daily life: safety and canteens month by month, conduct and canteens term by term."""

from __future__ import annotations

from random import Random

from schemas.sample.chance import choose, draw, happens
from schemas.sample.facts.schools import School
from schemas.sample.filings import Value

SCHOOL_DAYS = {"09": 21, "10": 17}
TERM_WEEKS = 18

HOURS = {"kg": (3.0, 4.5), "primary": (5.2, 6.0), "junior": (6.3, 7.0), "senior": (7.2, 8.0)}
HOMEWORK = {"kg": (0.0, 0.0), "primary": (0.5, 1.0), "junior": (1.0, 1.5), "senior": (1.4, 2.0)}
SLEEP = {"kg": (10.2, 11.0), "primary": (9.7, 10.3), "junior": (8.8, 9.3), "senior": (7.8, 8.3)}
PERIODS = {"kg": 0, "primary": 28, "junior": 33, "senior": 36}
PHYSICAL = {"kg": 0, "primary": 4, "junior": 3, "senior": 3}


def find_month(school: School, month: str, pupils: int) -> dict[str, int]:
    """A month's counts of safety, health and canteen."""
    random = draw(school.code, month, "month")
    days = SCHOOL_DAYS[month[5:]] + random.randint(-1, 1)
    found = random.randint(0, 3 + pupils // 400)
    major = int(happens(random, 0.03) and found > 0)
    drills = random.randint(1, 2)
    meals_found = random.randint(0, 3)
    return {
        "open_days": days, "weeks": 4, "hazard_found": found,
        "hazard_fixed": found - int(happens(random, 0.12) and found > 0),
        "hazard_major": major, "hazard_major_fixed": major, "accidents": 0, "abnormal_deaths": 0, "crime_students": 0,
        "bullying": int(happens(random, pupils / 60000)), "drills": drills,
        "drill_persons": round(pupils * drills * random.uniform(0.94, 1.0)),
        "env_issues": random.randint(0, 2), "food_events": 0, "disease_deaths": 0,
        "crisis_students": round(pupils * random.uniform(0, 0.004)) if not school.is_kindergarten else 0,
        "meals_acc": days - random.randint(0, 2), "meal_found": meals_found, "meal_fixed": meals_found,
        "principal_checks": random.randint(4, 8), "logistics_days": days - random.randint(0, 3),
        "leader_meal_days": days - random.randint(0, 4), "class_visits": random.randint(4, 14), "returned": 0,
        "poverty_out": 0,
        "disclosure": random.randint(1, 9),
    }  # fmt: skip


def find_conduct(
    school: School, stage: str, term: str, pupils: int, teachers: int, *, boards: bool
) -> dict[str, Value]:
    """How a stage of a school is run in a term; a few stretch the rules."""
    random = draw(school.code, stage, term, "conduct")
    strict = not happens(random, 0.05)
    conduct: dict[str, Value] = dict(_find_burden(random, stage, strict=strict)) | _find_lessons(
        random, stage, pupils, teachers
    )
    if stage == "primary":
        conduct |= {"homework_g12": 0.0 if strict else 0.3, "exam_subjects": 2, "zero_start": _yes(strict)}
    if stage == "senior":
        conduct["early_split"] = _yes(not strict and happens(random, 0.3))
    if stage == "kg":
        conduct["reading_min"] = random.choice((15, 15, 20, 20, 25)) if strict else 10
    if boards:
        conduct |= {
            "evening_boarder": 2.0 if strict else 2.5,
            "soup": float(random.choice((2, 2, 3))),
            "meat": float(random.choice((5, 6, 7, 10))),
        }
    return conduct


def _find_burden(random: Random, stage: str, *, strict: bool) -> dict[str, Value]:
    taught = stage != "kg"
    return {
        "study_hours": round(random.uniform(*HOURS[stage]) + (0 if strict else 0.4), 1),
        "evening_day": _yes(not strict and stage == "junior"),
        "homework": round(random.uniform(*HOMEWORK[stage]), 1), "sleep": round(random.uniform(*SLEEP[stage]), 1),
        "exams": int(taught) + int(stage in ("junior", "senior")), "joint_exams": int(not strict and stage == "senior"),
        "unified_exams": 0, "holiday_classes": 0 if strict else random.randint(0, 2), "targets_set": "否",
        "ranking": _yes(not strict and happens(random, 0.3)), "publicity": "否", "key_classes": 0,
        "timetable": "是" if taught or strict else "否",
        "curriculum_full": _yes(strict or happens(random, 0.5)), "selective_tests": 0, "reduce_goal": _yes(strict),
        "materials": 0,
        "leasing": "否", "contests": 0, "core_values": random.choice((12, 24)) if strict else 10,
        "ethics_routine": float(random.choice((1, 1, 2))) if strict else 0.5,
    }  # fmt: skip


def _find_lessons(random: Random, stage: str, pupils: int, teachers: int) -> dict[str, Value]:
    periods, physical = PERIODS[stage] * TERM_WEEKS, PHYSICAL[stage] * TERM_WEEKS
    books = {"kg": 0, "primary": 12, "junior": 9, "senior": 9}[stage]
    experiments = {"kg": 0, "primary": 38, "junior": 52, "senior": 60}[stage]
    available = round(periods * random.uniform(0.3, 0.5)) + 40
    seen = teachers * random.randint(2, 4)
    tested = round(pupils * random.uniform(0.2, 0.4))
    asked = round(pupils * random.uniform(0.5, 0.9))
    return {
        "textbook_due": books, "textbook_ok": books,
        "exercise": round(random.uniform(1.0, 2.0), 1) if stage != "kg" else 2.0,
        "pe_due": physical, "pe_done": physical - random.choice((0, 0, 0, 1, 2)) * (stage != "kg"),
        "sports_events": random.randint(2, 6),
        "first_aid": {"junior": 4.0, "senior": 4.0}.get(stage, 0.0), "four_ones": random.randint(3, 4),
        "periods": periods,
        "tech_periods": round(periods * random.uniform(0.55, 0.9)), "exp_due": experiments,
        "exp_done": experiments - random.randint(0, 2) * (stage != "kg"), "use_avail": available,
        "use_done": round(available * random.uniform(0.72, 0.95)), "lessons_seen": seen,
        "lessons_good": round(seen * random.uniform(0.4, 0.7)),
        "goal_tested": tested, "goal_met": round(tested * random.uniform(0.86, 0.97)), "parents_valid": asked,
        "parents_ok": round(asked * random.uniform(0.9, 0.985)), "clubs": random.randint(2, 8) + pupils // 150,
        "courses": random.randint(2, 6) + pupils // 300, "awards": round(pupils * random.uniform(0, 0.02)),
    }  # fmt: skip


def find_canteens(school: School, pupils: int) -> list[dict[str, Value]]:
    """One canteen, two in large schools, a supplier of meals in the smallest."""
    random = draw(school.code, "canteens")
    if pupils < 60 and not school.is_kindergarten:
        return [_describe_canteen(random, 1, "2", round(pupils * random.uniform(0.8, 1.0)))]
    number = 2 if pupils > 2200 else 1
    diners = round(pupils * random.uniform(0.78, 0.97))
    return [_describe_canteen(random, n + 1, "1", diners // number) for n in range(number)]


def _describe_canteen(random: Random, number: int, kind: str, diners: int) -> dict[str, Value]:
    return {
        "canteen_no": number, "kind": kind, "diners": diners,
        "grade": choose(random, (("A", 62), ("B", 35), ("未评", 3))),
        "sunshine": _yes(happens(random, 0.94)), "smart": _yes(happens(random, 0.4)),
        "bulk": _yes(happens(random, 0.8)),
        "inspections": random.randint(1, 4),
    }  # fmt: skip


def _yes(answer: int) -> str:
    return "是" if answer else "否"
