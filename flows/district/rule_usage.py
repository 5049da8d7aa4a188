"""What became of what each check found: corrected, answered, still open; and how many rounds it cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flows.district.rounds import Round, group_rounds


@dataclass(frozen=True, slots=True)
class Fired:
    """A check that failed at a place of a submission. `is_answered`: the school explained it in its notes."""

    submission: int
    code: str
    severity: str
    ref: str
    cell: str
    is_answered: bool = False

    @property
    def mark(self) -> tuple[str, str, str]:
        """What makes it the same finding in the next version."""
        return self.code, self.ref, self.cell


@dataclass(frozen=True, slots=True)
class RuleUsage:
    """One check in a collection. Counts are of findings, each counted once however many versions it came back in.

    `rounds` are versions that were sent back with it among the errors.
    """

    code: str
    fired: int
    corrected: int
    answered: int
    open: int
    rounds: int


FATES = ("corrected", "answered", "open")


def count_usage(rounds: Iterable[Round], fired: Iterable[Fired]) -> list[RuleUsage]:
    """One row a check that failed anywhere: those that cost most rounds first, then those that failed most often."""
    found: dict[int, list[Fired]] = {}
    for each in fired:
        found.setdefault(each.submission, []).append(each)
    fates: dict[str, list[str]] = {}
    cost: dict[str, int] = {}
    for versions in group_rounds(rounds).values():
        for (code, _, _), fate in _tell_fates(versions, found).items():
            fates.setdefault(code, []).append(fate)
        for version in versions:
            errors = () if version.is_accepted else found.get(version.submission, ())
            for code in {each.code for each in errors if each.severity == "error"}:
                cost[code] = cost.get(code, 0) + 1
    rows = [_build_row(code, told, cost.get(code, 0)) for code, told in fates.items()]
    return sorted(rows, key=lambda row: (-row.rounds, -row.fired, row.code))


def _build_row(code: str, told: Sequence[str], rounds: int) -> RuleUsage:
    counts = {fate: told.count(fate) for fate in FATES}
    return RuleUsage(code, len(told), counts["corrected"], counts["answered"], counts["open"], rounds)


def _tell_fates(versions: Sequence[Round], found: Mapping[int, Sequence[Fired]]) -> dict[tuple[str, str, str], str]:
    """Every finding on the versions of a return, whichever it was found in, and what became of it."""
    newest = {each.mark: each for each in found.get(versions[-1].submission, ())}
    everything = {each.mark: each for version in versions for each in found.get(version.submission, ())}
    return {mark: tell_fate(newest.get(mark)) for mark in everything}


def tell_fate(newest: Fired | None) -> str:
    """What became of a finding, from what the newest version still has of it."""
    if newest is None:
        return "corrected"
    return "answered" if newest.is_answered else "open"
