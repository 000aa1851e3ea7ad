"""The few settings, each with a sentence. They come from the environment, so that a container and a desk set them alike."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
_ADDRESS = r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+"
_SENDER = re.compile(rf"{_ADDRESS}|[^<>\r\n]*<{_ADDRESS}>", re.ASCII)
ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}


@dataclass(frozen=True)
class Config:
    """How this process runs."""

    database_url: str = f"sqlite:///{ROOT}/var/tatalaksana.db"
    """DATABASE_URL: sqlite:///<file> for one machine, postgresql://… for more than one."""

    host: str = "127.0.0.1"
    """HOST: the address to listen on. Demo mode listens on 127.0.0.1 whatever it says."""

    port: int = 8000
    """PORT: the port to listen on."""

    processes: int = 2
    """WEB_CONCURRENCY: how many server processes there are."""

    proxies: int = 0
    """TRUSTED_PROXIES: how many reverse proxies stand before the server, whose word on the caller's address is taken."""

    rate_limit: int = 6000
    """RATE_LIMIT: requests a minute that one caller may make of the API, of each server process; from one address ten times as many; 0: no limit."""

    zone: str = "Asia/Jakarta"
    """ZONE: the office's time zone: WIB (Asia/Jakarta), WITA (Asia/Makassar) or WIT (Asia/Jayapura)."""

    book: Path = ROOT
    """BOOK: the folder in which bpmn/, dmn/ and forms/ lie."""

    metrics_token: str = ""
    """METRICS_TOKEN: the bearer token with which another machine may read /metrics; without it, only this machine may."""

    meters: Path | None = None
    """Where the processes of one server count together; made by `serve` alone."""

    office: str = "Dinas Kependudukan dan Pencatatan Sipil"
    """OFFICE: the office's name, as pages and documents show it."""

    government: str = ""
    """GOVERNMENT: the region's government, the first line of letters, such as Pemerintah Kabupaten Lumajang."""

    address: str = ""
    """ADDRESS: the office's address, as letters and the public's pages show it."""

    contact: str = ""
    """CONTACT: telephone, e-mail or website, as letters and the public's pages show them."""

    city: str = ""
    """CITY: the place that stands before the date of a letter."""

    public_url: str = ""
    """PUBLIC_URL: the address under which applicants reach the server, such as https://dukcapil.example.go.id; the QR of a receipt and the links of mails lead there. Without it, mails have none, and a QR leads to whatever address the counter's browser uses."""

    logo: Path | None = None
    """LOGO: the office's logo, an .svg or .png file; without it pages show the program's own sign."""

    letter_templates: Path | None = None
    """LETTER_TEMPLATES: a folder with the office's own templates of letters (.typ), which take the place of those of the same name; they are tried when the server starts."""

    job_types: tuple[str, ...] = ()
    """JOB_TYPES: the types of service tasks that other programs do (Camunda's job workers), such as siak.* kirim-sms; without it, none."""

    smtp_host: str = ""
    """SMTP_HOST: the mail server through which people are told of tasks and due times; without it, no mail is sent."""

    smtp_port: int = 587
    """SMTP_PORT: its port; usually 587 for starttls, 465 for tls."""

    smtp_security: str = "starttls"
    """SMTP_SECURITY: starttls, tls, or none, which is for a mail server on this machine."""

    smtp_user: str = ""
    """SMTP_USER: the account at the mail server; without it, none is named."""

    smtp_password: str = field(default="", repr=False)
    """SMTP_PASSWORD: the account's password."""

    mail_from: str = ""
    """MAIL_FROM: the sender of mails, such as Tatalaksana <tatalaksana@dukcapil.example.go.id>; needed with SMTP_HOST."""
    oidc_issuer: str = ""
    """OIDC_ISSUER: the OpenID Connect provider through which people may log in, too, such as https://sso.contoh.go.id/realms/pemda; without it, by password alone."""

    oidc_client: str = ""
    """OIDC_CLIENT_ID: the name under which that provider knows this server; it returns browsers to /masuk/openid/kembali."""

    oidc_secret: str = field(default="", repr=False)
    """OIDC_CLIENT_SECRET: what this server proves to the provider that it is; empty for a public client."""

    oidc_match: str = "preferred_username=username"
    """OIDC_MATCH: which claim of the provider holds which fact of a person here: username, nip, or email where the provider has verified it; such as nip=nip."""

    oidc_create: bool = False
    """OIDC_CREATE: 1 gives who is unknown here an account without roles at their first login; without it they are refused."""

    oidc_name: str = "SSO"
    """OIDC_NAME: what people call that provider, as the login page shows it."""

    demo: bool = False
    """Demo people with a password that everybody knows; set by `serve --demo` alone."""

    demo_password: str = "demo"
    """DEMO_PASSWORD: the demo people's password."""


