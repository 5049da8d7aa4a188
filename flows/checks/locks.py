"""Collections locked and opened again: whether a submission of its day is still taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.definitions.returns import Return
from schemas.periods import PeriodError, YearStart, find_parts


@dataclass(frozen=True, slots=True)
class Lock:
    """A collection locked, or opened again for some schools until a day. `kind` is locked or reopened.

    `returns` (ids) and `schools` are empty where all are meant; `until` is empty where there is no end.
    """

    at: str
    done_by: str
    kind: str
    period: str
    returns: tuple[str, ...]
    schools: tuple[str, ...]
    until: str
    reason: str

    def concerns(self, definition: Return, period: str, months_of: YearStart) -> bool:
        """True if a return for a period belongs to what was locked or opened."""
        if self.returns and definition.id not in self.returns:
            return False
        try:
            return period == self.period or period in find_parts(self.period, definition.period, months_of=months_of)
        except PeriodError:
            return False


@dataclass(frozen=True, slots=True)
class Locks:
    """All locking and opening so far, oldest first."""

    acts: Sequence[Lock] = ()
    months_of: YearStart = "calendar"

    def find_lock(self, definition: Return, period: str, school: str, received_at: str) -> Lock | None:
        """What keeps out a submission received then; None if it is taken.

        Who is let in again is let in with what was sent while the door was shut, too.
        """
        held: Lock | None = None
        for act in self._list_acts(definition, period):
            if act.kind == "locked" and act.at <= received_at:
                held = act
            elif act.kind == "reopened" and (not act.schools or school in act.schools):
                held = held if act.until and received_at[:10] > act.until else None
        return held

    def is_locked(self, definition: Return, period: str, day: str) -> bool:
        """True if the return is locked for the period on a day, though single schools may have been let in again."""
        held = False
        for act in self._list_acts(definition, period):
            if act.kind == "locked":
                held = True
            elif not act.schools and not (act.until and day > act.until):
                held = False
        return held

    def _list_acts(self, definition: Return, period: str) -> Iterable[Lock]:
        return (act for act in self.acts if act.concerns(definition, period, self.months_of))


NO_LOCKS = Locks()
