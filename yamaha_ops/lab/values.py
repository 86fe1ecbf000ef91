"""Which values a setting takes, where the command reference lists or bounds them.

``data/values.tsv`` holds a row for each such parameter: section of the reference, its name there,
the values (``80..200``, words) and the default.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from yamaha_ops.config.statement import read
from yamaha_ops.errors import ConfigError
from yamaha_ops.lab.fidelity import assumed, documented
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.view import split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yamaha_ops.config.table import Entry
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    documented("Ranges and listed values of the settings in `lab/data/values.tsv`", "REF 4-52"),
    assumed("Values that the reference only describes are all taken", "names, addresses, lists"),
    assumed(
        "A number out of range, a word for a number, an unknown word: three different errors",
        "only `console lines 0` was seen",
    ),
    documented("A wrong line of a file by TFTP is passed over", "REF 2.3"),
    assumed("A start takes a saved configuration as it is", "the router wrote it itself"),
)

_NUMBER: Final = re.compile(r"-?\d+")
_SPAN: Final = re.compile(r"(\d+)\.\.(\d+)")
_LISTS: Final = ("_list", "...")


class Choice(NamedTuple):
    """What one parameter takes.

    Attributes:
        name: As the reference calls it.
        spans: Ranges of numbers, both ends included.
        words: Words, and numbers that stand for themselves.
        default: The value without the command, or nothing.
    """

    name: str
    spans: tuple[tuple[int, int], ...]
    words: tuple[str, ...]
    default: str

    def takes(self, word: str) -> bool:
        """Tell whether the parameter may have this value."""
        if word.isdecimal() and any(low <= int(word) <= high for low, high in self.spans):
            return True
        return word.lower() in self.words or word == self.default

    def problem(self, word: str) -> Problem:
        """Return what the router says of a value that it does not take."""
        if not self.spans:
            return Problem.KEYWORD
        if _NUMBER.fullmatch(word):
            return Problem.RANGE
        return Problem.KEYWORD if self.words else Problem.INTEGER


class _Word(NamedTuple):
    """One word of a form; without a choice anything goes."""

    choice: Choice | None
    before: str
    optional: bool
    repeats: bool


@cache
def _choices() -> dict[str, dict[str, Choice]]:
    text = files("yamaha_ops.lab").joinpath("data/values.tsv").read_text(encoding="utf-8")
    found: dict[str, dict[str, Choice]] = {}
    for row in text.splitlines()[1:]:
        reference, name, values, default = row.split("\t")
        spans, words = [], []
        for value in values.split("|"):
            span = _SPAN.fullmatch(value)
            if span:
                spans.append((int(span[1]), int(span[2])))
            else:
                words.append(value)
        choice = Choice(name, tuple(spans), tuple(words), default)
        found.setdefault(reference, {})[name] = choice
    return found


def choices(entry: Entry) -> dict[str, Choice]:
    """Return the parameters of a command whose values are known, by name."""
    return _choices().get(entry.reference, {})


def check_values(line: str) -> None:
    """Refuse a setting with a value that it does not take.

    Raises:
        Refusal: It has one.
    """
    words = split(line)
    if not words or words[0].lower() == "no":
        return
    try:
        entry = read(line).entry
    except ConfigError:
        return
    if entry is None or not choices(entry):
        return
    found = [_Match(form, words) for form in _forms(entry)]
    problems = [match.problem for match in found if match.problem]
    if problems and not any(match.fits for match in found):
        _, problem = max(problems, key=lambda each: each[0])
        raise Refusal(problem)


@cache
def _forms(entry: Entry) -> tuple[tuple[_Word, ...], ...]:
    return tuple(form for text in entry.forms if (form := tuple(_words(text, entry))))


def _words(form: str, entry: Entry) -> Iterator[_Word]:
    """Yield the words of a form of this key; of another one, yield what no line fits."""
    known, slots = choices(entry), list(entry.slots)
    depth = 0
    for text in form.split():
        optional = depth > 0 or text.startswith("[")
        depth += text.count("[") - text.count("]")
        bare = text.strip("[]")
        before, equals, name = bare.rpartition("=")
        if slots and slots[0].literal == bare:
            # A keyword that is called like the parameter behind it: `sshd service service`.
            name = ""
        if slots and (slots[0].literal in {None, bare} or not optional):
            slots.pop(0)
        optional = optional or bare == "..."
        yield _Word(known.get(name), before + equals, optional, bare.endswith(_LISTS))


class _Match:
    """How a line agrees with a form.

    Attributes:
        fits: It does.
        problem: The farthest word with a wrong value, by its position; none where the line only
            has more or fewer words, or others.
    """

    def __init__(self, form: Sequence[_Word], words: Words) -> None:
        self._form = form
        self._words = words
        self.problem: tuple[int, Problem] | None = None
        self.fits = self._fit(0, 0)

    def _fit(self, at: int, position: int) -> bool:
        """Tell whether the words from a position on agree with the form from a word on."""
        if at == len(self._form):
            return position == len(self._words)
        each = self._form[at]
        if each.optional and self._fit(at + 1, position):
            return True
        if position == len(self._words):
            return False
        word = self._words[position]
        if each.before:
            key, equals, word = word.rpartition("=")
            if key + equals != each.before:
                return False
        if each.choice is not None and not each.choice.takes(word):
            if self.problem is None or self.problem[0] < position:
                self.problem = position, each.choice.problem(word)
            return False
        return self._fit(at + 1, position + 1) or (each.repeats and self._fit(at, position + 1))
