"""Checks of a submission against register, collection and calendar, before its content is judged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np

from flows.checks.addresses import AddressBook
from flows.checks.content import Batch
from flows.checks.forms import FiledForm, check_form
from flows.checks.identity import Claim, check_school, tell_unknown
from flows.checks.locks import NO_LOCKS, Locks
from flows.checks.nothing import declares_nil, tell_empty
from flows.normalisers.dates import read_date
from flows.normalisers.records import compute_totals
from flows.normalisers.text import escape_text, fold_label
from flows.register import RegisterView
from flows.signals import Notice, Signal
from schemas.catalogue import Catalogue
from schemas.definitions.returns import Return
from schemas.periods import compute_due_date, find_period_type, normalise_period

SCHOOL_CODE = re.compile(r"\d{10}")
COVER_NAMES = ("filler_name", "checker_name", "head_name")


@dataclass(frozen=True, slots=True)
class CollectionView:
    """Which periods are open, for which returns, and when they are due."""

    periods: Mapping[str, frozenset[str]] = field(default_factory=dict)
    due: Mapping[tuple[str, str], date] = field(default_factory=dict)

    def is_open(self, period: str, return_id: str) -> bool:
        """True if the return is taken for the period; with no collection named, any period is."""
        if not self.periods:
            return True
        asked = self.periods.get(period)
        return asked is not None and (not asked or return_id in asked)

    def find_due(self, definition: Return, period: str) -> date:
        return self.due.get((definition.id, period)) or compute_due_date(period, definition.due)

    def asks_for(self, period: str) -> bool:
        """True if a collection names the period: only then can a return be late."""
        return period in self.periods


@dataclass(frozen=True, slots=True)
class Offices:
    """Who but schools may file: the bureau, and its sections."""

    bureau: str
    sections: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A submission as it came: what its cover says, its file, and what was there before it."""

    submission: int
    file_name: str
    received_at: str
    return_id: str
    version: str
    period: str
    school: str
    cover: Mapping[str, str]
    filled: int
    present: frozenset[str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What arrivals are held against."""

    catalogue: Catalogue
    register: RegisterView
    collections: CollectionView
    offices: Offices
    latest_day: date
    locks: Locks = NO_LOCKS


def check_arrival(arrival: Arrival, around: Surroundings) -> list[Signal]:
    """Everything wrong with a submission that can be told without its figures."""
    definition = around.catalogue.returns[arrival.return_id]
    signals = [
        *_check_period(arrival, definition, around),
        *_check_lock(arrival, definition, around),
        *_check_school(arrival, definition, around),
        *_check_file_name(arrival, definition),
        *_check_cover(arrival, around),
        *_check_lateness(arrival, definition, around),
    ]
    if not arrival.filled and not declares_nil(arrival.cover):
        signals.append(tell_empty(around.catalogue, arrival.return_id))
    return signals


def find_period(text: str, definition: Return) -> str:
    """The period of a cover in its plain spelling; empty if it is none of the return's type."""
    period = normalise_period(text)
    return period if period and find_period_type(period) == definition.period else ""


def find_school_codes(file_name: str) -> list[str]:
    """Everything in the name of a file that has the form of a school code."""
    return re.findall(rf"(?<!\d){SCHOOL_CODE.pattern}(?!\d)", file_name)


def check_sheets(batch: Batch, row: int) -> Iterator[Signal]:
    """One signal for the sheets that concern the school and are not there."""
    block = batch.block
    missing = []
    for sheet in block.layout.sheets:
        if batch.present[sheet.id][row] or sheet.may_be_absent:
            continue
        if sheet.is_list:
            missing.append(sheet.tab)
            continue
        positions = [block.index[cell.ref] for cell in sheet.cells if cell.ref in block.index]
        if not positions or batch.applicable[row, positions].any():
            missing.append(sheet.tab)
    if missing:
        names = "、".join(missing)
        yield Signal(Notice.MISSING_SHEET, found=names, values={"sheets": names})


def check_totals(batch: Batch, book: AddressBook) -> dict[int, list[Signal]]:
    """Row of the batch → totals that were typed and differ from the sum of their parts."""
    signals: dict[int, list[Signal]] = {}
    typed = batch.block.numbers
    for ref, computed in compute_totals(batch.settled).items():
        position = batch.block.index[ref]
        with np.errstate(invalid="ignore"):
            off = np.abs(typed[:, position] - computed) > 0.005 + 1e-9 * np.abs(computed)
        for row in np.nonzero(off & batch.applicable[:, position])[0]:
            submission = batch.block.submissions[int(row)]
            address = book.find(submission, ref)
            got, want = _show(typed[row, position]), _show(computed[row])
            sheet, cell = (address.sheet, address.cell) if address else ("", "")
            signal = Signal(Notice.TOTAL_TYPED_WRONG, sheet, cell, ref, found=got, expected=want)
            signals.setdefault(int(row), []).append(signal)
    return signals


def _show(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else f"{value:.2f}"


def _check_period(arrival: Arrival, definition: Return, around: Surroundings) -> Iterator[Signal]:
    wanted = "、".join(
        period
        for period in around.collections.periods
        if around.collections.is_open(period, definition.id) and find_period_type(period) == definition.period
    )
    if not arrival.period or not around.collections.is_open(arrival.period, definition.id):
        got = arrival.period or arrival.cover.get("period", "")
        yield Signal(Notice.PERIOD_CLOSED, found=escape_text(got), expected=wanted or _example(definition))
        return
    received = datetime.fromisoformat(arrival.received_at).date()
    filed = FiledForm(definition.id, arrival.version, arrival.period, received)
    yield from check_form(filed, around.catalogue)


def _check_lock(arrival: Arrival, definition: Return, around: Surroundings) -> Iterator[Signal]:
    lock = around.locks.find_lock(definition, arrival.period, arrival.school, arrival.received_at)
    if lock is not None:
        facts = {"period": arrival.period, "no": definition.no, "day": lock.at[:10]}
        yield Signal(Notice.COLLECTION_LOCKED, found=arrival.received_at[:10], values=facts)


def _example(definition: Return) -> str:
    return {
        "school_year": "2025-2026", "calendar_year": "2025", "half_year": "2025H1", "term": "2025-2026-1",
        "month": "2025-09", "event": "2025-09-13",
    }[definition.period]  # fmt: skip


def _check_school(arrival: Arrival, definition: Return, around: Surroundings) -> Iterator[Signal]:
    code = arrival.school
    if definition.scope != "school":
        offices = {around.offices.bureau} | (around.offices.sections if definition.scope == "section" else frozenset())
        if code not in offices:
            yield tell_unknown(around.catalogue, code, expected=around.offices.bureau)
        return
    claim = Claim(code, arrival.period, arrival.cover)
    yield from check_school(claim, definition, around.catalogue, around.register)


def _check_file_name(arrival: Arrival, definition: Return) -> Iterator[Signal]:
    """Code, period and return number in the file's name, where it has any; the cover decides."""
    name = fold_label(arrival.file_name)
    codes = find_school_codes(name)
    periods = re.findall(r"(?<!\d)(20\d{2}-20\d{2})(?!\d)", name)
    numbers = re.findall(r"(?:^|[^a-z])([a-z]\d{2})(?=_)", name)
    differs = (
        (codes and arrival.school not in codes)
        or (periods and arrival.period[:9] not in periods and definition.period == "school_year")
        or (numbers and definition.no.casefold() not in numbers)
    )
    if differs:
        yield Signal(Notice.FILE_NAME_DIFFERS, found=escape_text(arrival.file_name), expected=arrival.school)


def _check_cover(arrival: Arrival, around: Surroundings) -> Iterator[Signal]:
    filled_on = read_date(arrival.cover.get("fill_date", ""))
    blank = [name for name in COVER_NAMES if not arrival.cover.get(name)]
    if blank or filled_on is None or filled_on > around.latest_day:
        labels = {cell.ref.partition(".")[2]: cell for cell in around.catalogue.cover.cells}
        wrong = blank or ["fill_date"]
        cell = labels[wrong[0]]
        found = "" if blank else escape_text(arrival.cover.get("fill_date", ""))
        yield Signal(Notice.COVER_INCOMPLETE, around.catalogue.cover.tab, cell.address, cell.ref, found=found)


def _check_lateness(arrival: Arrival, definition: Return, around: Surroundings) -> Iterator[Signal]:
    if not arrival.period or not around.collections.asks_for(arrival.period):
        return
    due = around.collections.find_due(definition, arrival.period)
    received = datetime.fromisoformat(arrival.received_at).date()
    days = (received - due).days
    if days > 0:
        yield Signal(Notice.LATE, found=received.isoformat(), expected=due.isoformat(), values={"days": str(days)})
