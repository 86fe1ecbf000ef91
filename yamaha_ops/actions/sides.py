"""The configurations that a user can name: of the history, live, rendered, drafted, in a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from yamaha_ops.actions.backups import LiveSource
from yamaha_ops.actions.histories import local_time
from yamaha_ops.config import Configuration
from yamaha_ops.errors import InputError
from yamaha_ops.history import HistoryError, Kind, read
from yamaha_ops.render import render
from yamaha_ops.router import connect

if TYPE_CHECKING:
    from yamaha_ops.history import Revision, Store
    from yamaha_ops.inventory import Inventory, Router

FORMS = (
    "running, startup, previous (of the last backup), rendered, draft[:NAME], file:PATH, or a "
    "revision: latest, ~N, a tag, the beginning of a hash, @DATE - with :startup or :previous "
    "behind it for those"
)
DRAFT = "draft"
"""The name of a draft that was given none."""


@dataclass(frozen=True, slots=True)
class Side:
    """One configuration that was named.

    Attributes:
        configuration: Complete with its secrets.
        about: What it is, for people.
        printed: Whether it is in the router's own words and order.
        revision: Where it is of the history.
    """

    configuration: Configuration
    about: str
    printed: bool
    revision: Revision | None = None


class Sides:
    """Finds configurations of one router by the words of the user.

    Args:
        inventory: The inventory.
        entry: The router.
        store: The history.
        live: Ask the router itself for running, startup and previous.
        sealed: Leave references in the places of kept secrets: no key is needed.
        accept_new_host_key: As :func:`yamaha_ops.router.connect`.
    """

    def __init__(
        self,
        inventory: Inventory,
        entry: Router,
        store: Store,
        *,
        live: bool = False,
        sealed: bool = False,
        accept_new_host_key: bool = False,
    ) -> None:
        self._inventory = inventory
        self._entry = entry
        self._store = store
        self._live = live
        self._sealed = sealed
        self._accept = accept_new_host_key
        self._read: dict[Kind, Configuration] | None = None

    def find(self, word: str) -> Side:
        """Return the configuration that a word names.

        Raises:
            YamahaOpsError: There is none.
        """
        head, _, tail = word.partition(":")
        if word == "rendered":
            return Side(self._rendered(), word, printed=False)
        if head == "file":
            return Side(_in_file(Path(tail)), tail, printed=False)
        if head == DRAFT:
            revision = self._store.drafted(self._entry.name, tail or DRAFT)
            return Side(self._kept(revision, Kind.RUNNING), word, printed=False)
        if word in set(Kind):
            if self._live:
                return Side(self._now(Kind(word)), f"{word}, now", printed=True)
            return self._of(self._store.resolve(self._entry.name, "latest"), Kind(word))
        kind = _kind(tail) if tail else Kind.RUNNING
        return self._of(self._store.resolve(self._entry.name, head), kind)

    def _of(self, revision: Revision, kind: Kind) -> Side:
        about = f"{kind} of {revision.id[:10]}, {local_time(revision.time)}"
        return Side(self._kept(revision, kind), about, printed=True, revision=revision)

    def _kept(self, revision: Revision, kind: Kind) -> Configuration:
        backup = self._store.backup(revision)
        if self._sealed:
            return Configuration.parse(backup.text(kind), source=f"{backup.router} {kind}")
        return self._store.configuration(backup, kind)

    def _rendered(self) -> Configuration:
        return render(self._entry, templates=self._inventory.folder / "templates")

    def _now(self, kind: Kind) -> Configuration:
        if self._read is None:
            state = self._inventory.state
            session = connect(self._entry, state=state, accept_new_host_key=self._accept)
            try:
                source = LiveSource(session, self._entry, state, accept_new_host_key=self._accept)
                snapshot = read(source, lambda: None)
            finally:
                session.drop()
            self._read = dict(snapshot.configurations)
        try:
            return self._read[kind]
        except KeyError:
            raise HistoryError(
                f"the router does not give its {kind} configuration", router=self._entry.name
            ) from None


def _kind(word: str) -> Kind:
    try:
        return Kind(word)
    except ValueError:
        raise InputError(f"{word!r} is not one of {', '.join(Kind)}") from None


def _in_file(path: Path) -> Configuration:
    try:
        return Configuration.parse(path.read_bytes(), source=str(path))
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=str(path)) from error
