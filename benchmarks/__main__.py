"""`python -m benchmarks [FILES]`: what the design promises, measured on the sample district.

whole run      a night over all files against reading the same files with pandas and openpyxl, sheet by sheet
one new file   a night with one file new against the night with all of them
check          `huizong check` of one file against importing pandas and pandera
definitions    loading all definitions, in seconds
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from flows.conductor import PlainConductor
from flows.demonstration import make_sample_workspace
from flows.pipeline import run_night
from flows.sampling import drop_files, make_files
from flows.workspace import Workspace
from schemas.catalogue import load_catalogue
from schemas.sample.district import build_sample_district

ROUNDS = 3
NAIVE_SHARE = 10
"""Every so many-th file is read naively, and the time taken times as much."""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    with tempfile.TemporaryDirectory(prefix="huizong-bench-") as folder:
        measure_runs(Path(folder), count)
        measure_check(Path(folder))
    loading = measure(load_catalogue)
    print(f"definitions       {loading:6.2f} s")


def measure_runs(folder: Path, count: int) -> None:
    """The whole night, the naive loop over the same files, and a night with one file new."""
    sample = build_sample_district()
    first = [filing for filing in sample.filings if filing.received_on < sample.nights[0]]
    sample = replace(sample, filings=first[: count + 1])
    workspace = make_sample_workspace(folder / "bureau", sample)
    at = Workspace(workspace.root, workspace.settings.model_copy(update={"as_of": sample.nights[0]}))
    catalogue = load_catalogue()
    made = list(make_files(sample, catalogue, sample.filings))
    paths = drop_files(made[:-1], at.inbox)
    chosen = paths[::NAIVE_SHARE]
    naive = sum(_time(lambda path=path: _read_naively(path)) for path in chosen) * len(paths) / len(chosen)
    kept = folder / "one.xlsx"
    kept.write_bytes(made[-1].content)
    whole = _time(lambda: run_night(at, PlainConductor(), catalogue))
    drop_files(made[-1:], at.inbox)
    one = _time(lambda: run_night(at, PlainConductor(), catalogue))
    print(f"files             {len(paths):6d}")
    print(f"whole run         {1000 * whole / len(paths):6.1f} ms a file")
    print(f"naive reading     {1000 * naive / len(paths):6.1f} ms a file")
    print(f"                  {naive / whole:6.1f} times faster than reading alone does naively, every rule on")
    print(f"one new file      {one:6.2f} s, {100 * one / whole:.1f} % of the whole run")


def _read_naively(path: Path) -> object:
    """What a first script does: every sheet of the file with pandas and openpyxl."""
    return pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl")


def measure_check(folder: Path) -> None:
    """One file checked from the command, against the imports it cannot do without."""
    command = [sys.executable, "-c", "from flows.cli import main; main()", "check", str(folder / "one.xlsx")]
    command += ["--workspace", str(folder / "bureau")]
    checking = measure(lambda: subprocess.run(command, capture_output=True, check=False))
    imports = [sys.executable, "-c", "import pandas, pandera.pandas"]
    importing = measure(lambda: subprocess.run(imports, capture_output=True, check=True))
    print(f"check             {checking:6.2f} s, {checking / importing:.2f} times the import of pandas and pandera")


def measure(work: Callable[[], object]) -> float:
    """Median seconds of a few rounds."""
    return statistics.median(_time(work) for _ in range(ROUNDS))


def _time(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
