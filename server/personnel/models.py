"""The tables of personnel: employees with what is on their file (riwayat), their leave book (buku penjagaan cuti), their requests
for leave, discipline cases, and the cases that were started for what came due."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Day, Instant, Json, Key, append_only


class Employee(Base):
    """A person in the office's service. Name and NIP are the person's own.

    `mulai_kerja`: since when without a break (TMT CPNS). `buku_cuti_sejak`: the first year whose leave book is kept
    here; of earlier years nothing is known, so nothing is carried over from them.
    """

    __tablename__ = "employee"

    username: Mapped[str] = mapped_column(ForeignKey("person.username"), primary_key=True)
    jabatan: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(200), index=True)
    mulai_kerja: Mapped[date] = mapped_column(Day)
    buku_cuti_sejak: Mapped[int]
    tanggal_lahir: Mapped[date | None] = mapped_column(Day)


@append_only
class CareerEntry(Base):
    """An entry of an employee's file: what `jenis` it is of and what `isi` holds says `career_kinds`; `tmt`: since when it counts.

    A wrong entry stays. Another one corrects it: `mengganti` is its key, at most one for each; `batal`: it was no entry at all.
    """

    __tablename__ = "career_entry"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    username: Mapped[str] = mapped_column(ForeignKey("employee.username"), index=True)
    jenis: Mapped[str] = mapped_column(String(20))
    tmt: Mapped[date] = mapped_column(Day)
    isi: Mapped[dict[str, Any]] = mapped_column(Json)
    mengganti: Mapped[int | None] = mapped_column(ForeignKey("career_entry.key"), unique=True)
    batal: Mapped[bool] = mapped_column(default=False)
    dicatat_oleh: Mapped[str] = mapped_column(String(100))
    dicatat_pada: Mapped[datetime] = mapped_column(Instant)


class DueCase(Base):
    """The case that was started for what came due for an employee on a day: one for each. It outlives the case."""

    __tablename__ = "due_case"

    username: Mapped[str] = mapped_column(ForeignKey("employee.username"), primary_key=True)
    jenis: Mapped[str] = mapped_column(String(20), primary_key=True)
    tmt: Mapped[date] = mapped_column(Day, primary_key=True)
    case_key: Mapped[int] = mapped_column(Key)


class LeaveYear(Base):
    """An employee's page of the leave book for a year, in hari kerja of annual leave.

    `terpakai`: taken in the year, of which `dari_bawaan` out of what was carried into it. `ditangguhkan`: this year's days that
    the granting official postponed to the next. `cuti_besar`: long leave was granted, which takes the place of annual
    leave. `cuti_bersama_tidak_diberi`: days of cuti bersama worked through. A year without a page is one without any.
    `version` rises with every change of the page or of a request for the year.
    """

    __tablename__ = "leave_year"
    __table_args__ = (
        CheckConstraint("terpakai >= 0", name="terpakai"),
        CheckConstraint("dari_bawaan BETWEEN 0 AND terpakai", name="dari_bawaan"),
    )

    username: Mapped[str] = mapped_column(ForeignKey("employee.username"), primary_key=True)
    tahun: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    terpakai: Mapped[int] = mapped_column(default=0)
    dari_bawaan: Mapped[int] = mapped_column(default=0)
    ditangguhkan: Mapped[int] = mapped_column(default=0)
    cuti_besar: Mapped[bool] = mapped_column(default=False)
    cuti_bersama_tidak_diberi: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class LeaveStatus(StrEnum):
    """How far a request is. An undecided one reserves its days; a cancelled one may be made again by the same case."""

    DIAJUKAN = "diajukan"
    DISETUJUI = "disetujui"
    DITOLAK = "ditolak"
    DIBATALKAN = "dibatalkan"


class LeaveRequest(Base):
    """What a case asks for: one request a case. It outlives the case, whose key is therefore no foreign key.

    `lama`: hari kerja for annual leave, calendar days for all other kinds. `dari_bawaan`: how many of the days booked
    came out of those carried over.
    """

    __tablename__ = "leave_request"
    __table_args__ = (Index("ix_leave_request_username_tahun", "username", "tahun"),)

    case_key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    username: Mapped[str] = mapped_column(ForeignKey("employee.username"))
    tahun: Mapped[int]
    jenis: Mapped[str] = mapped_column(String(32))
    mulai: Mapped[date] = mapped_column(Day)
    selesai: Mapped[date] = mapped_column(Day)
    lama: Mapped[int]
    status: Mapped[str] = mapped_column(String(16), default=LeaveStatus.DIAJUKAN)
    dari_bawaan: Mapped[int] = mapped_column(default=0)
    diajukan_pada: Mapped[datetime] = mapped_column(Instant)
    diputus_pada: Mapped[datetime | None] = mapped_column(Instant)


class DisciplineCase(Base):
    """A discipline case and the rung of the ladder that it has reached. It outlives the case, whose key is no foreign key.

    `langkah`: as the tables in dmn/disiplin call it. `hasil`: how the last watch ended, null while it is under way.
    """

    __tablename__ = "discipline_case"

    case_key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    number: Mapped[str | None] = mapped_column(String(100))
    username: Mapped[str] = mapped_column(ForeignKey("employee.username"), index=True)
    dibuka_pada: Mapped[datetime] = mapped_column(Instant)
    langkah: Mapped[str] = mapped_column(String(20))
    sejak: Mapped[date] = mapped_column(Day)
    sampai: Mapped[date | None] = mapped_column(Day)
    hasil: Mapped[str | None] = mapped_column(String(40))


class DisciplineStep(Base):
    """A rung of a discipline case: from the handing over on, watched until a day. `key` is that of the act that noted it."""

    __tablename__ = "discipline_step"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    case_key: Mapped[int] = mapped_column(ForeignKey("discipline_case.case_key"), index=True)
    langkah: Mapped[str] = mapped_column(String(20))
    sejak: Mapped[date] = mapped_column(Day)
    sampai: Mapped[date | None] = mapped_column(Day)
    hasil: Mapped[str | None] = mapped_column(String(40))
    fakta: Mapped[str | None] = mapped_column(Text)


@append_only
class DisciplineAppeal(Base):
    """That a way against the decision of a rung was taken, or answered, on a day; the newest of one rung and occasion counts.

    `kejadian`: as the table `upaya_administratif` calls it, or `diterima`, the receipt of a decision that another officer made.
    """

    __tablename__ = "discipline_appeal"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    case_key: Mapped[int] = mapped_column(ForeignKey("discipline_case.case_key"), index=True)
    langkah: Mapped[str] = mapped_column(String(20))
    kejadian: Mapped[str] = mapped_column(String(40))
    tanggal: Mapped[date] = mapped_column(Day)
    catatan: Mapped[str | None] = mapped_column(Text)
    oleh: Mapped[str] = mapped_column(String(100))
    pada: Mapped[datetime] = mapped_column(Instant)
