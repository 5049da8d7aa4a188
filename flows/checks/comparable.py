"""What earlier figures a school is held against, said where they are not simply its own."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks.content import Batch
from flows.checks.identity import name_schools
from flows.register import RegisterView
from flows.signals import Notice, Signal
from schemas.periods import find_bounds, step_back


def tell_comparisons(batch: Batch) -> Iterator[tuple[int, Signal]]:
    """Position of the submission and a signal, for schools that are new, share their origin or took over others."""
    register = batch.source.register
    if register is None or not register.length:
        return
    since = find_bounds(step_back(batch.source.period))[0]
    families = {school: family for family in register.list_families(since) for school in family.after}
    for position, school in enumerate(batch.source.schools):
        family = families.get(school)
        if family is None or not family.before:
            yield from ((position, signal) for signal in _tell_new(register, school, since.isoformat()))
        elif len(family.after) > 1:
            values = {"origins": name_schools(register, family.before), "heirs": name_schools(register, family.after)}
            yield position, Signal(Notice.EARLIER_SHARED, values=values)
        elif family.before != (school,):
            values = {"origins": name_schools(register, family.before)}
            yield position, Signal(Notice.EARLIER_OF_OTHERS, values=values)


def _tell_new(register: RegisterView, school: str, since: str) -> Iterator[Signal]:
    first = register.spans.get(school, ())[:1]
    yield from (Signal(Notice.NO_EARLIER_SCHOOL, values={"day": span.start}) for span in first if span.start > since)
