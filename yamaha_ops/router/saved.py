"""Does the router run what it would start from? Its own word for it (REF 57.7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yamaha_ops.config import Key, mask
from yamaha_ops.errors import CommandError, SecretError
from yamaha_ops.router.reading import password

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from yamaha_ops.config import Configuration
    from yamaha_ops.router.reading import Reply
    from yamaha_ops.router.session import Session

_QUESTION = re.compile(r"[Pp]assword ?:\s*$")
_BORROWED = re.compile(r"(?:no )?console (?:columns|lines|character)\b")
_LOGIN = Key("", "login password")
_ADMINISTRATOR = Key("", "administrator password")


def unsaved_commands(
    session: Session,
    running: Configuration,
    slot: str,
    administrator_password: Callable[[], str] | None = None,
) -> tuple[str, ...] | None:
    """Return the commands by which a restart would change the running configuration, masked.

    The router first asks for the passwords that the saved configuration holds. The one of
    anonymous logins is in no inventory: where the configuration has one, nothing is asked.

    Args:
        session: A session at administrator level.
        running: The running configuration; what passwords it has, the saved one has.
        slot: The file that a restart reads, ``config0``.
        administrator_password: Gives the password that the router may ask for.

    Returns:
        Nothing where running and saved are the same; None where it cannot be told: no password,
        or firmware before Rev.15.02.03.

    Raises:
        ConnectError, ConsoleError: The dialogue failed.
    """
    if _LOGIN in running.settings:
        return None
    replies = []
    try:
        if _ADMINISTRATOR in running.settings:
            if administrator_password is None:
                return None
            replies.append(password(administrator_password()))
        lines = commands_to(session, slot.removeprefix("config"), replies)
    except (CommandError, SecretError):
        return None
    return tuple(mask(line.strip()) for line in lines)


def commands_to(
    session: Session, place: str, replies: Iterable[Reply] = (), timeout: float | None = None
) -> list[str]:
    """Return the commands by which the router would turn what runs into what is stored.

    They are asked for on a wide console: a secret that a narrow one breaks could not be masked.
    The settings that are borrowed for that are left out.

    Args:
        session: A session at administrator level.
        place: As ``show config difference`` takes it: ``0``, or ``file PATH``.
        replies: To the questions that the router may ask.
        timeout: As the session's ``send``.

    Raises:
        CommandError: The router does not compare, or there is nothing stored.
        ConnectError, ConsoleError: The dialogue failed.
    """
    with session.wide():
        answer = session.send(f"show config difference {place}", timeout, replies=replies)
    return [
        line
        for line in answer.splitlines()
        if line.strip() and not _QUESTION.search(line) and not _BORROWED.match(line)
    ]
