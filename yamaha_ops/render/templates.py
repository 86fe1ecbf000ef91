"""Templates: where they are, how they are read, and which line of which file said what.

Every ``NAME.j2`` of the template folder gives one part of the configuration; the parts follow one
another in the order of their names. A name that starts with ``_`` is only there to be included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import (
    BaseLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from yamaha_ops.errors import RenderError, SecretError, YamahaOpsError
from yamaha_ops.inventory import Secret
from yamaha_ops.inventory.problems import nearest
from yamaha_ops.render.scripts import read
from yamaha_ops.render.words import LIMIT, Words, finalize, word, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jinja2 import Environment

SUFFIX = ".j2"

# Each line of a template carries its place through the rendering. A value cannot imitate the
# mark, since `finalize` refuses control characters.
_MARK = re.compile("\x1f([^\x1f\x1e\n]*):([0-9]+)\x1e")
_OPEN = re.compile(r"\{[%#{]")
_CLOSE = re.compile(r"[%#}]\}")


# What an expression of a template can raise; a wrong template is the user's fault, not ours.
_FAULTS = (TemplateError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError)


@dataclass(frozen=True, slots=True)
class Line:
    """One rendered line and the place in the template that it came from."""

    text: str
    template: str
    number: int


def shipped(kind: str = "templates") -> Path:
    """Return the folder of shipped templates (or Lua scripts): in a wheel, else in the source."""
    package = Path(str(files("yamaha_ops")))
    installed = package / "_shipped" / kind
    return installed if installed.is_dir() else package.parent / kind


class Folder(BaseLoader):
    """Templates of a user's folder over the shipped ones, file by file."""

    def __init__(self, own: Path | None) -> None:
        self._own = own

    @property
    def folders(self) -> list[Path]:
        """The folders that exist, the user's first."""
        return _existing(self._own, shipped())

    def path(self, name: str) -> Path:
        """Return the file that counts for a name."""
        return _first(self.folders, name)

    def script(self, name: str, file: str | None = None) -> tuple[Words, ...]:
        """Return the lines of a Lua script, to be embedded; its comments stay behind.

        Args:
            name: Its name in ``lua/``, the user's or the shipped one.
            file: A file of the user's, relative to the inventory, that counts instead.
        """
        beside = self._own.parent if self._own else Path()
        if file is not None:
            return read(_first([beside], file))
        return read(_first(_existing(beside / "lua" if self._own else None, shipped("lua")), name))

    def names(self) -> list[str]:
        """Name the parts in order."""
        found = {path.name for folder in self.folders for path in folder.glob(f"*{SUFFIX}")}
        return sorted(name for name in found if not name.startswith("_"))

    def get_source(
        self,
        environment: Environment,  # noqa: ARG002 -- the base's signature
        template: str,
    ) -> tuple[str, str, Callable[[], bool]]:
        """Read a template and mark its lines."""
        if "/" in template or template.startswith("."):
            raise TemplateNotFound(template)
        version = self._version(template)
        path, _ = version
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RenderError(f"cannot be read: {type(error).__name__}", where=str(path)) from None
        return _marked(text, str(path)), str(path), lambda: self._version(template) == version

    def _version(self, name: str) -> tuple[Path, int]:
        """Tell one state of a template from the next, a new file over it included."""
        path = self.path(name)
        return path, path.stat().st_mtime_ns


def _existing(*folders: Path | None) -> list[Path]:
    return [folder for folder in folders if folder and folder.is_dir()]


def _first(folders: list[Path], name: str) -> Path:
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise TemplateNotFound(name)


def _marked(text: str, place: str) -> str:
    """Put the place at the end of each line that is not inside a tag that goes on."""
    lines, depth = [], 0
    for number, line in enumerate(text.splitlines(), start=1):
        depth += len(_OPEN.findall(line)) - len(_CLOSE.findall(line))
        lines.append(line if depth > 0 else f"{line}\x1f{place}:{number}\x1e")
    return "\n".join(lines)


