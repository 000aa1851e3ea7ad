"""The demo office's past: cases of the last three months that have ended, so that its figures say something.

They are written as the engine would have left them, on walks through the book's own diagrams; some were slow, some came back,
some were cancelled. Two procedures have cases under way that are late.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, insert

from server.bpmn import model
from server.bpmn.ways import onward, ways
from server.clock import Clock
from server.db import Change, Effect, dump_json, get_setting, setting_effect
from server.engine import Engine, instances, numbering
from server.engine.bundle import Bundle, Element, lane_role
from server.engine.tables import (
    ElementInstance,
    History,
    HistoryValues,
    InstanceState,
    ProcessInstance,
    TaskState,
    UserTask,
)
from server.identity import DemoPerson, Penerima, demo_people, load_actor
from server.monitoring.measuring import BATCH, Round, measure
from server.monitoring.promise import course, nominal, waktu
from server.monitoring.scope import procedures
from server.monitoring.timeliness import bundle_of

HEAD: Final = "kepala_dinas"
FILLED: Final = "demo_past"
DAYS: Final = 85
PAST: Final = {
    "akta_kelahiran": 26,
    "akta_kematian": 18,
    "akta_perkawinan": 7,
    "kk_perubahan_data": 22,
    "kk_tambah_anggota": 16,
    "ktp_el_penerbitan": 24,
    "skp_wni": 12,
    "sktt_penerbitan": 4,
    "pengagendaan_surat_masuk": 10,
}
"""How many cases of which procedures."""
LATE: Final = {"laporan_bulanan": 2, "indikator_kinerja_utama": 1, "monitoring_jaringan": 1}
"""And of which some are under way."""
SLOW: Final = {"akta_perkawinan": 6.0, "skp_wni": 4.0, "kk_perubahan_data": 1.5}
"""Those that take so many times as long as the others."""
REASONS: Final = (
    "Pemohon mencabut permohonannya",
    "Berkas ganda dengan perkara lain",
    "Salah memilih prosedur",
)
MOST_STEPS: Final = 40


def fill_demo(engine: Engine, do: Callable[[Callable[[Connection], Change[Any]]], Any]) -> None:
    """Writes the past by the gate's `do`, once. The book is published and the people are there."""
    if not do(lambda connection: _past(engine, connection)):
        return
    for start in do(lambda connection: Change((), _late(engine, connection))):
        do(start)
    round_ = Round(BATCH, None)
    while round_.measured == BATCH:
        round_ = do(partial(measure, engine, since=round_.since))


def _past(engine: Engine, connection: Connection) -> Change[bool]:
    if get_setting(connection, FILLED):
        return Change((), False)
    named = procedures(connection, list(PAST))
    past = _Past(engine, connection, random.Random(19), list(demo_people(engine.roles)))
    for process_id, many in PAST.items():
        bundle = bundle_of(engine, connection, named[process_id]) if process_id in named else None
        for _ in range(many if bundle else 0):
            assert bundle is not None
            past.case(process_id, bundle)
    return Change((setting_effect(FILLED, True), *past.effects()), True)


def _late(engine: Engine, connection: Connection) -> list[Callable[[Connection], Change[Any]]]:
    """Starts of cases that began days ago, and wait."""
    found: list[Callable[[Connection], Change[Any]]] = []
    for number, process_id in enumerate(sorted(procedures(connection, list(LATE)))):
        for each in range(LATE[process_id]):
            day = engine.calendar.hk_sebelum(engine.clock.today(), 4 + 3 * number + 5 * each)
            then = datetime.combine(day, time(9, 10 + 7 * each), engine.clock.zone)
            past = Engine(engine.keys, engine.roles, engine.handlers, _stopped(engine, then), engine.book)
            actor = load_actor(connection, HEAD, engine.clock.today(), engine.roles)
            start = partial(instances.start, past, actor=actor, process=process_id, values={}, subject=None)
            found.append(start)
    return found


def _stopped(engine: Engine, then: datetime) -> Clock:
    return Clock(str(engine.clock.zone), lambda: then)


