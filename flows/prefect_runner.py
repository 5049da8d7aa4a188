"""The process that holds the nightly deployment and starts its runs, each in a process of its own.

Run as `python -m flows.prefect_runner WORKSPACE`. The server it speaks to and the service it ends with are named by the
environment.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flows.service_mark import end_with_service
from flows.workspace import open_workspace


def hold_deployment(root: Path) -> None:
    """Offer the workspace's nights to the server until the service is gone."""
    end_with_service()
    workspace = open_workspace(root)
    from flows.deploy import serve_nights  # noqa: PLC0415  imports Prefect, which reads its settings then

    serve_nights(workspace)


if __name__ == "__main__":
    hold_deployment(Path(sys.argv[1]))
