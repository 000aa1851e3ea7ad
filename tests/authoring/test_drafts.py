"""A file that is worked on by several people, and in force only when it is published."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from server import authoring, errors, identity
from server.authoring import Chosen
from server.engine import Unpublishable, tables
from server.engine.trial import FILE_LIMIT
from tests.api.conftest import IZIN, LAMA
from tests.authoring.conftest import BUDI, NOBODY, SARI, Workshop, owner_of
from tests.diagrams import diagram, end, extensions, path, props, start, user

RENAMED = IZIN.replace(b"Izin keluar kantor", b"Izin keluar kantor dinas")


def test_a_draft_begins_as_the_file_in_force_and_there_is_one_for_all(workshop: Workshop) -> None:
    first = workshop.open()
    assert (first.body, first.revision, first.outdated) == (IZIN, 1, False)
    assert workshop.open(by=SARI).key == first.key


def test_a_decision_is_changed_in_its_file(workshop: Workshop) -> None:
    draft = workshop.open("decision", "lama")
    assert (draft.kind, draft.id, draft.body) == ("requirements", "izin_tabel", LAMA)


@pytest.mark.both_databases
def test_of_two_owners_who_open_at_once_both_get_the_same_draft(workshop: Workshop) -> None:
    with ThreadPoolExecutor(4) as pool:
        keys = set(pool.map(lambda _: workshop.do(authoring.open_draft, "process", "izin"), range(4)))
    assert len(keys) == 1


@pytest.mark.both_databases
def test_of_two_who_save_the_same_revision_at_once_one_is_told_of_the_other(workshop: Workshop) -> None:
    key = workshop.open().key

    def save(who: Any) -> Any:
        try:
            return workshop.do(authoring.save, key, 1, IZIN + who.username.encode(), by=who)
        except authoring.Changed as other:
            return other

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(save, [BUDI, SARI]))
    (other,) = [one for one in answers if isinstance(one, authoring.Changed)]
    kept = workshop.ask(authoring.find, key)
    assert (other.by, other.revision) == (kept.changed_by, kept.revision) == (kept.changed_by, 2)
    assert kept.body == IZIN + kept.changed_by.encode()


def test_who_was_slower_hears_from_whom_and_may_save_on_top(workshop: Workshop) -> None:
    key = workshop.open().key
    workshop.do(authoring.save, key, 1, b"<a/>", by=SARI)
    with pytest.raises(authoring.Changed, match="sari") as refused:
        workshop.do(authoring.save, key, 1, b"<b/>")
    assert workshop.do(authoring.save, key, refused.value.revision, b"<b/>").revision == 3


def test_saving_what_is_there_already_changes_nothing(workshop: Workshop) -> None:
    key = workshop.open().key
    assert workshop.do(authoring.save, key, 1, IZIN).revision == 1


def test_a_draft_is_no_larger_than_what_can_be_published(workshop: Workshop) -> None:
    key = workshop.open().key
    with pytest.raises(authoring.TooLarge):
        workshop.do(authoring.save, key, 1, b"x" * (FILE_LIMIT + 1))
    assert workshop.ask(authoring.find, key).revision == 1


def test_what_was_saved_outlives_the_process(workshop: Workshop) -> None:
    key = workshop.open().key
    workshop.do(authoring.save, key, 1, b"<unfinished")
    workshop.office.reopen()
    assert workshop.ask(authoring.find, key).body == b"<unfinished"


def test_a_discarded_draft_is_gone_and_its_end_is_recorded(workshop: Workshop) -> None:
    key = workshop.open().key
    workshop.do(authoring.save, key, 1, b"<a/>", by=SARI)
    with pytest.raises(authoring.Changed):
        workshop.do(authoring.discard, key, 1)
    workshop.do(authoring.discard, key, 2)
    with pytest.raises(authoring.UnknownDraft):
        workshop.ask(authoring.find, key)
    kept = workshop.office.gate.ask(lambda c: identity.trail(c, "process:izin"))
    assert [(each.actor, each.verb) for each in kept] == [("budi", "draft.discard")]


# --- who


def test_who_publishes_nothing_has_no_drafts(workshop: Workshop) -> None:
    key = workshop.open().key
    assert workshop.ask(authoring.search, by=NOBODY) == []
    with pytest.raises(authoring.UnknownDraft):
        workshop.ask(authoring.find, key, by=NOBODY)
    with pytest.raises(errors.Forbidden):
        workshop.open(by=NOBODY)


def test_who_publishes_in_one_field_sees_no_draft_of_another(workshop: Workshop) -> None:
    office = workshop.office
    for bidang in ("keuangan", "piak"):
        drawn = diagram(
            start(),
            user("isi", form="bersama"),
            end(),
            path("start isi end"),
            extensions(props({"bidang": bidang})),
            id=f"proses_{bidang}",
            name=bidang,
        )
        office.publish(**{f"proses_{bidang}": drawn, "bersama__form": FORM})
    own, both = owner_of("keuangan"), owner_of("keuangan", "piak")
    other = workshop.open(id_="proses_piak").key
    shared = workshop.open("form", "bersama").key
    mine = workshop.open(id_="proses_keuangan", by=own).key
    assert [one.key for one in workshop.ask(authoring.search, by=own)] == [mine]
    assert {one.key for one in workshop.ask(authoring.search, by=both)} == {mine, other, shared}
    assert [one.id for one in workshop.ask(authoring.editable, "proses", by=own)] == ["proses_keuangan"]
    with pytest.raises(authoring.UnknownDraft):
        workshop.do(authoring.save, other, 1, b"<a/>", by=own)
    with pytest.raises(authoring.NotInForce):
        workshop.open(id_="izin", by=own)
    with pytest.raises(authoring.WrongStart, match="wewenang"):
        workshop.do(authoring.begin, "process", "baru", "Baru", b"<a/>", "piak", by=own)
    assert workshop.do(authoring.begin, "process", "baru", "Baru", b"<a/>", "keuangan", by=own)


FORM = b'{"type": "default", "id": "bersama", "schemaVersion": 19, "components": []}'


def test_drafts_are_found_by_words_and_by_who_worked_on_them(workshop: Workshop) -> None:
    izin, table = workshop.open().key, workshop.open("requirements", "izin_tabel", by=SARI).key
    assert [one.key for one in workshop.ask(authoring.search, "keluar")] == [izin]
    assert [one.key for one in workshop.ask(authoring.search, mine=True, by=SARI)] == [table]


# --- new ones


@pytest.mark.parametrize(
    ("id_", "title", "bidang"),
    [("1a", "Baru", None), ("a b", "Baru", None), ("baru", " ", None), ("baru", "Baru", "entah")],
)
def test_a_new_draft_needs_an_id_a_name_and_a_field_of_the_office(
    workshop: Workshop, id_: str, title: str, bidang: str | None
) -> None:
    with pytest.raises(authoring.WrongStart):
        workshop.do(authoring.begin, "process", id_, title, b"<a/>", bidang)


def test_there_is_no_second_draft_of_the_same(workshop: Workshop) -> None:
    key = workshop.open().key
    with pytest.raises(authoring.AlreadyDrafted) as refused:
        workshop.do(authoring.begin, "process", "izin", "Izin", b"<a/>")
    assert refused.value.key == key


# --- examining


def refusals(found: list[authoring.Finding]) -> list[authoring.Finding]:
    return [one for one in found if one.refused]


def test_examining_publishes_nothing_and_names_the_element(workshop: Workshop) -> None:
    key = workshop.open().key
    assert refusals(workshop.examine(key)) == []
    broken = IZIN.replace(b'formId="pemeriksaan"', b'formId="entah"')
    (found,) = refusals(workshop.examine(key, body=broken))
    assert (found.where, found.draft_key) == ("periksa", key)
    assert "entah" in found.message
    assert len(workshop.office.rows(tables.Deployment)) == 1


def test_what_is_missing_alone_is_there_together(workshop: Workshop) -> None:
    key = workshop.open().key
    workshop.do(authoring.save, key, 1, IZIN.replace(b'formId="pemeriksaan"', b'formId="bersama"'))
    assert len(refusals(workshop.examine(key))) == 1
    other = workshop.do(authoring.begin, "form", "bersama", "Formulir bersama", FORM)
    assert refusals(workshop.examine(key, other)) == []


def test_a_doubt_does_not_keep_from_publishing(workshop: Workshop) -> None:
    key = workshop.open().key
    body = IZIN.replace(b'id="setujui" name="setujui"', b'id="setujui"')
    found = workshop.examine(key, body=body)
    assert ("setujui", False) in {(one.where, one.refused) for one in found}
    assert refusals(found) == []


def test_the_id_of_a_draft_stays(workshop: Workshop) -> None:
    key = workshop.open().key
    workshop.do(authoring.save, key, 1, IZIN.replace(b'"izin"', b'"ijin"'))
    assert "idnya tidak boleh diganti" in workshop.examine(key)[0].message
    with pytest.raises(Unpublishable):
        workshop.publish(Chosen(key, 2))


BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]><a>&d;</a>"""


