"""One file is not sent in the name of two schools."""

from __future__ import annotations

from collections.abc import Container, Iterator

from flows.checks.structure import find_school_codes
from flows.district.facts import DistrictFacts
from flows.district.outcome import Outcome
from schemas.definitions.checks import Check


def judge(_check: Check, facts: DistrictFacts) -> Iterator[Outcome]:
    """One answer a file that came again byte for byte; it fails where its name has another school's code.

    Where the first could not be read, its name says whose it is; if that says nothing either, it cannot be told.
    """
    known = facts.desk.find_register(facts.period).index
    for file in facts.repeated:
        named = _list_codes(file.file_name, known)
        first = [file.first_school] if file.first_school else _list_codes(file.first_file_name, known)
        holds = None if named and not first else not named or not set(first).isdisjoint(named)
        yield Outcome(file.file_name, holds, {"first": file.first_file_name, "second": file.file_name})


def _list_codes(file_name: str, known: Container[str]) -> list[str]:
    """Schools of the register whose codes are in a file name."""
    return [code for code in find_school_codes(file_name) if code in known]
