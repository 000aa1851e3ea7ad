"""The bundle of scripts and styles, as scripts/assets has built it: a name stands for one content for ever."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from flask import url_for

from server import errors
from server.config import ROOT

FOLDER: Final = ROOT / "build" / "assets"
TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".woff2": "font/woff2",
}


class NotBuilt(errors.Unavailable):
    """The bundle is not there."""

    def __init__(self) -> None:
        super().__init__(
            "Berkas tampilan belum dibangun. Jalankan `make assets` di folder program ini, lalu jalankan ulang servernya.",
            60,
        )


@dataclass(frozen=True)
class Assets:
    """`names`: the hashed name of each entry, such as app.js; empty where nothing was built."""

    folder: Path
    names: Mapping[str, str]
    files: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        present = self.folder.iterdir() if self.names else ()
        object.__setattr__(self, "files", frozenset(path.name for path in present if path.suffix in TYPES))

    def url(self, name: str) -> str:
        """The address of an entry. Raises NotBuilt."""
        if name not in self.names:
            raise NotBuilt
        return url_for("web.asset", name=self.names[name])


def read_assets(folder: Path = FOLDER) -> Assets:
    """The bundle in a folder."""
    manifest = folder / "manifest.json"
    return Assets(folder, json.loads(manifest.read_text()) if manifest.exists() else {})
