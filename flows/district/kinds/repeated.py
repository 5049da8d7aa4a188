"""One file is not sent in the name of two schools."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.district.facts import DistrictFacts
from flows.district.outcome import Outcome
from schemas.definitions.checks import Check


def judge(_check: Check, facts: DistrictFacts) -> Iterator[Outcome]:
    """One answer a file that came again byte for byte; it fails where its name has another school's code."""
    known = facts.desk.find_register(facts.period).index
    for file in facts.repeated:
        named = [code for code in re.findall(r"(?<!\d)\d{10}(?!\d)", file.file_name) if code in known]
        values = {"first": file.first_file_name, "second": file.file_name}
        yield Outcome(file.file_name, not named or file.first_school in named, values)
