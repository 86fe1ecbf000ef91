"""From what came over the line to the lines of one answer.

A console answer arrives as bytes in CP932, UTF-8 or EUC-JP, with CRLF line ends, perhaps with the
echoed command before it, prompts around it, other commands beside it, and pager marks inside it.
This module takes all of that away and keeps the text. Hard wraps are left in: only a grammar can
tell a broken line from two lines (see :mod:`yamaha_ops.status.grammar`).
"""

from __future__ import annotations

import re
import unicodedata

_OVERWRITTEN = r"(?:\r(?!\n) *\r(?!\n)|\x08+(?: *\x08+)?|\r(?!\n) {0,%d}| {0,%d})"
_PAGER = re.compile(f"---つづく---{_OVERWRITTEN % (12, 12)}|---more---{_OVERWRITTEN % (10, 10)}")
"""The pager's mark and the blanks that overwrite its cells; its line goes on behind them."""

_TERMINAL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b\x0e-\x1f\x7f]")
"""Cursor movements and control characters: nothing of the answer."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")

_PROMPT = re.compile(
    r"(?P<host>[^\s#>]{0,64})(?P<mark>[#>])(?:\s*$|\s*(?P<show>show .*)|\s+(?P<other>[a-z?].*))",
    re.ASCII,
)
"""``# ``, ``name> `` or ``pp1# `` and the command typed behind it, if any."""

_HALF_WIDTH_KANA = re.compile("[\uff61-\uff9f]")
_MOST_ECHO_PIECES = 6


def decode(data: bytes) -> str:
    r"""Turn console bytes into text: UTF-8 if they are, else the likelier of CP932 and EUC-JP.

    Decoding comes before anything else because CP932's second bytes include ``[``, ``\`` and
    ``|``. Bytes that are no text in any of the three become U+FFFD.
    """
    candidates = []
    for encoding in ("utf-8", "cp932", "euc_jp"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8":
            return text
        candidates.append(text)
    if candidates:
        # EUC-JP read as CP932 turns into half-width katakana, which routers do not print.
        return min(candidates, key=lambda text: len(_HALF_WIDTH_KANA.findall(text)))
    broken = [data.decode(encoding, errors="replace") for encoding in ("utf-8", "cp932")]
    return min(broken, key=lambda text: text.count("\ufffd"))


def cells(line: str) -> int:
    """Count the console columns of a line: a full-width character takes two."""
    if line.isascii():
        return len(line)
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line)


def answer(text: str | bytes, command: str) -> list[str]:
    """Return the physical lines that answer ``command``, without echo, prompts and pager marks.

    Args:
        text: Everything captured, in any of the console's encodings.
        command: The command whose answer is wanted. Where the text holds several commands, the
            lines between its echo and the next prompt are taken.
    """
    if isinstance(text, bytes):
        text = decode(text)
    if "---" in text:
        text = _PAGER.sub("", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(text):
        text = _TERMINAL.sub("", text)
    lines = [line for line in text.split("\n") if line and not line.isspace()]
    if "#" in text or ">" in text:
        return _between_prompts(lines, command)
    # Without a prompt only the beginning can be an echo.
    return (
        lines[_echo_length(lines[0], lines[1:_MOST_ECHO_PIECES], command.split()) :]
        if lines
        else []
    )


def _between_prompts(lines: list[str], command: str) -> list[str]:
    words = command.split()
    first, host = 0, None
    for index, line in enumerate(lines):
        prompt = _PROMPT.match(line) if "#" in line or ">" in line else None
        typed = _typed(prompt) if prompt else line if index == 0 else None
        if not typed:
            continue
        used = _echo_length(typed, lines[index + 1 : index + _MOST_ECHO_PIECES], words)
        if used:
            first = index + used
            host = _host(prompt) if prompt else None
            break
    body = lines[first:]
    for index, line in enumerate(body):
        if "#" not in line and ">" not in line:
            continue
        prompt = _PROMPT.match(line)
        if prompt and (host is None or _host(prompt) == host) and _ends(prompt, host, body, index):
            return body[:index]
    return body


def _ends(prompt: re.Match[str], host: str | None, body: list[str], index: int) -> bool:
    """Whether this look-alike really is the prompt after the answer.

    Without an echo to compare with, only a bare prompt at the very end counts: a line that a wrap
    broke before ``> 192.0.2.1`` is no prompt.
    """
    return host is not None or (not _typed(prompt) and index == len(body) - 1)


def _typed(prompt: re.Match[str]) -> str | None:
    """What stands behind a prompt."""
    return prompt["show"] or prompt["other"]


def _host(prompt: re.Match[str]) -> str:
    """Name the router as its prompt does, without the selected ``pp1`` or ``tunnel1``."""
    return re.sub(r"(?:pp|tunnel)\d+$|(?:pp|tunnel)anonymous$", "", prompt["host"])


def _echo_length(typed: str, following: list[str], words: list[str]) -> int:
    """How many physical lines the echo of the command takes; 0 where this is another command.

    Words may be abbreviated, as the console allows, and more may follow (``reverse``); a console
    narrower than the command breaks the echo.
    """
    whole = " ".join(words)
    if typed.lstrip()[:1].lower() != whole[:1].lower():
        return 0
    if _is_echo(typed, words):
        return 1
    for used, piece in enumerate(following, start=2):
        if not whole.startswith(typed):
            return 0
        typed += piece
        if typed.rstrip() == whole:
            return used
    return 0


def _is_echo(typed: str, words: list[str]) -> bool:
    given = typed.split()
    return len(given) >= len(words) and all(
        want.lower().startswith(have.lower()) for have, want in zip(given, words, strict=False)
    )
