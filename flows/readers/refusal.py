"""Why a file is not read."""

from __future__ import annotations

from flows.signals import Notice


class RefusalError(Exception):
    """The file is not read. Caught at the reader's door and turned into one signal."""

    def __init__(self, notice: Notice, detail: str, **values: str) -> None:
        super().__init__(detail)
        self.notice = notice
        self.detail = detail
        self.values = values