@pytest.mark.parametrize(
    "body", [b"", b"\0", b"bukan xml", b"<a/>", BOMB], ids=["none", "nul", "text", "a", "bomb"]
)
def test_a_hostile_file_is_kept_and_refused_in_words(workshop: Workshop, body: bytes) -> None:
    key = workshop.open().key
    workshop.do(authoring.save, key, 1, body)
    found = workshop.examine(key)
    assert found
    assert all(one.refused and one.draft_key == key for one in found)


def test_a_file_of_another_encoding_is_shown_as_what_it_says() -> None:
    body = '<?xml version="1.0" encoding="ISO-8859-1"?><a n="é"/>'.encode("latin-1")
    assert authoring.text_of(body) == '<?xml version="1.0" encoding="UTF-8"?><a n="é"/>'


# --- publishing


def test_published_drafts_are_in_force_with_their_sentence_and_gone(workshop: Workshop) -> None:
    key = workshop.open().key
    workshop.do(authoring.save, key, 1, RENAMED)
    deployed = workshop.publish(Chosen(key, 2), note="  Nama baru,\n sesuai edaran  ")
    assert [(each.id, each.version) for each in deployed.definitions] == [("izin", 2)]
    assert workshop.ask(authoring.search) == []
    (row,) = workshop.office.rows(tables.Deployment, key=deployed.key)
    assert (row.by, row.note) == ("budi", "Nama baru, sesuai edaran")
    kept = workshop.office.gate.ask(lambda c: identity.trail(c, "process:izin"))
    assert (kept[-1].verb, kept[-1].detail["note"]) == (
        "publish.files",
        "Nama baru, sesuai edaran",
    )


