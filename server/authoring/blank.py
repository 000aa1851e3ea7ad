"""A procedure to begin with: its lanes, one step in each, from the start to the end; drawn, so that its owner goes on from there."""

import re
from collections.abc import Sequence
from itertools import pairwise

from server import bpmn, errors
from server.bpmn import model
from server.identity import Role, Roles

MOST_LANES = 12
LANGKAH = model.Template("tatalaksana.langkah", "1")


class NoLanes(errors.Invalid):
    def __init__(self) -> None:
        super().__init__(f"Pilih siapa yang terlibat, sedikitnya satu dan paling banyak {MOST_LANES} peran.")


def identifier(title: str) -> str:
    """An id out of what a thing is called: `Surat Tugas (baru)` → `surat_tugas_baru`."""
    plain = "_".join(re.findall(r"[a-z0-9]+", title.casefold()))[:80]
    return plain if plain[:1].isalpha() else f"prosedur_{plain}".rstrip("_")


def blank_procedure(roles: Roles, id_: str, title: str, bidang: str, chosen: Sequence[str]) -> bytes:
    """The file of a new procedure in which these roles act in this order. Raises NoLanes."""
    known = [roles[each] for each in dict.fromkeys(chosen) if each in roles]
    if not 0 < len(known) <= MOST_LANES:
        raise NoLanes
    process = _process(known, id_, title, bidang)
    pool = model.Participant(f"kolam_{id_}", title, id_)
    drawn = model.Diagram(f"definisi_{id_}", (process,), f"kolaborasi_{id_}", (pool,))
    return bpmn.write(bpmn.lay_out(drawn))


def _process(roles: list[Role], id_: str, title: str, bidang: str) -> model.Process:
    tasks = [
        model.UserTask(
            id=f"langkah_{number}",
            name=f"Langkah {number}",
            properties={"langkah": str(number)},
            template=LANGKAH,
        )
        for number in range(1, len(roles) + 1)
    ]
    nodes: list[model.Node] = [model.StartEvent(id="mulai", name="Mulai"), *tasks]
    nodes.append(model.EndEvent(id="selesai", name="Selesai"))
    flows = [model.Flow(f"alur_{one.id}", one.id, other.id) for one, other in pairwise(nodes)]
    inside = [[task.id] for task in tasks]
    inside[0].insert(0, "mulai")
    inside[-1].append("selesai")
    lanes = [
        model.Lane(f"lajur_{role.id}", role.nama, role.id, tuple(nodes), properties={"role": role.id})
        for role, nodes in zip(roles, inside, strict=True)
    ]
    return model.Process(
        id=id_,
        name=title,
        properties={"bidang": bidang},
        nodes={each.id: each for each in nodes},
        flows={each.id: each for each in flows},
        lanes=tuple(lanes),
    )
