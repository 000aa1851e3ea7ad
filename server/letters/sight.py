"""Who sees which letters, as conditions of SQL.

The agenda books are open to those who keep them and to those to whom every letter goes; anybody else sees the letters of
cases that they see, and those that a disposition has sent to them. Of a confidential letter only its number and date are told,
save to whom it concerns: who entered it, the head of the office, those to whom a disposition has sent it, and who sees its case.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, false, or_

from server import errors
from server.engine.access import sees_case
from server.identity import Actor, Permission
from server.letters.models import Letter, Recipient

KEEPERS: Final = frozenset({"staf_umpeg", "kasubag_umpeg"})
"""The roles that keep the books: enter by hand, cancel, set registers and codes."""
READERS: Final = KEEPERS | {"sekretaris", "kepala_dinas"}
"""The roles to whom the books are open."""
HEAD: Final = "kepala_dinas"
SUPERIORS: Final = (
    "kepala_dinas",
    "sekretaris",
    "kepala_bidang",
    "kepala_seksi",
    "kasubag_umpeg",
    "kasubag_keuangan",
    "kasubag_evapor",
)
"""The roles that write dispositions."""
SECRET: Final = "rahasia"


class NotAKeeper(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__("Buku agenda dan nomor surat dikerjakan oleh Staf dan Kasubag Umum dan Kepegawaian.")


def roles_of(actor: Actor) -> frozenset[str]:
    """What they hold, wherever."""
    return frozenset(group.partition("@")[0] for group in actor.groups)


def keeps(actor: Actor) -> bool:
    return not KEEPERS.isdisjoint(actor.groups)


def reads(actor: Actor) -> bool:
    """Whether the books are open to them."""
    return not READERS.isdisjoint(actor.groups) or Permission.SEE_ALL in actor.permissions


def has_door(actor: Actor) -> bool:
    """Whether they have to do with letters at all."""
    overseer = Permission.SEE_BIDANG in actor.permissions
    return reads(actor) or overseer or not roles_of(actor).isdisjoint(SUPERIORS)


def admit_keeper(actor: Actor) -> None:
    """Raises NotAKeeper."""
    if not keeps(actor):
        raise NotAKeeper


def concerned(actor: Actor) -> ColumnElement[bool]:
    """The condition on Letter that it concerns the actor, confidential or not."""
    mine = [
        Letter.oleh == actor.username,
        and_(Letter.case_key.is_not(None), sees_case(actor, Letter.case_key)),
    ]
    roles = sorted(roles_of(actor))
    if roles:
        mine.append(exists().where(Recipient.letter_key == Letter.key, Recipient.role.in_(roles)))
    if HEAD in actor.groups:
        mine.append(Letter.case_key.is_(None))
    return or_(*mine)


def listed(actor: Actor) -> ColumnElement[bool]:
    """The condition that a letter stands in the book as the actor sees it."""
    return or_(Letter.key.is_not(None) if reads(actor) else false(), concerned(actor))


def told(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor is told what is in it."""
    ordinary: Any = Letter.sifat != SECRET
    return or_(and_(ordinary, listed(actor)), concerned(actor))
