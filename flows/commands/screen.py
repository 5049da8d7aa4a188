"""What the operator sees: results on stdout, everything else on stderr, progress only where a terminal is."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

WIDTH_WITHOUT_TERMINAL = 160


def _open_console(*, on_stderr: bool) -> Console:
    stream = sys.stderr if on_stderr else sys.stdout
    width = None if stream.isatty() else WIDTH_WITHOUT_TERMINAL
    return Console(
        stderr=on_stderr, markup=False, highlight=False, emoji=False, width=width, soft_wrap=not stream.isatty()
    )


@dataclass
class Screen:
    """A terminal, a pipe or a file: the same words, drawn as each can."""

    out: Console = field(default_factory=lambda: _open_console(on_stderr=False))
    log: Console = field(default_factory=lambda: _open_console(on_stderr=True))

    def print_plain(self, text: str) -> None:
        """Text on stdout exactly as it is."""
        sys.stdout.write(text + "\n")

    def show(self, text: str, style: str = "") -> None:
        """A line of the result."""
        self.out.print(Text(text, style=style))

    def show_note(self, text: str) -> None:
        """A line about what is going on."""
        self.log.print(Text(text, style="dim"))

    def show_error(self, text: str) -> None:
        """Why it could not be done."""
        self.log.print(Text(text, style="bold red"))

    def show_table(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "", right: Sequence[int] = ()
    ) -> None:
        """A table of the result; `right` are the positions of columns of figures."""
        table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for position, head in enumerate(heads):
            table.add_column(head, justify="right" if position in right else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self.out.print(table)

    @contextmanager
    def show_progress(self, words: Mapping[str, str]) -> Iterator[ProgressWatcher]:
        """A bar for long work; `words` says what its parts are called."""
        progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            console=self.log, transient=True, disable=not self.log.is_terminal,
        )  # fmt: skip
        with progress:
            yield ProgressWatcher(progress, words)


@dataclass
class ProgressWatcher:
    """Draws what a run reports of itself."""

    progress: Progress
    words: Mapping[str, str] = field(default_factory=dict)
    task: TaskID | None = None

    def begin(self, what: str, total: int) -> None:
        if self.task is not None:
            self.progress.remove_task(self.task)
        self.task = self.progress.add_task(self.words.get(what, what), total=total)

    def advance(self, count: int = 1) -> None:
        if self.task is not None:
            self.progress.advance(self.task, count)
