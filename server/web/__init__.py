"""The pages: what people see, in Indonesian, on the same verbs that the API translates for programs.

Every view asks who is calling, calls one verb or question, renders. A template whose name begins with `_` is a fragment: it
is part of a page, and the answer to a request that only refreshes that part.
"""

from flask import Flask

from server.config import Config
from server.engine import Engine
from server.files import KINDS, LARGEST
from server.gate import Gate
from server.tracking import service_name
from server.web import (
    administration,
    applicants,
    approving,
    attachments,
    audit,
    blank_store,
    calendar,
    cases,
    catalogue,
    comments,
    comparing,
    discipline,
    drafts,
    employee_upload,
    employees,
    facts,
    files,
    filters,
    finder,
    form_drafts,
    guard,
    handing_over,
    help,
    inbox,
    incidents,
    leave,
    letters,
    mails,
    monitoring,
    new_procedure,
    notifications,
    openid,
    own_sessions,
    people,
    personnel,
    posts,
    problems,
    programs,
    publishing,
    rehearsals,
    reminder_book,
    requirements,
    scenarios,
    seniority,
    sessions,
    sop,
    standing,
    table_drafts,
    tasks,
    tracking,
    versions,
)
from server.web.assets import read_assets
from server.web.navigation import DOORS, PUBLIC_DOORS
from server.web.office import EXTENSION, Office, office
from server.web.pages import DocumentConverter, KeyConverter, pages

__all__ = ["answer_error", "create_web"]

ROOMS = (
    letters,
    files,
    sessions,
    openid,
    own_sessions,
    inbox,
    tasks,
    catalogue,
    cases,
    administration,
    blank_store,
    people,
    posts,
    incidents,
    calendar,
    attachments,
    audit,
    programs,
    standing,
    tracking,
    requirements,
    notifications,
    comments,
    handing_over,
    mails,
    sop,
    approving,
    applicants,
    drafts,
    publishing,
    rehearsals,
    scenarios,
    table_drafts,
    form_drafts,
    comparing,
    versions,
    new_procedure,
    monitoring,
    personnel,
    discipline,
    employee_upload,
    employees,
    reminder_book,
    seniority,
    leave,
    finder,
    help,
)
"""Each adds its routes to `pages` when it is imported."""

answer_error = problems.answer


def create_web(app: Flask, gate: Gate, engine: Engine, config: Config) -> None:
    """Puts the pages into the application; whatever path nobody else owns is theirs."""
    app.extensions[EXTENSION] = Office(gate, engine, config, read_assets(), openid.provider_of(config))
    app.url_map.converters |= {"key": KeyConverter, "document": DocumentConverter}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    filters.register(app, {"said": facts.said, "service": service_name})
    guard.register(app)
    app.register_blueprint(pages)
    app.context_processor(_everywhere)


def _everywhere() -> dict[str, object]:
    """What every template may name."""
    at = office()
    return {
        "aset": at.assets.url,
        "csrf": guard.csrf_token(),
        "doors": DOORS,
        "public_doors": PUBLIC_DOORS,
        "office_name": at.config.office,
        "office_address": at.config.address,
        "office_contact": at.config.contact,
        "has_logo": at.config.logo is not None,
        "demo": at.config.demo,
        "largest_file": LARGEST,
        "file_kinds": ",".join(f".{ending}" for ending in KINDS),
        "free_days": filters.free_days,
        "visitor": guard.visitor_or_none(),
        "count_unread": notifications.count_unread,
    }
