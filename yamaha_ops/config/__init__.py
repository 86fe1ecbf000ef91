"""The RTX configuration language: text in, meaning out, and the safe way from one to another."""

from yamaha_ops.config.check import Circumstances, Finding, check
from yamaha_ops.config.comparison import Difference, difference
from yamaha_ops.config.configuration import Configuration
from yamaha_ops.config.errors import ContextMissingError, ParameterError, UnknownCommandError
from yamaha_ops.config.interpreter import Interpreter
from yamaha_ops.config.safekeeping import restore, separate
from yamaha_ops.config.secrets import has_secret, mask
from yamaha_ops.config.sending import Command
from yamaha_ops.config.setting import Key, Setting
from yamaha_ops.config.wrapping import unwrap

__all__ = [
    "Circumstances",
    "Command",
    "Configuration",
    "ContextMissingError",
    "Difference",
    "Finding",
    "Interpreter",
    "Key",
    "ParameterError",
    "Setting",
    "UnknownCommandError",
    "check",
    "difference",
    "has_secret",
    "mask",
    "restore",
    "separate",
    "unwrap",
]
