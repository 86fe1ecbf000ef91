"""From files to an :class:`Inventory`: read, lay the layers, check, point at every fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from yamaha_ops.errors import InventoryError
from yamaha_ops.inventory.inventory import Inventory
from yamaha_ops.inventory.layers import Layer, Merged, merge
from yamaha_ops.inventory.problems import Problem, describe, nearest, refuse
from yamaha_ops.inventory.router import Router
from yamaha_ops.inventory.source import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from yamaha_ops.inventory.source import Keys, Source

SECTIONS = ("include", "defaults", "groups", "routers")


def load(path: Path, *, instead: Mapping[Path, str] | None = None) -> Inventory:
    """Read an inventory file and everything it includes.

    Args:
        path: The file.
        instead: Texts to be read in place of what files hold: what the inventory would be.

    Raises:
        InventoryError: Something is wrong; all problems are told together, each with its file,
            line and column and the nearest valid name.
    """
    sources = list(_sources(path, instead or {}, set()))
    refuse(problem for source in sources for problem in _misplaced(source))
    book = _Book(sources)
    refuse(book.problems)
    routers: dict[str, Router] = {}
    origins: dict[str, Merged] = {}
    problems: list[Problem] = []
    for name, own in book.routers.items():
        merged = merge(book.layers(own))
        try:
            routers[name] = Router.model_validate(
                {**merged.data, "name": name}, context={"base": path.parent}
            )
        except ValidationError as error:
            problems += _problems(error, merged)
        origins[name] = merged
    problems += _unused_groups(book, path)
    refuse(problems)
    return Inventory(path, routers, origins)


def _sources(path: Path, instead: Mapping[Path, str], seen: set[Path]) -> Iterator[Source]:
    """Yield a file and the files it includes, each once."""
    if path.resolve() in seen:
        return
    seen.add(path.resolve())
    source = read(path, instead.get(path))
    yield source
    includes = source.data.get("include") if isinstance(source.data, dict) else None
    for index, pattern in enumerate(includes if isinstance(includes, list) else []):
        found = sorted(path.parent.glob(str(pattern)))
        if not found:
            raise InventoryError(
                f"nothing matches {pattern}", where=str(source.place(("include", index)))
            )
        for each in found:
            yield from _sources(each, instead, seen)


def _misplaced(source: Source) -> Iterator[Problem]:
    """Check the outermost shape of a file, which no schema part describes."""
    data = source.data
    if not isinstance(data, dict):
        yield Problem(source.place(()), f"an inventory is a mapping of {', '.join(SECTIONS)}")
        return
    for section, content in data.items():
        place = source.place((section,))
        if section not in SECTIONS:
            yield Problem(place, f"there is no section {section}{nearest(section, SECTIONS)}")
        elif section == "include":
            if not isinstance(content, list):
                yield Problem(place, "include is a list of files")
        elif not isinstance(content, dict):
            yield Problem(place, f"{section} is a mapping")
        elif section != "defaults":
            for name, entry in content.items():
                if not isinstance(entry, dict):
                    yield Problem(source.place((section, name)), f"{section}.{name} is a mapping")


class _Book:
    """The sections of all files side by side."""

    def __init__(self, sources: list[Source]) -> None:
        self.problems: list[Problem] = []
        self.defaults = [
            Layer("defaults", source, ("defaults",), source.data["defaults"])
            for source in sources
            if "defaults" in source.data
        ]
        self.groups = self._section(sources, "groups")
        self.routers = self._section(sources, "routers")
        if not self.routers:
            self.problems.append(Problem(sources[0].place(()), "the inventory has no routers"))
        for own in (*self.groups.values(), *self.routers.values()):
            self._check_groups(own)

    def _section(self, sources: list[Source], section: str) -> dict[str, Layer]:
        found: dict[str, Layer] = {}
        for source in sources:
            for name, entry in source.data.get(section, {}).items():
                keys = (section, name)
                if name in found:
                    first = found[name].source.place(keys)
                    problem = f"{section}.{name} stands in {first} already"
                    self.problems.append(Problem(source.place(keys), problem))
                if "name" in entry:
                    self.problems.append(
                        Problem(source.place((*keys, "name")), "the name is the key above")
                    )
                found[name] = Layer(f"{section}.{name}", source, keys, entry)
        return found

    def _check_groups(self, own: Layer) -> None:
        for index, name in enumerate(_group_names(own)):
            if name not in self.groups:
                place = own.source.place((*own.keys, "groups", index))
                self.problems.append(
                    Problem(place, f"there is no group {name}{nearest(name, self.groups)}")
                )

    def layers(self, own: Layer) -> list[Layer]:
        """Return what a router is made of, the most general first."""
        return [*self.defaults, *self._ancestors(own, ()), own]

    def _ancestors(self, own: Layer, way: tuple[str, ...]) -> list[Layer]:
        found: list[Layer] = []
        for index, name in enumerate(_group_names(own)):
            if name in way:
                place = own.source.place((*own.keys, "groups", index))
                raise InventoryError(f"group {name} inherits from itself", where=str(place))
            group = self.groups[name]
            for layer in (*self._ancestors(group, (*way, name)), group):
                if layer not in found:
                    found.append(layer)
        return found


def _group_names(own: Layer) -> list[str]:
    names = own.data.get("groups")
    return [str(name) for name in names] if isinstance(names, list) else []


def _problems(
    error: ValidationError, merged: Merged, *, without: tuple[str, ...] = ()
) -> Iterator[Problem]:
    for finding in error.errors(include_url=False):
        if finding["type"] in without:
            continue
        keys = finding["loc"]
        context: dict[str, Any] = finding.get("ctx", {})
        if "field" in context:  # a check of a whole part that knows which field is to blame
            keys = (*keys, *str(context["field"]).split("."))
        finding["loc"] = keys
        yield Problem(merged.origin(keys).place, describe(finding, Router))


def _unused_groups(book: _Book, path: Path) -> Iterator[Problem]:
    """Check fields of groups and defaults by themselves, so that an unused one is no blind spot."""
    for part in (*book.defaults, *book.groups.values()):
        merged = merge([part])
        try:
            Router.model_validate(
                {"host": "unset", **merged.data, "name": "unset"}, context={"base": path.parent}
            )
        except ValidationError as error:
            # What is missing, or does not go together yet, may come from another layer.
            yield from _problems(error, merged, without=("missing", "fault"))


def keys_of(text: str) -> Keys:
    """Split a dotted field name such as ``line.prefix`` into the way to it."""
    return tuple(int(key) if key.isdecimal() else key for key in text.split("."))
