"""Git, as a store of objects and names: plumbing only, no work tree and no index.

Objects are written first and a name is moved last, in one step that fails if the name has moved
meanwhile. So the repository is valid whenever a process ends, and two writers never lose a word.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from yamaha_ops.history.errors import HistoryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOTHING = "0" * 40
"""The old value of a name that does not exist yet."""

STALE_SECONDS = 60.0
"""From this age on, the lock of a name is taken for what a killed process left behind."""

_CONFIG = """\
[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
\tfsync = all
\tfilesRefLockTimeout = 5000
[gc]
\tautoDetach = false
"""
_NO = 1
_OPTIONS = ("-c", "core.hooksPath=/dev/null", "-c", "gc.autoDetach=false")


@dataclass(frozen=True, slots=True)
class Person:
    """Who did something: name and mail address, as git writes them."""

    name: str
    mail: str


class NoError(HistoryError):
    """Git's answer to a question is no: exit code 1, and nothing said."""


class MovedError(HistoryError):
    """A name does not point where it was thought to point: somebody else moved it."""


class Git:
    """A bare repository.

    Args:
        path: Its folder; :meth:`create` makes it.
        program: The git program.
    """

    def __init__(self, path: Path, *, program: str = "git") -> None:
        self.path = path
        self._program = program

    @property
    def exists(self) -> bool:
        """Whether there is a repository."""
        return (self.path / "HEAD").is_file()

    def create(self) -> None:
        """Make the repository where there is none.

        Everything but ``HEAD`` is there first: a folder with ``HEAD`` is whole.

        Raises:
            HistoryError: The place cannot be written.
        """
        if self.exists:
            return
        try:
            for folder in ("objects", "refs/heads", "refs/tags"):
                (self.path / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
            _put(self.path / "config", _CONFIG)
            _put(self.path / "HEAD", "ref: refs/heads/main\n")
        except OSError as error:
            raise HistoryError(
                f"the history cannot be made ({error.strerror})", where=str(self.path)
            ) from error

    def run(
        self, *words: str, data: bytes = b"", environment: Mapping[str, str] | None = None
    ) -> bytes:
        """Run one git command and return what it prints.

        Raises:
            NoError: Git answers no.
            HistoryError: Git is not installed, or refuses.
        """
        command = [self._program, *_OPTIONS, f"--git-dir={self.path}", *words]
        clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        try:
            done = subprocess.run(  # noqa: S603 -- words are ours; names are checked before
                command,
                input=data,
                capture_output=True,
                check=False,
                env={**clean, "LC_ALL": "C", **(environment or {})},
            )
        except FileNotFoundError:
            raise HistoryError(
                f"the program {self._program!r} is not installed",
                hint="The history is a git repository: install git (apt install git).",
            ) from None
        except OSError as error:
            raise HistoryError(f"git cannot be run ({error.strerror})") from error
        if done.returncode:
            if done.returncode == _NO and not done.stderr:
                raise NoError(f"git {words[0]}: no")
            raise HistoryError(
                f"git {words[0]} failed ({_ending(done.returncode)})",
                where=str(self.path),
                output=done.stderr.decode(errors="replace"),
                hint="The last backup is as it was.",
            )
        return done.stdout

    def ask(self, *words: str) -> str:
        """Run a git command that prints text.

        Raises: as :meth:`run`.
        """
        return self.run(*words).decode(errors="replace")

    # --- reading -----------------------------------------------------------------------------

    def find(self, expression: str) -> str | None:
        """Return the commit that an expression of git names (``refs/heads/home~2``), or None."""
        try:
            return self.ask("rev-parse", "--verify", "--quiet", f"{expression}^{{commit}}").strip()
        except NoError:
            return None

    def leads_to(self, name: str, commit: str) -> bool:
        """Tell whether a commit is in the past of a name."""
        try:
            self.run("merge-base", "--is-ancestor", commit, name)
        except NoError:
            return False
        return True

    def files(self, commit: str) -> dict[str, bytes]:
        """Return the files of a commit, by name.

        Raises: as :meth:`run`.
        """
        listing = self.ask("ls-tree", "-z", commit).split("\0")[:-1]
        entries = [entry.split("\t", 1) for entry in listing]
        wanted = "".join(f"{about.split()[2]}\n" for about, _ in entries)
        stream = self.run("cat-file", "--batch", data=wanted.encode())
        found: dict[str, bytes] = {}
        start = 0
        for _, name in entries:
            end = stream.index(b"\n", start)
            size = int(stream[start:end].split()[2])
            found[name] = stream[end + 1 : end + 1 + size]
            start = end + 1 + size + 1
        return found

    # --- writing -----------------------------------------------------------------------------

    def commit(
        self,
        files: Mapping[str, bytes],
        parent: str | None,
        message: str,
        person: Person,
        now: float,
    ) -> str:
        """Write a commit of these files, which no name points to yet.

        Raises: as :meth:`run`.
        """
        entries = "".join(
            f"100644 blob {self._write(content)}\t{name}\0"
            for name, content in sorted(files.items())
        )
        tree = self.run("mktree", "-z", data=entries.encode()).decode().strip()
        who = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (
                ("NAME", person.name),
                ("EMAIL", person.mail),
                ("DATE", f"@{int(now)} +0000"),
            )
        }
        parents = ("-p", parent) if parent else ()
        written = self.run("commit-tree", tree, *parents, data=message.encode(), environment=who)
        return written.decode().strip()

    def _write(self, content: bytes) -> str:
        return self.run("hash-object", "-w", "--stdin", data=content).decode().strip()

    def move(self, name: str, new: str, old: str | None) -> None:
        """Let a name point to another commit.

        Raises:
            MovedError: It does not point to ``old`` any more.
            HistoryError: as :meth:`run`.
        """
        words = ("update-ref", name, new, old or NOTHING)
        try:
            self.run(*words)
        except HistoryError as error:
            if self._remove_stale_lock(name):
                self.move(name, new, old)
            elif self.find(name) != old:
                raise MovedError(f"{name} was moved by somebody else") from error
            else:
                raise

    def tidy(self) -> None:
        """Let git pack what has piled up; it decides itself whether there is enough.

        Raises: as :meth:`run`.
        """
        self._remove_stale_lock("packed-refs")
        self.run("gc", "--auto", "--quiet")

    def _remove_stale_lock(self, name: str) -> bool:
        """Remove what a killed git left locked; tell whether there was such a thing.

        While it exists nobody else can make one, and only one process at a time is in here: a lock
        in use is never removed.
        """
        lock = self.path / f"{name}.lock"
        with self._alone():
            try:
                if time.time() - lock.stat().st_mtime < STALE_SECONDS:
                    return False
                lock.unlink()
            except FileNotFoundError:
                return False
        return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        file = os.open(self.path / "yamaha-ops.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        finally:
            os.close(file)


def _put(path: Path, text: str) -> None:
    """Write a file as a whole, however many do so at once."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _ending(code: int) -> str:
    return f"exit code {code}" if code > 0 else f"signal {-code}"
