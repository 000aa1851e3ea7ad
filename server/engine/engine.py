"""What every verb of the engine is given: the house's clock, calendar, roles and handlers, keys, and read bundles."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from server import feel
from server.calendar import Book, Calendar, feel_functions
from server.clock import Clock
from server.db import Keys
from server.engine.bundle import Bundles
from server.engine.execution import Moment, Watch
from server.engine.handlers import Handlers
from server.identity import Roles

WORKER = "sistem"
"""Who acts in the history where nobody asked: workers, timers."""


@dataclass
class Engine:
    """One a process; it keeps nothing of a running case."""

    keys: Keys
    roles: Roles
    handlers: Handlers
    clock: Clock = field(default_factory=Clock)
    book: Book = field(default_factory=Book)
    """What the office has settled about its days and hours."""
    letters: frozenset[str] | None = None
    """The templates of letters that diagrams may name; None: whatever they name is taken."""
    watch: Watch | None = None
    """Whoever wants to know why cases go where they go."""
    rehearsing: bool = False
    """Whether diagrams may name people whom nobody knows, and mean what is at hand by versions of a tag."""
    calendar: Calendar = field(init=False)
    functions: Mapping[str, feel.Function] = field(init=False)
    environment: feel.Environment = field(init=False)
    bundles: Bundles = field(init=False)

    def __post_init__(self) -> None:
        self.environment = feel.Environment(self.clock)
        self.calendar = self.book.calendar(self.clock.zone)
        self.functions = feel_functions(self.calendar)
        self.bundles = Bundles(self.roles, self.handlers, self.functions)

    def moment(self, connection: Connection, actor: str) -> Moment:
        """The circumstances of a step that `actor` takes now."""
        self.book.refresh(connection)
        return Moment(
            self.clock.now(),
            actor,
            self.environment,
            self.functions,
            self.calendar,
            connection,
            self.keys,
            self.watch,
            self.rehearsing,
        )
