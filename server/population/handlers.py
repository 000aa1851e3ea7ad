"""The service tasks of population's procedures."""

from collections.abc import Mapping
from typing import Final

from server.engine import Call, Handler, Outcome, leaves_nothing
from server.population import applications, blanks

RECORDING: Final = frozenset({"permohonan.catat", "blangko.catat_permintaan"})
"""Those that write down who applies."""

GATHERED: Final = """{catatan_blangko: {
    permintaan: [context put(laporan, "kasus", "1")], kasus_ini: "1", stok_dinas: 1500,
    stok_perlengkapan: {ribbon: 20, film: 20, cleaning_kit: 5}
}}"""


def handlers() -> tuple[Handler, ...]:
    """All handlers of population services."""
    return (
        Handler(
            "permohonan.catat",
            "Catat permohonan atas nama pemohon",
            "inside",
            _enter_application,
            example='{permohonan: {kode: "ABCD-EFGH"}}',
            undo=lambda call: Outcome(effects=applications.withdraw(call.case.key)),
        ),
        Handler(
            "blangko.catat_permintaan",
            "Catat permintaan blangko",
            "inside",
            _enter_request,
            example=GATHERED,
            undo=lambda call: Outcome(effects=blanks.withdraw(call.case.key)),
        ),
        Handler(
            "blangko.kumpulkan",
            "Kumpulkan laporan terbaru",
            "inside",
            _gather,
            example=GATHERED,
            undo=leaves_nothing,
        ),
        Handler(
            "blangko.tetapkan",
            "Tetapkan jumlah blangko",
            "inside",
            _settle,
            undo=lambda call: Outcome(effects=blanks.unsettle(call.case.key)),
        ),
        Handler("blangko.serahkan", "Keluarkan barang dari stok", "inside", _hand_over, undo=_take_back),
    )


def _enter_application(call: Call) -> Outcome:
    """Writes the applicant down; hands the code of the receipt to the case as `permohonan`."""
    applicant = applications.read_applicant(call.variables)
    kode, effects = applications.enter(call.connection, call.case, applicant, call.actor, call.now)
    return Outcome({"permohonan": {"kode": kode}}, effects)


def _enter_request(call: Call) -> Outcome:
    """Keeps the request that `penerimaan_permintaan` admitted; hands the facts about all requests to the case."""
    report, admitted = _object(call, "laporan"), _object(call, "penerimaan_permintaan")
    kecamatan = report.get("kecamatan")
    if not isinstance(kecamatan, str) or not admitted:
        raise blanks.NoReport
    if admitted.get("putusan") == "TAHAN":
        raise blanks.RequestHeld(str(admitted.get("alasan")))
    kecamatan = blanks.spelled(call.connection, kecamatan)
    own = {**report, "kecamatan": kecamatan, "putusan": admitted.get("putusan")}
    facts = blanks.facts(call.connection, call.case.key, own)
    return Outcome({"catatan_blangko": facts}, blanks.enter(call.case.key, kecamatan, own, call.now))


def _gather(call: Call) -> Outcome:
    """Hands the facts about all requests to the case once more, as they are now."""
    own = blanks.request(call.connection, call.case.key).laporan
    return Outcome({"catatan_blangko": blanks.facts(call.connection, call.case.key, own)})


def _settle(call: Call) -> Outcome:
    """Sets the number of cards of `penetapan`; in an emergency all that are free may be given, else the pool."""
    settled, proposal = _object(call, "penetapan"), _object(call, "usulan_blangko")
    emergency = proposal.get("mode") == "HENTI" and settled.get("darurat") is True
    most = blanks.whole(proposal.get("stok_dinas" if emergency else "pool"))
    cards = blanks.whole(settled.get("blangko"))
    said = {name: settled.get(name) for name in ("darurat", "disposisi") if settled.get(name)}
    said |= {barang: blanks.whole(settled.get(barang)) for barang in blanks.SUPPLIES}
    said |= {"usulan": blanks.whole(proposal.get("alokasi")), "mode": proposal.get("mode")}
    if settled.get("ubah") is True:
        said["alasan"] = settled.get("alasan")
    kept = blanks.Settled(said, call.actor, call.now)
    return Outcome(effects=blanks.settle(call.connection, call.case.key, cards, most, kept))


def _hand_over(call: Call) -> Outcome:
    settled, record = _object(call, "penetapan"), _object(call, "bast")
    others = {barang: blanks.whole(settled.get(barang)) for barang in blanks.SUPPLIES}
    note = f"BAST {record.get('nomor', '')}".strip()
    effects = blanks.hand_over(call.connection, call.case.key, others, note, call.actor, call.now)
    return Outcome(effects=effects)


def _take_back(call: Call) -> Outcome:
    return Outcome(effects=blanks.take_back(call.connection, call.case.key, call.actor, call.now))


def _object(call: Call, name: str) -> Mapping[str, object]:
    value = call.variables.get(name)
    return value if isinstance(value, dict) else {}
