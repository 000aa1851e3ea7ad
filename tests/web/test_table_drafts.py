"""Tables and forms in the workshop: the pages beside their editors, as the right and as the wrong person."""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from server import authoring, dmn
from server.authoring import uses
from server.config import ROOT
from server.engine.tables import Kind
from tests.web.conftest import LEAVE, XSS, Site, begin, post, send

FILE = "definisi_penelitian_cuti"
FORM = "pengajuan_cuti_permohonan"
TABLE = ROOT / "dmn/cuti/penelitian-cuti.dmn"
PAGES = ("", "/coba-tabel", "/perubahan", "/contoh.yaml")
SAFE_XSS = "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"


def opened(site: Site, kind: Kind = Kind.REQUIREMENTS, id_: str = FILE) -> int:
    return int(site.do("admin", authoring.open_draft, kind, id_))


def changed(site: Site, key: int, body: str) -> None:
    draft = site.ask("admin", authoring.find, key)
    site.do("admin", authoring.save, key, draft.revision, body.encode())


def trial(site: Site, key: int, decision: str, typed: Mapping[str, str], deed: str = "", **more: str) -> Any:
    client = site.client("admin")
    form = {"keputusan": decision, **{f"isi:{path}": text for path, text in typed.items()}, **more}
    return post(client, f"/rancangan/{key}/coba-tabel{deed}", form)


@pytest.mark.parametrize("path", PAGES)
def test_who_may_not_publish_finds_no_draft_of_a_table(leave: Site, path: str) -> None:
    key = opened(leave)

    assert leave.client("admin").get(f"/rancangan/{key}{path}").status_code == 200
    assert leave.client("kasubag_umpeg").get(f"/rancangan/{key}{path}").status_code == 404
    assert leave.client().get(f"/rancangan/{key}{path}").status_code == 303


def test_who_may_not_publish_tries_and_keeps_nothing(leave: Site) -> None:
    key, form = opened(leave), opened(leave, Kind.FORM, FORM)
    client = leave.client("pns")

    for path in (f"{key}/coba-tabel", f"{key}/coba-tabel/contoh", f"{key}/coba-tabel/contoh/1/hapus"):
        assert post(client, f"/rancangan/{path}", {"keputusan": "rezim_cuti", "nama": "x"}).status_code == 404
    assert send(client, f"/rancangan/{form}/coba-formulir", {"isi": "{}", "nilai": {}}).status_code == 404


def test_pages_of_tables_are_none_of_other_drafts(leave: Site) -> None:
    form = opened(leave, Kind.FORM, FORM)
    client = leave.client("admin")

    assert client.get(f"/rancangan/{form}/coba-tabel").status_code == 404
    assert (
        send(client, f"/rancangan/{opened(leave)}/coba-formulir", {"isi": "{}", "nilai": {}}).status_code
        == 404
    )
    assert client.get("/rancangan/99/coba-tabel").status_code == 404


def test_what_was_typed_is_answered_with_the_rule_and_its_law(leave: Site) -> None:
    page = trial(leave, opened(leave), "rezim_cuti", {"mulai": "2026-11-27"}).text

    assert "BKN_7_2021" in page
    assert "Aturan 3" in page
    assert "PP 11/2017 jo. PP 17/2020; Peraturan BKN 24/2017 jo. Peraturan BKN 7/2021" in page


def test_what_is_no_date_is_told_at_its_field_and_nothing_is_kept(leave: Site) -> None:
    answer = trial(leave, opened(leave), "rezim_cuti", {"mulai": "besok"}, "/contoh", nama="Besok")

    assert answer.status_code == 400
    assert 'href="#isi:mulai"' in answer.text
    assert "disimpan di sini" not in answer.text


def test_an_example_is_kept_run_and_dropped(leave: Site) -> None:
    key = opened(leave)
    client = leave.client("admin")
    assert trial(leave, key, "rezim_cuti", {"mulai": "2026-11-27"}, "/contoh", nama=XSS).status_code == 303

    page = client.get(f"/rancangan/{key}/coba-tabel").text
    changed(leave, key, TABLE.read_text().replace('"BKN_7_2021"', '"BKN_8_2026"'))
    later = client.get(f"/rancangan/{key}/coba-tabel").text

    assert XSS not in page + later
    assert SAFE_XSS in page
    assert "Semua sesuai" in page
    assert "tidak sesuai</span>" in later
    example = re.search(r"contoh/(\d+)/hapus", later)
    assert example
    post(client, f"/rancangan/{key}/coba-tabel/contoh/{example[1]}/hapus")
    assert "disimpan di sini" not in client.get(f"/rancangan/{key}/coba-tabel").text


def test_names_and_annotations_are_text_on_every_page(leave: Site) -> None:
    key = opened(leave)
    hostile = (
        TABLE.read_text()
        .replace("Hak setahun: PP 11/2017", SAFE_XSS)
        .replace('name="Rezim cuti"', f'name="{SAFE_XSS}"')
    )
    changed(leave, key, hostile.replace('label="Mulai cuti"', f'label="{SAFE_XSS}"'))
    client = leave.client("admin")

    pages = [client.get(f"/rancangan/{key}{path}").text for path in PAGES[:3]]
    pages.append(trial(leave, key, "ketentuan_cuti", {"mulai": "2026-11-27"}).text)

    assert not any(XSS in page for page in pages)
    assert all(SAFE_XSS in page for page in pages[1:])


