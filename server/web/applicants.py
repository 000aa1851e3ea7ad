"""Applicants: who a case is about, and in whose name a procedure is started at the counter."""

from collections.abc import Sequence
from typing import Final

from flask import render_template, request
from sqlalchemy import Connection

from server import errors, population
from server.engine import Engine
from server.engine.instances import may_name_another, newest_bundle
from server.engine.search import Item
from server.identity import Actor, Member, Sought, find_people
from server.web.office import ask
from server.web.pages import pages

SHOWN: Final = 15
SHORTEST: Final = 2
"""Letters from which on people are looked for."""


class OnlyForOneself(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__("Anda hanya dapat memulai prosedur ini atas nama sendiri.")


def with_applicants(connection: Connection, items: Sequence[Item]) -> list[Item]:
    """Tasks or cases with the `applicant` that the counter wrote down, where none of the office's people is."""
    strangers = [each["process_instance_key"] for each in items if not each["applicant"]]
    known = population.applicants(connection, strangers) if strangers else {}
    return [
        {**each, "applicant": each["applicant"] or known.get(each["process_instance_key"])} for each in items
    ]


@pages.get("/mulai/<process_id>/orang")
def applicants(process_id: str) -> str:
    """People in whose name the caller may start it, as a part of the procedure's page."""
    words = request.args.get("cari", "").strip()[:100]
    found = ask(_people, process_id, words)
    return render_template(
        "_people.html",
        people=[(each.username, each.name) for each in found[:SHOWN]],
        details={each.username: _detail(each) for each in found},
        more=len(found) > SHOWN,
        field="untuk",
        optional=True,
        short=len(words) < SHORTEST,
    )


def _people(engine: Engine, connection: Connection, who: Actor, process_id: str, words: str) -> list[Member]:
    bundle = engine.bundles.get(connection, newest_bundle(connection, process_id).bundle_key)
    if not may_name_another(who, bundle):
        raise OnlyForOneself
    if len(words) < SHORTEST:
        return []
    sought = Sought(text=words, active=True)
    return find_people(connection, sought, engine.clock.today(), most=SHOWN + 1)


def _detail(person: Member) -> str:
    return f"NIP {person.nip}" if person.nip else person.username
