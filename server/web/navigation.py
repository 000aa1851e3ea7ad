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
    """A link of the navigation. `icon` is a name of _icons.html. One of `permissions` opens it, or one of `roles` of the whole
    office, or the room behind it (`admits`); without any it is for everybody."""

    label: str
    endpoint: str
    icon: str
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
    Door("Kotak tugas", "web.inbox", "inbox"),
    Door("Mulai", "web.catalogue", "plus"),
    Door("Perkara", "web.cases", "folder"),
    Door(
        "Kepegawaian",
        "web.personnel",
        "people",
        (Permission.SEE_ALL, Permission.SEE_BIDANG),
        ("kasubag_umpeg", "staf_umpeg"),
    ),
    Door("Surat", "web.letter_book", "mail", (Permission.SEE_ALL, Permission.SEE_BIDANG), LETTER_ROLES),
    Door("Blangko", "web.blank_store", "box", admits=population.reads),
    Door("Pantauan", "web.monitored", "chart", (Permission.SEE_ALL, Permission.SEE_BIDANG)),
    Door("Rancangan", "web.drafts", "pencil", (Permission.DEPLOY,)),
    Door("Pengelolaan", "web.administration", "gear", (Permission.ADMINISTER, Permission.RESOLVE)),
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