def test_a_table_that_cannot_be_read_is_told_in_words(leave: Site) -> None:
    key = opened(leave)
    changed(leave, key, '<!DOCTYPE x [<!ENTITY a "a">]><definitions/>')
    client = leave.client("admin")

    for path in ("/coba-tabel", "/perubahan"):
        answer = client.get(f"/rancangan/{key}{path}")
        assert answer.status_code == 400
        assert "DOCTYPE" in answer.text
    assert client.get(f"/rancangan/{key}").status_code == 200


def test_changes_are_told_cell_by_cell_and_by_words(leave: Site) -> None:
    key, form = opened(leave), opened(leave, Kind.FORM, FORM)
    changed(leave, key, TABLE.read_text().replace("<text>12</text>", "<text>15</text>", 1))
    changed(leave, form, LEAVE_FORM.read_text().replace('"label": "Jenis cuti"', '"label": "Macam cuti"'))
    client = leave.client("admin")

    table, words = (client.get(f"/rancangan/{each}/perubahan").text for each in (key, form))

    assert re.search(r"<del>.*?12</del> <ins>.*?15</ins>", table)
    assert "Judul: “Jenis cuti” menjadi “Macam cuti”." in words


LEAVE_FORM = next(path for path in LEAVE if path.name == "pengajuan-cuti-permohonan.form")


def test_what_a_form_would_take_is_told_and_not_kept(leave: Site) -> None:
    key = opened(leave, Kind.FORM, FORM)
    client = leave.client("admin")
    text = LEAVE_FORM.read_text()
    filled = {"jenis_cuti": "tahunan", "alasan": XSS, "mulai": "2026-12-15", "selesai": "2026-12-15"}
    filled |= {"alamat_selama_cuti": "Jalan", "telepon": "081234567890"}

    refused = send(client, f"/rancangan/{key}/coba-formulir", {"isi": text, "nilai": filled}).json
    taken = send(
        client,
        f"/rancangan/{key}/coba-formulir",
        {"isi": text, "nilai": {**filled, "tanda_tangan_pemohon": True}},
    ).json

    assert [each["where"] for each in refused["problems"]] == ["tanda_tangan_pemohon"]
    assert refused["html"] == ""
    assert taken["problems"] == []
    assert XSS not in taken["html"]
    assert "Cuti tahunan" in taken["html"]


@pytest.mark.parametrize(
    "sent", [{}, {"isi": 1, "nilai": {}}, {"isi": "{}", "nilai": []}, {"isi": "[", "nilai": {}}]
)
def test_what_is_no_form_is_refused(leave: Site, sent: Any) -> None:
    key = opened(leave, Kind.FORM, FORM)

    assert send(leave.client("admin"), f"/rancangan/{key}/coba-formulir", sent).status_code == 400


def test_a_file_tells_who_uses_it_and_what_running_cases_see(leave: Site) -> None:
    begin(leave)
    found = leave.office.gate.ask(lambda c: uses.uses(leave.office.engine, c, Kind.REQUIREMENTS, FILE))

    (use,) = found
    assert (use.process_id, use.running) == ("pengajuan_cuti", 1)
    for path in ("", "/perubahan", "/terbit"):
        page = leave.client("admin").get(f"/rancangan/{opened(leave)}{path}").text
        assert use.name in page
        assert "1 perkara berjalan tetap memakai versi yang berlaku saat dimulai" in page


def test_a_removed_field_that_a_table_still_asks_for_is_doubtful(leave: Site) -> None:
    key = opened(leave, Kind.FORM, FORM)
    changed(leave, key, LEAVE_FORM.read_text().replace('"key": "jenis_cuti"', '"key": "macam_cuti"'))

    found = leave.ask("admin", authoring.examine, [key])

    assert any("“Jenis cuti” (jenis_cuti) dihapus" in each.message for each in found if not each.refused)


# --- what the editor saves


def as_it_is(body: bytes) -> Any:
    """A file without what is only a way of writing: blanks, the order of attributes, the default of the hit policy."""

    def told(element: etree._Element) -> Any:
        attributes = {
            name: value for name, value in element.attrib.items() if (name, value) != ("hitPolicy", "UNIQUE")
        }
        return (
            element.tag,
            sorted(attributes.items()),
            (element.text or "").strip(),
            [told(each) for each in element],
        )

    return told(etree.fromstring(body, etree.XMLParser(remove_comments=True)))


@pytest.mark.slow
def test_the_editor_saves_every_table_of_the_book_as_it_was() -> None:
    paths = sorted((ROOT / "dmn").rglob("*.dmn"))
    script = Path(__file__).with_name("saved_tables.mjs")
    done = subprocess.run(["node", script, *paths], capture_output=True, text=True, check=True, cwd=ROOT)

    for path, saved in zip(paths, json.loads(done.stdout), strict=True):
        assert dmn.compare(dmn.read(path.read_bytes()), dmn.read(saved.encode())) == ()
        assert as_it_is(path.read_bytes()) == as_it_is(saved.encode())
