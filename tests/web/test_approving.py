"""Many tasks approved at once: which they are, what is confirmed, and what is told of each."""

import json
import re
from typing import Any

import pytest

from server import engine
from server.cli import PUBLISHER
from server.engine import trial
from server.engine.search import INBOX, Query, Where, search
from tests.diagrams import diagram, end, parallel, path, start, user
from tests.web.conftest import Site, post

OPEN = Query((Where("state", "eq", "CREATED"),), (("name", False),))


def form(id: str, *fields: dict[str, Any]) -> bytes:
    components = [{"id": f"{id}_{field['key']}", **field} for field in fields]
    return json.dumps({"type": "default", "id": id, "schemaVersion": 19, "components": components}).encode()


CHOICE = {
    "type": "radio",
    "key": "keputusan",
    "label": "Surat disetujui?",
    "values": [{"label": "Setuju", "value": "setuju"}, {"label": "Tidak", "value": "tidak_setuju"}],
    "validate": {"required": True},
}
WHY_NOT = {
    "type": "textarea",
    "key": "catatan",
    "label": "Catatan",
    "validate": {"required": True},
    "conditional": {"hide": '=keputusan != "tidak_setuju"'},
}
SIGN = {
    "type": "checkbox",
    "key": "tanda_tangan",
    "label": "Saya tanda tangani",
    "validate": {"required": True},
}
NUMBER = {"type": "textfield", "key": "nomor", "label": "Nomor", "validate": {"required": True}}
BOOK = {
    "setuju.form": form("setuju", CHOICE, WHY_NOT),
    "tanda.form": form("tanda", SIGN),
    "nomori.form": form("nomori", CHOICE, NUMBER),
    "berkas.bpmn": diagram(
        start(),
        user("a", groups="sekretaris", form="setuju", name="A Periksa surat"),
        user("b", groups="sekretaris", form="tanda", name="B Tandatangani"),
        user("c", groups="sekretaris", form="nomori", name="C Beri nomor"),
        user("d", groups="sekretaris", name="Paraf konsep"),
        user("e", groups="sekretaris", name="Susun laporan"),
        *(end(f"selesai_{each}") for each in "abcde"),
        parallel("bagi"), path("start bagi"), *(path(f"bagi {each} selesai_{each}") for each in "abcde"),
        id="tandatangan", name="Berkas <b>",
    ),
}  # fmt: skip


@pytest.fixture
def desk(site: Site) -> Site:
    """Five open tasks of the Sekretaris, of which three only ask for a yes."""
    at = site.office
    at.gate.do(lambda c: engine.deploy(at.engine, c, PUBLISHER, BOOK, trial.examine))
    site.do("admin", engine.start, "tandatangan", {})
    return site


def tasks(site: Site) -> dict[str, str]:
    """The open ones: keys by element."""
    found = site.ask("sekretaris", search, INBOX, OPEN).items
    return {each["element_id"]: str(each["user_task_key"]) for each in found}


def test_plain_approvals_are_confirmed_and_done_and_the_others_named(desk: Site) -> None:
    keys, client = tasks(desk), desk.client("sekretaris")
    page = post(client, "/tugas/paraf", {"tugas": list(keys.values())}, page="/tugas").text
    assert "3 tugas akan Anda setujui" in page
    assert "Surat disetujui? <b>Setuju</b>" in page
    assert "2 tugas harus dibuka" in page
    assert "“Nomor” wajib diisi" in page
    assert "bukan sekadar paraf" in page
    assert "Berkas &lt;b&gt;" in page
    ready = re.findall(r'name="tugas" value="(\d+)" checked', page)
    assert ready == [keys[each] for each in "abd"]
    told = post(client, "/tugas/paraf/selesai", {"tugas": ready}, page="/tugas").text
    assert "3 disetujui atau diparaf" in told
    assert set(tasks(desk)) == {"c", "e"}
    case = desk.ask("sekretaris", search, INBOX).items[0]["process_instance_key"]
    kept = desk.ask("sekretaris", search, engine.search.VARIABLES, Query()).items
    values = {each["name"]: each["value"] for each in kept if each["process_instance_key"] == case}
    assert values == {"keputusan": '"setuju"', "tanda_tangan": "true"}


def test_each_is_told_by_itself_and_doing_it_again_changes_nothing(desk: Site) -> None:
    keys, client = tasks(desk), desk.client("sekretaris")
    desk.do("admin", engine.assign, int(keys["b"]), "kepala_dinas")
    desk.do("sekretaris", engine.complete, int(keys["d"]), {})
    wanted = {"tugas": [keys["a"], keys["b"], keys["d"], keys["e"], "9", "x"]}
    for _ in range(2):
        told = post(client, "/tugas/paraf/selesai", wanted, page="/tugas").text
        assert "2 disetujui atau diparaf, 1 sudah dikerjakan rekan, 2 belum selesai" in told
        assert "Sedang dipegang" in told


def test_what_somebody_has_begun_to_fill_in_is_not_approved_over_it(desk: Site) -> None:
    keys, client = tasks(desk), desk.client("sekretaris")
    desk.do("sekretaris", engine.save_draft, int(keys["a"]), {"catatan": "kurang lampiran"})
    told = post(client, "/tugas/paraf/selesai", {"tugas": [keys["a"]]}, page="/tugas").text
    assert "sudah ada konsep isiannya" in told
    assert "a" in tasks(desk)


def test_nobody_approves_what_is_not_theirs(desk: Site) -> None:
    keys, stranger = tasks(desk), desk.client("pns")
    for path_ in ("/tugas/paraf", "/tugas/paraf/selesai"):
        page = post(stranger, path_, {"tugas": list(keys.values())}, page="/tugas")
        assert page.status_code == 200
        assert "Periksa surat" not in page.text
        assert (
            desk.client("sekretaris").post(path_, data={"tugas": keys["a"], "_token": "0"}).status_code == 403
        )
    assert len(tasks(desk)) == 5


def test_nothing_ticked_says_what_to_do(desk: Site) -> None:
    page = post(desk.client("sekretaris"), "/tugas/paraf", page="/tugas").text
    assert "Centang dahulu tugasnya" in page
