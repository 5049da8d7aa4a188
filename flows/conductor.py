"""How stages and their batches are run: plainly here, or under a scheduler that shows and retries them.

Stages know no scheduler. They hand named pieces of work to a conductor, so that the same night runs with Prefect,
without it, and in tests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

Batch = TypeVar("Batch")
Result = TypeVar("Result")


class Conductor(Protocol):
    """Runs the pieces of a night in the order they are handed over."""

    def run_stage(self, name: str, stage: Callable[[], Result]) -> Result:
        """The result of a stage."""
        ...

    def run_batches(
        self, name: str, work: Callable[[Batch], Result], batches: Sequence[Batch], *, retries: int = 0
    ) -> list[Result]:
        """The result of the work on each batch, in order. Work must be safe to do again."""
        ...


class PlainConductor:
    """Runs everything at once, one after the other, and retries nothing."""

    def run_stage(self, name: str, stage: Callable[[], Result]) -> Result:
        return stage()

    def run_batches(
        self, name: str, work: Callable[[Batch], Result], batches: Sequence[Batch], *, retries: int = 0
    ) -> list[Result]:
        return [work(batch) for batch in batches]


PLAIN = PlainConductor()
