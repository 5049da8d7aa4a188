"""Errors the operator sees: each says what is wrong and what to do. Bad data is never one of them.

    HuizongError               could not run (exit code 2)
    ├── UsageError             asked for something that does not exist
    ├── WorkspaceError         no workspace, or its settings are wrong
    ├── BusyError              another run holds the workspace
    ├── ServerError            the server of the scheduler did not come up
    └── WarehouseError         the warehouse cannot be read or written

`schemas.errors.DefinitionError` is treated alike.
"""

from __future__ import annotations

from schemas.wording import Wording, load_shipped_wording


class HuizongError(Exception):
    """The command could not run. `key` names a message under `errors` in schemas/messages."""

    def __init__(self, key: str, /, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(key)

    def spell(self, wording: Wording) -> str:
        """The error in words."""
        return wording.say(f"errors.{self.key}", **self.values)

    def __str__(self) -> str:
        return self.spell(load_shipped_wording())


class UsageError(HuizongError):
    """Something was asked for that does not exist."""


class WorkspaceError(HuizongError):
    """There is no workspace, or its settings cannot be used."""


class BusyError(HuizongError):
    """Another run holds the workspace."""


class ServerError(HuizongError):
    """The server of the scheduler did not come up."""


class WarehouseError(HuizongError):
    """The warehouse cannot be read or written."""
