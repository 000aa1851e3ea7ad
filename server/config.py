"""The few settings, each with a sentence. They come from the environment, so that a container and a desk set them alike."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
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
    """PUBLIC_URL: the address under which applicants reach the server, such as https://dukcapil.example.go.id; the QR of a receipt leads there. Without it, whatever address the counter's browser uses."""

    logo: Path | None = None
    """LOGO: the office's logo, an .svg or .png file; without it pages show the program's own sign."""

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
        demo=demo,
        demo_password=environ.get("DEMO_PASSWORD") or default.demo_password,
    )


def _whole(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"{name} harus bilangan bulat, bukan “{text}”.")
    return int(text)


def _base(url: str) -> str:
    url = url.strip().rstrip("/")
    if url and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", url):
        raise ValueError(f"PUBLIC_URL “{url}” bukan alamat; tulis seperti https://dukcapil.example.go.id.")
    return url


def _zone(name: str) -> str:
    try:
        return ZoneInfo(ZONES.get(name.strip().upper(), name)).key
    except (KeyError, ValueError, OSError):
        raise ValueError(
            f"ZONE “{name}” tidak dikenal; tulis WIB, WITA, WIT, atau seperti Asia/Jakarta."
        ) from None
