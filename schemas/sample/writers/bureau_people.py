"""Bureau returns on people: B03 safeguard and quality, B05 teacher development, B09 aid and special groups."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.sample.calendar import TERMS_OF_BUREAU, YEARS, spell_school_year
from schemas.sample.facts.bureau_tables import AID, EVIDENCE, MONITORING, NOT_MET, RESEARCH, TALENTS, TRAINING
from schemas.sample.facts.district import Facts
from schemas.sample.facts.pupils import Pupil
from schemas.sample.facts.schools import School
from schemas.sample.filings import Filing, Value
from schemas.sample.writers.filing import Line, file_for_office, yes

COMPULSORY = ("primary", "junior")


def write_safeguards(facts: Facts) -> Iterator[Filing]:
    for year in YEARS:
        gov = _describe_government(facts, year)
        quality: list[Line] = [
            {
                "subject": subject,
                "grade": grade,
                "level": level,
                "between_school": round(rate - 0.004 * (year - YEARS[0]), 3),
            }
            for subject, grade, level, rate in MONITORING
        ]
        evidence: list[Line] = [
            {"item_id": item, "met": yes(item not in NOT_MET), "doc_ref": f"示例区教育局佐证〔{year}〕{n}号"}
            for n, item in enumerate(EVIDENCE, start=1)
        ]
        values = {f"gov.{name}": value for name, value in gov.items()}
        yield file_for_office("B03", spell_school_year(year), values, {"quality": quality, "evidence": evidence})


def _describe_government(facts: Facts, year: int) -> dict[str, Value]:
    rosters = [r for (_, _, y), r in facts.rosters.items() if y == year]
    compulsory = [
        (school, pupil) for school in facts.list_open(year) for pupil in _list_pupils(facts, school, year, COMPULSORY)
    ]
    migrants = [(school, pupil) for school, pupil in compulsory if pupil.migrant]
    private = sum(not school.is_public for school, _ in migrants)
    bought = sum(facts.profiles[(s.code, year)].bought_for_migrants for s in facts.list_open(year))
    near: dict[str, Value] = {}
    for stage in COMPULSORY:
        entrants = [
            p
            for school in facts.list_open(year)
            if _admits_nearby(school)
            for p in _list_entrants(facts, school, year, stage)
        ]
        near |= {f"near_{stage}": sum(p.nearby for p in entrants), f"near_{stage}_base": len(entrants)}
    return near | {
        "exch_eligible": sum(r.exchange_eligible for r in rosters), "exch_actual": sum(r.exchanged for r in rosters),
        "exch_backbone": sum(r.exchanged_backbone for r in rosters), "hs_plan": 1640, "hs_quota": 992,
        "hs_quota_rural": 318,
        "migrant_eligible": len(migrants), "migrant_public": len(migrants) - private,
        "migrant_bought": min(bought, private),
        "quota_std_primary": 900.0, "quota_std_junior": 1150.0, "sped_pub_std": 9200.0,
        "satisfaction": 91.35 + 0.6 * (year - YEARS[0]),
    }  # fmt: skip


def _admits_nearby(school: School) -> bool:
    return school.is_public and school.is_ordinary and school.group != "rural" and not school.has("boarding")


def _list_pupils(facts: Facts, school: School, year: int, stages: tuple[str, ...]) -> list[Pupil]:
    return [pupil for roll in facts.list_rolls(school, year) if roll.stage in stages for pupil in roll.pupils]


def _list_entrants(facts: Facts, school: School, year: int, stage: str) -> list[Pupil]:
    return [pupil for roll in facts.list_rolls(school, year) if roll.stage == stage for pupil in roll.list_grade(1)]


def write_teacher_development(_: Facts) -> Iterator[Filing]:
    for year in YEARS:
        more = year - YEARS[0]
        train: list[Line] = [
            {
                "programme_id": f"PX{year}-{n:02d}", "name": name, "category": category, "stage": stage or None,
                "due_persons": persons,
                "persons": persons - n % 3, "completed": persons - n % 3 - n % 2,
                "person_times": persons + n * 5 + more, "hours": hours, "trips": 1 + n % 3,
            }
            for n, (name, category, stage, persons, hours) in enumerate(TRAINING, start=1)
        ]  # fmt: skip
        people: list[Line] = [
            {"kind": kind, "level": level, "stage": stage or None, "n": count + 2 * more}
            for kind, level, stage, count in TALENTS
        ]
        research: list[Line] = [
            {"kind": kind, "n": count + more, "person_times": times} for kind, count, times in RESEARCH
        ]
        yield file_for_office("B05", spell_school_year(year), {}, {"train": train, "tp": people, "tr": research})


def write_support(facts: Facts) -> Iterator[Filing]:
    for term in TERMS_OF_BUREAU:
        year = int(term[:4])
        pupils = {
            stage: [p for s in facts.list_open(year) for p in _list_pupils(facts, s, year, (stage,))]
            for stage in ("kg", *COMPULSORY, "senior", "voc")
        }
        taught = [*pupils["primary"], *pupils["junior"]]
        disabled = facts.populations[year].disabled.values()
        certified = sum(group.total for group in disabled)
        migrants = sum(bool(pupil.migrant) for pupil in taught)
        missing = sum(group.not_enrolled for group in disabled)
        items: dict[str, Value] = {
            "lb_ledger": sum(pupil.left_behind for pupil in taught), "migrant_age": migrants + 6,
            "migrant_in": migrants,
            "cert_disabled": certified, "cert_in": certified - missing - sum(group.exempt for group in disabled),
            "one_case": missing,
            "home_visits": sum(group.home for group in disabled) * 24, "sp_staff_std": "是",
            "care_apply": len(taught) * 2 // 3,
            "care_served": len(taught) * 2 // 3 - 12, "donation": 36.5 + int(term[-1]),
        }  # fmt: skip
        values = {f"grp.{name}": value for name, value in items.items()}
        yield file_for_office(
            "B09", term, values, {"aid": _list_aid({stage: len(group) for stage, group in pupils.items()})}
        )


def _list_aid(sizes: dict[str, int]) -> list[Line]:
    lines: list[Line] = []
    for policy, stage, share, standard in AID:
        aided = round(sizes[stage] * share)
        lines.append(
            {
                "policy": policy,
                "stage": stage,
                "recognised": aided,
                "aided": aided,
                "standard": standard,
                "amount": round(aided * standard / 20000, 2),
            }
        )
    return lines
