"""Errors the operator sees: each says what is wrong and what to do. Bad data is never one of them.

    HuizongError               could not run (exit code 2)
    ├── WorkspaceError         no workspace, or its settings are wrong
    ├── BusyError              another run holds the workspace
    └── WarehouseError         the warehouse cannot be read or written

`schemas.errors.DefinitionError` is treated alike.
"""

from __future__ import annotations


class HuizongError(Exception):
    """The command could not run. The message is shown as it is."""


class WorkspaceError(HuizongError):
    """There is no workspace, or its settings cannot be used."""


class BusyError(HuizongError):
    """Another run holds the workspace."""


class WarehouseError(HuizongError):
    """The warehouse cannot be read or written."""
