"""A digest told to a notification block of Prefect: a webhook of this machine gets it when the night is over."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from schemas.catalogue import Catalogue
from tests.journeys.bureau import NIGHT, Bureau, find_register

LONGEST = 400

SAVE_BLOCK = """
import sys
from pathlib import Path
from flows.prefect_server import start_server
from flows.prefect_settings import prepare_prefect

home = Path(sys.argv[1])
prepare_prefect(home, one_run=True)
with start_server(home / "server.log") as server:
    server.wait_until_ready()
    from prefect.blocks.notifications import CustomWebhookNotificationBlock
    told = {"title": "{{subject}}", "text": "{{body}}"}
    CustomWebhookNotificationBlock(name="office", url=sys.argv[2], json_data=told).save("office")
"""

RUN = "from flows.cli import main; main()"


@contextmanager
def open_webhook() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """The address of a webhook, and what it was told."""
    told: list[dict[str, str]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/hook", told
        server.shutdown()
        thread.join()


@pytest.fixture
def bureau(tmp_path: Path, catalogue: Catalogue) -> Bureau:
    mail = {"block": "custom-webhook/office", "retry_after": []}
    bureau = Bureau(tmp_path / "bureau", catalogue, settings={"as_of": NIGHT, "mail": mail})
    bureau.receive(find_register())
    return bureau


def run(bureau: Bureau, *options: str) -> list[dict[str, object]]:
    """A night as IT calls it; what became of its letters."""
    command = [sys.executable, "-c", RUN, "run", "--json", "--workspace", str(bureau.root), *options]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=LONGEST, check=False)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout)["digest"]["letters"])


@pytest.mark.long
def test_a_block_of_the_scheduler_is_told_the_digest(bureau: Bureau) -> None:
    with open_webhook() as (address, told):
        home = bureau.root / "warehouse" / "prefect"
        subprocess.run([sys.executable, "-c", SAVE_BLOCK, str(home), address], timeout=LONGEST, check=True)

        letters = run(bureau)

    text = (bureau.root / "warehouse" / "digests" / NIGHT.isoformat() / f"晨报_{NIGHT}.txt").read_text(encoding="utf-8")
    assert letters == [{"to": "custom-webhook/office", "sent": True, "problem": "", "detail": ""}]
    assert told == [{"title": f"示例区2025-2026报表晨报 {NIGHT}", "text": text}]


@pytest.mark.long
def test_a_block_that_is_not_there_stops_no_night(bureau: Bureau) -> None:
    (letter,) = run(bureau)

    assert (letter["sent"], letter["problem"]) == (False, "block")


@pytest.mark.long
def test_a_night_without_the_scheduler_says_that_it_cannot_tell_a_block(bureau: Bureau) -> None:
    (letter,) = run(bureau, "--no-prefect")

    assert (letter["sent"], letter["problem"]) == (False, "no_scheduler")
