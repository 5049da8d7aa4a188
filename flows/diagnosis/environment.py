"""What the machine has: Python, libraries, room on the disk, folders that can be written."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from flows.diagnosis.diagnosis import Diagnosis, find_fault, find_well, warn
from flows.workspace import Workspace

FIRST_PYTHON, AFTER_LAST_PYTHON = (3, 11), (3, 14)
LOCK = Path(__file__).parents[2] / "requirements.lock"
LOCKED = re.compile(r"^(?P<name>[\w.-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;]+)", re.MULTILINE)
OURS = re.compile(r"^(?P<name>[\w.-]+)(?!.*extra ==)", re.MULTILINE)
MOST_NAMED = 6
GIGABYTE = 1024**3
LITTLE_ROOM, NO_ROOM = 2.0, 0.2


def check_python() -> Diagnosis:
    """Whether this Python is one the product is made for."""
    version = ".".join(map(str, sys.version_info[:3]))
    if FIRST_PYTHON <= sys.version_info[:2] < AFTER_LAST_PYTHON:
        return find_well("python", "python", version=version, system=sys.platform)
    return find_fault("python", "python_unsuitable", version=version)


def check_packages(lock: Path = LOCK) -> Diagnosis:
    """Whether what is installed is what the lock file names."""
    if not lock.is_file():
        return find_well("packages", "no_lock_file")
    locked = read_lock(lock.read_text(encoding="utf-8"))
    installed = {name: find_version(name) for name in locked}
    missing = [name for name in _list_needed() if find_version(name) is None]
    if missing:
        return find_fault("packages", "packages_missing", names=", ".join(missing[:MOST_NAMED]))
    other = [f"{name} {version}" for name, version in installed.items() if version and version not in locked[name]]
    if other:
        return warn("packages", "packages_differ", count=len(other), names=", ".join(other[:MOST_NAMED]))
    return find_well("packages", "packages", count=sum(version is not None for version in installed.values()))


def read_lock(text: str) -> Mapping[str, set[str]]:
    """Library → versions, of which there are several where systems differ."""
    locked: dict[str, set[str]] = {}
    for match in LOCKED.finditer(text):
        locked.setdefault(match["name"], set()).add(match["version"])
    return locked


def find_version(name: str) -> str | None:
    """The version installed, if any."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def check_folders(workspace: Workspace) -> Diagnosis:
    """Whether the folders that runs write to can be written."""
    closed = [str(folder) for folder in _list_folders(workspace) if not can_write(folder)]
    if closed:
        return find_fault("folders", "folders_closed", paths=", ".join(closed))
    return find_well("folders", "folders")


def can_write(folder: Path) -> bool:
    """True if a file can be made and removed there."""
    probe = folder / f".{secrets.token_hex(4)}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.close(os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        probe.unlink()
    except OSError:
        return False
    return True


def check_room(workspace: Workspace) -> Diagnosis:
    """Whether the disk of the warehouse has room."""
    free = shutil.disk_usage(workspace.warehouse if workspace.warehouse.is_dir() else workspace.root).free / GIGABYTE
    spelled = f"{free:.1f}"
    if free < NO_ROOM:
        return find_fault("room", "room_gone", free=spelled)
    return warn("room", "room_little", free=spelled) if free < LITTLE_ROOM else find_well("room", "room", free=spelled)


def _list_needed() -> list[str]:
    requirements = metadata.requires("huizong") if find_version("huizong") else None
    return [match["name"] for text in requirements or () if (match := OURS.match(text))]


def _list_folders(workspace: Workspace) -> Iterator[Path]:
    yield workspace.warehouse
    for name in ("received", "published", "receipts", "cache", "logs"):
        if (workspace.warehouse / name).is_dir():
            yield workspace.warehouse / name
    for name in (workspace.settings.publications_to, workspace.settings.receipts_to):
        if name:
            yield Path(name)
