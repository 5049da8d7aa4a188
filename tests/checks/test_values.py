"""Every check of values and of their links: it passes what is right, names what is wrong, and says what it cannot tell."""

from __future__ import annotations

import pytest

from tests.checks.cases import Failure, load_cases
from tests.checks.hearings import Courtroom

CASES = load_cases()
FAILURES = [(code, number) for code, case in CASES.items() for number in range(len(case.fails))]
UNASSESSED = [code for code, case in CASES.items() if case.unassessed is not None]
