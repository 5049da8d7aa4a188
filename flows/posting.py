"""Documents as files and as letters: the same content as workbook, page and text, sent where the settings say."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.conductor import Conductor
from flows.mail import Message, send_message
from flows.publishers.digest_content import DigestContent
from flows.publishers.digest_data import Letter
from flows.publishers.digest_page import write_digest_page
from flows.publishers.digest_text import write_digest_text
from flows.publishers.digest_workbook import build_workbook
from flows.publishers.write import write_workbook
from flows.workspace import Workspace
from schemas.definitions.workbooks import Theme
from schemas.wording import Wording

log = logging.getLogger(__name__)

PAGE = Path("pages") / "digest.html"
NOTIFIED_AGAIN = 2


@dataclass(frozen=True, slots=True)
class Document:
    """A content in the forms it goes out in. The workbook is left out where there is no theme to write it in."""

    content: DigestContent
    stem: str
    text: str
    page: str
    workbook: bytes = b""

    @property
    def files(self) -> dict[str, bytes]:
        """Name → content of the files."""
        forms = {".xlsx": self.workbook, ".html": self.page.encode(), ".txt": self.text.encode()}
        return {f"{self.stem}{suffix}": content for suffix, content in forms.items() if content}


def build_document(workspace: Workspace, content: DigestContent, stem: str, theme: Theme | None) -> Document:
    """The content in every form. The page looks as the last definitions that have one say."""
    pages = [folder / PAGE for folder in workspace.definition_folders if (folder / PAGE).is_file()]
    page = write_digest_page(content, pages[-1].read_text(encoding="utf-8"))
    workbook = write_workbook(build_workbook(content), theme) if theme is not None else b""
    return Document(content, stem, write_digest_text(content), page, workbook)


def send_document(
    workspace: Workspace, document: Document, wording: Wording, conductor: Conductor
) -> tuple[Letter, ...]:
    """Send the document to those who get digests, or tell the scheduler's channel. No letter where none is wanted."""
    mail = workspace.settings.mail
    subject = wording.say("mail.subject", title=document.content.title, day=document.content.subtitle)
    if mail.block:
        return (_notify(mail.block, subject, document.text, conductor),)
    if not mail.host or not mail.recipients:
        return ()
    attached = {name: content for name, content in document.files.items() if name.endswith(".xlsx")}
    return _send(
        workspace, [Message(tuple(mail.recipients), subject, document.text, document.page, attached)], conductor
    )


def send_receipts(
    workspace: Workspace, receipts: Sequence[Path], wording: Wording, conductor: Conductor
) -> tuple[Letter, ...]:
    """Send the receipts that a night wrote to the schools that want them: texts together, marked workbooks attached."""
    mail = workspace.settings.mail
    if not mail.host:
        return ()
    folders: dict[str, list[Path]] = {}
    for path in receipts:
        folders.setdefault(path.parent.name, []).append(path)
    wanted = {school: paths for school, paths in sorted(folders.items()) if school in mail.schools}
    return _send(workspace, [_enclose(workspace, *each, wording) for each in wanted.items()], conductor)


def _enclose(workspace: Workspace, school: str, paths: Sequence[Path], wording: Wording) -> Message:
    """A school's receipts of one night."""
    facts = {"district": workspace.settings.district_name, "school": school, "day": workspace.find_today().isoformat()}
    texts = [path.read_text(encoding="utf-8") for path in sorted(paths) if path.suffix == ".txt"]
    marked = {path.name: path.read_bytes() for path in sorted(paths) if path.suffix == ".xlsx"}
    text = "\n\n".join([wording.say("mail.receipts_head", **facts), *texts])
    subject = wording.say("mail.receipts_subject", **facts)
    return Message((workspace.settings.mail.schools[school],), subject, text, attachments=marked)


def _send(workspace: Workspace, messages: Sequence[Message], conductor: Conductor) -> tuple[Letter, ...]:
    mail = workspace.settings.mail
    deliveries = conductor.run_batches("send mail", lambda message: send_message(message, mail), messages)
    return tuple(Letter(each.to, each.problem, each.detail) for each in deliveries)


def _notify(channel: str, subject: str, text: str, conductor: Conductor) -> Letter:
    """Tell a channel of the scheduler. Whatever it does, the night goes on."""
    try:
        told = conductor.run_batches(
            "notify", lambda name: conductor.notify(name, subject, text), [channel], retries=NOTIFIED_AGAIN
        )
    except Exception as error:  # noqa: BLE001  a channel may be anything, and so may what is wrong with it
        log.warning("channel %s was not told: %s", channel, type(error).__name__)
        return Letter(channel, "block", type(error).__name__)
    return Letter(channel) if all(told) else Letter(channel, "no_scheduler")
