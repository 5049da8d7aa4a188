"""Workbooks opened and saved again by LibreOffice, as a clerk without Excel does."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
SECONDS = 600

needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")


def save_again(workbooks: Mapping[str, bytes], extension: str, folder: Path) -> dict[str, bytes]:
    """The workbooks as LibreOffice saves them in another format, by name."""
    assert SOFFICE is not None
    given, made = folder / "given", folder / "made"
    given.mkdir()
    paths = [given / f"{name}.xlsx" for name in workbooks]
    for path, content in zip(paths, workbooks.values(), strict=True):
        path.write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [SOFFICE, profile, "--headless", "--convert-to", extension, "--outdir", str(made), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    return {name: (made / f"{name}.{extension}").read_bytes() for name in workbooks}
