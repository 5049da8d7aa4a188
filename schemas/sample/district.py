"""The sample district 示例区: its facts, and the filings in which they arrive."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from schemas.sample.calendar import NIGHTS, find_due
from schemas.sample.facts.bureau_tables import SECTIONS
from schemas.sample.facts.district import Facts, build_facts
from schemas.sample.facts.listing import BUREAU_CODE, DISTRICT_CODE, DISTRICT_NAME
from schemas.sample.filings import Filing, Sample
from schemas.sample.troubles import plant_troubles
from schemas.sample.writers.basic import write_profiles
from schemas.sample.writers.bureau_people import write_safeguards, write_support, write_teacher_development
from schemas.sample.writers.bureau_work import (
    write_digital,
    write_governance,
    write_health,
    write_inspections,
    write_lifelong,
    write_plans,
    write_projects,
)
from schemas.sample.writers.classes import write_classes
from schemas.sample.writers.daily import write_conduct, write_school_months
from schemas.sample.writers.filing import RETURN_IDS
from schemas.sample.writers.finance import write_accounts, write_budgets, write_finance_supplement
from schemas.sample.writers.flow import write_flows, write_months
from schemas.sample.writers.kindergarten import write_kindergartens, write_statuses
from schemas.sample.writers.population import write_populations
from schemas.sample.writers.premises import write_premises
from schemas.sample.writers.preschool import write_preschool
from schemas.sample.writers.register import write_registers
from schemas.sample.writers.special import write_special, write_vocational
from schemas.sample.writers.staff import write_staff
from schemas.sample.writers.students import write_students
from schemas.sample.writers.supplement import write_supplements

Writer = Callable[[Facts], Iterable[Filing]]

WRITERS: Mapping[str, Writer] = {
    "J00": write_registers, "J01": write_profiles, "J02": write_classes, "J03": write_students, "J04": write_flows,
    "J05": write_staff, "J06": write_premises, "J07": write_kindergartens, "J08": write_special,
    "J09": write_vocational,
    "J10": write_accounts, "B01": write_populations, "B02": write_budgets, "B03": write_safeguards,
    "B04": write_statuses,
    "B05": write_teacher_development, "B06": write_health, "B07": write_projects, "B08": write_digital,
    "B09": write_support,
    "B10": write_governance, "B11": write_lifelong, "B12": write_inspections, "B13": write_plans,
    "B14": write_finance_supplement, "B15": write_preschool, "M01": write_months, "S01": write_school_months,
    "S02": write_supplements, "S03": write_conduct,
}  # fmt: skip
"""Number of a return → what writes its filings."""

DEFINITIONS = Path(__file__).parent / "definitions"
"""The district's own targets."""

YEARLY = ("2024-2025", "2025-2026", "2024", "2025")


def build_sample_district(returns: Collection[str] | None = None) -> Sample:
    """The sample with the returns of these numbers (J03 …), or with all. The register is always there."""
    facts = build_facts()
    chosen = [no for no in WRITERS if returns is None or no in returns or no == "J00"]
    filings = plant_troubles(filing for no in chosen for filing in WRITERS[no](facts))
    filings.sort(key=lambda f: (f.received_on, f.return_id != "register", f.return_id, f.period, f.school, f.revision))
    return Sample(
        DISTRICT_CODE, DISTRICT_NAME, BUREAU_CODE, list(_open_collections(filings, is_whole=returns is None)),
        list(_choose_nights(filings)), filings,
        SECTIONS, definitions=DEFINITIONS,
    )  # fmt: skip


def _open_collections(filings: Iterable[Filing], *, is_whole: bool) -> Iterator[Mapping[str, object]]:
    """The periods that something is filed for. Months, terms and parts of the sample name the returns asked for."""
    numbers = {return_id: no for no, return_id in RETURN_IDS.items()}
    asked: dict[str, set[str]] = {}
    for filing in filings:
        asked.setdefault(filing.period, set()).add(numbers[filing.return_id])
    for period in sorted(asked):
        due = {no: day for no in sorted(asked[period]) if (day := find_due(no, period)) is not None}
        named = {} if is_whole and period in YEARLY else {"returns": sorted(asked[period])}
        yield {"period": period, **named, "due": due}


def _choose_nights(filings: Iterable[Filing]) -> Iterator[date]:
    """The nights on which something arrives."""
    days = {filing.received_on for filing in filings}
    earlier = None
    for night in NIGHTS:
        if any((earlier is None or day > earlier) and day <= night for day in days):
            yield night
        earlier = night
