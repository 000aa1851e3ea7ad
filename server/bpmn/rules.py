"""The rules of BPMN's structure that a diagram must keep to run as it is drawn.

Every rule is a generator over one scope (a process or a sub-process) that yields a problem per element; RULES lists them.
All of them take time linear in the diagram's size.
"""

import re
from collections.abc import Callable, Iterator

from server.bpmn.graphs import components, reachable
from server.bpmn.model import (
    Activity,
    BoundaryEvent,
    CatchEvent,
    Diagram,
    EndEvent,
    Event,
    Flow,
    Gateway,
    GatewayKind,
    Lane,
    Link,
    Node,
    Process,
    ReceiveTask,
    Scope,
    StartEvent,
    SubProcess,
    SubProcessKind,
    ThrowEvent,
)
from server.bpmn.words import called, problem
from server.errors import Problem

Owner = Process | SubProcess

MAX_NODES = 300
"""Nodes of one scope; SpiffWorkflow's parser recurses along the flow."""

RESERVED = ("Start", "End", "Root", "StartEventSplit", "StartEventJoin")
RESERVED_ENDINGS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin")
ID = re.compile(r"[^\W\d][\w.-]{0,199}")


def check(diagram: Diagram) -> Iterator[Problem]:
    """Every problem of the structure of the diagram's executable processes."""
    if not diagram.executable:
        yield Problem(
            "Diagram tidak memuat proses yang dapat dijalankan; gambar paling sedikit satu peristiwa mulai."
        )
    for process in diagram.executable:
        homes = {node_id: scope for scope in process.scopes() for node_id in scope.nodes}
        yield from _identifier(process)
        yield from _lanes(process, homes)
        for scope in process.scopes():
            assert isinstance(scope, Process | SubProcess)
            yield from _ends_of_flows(scope, homes)
            for rule in RULES:
                yield from rule(scope)


# -- ids and lanes


def _identifiers(scope: Owner) -> Iterator[Problem]:
    for node in scope.nodes.values():
        yield from _identifier(node)
    for flow in scope.flows.values():
        yield from _identifier(flow)


def _identifier(element: Node | Flow | Process) -> Iterator[Problem]:
    if element.id in RESERVED or element.id.endswith(RESERVED_ENDINGS):
        yield problem(element, f"id “{element.id}” dipakai mesin sendiri; ganti idnya.")
    elif not ID.fullmatch(element.id):
        yield problem(
            element,
            "id hanya boleh huruf, angka, “_”, “-”, “.”, tanpa spasi, dan mulai dengan huruf; ganti idnya.",
        )


def _lanes(process: Process, homes: dict[str, Scope]) -> Iterator[Problem]:
    held: dict[str, Lane] = {}
    for lane in _every_lane(process):
        for node_id in lane.nodes:
            if node_id in held and node_id in homes:
                node = homes[node_id].nodes[node_id]
                yield problem(
                    node, f"ada di dua lajur, {called(held[node_id])} dan {called(lane)}; pilih satu."
                )
            held[node_id] = lane


def _every_lane(process: Process) -> Iterator[Lane]:
    waiting = [lane for scope in process.scopes() for lane in scope.lanes]
    while waiting:
        lane = waiting.pop()
        yield lane
        waiting += lane.lanes


# -- flows


def _ends_of_flows(scope: Owner, homes: dict[str, Scope]) -> Iterator[Problem]:
    for flow in scope.flows.values():
        for node_id in (flow.source, flow.target):
            if node_id not in homes:
                yield problem(
                    flow, f"menunjuk “{node_id}”, yang tidak ada dalam proses; hubungkan ulang alurnya."
                )
            elif homes[node_id] is not scope:
                yield problem(
                    flow, f"menembus batas subproses ke “{node_id}”; hubungkan dengan tepi subprosesnya."
                )


