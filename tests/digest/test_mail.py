"""Letters: what arrives, what is tried again, what is given up, and that nothing of it ever raises."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from flows.errors import WorkspaceError
from flows.mail import PASSWORD, Delivery, Message, send_message
from flows.settings import MailSettings, load_settings
from tests.digest.mail_server import MailServer, serve_mail
from tests.docs.pages import list_blocks, read_page

BOX, OTHER_BOX = "tongji@example.org", "juzhang@example.org"
LETTER = Message((BOX,), "示例区晨报 2025-09-25", "退回 2 份", "<p>退回 <b>2</b> 份</p>", {"晨报.xlsx": b"PK\x03\x04"})


@pytest.fixture
def server() -> Iterator[MailServer]:
    with serve_mail(MailServer()) as server:
        yield server


def set_up(server: MailServer, **more: object) -> MailSettings:
    """Settings for the server, without waits between attempts."""
    given: dict[str, object] = {
        "host": "localhost", "port": server.port, "security": "none", "sender": "huizong@example.org",
        "recipients": [BOX], "retry_after": [0, 0], "seconds": 5,
    }  # fmt: skip
    return MailSettings.model_validate(given | more)


def test_a_letter_arrives_as_text_and_page_with_its_workbook(server: MailServer) -> None:
    delivery = send_message(LETTER, set_up(server))

    ((recipients, letter),) = server.letters
    text, page = (letter.get_body((kind,)) for kind in ("plain", "html"))
    (attached,) = letter.iter_attachments()
    assert delivery == Delivery(BOX, 1)
    assert (recipients, letter["Subject"], letter["From"]) == ([BOX], LETTER.subject, "huizong@example.org")
    assert text is not None
    assert page is not None
    assert (text.get_content().strip(), page.get_content().strip()) == (LETTER.text, LETTER.page)
    assert (attached.get_filename(), attached.get_content()) == ("晨报.xlsx", b"PK\x03\x04")
    assert attached.get_content_type() == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize("name", ["\"quoted\" 'name'", "<b>&amp;</b>", "=1+1", "line\nbreak", "\u202eabc", "🏫"])
def test_a_letter_keeps_whatever_a_school_is_called(server: MailServer, name: str) -> None:
    send_message(Message((BOX,), name, f"{name}\n.\n{name}"), set_up(server))

    ((_, letter),) = server.letters
    assert letter["Subject"] == " ".join(name.split())
    assert letter.get_content().splitlines() == f"{name}\n.\n{name}".splitlines()


def test_a_busy_server_is_asked_again_until_it_takes_the_letter(server: MailServer) -> None:
    server.busy = 2

    assert send_message(LETTER, set_up(server)) == Delivery(BOX, 3)
    assert server.subjects == [LETTER.subject]


def test_a_server_that_stays_busy_is_given_up_after_the_last_wait(server: MailServer) -> None:
    server.busy = 9

    assert send_message(LETTER, set_up(server)) == Delivery(BOX, 3, "refused", "451")
    assert server.letters == []


def test_a_server_that_is_down_is_told_of_and_nothing_is_raised() -> None:
    with serve_mail(MailServer()) as server:
        settings = set_up(server)

    delivery = send_message(LETTER, settings)

    assert (delivery.attempts, delivery.problem) == (3, "unreachable")
    assert delivery.detail.startswith(f"localhost:{settings.port}")


def test_an_address_that_the_server_refuses_is_named_and_not_tried_again(server: MailServer) -> None:
    server.refused = frozenset({OTHER_BOX})

    both = send_message(Message((BOX, OTHER_BOX), "晨报", "文"), set_up(server))
    alone = send_message(Message((OTHER_BOX,), "晨报", "文"), set_up(server))

    assert (both.problem, both.detail) == (alone.problem, alone.detail) == ("recipients", OTHER_BOX)
    assert [recipients for recipients, _ in server.letters] == [[BOX]]
    assert server.sessions == 2


def test_the_password_comes_from_the_environment(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.login = ("bureau", "secret")
    monkeypatch.setenv(PASSWORD, "secret")

    assert send_message(LETTER, set_up(server, user="bureau")).problem == ""


def test_a_wrong_password_is_told_and_not_tried_again(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.login = ("bureau", "secret")
    monkeypatch.setenv(PASSWORD, "guessed")

    delivery = send_message(LETTER, set_up(server, user="bureau"))

    assert (delivery.attempts, delivery.problem) == (1, "login")
    assert "guessed" not in delivery.detail


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for this machine that nobody has signed but itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = tmp_path / "server.pem"
    path.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, *plain))
    return path


def open_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_letter_goes_encrypted_to_a_server_that_is_trusted(
    server: MailServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.tls = open_tls(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    assert send_message(LETTER, set_up(server, security="starttls")).problem == ""
    assert server.subjects == [LETTER.subject]


def test_no_letter_goes_to_a_server_that_cannot_prove_who_it_is(server: MailServer, certificate: Path) -> None:
    server.tls = open_tls(certificate)

    delivery = send_message(LETTER, set_up(server, security="starttls"))

    assert (delivery.attempts, delivery.problem, server.letters) == (1, "security", [])


def test_no_letter_goes_open_where_encryption_was_asked_for(server: MailServer) -> None:
    delivery = send_message(LETTER, set_up(server, security="starttls"))

    assert (delivery.problem, server.letters) == ("security", [])


def test_the_settings_of_the_documents_can_send(tmp_path: Path) -> None:
    (block,) = (b for b in list_blocks(read_page("digest.md")) if b.language == "toml")
    path = tmp_path / "pyproject.toml"
    path.write_text(block.content, encoding="utf-8")

    mail = load_settings(path).mail
    assert (mail.address, mail.find_port(), len(mail.recipients)) == ("tongji@example.org", 587, 1)


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        (['recipients = ["a@example.org"]'], "mail"),
        (['host = "mail.example.org"'], "mail"),
        (['host = "mail.example.org"', 'sender = "a@example.org\\nBcc: b@example.org"'], "mail.sender"),
        (['host = "mail.example.org"', 'sender = "a@example.org"', 'password = "secret"'], "mail.password"),
    ],
)
def test_settings_that_cannot_send_are_refused_with_their_key(tmp_path: Path, lines: list[str], key: str) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("\n".join(["[tool.huizong.mail]", *lines]), encoding="utf-8")

    with pytest.raises(WorkspaceError) as refusal:
        load_settings(path)

    assert str(refusal.value.values["key"]).startswith(key)
