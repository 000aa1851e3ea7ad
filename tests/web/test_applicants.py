"""Starting in another's name: who may, whom they find, and whose the case then is."""

import pytest

from server.engine.search import CASES, search
from server.identity import find_person
from tests.web.conftest import XSS, Site, send

HEAD = "kasubag_umpeg"
"""They may start every procedure of personnel."""


def test_who_may_start_for_others_finds_people_by_name_nip_and_username(leave: Site) -> None:
    client = leave.client(HEAD)
    assert "Atas nama siapa?" in client.get("/mulai/pengajuan_cuti").text
    person = leave.office.gate.ask(lambda connection: find_person(connection, "pns"))
    assert person.nip
    for words in (person.name[:5].lower(), person.nip[:12], "pns"):
        found = client.get("/mulai/pengajuan_cuti/orang", query_string={"cari": words}).text
        assert 'value="pns"' in found
        assert f"NIP {person.nip}" in found
    assert "Ketik sedikitnya dua huruf" in client.get("/mulai/pengajuan_cuti/orang?cari=p").text
    assert "Tidak ada yang cocok" in client.get("/mulai/pengajuan_cuti/orang?cari=%25_%25").text
    assert "<img" not in client.get("/mulai/pengajuan_cuti/orang", query_string={"cari": XSS}).text


def test_a_case_started_in_anothers_name_is_theirs(leave: Site) -> None:
    answer = send(leave.client(HEAD), "/mulai/pengajuan_cuti?untuk=pns", {})
    assert answer.status_code == 201
    (case,) = leave.ask("pns", search, CASES).items
    assert (case["subject"], case["started_by"]) == ("pns", HEAD)


@pytest.mark.parametrize(("path", "status"), [("pengajuan_cuti/orang?cari=ratna", 403), ("x/orang", 404)])
def test_who_starts_for_themselves_alone_finds_nobody(leave: Site, path: str, status: int) -> None:
    client = leave.client("pns")
    assert "Atas nama siapa?" not in client.get("/mulai/pengajuan_cuti").text
    assert client.get(f"/mulai/{path}").status_code == status
    assert send(client, "/mulai/pengajuan_cuti?untuk=kasubag_umpeg", {}).status_code == 403
    assert send(leave.client(HEAD), "/mulai/pengajuan_cuti?untuk=tidak_ada", {}).status_code == 404
