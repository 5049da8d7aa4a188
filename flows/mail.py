"""Letters by SMTP: text, page and attachments, sent a few times over before it is given up. Never raises."""

from __future__ import annotations

import logging
import mimetypes
import os
import smtplib
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid

from flows.settings import MailSettings

log = logging.getLogger(__name__)

PASSWORD = "HUIZONG_MAIL_PASSWORD"  # noqa: S105  the name of the variable
"""Environment variable that has the password. It stands in no file."""

DELAYS: tuple[float, ...] = (2.0, 10.0)
"""Seconds before the second and the third attempt."""

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


def send_message(message: Message, settings: MailSettings, *, delays: Sequence[float] = DELAYS) -> Delivery:
    """Send a message; where the server is not there or busy, again after each of the delays."""
    to = ", ".join(message.to)
    problem, detail = "", ""
    for attempt, delay in enumerate((*delays, 0.0), start=1):
        problem, detail, is_lasting = _attempt(message, settings)
        if not problem:
            log.info("letter sent to %d addresses", len(message.to))
            return Delivery(to, attempt)
        log.warning("letter not sent, attempt %d: %s (%s)", attempt, problem, detail)
        if is_lasting:
            return Delivery(to, attempt, problem, detail)
        time.sleep(delay)
    return Delivery(to, len(delays) + 1, problem, detail)


def build_message(message: Message, sender: str) -> EmailMessage:
    """The message as it goes out: the page beside the text, for whoever shows it."""
    built = EmailMessage()
    built["Subject"] = " ".join(message.subject.split())
    built["From"] = sender
    built["To"] = ", ".join(message.to)
    built["Message-ID"] = make_msgid(domain=Address(addr_spec=sender).domain or None)
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
    except smtplib.SMTPAuthenticationError as error:
        return "login", str(error.smtp_code), True
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        return "recipients", ", ".join(error.recipients), min(codes) >= LASTING
    except (smtplib.SMTPNotSupportedError, ssl.SSLError) as error:
        return "security", type(error).__name__, True
    except smtplib.SMTPResponseException as error:
        return "refused", str(error.smtp_code), error.smtp_code >= LASTING
    except (smtplib.SMTPException, OSError) as error:
        return "unreachable", f"{settings.host}:{settings.find_port()}, {type(error).__name__}", False
    return ("recipients", ", ".join(refused), True) if refused else ("", "", False)


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
