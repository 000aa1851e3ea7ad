"""The words of the audit trail: every entry as a sentence's parts in Indonesian. What is kept are words for programs, and JSON."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from flask import url_for

from server.calendar import words as days
from server.identity import Acting, Entry
from server.web import filters
from server.web.devices import device
from server.web.people import PERMISSIONS

DEEDS: Final[Mapping[str, str]] = {
    "login": "masuk",
    "client.token": "program meminta token",
    "session.end": "mengakhiri sesi",
    "session.end_others": "mengakhiri semua sesi lain",
    "user.add": "menambah pengguna",
    "user.change": "mengubah data atau akun",
    "user.close": "menutup akun",
    "user.open": "membuka akun lagi",
    "user.email": "mengubah alamat surelnya sendiri",
    "user.program.end": "mencabut token atau program",
    "user.password": "mengganti kata sandi",
    "user.unlock": "membuka kunci",
    "user.role": "memberi peran",
    "user.role.end": "mengakhiri peran",
    "user.acting": "menunjuk Plt. atau Plh.",
    "user.permission": "memberi izin",
    "user.permission.end": "mencabut izin",
    "user.token": "membuat token",
    "user.token.end": "mencabut token",
    "user.client": "mendaftarkan program",
    "user.client.end": "mencabut program",
    "publish.files": "menerbitkan",
    "case.reader": "mengizinkan membaca perkara",
    "case.reader.end": "mencabut izin membaca perkara",
    "read": "membaca perkara rahasia",
    "discipline.read": "membaca perkara disiplin",
    "leave.correct": "membetulkan buku penjagaan cuti",
    "tracking.issue": "membuat tanda terima",
    "tracking.renew": "membuat tanda terima dengan kode lacak baru; yang lama tidak berlaku",
    "draft.discard": "membuang rancangan",
    "paper.shortage": "membuat surat kekurangan berkas",
    "tracking.follow": "melacak permohonan",
    "agenda.enter": "mencatat surat di buku agenda",
    "agenda.amend": "melengkapi catatan surat",
    "agenda.cancel": "membatalkan surat",
    "career.add": "membuka berkas pegawai",
    "career.change": "mengubah data pegawai",
    "career.note": "mencatat riwayat pegawai",
    "career.correct": "membetulkan riwayat pegawai",
    "career.strike": "mencoret riwayat pegawai",
    "career.begin": "memulai prosedur dari buku penjagaan",
    "mail.retry": "mencoba lagi surel yang tidak terkirim",
    "calendar.put_day": "mencatat hari libur",
    "calendar.move_day": "memindahkan hari libur",
    "calendar.remove_day": "menghapus hari libur",
    "calendar.settle_year": "memastikan hari libur setahun",
    "calendar.set_hours": "mengatur jam kerja",
    "calendar.remove_hours": "menghapus jam kerja",
}
REFUSED: Final = "meminta yang bukan haknya"
"""Of a request that was refused, whose entry names what a program asked for."""

OUTCOMES: Final[Mapping[str, str]] = {
    "done": "Berhasil",
    "WrongPassword": "Kata sandi salah",
    "TooManyAttempts": "Dikunci sementara",
    "WrongClient": "Rahasia program salah",
    "NotRecognised": "Tidak dikenali",
    "NotFinished": "SSO tidak selesai",
    "Unbelievable": "Jawaban SSO tidak dapat dipercaya",
    "Stranger": "Tidak dikenal kantor ini",
}
PLACES: Final[Mapping[str, str]] = {
    "/perkara": "perkara",
    "/surat": "surat",
    "/tugas": "tugas",
    "/mulai/impor": "impor SOP",
    "/mulai": "prosedur",
    "/lampiran": "lampiran",
    "/lacak": "pelacakan",
    "/blangko": "persediaan blangko",
    "/kepegawaian": "kepegawaian",
    "/pantauan": "pantauan",
    "/pemberitahuan": "pemberitahuan",
    "/cari": "pencarian",
    "/bantuan": "bantuan",
    "/persyaratan": "persyaratan",
    "/kepegawaian/cuti": "buku penjagaan cuti",
    "/kepegawaian/disiplin": "daftar disiplin",
    "/pengelolaan/gangguan": "gangguan",
    "/pengelolaan/jejak": "jejak audit",
    "/pengelolaan/kalender": "kalender",
    "/pengelolaan/pengguna": "pengguna",
    "/pengelolaan/peran": "peran dan jabatan",
    "/pengelolaan/plt": "Plt. dan Plh.",
    "/pengelolaan/program": "token dan program",
    "/pengelolaan/sistem": "keadaan sistem",
    "/pengelolaan/surel": "surel",
    "/pengelolaan": "pengelolaan",
    "/program": "token dan program",
    "/rancangan": "rancangan",
    "/sandi": "kata sandi",
    "/sesi": "sesi",
    "/v2/process-instances": "perkara",
    "/v2/element-instances": "langkah perkara",
    "/v2/user-tasks": "tugas",
    "/v2/deployments": "penerbitan prosedur",
    "/v2/resources": "berkas sumber",
    "/v2/documents": "lampiran",
    "/v2/incidents": "gangguan",
    "/v2/jobs": "pekerjaan",
    "/v2/variables": "data perkara",
    "/v2/messages": "pesan",
    "/v2/signals": "sinyal",
    "/v2/forms": "formulir",
    "/v2/decision-instances": "keputusan aturan",
    "/v2/decision-definitions": "tabel keputusan",
    "/v2/decision-requirements": "tabel keputusan",
    "/v2/process-definitions": "prosedur",
    "/v2/correlated-message-subscriptions": "pesan",
    "/v2/message-subscriptions": "pesan",
    "/v2/groups": "kelompok",
    "/v2/roles": "peran",
    "/v2/users": "pengguna",
    "/api/acting-officers": "Plt. dan Plh.",
    "/api/applications": "permohonan",
    "/api/audit": "jejak audit",
    "/api/blank-requests": "permintaan blangko",
    "/api/blank-stock": "persediaan blangko",
    "/api/calendar": "kalender",
    "/api/discipline": "daftar disiplin",
    "/api/drafts": "rancangan",
    "/api/employee-uploads": "lembar kerja pegawai",
    "/api/employees": "berkas pegawai",
    "/api/letters": "surat",
    "/api/monitoring": "pantauan",
    "/api/leave": "buku penjagaan cuti",
    "/api/notifications": "pemberitahuan",
    "/api/people": "pengguna",
    "/api/process-definitions": "prosedur",
    "/api/process-instances": "perkara",
    "/api/reminders": "buku penjagaan",
    "/api/requirements": "persyaratan",
    "/api/seniority": "daftar urut kepangkatan",
    "/api/sop": "lembar SOP",
    "/api/user-tasks": "tugas",
    "/api/vacancies": "jabatan kosong",
    "/metrics": "angka pemantauan",
}
"""What lies behind an address, for requests that were refused."""

MOST_NAMED: Final = 3
FILES: Final = {"process": "prosedur", "decision": "tabel", "requirements": "tabel", "form": "formulir"}
FACTS: Final = {"name": "nama", "nip": "NIP", "email": "alamat surel", "active": "akun"}
READ: Final = {"Kasus": "perkara", "Insiden": "gangguan", "Variabel": "data"}
DAY: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
KEY: Final = re.compile(r" \d{10,}\b")
NOTHING: Final = "(kosong)"


class Sayings:
    """Says entries. `names`: of people, by username; `numbers`: of cases, by key."""

    def __init__(self, names: Mapping[str, str], numbers: Mapping[int, str]) -> None:
        self.names = names
        self.numbers = numbers

    def deed(self, entry: Entry) -> str:
        return DEEDS.get(entry.verb, REFUSED)

    def outcome(self, entry: Entry) -> str:
        return OUTCOMES.get(entry.outcome, "Ditolak")

    def about(self, entry: Entry) -> tuple[str, str | None]:
        """What it was done to, and where that is shown."""
        kind, _, key = (entry.object or "").partition(":")
        if kind == "person":
            return self._person(key)
        if kind in ("case", "discipline") and key.isdigit():
            return self._case(int(key))
        if kind == "leave":
            return self._leave_page(key)
        if kind.startswith("/"):
            return self._place(kind)
        if kind in FILES:
            return _files(entry.object or ""), None
        return {"calendar": "kalender kantor", "mail": "surel", "client": f"program {key}"}.get(
            kind, entry.object or ""
        ), None

    def detail(self, entry: Entry) -> str:
        """What is kept of it beside that, in words."""
        said = entry.detail
        if said is None:
            return ""
        if entry.outcome != "done" and isinstance(said, str):
            return KEY.sub("", said)
        return _DETAILS.get(entry.verb, _plain)(self, said)

    def name(self, username: object) -> str:
        return self.names.get(str(username), str(username))

    def _person(self, username: str) -> tuple[str, str | None]:
        if username == "?":
            return "nama pengguna yang tidak ada", None
        known = username in self.names
        return self.name(username), url_for("web.person", username=username) if known else None

    def _leave_page(self, key: str) -> tuple[str, str | None]:
        username, _, year = key.rpartition(":")
        return f"cuti {year} {self.name(username)}", url_for("web.leave_pages", username=username, tahun=year)

    def _case(self, key: int) -> tuple[str, str | None]:
        return f"perkara {self.numbers.get(key, key)}", url_for("web.case", case=key)

    def _place(self, path: str) -> tuple[str, str | None]:
        place = max((each for each in PLACES if f"{path}/".startswith(f"{each}/")), key=len, default=None)
        rest = path.removeprefix(place or "").strip("/").split("/")[0]
        if place is None:
            return "halaman lain", None
        if rest.isdigit() and int(rest) in self.numbers:
            return self._case(int(rest))
        told = self.names.get(rest, rest if rest.isdigit() else "")
        through = " lewat program" if path.startswith(("/v2/", "/api/")) else ""
        return f"{PLACES[place]} {told}".strip() + through, None


def key_of(entry: Entry) -> int | None:
    """The number in what an entry is about, which may be the key of a case."""
    found = re.search(
        r"(?:case:|discipline:|/perkara/|/process-instances/)(\d{1,18})(?:/|$)", entry.object or ""
    )
    return int(found[1]) if found else None


def people_of(entry: Entry) -> Iterator[str]:
    """Whose names it needs."""
    kind, _, username = (entry.object or "").partition(":")
    if kind == "leave":
        username = username.rpartition(":")[0]
    yield from (entry.actor or "", username if kind in ("person", "leave") else "")
    if kind.startswith("/"):
        yield from kind.split("/")
    if isinstance(entry.detail, dict):
        yield str(entry.detail.get("acts_for", ""))
    if entry.verb.startswith("case.reader"):
        yield str(entry.detail)


# --- details, by the verb --------------------------------------------------------------------------------------------


def _plain(by: Sayings, said: Any) -> str:
    """A text, its days as an office writes them; where a request came from; whatever else is not for people."""
    if isinstance(said, str):
        return DAY.sub(lambda found: _day(found[0]), said)
    if isinstance(said, dict) and "address" in said:
        return f"dari {said['address']}"
    return ""


def _login(by: Sayings, said: Any) -> str:
    through = ", lewat SSO" if isinstance(said, dict) and "openid" in said else ""
    return _plain(by, said) + through


def _added(by: Sayings, said: Any) -> str:
    return f"dikenal lewat SSO {said}"


def _changed(by: Sayings, said: Any) -> str:
    """`name: [old, new]`, or only the names of what was changed."""
    if isinstance(said, list):
        return ", ".join(FACTS.get(str(each), "") for each in said).strip(", ")
    return "; ".join(
        f"{FACTS.get(fact, 'data')}: {_fact(old)} menjadi {_fact(new)}" for fact, (old, new) in said.items()
    )


def _fact(value: object) -> str:
    if isinstance(value, bool):
        return "terbuka" if value else "ditutup"
    return f"“{value}”" if value else NOTHING


def _holding(by: Sayings, said: Any) -> str:
    """A role with its days; or only the role."""
    if not isinstance(said, dict):
        return filters.group(said.split(" ")[0]) if not said[:1].isdigit() else ""
    acting = f"{Acting(said['acting']).prefix} " if said.get("acting") else ""
    parts = [acting + filters.group(said["role"])]
    if said.get("acts_for"):
        parts.append(f"menggantikan {by.name(said['acts_for'])}")
    if said.get("from"):
        parts.append(f"mulai {_day(said['from'])}")
    if said.get("to"):
        parts.append(f"sampai {_day(said['to'])}")
    return ", ".join(parts)


def _acting(by: Sayings, said: Any) -> str:
    if isinstance(said, dict):
        return _holding(by, said)
    acting, role, span = [*said.split(" "), "", ""][:3]
    first, _, last = span.partition("..")
    return _holding(by, {"acting": acting, "role": role, "from": first, "to": last})


def _permission(by: Sayings, said: Any) -> str:
    if not isinstance(said, dict):
        return _scopes([said])
    field = f", di bidang {filters.bidang_name(said['bidang'])}" if said.get("bidang") else ""
    return _scopes([said["permission"]]) + field


def _program(by: Sayings, said: Any) -> str:
    if isinstance(said, list):
        return _scopes(said)
    if not isinstance(said, dict):
        return f"nomor {said}" if said.isdigit() else said
    parts = [f"“{said['name']}”"]
    if said.get("scopes"):
        parts.append(f"izin: {_scopes(said['scopes'])}")
    if said.get("until"):
        parts.append(f"sampai {_day(said['until'])}")
    return ", ".join(parts)


def _scopes(scopes: list[str]) -> str:
    words = {str(each): told for each, told in PERMISSIONS.items()}
    return ", ".join(words.get(each, "izin lain") for each in scopes)


def _leave(by: Sayings, said: Any) -> str:
    """Why a page was corrected, and what changed in it."""
    before, after = said["before"], said["after"]
    changes = [
        f"{name.replace('_', ' ')} {_days(before.get(name))} menjadi {_days(value)}"
        for name, value in after.items()
        if before.get(name) != value
    ]
    return ": ".join(each for each in ("; ".join(changes), said["reason"]) if each)


def _days(value: object) -> str:
    return ("ya" if value else "tidak") if isinstance(value, bool) else str(value)


def _read(by: Sayings, said: Any) -> str:
    return f"yang dibaca: {READ.get(said, str(said).lower())}"


def _files(about: str) -> str:
    """What was published together, perhaps cut off in the midst: the first of it."""
    parts = [each.partition(":") for each in about.split(", ")]
    named = ", ".join(f"{FILES.get(kind, 'berkas')} {id}" for kind, _, id in parts[:MOST_NAMED])
    return named + (" dan lain-lain" if len(parts) > MOST_NAMED else "")


def _day(iso: str) -> str:
    try:
        return days.short_day(date.fromisoformat(iso[:10]))
    except ValueError:
        return iso


_DETAILS: Final[Mapping[str, Callable[[Sayings, Any], str]]] = {
    "login": _login,
    "leave.correct": _leave,
    "user.add": _added,
    "user.change": _changed,
    "user.email": _changed,
    "user.role": _holding,
    "user.role.end": _holding,
    "user.acting": _acting,
    "user.permission": _permission,
    "user.permission.end": _permission,
    "user.token": _program,
    "user.token.end": _program,
    "user.client": _program,
    "user.client.end": _program,
    "user.program.end": _program,
    "case.reader": lambda by, said: by.name(said),
    "case.reader.end": lambda by, said: by.name(said),
    "read": _read,
    "session.end": lambda by, said: f"{device(said['agent'])}, dari {said['address']}",
    "session.end_others": lambda by, said: f"{said} sesi",
    "publish.files": lambda by, said: f"catatan: {said['note']}" if said.get("note") else "",
    "draft.discard": lambda by, said: (
        f"“{said['title']}”, simpanan ke-{said['revision']}"
        if "title" in said
        else f"simpanan ke-{said['revision']}"
    ),
    "mail.retry": lambda by, said: f"{said} surel",
    "calendar.remove_hours": lambda by, said: f"nomor {said}",
}
