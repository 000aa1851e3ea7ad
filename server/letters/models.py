"""The tables of letters: their registers as the office has set them, classification codes, the letters themselves with their
numbers, how each was handed over, and what superiors have written on incoming ones (disposisi)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Day, Instant, Json, Key


class Direction(StrEnum):
    """Which of the two agenda books a register belongs to."""

    MASUK = "masuk"
    KELUAR = "keluar"


class LetterState(StrEnum):
    """A cancelled letter keeps its number."""

    BERLAKU = "berlaku"
    BATAL = "batal"


class LetterRegister(Base):
    """A register as the office has set it; those without a row are as the program brings them."""

    __tablename__ = "letter_register"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    nama: Mapped[str] = mapped_column(String(100))
    arah: Mapped[str] = mapped_column(String(10))
    pola: Mapped[str] = mapped_column(String(100))
    kode: Mapped[str] = mapped_column(String(20))


class LetterCode(Base):
    """A classification code from a day to a day, both included; without `sampai`, until further notice."""

    __tablename__ = "letter_code"

    kode: Mapped[str] = mapped_column(String(20), primary_key=True)
    mulai: Mapped[date] = mapped_column(Day, primary_key=True)
    sampai: Mapped[date | None] = mapped_column(Day)
    nama: Mapped[str] = mapped_column(String(200))
    dasar: Mapped[str | None] = mapped_column(String(200))


class Letter(Base):
    """A letter in one of the registers. Rows are never deleted.

    `urut` runs through a register's year without a gap; `sisipan` parts letters that were dated back behind the same number.
    `tanggal`: an outgoing letter's date, the day on which an incoming one arrived. `pihak`: to whom, or from whom; `nomor_asal`
    and `tanggal_asal`: what its sender has written on it. `case_key`: the case that people know, `process_id` its procedure;
    `key` is that of the service task's element instance where a case has drawn the number.

    `surat`: the template of a letter that the program lays out, `isi`: what it says, as it stood when it was numbered;
    `document_id`: its PDF, kept with it. `periksa`: the code by which anybody may ask whether it is genuine.
    """

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("register", "tahun", "urut", "sisipan"),
        Index("ix_letter_book", "arah", "tahun", "tanggal"),
        Index("ix_letter_case_key", "case_key"),
        Index("ix_letter_periksa", "periksa", unique=True),
    )

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    register: Mapped[str] = mapped_column(String(40))
    arah: Mapped[str] = mapped_column(String(10))
    tahun: Mapped[int] = mapped_column(Integer)
    urut: Mapped[int] = mapped_column(Integer)
    sisipan: Mapped[str] = mapped_column(String(4))
    nomor: Mapped[str] = mapped_column(String(120), index=True)
    kode: Mapped[str | None] = mapped_column(String(20))
    tanggal: Mapped[date] = mapped_column(Day)
    pihak: Mapped[str] = mapped_column(String(300))
    hal: Mapped[str] = mapped_column(String(500))
    sifat: Mapped[str] = mapped_column(String(20))
    lampiran: Mapped[str | None] = mapped_column(String(200))
    nomor_asal: Mapped[str | None] = mapped_column(String(120))
    tanggal_asal: Mapped[date | None] = mapped_column(Day)
    penanda_tangan: Mapped[str | None] = mapped_column(String(200))
    pengolah: Mapped[str | None] = mapped_column(String(200))
    bukti_kirim: Mapped[str | None] = mapped_column(String(200))
    dikirim: Mapped[date | None] = mapped_column(Day)
    catatan: Mapped[str | None] = mapped_column(String(500))
    keadaan: Mapped[str] = mapped_column(String(10))
    alasan_batal: Mapped[str | None] = mapped_column(String(500))
    selesai_pada: Mapped[datetime | None] = mapped_column(Instant)
    case_key: Mapped[int | None] = mapped_column(Key)
    process_id: Mapped[str | None] = mapped_column(String(255))
    surat: Mapped[str | None] = mapped_column(String(60))
    isi: Mapped[dict[str, Any] | None] = mapped_column(Json)
    document_id: Mapped[str | None] = mapped_column(String(100))
    periksa: Mapped[str | None] = mapped_column(String(20))
    oleh: Mapped[str] = mapped_column(String(100))
    pada: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Integer)


class Delivery(Base):
    """How a letter reached whom it is for: `tanggal`, the day on which it did, also where they refused to sign for it.

    `penerimaan` is one of deliveries.KINDS. `oleh`: who has noted it, `diserahkan_oleh`: who handed it over, where that was another.
    `key` is that of the service task's element instance; `batal`: the step was taken back.
    """

    __tablename__ = "letter_delivery"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    letter_key: Mapped[int] = mapped_column(ForeignKey("letter.key"), index=True)
    tanggal: Mapped[date] = mapped_column(Day)
    penerimaan: Mapped[str] = mapped_column(String(20))
    diserahkan_oleh: Mapped[str | None] = mapped_column(String(200))
    saksi: Mapped[list[str]] = mapped_column(Json)
    dikirim: Mapped[date | None] = mapped_column(Day)
    bukti: Mapped[str | None] = mapped_column(String(200))
    catatan: Mapped[str | None] = mapped_column(Text)
    oleh: Mapped[str] = mapped_column(String(100))
    pada: Mapped[datetime] = mapped_column(Instant)
    batal: Mapped[bool] = mapped_column(default=False)


class Disposition(Base):
    """What a superior has written on an incoming letter that no case carries: to whom it goes on, and what is to be done.

    `kepada` is a row for each of them in `letter_recipient`.
    """

    __tablename__ = "letter_disposition"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    letter_key: Mapped[int] = mapped_column(ForeignKey("letter.key"), index=True)
    oleh: Mapped[str] = mapped_column(String(100))
    jabatan: Mapped[str] = mapped_column(String(200))
    pada: Mapped[datetime] = mapped_column(Instant)
    instruksi: Mapped[list[str]] = mapped_column(Json)
    catatan: Mapped[str | None] = mapped_column(Text)
    tenggat: Mapped[date | None] = mapped_column(Day)


class Recipient(Base):
    """A role to which a disposition sends a letter; they see it, confidential or not."""

    __tablename__ = "letter_recipient"

    disposition_key: Mapped[int] = mapped_column(ForeignKey("letter_disposition.key"), primary_key=True)
    role: Mapped[str] = mapped_column(String(50), primary_key=True)
    letter_key: Mapped[int] = mapped_column(Key, index=True)
