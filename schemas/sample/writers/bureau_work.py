"""Bureau returns on work: B06, B07, B08, B10, B11, B12 and B13."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from schemas.sample.calendar import MONTHS_OF_BUREAU, TERMS_OF_BUREAU, YEARS, spell_school_year
from schemas.sample.chance import draw
from schemas.sample.facts.bureau_tables import ADULT, CASES, GAPS, PETITIONS, PLANS, SECTIONS
from schemas.sample.facts.daily import find_canteens
from schemas.sample.facts.district import Facts
from schemas.sample.facts.premises import EXTENDED
from schemas.sample.filings import Filing, Value
from schemas.sample.writers.filing import Line, file_for_office, yes
from schemas.sample.writers.tables import spell


def write_health(facts: Facts) -> Iterator[Filing]:
    for year in YEARS:
        schools = [school for school in facts.list_open(year) if school.is_ordinary]
        canteens = sum(
            len(find_canteens(s, facts.count_pupils(s, year)))
            for s in facts.list_open(year)
            if not {"voc", "special"} & set(s.stages)
        )
        graduates = sum(
            len(r.moves.graduated) for (_, stage, y), r in facts.rolls.items() if stage == "junior" and y == year
        )
        more = year - YEARS[0]
        items = {
            "fit_rank": 4 - more, "fit_due": len(schools), "fit_done": len(schools) - 1 + more, "pe_exam_n": graduates,
            "pe_exam_sum": round(graduates * (36.4 + 0.3 * more), 1), "ct_total": canteens, "ct_inspected": canteens,
            "ct_rounds": 2,
            "meals_bureau": 64 + 8 * more, "mb_found": 11, "mb_fixed": 11,
        }  # fmt: skip
        yield file_for_office("B06", spell_school_year(year), {f"hb.{name}": value for name, value in items.items()})


def write_projects(facts: Facts) -> Iterator[Filing]:
    for month in MONTHS_OF_BUREAU:
        year = int(month[:4])
        lines = [_describe_project(facts, n, name, year) for n, name in enumerate(sorted(EXTENDED), start=1)]
        gaps: list[Line] = [
            {
                "gap_id": f"DB{year}-{n:02d}", "certification": certification, "indicator_id": indicator,
                "found_on": date(year, 3, 3 + n),
                "due_on": date(year, 11, 28), "closed": yes(n % 3 != 0),
            }
            for n, (certification, indicator) in enumerate(GAPS, start=1)
        ]  # fmt: skip
        yield file_for_office("B07", month, {}, {"proj": lines, "gap": gaps})


def _describe_project(facts: Facts, number: int, name: str, year: int) -> Line:
    school = next(school for school in facts.schools if school.short_name == name)
    added = facts.premises[(school.code, YEARS[1])][0].grounds.bldg_new
    done, total = year > YEARS[0], round(added * 0.42, 2)
    return {
        "project_id": f"XM2024-{number:02d}", "name": f"{name}教学楼扩建工程", "school_code": school.code,
        "township_name": school.township,
        "category": "1", "nature": "2" if done else "1", "livelihood": "4" if number <= 2 else None, "gov_invest": "是",
        "key": yes(number <= 3),
        "floor_area": added, "teach_bld": 1, "dorm_bld": 0, "classes": 6, "seats": 270, "stage": school.stages[-1],
        "total_plan": total,
        "year_plan": round(total * (0.45 if not done else 0.55), 2), "half_plan": round(total * 0.25, 2),
        "invested": round(total * (0.47 if not done else 0.995), 2), "nodes_plan": 8, "nodes_done": 8 if done else 5,
        "plan_finish": date(2025, 8, 20), "actual_finish": date(2025, 8, 18) if done else None, "finished": yes(done),
        "in_use": yes(done),
        "on_schedule": "是", "major": yes(number == 1), "audited": yes(number == 1), "risk_assessed": "是",
    }  # fmt: skip


def write_digital(_: Facts) -> Iterator[Filing]:
    for year in YEARS:
        more = year - YEARS[0]
        items: dict[str, Value] = {
            "man_bw": 40000, "egress_bw": 20000 + 5000 * more, "school_bw_std": 200, "city_exchange": "是",
            "services": 58,
            "services_online": 55 + 2 * more, "ratings": 4120 + 380 * more, "ratings_ok": 4086 + 390 * more,
            "approvals": 96 - 4 * more,
            "approvals_online": 94 - 4 * more, "cert_apply": 812 + 20 * more, "cert_online": 812 + 20 * more,
            "exam_rooms": 410, "exam_monitored": 410,
        }  # fmt: skip
        yield file_for_office("B08", spell_school_year(year), {f"db.{name}": value for name, value in items.items()})


def write_governance(facts: Facts) -> Iterator[Filing]:
    for month in MONTHS_OF_BUREAU:
        more = int(month[:4]) - YEARS[0]
        private = sum(not school.is_public for school in facts.list_open(int(month[:4])))
        items = {
            "law_due": 5460 + 40 * more, "law_done": 5452 + 44 * more, "training_inst": 86 - 7 * more,
            "private_inst": private,
            "private_inspected": private, "private_passed": private - 2 + more, "random_checks": 64 + 10 * more,
            "community_bases": 5 + more,
            "supervisors": 42, "zones": 9, "group_petitions": 1 - more,
        }  # fmt: skip
        values: dict[str, Value] = {f"sg.{name}": value for name, value in items.items()}
        for row, counts in PETITIONS.items():
            values |= {
                spell("petition", row, c): n
                for c, n in zip(("opening", "new", "resolved", "first_resolved", "on_time"), counts, strict=True)
            }
        lines: list[Line] = [
            {"kind": kind, "found": found + more, "closed": closed + more} for kind, found, closed in CASES
        ]
        yield file_for_office("B10", month, values, {"case": lines})


def write_lifelong(facts: Facts) -> Iterator[Filing]:
    for year in YEARS:
        more = year - YEARS[0]
        roll = next(r for (_, stage, y), r in facts.rolls.items() if stage == "voc" and y == year)
        graduates = len(roll.moves.graduated)
        counterpart = round(graduates * 0.62)
        items: dict[str, Value] = {
            "employed": round(graduates * 0.97) - counterpart, "counterpart": counterpart, "majors": 14,
            "majors_room": 14, "majors_intern": 12 + more,
            "ent_months": 38 + 4 * more, "short_train": 5200 + 300 * more, "nondegree": 3100,
            "mandarin_due": graduates, "mandarin_ok": graduates - 21,
            "quota": 1100, "quota_done": len(roll.list_grade(1)), "setup_std": "是",
        }  # fmt: skip
        places = {
            "elder_categories": 9, "elder_courses": 46 + 4 * more, "elder_classes": 82 + 5 * more,
            "elder_students": 3260 + 240 * more,
            "halls": 58, "halls_active": 51 + 3 * more, "adult_schools": 8, "adult_std": 8,
        }  # fmt: skip
        values = {f"va.{name}": value for name, value in items.items()} | {
            f"ae.{name}": value for name, value in places.items()
        }
        lines: list[Line] = [
            {"kind": kind, "base": base, "persons": persons + 100 * more, "person_times": times + 150 * more}
            for kind, base, persons, times in ADULT
        ]
        yield file_for_office("B11", str(year), values, {"adult": lines})


def write_inspections(facts: Facts) -> Iterator[Filing]:
    for term in TERMS_OF_BUREAU:
        year = int(term[:4])
        lines: list[Line] = []
        for school in facts.list_open(year):
            random = draw(school.code, term, "inspection")
            due, audit, weak, uplift = (random.random() < p for p in (0.34, 0.3, 0.03, 0.12))
            line: Line = {
                "school_code": school.code, "posted": "是", "five_mgmt": yes(random.random() < 0.97),
                "comprehensive": yes(random.random() < 0.3),
                "eval_due": yes(due), "eval_done": yes(due and random.random() < 0.95),
                "guided": yes(random.random() < 0.8),
                "fee_audit_due": yes(audit), "fee_audited": yes(audit), "quality_hs": yes(school.type == "342"),
                "weak": yes(weak and school.is_ordinary),
                "uplift": yes(uplift), "score": round(random.uniform(880, 985), 1),
                "adm_score": round(random.uniform(90, 100), 1),
            }  # fmt: skip
            lines.append(line | ({"uplift_due": 6, "uplift_done": random.randint(4, 6)} if uplift else {}))
        certified: list[Line] = [
            {"certification": "3", "passed": "是", "decided_on": date(2019, 12, 20), "doc_ref": "示例〔2019〕8号"},
            {"certification": "1", "passed": "否"}, {"certification": "2", "passed": "否"},
        ]  # fmt: skip
        yield file_for_office(
            "B12", term, {"mq.mq_due": 84, "mq.mq_done": 82 + int(term[-1])}, {"sup": lines, "cert": certified}
        )


def write_plans(_: Facts) -> Iterator[Filing]:
    for month in MONTHS_OF_BUREAU:
        year = int(month[:4])
        for section in SECTIONS:
            lines = [
                _describe_item(section["name"], n, item, year) for n, item in enumerate(PLANS[section["name"]], start=1)
            ]
            yield file_for_office("B13", month, {}, {"plan": lines}, section["code"], section["name"])


def _describe_item(section: str, number: int, item: tuple[str, str, str, int, int], year: int) -> Line:
    group, name, unit, target, actual = item
    reached = actual >= target
    line: Line = {
        "item_id": f"{section}-{year}-{number:02d}", "indicator_id": group, "name": name, "unit": unit, "baseline": 0,
        "target": target,
        "op": ">=", "actual": actual, "actual_on": date(year, 12, 31), "period": str(year), "section": section,
        "status": "3" if reached else "2",
    }  # fmt: skip
    return line if reached else line | {"problem": "进度稍慢", "measure": "倒排工期"}
