"""The door to the mail server: whom it trusts, and that it logs in only to them."""

import ssl
from datetime import timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from server.clock import system_now
from server.config import Config, from_environment
from server.notify import NotSent, Refused, post_of
from tests.notify.mailserver import MailServer, mail_server

SETTINGS = {"SMTP_HOST": "127.0.0.1", "MAIL_FROM": "Tatalaksana <tatalaksana@contoh.go.id>"}


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that it has signed itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "pos")])
    now = system_now()
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "pos.pem"
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@pytest.fixture
def mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "a@contoh.go.id", "b@contoh.go.id"
    message.set_content("Halo.")
    return message


def encrypted(server: MailServer, path: Path) -> None:
    server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.tls.load_cert_chain(path)


def test_a_mail_server_that_is_trusted_gets_login_and_mail_by_tls(
    mail: EmailMessage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with mail_server() as server:
        encrypted(server, path)
        server.post(security="starttls", user="kantor", password="rahasia").send(mail)
        assert server.logins == ["\0kantor\0rahasia"]
        assert len(server.received) == 1


def test_a_mail_server_whose_certificate_nobody_vouches_for_gets_neither(
    mail: EmailMessage, tmp_path: Path
) -> None:
    with mail_server() as server:
        encrypted(server, certificate(tmp_path))
        with pytest.raises(NotSent, match="certificate verify failed"):
            server.post(security="starttls", user="kantor", password="rahasia").send(mail)
        assert (server.logins, server.received) == ([], [])


@pytest.mark.parametrize(
    ("verb", "answer", "expected"),
    [
        ("RCPT", "550 tidak ada", Refused),
        ("RCPT", "452 penuh", NotSent),
        ("MAIL", "550 pengirim tidak boleh", NotSent),
        ("MAIL_TAKEN", "554 isinya ditolak", Refused),
        ("MAIL_TAKEN", "451 nanti", NotSent),
        ("AUTH", "535 sandi salah", NotSent),
    ],
)
def test_what_can_never_come_through_is_told_from_what_may_later(
    mail: EmailMessage, verb: str, answer: str, expected: type[Exception]
) -> None:
    with mail_server() as server:
        server.errs[verb] = answer
        with pytest.raises(expected, match=answer):
            server.post(user="kantor", password="rahasia").send(mail)


def test_taking_leave_badly_is_no_failure(mail: EmailMessage) -> None:
    with mail_server() as server:
        server.errs["QUIT"] = "500 jangan pergi"
        server.post().send(mail)
        assert len(server.received) == 1


def test_without_a_host_no_mail_is_sent() -> None:
    assert post_of(Config()) is None
    post = post_of(from_environment({**SETTINGS, "SMTP_PASSWORD": "rahasia"}))
    assert post is not None
    assert (post.port, post.security, post.domain) == (587, "starttls", "contoh.go.id")
    assert "rahasia" not in repr(post)


@pytest.mark.parametrize(
    "wrong",
    [
        {"SMTP_SECURITY": "ssl"},
        {"SMTP_PORT": "surel"},
        {"MAIL_FROM": ""},
        {"MAIL_FROM": "Kantor"},
        {"MAIL_FROM": "Kantor <a@b>\nBcc: c@d"},
        {"SMTP_HOST": "surel.contoh.go.id", "SMTP_SECURITY": "none", "SMTP_USER": "kantor"},
        {"PUBLIC_URL": "javascript:alert(1)"},
    ],
)
def test_settings_that_do_not_fit_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"tulis|harus"):
        from_environment(SETTINGS | wrong)
