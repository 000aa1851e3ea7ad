"""Letters as documents: templates of the house, overridden by name from a folder of the office's own, filled with a case's data.

A template is a typst file; what a user wrote reaches it as JSON data alone. It sees the other templates and nothing else of the
machine: no file, and no package.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import segno
import typst

from server import pdf
from server.config import Config
from server.letters.letterhead import Letterhead, letterhead

OWN: Final = Path(__file__).with_name("templates")
COMMON: Final = "naskah"
"""What templates share; no letter by itself."""
LARGEST: Final = 512 * 2**10
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,58}")
_TITLE: Final = re.compile(r"//\s*(.+)")
_PACKAGE: Final = re.compile(rb'"@|@(?:preview|local)')


@dataclass(frozen=True)
class Templates:
    """The files by name, without their ending."""

    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def titles(self) -> dict[str, str]:
        """What each letter is called: the first line of its file."""
        return {name: _title(name, body) for name, body in self.files.items() if name != COMMON}

    def render(self, surat: str, said: Mapping[str, Any], head: Letterhead, at: datetime) -> bytes:
        """The PDF of a letter; `at` is the time that it says it was made."""
        files = {f"{name}.typ": body for name, body in self.files.items()}
        data = {**dict.fromkeys(FIELDS), **said, "kop": {**asdict(head), "logo": list(head.logo)}}
        return pdf.render_files({**files, "main.typ": self.files[surat]}, OWN, data, at)


@dataclass(frozen=True)
class Stationery:
    """With what letters are made; `base`: the address under which anybody reaches the server."""

    head: Letterhead
    templates: Templates = field(default_factory=Templates)
    base: str = ""


FIELDS: Final = (
    "nomor",
    "tanggal",
    "sifat",
    "tujuan",
    "hal",
    "lampiran",
    "tanda",
    "perkara",
    "pegawai",
    "nomor_perkara",
    "konsep",
    "qr",
    "alamat_periksa",
    "kode_periksa",
)


@lru_cache
def templates(folder: Path | None = None) -> Templates:
    """Those of the house, and those of the office's own folder in their place. Raises ValueError (Indonesian) for a wrong one."""
    files = {path.stem: path.read_bytes() for path in sorted(OWN.glob("*.typ"))}
    if folder is None:
        return Templates(files)
    if not folder.is_dir():
        raise ValueError(f"LETTER_TEMPLATES “{folder}” bukan folder.")
    own = {path.stem: _read(path) for path in sorted(folder.glob("*.typ"))}
    found = Templates({**files, **own})
    for name in found.titles if COMMON in own else own:
        _try(found, name)
    return found


def stationery(config: Config) -> Stationery:
    """That of the settings. Raises ValueError (Indonesian) for a wrong template of the office's own."""
    base = config.public_url or (f"http://{config.host}:{config.port}" if config.demo else "")
    return Stationery(letterhead(config), templates(config.letter_templates), base)


def qr(text: str) -> str:
    """A QR code as SVG, readable from a worn sheet (level Q)."""
    drawn = BytesIO()
    segno.make_qr(text, error="q").save(drawn, kind="svg", border=2, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()


def _read(path: Path) -> bytes:
    if not _NAME.fullmatch(path.stem) or path.is_symlink() or path.stat().st_size > LARGEST:
        raise ValueError(
            f"Templat surat “{path.name}” tidak dapat dipakai; beri nama seperti surat-edaran.typ."
        )
    body = path.read_bytes()
    if _PACKAGE.search(body):
        raise ValueError(f"Templat surat “{path.name}” memakai paket; templat tidak boleh mengambil paket.")
    return body


def _try(found: Templates, name: str) -> None:
    at = datetime.fromisoformat("2026-01-02T00:00:00+00:00")
    try:
        found.render(name, {"konsep": True, "perkara": {}}, Letterhead("Kantor"), at)
    except typst.TypstError as fault:
        raise ValueError(f"Templat surat “{name}.typ” salah: {str(fault)[:300]}") from None


def _title(name: str, body: bytes) -> str:
    first = _TITLE.match(body.decode(errors="replace").partition("\n")[0])
    return first.group(1).strip() if first else name.replace("-", " ").capitalize()
