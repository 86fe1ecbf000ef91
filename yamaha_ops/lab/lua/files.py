"""Files of the router as a script reaches them: ``io``, ``os``, ``require``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from yamaha_ops.lab.fidelity import recorded
from yamaha_ops.lab.messages import Refusal
from yamaha_ops.lab.paths import absolute, read_file, write_file
from yamaha_ops.lab.storage import RtfsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.lab.lua.tasks import Tasks
    from yamaha_ops.lab.router import EmulatedRouter

FIDELITY: Final = (
    recorded("`io.open(p, 'a')` leaves the file as it was", "routemon"),
    recorded("`'w'` writes CR before LF", "routemon"),
    recorded("`os.rename` refuses an existing target: `File exists`", "routemon"),
)


class ScriptFiles:
    """What a script does with files; everything happens in the router's thread."""

    def __init__(self, router: EmulatedRouter, tasks: Tasks) -> None:
        self._router = router
        self._tasks = tasks

    def save(self, path: str, data: bytes) -> bool:
        """Store a file; tell whether it could be."""
        try:
            write_file(self._router, path, data)
        except Refusal:
            return False
        return True

    def module(self, name: str) -> str | None:
        """``require``: a file of the RTFS."""
        try:
            return self._tasks.ask(lambda: read_file(self._router, f"{name}.lua")).decode("latin-1")
        except Refusal:
            return None

    def open(self, path: str, mode: str) -> tuple[dict[str, Callable[..., Any]] | None, str | None]:
        """``io.open``: ``a`` changes nothing, ``w`` writes CR before LF."""
        router, tasks = self._router, self._tasks
        if not mode.startswith("w"):
            try:
                data = tasks.ask(lambda: read_file(router, path)).decode("latin-1")
            except Refusal:
                return None, "No such file or directory"
            return _reader("" if mode.startswith("a") else data), None
        pieces: list[str] = []

        def close() -> None:
            text = "".join(pieces)
            if "b" not in mode:
                text = text.replace("\n", "\r\n")
            tasks.ask(lambda: self.save(path, text.encode("latin-1")))

        return {"write": pieces.append, "close": close, "read": lambda _: None}, None

    def remove(self, path: str) -> bool:
        """``os.remove``."""
        return self._tasks.ask(lambda: self._on_rtfs(lambda: self._delete(path)))

    def rename(self, old: str, new: str) -> bool:
        """``os.rename``: an existing target is refused."""
        return self._tasks.ask(lambda: self._on_rtfs(lambda: self._move(old, new)))

    def _delete(self, path: str) -> None:
        self._router.rtfs.delete(absolute(self._router, path))

    def _move(self, old: str, new: str) -> None:
        target = absolute(self._router, new)
        self._router.rtfs.rename(absolute(self._router, old), target.rpartition("/")[2])

    def _on_rtfs(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except RtfsError:
            return False
        return True


def _reader(data: str) -> dict[str, Callable[..., Any]]:
    rest = [data]

    def read(what: object) -> str | None:
        text = rest[0]
        if what == "*a":
            rest[0] = ""
            return text
        if not text:
            return None
        if isinstance(what, (int, float)):
            rest[0] = text[int(what) :]
            return text[: int(what)]
        line, _, rest[0] = text.partition("\n")
        return line

    return {"read": read, "close": lambda: None, "write": lambda _: None}
