"""Noticing that an evaluation counts working days, and what from: what a changed calendar makes it count again."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from server import feel


@dataclass
class Counting:
    """One evaluation under watch: `variables` and `functions` are handed to it in place of those that it is made with."""

    held: Mapping[str, object]
    known: Mapping[str, feel.Function]
    counted: bool = False
    """Whether a function of the calendar was called."""
    read: dict[str, object] = field(default_factory=dict)
    """The variables that were read, with their values."""

    @property
    def variables(self) -> Mapping[str, object]:
        return _Read(self)

    @property
    def functions(self) -> Mapping[str, feel.Function]:
        return {name: replace(known, call=self._noting(known.call)) for name, known in self.known.items()}

    def _noting(self, call: Callable[..., object]) -> Callable[..., object]:
        def noted(*arguments: object) -> object:
            self.counted = True
            return call(*arguments)

        return noted


@dataclass(frozen=True)
class _Read(Mapping[str, object]):
    counting: Counting

    def __getitem__(self, name: str) -> object:
        value = self.counting.held[name]
        self.counting.read[name] = value
        return value

    def __contains__(self, name: object) -> bool:
        return name in self.counting.held

    def __iter__(self) -> Iterator[str]:
        return iter(self.counting.held)

    def __len__(self) -> int:
        return len(self.counting.held)
