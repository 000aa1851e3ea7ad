"""Pemberitahuan: what one was told, what has come of it, and the bell that counts what is new."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from itertools import groupby
from typing import Final

from flask import redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server import errors, notify
from server.engine import Engine, search
from server.engine.search import Found, Item, Query, Where
from server.identity import Actor, names_of
from server.notify import NOTIFICATIONS, Channels, Occasion, Wishes
from server.web import filters
from server.web.guard import visitor_or_none
from server.web.office import actor, ask, do, office
from server.web.pages import pages
from server.web.problems import wants_fragment

PAGE: Final = 50


@dataclass(frozen=True)
class Day:
    """The notifications of a day, all new or all known."""

    title: str
    items: Sequence[Item]


@dataclass(frozen=True)
class Post:
    """What the page shows. `names`: of those who hold a task or said something; `newest`: the moment up to which all may be marked as read."""

    found: Found
    days: Sequence[Day]
    names: dict[str, str]
    newest: datetime


@pages.get("/pemberitahuan")
def notifications() -> str:
    """What one was told: first what one has not read, the newest first, by day."""
    number = min(max(request.args.get("hal", 1, type=int), 1), 400)
    return render_template(
        "_notifications.html" if wants_fragment() else "notifications.html",
        section="web.notifications",
        post=ask(_post, number),
        words=notify.WORDS,
        page=number,
        page_size=PAGE,
    )


@pages.get("/pemberitahuan/jumlah")
def unread() -> str | tuple[str, int]:
    """The bell, as it is now. Who is logged in no more is told so by what they do next, not by the bell."""
    if visitor_or_none() is None:
        return "", HTTPStatus.NO_CONTENT
    return render_template("_bell.html")


@pages.get("/pemberitahuan/<key:notification>")
def open_notification(notification: int) -> Response:
    """To the task, the incident or the case that it is about; now it is read."""
    item = ask(search.find, NOTIFICATIONS, notification)
    do(notify.mark_read, notification)
    if item["user_task_key"] is not None:
        return redirect(url_for("web.task", task=item["user_task_key"]), HTTPStatus.SEE_OTHER)
    if item["incident_key"] is not None:
        return redirect(url_for("web.incident", incident=item["incident_key"]), HTTPStatus.SEE_OTHER)
    if item["process_instance_key"] is None:
        room = "web.blank_store" if item["occasion"] == Occasion.STOCK else "web.reminder_pages"
        return redirect(url_for(room), HTTPStatus.SEE_OTHER)
    place = "comments" if item["comment_key"] is not None else None
    address = url_for("web.case", case=item["process_instance_key"], _anchor=place)
    return redirect(address, HTTPStatus.SEE_OTHER)


@pages.post("/pemberitahuan/<key:notification>/dibaca")
def mark_read(notification: int) -> Response:
    """Marks one as read."""
    do(notify.mark_read, notification)
    return redirect(url_for("web.notifications"), HTTPStatus.SEE_OTHER)


@pages.post("/pemberitahuan/dibaca")
def mark_all_read() -> Response:
    """Marks all as read that the page has shown; what came since stays new."""
    do(notify.mark_all_read, _moment(request.form.get("sampai", "")))
    return redirect(url_for("web.notifications", kabar="dibaca"), HTTPStatus.SEE_OTHER)


@pages.get("/pemberitahuan/pilihan")
def wishes() -> str:
    """How one wishes to be told."""
    return _wishes_page(ask(_own_wishes))


@pages.post("/pemberitahuan/pilihan")
def keep_wishes() -> Response | tuple[str, int]:
    """Keeps it; what was chosen stays where the address cannot be used."""
    at, who = office(), actor()
    email = request.form.get("surel", "").strip() or None
    chosen = _chosen(email)
    try:
        at.gate.change(lambda c: notify.change_own_email(at.engine, c, who, email))
    except errors.Invalid as refusal:
        return _wishes_page(chosen, refusal.message), HTTPStatus.UNPROCESSABLE_ENTITY
    do(notify.keep_wishes, chosen)
    return redirect(url_for("web.wishes", kabar="pilihan"), HTTPStatus.SEE_OTHER)


def _chosen(email: str | None) -> Wishes:
    ticked = set(request.form.getlist("lewat"))
    channels = {
        each: Channels(page=f"{each}:halaman" in ticked, mail=f"{each}:surel" in ticked) for each in Occasion
    }
    digest_at = None if request.form.get("kapan") == "segera" else _time(request.form.get("jam", ""))
    return Wishes(email, channels, digest_at)


def _time(text: str) -> time:
    with suppress(ValueError):
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    return notify.DIGEST


def _own_wishes(engine: Engine, connection: Connection, who: Actor) -> Wishes:
    return notify.wishes_of(connection, [who.username])[who.username]


def _wishes_page(wishes: Wishes, message: str | None = None) -> str:
    return render_template(
        "wishes.html",
        section="web.notifications",
        wishes=wishes,
        words=notify.WORDS,
        digest=notify.DIGEST,
        sends_mail=bool(office().config.smtp_host),
        message=message,
    )


def count_unread() -> int:
    """For the bell on every page; 0 where nobody can tell."""
    if visitor_or_none() is None:
        return 0
    with suppress(errors.Unavailable):
        return ask(notify.count_unread)
    return 0


def _moment(text: str) -> datetime:
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment
    raise errors.Invalid("Halaman ini sudah terlalu lama terbuka. Muat ulang, lalu coba lagi.")


def _post(engine: Engine, connection: Connection, who: Actor, number: int) -> Post:
    first_new = (("unread", True), ("at", True))
    now = engine.clock.now()
    asked = Query((Where("at", "lte", now),), first_new, PAGE, (number - 1) * PAGE)
    found = search.search(engine, connection, who, NOTIFICATIONS, asked)
    return Post(
        found=found,
        days=list(_days(engine, found.items)),
        names=names_of(
            connection, {each[who] for each in found.items for who in ("assignee", "commented_by")}
        ),
        newest=now,
    )


def _days(engine: Engine, items: Sequence[Item]) -> list[Day]:
    today, zone = engine.clock.today(), engine.clock.zone
    return [
        Day(f"{'Belum' if new else 'Sudah'} dibaca · {_title(day, today)}", list(those))
        for (new, day), those in groupby(
            items, lambda one: (one["unread"], one["at"].astimezone(zone).date())
        )
    ]


def _title(day: date, today: date) -> str:
    if day >= today - timedelta(days=1):
        return "hari ini" if day >= today else "kemarin"
    return filters.weekday(day)