def _directions(scope: Owner) -> Iterator[Problem]:
    for flow in scope.flows.values():
        source, target = scope.nodes.get(flow.source), scope.nodes.get(flow.target)
        if target and (isinstance(target, StartEvent | BoundaryEvent) or _is_link(target, CatchEvent)):
            yield problem(flow, f"tidak boleh masuk ke {called(target)}; ganti tujuannya.")
        if source and (isinstance(source, EndEvent) or _is_link(source, ThrowEvent)):
            yield problem(flow, f"tidak boleh keluar dari {called(source)}; ganti asalnya.")
        for node in (source, target):
            if _is_event_sub_process(node):
                yield problem(flow, "subproses peristiwa tidak punya alur masuk atau keluar; hapus alurnya.")


def _is_link(node: Node, kind: type[CatchEvent] | type[ThrowEvent]) -> bool:
    return isinstance(node, kind) and isinstance(node.definition, Link)


def _links(scope: Owner) -> Iterator[Problem]:
    """Each link that is thrown is caught once in its scope, and each that is caught is thrown."""
    seen: dict[str | None, Node] = {}
    for node in scope.nodes.values():
        link = node.definition if isinstance(node, Event) else None
        if not isinstance(link, Link):
            continue
        if not link.name:
            yield problem(node, "beri tautannya nama, yang sama di kedua ujungnya.")
        elif _is_link(node, CatchEvent) and seen.setdefault(link.name, node) is not node:
            yield problem(
                node,
                f"tautan “{link.name}” sudah ditangkap oleh {called(seen[link.name])}; hapus salah satunya.",
            )
        elif _is_link(node, CatchEvent) and node.id not in scope.links.values():
            yield problem(node, f"tidak ada yang melempar tautan “{link.name}” di sini; gambar pasangannya.")
        elif _is_link(node, ThrowEvent) and node.id not in scope.links:
            yield problem(node, f"tidak ada yang menangkap tautan “{link.name}” di sini; gambar pasangannya.")


def _is_event_sub_process(node: Node | None) -> bool:
    return isinstance(node, SubProcess) and node.kind is SubProcessKind.EVENT


def _event_sub_processes(scope: Owner) -> Iterator[Problem]:
    """They begin by their event alone, as often as it comes."""
    for each in (node for node in scope.nodes.values() if isinstance(node, SubProcess) and node.trigger):
        if each.loop:
            yield problem(each, "subproses peristiwa tidak boleh berputar; hapus putarannya.")
        for event in scope.boundary_events(each.id):
            yield problem(event, f"tidak boleh menempel pada {called(each)}; gambar di dalamnya.")


CONDITIONAL = (GatewayKind.EXCLUSIVE, GatewayKind.INCLUSIVE, GatewayKind.COMPLEX)


def _conditions(scope: Owner) -> Iterator[Problem]:
    for flow in scope.flows.values():
        source = scope.nodes.get(flow.source)
        if flow.condition is None or source is None:
            continue
        if isinstance(source, Event) or (isinstance(source, Gateway) and source.kind not in CONDITIONAL):
            yield problem(
                flow,
                f"alur dari {called(source)} tidak boleh bersyarat; hapus syaratnya atau pakai gerbang eksklusif.",
            )
        elif _default(source) == flow.id:
            yield problem(flow, "alur default tidak boleh bersyarat; hapus syaratnya atau tanda defaultnya.")


def _default(node: Node) -> str | None:
    return node.default if isinstance(node, Gateway | Activity) else None


def _choices(scope: Owner) -> Iterator[Problem]:
    for node in scope.nodes.values():
        flows, default = scope.outgoing(node.id), _default(node)
        if default and default not in {flow.id for flow in flows}:
            yield problem(
                node, f"alur default “{default}” tidak keluar dari sini; pilih ulang alur defaultnya."
            )
        bare = [flow for flow in flows if flow.condition is None and flow.id != default]
        if isinstance(node, Gateway) and node.kind in CONDITIONAL and len(flows) > 1:
            for flow in bare:
                yield problem(
                    flow, f"beri syarat (FEEL, diawali “=”), atau jadikan alur default {called(node)}."
                )
        elif isinstance(node, Activity) and default and bare and len(bare) == len(flows) - 1:
            yield problem(
                node, "alur default hanya berarti di samping alur bersyarat; hapus tanda defaultnya."
            )


