"""How stages hand batches to Prefect, and how the same code runs without it.

Inside a flow run every batch is a Prefect task with its retries and its place on the time line. Outside, as in
tests or when no Prefect server can be had, the same functions are called plainly, one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from prefect import Flow, Task
from prefect.context import FlowRunContext

Result = TypeVar("Result")


def is_orchestrated() -> bool:
    """True inside a Prefect flow run."""
    return FlowRunContext.get() is not None


def run_batches(task: Task[..., Result], batches: Iterable[Any], *shared: Any) -> list[Result]:
    """The results of a task over each batch, in order, one batch at a time: each drives its own processes."""
    call: Callable[..., Result] = task if is_orchestrated() else task.fn
    return [call(batch, *shared) for batch in batches]


def run_stage(stage: Flow[..., Result], *arguments: Any) -> Result:
    """The result of a stage, as a subflow where there is a flow to be under."""
    call: Callable[..., Result] = stage if is_orchestrated() else stage.fn
    return call(*arguments)
