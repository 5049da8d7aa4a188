"""A real mail server for tests: it speaks SMTP on a port of this machine and keeps what it is given."""

from __future__ import annotations

import base64
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from socketserver import StreamRequestHandler, ThreadingTCPServer


@dataclass
class MailServer:
    """What the server takes and refuses, and what it was given. `busy` letters are put off before one is taken."""

    port: int = 0
    busy: int = 0
    refused: frozenset[str] = frozenset()
    login: tuple[str, str] | None = None
    tls: ssl.SSLContext | None = None
    sessions: int = 0
    letters: list[tuple[list[str], EmailMessage]] = field(default_factory=list)

    @property
    def subjects(self) -> list[str]:
        return [str(letter["Subject"]) for _, letter in self.letters]


@contextmanager
def serve_mail(server: MailServer) -> Iterator[MailServer]:
    """Serve until the end of the block."""

    class Session(_Session):
        mail = server

    with _Listener(("127.0.0.1", 0), Session) as listener:
        server.port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join()


class _Listener(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class _Session(StreamRequestHandler):
    """One client, from its greeting to its QUIT."""

    mail: MailServer

    def handle(self) -> None:
        self.mail.sessions += 1
        self.is_known = self.mail.login is None
        self.recipients: list[str] = []
        self.say(220, "here")
        while line := self.rfile.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            if verb.upper() == "QUIT":
                self.say(221, "bye")
                return
            getattr(self, f"on_{verb.lower()}", self.on_unknown)(rest)

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def say(self, code: int, *lines: str) -> None:
        for number, line in enumerate(lines, start=1):
            self.wfile.write(f"{code}{' ' if number == len(lines) else '-'}{line}\r\n".encode())
        self.wfile.flush()

    def on_ehlo(self, _name: str) -> None:
        can = ["me", "8BITMIME"]
        can += ["STARTTLS"] if self.mail.tls else []
        can += ["AUTH PLAIN"] if self.mail.login else []
        self.say(250, *can)

    def on_starttls(self, _nothing: str) -> None:
        assert self.mail.tls is not None
        self.say(220, "go on")
        try:
            self.request = self.mail.tls.wrap_socket(self.request, server_side=True)
        except OSError:
            self.rfile = BytesIO()  # type: ignore[assignment]  the client left in the middle of the handshake
            return
        self.setup()

    def on_auth(self, rest: str) -> None:
        _, user, password = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")
        self.is_known = (user, password) == self.mail.login
        self.say(235 if self.is_known else 535, "known" if self.is_known else "unknown")

    def on_mail(self, _sender: str) -> None:
        self.recipients = []
        self.say(250 if self.is_known else 530, "ok")

    def on_rcpt(self, rest: str) -> None:
        address = rest.partition("<")[2].partition(">")[0]
        if address in self.mail.refused:
            self.say(550, "no such box")
            return
        self.recipients.append(address)
        self.say(250, "ok")

    def on_data(self, _nothing: str) -> None:
        self.say(354, "go on")
        content = b"".join(iter(self.rfile.readline, b".\r\n"))
        if self.mail.busy:
            self.mail.busy -= 1
            self.say(451, "later")
            return
        letter = message_from_bytes(content.replace(b"\r\n..", b"\r\n."), policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.mail.letters.append((list(self.recipients), letter))
        self.say(250, "taken")

    def on_rset(self, _nothing: str) -> None:
        self.say(250, "ok")

    def on_unknown(self, _rest: str) -> None:
        self.say(500, "what")