# -- beginning and end


def _starts(scope: Owner) -> Iterator[Problem]:
    starts = [node for node in scope.nodes.values() if isinstance(node, StartEvent)]
    if _is_event_sub_process(scope if isinstance(scope, SubProcess) else None):
        if len(starts) != 1 or not starts[0].definitions:
            yield problem(scope, "subproses peristiwa butuh tepat satu peristiwa mulai yang berjenis.")
        elif starts[0].form:
            yield problem(
                starts[0], "formulir mulai hanya tampil di peristiwa mulai proses; pindahkan ke tugas."
            )
        return
    if isinstance(scope, SubProcess) and scope.kind is SubProcessKind.AD_HOC:
        return
    plain = [node for node in starts if not node.definitions]
    if not starts or (isinstance(scope, SubProcess) and not plain):
        yield problem(scope, "tambahkan satu peristiwa mulai polos.")
    for node in plain[1:]:
        yield problem(node, "sudah ada peristiwa mulai lain; sisakan satu, lalu bercabang dengan gerbang.")
    if isinstance(scope, SubProcess):
        for node in starts:
            if node.definitions:
                yield problem(node, "peristiwa mulai subproses harus polos; hapus jenisnya.")
            if node.form:
                yield problem(
                    node, "formulir mulai hanya tampil di peristiwa mulai proses; pindahkan ke tugas."
                )


def _end(scope: Owner) -> Iterator[Problem]:
    ad_hoc = isinstance(scope, SubProcess) and scope.kind is SubProcessKind.AD_HOC
    if not ad_hoc and not any(isinstance(node, EndEvent) for node in scope.nodes.values()):
        yield problem(scope, "tambahkan paling sedikit satu peristiwa akhir.")


def _dangling(scope: Owner) -> Iterator[Problem]:
    for node in _placed(scope):
        if not scope.incoming(node.id) and not (
            isinstance(node, StartEvent | BoundaryEvent) or _is_link(node, CatchEvent)
        ):
            yield problem(node, "tidak ada alur masuk; hubungkan dari langkah sebelumnya, atau hapus.")
        if not scope.outgoing(node.id) and not (isinstance(node, EndEvent) or _is_link(node, ThrowEvent)):
            yield problem(
                node, "tidak ada alur keluar; hubungkan ke langkah berikutnya atau ke peristiwa akhir."
            )


def _placed(scope: Owner) -> Iterator[Node]:
    """The nodes that flows must join: all but those of an ad hoc sub-process, and event sub-processes."""
    if isinstance(scope, SubProcess) and scope.kind is SubProcessKind.AD_HOC:
        return
    for node in scope.nodes.values():
        if not _is_event_sub_process(node) and not (isinstance(node, Activity) and node.compensation):
            yield node


def _successors(scope: Scope) -> Callable[[str], Iterator[str]]:
    """From each node the nodes a token can go to next, over a boundary event too."""

    def following(node_id: str) -> Iterator[str]:
        for flow in scope.outgoing(node_id):
            if flow.target in scope.nodes:
                yield flow.target
        for event in scope.boundary_events(node_id):
            yield event.id
        if node_id in scope.links:
            yield scope.links[node_id]

    return following


def _unreachable(scope: Owner) -> Iterator[Problem]:
    nodes = list(_placed(scope))
    entries = [
        node.id
        for node in nodes
        if not scope.incoming(node.id) and not (isinstance(node, BoundaryEvent) or _is_link(node, CatchEvent))
    ]
    entries += [node.id for node in nodes if isinstance(node, StartEvent)]
    seen = reachable(entries, _successors(scope))
    for node in nodes:
        if node.id not in seen and not isinstance(node, BoundaryEvent):
            yield problem(node, "tidak dapat dicapai dari peristiwa mulai; hubungkan, atau hapus.")


