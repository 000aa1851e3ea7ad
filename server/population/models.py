"""The tables of population services: applications, requests for blank cards, and the ledger of the office's stock."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Day, Instant, Json, Key


class Application(Base):
    """Who asks for what: the applicant of a case, who has no account, as the counter wrote it down ("atas nama").

    `kode` is printed on the receipt, so that the applicant can follow the case. How far it is, the case itself says; it
    outlives the case, whose key is therefore no foreign key.
    """

    __tablename__ = "application"
    __table_args__ = (Index("ix_application_nik", "nik"),)

    case_key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    process_id: Mapped[str] = mapped_column(String(255))
    kode: Mapped[str] = mapped_column(String(16), unique=True)
    nama: Mapped[str] = mapped_column(String(200))
    nik: Mapped[str | None] = mapped_column(String(16))
    telepon: Mapped[str | None] = mapped_column(String(32))
    tanggal: Mapped[date] = mapped_column(Day)
    dicatat_oleh: Mapped[str] = mapped_column(String(100))
    dicatat_pada: Mapped[datetime] = mapped_column(Instant)
    dibatalkan: Mapped[bool] = mapped_column(default=False)


class BlankRequestStatus(StrEnum):
    """How far a kecamatan's request is. What was set and not yet handed over is kept free for it."""

    DIMINTA = "diminta"
    DITETAPKAN = "ditetapkan"
    DISERAHKAN = "diserahkan"
    DIBATALKAN = "dibatalkan"


class BlankRequest(Base):
    """A kecamatan's request for blank KTP-el cards: one a case. `laporan`: the facts it reported, as dmn/blangko takes them.

    `blangko`: how many cards were set for it. `ketetapan` numbers these decisions. `penetapan`: what was set with them, what the
    tables proposed then, and the reason where another number was set.
    """

    __tablename__ = "blank_request"
    __table_args__ = (
        Index("ix_blank_request_status", "status"),
        Index("ix_blank_request_kecamatan", "kecamatan", "case_key"),
    )

    case_key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    kecamatan: Mapped[str] = mapped_column(String(100))
    laporan: Mapped[dict[str, Any]] = mapped_column(Json)
    status: Mapped[str] = mapped_column(String(16), default=BlankRequestStatus.DIMINTA)
    blangko: Mapped[int] = mapped_column(default=0)
    ketetapan: Mapped[int | None] = mapped_column(unique=True)
    diminta_pada: Mapped[datetime] = mapped_column(Instant)
    penetapan: Mapped[dict[str, Any] | None] = mapped_column(Json)
    ditetapkan_oleh: Mapped[str | None] = mapped_column(String(100))
    ditetapkan_pada: Mapped[datetime | None] = mapped_column(Instant)
    diserahkan_pada: Mapped[datetime | None] = mapped_column(Instant)


class StockEntry(Base):
    """A row of the stock ledger: rows are only added. `saldo` is what the office holds of the goods after it.

    `urut` numbers the rows of one kind of goods without a gap: of two that are written at once, one is prepared again. `kunci`
    names the form or call that brought the row, so that sent twice it is entered once.
    """

    __tablename__ = "stock_entry"
    __table_args__ = (
        CheckConstraint("saldo >= 0", name="saldo"),
        CheckConstraint("perubahan <> 0", name="perubahan"),
        Index("ix_stock_entry_case_key", "case_key"),
        Index("ix_stock_entry_pada", "pada"),
    )

    barang: Mapped[str] = mapped_column(String(16), primary_key=True)
    urut: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    perubahan: Mapped[int]
    saldo: Mapped[int]
    keterangan: Mapped[str] = mapped_column(String(500))
    kecamatan: Mapped[str | None] = mapped_column(String(100))
    case_key: Mapped[int | None] = mapped_column(Key)
    oleh: Mapped[str] = mapped_column(String(100))
    pada: Mapped[datetime] = mapped_column(Instant)
    kunci: Mapped[str | None] = mapped_column(String(40), unique=True)
