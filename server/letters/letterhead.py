"""The letterhead (kop surat): who writes, from where, as the settings have it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.config import Config

FORMATS: Final = {".svg": "svg", ".png": "png"}
PNG: Final = b"\x89PNG\r\n\x1a\n"
LARGEST_LOGO: Final = 2 * 2**20


@dataclass(frozen=True)
class Letterhead:
    """`pemerintah`: the region's government, above the office's name; `kota`: the place in a letter's date."""

    kantor: str
    pemerintah: str = ""
    alamat: str = ""
    kontak: str = ""
    kota: str = ""
    logo: bytes = b""
    logo_format: str = ""


def letterhead(config: Config) -> Letterhead:
    """That of the settings. A logo that is not there, or no picture of a known kind, is left out."""
    logo, kind = _logo(config.logo)
    return Letterhead(
        config.office, config.government, config.address, config.contact, config.city, logo, kind
    )


def _logo(path: Path | None) -> tuple[bytes, str]:
    if path is None or path.suffix not in FORMATS or not path.is_file():
        return b"", ""
    body, kind = path.read_bytes(), FORMATS[path.suffix]
    drawn = body.startswith(PNG) if kind == "png" else b"<svg" in body
    return (body, kind) if drawn and len(body) <= LARGEST_LOGO else (b"", "")
