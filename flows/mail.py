"""Letters by SMTP: text, page and attachments, sent a few times over before it is given up. Never raises."""

from __future__ import annotations

import logging
import mimetypes
import os
import smtplib
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid

from flows.settings import MailSettings

log = logging.getLogger(__name__)

PASSWORD = "HUIZONG_MAIL_PASSWORD"  # noqa: S105  the name of the variable
"""Environment variable that has the password. It stands in no file."""

LASTING = 500
"""Answers of a server from here on will be the same the next time."""


@dataclass(frozen=True, slots=True)
class Message:
    """What goes to some addresses."""

    to: tuple[str, ...]
    subject: str
    text: str
    page: str = ""
    attachments: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message. `problem` is a key under `mail` in the messages, empty where it was sent."""

    to: str
    attempts: int
    problem: str = ""
    detail: str = ""


def send_message(message: Message, settings: MailSettings) -> Delivery:
    """Send a message; where the server is not there or busy, again after the waits of the settings."""
    problem, detail, attempt = "", "", 0
    for attempt, wait in enumerate((0.0, *settings.retry_after), start=1):
        time.sleep(wait)
        problem, detail, is_lasting = _attempt(message, settings)
        if not problem or is_lasting:
            break
        log.warning("letter not sent, attempt %d: %s (%s)", attempt, problem, detail)
    log.info("letter to %d addresses: %s", len(message.to), problem or "sent")
    return Delivery(", ".join(message.to), attempt, problem, detail)


def build_message(message: Message, sender: str) -> EmailMessage:
    """The message as it goes out: the page beside the text, for whoever shows it."""
    built = EmailMessage()
    built["Subject"] = " ".join(message.subject.split())
    built["From"] = sender
    built["To"] = ", ".join(message.to)
    built["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    built.set_content(message.text)
    if message.page:
        built.add_alternative(message.page, subtype="html")
    for name, content in message.attachments.items():
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        main, _, sub = kind.partition("/")
        built.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return built


def _attempt(message: Message, settings: MailSettings) -> tuple[str, str, bool]:
    """Problem, detail, and whether it will last; an empty problem where the message was taken by the server."""
    try:
        refused = _send(build_message(message, settings.address), settings)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return _explain(error, f"{settings.host}:{settings.find_port()}")
    return ("recipients", ", ".join(refused), True) if refused else ("", "", False)


def _explain(error: Exception, where: str) -> tuple[str, str, bool]:
    """The same of what a server or the way to it said."""
    told = "unreachable", f"{where}, {type(error).__name__}", False
    if isinstance(error, smtplib.SMTPAuthenticationError):
        told = "login", str(error.smtp_code), True
    elif isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        told = "recipients", ", ".join(error.recipients), min(codes) >= LASTING
    elif isinstance(error, smtplib.SMTPResponseException):
        told = "refused", str(error.smtp_code), error.smtp_code >= LASTING
    elif isinstance(error, smtplib.SMTPNotSupportedError | ssl.SSLError):
        told = "security", type(error).__name__, True
    elif isinstance(error, ValueError):
        told = "refused", type(error).__name__, True
    return told


def _send(message: EmailMessage, settings: MailSettings) -> Mapping[str, object]:
    """Hand a message over. Returns the addresses that the server did not take while it took others."""
    with _connect(settings) as server:
        if settings.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.user:
            server.login(settings.user, os.environ.get(PASSWORD, ""))
        return server.send_message(message)


def _connect(settings: MailSettings) -> smtplib.SMTP:
    where = (settings.host, settings.find_port())
    if settings.security == "ssl":
        return smtplib.SMTP_SSL(*where, timeout=settings.seconds, context=ssl.create_default_context())
    return smtplib.SMTP(*where, timeout=settings.seconds)
