"""The router's own interpreter: lines in, configuration out."""

from __future__ import annotations

from yamaha_ops.config.configuration import Configuration
from yamaha_ops.config.order import show
from yamaha_ops.config.state import State


class Interpreter:
    """Executes console lines on a configuration, as a router does.

    It keeps the selected context from line to line, overwrites what is set again, rewrites values
    into the router's spelling and shows everything in the router's order.
    """

    def __init__(self, configuration: Configuration | None = None) -> None:
        self._state = State(configuration.settings.values() if configuration else ())
        self._configuration: Configuration | None = None

    @property
    def context(self) -> str:
        """The selected context: ``""``, ``pp1``, ``ppanonymous``, ``tunnel1`` ..."""
        return self._state.context

    @property
    def pending(self) -> str:
        """The word that ends the block being typed (``embedded file ... <<EOF``), or nothing."""
        return self._state.end_word

    @property
    def configuration(self) -> Configuration:
        """What the lines have made so far, in the router's order and layout."""
        if self._configuration is None:
            text = show(self._state.settings.values())
            self._configuration = Configuration.parse(text, source="running configuration")
        return self._configuration

    def execute(self, line: str) -> None:
        """Do what ``line`` says.

        Raises:
            UnknownCommandError: The command table has no such command.
            ParameterError: Parameters are missing, too many or unreadable.
            ContextMissingError: It needs ``pp select`` or ``tunnel select`` first.
        """
        self._state.execute(line)
        self._configuration = None