def from_environment(environ: Mapping[str, str] = os.environ, demo: bool = False) -> Config:
    """The settings that the environment names, the defaults for all others. Raises ValueError (Indonesian) for a wrong one."""
    default = Config()
    return Config(
        database_url=environ.get("DATABASE_URL") or default.database_url,
        host="127.0.0.1" if demo else environ.get("HOST") or default.host,
        port=_whole(environ, "PORT", default.port),
        processes=_whole(environ, "WEB_CONCURRENCY", default.processes),
        proxies=_whole(environ, "TRUSTED_PROXIES", default.proxies),
        rate_limit=_whole(environ, "RATE_LIMIT", default.rate_limit),
        zone=_zone(environ.get("ZONE") or default.zone),
        book=Path(environ.get("BOOK") or default.book),
        metrics_token=environ.get("METRICS_TOKEN") or default.metrics_token,
        office=environ.get("OFFICE") or default.office,
        government=environ.get("GOVERNMENT") or default.government,
        address=environ.get("ADDRESS") or default.address,
        contact=environ.get("CONTACT") or default.contact,
        city=environ.get("CITY") or default.city,
        public_url=_base(environ.get("PUBLIC_URL") or default.public_url),
        logo=Path(environ["LOGO"]) if environ.get("LOGO") else None,
        letter_templates=Path(environ["LETTER_TEMPLATES"]) if environ.get("LETTER_TEMPLATES") else None,
        job_types=tuple(environ.get("JOB_TYPES", "").split()) or default.job_types,
        **_openid(environ, default),
        demo=demo,
        demo_password=environ.get("DEMO_PASSWORD") or default.demo_password,
        **_mail(environ, default),
    )


def _mail(environ: Mapping[str, str], default: Config) -> dict[str, Any]:
    """The settings of the mail server, which must fit each other."""
    host = environ.get("SMTP_HOST") or default.smtp_host
    security = (environ.get("SMTP_SECURITY") or default.smtp_security).lower()
    user, sender = (
        environ.get("SMTP_USER") or default.smtp_user,
        environ.get("MAIL_FROM") or default.mail_from,
    )
    if security not in ("starttls", "tls", "none"):
        raise ValueError(f"SMTP_SECURITY “{security}” tidak dikenal; tulis starttls, tls atau none.")
    if security == "none" and user and host not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError(
            "SMTP_USER tidak dikirim tanpa sandi sambungan; tulis SMTP_SECURITY starttls atau tls."
        )
    if host and not _SENDER.fullmatch(sender):
        raise ValueError(
            f"MAIL_FROM “{sender}” bukan pengirim; tulis seperti Tatalaksana <tatalaksana@contoh.go.id>."
        )
    return {
        "smtp_host": host,
        "smtp_port": _whole(environ, "SMTP_PORT", default.smtp_port),
        "smtp_security": security,
        "smtp_user": user,
        "smtp_password": environ.get("SMTP_PASSWORD") or default.smtp_password,
        "mail_from": sender,
    }


def _base(url: str) -> str:
    url = url.strip().rstrip("/")
    if url and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", url):
        raise ValueError(f"PUBLIC_URL “{url}” bukan alamat; tulis seperti https://dukcapil.example.go.id.")
    return url


def _openid(environ: Mapping[str, str], default: Config) -> dict[str, Any]:
    """The settings of OpenID Connect; a half of them is wrong."""
    issuer, client = environ.get("OIDC_ISSUER") or "", environ.get("OIDC_CLIENT_ID") or ""
    if bool(issuer) != bool(client):
        raise ValueError("OIDC_ISSUER dan OIDC_CLIENT_ID diisi keduanya, atau tidak sama sekali.")
    if issuer and not issuer.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ValueError(f"OIDC_ISSUER harus beralamat https://, bukan “{issuer}”.")
    match = environ.get("OIDC_MATCH") or default.oidc_match
    claim, _, fact = match.partition("=")
    if not claim.strip() or fact.strip() not in ("username", "nip", "email"):
        raise ValueError(
            f"OIDC_MATCH “{match}” tidak terbaca; tulis klaim=username, klaim=nip atau klaim=email."
        )
    create = environ.get("OIDC_CREATE") or "0"
    if create not in ("0", "1"):
        raise ValueError(f"OIDC_CREATE diisi 1 atau 0, bukan “{create}”.")
    return {
        "oidc_issuer": issuer,
        "oidc_client": client,
        "oidc_secret": environ.get("OIDC_CLIENT_SECRET") or default.oidc_secret,
        "oidc_match": f"{claim.strip()}={fact.strip()}",
        "oidc_create": create == "1",
        "oidc_name": environ.get("OIDC_NAME") or default.oidc_name,
    }


def _whole(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"{name} harus bilangan bulat, bukan “{text}”.")
    return int(text)


def _zone(name: str) -> str:
    try:
        return ZoneInfo(ZONES.get(name.strip().upper(), name)).key
    except (KeyError, ValueError, OSError):
        raise ValueError(
            f"ZONE “{name}” tidak dikenal; tulis WIB, WITA, WIT, atau seperti Asia/Jakarta."
        ) from None
