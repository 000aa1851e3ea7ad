"""Contexts: their entries, and contexts made from others."""

from server.feel.builtins.registry import builtin
from server.feel.errors import Fault
from server.feel.values import kind_of

Context = dict[str, object]


@builtin("get value(m: context, key: string) -> Any")
def get_value(context: Context, key: str) -> object:
    """The value of the entry of that name, or null."""
    return context.get(key)


@builtin("get value(context: context, key: string) -> Any")
def get_value_of_context(context: Context, key: str) -> object:
    """The same under another parameter name."""
    return context.get(key)


@builtin("get value(context: context, keys: list<string>) -> Any")
def get_value_at(context: Context, keys: list[str]) -> object:
    """The value at a path of names through contexts within contexts, or null."""
    value: object = context
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


@builtin("get entries(m: context) -> list<context>")
def get_entries(context: Context) -> list[object]:
    """The entries as a list of contexts of `key` and `value`."""
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("get entries(context: context) -> list<context>")
def get_entries_of_context(context: Context) -> object:
    """The same under another parameter name."""
    return get_entries(context)


@builtin("context(entries: list<context>) -> context")
def context_of(entries: list[Context | None]) -> Context:
    """The context of a list of contexts of `key` and `value`."""
    made: Context = {}
    for entry in entries:
        key = entry.get("key") if entry is not None else None
        if entry is None or not isinstance(key, str) or "value" not in entry:
            raise Fault("Setiap entri harus berisi key (teks) dan value")
        if key in made:
            raise Fault(f"Dua entri mempunyai nama {key}")
        made[key] = entry["value"]
    return made


@builtin("context put(context: context, key: string, value: Any) -> context")
def context_put(context: Context, key: str, value: object) -> Context:
    """The context with one more, or another, entry."""
    return {**context, key: value}


@builtin("context put(context: context, keys: list<string>, value: Any) -> context")
def context_put_at(context: Context, keys: list[str | None], value: object) -> Context:
    """The same at a path of names through contexts within contexts."""
    if not keys or None in keys:
        raise Fault("Daftar nama tidak boleh kosong atau berisi null")
    key, rest = keys[0], keys[1:]
    assert key is not None
    if rest:
        inner = context.get(key)
        if not isinstance(inner, dict):
            raise Fault(f"Entri {key} harus konteks, bukan {kind_of(inner)}")
        value = context_put_at(inner, rest, value)
    return {**context, key: value}


@builtin("context merge(contexts: list<context>) -> context")
def context_merge(contexts: list[Context | None]) -> Context:
    """The entries of all contexts in one; of equal names the last counts."""
    merged: Context = {}
    for context in contexts:
        if context is None:
            raise Fault("Daftar konteks tidak boleh berisi null")
        merged.update(context)
    return merged
