"""Keadaan sistem: whether the installation has what it needs, what waits, who works, and what room is left."""

from typing import Final

from flask import render_template

from server import health
from server.web.administration import SECTION, for_administrators
from server.web.office import office
from server.web.pages import pages
from server.web.problems import wants_fragment

NEEDED: Final = {
    "database": "Basis data",
    "schema": "Susunan basis data",
    "book": "Buku SOP",
    "worker": "Pekerja",
}

COUNTED: Final = {
    "job_completed": "pekerjaan selesai",
    "job_failed": "pekerjaan gagal",
    "timer_fired": "pewaktu tiba",
    "timer_failed": "pewaktu gagal",
    "mail_sent": "surel terkirim",
    "mail_dropped": "surel tidak perlu lagi",
    "mail_failed": "surel gagal",
    "step": "langkah ditulis",
    "clash": "langkah diulang karena didahului",
}
"""What a worker counts, in words."""


@pages.get("/pengelolaan/sistem")
def system_standing() -> str:
    """As of now; the page looks again by itself."""
    for_administrators()
    at = office()
    return render_template(
        "_standing.html" if wants_fragment() else "standing.html",
        section=SECTION,
        it=health.standing(at.gate, at.engine),
        needed=NEEDED,
        up=health.UP,
        now=at.engine.clock.now(),
        counted=COUNTED,
    )
