"""Work on files of unknown origin, done in child processes under limits of time and memory.

A child that dies or hangs costs one piece of work its answer, never the run: the piece is tried once more
alone in a fresh child, and then given up.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from typing import Any, Generic, Literal, TypeVar

Setup = TypeVar("Setup")
Payload = TypeVar("Payload")
Result = TypeVar("Result")
Failure = Literal["died", "hung", "memory"]

CONTEXT = multiprocessing.get_context("spawn") if sys.platform == "win32" else multiprocessing.get_context("forkserver")
ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """What one piece of work may use."""

    seconds: float = 60.0
    memory_bytes: int = 1536 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer(Generic[Payload, Result]):
    """The result of a piece of work, or why there is none."""

    payload: Payload
    result: Result | None
    failure: Failure | None = None


def warm_up(module: str) -> None:
    """Start the process that children are forked from, so that it loads the work's module while others do theirs."""
    if sys.platform != "win32":
        from multiprocessing import forkserver  # noqa: PLC0415  exists on POSIX only

        forkserver.set_forkserver_preload([module])
        forkserver.ensure_running()


def run_in_children(
    function: Callable[[Setup, Payload], Result],
    setup: Setup,
    payloads: Sequence[Payload],
    *,
    workers: int = 2,
    limits: ChildLimits = ChildLimits(),
) -> Iterator[Answer[Payload, Result]]:
    """Answers in the order they come. `function` and everything sent must be importable and picklable."""
    queue: deque[_Task] = deque(_Task(index, payload) for index, payload in enumerate(payloads))
    packed = bytes(ForkingPickler.dumps(setup))
    children = [_Child(function, packed, limits) for _ in range(max(1, min(workers, len(queue))))]
    try:
        yield from _serve(queue, children)
    finally:
        for child in children:
            child.stop()


@dataclass(slots=True)
class _Task:
    index: int
    payload: Any
    attempts: int = 0


@dataclass(slots=True)
class _Child:
    """A child process, started when first needed and again after a death."""

    function: Callable[[Any, Any], Any]
    setup: bytes
    limits: ChildLimits
    process: BaseProcess | None = None
    connection: Connection | None = None
    task: _Task | None = None
    deadline: float = field(default=0.0)

    def give(self, task: _Task) -> None:
        if self.process is None or not self.process.is_alive():
            self.start()
        assert self.connection is not None
        self.task, task.attempts = task, task.attempts + 1
        self.deadline = time.monotonic() + self.limits.seconds
        self.connection.send(task.payload)

    def start(self) -> None:
        if sys.platform != "win32":
            CONTEXT.set_forkserver_preload([self.function.__module__])
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        self.connection, inner = CONTEXT.Pipe()
        self.process = CONTEXT.Process(target=_work, args=(inner, self.function, self.limits), daemon=True)
        with _hide_main_module():
            self.process.start()
        inner.close()
        self.connection.send_bytes(self.setup)

    def stop(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process = None


_MAIN_LOCK = threading.Lock()


@contextmanager
def _hide_main_module() -> Iterator[None]:
    """Keep children from importing the program that started them: they need the work's own module only."""
    main = sys.modules["__main__"]
    with _MAIN_LOCK:
        kept = {name: getattr(main, name, None) for name in ("__file__", "__spec__")}
        try:
            for name in kept:
                setattr(main, name, None)
            yield
        finally:
            for name, value in kept.items():
                setattr(main, name, value)


def _serve(queue: deque[_Task], children: list[_Child]) -> Iterator[Answer[Any, Any]]:
    while queue or any(child.task for child in children):
        for child in children:
            if child.task is None and queue:
                child.give(queue.popleft())
        busy = {child.connection: child for child in children if child.task}
        first_deadline = min(child.deadline for child in busy.values())
        ready = wait([c for c in busy if c is not None], timeout=max(0.0, first_deadline - time.monotonic()))
        for connection, child in busy.items():
            if connection in ready:
                yield from _collect(child, queue)
        for child in busy.values():
            if child.task is not None and time.monotonic() >= child.deadline:
                child.stop()
                yield from _fail(child, "hung", queue)


def _collect(child: _Child, queue: deque[_Task]) -> Iterator[Answer[Any, Any]]:
    assert child.connection is not None
    assert child.task is not None
    try:
        failure, result = child.connection.recv()
    except (EOFError, OSError):
        child.stop()
        yield from _fail(child, "died", queue)
        return
    task, child.task = child.task, None
    yield Answer(task.payload, result, failure)


def _fail(child: _Child, failure: Failure, queue: deque[_Task]) -> Iterator[Answer[Any, Any]]:
    task, child.task = child.task, None
    assert task is not None
    if task.attempts < ATTEMPTS and failure == "died":
        queue.append(task)
        return
    yield Answer(task.payload, None, failure)


def _work(connection: Connection, function: Callable[[Any, Any], Any], limits: ChildLimits) -> None:
    _limit_memory(limits.memory_bytes)
    _silence_errors()
    setup = connection.recv()
    while True:
        try:
            payload = connection.recv()
        except EOFError:
            return
        try:
            connection.send((None, function(setup, payload)))
        except MemoryError:
            connection.send(("memory", None))


def _silence_errors() -> None:
    """What a reader that dies says of itself is for nobody; that it died is reported."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _limit_memory(size: int) -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  there is none on Windows

    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
