"""How stages and their batches are run: plainly here, or under a scheduler that shows and retries them.

Stages know no scheduler. They hand named pieces of work to a conductor, so that the same night runs with Prefect,
without it, and in tests. What they are at, they tell the conductor's watcher.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

Batch = TypeVar("Batch")
Result = TypeVar("Result")


class Watcher(Protocol):
    """Is told how far long work has come."""

    def begin(self, what: str, total: int) -> None:
        """Work of so many pieces begins; `what` is a key under `progress` in the messages."""
        ...

    def advance(self, count: int = 1) -> None:
        """So many pieces are done."""
        ...


class Conductor(Protocol):
    """Runs the pieces of a night in the order they are handed over."""

    @property
    def watcher(self) -> Watcher: ...

    def run_stage(self, name: str, stage: Callable[[], Result]) -> Result:
        """The result of a stage."""
        ...

    def run_batches(
        self, name: str, work: Callable[[Batch], Result], batches: Sequence[Batch], *, retries: int = 0
    ) -> list[Result]:
        """The result of the work on each batch, in order. Work must be safe to do again."""
        ...

    def notify(self, channel: str, subject: str, text: str) -> bool:
        """Tell a channel that the scheduler knows. False where there is no scheduler; raises what the channel does."""
        ...


class Unwatched:
    """Nobody looks."""

    def begin(self, what: str, total: int) -> None:
        """Nothing is shown."""

    def advance(self, count: int = 1) -> None:
        """Nothing is shown."""


@dataclass(frozen=True, slots=True)
class PlainConductor:
    """Runs everything at once, one after the other, and retries nothing."""

    watcher: Watcher = field(default_factory=Unwatched)

    def run_stage(self, name: str, stage: Callable[[], Result]) -> Result:  # noqa: ARG002  nobody is told the name
        return stage()

    def run_batches(
        self,
        name: str,  # noqa: ARG002
        work: Callable[[Batch], Result],
        batches: Sequence[Batch],
        *,
        retries: int = 0,  # noqa: ARG002
    ) -> list[Result]:
        return [work(batch) for batch in batches]

    def notify(self, channel: str, subject: str, text: str) -> bool:  # noqa: ARG002  there is no channel
        return False


PLAIN = PlainConductor()
