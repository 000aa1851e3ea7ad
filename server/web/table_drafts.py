"""Coba tabel, and what a draft of tables or of a form changes: pages beside the editor that only look, save for kept examples."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from flask import Response, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from server import authoring, dmn, errors, forms
from server.authoring import Opened, tables, uses
from server.engine import Engine
from server.engine.tables import Kind
from server.gate import status_of
from server.identity import Actor
from server.web.drafts import SECTION, WORDS
from server.web.office import ask, do, office
from server.web.pages import pages

PREFIX: Final = "isi:"
"""What a field of a trial begins with, before the path of its question."""
MOST_ROWS: Final = 300
"""Rules of one table that a page of changes shows."""


@dataclass(frozen=True)
class Bench:
    """A table on trial. `typed`: texts by path; `wrong`: what is no such value; `answer`: None where nothing was asked yet."""

    of: tables.Sheet
    decision: str
    questions: tuple[dmn.Question, ...]
    typed: dict[str, str]
    wrong: dict[str, str]
    answer: dmn.Evaluation | None
    worked: list[tables.Worked]
    suggestions: dict[str, list[str]]

    @property
    def failed(self) -> int:
        return sum(not each.passed for each in self.worked)


# --- one


@pages.get("/rancangan/<key:draft>/coba-tabel")
def try_table(draft: int) -> str:
    """What the draft asks, and how its examples fare; `contoh`: the number of the one whose inputs are filled in."""
    return _shown(
        draft, ask(_bench, draft, request.args.get("keputusan"), None, request.args.get("contoh", type=int))
    )


@pages.post("/rancangan/<key:draft>/coba-tabel")
def answer_table(draft: int) -> str:
    """What the draft answers to what was typed."""
    return _shown(draft, ask(_bench, draft, request.form.get("keputusan"), _typed(), None))


@pages.get("/rancangan/<key:draft>/perubahan")
def draft_changes(draft: int) -> str:
    """What the draft changes of what is in force, in words and cell by cell."""
    opened = ask(authoring.find, draft)
    if opened.kind == Kind.PROCESS:
        raise errors.NotFound("Perubahan diagram dilihat di penyuntingnya.")
    found = ask(_differences, opened)
    return render_template(
        "draft_changes.html",
        section=SECTION,
        draft=opened,
        kind_word=WORDS[opened.kind],
        differences=found,
        most=MOST_ROWS,
        uses=office().gate.ask(lambda c: uses.uses(office().engine, c, opened.kind, opened.id)),
    )


@pages.get("/rancangan/<key:draft>/contoh.yaml")
def kept_examples(draft: int) -> Response:
    """The kept examples as a file to lay beside the book's table."""
    of = ask(tables.sheet, draft)
    text = office().gate.ask(lambda c: tables.written(c, of))
    name = of.draft.name.rpartition("/")[2].removesuffix(".dmn")
    response = Response(text, mimetype="application/yaml")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}{tables.ENDING}")
    return response


# --- act


@pages.post("/rancangan/<key:draft>/coba-tabel/contoh")
def keep_example(draft: int) -> AnyResponse | tuple[str, int]:
    """Keeps what was typed as an example, with the draft's answer."""
    decision, typed = request.form.get("keputusan", ""), _typed()
    bench = ask(_bench, draft, decision, typed, None)
    if bench.wrong:
        return _shown(draft, bench), HTTPStatus.BAD_REQUEST
    values, _ = tables.values_of(bench.questions, typed)
    try:
        do(tables.keep, draft, bench.decision, request.form.get("nama", ""), values)
    except errors.Invalid as refusal:
        return _shown(draft, bench, refusal.message), status_of(refusal)
    there = url_for("web.try_table", draft=draft, keputusan=bench.decision, kabar="contoh-disimpan")
    return redirect(there, HTTPStatus.SEE_OTHER)


@pages.post("/rancangan/<key:draft>/coba-tabel/contoh/<key:example>/hapus")
def drop_example(draft: int, example: int) -> AnyResponse:
    """Takes a kept example away."""
    do(tables.drop, draft, example)
    return redirect(url_for("web.try_table", draft=draft, kabar="contoh-dihapus"), HTTPStatus.SEE_OTHER)


def _typed() -> dict[str, str]:
    return {name.removeprefix(PREFIX): text for name, text in request.form.items() if name.startswith(PREFIX)}


def _shown(draft: int, bench: Bench, refusal: str | None = None) -> str:
    return render_template(
        "table_trial.html",
        section=SECTION,
        draft=bench.of.draft,
        it=bench,
        prefix=PREFIX,
        refusal=refusal,
        shown=tables.shown,
    )


def _bench(
    engine: Engine,
    connection: Connection,
    who: Actor,
    key: int,
    decision: str | None,
    typed: dict[str, str] | None,
    filled: int | None,
) -> Bench:
    of = tables.sheet(engine, connection, who, key)
    found = tables.examples(connection, of, office().config.book)
    worked = tables.run(engine, connection, of, found)
    if typed is None and filled is not None and 0 < filled <= len(worked):
        decision = dmn.find(of.definitions, worked[filled - 1].example.decision).id
    chosen = of.chosen(decision)
    beside = [each for each, _, _ in found]
    asked = tables.asked(engine, of, chosen, beside)
    if typed is None and filled is not None and 0 < filled <= len(worked):
        typed = tables.flat(worked[filled - 1].example.inputs, asked)
    values, problems = tables.values_of(asked, typed or {})
    answer = None
    if typed is not None and not problems:
        answer = tables.evaluate(engine, connection, of, chosen, values)
    return Bench(
        of,
        chosen,
        asked,
        typed or {},
        {str(each.where): each.message for each in problems},
        answer,
        worked,
        _suggestions(asked, beside),
    )


def _suggestions(asked: tuple[dmn.Question, ...], found: list[dmn.Example]) -> dict[str, list[str]]:
    """Texts that examples give for what has no answers of its own, by path."""
    seen: dict[str, dict[str, None]] = {}
    for example in found:
        for path, text in tables.flat(example.inputs, asked).items():
            if text:
                seen.setdefault(path, {})[text] = None
    return {path: list(texts)[:40] for path, texts in seen.items()}


def _differences(engine: Engine, connection: Connection, who: Actor, opened: Opened) -> Any:
    if opened.kind == Kind.REQUIREMENTS:
        return tables.compare(engine, connection, tables.sheet(engine, connection, who, opened.key))
    standing = opened.in_force
    before = (
        authoring.body_of(connection, standing.resource_key)
        if standing
        else b'{"type": "default", "components": []}'
    )
    return forms.compare(before, opened.body)