def test_drafts_are_published_together_or_not_at_all(workshop: Workshop) -> None:
    izin, table = workshop.open().key, workshop.open("requirements", "izin_tabel").key
    workshop.do(authoring.save, izin, 1, RENAMED)
    workshop.do(authoring.save, table, 1, LAMA.replace(b"2.50", b"2.50 +"))
    with pytest.raises(Unpublishable):
        workshop.publish(Chosen(izin, 2), Chosen(table, 2))
    assert len(workshop.ask(authoring.search)) == 2
    workshop.do(authoring.save, table, 2, LAMA.replace(b"2.50", b"3"))
    workshop.publish(Chosen(izin, 2), Chosen(table, 3))
    assert workshop.ask(authoring.search) == []


def test_what_was_saved_since_one_looked_is_not_published(workshop: Workshop) -> None:
    key = workshop.open().key
    workshop.do(authoring.save, key, 1, RENAMED, by=SARI)
    with pytest.raises(authoring.Changed):
        workshop.publish(Chosen(key, 1))


def test_a_draft_of_an_old_version_is_published_only_after_comparing(workshop: Workshop) -> None:
    key = workshop.open().key
    workshop.do(authoring.save, key, 1, RENAMED)
    workshop.office.publish(izin=IZIN.replace(b"Izin keluar kantor", b"Izin bepergian"))
    assert workshop.ask(authoring.find, key).outdated
    with pytest.raises(authoring.Outdated) as refused:
        workshop.publish(Chosen(key, 2))
    with pytest.raises(authoring.Outdated):
        workshop.publish(Chosen(key, 2, compared_with=workshop.ask(authoring.find, key).base_key))
    assert workshop.publish(Chosen(key, 2, compared_with=refused.value.in_force)).definitions[0].version == 3


def test_publishing_needs_a_sentence_and_something_new(workshop: Workshop) -> None:
    key = workshop.open().key
    with pytest.raises(authoring.NoNote):
        workshop.publish(Chosen(key, 1), note=" ")
    with pytest.raises(authoring.NothingNew):
        workshop.publish(Chosen(key, 1))
