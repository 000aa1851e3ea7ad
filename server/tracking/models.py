"""The codes by which applicants follow their cases."""

from datetime import date, datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Day, Instant, Key


class TrackingCode(Base):
    """A code that a receipt bears. Only its SHA-256 is kept: nobody can read it again, a new receipt has another one.

    `tanggal_lahir`: the applicant's, where the counter wrote down nothing else that they could prove themselves by.
    `failures`: how often something wrong was said with it since it was last right.
    """

    __tablename__ = "tracking_code"

    sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    case_key: Mapped[int] = mapped_column(Key, index=True)
    tanggal_lahir: Mapped[date | None] = mapped_column(Day)
    issued_by: Mapped[str] = mapped_column(String(100))
    issued_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    failures: Mapped[int] = mapped_column(default=0)
