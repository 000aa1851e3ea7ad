"""Truth and null: not, all, any, is, and Camunda's helpers against null."""

from server.feel import logic
from server.feel.builtins.registry import builtin
from server.feel.errors import Fault
from server.feel.values import kind_of


@builtin("not(negand: Any) -> boolean")
def not_(negand: object) -> bool | None:
    """True for false, false for true, null for everything else."""
    if negand is not None and not isinstance(negand, bool):
        raise Fault(f"Parameter negand dari fungsi not harus boolean, bukan {kind_of(negand)}")
    return logic.negate(negand)


@builtin("is(value1: Any, value2: Any) -> boolean")
def is_(first: object, second: object) -> bool:
    """Whether both are the same value of the same kind, zone and offset included; never null."""
    return logic.identical(first, second)


@builtin("all(list: list) -> boolean")
def all_(items: list[object]) -> bool | None:
    """False if any element is false, else true if all are true, else null."""
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else _unknown(items)


@builtin("all(elements...: Any) -> boolean")
def all_of(*items: object) -> object:
    """The same for elements given one by one."""
    return all_(list(items))


@builtin("any(list: list) -> boolean")
def any_(items: list[object]) -> bool | None:
    """True if any element is true, else false if all are false, else null."""
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else _unknown(items)


@builtin("any(elements...: Any) -> boolean")
def any_of(*items: object) -> object:
    """The same for elements given one by one."""
    return any_(list(items))


def _unknown(items: list[object]) -> bool | None:
    strange = next((item for item in items if item is not None and not isinstance(item, bool)), None)
    if strange is not None:
        raise Fault(f"Daftar harus berisi boolean, bukan {kind_of(strange)}")
    return None


@builtin("is defined(value: Any) -> boolean")
def is_defined(value: object) -> bool:
    """Whether the value is not null."""
    return value is not None


@builtin("get or else(value: Any, default: Any) -> Any")
def get_or_else(value: object, default: object) -> object:
    """The value, or the default where it is null."""
    return default if value is None else value


@builtin("assert(value: Any, condition: Any) -> Any")
def assert_(value: object, condition: object) -> object:
    """The value if the condition is true, else null and a warning."""
    return assert_with_cause(value, condition, "syarat assert tidak terpenuhi")


@builtin("assert(value: Any, condition: Any, cause: string) -> Any")
def assert_with_cause(value: object, condition: object, cause: str) -> object:
    """The same; the warning is the given cause."""
    if condition is not True:
        raise Fault(cause)
    return value
