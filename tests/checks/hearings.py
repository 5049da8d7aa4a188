"""Judging the examples of the corpus with the product's own judging, without a warehouse.

Examples of one return and period that are held against the same records, register and settings are heard together.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cache

from flows.assess import RecordShelf, Registers
from flows.checks.findings import Finding
from flows.checks.ledger import Ledger, Tally
from flows.checks.structure import find_period
from flows.judging import Bench, Docket, Hearing, Papers, build_dockets, hear_alone, hear_linked, list_tainted
from flows.normalisers.records import stack_readings
from flows.readers.reading import Reading
from flows.register import pick_attributes
from flows.settings import Settings
from flows.sources import AcceptedBlock, settle_accepted
from flows.warehouse.submissions import SubmissionRow
from flows.warehouse.tables import Connection
from flows.warehouse.warehouse import open_empty
from schemas.catalogue import Catalogue
from schemas.compile import compile_checks
from schemas.expressions.scope import Lines
from schemas.layout import FormLayout
from schemas.sample.filings import Filing
from tests.checks.cases import Case, Example, OtherFiling
from tests.checks.filings import apply_example, change_filing, index_filings, load_definitions, load_sample
from tests.checks.records import read_filing
from tests.checks.workbooks import read_as_file

TODAY = date(2025, 12, 31)
SURROUNDINGS = ("others", "register_line", "settings", "has_register")
Counts = tuple[int, int, int, int]
NOT_RUN: Counts = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An example of a case under its place in the corpus: check code, role, number."""

    code: str
    role: str
    number: int
    case: Case
    example: Example

    @property
    def key(self) -> tuple[str, str, int]:
        return self.code, self.role, self.number

    @property
    def session(self) -> tuple[str, str, str]:
        """Exhibits with the same are heard together."""
        said = self.example.model_dump(include=set(SURROUNDINGS), exclude_defaults=True)
        concerned = [self.case.among_all, self.case.school if said else ""]
        return self.case.return_id, self.case.period, json.dumps([concerned, said], default=str, sort_keys=True)

    @property
    def sent(self) -> str:
        """What is sent and how; the filing in order is sent once for all checks that it passes."""
        said = self.example.model_dump(exclude=set(SURROUNDINGS), exclude_defaults=True)
        return json.dumps([self.case.school, self.case.as_file, said], default=str, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was said of one exhibit. Counts are applicable, passed, failed, not assessed."""

    findings: tuple[Finding, ...]
    counts: Mapping[str, Counts]

    def find(self, code: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.code == code]

    def count(self, code: str) -> Counts:
        return self.counts.get(code, NOT_RUN)


@dataclass
class Courtroom:
    """Hears exhibits when first asked for one of their session."""

    catalogue: Catalogue = field(repr=False)
    cases: Mapping[str, Case] = field(repr=False)
    _outcomes: dict[tuple[str, str, int], Outcome] = field(default_factory=dict, repr=False)

    def hear(self, code: str, role: str, number: int = 0) -> Outcome:
        key = (code, role, number)
        if key not in self._outcomes:
            asked = next(exhibit for exhibit in list_exhibits({code: self.cases[code]}) if exhibit.key == key)
            together = [e for e in list_exhibits(self.cases) if e.session == asked.session]
            self._outcomes |= hear_together(self.catalogue, together)
        return self._outcomes[key]


def list_exhibits(cases: Mapping[str, Case]) -> list[Exhibit]:
    """Every example of every case."""
    return [exhibit for code, case in cases.items() for exhibit in _list_of_case(code, case)]


def _list_of_case(code: str, case: Case) -> Iterator[Exhibit]:
    yield Exhibit(code, "passes", 0, case, case.given)
    for number, failure in enumerate(case.fails):
        yield Exhibit(code, "fails", number, case, failure.after(case.given))
    if case.unassessed is not None:
        yield Exhibit(code, "unassessed", 0, case, case.unassessed.after(case.given))


def hear_together(catalogue: Catalogue, exhibits: Sequence[Exhibit]) -> dict[tuple[str, str, int], Outcome]:
    """The outcomes of exhibits of one session."""
    bench = build_bench(catalogue, exhibits[0])
    numbers = {sent: number for number, sent in enumerate(dict.fromkeys(e.sent for e in exhibits), start=1)}
    shown = {exhibit.sent: exhibit for exhibit in exhibits}
    received = [_receive(catalogue, number, shown[sent]) for sent, number in numbers.items()]
    readings = {row.submission: reading for row, reading in received}
    hearings = [
        hearing
        for docket in build_dockets(catalogue, [row for row, _ in received], len(received))
        for hearing in _hear_docket(bench, docket, readings, exhibits[0])
    ]
    outcomes = {number: _conclude(hearings, number) for number in numbers.values()}
    return {exhibit.key: outcomes[numbers[exhibit.sent]] for exhibit in exhibits}


def build_bench(catalogue: Catalogue, exhibit: Exhibit) -> Bench:
    """What the exhibits of a session are judged by, with an empty shelf."""
    example = exhibit.example
    settings = Settings.model_validate({**describe_district(), **example.settings})
    given = list_registers(catalogue, exhibit) if example.has_register else {}
    registers = Registers(catalogue, connect_to_nothing(), given)
    return Bench(catalogue, settings, registers, RecordShelf(catalogue, connect_to_nothing(), registers), TODAY)


def describe_district() -> dict[str, object]:
    """The sample district's own settings."""
    sample = load_sample()
    return {
        "district_code": sample.district_code, "district_name": sample.district_name,
        "bureau_code": sample.bureau_code, "sections": list(sample.sections), "collections": list(sample.collections),
    }  # fmt: skip


@cache
def connect_to_nothing() -> Connection:
    return open_empty()


def list_registers(catalogue: Catalogue, exhibit: Exhibit) -> dict[str, Mapping[str, Lines]]:
    """Period → lists of the sample's register, with what the example says of its school."""
    register = catalogue.register
    assert register is not None
    assert register.roles is not None
    sheet, school_field = register.roles.sheet, register.roles.school
    return {
        filing.period: _read_register(catalogue, filing, sheet, school_field, exhibit)
        for filing in index_filings().values()
        if filing.return_id == register.id
    }


def _read_register(
    catalogue: Catalogue, filing: Filing, sheet: str, school_field: str, exhibit: Exhibit
) -> Mapping[str, Lines]:
    said, school = exhibit.example.register_line, exhibit.case.school
    lines = [{**line, **(said if line[school_field] == school else {})} for line in filing.lists[sheet]]
    layout = catalogue.find_layout(filing.return_id, filing.period)
    reading = read_filing(catalogue, layout, replace(filing, lists={**filing.lists, sheet: lines}))
    return stack_readings(layout, [0], [reading]).lists


def _receive(catalogue: Catalogue, number: int, exhibit: Exhibit) -> tuple[SubmissionRow, Reading]:
    """The example as taken in: what is known of its file, and what was read of it."""
    case, example = exhibit.case, exhibit.example
    sent = index_filings()[(case.return_id, example.copy_of or case.period, case.school)]
    filing = apply_example(replace(sent, period=case.period), example)
    if case.as_file:
        name, reading = read_as_file(filing, example)
    else:
        name, reading = _name_file(catalogue, filing), _read_values(catalogue, filing, example)
    identity = reading.identity
    definition = catalogue.returns.get(identity.return_id)
    received_at = datetime.combine(filing.received_on, time(12)).isoformat()
    row = SubmissionRow(
        number, "", example.file_name or name, received_at, identity.return_id, identity.version,
        find_period(identity.period, definition) if definition else "", identity.school_code, identity.cover,
        reading.filled, reading.present, reading.is_readable,
    )  # fmt: skip
    return row, reading


def _name_file(catalogue: Catalogue, filing: Filing) -> str:
    return f"{catalogue.returns[filing.return_id].no}_{filing.school}_{filing.period}_v1.xlsx"


def _read_values(catalogue: Catalogue, filing: Filing, example: Example) -> Reading:
    layout = catalogue.find_layout(filing.return_id, filing.period)
    if filing.version:
        layout = catalogue.build_layout(filing.return_id, filing.version)
    reading = read_filing(catalogue, layout, filing)
    cover = reading.identity.cover
    period = example.period or reading.identity.period
    identity = replace(
        reading.identity, school_code=cover["school_code"], period=period, cover={**cover, "period": period}
    )
    return replace(reading, identity=identity, present=reading.present - set(example.without_sheets))


def _hear_docket(bench: Bench, docket: Docket, readings: Mapping[int, Reading], exhibit: Exhibit) -> Iterator[Hearing]:
    """All passes over a docket; the comparison with other schools only where they are there."""
    chosen = [readings[submission] for submission in docket.submissions]
    block = None
    if docket.version:
        layout = bench.catalogue.build_layout(docket.return_id, docket.version)
        block = stack_readings(layout, docket.submissions, chosen)
    papers = Papers(
        {submission: reading.signals for submission, reading in zip(docket.submissions, chosen, strict=True)},
        {submission: reading.moved for submission, reading in zip(docket.submissions, chosen, strict=True)},
        block,
    )
    bench = replace(bench, shelf=bench.shelf.include(list_linked_records(bench, docket, exhibit)))
    alone = hear_alone(docket, papers, bench)
    yield alone
    if docket.version:
        tainted = list_tainted(alone.findings)
        for around in (False, True) if exhibit.case.among_all else (False,):
            yield hear_linked(docket.without(alone.stopped), papers, bench, tainted, around=around)


def list_linked_records(bench: Bench, docket: Docket, exhibit: Exhibit) -> Iterator[AcceptedBlock]:
    """What the sample has of other returns and periods that checks of the docket's return look at."""
    if not docket.version:
        return
    for return_id in sorted(list_linked_returns(docket.return_id, docket.version)):
        filings = list(_list_filings(bench.catalogue, docket, return_id, exhibit))
        for period in sorted({filing.period for filing in filings}):
            if exhibit.case.among_all or (return_id, period) != (docket.return_id, docket.period):
                yield _accept(bench, return_id, period, [filing for filing in filings if filing.period == period])


@cache
def list_linked_returns(return_id: str, version: str) -> frozenset[str]:
    """Returns that the checks of one look at, in its own period or before."""
    catalogue = load_definitions()
    checks = compile_checks(catalogue, catalogue.build_layout(return_id, version))
    looks_beyond = any(check.looks_back or check.looks_around for check in checks)
    own = frozenset({return_id}) if looks_beyond else frozenset()
    return own.union(*(check.other_returns for check in checks))


def _list_filings(catalogue: Catalogue, docket: Docket, return_id: str, exhibit: Exhibit) -> Iterator[Filing]:
    """Filings of a return by the docket's schools, or by all where the district is judged, as the example has them."""
    scopes = {catalogue.returns[return_id].scope, catalogue.returns[docket.return_id].scope}
    is_of_schools = scopes == {"school"} and not exhibit.case.among_all
    said = {_find_key(other, exhibit.case): other for other in exhibit.example.others if other.return_id == return_id}
    filings = {key: filing for key, filing in index_filings().items() if key[0] == return_id}
    for key, other in said.items():
        copied = filings[(key[0], other.copy_of or key[1], key[2])]
        filings[key] = replace(change_filing(copied, other), period=key[1])
    for key, filing in filings.items():
        is_left_out = key in said and said[key].absent
        if not is_left_out and (not is_of_schools or filing.school in docket.schools):
            yield filing


def _find_key(other: OtherFiling, case: Case) -> tuple[str, str, str]:
    return other.return_id, other.period, other.school or case.school


def _accept(bench: Bench, return_id: str, period: str, filings: Sequence[Filing]) -> AcceptedBlock:
    catalogue = bench.catalogue
    layout = catalogue.find_layout(return_id, period)
    readings = [_read_once(layout, filing) for filing in filings]
    schools = tuple(filing.school for filing in filings)
    accepted = AcceptedBlock(stack_readings(layout, list(range(len(filings))), readings), schools, period)
    return settle_accepted(catalogue, accepted, pick_attributes(bench.registers.find(period), schools, period))


def _read_once(layout: FormLayout, filing: Filing) -> Reading:
    """The reading of a filing; one that is as the sample has it is kept."""
    key = (filing.return_id, filing.period, filing.school)
    if index_filings().get(key) is filing:
        return _read_sample(key)
    return read_filing(load_definitions(), layout, filing)


@cache
def _read_sample(key: tuple[str, str, str]) -> Reading:
    catalogue = load_definitions()
    return read_filing(catalogue, catalogue.find_layout(key[0], key[1]), index_filings()[key])


def _conclude(hearings: Sequence[Hearing], submission: int) -> Outcome:
    counts: dict[str, Counts] = {}
    for hearing in hearings:
        for submissions, ledger in hearing.ledgers:
            if submission in submissions:
                counts |= _count(ledger, submissions.index(submission))
    findings = (f for hearing in hearings for f in hearing.findings if f.submission == submission)
    return Outcome(tuple(findings), counts)


def _count(ledger: Ledger, position: int) -> dict[str, Counts]:
    def pick(tally: Tally) -> Counts:
        columns = (tally.applicable, tally.passed, tally.failed, tally.not_assessed)
        applicable, passed, failed, not_assessed = (int(column[position]) for column in columns)
        return applicable, passed, failed, not_assessed

    return {code: pick(tally) for code, tally in ledger.tallies.items()}