def _endless(scope: Owner) -> Iterator[Problem]:
    nodes = list(_placed(scope))
    before: dict[str, list[str]] = {}
    following = _successors(scope)
    for node in nodes:
        for target in following(node.id):
            before.setdefault(target, []).append(node.id)
    exits = [
        node.id
        for node in nodes
        if isinstance(node, EndEvent) or (not scope.outgoing(node.id) and node.id not in scope.links)
    ]
    ending = reachable(exits, lambda node_id: before.get(node_id, ()))
    stuck = [node for node in nodes if node.id not in ending]
    if stuck:
        ids = ", ".join(node.id for node in stuck[:5]) + (", …" if len(stuck) > 5 else "")
        yield problem(
            stuck[0], f"dari sini tidak ada jalan ke peristiwa akhir ({ids}); tambahkan jalan keluar."
        )


# -- gateways and boundary events


def _parallel_joins(scope: Owner) -> Iterator[Problem]:
    loops = components(scope.nodes, _successors(scope))
    for node in scope.nodes.values():
        if isinstance(node, Gateway) and node.kind is GatewayKind.PARALLEL:
            sources = [flow.source for flow in scope.incoming(node.id) if flow.source in loops]
            back = [source for source in sources if loops[source] == loops[node.id]]
            if 0 < len(back) < len(sources):
                yield problem(
                    node,
                    "gerbang paralel menunggu alur yang kembali dari dirinya sendiri; pakai gerbang eksklusif.",
                )


WAITING = (CatchEvent, ReceiveTask)


def _event_gateways(scope: Owner) -> Iterator[Problem]:
    for node in scope.nodes.values():
        if not (isinstance(node, Gateway) and node.kind is GatewayKind.EVENT_BASED):
            continue
        flows = scope.outgoing(node.id)
        if len(flows) < 2:
            yield problem(node, "butuh paling sedikit dua alur keluar.")
        targets = dict.fromkeys(flow.target for flow in flows)
        following = [scope.nodes[target] for target in targets if target in scope.nodes]
        if not all(isinstance(target, WAITING) and not _is_link(target, CatchEvent) for target in following):
            yield problem(node, "hanya boleh diikuti peristiwa menunggu atau tugas terima.")
        for target in following:
            yield from (problem(target, message) for message in _behind_event_gateway(scope, target))


def _behind_event_gateway(scope: Owner, target: Node) -> Iterator[str]:
    if len(scope.incoming(target.id)) > 1:
        yield "sesudah gerbang peristiwa hanya boleh ada satu alur masuk; sisakan yang dari gerbang itu."
    if scope.boundary_events(target.id):
        yield "sesudah gerbang peristiwa tidak boleh ada peristiwa tepi; gambar sebagai jalan lain dari gerbang itu."
    if isinstance(target, Activity) and target.loop:
        yield "sesudah gerbang peristiwa tidak boleh berputar; hapus putarannya."


def _boundaries(scope: Owner) -> Iterator[Problem]:
    for node in scope.nodes.values():
        if isinstance(node, BoundaryEvent) and not isinstance(scope.nodes.get(node.attached_to), Activity):
            yield problem(node, "harus menempel pada tugas atau subproses; pasang ulang.")


def _sizes(scope: Owner) -> Iterator[Problem]:
    if len(scope.nodes) > MAX_NODES:
        yield problem(
            scope, f"terlalu besar ({len(scope.nodes)} langkah, batasnya {MAX_NODES}); bagi dengan subproses."
        )


RULES: tuple[Callable[[Owner], Iterator[Problem]], ...] = (
    _sizes,
    _identifiers,
    _directions,
    _conditions,
    _choices,
    _starts,
    _end,
    _dangling,
    _links,
    _unreachable,
    _endless,
    _parallel_joins,
    _event_gateways,
    _event_sub_processes,
    _boundaries,
)
