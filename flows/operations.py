"""What the bureau does by hand: decide on explanations, take submissions back, lock collections and open them again.

Each act is an event of the journal with who, when and why; the tables follow from it, and receipts are made anew.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flows.conductor import PLAIN, Conductor
from flows.receipts import make_receipts
from flows.validate import resettle
from flows.warehouse.history import note_states
from flows.warehouse.interventions import forget_judgements
from flows.warehouse.journal import Event
from flows.warehouse.lock import hold_lock
from flows.warehouse.replay import sync_journal
from flows.warehouse.warehouse import Warehouse, open_warehouse
from flows.workspace import Workspace
from schemas.catalogue import Catalogue


@dataclass(frozen=True)
class OperatorDesk:
    """A workspace held by an operator, and who that is."""

    workspace: Workspace
    warehouse: Warehouse
    catalogue: Catalogue
    operator: str
    conductor: Conductor = PLAIN

    def record(self, kind: str, acts: Sequence[dict[str, Any]]) -> None:
        """Put acts into the journal, and the tables after them."""
        at = self.workspace.find_now().isoformat(timespec="seconds")
        self.warehouse.journal.append(Event(kind, at, act) for act in acts)
        with self.warehouse.transaction() as connection:
            sync_journal(connection, self.warehouse.journal)

    def settle(self, submissions: Sequence[int]) -> None:
        """Settle again where the submissions stand, and tell the schools."""
        settled = resettle(self.workspace, self.warehouse, self.catalogue, submissions)
        note_states(self.warehouse, at=self.workspace.find_now().isoformat(timespec="seconds"))
        make_receipts(self.workspace, self.warehouse, self.catalogue, settled, self.conductor)

    def forget(self, submissions: Sequence[int]) -> None:
        """Have the next run judge the submissions again, and all that rests on them."""
        with self.warehouse.transaction() as connection:
            forget_judgements(connection, submissions)


@contextmanager
def hold_desk(workspace: Workspace, catalogue: Catalogue, operator: str = "") -> Iterator[OperatorDesk]:
    """Hold the workspace against runs and other operators. Raises BusyError if one has it."""
    at = workspace.find_now().isoformat(timespec="seconds")
    with (
        hold_lock(workspace.warehouse / "run.lock", since=at),
        open_warehouse(workspace.warehouse) as warehouse,
    ):
        with warehouse.transaction() as connection:
            sync_journal(connection, warehouse.journal)
        yield OperatorDesk(workspace, warehouse, catalogue, operator or getpass.getuser())
