"""Medians and ninth deciles, in one statement on both databases: each value is given its rank within its group."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, case, func, select

from server.db import AnyRow


def ranked(
    connection: Connection,
    source: FromClause | Any,
    groups: Mapping[str, Any],
    values: Mapping[str, Any],
    sums: Mapping[str, Any],
    condition: ColumnElement[bool],
) -> Sequence[AnyRow]:
    """One row a group, by their names: `many`; of each value `<name>_low`, `<name>_high` (the middle ones) and `<name>_p90`
    (the nearest rank), where it is known; and the sums."""
    keys = [column.label(name) for name, column in groups.items()]
    ranks, picks = [], []
    for name, value in values.items():
        within = list(groups.values())
        ranks += [
            value.label(name),
            func.row_number().over(partition_by=within, order_by=value.nulls_last()).label(f"{name}_rank"),
            func.count(value).over(partition_by=within).label(f"{name}_count"),
        ]
    inner = (
        select(*keys, *ranks, *(column.label(name) for name, column in sums.items()))
        .select_from(source)
        .where(condition)
        .subquery()
    )
    for name in values:
        rank, count = inner.c[f"{name}_rank"], inner.c[f"{name}_count"]
        for place, wanted in (
            ("low", (count + 1) // 2),
            ("high", (count + 2) // 2),
            ("p90", (count * 9 + 9) // 10),
        ):
            picks.append(func.max(case((rank == wanted, inner.c[name]))).label(f"{name}_{place}"))
    totals = [func.sum(inner.c[name]).label(name) for name in sums]
    by = [inner.c[name] for name in groups]
    return connection.execute(select(*by, func.count().label("many"), *picks, *totals).group_by(*by)).all()


def middle(low: int | None, high: int | None) -> int | None:
    """The median between the two middle values."""
    return None if low is None or high is None else (low + high) // 2
