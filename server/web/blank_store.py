"""Blangko: the store of blank KTP-el cards, how they are to be shared, its ledger, and what each kecamatan got."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from server import errors, population
from server.calendar import words
from server.gate import status_of
from server.population import GOODS
from server.population.models import BlankRequestStatus
from server.population.stock import LARGEST, LONGEST, LONGEST_REASON, Sought, keeps
from server.population.stock_sheet import ledger_workbook
from server.population.store import DECIDED
from server.web import fields
from server.web.office import actor, ask, do, office
from server.web.pages import pages
from server.web.sop import XLSX

SECTION: Final = "web.blank_store"
PAGE: Final = 50
LAST_PAGE: Final = 400
LATEST: Final = 6
"""Rows of the ledger on the first page."""
MOST: Final = 20_000
"""Rows of one spreadsheet."""
STATUSES: Final = {
    BlankRequestStatus.DIMINTA: ("Belum ditetapkan", "stopped"),
    BlankRequestStatus.DITETAPKAN: ("Ditetapkan", "active"),
    BlankRequestStatus.DISERAHKAN: ("Diserahkan", "done"),
    BlankRequestStatus.DIBATALKAN: ("Dibatalkan", "over"),
}
MODES: Final = {
    "PENUH": ("Penuh", "Persediaan cukup: setiap kecamatan mendapat kebutuhannya.", "ok"),
    "TERBATAS": (
        "Terbatas",
        "Persediaan tidak cukup untuk semua: lantai lebih dahulu, lalu PRR dan permohonan lain menurut yang kurang.",
        "soon",
    ),
    "HENTI": (
        "Henti",
        "Tidak ada yang dapat dibagikan di atas cadangan; hanya keadaan darurat atas disposisi Kepala Dinas.",
        "late",
    ),
}
Answer = str | AnyResponse | tuple[str, int]


# --- list


@pages.get("/blangko", endpoint="blank_store")
def store() -> str:
    """What there is, what is free, how long it lasts, whether to order; and for who keeps it, what comes in."""
    return _store()


@pages.get("/blangko/pembagian")
def blank_sharing() -> str:
    """All requests: those to be set with what the tables propose now, those set, those handed over."""
    page = _page_number()
    handed = ask(
        population.requests, [BlankRequestStatus.DISERAHKAN], None, PAGE // 2, (page - 1) * (PAGE // 2)
    )
    return render_template(
        "blank_sharing.html",
        **_frame(),
        it=ask(population.sharing),
        promised=ask(population.requests, [BlankRequestStatus.DITETAPKAN], None, MOST).items,
        handed=handed,
        page=page,
        page_size=PAGE // 2,
        modes=MODES,
    )


@pages.get("/blangko/kartu-stok")
def blank_ledger() -> str:
    """The rows of the ledger that were asked for, with the stock after each."""
    sought, page, message = _sought(), _page_number(), None
    try:
        sought = _sought_days(sought)
    except errors.Invalid as refusal:
        message = refusal.message
    found = ask(population.ledger, sought, PAGE, (page - 1) * PAGE)
    return render_template(
        "blank_ledger.html",
        **_frame(),
        found=found,
        sought=sought,
        page=page,
        page_size=PAGE,
        message=message,
        args={name: value for name, value in request.args.items() if name not in ("hal", "kabar")},
    )


@pages.get("/blangko/kartu-stok.xlsx")
def blank_ledger_sheet() -> Response:
    """The same rows, all of them, as a spreadsheet."""
    sought, at = _sought_days(_sought()), office()
    found = ask(population.ledger, sought, MOST)
    today = at.engine.clock.today()
    heading = f"Kartu stok blangko KTP-el dan perlengkapannya, keadaan {words.day(today)}"
    body = ledger_workbook(heading, found.items, at.engine.clock.zone)
    response = Response(body, content_type=XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=f"kartu-stok-{today}.xlsx")
    return response


@pages.get("/blangko/kecamatan")
def blank_kecamatan() -> str:
    """All that have asked; of one (`nama`), what it reported and got, the newest first."""
    if name := request.args.get("nama", "")[:100]:
        return _one_kecamatan(name)
    return render_template("blank_kecamatan.html", **_frame(), found=ask(population.kecamatan))


# --- act


@pages.post("/blangko/pembagian/<key:case>")
def set_blanks(case: int) -> AnyResponse:
    """To the step in which a request's cards are set, with the proposal as it is now."""
    task = do(population.freshen, case)
    return redirect(url_for("web.task", task=task.key), HTTPStatus.SEE_OTHER)


@pages.post("/blangko/terima")
def receive_goods() -> Answer:
    """Enters what came in."""
    return _enter(
        lambda: do(
            population.enter,
            fields.text("barang"),
            fields.whole("jumlah", "jumlah yang diterima", 1, LARGEST),
            fields.text("keterangan"),
            fields.text_or_none("kunci"),
        ),
        "barang-diterima",
    )


@pages.post("/blangko/hitung")
def count_goods() -> Answer:
    """Brings the stock to what was counted."""
    barang = fields.text("barang")
    return _enter(
        lambda: do(
            population.count,
            barang,
            fields.whole("fisik", "jumlah menurut hitungan", 0, LARGEST),
            fields.whole(f"urut_{barang}", "barang", 0, LARGEST),
            fields.text("alasan"),
            fields.text_or_none("kunci"),
        ),
        "stok-dihitung",
    )


def _enter(deed: Callable[[], Any], notice: str) -> Answer:
    try:
        deed()
    except (errors.Invalid, errors.Conflict) as refusal:
        return _store(refusal), status_of(refusal)
    return redirect(url_for("web.blank_store", kabar=notice), HTTPStatus.SEE_OTHER)


def _store(refusal: errors.OfficeError | None = None) -> str:
    latest = ask(population.ledger, Sought(), LATEST)
    return render_template(
        "blank_store.html",
        **_frame(),
        it=ask(population.standing),
        latest=latest.items,
        keeps=keeps(actor()),
        key=secrets.token_urlsafe(18),
        message=refusal.message if refusal else None,
        most=LARGEST,
        longest=LONGEST,
        longest_reason=LONGEST_REASON,
    )


def _one_kecamatan(name: str) -> str:
    page = _page_number()
    found = ask(population.requests, tuple(BlankRequestStatus), name, PAGE, (page - 1) * PAGE)
    if not found.total:
        raise population.UnknownKecamatan(name)
    return render_template(
        "blank_kecamatan_one.html",
        **_frame(),
        name=name,
        found=found,
        got=ask(population.received, name),
        page=page,
        page_size=PAGE,
        decided=DECIDED,
    )


def _frame() -> dict[str, Any]:
    """What every page of the room needs."""
    return {"section": SECTION, "goods": GOODS, "statuses": STATUSES}


def _sought() -> Sought:
    barang, kecamatan = (request.args.get(name, "")[:100] for name in ("barang", "kecamatan"))
    return Sought(barang if barang in GOODS else None, kecamatan or None)


def _sought_days(sought: Sought) -> Sought:
    since, until = (fields.read_day(request.args.get(name, ""), name) for name in ("dari", "sampai"))
    return replace(sought, since=since, until=until)


def _page_number() -> int:
    return min(max(request.args.get("hal", 1, type=int), 1), LAST_PAGE)
