"""Variables of a running instance, in Camunda 8's scopes.

A scope is the process instance, or an element instance that keeps names of its own: an embedded sub-process, a round of
a multi-instance, an element with input mappings. A name is looked up from the innermost scope outwards. A result goes to
the nearest scope that has the name, else to the process instance. All branches of an instance share these scopes, so each
sees at once what another wrote; the last one wins.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from server.db import dump_json, load_json

_UNREAD = object()


@dataclass
class _Variable:
    """One variable's row: its key (None: not yet in the database), JSON text, and the value once it was asked for."""

    key: int | None
    text: str
    value: object = _UNREAD
    changed: bool = False

    def read(self) -> object:
        if self.value is _UNREAD:
            self.value = load_json(self.text)
        return self.value


class Scopes:
    """All live scopes of one instance; `root` is the instance's key."""

    def __init__(self, root: int) -> None:
        self.root = root
        self._outer: dict[int, int] = {}
        self._variables: dict[int, dict[str, _Variable]] = {root: {}}

    def open(self, key: int, outer: int) -> None:
        """Begins the scope of an element instance within `outer`."""
        self._outer[key] = outer

    def put(self, scope: int, name: str, key: int, text: str) -> None:
        """Takes in a row of the database."""
        self._variables.setdefault(scope, {})[name] = _Variable(key, text)

    def view(self, scope: int) -> "View":
        """What an expression sees from `scope`."""
        return View([self._variables[key] for key in self._outwards(scope) if key in self._variables])

    def local(self, scope: int) -> dict[str, object]:
        """The names that `scope` itself keeps."""
        return {name: variable.read() for name, variable in self._variables.get(scope, {}).items()}

    def set_local(self, scope: int, name: str, value: object) -> None:
        """Writes a name into `scope` itself, where it hides the same name further out."""
        self._write(scope, name, value)

    def propagate(self, scope: int, name: str, value: object) -> None:
        """Writes a result: to the nearest scope from `scope` outwards that has the name, else to the instance."""
        for key in self._outwards(scope):
            if name in self._variables.get(key, ()):
                return self._write(key, name, value)
        return self._write(self.root, name, value)

    def changes(self) -> Iterator[tuple[int, str, int | None, str]]:
        """Scope, name, key (None: a new row) and JSON text of every variable written since loading."""
        for scope, variables in self._variables.items():
            for name, variable in variables.items():
                if variable.changed:
                    yield scope, name, variable.key, variable.text

    def _outwards(self, scope: int) -> Iterator[int]:
        key: int | None = scope
        while key is not None:
            yield key
            key = self._outer.get(key)

    def _write(self, scope: int, name: str, value: object) -> None:
        text = dump_json(value)
        variables = self._variables.setdefault(scope, {})
        old = variables.get(name)
        if old is None:
            variables[name] = _Variable(None, text, value, changed=True)
        elif old.text != text:
            variables[name] = _Variable(old.key, text, value, changed=True)


class View(Mapping[str, object]):
    """The variables seen from one scope, innermost first; each is read from its JSON when it is asked for."""

    __slots__ = ("_layers",)

    def __init__(self, layers: Iterable[Mapping[str, _Variable]]) -> None:
        self._layers = tuple(layers)

    def __getitem__(self, name: str) -> object:
        for layer in self._layers:
            variable = layer.get(name)
            if variable is not None:
                return variable.read()
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(name in layer for layer in self._layers)

    def __iter__(self) -> Iterator[str]:
        return iter({name for layer in self._layers for name in layer})

    def __len__(self) -> int:
        return len(set(self))
