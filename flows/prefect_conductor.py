"""The night under Prefect: one flow a stage, one task a batch, on its time line and in its log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.conductor import Unwatched, Watcher
from schemas.wording import Wording, load_shipped_wording

Batch = TypeVar("Batch")
Result = TypeVar("Result")

RETRY_DELAYS: list[float] = [2, 10]


@dataclass(frozen=True, slots=True)
class PrefectConductor:
    """Runs stages as subflows and batches as tasks. Only names reach Prefect: records never leave the process."""

    watcher: Watcher = field(default_factory=Unwatched)
    wording: Wording = field(default_factory=load_shipped_wording)

    def run_stage(self, name: str, stage: Callable[[], Result]) -> Result:
        title = self.wording.say(f"stages.{name}") if self.wording.knows(f"stages.{name}") else name
        wrap = flow(name=name, flow_run_name=title, validate_parameters=False, persist_result=False)
        return wrap(stage)()

    def run_batches(
        self, name: str, work: Callable[[Batch], Result], batches: Sequence[Batch], *, retries: int = 0
    ) -> list[Result]:
        results: list[Result] = []
        for number, batch in enumerate(batches, start=1):
            wrap = task(
                name=name,
                task_run_name=f"{name} {number} of {len(batches)}",
                retries=retries,
                retry_delay_seconds=RETRY_DELAYS[: max(retries, 1)],
                cache_policy=NO_CACHE,
                persist_result=False,
            )
            results.append(wrap(_bind(work, batch))())
        return results

    def notify(self, channel: str, subject: str, text: str) -> bool:
        """Tell a notification block, named as Prefect names it: type/name."""
        from prefect.blocks import core, notifications  # noqa: F401, PLC0415  makes their kinds known; few runs need them

        block: Any = core.Block.load(channel)
        with block.raise_on_failure():
            block.notify(body=text, subject=subject)
        return True


def _bind(work: Callable[[Batch], Result], batch: Batch) -> Callable[[], Result]:
    """The work on one batch as a function that takes nothing: what Prefect cannot see it does not try to store."""

    def run() -> Result:
        return work(batch)

    return run
