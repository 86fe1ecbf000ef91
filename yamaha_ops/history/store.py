"""The history of each router: a branch of its own in one git repository.

A branch for each router keeps a listing instant however many routers there are, and lets any
number of backups run at once. A commit holds ``running.txt``, ``startup.txt``, ``previous.txt``,
``secrets.json`` (tokens of the :class:`~yamaha_ops.history.vault.Vault`) and ``about.json``.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from yamaha_ops.config import Configuration
from yamaha_ops.history import names
from yamaha_ops.history.errors import HistoryError
from yamaha_ops.history.git import Git, MovedError, Person
from yamaha_ops.history.revision import Backup, Revision
from yamaha_ops.history.snapshot import Kind, Snapshot, opened, sealed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from yamaha_ops.history.vault import Vault

FORMAT: Final = 1
"""Version of the files of a commit; a later one is refused rather than guessed at."""

_FIELDS: Final = "%H%x1f%P%x1f%ct%x1f%an%x1f%s"
_ATTEMPTS: Final = 20
"""How often a backup begins again because another one of the same router was faster."""


class Store:
    """The history of all routers.

    Args:
        path: Folder of the bare repository; made with the first backup.
        vault: What keeps the secrets.
        program: The git program.
    """

    def __init__(self, path: Path, vault: Vault, *, program: str = "git") -> None:
        self.git = Git(path, program=program)
        self._vault = vault

    # --- writing -----------------------------------------------------------------------------

    def record(
        self, snapshot: Snapshot, *, reason: str, author: Person, now: float
    ) -> tuple[Revision, bool]:
        """Keep a router as it is now.

        Where nothing changed since the last backup there is no new revision; that the router was
        looked at is remembered all the same (:meth:`backup_time`).

        Returns:
            The revision that holds it, and whether it is new.

        Raises:
            HistoryError: The repository cannot be written; it is as it was.
            SecretError: There is no key to encrypt secrets with.
        """
        self.git.create()
        recorded = self._keep(names.branch(snapshot.router), snapshot, reason, author, now)
        self._touch(snapshot.router, now)
        return recorded

    def draft(
        self,
        router: str,
        configuration: Configuration,
        *,
        name: str,
        author: Person,
        now: float,
    ) -> Revision:
        """Keep an edited configuration that no router has been told yet.

        Raises: as :meth:`record`.
        """
        self.git.create()
        snapshot = Snapshot(router, "", "", {Kind.RUNNING: configuration})
        return self._keep(names.draft(router, name), snapshot, f"draft {name}", author, now)[0]

    def _keep(
        self, name: str, snapshot: Snapshot, reason: str, author: Person, now: float
    ) -> tuple[Revision, bool]:
        for _ in range(_ATTEMPTS):
            parent = self.git.find(name)
            last = self.git.files(parent) if parent else {}
            files = self._files(snapshot, last)
            if parent and files == last:
                return self._revision(snapshot.router, parent), False
            commit = self.git.commit(files, parent, _message(snapshot, reason), author, now)
            with suppress(MovedError):
                self.git.move(name, commit, parent)
                return self._revision(snapshot.router, commit), True
        raise HistoryError("other backups of this router never end", router=snapshot.router)

    def _files(self, snapshot: Snapshot, last: Mapping[str, bytes]) -> dict[str, bytes]:
        known: dict[str, dict[str, str]] = _json(last.get("secrets.json"))
        files: dict[str, bytes] = {}
        tokens: dict[str, dict[str, str]] = {}
        for kind, configuration in snapshot.configurations.items():
            text, secrets = sealed(configuration)
            files[f"{kind}.txt"] = text.encode()
            earlier = (known.get(kind, {}), *tokens.values(), *known.values())
            tokens[kind] = self._vault.close(snapshot.router, secrets, earlier)
        about = {
            "format": FORMAT,
            "router": snapshot.router,
            "model": snapshot.model,
            "firmware": snapshot.firmware,
            "notes": list(snapshot.notes),
        }
        files["about.json"] = _as_bytes(about)
        files["secrets.json"] = _as_bytes(tokens)
        return files

    def tag(self, revision: Revision, name: str, *, force: bool = False) -> None:
        """Give a revision a name.

        Raises:
            HistoryError: It is no name, or another revision has it.
        """
        place = names.new_tag(revision.router, name)
        old = self.git.find(place)
        if old and old != revision.id and not force:
            raise HistoryError(
                f"the tag {name} is given to revision {old[:10]} already",
                router=revision.router,
                hint="Choose another name, or move it with --force.",
            )
        self.git.move(place, revision.id, old)

    # --- reading -----------------------------------------------------------------------------

    def latest(self) -> Iterator[Revision]:
        """Give the last revision of every router, by name.

        Raises:
            HistoryError: The repository cannot be read.
        """
        if not self.git.exists:
            return
        form = "%(objectname)%1f%(refname)%1f%(committerdate:unix)%1f%(authorname)%1f%(subject)"
        for line in self.git.ask("for-each-ref", f"--format={form}", names.BRANCHES).splitlines():
            commit, name, time, author, reason = line.split("\x1f")
            router = unquote(name.removeprefix(names.BRANCHES))
            yield Revision(commit, router, float(time), author, reason)

    def revisions(self, router: str, *, limit: int | None = None) -> Iterator[Revision]:
        """Give the revisions of a router, the last one first.

        Raises:
            HistoryError: It has none.
        """
        if not self.git.exists or not self.git.find(names.branch(router)):
            raise _nothing(router)
        tags = self._tags(router)
        count = (f"--max-count={limit}",) if limit is not None else ()
        log = self.git.ask(
            "log", f"--format={_FIELDS}", "--no-decorate", *count, names.branch(router)
        )
        for line in log.splitlines():
            yield _revision(router, line, tags)

    def resolve(self, router: str, word: str) -> Revision:
        """Return the revision a user means.

        Args:
            router: Inventory name.
            word: ``latest``, ``~N`` (N backups before it), a tag, the beginning of a hash, or
                ``@DATE`` or ``@DATETHH:MM`` (the last one up to then, ISO 8601, local time).

        Raises:
            HistoryError: There is none.
        """
        branch = names.branch(router)
        if not self.git.exists or not self.git.find(branch):
            raise _nothing(router)
        commit: str | None = None
        if word == "latest":
            commit = self.git.find(branch)
        elif back := names.BACK.fullmatch(word):
            commit = self.git.find(f"{branch}~{back[1]}")
        elif word.startswith("@"):
            before = f"--before={names.until(router, word[1:])}"
            commit = self.git.ask("rev-list", "--max-count=1", before, branch).strip()
        elif place := names.tag(router, word):
            commit = self.git.find(place) or self._by_hash(branch, word)
        if not commit:
            raise HistoryError(
                f"there is no revision {word!r}",
                router=router,
                hint=f"`yamaha-ops history {router}` lists them.",
            )
        return self._revision(router, commit)

    def _by_hash(self, branch: str, word: str) -> str | None:
        """Find a commit by the beginning of its hash, on this router's branch only."""
        if not names.HASH.fullmatch(word) or not (commit := self.git.find(word)):
            return None
        return commit if self.git.leads_to(branch, commit) else None

    def backup(self, revision: Revision) -> Backup:
        """Return what a revision holds, without its secrets.

        Raises:
            HistoryError: The repository cannot be read, or is of a later version.
        """
        files = self.git.files(revision.id)
        about = _json(files.get("about.json"))
        if about.get("format") != FORMAT:
            raise HistoryError(
                f"revision {revision.id[:10]} was written by another version of yamaha-ops",
                router=revision.router,
            )
        return Backup(
            revision.router,
            revision.id,
            about["model"],
            about["firmware"],
            {n.removesuffix(".txt"): t.decode() for n, t in files.items() if n.endswith(".txt")},
            _json(files.get("secrets.json")),
            tuple(about["notes"]),
        )

    def configuration(self, backup: Backup, kind: Kind | str = Kind.RUNNING) -> Configuration:
        """Return a configuration of a backup, complete with its secrets.

        Raises:
            HistoryError: The backup has none of that kind.
            SecretError: The key is missing, or is another one.
        """
        text = backup.text(kind)
        secrets = self._vault.open(backup.router, backup.tokens.get(kind, {}))
        source = f"{backup.router} {backup.revision[:10]} {kind}"
        return Configuration.parse(opened(text, secrets), source=source)

    def drafted(self, router: str, name: str) -> Revision:
        """Return a draft.

        Raises:
            HistoryError: There is none of that name.
        """
        commit = self.git.find(names.draft(router, name)) if self.git.exists else None
        if not commit:
            raise HistoryError(
                f"there is no draft {name!r}",
                router=router,
                hint=f"Keep one: yamaha-ops draft {router} FILE --name {name}",
            )
        return self._revision(router, commit)

    def drafts(self, router: str) -> dict[str, Revision]:
        """Return the drafts of a router by name, the last one first."""
        if not self.git.exists:
            return {}
        place = names.drafts(router)
        listing = self.git.ask(
            "for-each-ref", "--sort=-committerdate", "--format=%(refname)", place
        )
        found = (unquote(line.removeprefix(place)) for line in listing.splitlines())
        return {name: self.drafted(router, name) for name in found}

    def backup_time(self, router: str) -> float | None:
        """Return when a router was last backed up with success, in seconds since 1970.

        The exporter's question: one look at a file, no process.
        """
        with suppress(OSError):
            return self._seen(router).stat().st_mtime
        return None

    def _touch(self, router: str, now: float) -> None:
        place = self._seen(router)
        try:
            place.parent.mkdir(exist_ok=True, mode=0o700)
            place.touch(mode=0o600)
            os.utime(place, (now, now))
        except OSError as error:
            raise HistoryError(
                f"the time of the backup cannot be noted ({error.strerror})",
                router=router,
                where=str(place),
            ) from error

    def _seen(self, router: str) -> Path:
        return self.git.path / "seen" / names.seen(router)

    def _revision(self, router: str, commit: str) -> Revision:
        line = self.git.ask("log", "--max-count=1", f"--format={_FIELDS}", commit).strip("\n")
        return _revision(router, line, self._tags(router))

    def _tags(self, router: str) -> dict[str, list[str]]:
        place = names.tags(router)
        listing = self.git.ask("for-each-ref", "--format=%(objectname) %(refname)", place)
        tags: dict[str, list[str]] = {}
        for line in listing.splitlines():
            commit, _, name = line.partition(" ")
            tags.setdefault(commit, []).append(unquote(name.removeprefix(place)))
        return tags


def _revision(router: str, line: str, tags: Mapping[str, list[str]]) -> Revision:
    commit, _, time, author, reason = line.split("\x1f")
    return Revision(commit, router, float(time), author, reason, tuple(tags.get(commit, ())))


def _message(snapshot: Snapshot, reason: str) -> str:
    subject = " ".join(reason.split()) or "backup"
    about = "".join(f"Note: {note}\n" for note in snapshot.notes)
    head = f"Router: {snapshot.router}\nFirmware: {snapshot.model} {snapshot.firmware}\n"
    return f"{subject}\n\n{head}{about}"


def _nothing(router: str) -> HistoryError:
    return HistoryError(
        "was never backed up", router=router, hint=f"Begin with: yamaha-ops backup {router}"
    )


def _json(data: bytes | None) -> dict[str, Any]:
    return dict(json.loads(data)) if data else {}


def _as_bytes(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