class Missing(StrictUndefined):
    """A variable or field that does not exist; the message says so in the inventory's words."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        name, holder = self._undefined_name, self._undefined_obj
        if isinstance(holder, dict):
            return f"there is no variable {name}{nearest(name, map(str, holder))}"
        fields = getattr(type(holder), "model_fields", None)
        if fields is not None:
            return f"{type(holder).__name__.lower()} has no field {name}{nearest(name, fields)}"
        return f"there is no {name}"


def render_lines(
    context: Mapping[str, Any], *, own: Path | None = None, secrets: bool = False, router: str
) -> Iterator[Line]:
    """Render every template with one context.

    Args:
        context: The variables of the templates.
        own: The user's own templates.
        secrets: What ``| secret`` gives: the secret itself, or ``*``.
        router: Whose configuration it is, for messages.

    Raises:
        RenderError: A template is wrong, misses a variable, or puts something into a line that
            cannot stand there; names the file and line.
    """
    environment, folder = _environment(own, secrets=secrets)
    for name in folder.names():
        path = folder.path(name)
        try:
            text = environment.get_template(name).render(context)
        except TemplateSyntaxError as error:
            where = f"{error.filename or path}:{error.lineno}"
            raise RenderError(f"the template is wrong: {error.message}", where=where) from None
        except YamahaOpsError:
            raise
        except _FAULTS as error:
            where = _where(error, folder, path)
            raise RenderError(_reason(error), router=router, where=where) from None
        yield from _lines(text)


@lru_cache(maxsize=8)
def _environment(own: Path | None, *, secrets: bool) -> tuple[Environment, Folder]:
    """Return the environment of one folder; templates are compiled once, and again when changed."""
    folder = Folder(own)
    environment = ImmutableSandboxedEnvironment(
        loader=folder,
        undefined=Missing,
        finalize=finalize,
        autoescape=False,  # console lines are no HTML; `finalize` guards them
    )
    reveal = _resolved if secrets else _hidden
    environment.filters.update(
        word=word,
        words=words,
        secret=reveal,
        reveal=lambda line: Words(line.told(reveal)),
    )
    environment.globals["script"] = folder.script
    return environment, folder


def _resolved(secret: Secret) -> Words:
    value = _checked(secret).resolve()
    try:
        value.encode("cp932")
    except UnicodeEncodeError:
        raise SecretError(f"the secret {secret} cannot be written in Shift_JIS") from None
    return word(value)


def _hidden(secret: Secret) -> Words:
    _checked(secret)
    return Words("*")


def _checked(secret: object) -> Secret:
    if not isinstance(secret, Secret):
        raise TypeError(f"{type(secret).__name__} is no reference to a secret")
    return secret


def _reason(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return f"includes {error.name}, which is not there"
    return str(error)


def _where(error: Exception, folder: Folder, path: Path) -> str:
    """Find the innermost template line in the traceback."""
    where, step = str(path), error.__traceback__
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        if Path(file).parent in folder.folders:
            where = f"{file}:{step.tb_lineno}"
        step = step.tb_next
    return where


def _lines(text: str) -> Iterator[Line]:
    for marked in text.split("\n"):
        places = _MARK.findall(marked)
        line = _MARK.sub("", marked).rstrip()
        if line.strip():
            template, number = places[0] if places else ("", "0")
            _check(line, f"{template}:{number}")
            yield Line(line, template, int(number))


def _check(line: str, where: str) -> None:
    """Refuse what no console takes: too long, or not in its character set."""
    try:
        length = len(line.encode("cp932"))
    except UnicodeEncodeError as error:
        character = line[error.start]
        raise RenderError(f"{character!r} does not exist in Shift_JIS", where=where) from None
    if length > LIMIT:
        raise RenderError(f"the line has {length} characters, {LIMIT} are possible", where=where)
