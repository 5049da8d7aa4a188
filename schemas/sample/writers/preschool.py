"""B15: how kindergartens are supervised."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.sample.calendar import YEARS, spell_school_year
from schemas.sample.chance import draw
from schemas.sample.facts.district import Facts
from schemas.sample.facts.kindergartens import Kindergarten
from schemas.sample.facts.listing import TOWNSHIPS
from schemas.sample.facts.schools import School
from schemas.sample.filings import Filing
from schemas.sample.writers.filing import Line, file_for_office, yes


def write_preschool(facts: Facts) -> Iterator[Filing]:
    for year in YEARS:
        schools = [school for school in facts.list_open(year) if school.is_kindergarten]
        lines = [_describe(school, facts.kindergartens[(school.code, year)], year) for school in schools]
        seats = sum(facts.count_classes(s, year) * 30 for s in schools if s.is_public and s.group == "urban")
        items = {
            "townships": len(TOWNSHIPS), "townships_central": len(TOWNSHIPS),
            "unlicensed_cleared": 2 - (year - YEARS[0]),
            "urban_need": round(seats * 0.98), "urban_seats": seats, "compound_due": 4, "compound_sync": 4,
        }  # fmt: skip
        yield file_for_office(
            "B15", spell_school_year(year), {f"ka.{name}": n for name, n in items.items()}, {"kgq": lines}
        )


def _describe(school: School, kindergarten: Kindergarten, year: int) -> Line:
    random = draw(school.code, "supervision")
    compound = school.group == "urban" and random.random() < 0.4
    listed = compound and random.random() < 0.6
    is_new = school.opened_on is not None and school.opened_on.year == year
    return {
        "school_code": school.code, "grade": kindergarten.grade, "new_this_year": yes(is_new),
        "assessed": yes(kindergarten.grade != "4"),
        "inspect_due": yes(not is_new), "inspect_ok": yes(not is_new and random.random() < 0.97),
        "primaryisation": yes(random.random() < 0.03),
        "video3": yes(random.random() < 0.95), "in_group": yes(random.random() < 0.4), "compound": yes(compound),
        "compound_listed": yes(listed),
        "compound_done": yes(listed), "compound_public": yes(compound and school.is_public), "received": yes(is_new),
    }  # fmt: skip
