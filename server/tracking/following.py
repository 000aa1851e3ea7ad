"""Following an application without logging in: a code from a receipt, and the one fact of the applicant that goes with it.

A wrong code and a wrong fact are answered alike, after the same work. Wrong answers are counted by code and by address; a
code to which too much that is wrong was said opens nothing more until the counter gives out another one.
"""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from server import errors, letters
from server.db import AnyRow, write
from server.engine import Engine
from server.engine.tables import ProcessInstance
from server.identity import Actor, TooManyAttempts, audit
from server.identity.attempts import check_limits, count_towards, forget
from server.identity.audit import Entry
from server.identity.models import Person
from server.population.models import Application, BlankRequest
from server.tracking.codes import digest
from server.tracking.models import TrackingCode
from server.tracking.opening import opening
from server.tracking.proof import is_right, letter_of, proof_of
from server.tracking.request import Request, request_of_code, sees

OF_CODE: Final = 10
"""Wrong answers for one code within the time of identity.attempts."""
OF_ADDRESS: Final = 60
"""Questions from one address, right or wrong: a village shares one."""
CLOSED: Final = 20
"""Wrong answers in all, after which a code is dead: it stood on a paper that somebody else has found."""
VERB: Final = "tracking.follow"


class NotRecognised(errors.NotFound):
    """No such code, or not what belongs to it; nobody is told which."""

    def __init__(self) -> None:
        super().__init__(
            "Kode dan data pemohon tidak cocok. Periksa keduanya pada tanda terima. Bila tetap tidak cocok, datanglah ke"
            " loket dengan tanda terima; petugas dapat memberi kode baru."
        )


class TooManyQuestions(TooManyAttempts):
    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        minutes = -(-retry_after // 60)
        self.message = f"Terlalu banyak percobaan. Coba lagi dalam {minutes} menit, atau tanyakan di loket."


@dataclass(frozen=True)
class Followed:
    """What the applicant sees. `kantor`: when to come."""

    request: Request
    kantor: letters.Office
    now: datetime


def follow(engine: Engine, connection: Connection, code: str, answer: str, address: str) -> Followed:
    """The application behind a code, for whoever also knows its applicant's fact.

    The connection comes from `read`; what is kept whatever becomes of it is written apart. Raises NotRecognised,
    TooManyQuestions.
    """
    now, key = engine.clock.now(), digest(code)
    by_code, by_address = f"tracking:{key.hex()[:40]}", f"tracking:{network_of(address)}"
    _check(connection, {by_code: OF_CODE, by_address: OF_ADDRESS}, now)
    row = connection.execute(_CODE, {"sha256": key}).one_or_none()
    right = _is_right(row, answer)
    found = request_of_code(engine, connection, row.case_key) if right and row else None
    about = f"case:{row.case_key}" if row else None
    outcome = "done" if found else NotRecognised.__name__
    with write(connection.engine) as apart:
        count_towards(apart, {by_address: OF_ADDRESS}, now)
        if found:
            forget(apart, by_code)
        else:
            count_towards(apart, {by_code: OF_CODE}, now)
        apart.execute(_RIGHT if found else _WRONG, {"_sha256": key})
        audit.record(apart, Entry(now, None, VERB, about, outcome, {"address": address[:64]}))
    if found is None:
        raise NotRecognised
    return Followed(found, opening(engine, found.bidang), now)


def case_of_code(engine: Engine, connection: Connection, actor: Actor, code: str) -> int | None:
    """The case behind a receipt that somebody of the office has before them, if it is one of theirs."""
    row = connection.execute(_CODE, {"sha256": digest(code)}).one_or_none()
    if row is None or row.revoked_at is not None or not sees(connection, actor, row.case_key):
        return None
    return int(row.case_key)


def network_of(address: str) -> str:
    """What counts as one address: of IPv6 the first 64 bits, which one household has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:40]
    return f"{IPv6Address(int(found) >> 64 << 64)}/64" if found.version == 6 else str(found)


def _check(connection: Connection, limits: dict[str, int], now: datetime) -> None:
    try:
        check_limits(connection, limits, now)
    except TooManyAttempts as refused:
        raise TooManyQuestions(refused.retry_after) from None


def _is_right(row: AnyRow | None, answer: str) -> bool:
    """Whether the answer proves the applicant; without a code that counts, it is compared all the same."""
    facts = (row.nik, row.nip, row.telepon, row.tanggal_lahir, letter_of(row.laporan)) if row else (None,) * 5
    right = is_right(proof_of(*facts), answer)
    return right and row is not None and row.revoked_at is None and row.failures < CLOSED


_CODE: Final = (
    select(
        TrackingCode.case_key,
        TrackingCode.revoked_at,
        TrackingCode.failures,
        TrackingCode.tanggal_lahir,
        Application.nik,
        Application.telepon,
        Person.nip,
        BlankRequest.laporan,
    )
    .join(ProcessInstance, ProcessInstance.key == TrackingCode.case_key)
    .outerjoin(Application, Application.case_key == TrackingCode.case_key)
    .outerjoin(Person, Person.username == ProcessInstance.subject)
    .outerjoin(BlankRequest, BlankRequest.case_key == TrackingCode.case_key)
    .where(TrackingCode.sha256 == bindparam("sha256"), ~ProcessInstance.confidential)
)
_COUNTED = update(TrackingCode).where(TrackingCode.sha256 == bindparam("_sha256"))
_RIGHT: Final = _COUNTED.values(failures=0)
_WRONG: Final = _COUNTED.values(failures=TrackingCode.failures + 1)
