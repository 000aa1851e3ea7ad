"""Persyaratan: which documents an applicant must bring, by the tables in dmn/persyaratan. For anybody, without logging in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import render_template, request
from sqlalchemy import Connection

from server import population, tracking
from server.engine import Engine
from server.letters import Office
from server.population import Question, RequirementList, Service
from server.population.requirements import BENTUK, laws
from server.web.fields import number
from server.web.office import office
from server.web.pages import pages

ASKED: Final = "tampil"
"""The field by which a form says that its questions were answered."""
WORDS: Final = {True: "ya", False: "tidak"}
SPELT: Final = frozenset({"kk", "ktp", "tni", "wna", "wni"})
"""Words in the values of tables that are written in capitals."""


@dataclass(frozen=True)
class Counter:
    """What the page of a service shows. `wrong`: what is wrong with an answer, by question."""

    service: Service
    questions: tuple[Question, ...]
    answers: Mapping[str, str]
    found: RequirementList | None
    wrong: Mapping[str, str]
    kantor: Office


@pages.get("/persyaratan")
def requirements() -> str:
    """The services that have a list, by bidang."""
    at = office()
    words = request.args.get("cari", "").strip()[:100]
    shelves: dict[str | None, list[Service]] = {}
    for each in at.gate.ask(lambda c: population.services(at.engine, c)):
        if words.lower() in f"{each.name} {each.description}".lower():
            shelves.setdefault(each.bidang, []).append(each)
    return render_template("requirements.html", shelves=shelves, words=words)


@pages.get("/persyaratan/<process_id>")
def requirement_list(process_id: str) -> str:
    """The questions that decide, and the list that follows from the answers."""
    at = office()
    shown = at.gate.ask(lambda c: _counter(at.engine, c, process_id))
    return render_template("requirement_list.html", it=shown, bentuk=BENTUK, laws=laws, spelt=_spelt)


def _counter(engine: Engine, connection: Connection, process_id: str) -> Counter:
    service = population.service(engine, connection, process_id)
    asked = population.questions(engine, connection, process_id)
    answers = {one.name: request.args.get(one.name, "").strip()[:100] for one in asked}
    found, wrong = None, dict[str, str]()
    if not asked or ASKED in request.args:
        facts = {one.name: _fact(one, answers[one.name]) for one in asked if answers[one.name]}
        try:
            found = population.requirements(engine, connection, process_id, facts, engine.clock.today())
        except population.FactsNeeded as needed:
            named = {each.where for each in needed.problems}
            wrong = {one.name: _told(one, answers[one.name]) for one in asked if one.name in named}
    return Counter(service, asked, answers, found, wrong, tracking.opening(engine, service.bidang))


def _fact(asked: Question, text: str) -> object:
    """An answer of the form as the table wants it; what is none stays as it is, and is refused."""
    if asked.kind == "boolean":
        return next((value for value, word in WORDS.items() if word == text), text)
    if asked.kind == "number" and (found := number(text)) is not None:
        return found
    return text


def _told(asked: Question, answer: str) -> str:
    """What is wrong with an answer."""
    if not answer:
        return "Jawab pertanyaan ini."
    return (
        "Tulis dengan angka, misalnya 17." if asked.kind == "number" else "Jawaban ini tidak dapat dipakai."
    )


def _spelt(value: str) -> str:
    """A value of a table as people read it: `pindah_datang` → Pindah datang."""
    words = [word.upper() if word in SPELT else word for word in value.split("_")]
    text = " ".join(words)
    return text[:1].upper() + text[1:]
