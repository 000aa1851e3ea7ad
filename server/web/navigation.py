"""The doors that stand on every page: where one may go, by what one may do."""

from collections.abc import Callable
from dataclasses import dataclass

from server import population
from server.identity import Actor, Permission

LETTER_ROLES = (
    "staf_umpeg",
    "kasubag_umpeg",
    "sekretaris",
    "kepala_dinas",
    "kasubag_keuangan",
    "kasubag_evapor",
)


@dataclass(frozen=True)
class Door:
    """A link of the navigation. `icon` is a name of _icons.html; `told`: what one does there. One of `permissions` opens it, or
    one of `roles` of the whole office, or the room behind it (`admits`); without any it is for everybody."""

    label: str
    endpoint: str
    icon: str
    told: str
    permissions: tuple[Permission, ...] = ()
    roles: tuple[str, ...] = ()
    admits: Callable[[Actor], bool] | None = None

    def is_open_to(self, actor: Actor) -> bool:
        if self.admits is not None:
            return self.admits(actor)
        if not self.permissions and not self.roles:
            return True
        return not (actor.permissions.isdisjoint(self.permissions) and actor.groups.isdisjoint(self.roles))


DOORS: tuple[Door, ...] = (
    Door(
        "Kotak tugas",
        "web.inbox",
        "inbox",
        "Tugas yang menunggu Anda dan peran Anda, yang paling mendesak di atas. Mulailah hari Anda di sini.",
    ),
    Door(
        "Mulai",
        "web.catalogue",
        "plus",
        "Semua prosedur kantor: langkahnya, berapa lama, dan memulai yang baru.",
    ),
    Door(
        "Perkara",
        "web.cases",
        "folder",
        "Setiap pekerjaan yang berjalan atau sudah selesai: sampai di mana, menunggu siapa, dan semua isinya.",
    ),
    Door(
        "Kepegawaian",
        "web.personnel",
        "people",
        "Disiplin, cuti, buku penjagaan dan berkas pegawai.",
        (Permission.SEE_ALL, Permission.SEE_BIDANG),
        ("kasubag_umpeg", "staf_umpeg"),
    ),
    Door(
        "Surat",
        "web.letter_book",
        "mail",
        "Buku agenda surat masuk dan keluar, disposisi, dan nomor surat.",
        (Permission.SEE_ALL, Permission.SEE_BIDANG),
        LETTER_ROLES,
    ),
    Door(
        "Blangko",
        "web.blank_store",
        "box",
        "Persediaan blangko KTP-el dan pembagiannya kepada kecamatan.",
        admits=population.reads,
    ),
    Door(
        "Pantauan",
        "web.monitored",
        "chart",
        "Waktu nyata setiap prosedur dan langkah, yang terlambat, dan di mana pekerjaan menumpuk.",
        (Permission.SEE_ALL, Permission.SEE_BIDANG),
    ),
    Door(
        "Rancangan",
        "web.drafts",
        "pencil",
        "Mengubah prosedur, tabel dan formulir: mencobanya, membandingkannya, lalu menerbitkannya.",
        (Permission.DEPLOY,),
    ),
    Door(
        "Pengelolaan",
        "web.administration",
        "gear",
        "Pengguna dan peran, Plt. dan Plh., kalender, gangguan, jejak audit, dan keadaan sistem.",
        (Permission.ADMINISTER, Permission.RESOLVE),
    ),
)
"""In the order in which they are shown; the first one is where a login leads."""


@dataclass(frozen=True)
class PublicDoor:
    """A link for who has not logged in. `pages`: the endpoints behind it."""

    label: str
    endpoint: str
    icon: str
    pages: tuple[str, ...]


PUBLIC_DOORS: tuple[PublicDoor, ...] = (
    PublicDoor("Persyaratan", "web.requirements", "paper", ("web.requirements", "web.requirement_list")),
    PublicDoor("Lacak", "web.track", "search", ("web.track", "web.follow")),
    PublicDoor("Petugas", "web.login", "person", ("web.login", "web.log_in")),
)


def first_door() -> str:
    """The endpoint of the first door."""
    return DOORS[0].endpoint
