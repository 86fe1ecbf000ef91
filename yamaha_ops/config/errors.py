"""What the language can refuse: one class for each kind of mistake a console line can hold."""

from __future__ import annotations

from yamaha_ops.errors import ConfigError


class UnknownCommandError(ConfigError):
    """No row of the command table fits the words of the line."""


class ParameterError(ConfigError):
    """The command is known, but its parameters are too few, too many or not readable."""


class ContextMissingError(ConfigError):
    """The command is about a PP, a tunnel or a switch, and the right one is not selected."""
