"""Bantuan: what the pages are for, and how people do what they are asked for most, as far as it concerns the visitor."""

from typing import Final

from flask import render_template

from server.identity import Permission
from server.web.office import actor
from server.web.pages import pages

CHANGES: Final = Permission.DEPLOY
MANAGES: Final = Permission.ADMINISTER


@pages.get("/bantuan", endpoint="guide")
def guide() -> str:
    """The guide."""
    may = actor().permissions
    return render_template("guide.html", changes=CHANGES in may, manages=MANAGES in may)
