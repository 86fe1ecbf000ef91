"""What the rest of the toolkit knows of a router: a session that speaks the router's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from yamaha_ops.errors import CommandError
    from yamaha_ops.router.reading import Reply


class Session(Protocol):
    """One console of one router. Not for two threads at once; many sessions in threads are fine.

    Every answer is complete or an error. After an exchange that failed half-way (any error but
    :class:`~yamaha_ops.errors.CommandError`) the session refuses further use: ``drop`` it.
    """

    @property
    def router(self) -> str:
        """The router's name in the inventory."""
        ...

    @property
    def model(self) -> str:
        """The model, as the router says it: ``RTX830``."""
        ...

    @property
    def firmware(self) -> str:
        """The firmware, as the router says it: ``Rev.15.02.22``."""
        ...

    @property
    def is_administrator(self) -> bool:
        """Whether the console is at administrator level, judged by its prompt."""
        ...

    @property
    def context(self) -> str:
        """The selected context, from the prompt: empty, ``pp1``, ``tunnel1`` ..."""
        ...

    @property
    def usable(self) -> bool:
        """Whether the session is open and in step with the router."""
        ...

    def run(self, command: str, timeout: float | None = None) -> str:
        """Enter a command that shows something and return the whole answer.

        Echo, prompt and pager marks are gone; lines may be wrapped at the console's width.
        ``timeout`` is the time for the whole answer, in seconds; without it only a silence of 15
        seconds ends the waiting, however long the answer is.

        Raises:
            CommandError: The router answered with an error line.
            IncompleteOutputError: The answer did not end in time.
            ConnectError: The line was lost.
        """
        ...

    def run_all(
        self,
        commands: Iterable[str],
        timeout: float | None = None,
        *,
        at_once: int = 1,
        rows: dict[str, int] | None = None,
    ) -> Iterator[list[str | CommandError]]:
        """Enter commands that show something and give each whole answer, in their order.

        Args:
            commands: What to enter.
            timeout: The time for all of them, in seconds. What there is no time left to ask is not
                asked: the answers end early.
            at_once: How many may be entered together, where that is known to be safe.
            rows: How many rows this router's answer to a command had the last time; brought up to
                date. What was short may be entered before others.

        Yields:
            The answers to what was entered together; an error line is an answer too.

        Raises:
            TypedAheadError: Answers to commands entered together cannot be told apart.
            IncompleteOutputError, ConnectError: As :meth:`run`.
        """
        ...

    def send(
        self, command: str, timeout: float | None = None, replies: Iterable[Reply] = ()
    ) -> str:
        """Enter a setting command. Silence is success; any other text is returned for review.

        Raises: as :meth:`run`.
        """
        ...

    def administrator(self) -> None:
        """Step up to administrator level, where needed.

        Raises:
            AuthenticationError: The router did not take the password.
            SecretError: The password cannot be had.
        """
        ...

    def wide(self) -> AbstractContextManager[None]:
        """Borrow the console settings under which answers come unwrapped, unpaged and in Japanese.

        They are put back at the end of the block, by :meth:`save` before it saves, or by the next
        session after a crash.
        """
        ...

    def configuration(self) -> str:
        """Return the running configuration, without the settings that :meth:`wide` borrows."""
        ...

    def save(self) -> str:
        """Put borrowed settings back, save the running configuration, return what was said."""
        ...

    def keep_alive(self) -> None:
        """Enter an empty line: it restarts the login timer and shows that the line is alive."""
        ...

    def close(self) -> None:
        """Log out cleanly, saving nothing. The router takes that as accepting a pending change."""
        ...

    def drop(self) -> None:
        """Cut the line without logging out: a pending change is not accepted."""
        ...
