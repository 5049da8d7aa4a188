"""What schools keep beside the official returns: conditions and management, health, the year just ended, intake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from random import Random

from schemas.sample.chance import draw, happens, round_randomly
from schemas.sample.facts.pupils import Pupil, Roll
from schemas.sample.facts.schools import School

FLAGS = {
    "legal_vp": 0.96, "liability_ins": 0.99, "guard_std": 0.93, "smart_security": 0.9, "safe_campus": 0.92,
    "party_org": 0.94,
    "parent_school": 0.95, "smoke_free": 0.99, "health_supervisor": 0.93, "wifi": 0.86, "ipv6": 0.6, "website": 0.55,
    "std_access": 0.82, "equip_net": 0.8, "equip_full": 0.88, "renewed": 0.84, "modern_std": 0.83, "in_group": 0.62,
    "small_class": 0.2, "eco_edu": 0.96, "lang_norm": 0.95, "one_feature": 0.78, "fee_public": 0.98,
}  # fmt: skip
"""Share of schools that answer yes, all institutions."""

UPPER_FLAGS = {
    "pe_health_std": 0.86, "sports_open": 0.7, "ai_course": 0.48, "it_course": 0.95, "three_cls": 0.66,
    "calligraphy": 0.92,
    "art_course": 0.96, "legal_course4": 0.97,
}  # fmt: skip
"""The same for schools of general education."""

HEALTH = {
    "kg": (0.09, 0.5, 0.3),
    "primary": (0.34, 0.82, 0.7),
    "junior": (0.66, 0.85, 0.72),
    "senior": (0.79, 0.84, 0.7),
}
"""Stage → share of short-sighted, of those with two sports, of those with an art."""


@dataclass(frozen=True, slots=True)
class SchoolSize:
    """Figures of a school that the supplement builds on."""

    pupils: int
    classes: int
    capacity: int
    classrooms: int
    multimedia: int
    teachers: int
    staff: int
    backbone: int
    new_teachers: int
    boarders: int


def find_flags(school: School, year: int) -> dict[str, bool]:
    """Yes-or-no items; who has a thing keeps it, and a few more get it each year."""
    chances = dict(FLAGS)
    if school.is_ordinary:
        chances |= UPPER_FLAGS
    if school.is_public:
        chances["ac_air"] = 0.74
    if "kg" in school.stages:
        chances["toy_std"] = 0.85
    gain = 0.04 if year > 2024 else 0.0
    private = 0.06 if not school.is_public else 0.0
    return {name: draw(school.code, name).random() < chance + gain - private for name, chance in chances.items()}


def find_counts(school: School, year: int, size: SchoolSize) -> dict[str, int]:
    """Counts of the supplement's first sheet."""
    random = draw(school.code, year, "supplement")
    doctors = max(1, ceil(size.pupils / 600))
    buildings = max(1, size.pupils // 350 + random.randint(0, 1))
    counts = {
        "seats": size.capacity, "seats_new": size.capacity if school.opened_on else 0, "doctor_required": doctors,
        "doctor_contract": random.randint(0, doctors), "lit_rooms": round(size.classrooms * random.uniform(0.8, 1.0)),
        "net_admin": int(size.pupils > 300) + int(size.pupils > 2000), "mm_classes": min(size.classes, size.multimedia),
        "mm_new": random.randint(0, 2), "computers_new": round(size.pupils * random.uniform(0, 0.02)),
        "recording_rooms": int(size.pupils > 400) + int(size.pupils > 1800), "new_spaces": random.randint(0, 3),
        "rotation_flats": random.randint(2, 10) if school.group == "rural" and school.is_public else 0,
        "bld_count": buildings, "bld_system": buildings - int(happens(random, 0.05)),
        "safety16": random.randint(14, 16),
    }  # fmt: skip
    if not school.is_ordinary:
        return counts
    rooms = max(3, ceil(size.classes / 3))
    labs = max(1, ceil(size.classes / 8))
    counts |= {
        "room_required": rooms, "room_have": rooms - int(happens(random, 0.2)), "labs": labs,
        "labs_new": int(happens(random, 0.1)),
        "inquiry_labs": labs // 3 + int(year > 2024 and happens(random, 0.15)),
        "resource_rooms": int(school.has("disabled") or happens(random, 0.15)), "fit10": random.randint(8, 10),
    }  # fmt: skip
    return counts | ({"tech_labs": 2 + size.classes // 20} if "senior" in school.stages else {})


def find_health(roll: Roll) -> dict[str, int]:
    """Examinations of the year just ended, with what they found."""
    random = draw(roll.school, roll.stage, roll.year, "health")
    base, entered = len(roll.before), len(roll.moves.entered)
    short_sighted, sports, arts = HEALTH["senior" if roll.stage == "voc" else roll.stage]
    drift = 1 - 0.015 * (roll.year - 2024)
    screened, seen = round(base * random.uniform(0.95, 0.995)), round(base * random.uniform(0.94, 0.99))
    checked = round(base * random.uniform(0.93, 0.985))
    return {
        "screened": screened, "myopic": round(screened * short_sighted * drift * random.uniform(0.94, 1.06)),
        "checkup": seen,
        "common_exam": checked, "common_found": round(checked * random.uniform(0.09, 0.2)),
        "eye_file": round(screened * random.uniform(0.96, 1.0)), "efile": round(seen * random.uniform(0.95, 1.0)),
        "vacc_due": entered, "vacc_checked": entered - int(happens(random, 0.1) and entered > 0),
        "skill2": round(base * sports * random.uniform(0.93, 1.07)),
        "art1": round(base * arts * random.uniform(0.93, 1.07)),
    }  # fmt: skip


def find_year(roll: Roll) -> dict[str, int]:
    """The school year just ended and its graduates."""
    random = draw(roll.school, roll.stage, roll.year, "year")
    moves = roll.moves
    came, gone = len(moves.joined), len(moves.moved_away)
    lost = len(moves.suspended) + len(moves.quit) - len(moves.returned)
    end = len(roll.before) + came - gone - len(moves.died) - lost
    graduates = len(moves.graduated)
    passed = graduates - int(happens(random, 0.3) and graduates > 50)
    middle = roll.list_grade(2) if roll.stage == "junior" else ()
    first = roll.list_grade(1) if roll.stage == "senior" else ()
    older = [pupil for pupil in roll.pupils if roll.stage != "primary" or pupil.find_grade(roll.year) >= 4]
    return {
        "yr_start": len(roll.before), "yr_in": came, "yr_out": gone, "yr_death": len(moves.died), "yr_end": end,
        "grad_class": graduates, "grad_pass": passed, "exam_taken": graduates, "exam_pass": passed,
        "exam_excellent": round(passed * random.uniform(0.28, 0.5)), "eval_done": graduates,
        "conduct_pass": _share(random, roll.pupils, 0.985, 1.0), "inquiry": _share(random, older, 0.8, 0.97),
        "inquiry_base": len(older), "practice": _share(random, middle, 0.9, 1.0), "practice_base": len(middle),
        "military": _share(random, first, 0.97, 1.0), "military_base": len(first),
        "ecert": round(roll.size * random.uniform(0.4, 0.8)),
        "ereg": roll.size - (roll.size > 300 and random.randint(0, 2)),
    }  # fmt: skip


def _share(random: Random, pupils: tuple[Pupil, ...] | list[Pupil], low: float, high: float) -> int:
    return round(len(pupils) * random.uniform(low, high))


def find_teacher_items(school: School, year: int, size: SchoolSize) -> dict[str, int]:
    """Teachers and heads, beyond the yearly returns."""
    random = draw(school.code, year, "teacher items")
    n = size.teachers
    heads = 2 if size.pupils > 1500 else 1
    new_heads = int(happens(random, 0.1))
    items = {
        "authorised": round(size.staff * random.uniform(0.94, 1.06)) if school.is_public else 0, "teachers_all": n,
        "ethics_files": n, "ethics_pledge": n - int(happens(random, 0.05) and n > 0),
        "contracts": size.staff - int(happens(random, 0.2) and size.staff > 5),
        "backbone_all": size.backbone + round_randomly(random, n * 0.1),
        "mandarin_due": n, "mandarin_ok": n - random.randint(0, n // 25), "heads": heads,
        "heads_edu_ok": heads - int(happens(random, 0.04)),
        "new_heads": new_heads, "new_heads_cert": new_heads, "new_teachers": size.new_teachers,
    }  # fmt: skip
    if not school.is_kindergarten:
        trained = round(n * random.uniform(0.95, 1.0))
        items |= {
            "subject_short": random.randint(0, 1 + n // 40), "literacy_tested": round(n * random.uniform(0.5, 0.9)),
            "it_due": n,
            "it_done": trained, "app_teachers": round(n * random.uniform(0.8, 0.98)),
            "app_students": round(size.pupils * random.uniform(0.55, 0.9)),
        }  # fmt: skip
    if "senior" in school.stages:
        items["postgrad_course"] = round(n * random.uniform(0.2, 0.34))
    if "kg" in school.stages:
        items |= {"insured": size.staff, "kg_qualified": n}
        if school.is_public:
            items["contract_staff"] = round(size.staff * 0.45) if school.is_kindergarten else 2
    if not school.is_public:
        items["public_in_private"] = random.randint(0, 3) if school.is_ordinary else 0
    return items


def find_intake(school: School, year: int, entered: int, migrants: int) -> Mapping[str, int]:
    """The autumn intake: plan, applications and how places were given."""
    random = draw(school.code, year, "intake")
    public = school.is_public
    sought = happens(random, 0.7) or school.type == "345"
    over = sought and not public and school.is_ordinary
    applicants = round(entered * random.uniform(1.15, 1.5)) if over else round(entered * random.uniform(1.0, 1.03))
    return {
        "plan_admit": entered if over else ceil(entered * random.uniform(1.0, 1.06)), "applicants": applicants,
        "online_apply": round(applicants * random.uniform(0.8, 1.0)), "admitted": entered,
        "lottery_admit": entered if over else 0,
        "near_admit": entered if public and {"primary", "junior"} & set(school.stages) else 0,
        "points_admit": min(migrants, round(entered * 0.05)) if public else 0, "choice_admit": 0,
    }  # fmt: skip