@dataclass
class _Past:
    engine: Engine
    connection: Connection
    chance: random.Random
    people: list[DemoPerson]
    rows: dict[Any, list[dict[str, Any]]] = field(default_factory=dict)

    def case(self, process_id: str, bundle: Bundle) -> None:
        """One case, from its start to its end."""
        began = moment = self._morning()
        key, way = self._key(), list(_walk(bundle, self.chance))
        canceled = self.chance.random() < 0.05
        pace = SLOW.get(process_id, 1.0) * self.chance.lognormvariate(0, 0.5)
        starter = self._who(bundle, way[0].id) if way else HEAD
        self._history(key, moment, starter, "STARTED", bundle.start_event, key)
        tasks = [each for each in way if isinstance(each.node, model.UserTask)]
        for element in tasks[: len(tasks) // 2 + 1] if canceled else tasks:
            moment = self._task(key, process_id, bundle, element, moment, pace)
        if moment > self.engine.clock.now():
            return
        if canceled:
            reason = {"alasan": self.chance.choice(REASONS)}
            self._history(key, moment, HEAD, "CANCELED", None, key, reason)
        elif way:
            self._passage(key, way[-1], moment, moment)
        self._put_case(key, process_id, bundle, began, moment, starter, canceled)

    def _put_case(
        self,
        key: int,
        process_id: str,
        bundle: Bundle,
        began: datetime,
        ended: datetime,
        by: str,
        canceled: bool,
    ) -> None:
        state = InstanceState.TERMINATED if canceled else InstanceState.COMPLETED
        row = {
            "key": key,
            "bundle_key": bundle.key,
            "definition_key": bundle.definition_key,
            "process_id": process_id,
            "bidang": bundle.bidang,
            "confidential": False,
            "business_id": began,
            "state": state,
            "version": 1,
            "tokens": b"",
            "subject": None,
            "started_by": by,
            "started_at": began,
            "ended_at": ended,
            "announced_at": ended,
            "root_key": key,
        }
        self._put(ProcessInstance, row | {"properties": bundle.process.properties})

    def effects(self) -> Iterator[Effect]:
        """All of it; cases get their numbers in the order in which they began."""
        cases = sorted(self.rows.pop(ProcessInstance, []), key=lambda row: row["started_at"])
        given: Counter[tuple[str, int]] = Counter()
        for row in cases:
            properties, began, series = (
                row.pop("properties"),
                row["started_at"],
                (row["process_id"], row["started_at"].year),
            )
            before = given[series]
            row["business_id"], counted = numbering.next_number(
                self.connection, row["process_id"], properties, began, before
            )
            given[series] += 1
            yield counted
        known = {row["key"] for row in cases}
        for table, rows in {ProcessInstance: cases, **self.rows}.items():
            kept = [row for row in rows if row.get("process_instance_key", row.get("key")) in known]
            if kept:
                yield Effect(insert(table), kept)

    def _task(
        self, case: int, process_id: str, bundle: Bundle, element: Element, moment: datetime, pace: float
    ) -> datetime:
        standard = nominal(waktu(element) or "PT15M")
        wait = int(self.chance.lognormvariate(0, 1.1) * 200 * pace)
        work = int(standard * self.chance.lognormvariate(-0.6, 0.5) * min(pace, 1.6))
        taken = self._later(moment, wait, bundle)
        ended = self._later(taken, work, bundle)
        who, passage = self._who(bundle, element.id), self._passage(case, element, moment, ended)
        role = lane_role(bundle.process, element.id, self.engine.roles)
        group = self.engine.roles.group(role.id, bundle.bidang) if role else None
        key = self._key()
        self._put(
            UserTask,
            {
                "key": key,
                "element_instance_key": passage,
                "process_instance_key": case,
                "definition_key": bundle.definition_key,
                "process_id": process_id,
                "element_id": element.id,
                "name": element.name,
                "state": TaskState.COMPLETED,
                "candidate_group": group,
                "assignee": who,
                "bidang": bundle.bidang,
                "headers": {},
                "priority": 50,
                "created_at": moment,
                "due_at": self._later(moment, standard, bundle) if waktu(element) else None,
                "ended_at": ended,
                "ended_by": who,
                "announced_at": moment,
            },
        )
        self._history(case, taken, who, "TASK_ASSIGNED", element.id, key)
        self._history(case, ended, who, "TASK_COMPLETED", element.id, key)
        return ended

    def _passage(self, case: int, element: Element, began: datetime, ended: datetime) -> int:
        key = self._key()
        row = {"key": key, "process_instance_key": case, "scope_key": case, "element_id": element.id}
        told = {"name": element.node.name, "type": element.type, "state": InstanceState.COMPLETED}
        self._put(ElementInstance, {**row, **told, "started_at": began, "ended_at": ended})
        return key

    def _history(
        self,
        case: int,
        at: datetime,
        actor: str,
        event: str,
        element: str | None,
        about: int,
        values: Any = None,
    ) -> None:
        key = self._key()
        row = {"key": key, "process_instance_key": case, "at": at, "actor": actor, "event": event}
        self._put(History, {**row, "element_id": element, "subject_key": about})
        if values is not None:
            kept = {"history_key": key, "process_instance_key": case, "values": dump_json(values)}
            self._put(HistoryValues, kept)

    def _put(self, table: Any, row: dict[str, Any]) -> None:
        self.rows.setdefault(table, []).append(row)

    def _key(self) -> int:
        return self.engine.keys.draw()[0]

    def _who(self, bundle: Bundle, element: str) -> str:
        """Somebody of the demo office who holds the lane's role."""
        role = lane_role(bundle.process, element, self.engine.roles)
        wanted = role.wakil if role is not None and role.penerima is Penerima.WAKIL else role and role.id
        fit = [each for each in self.people if each.role == wanted and each.bidang in (None, bundle.bidang)]
        return self.chance.choice(fit).person.username if fit else HEAD

    def _morning(self) -> datetime:
        """A moment of a working day of the last three months, more of them lately."""
        back = int(DAYS * self.chance.random() ** 1.2) + 1
        day: date = self.engine.clock.today() - timedelta(days=back)
        day = day if self.engine.calendar.is_working_day(day) else self.engine.calendar.hk_sebelum(day, 1)
        return datetime.combine(day, time(8, self.chance.randrange(60)), self.engine.clock.zone)

    def _later(self, moment: datetime, seconds: int, bundle: Bundle) -> datetime:
        return self.engine.calendar.due(moment, f"PT{max(seconds, 60)}S", bundle.bidang)


def _walk(bundle: Bundle, chance: random.Random) -> Iterator[Element]:
    """The elements of a way through the diagram: mostly the longest, now and then another; one step in ten is done twice."""
    net, left = ways(bundle.process), course(bundle).left
    starts = [node.id for node in bundle.process.every_node() if isinstance(node, model.StartEvent)]
    forward = onward(net, starts)
    here = bundle.start_event or starts[0]
    for _ in range(MOST_STEPS):
        element = bundle.elements[here]
        yield element
        if isinstance(element.node, model.UserTask) and chance.random() < 0.06:
            yield element
        further = sorted(forward[here], key=lambda each: -sum(map(nominal, left.get(each, ()))))
        if not further:
            return
        here = further[0] if chance.random() < 0.9 else chance.choice(further)
