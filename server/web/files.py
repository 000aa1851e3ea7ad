"""What browsers get besides pages: the bundled scripts and styles, and the office's logo."""

from pathlib import Path
from typing import Final

from flask import Response, request, send_file
from werkzeug.exceptions import NotFound

from server.web.assets import TYPES
from server.web.office import office
from server.web.pages import pages

COMPRESSED: Final = {"br": ".br", "gzip": ".gz"}
FOR_EVER: Final = "public, max-age=31536000, immutable"
LOGO_TYPES: Final = {".svg": "image/svg+xml", ".png": "image/png"}


@pages.get("/aset/<name>")
def asset(name: str) -> Response:
    """A bundled file, compressed as the browser likes it."""
    assets = office().assets
    if name not in assets.files:
        raise NotFound
    coding = request.accept_encodings.best_match(COMPRESSED)
    path = assets.folder / (name + COMPRESSED.get(coding or "", ""))
    response = send_file(path, mimetype=TYPES[Path(name).suffix], conditional=False, etag=False)
    if coding:
        response.headers["Content-Encoding"] = coding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = FOR_EVER
    return response


@pages.get("/logo")
def logo() -> Response:
    """The office's own sign."""
    path = office().config.logo
    if path is None or path.suffix not in LOGO_TYPES or not path.is_file():
        raise NotFound
    return send_file(path, mimetype=LOGO_TYPES[path.suffix], max_age=3600)
