"""The files as they came: original bytes named by their SHA-256, never edited."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flows.files import sync_folder

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file safely in the warehouse."""

    sha256: str
    size: int
    is_new: bool


def find_received_name(sha256: str) -> str:
    """Where the bytes lie below the folder of received files."""
    return f"{sha256[:2]}/{sha256}"


class ReceivedFiles:
    """The folder of received files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find_path(self, sha256: str) -> Path:
        return self.folder / find_received_name(sha256)

    def store(self, source: BinaryIO) -> StoredFile:
        """Copy in, flush to disk, name by content. The same content is stored once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        aside = self.folder / f".incoming.{secrets.token_hex(8)}.tmp"
        digest, size = hashlib.sha256(), 0
        try:
            with aside.open("wb") as target:
                while chunk := source.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            return self._name(aside, digest.hexdigest(), size)
        finally:
            aside.unlink(missing_ok=True)

    def read(self, sha256: str) -> bytes:
        return self.find_path(sha256).read_bytes()

    def _name(self, aside: Path, sha256: str, size: int) -> StoredFile:
        path = self.find_path(sha256)
        if path.exists():
            return StoredFile(sha256, size, is_new=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.replace(path)
        sync_folder(path.parent)
        return StoredFile(sha256, size, is_new=True)
