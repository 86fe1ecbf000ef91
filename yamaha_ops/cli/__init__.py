"""The command line: parse arguments, call one function, show the result. No logic lives here.

Each command is a module of this package that is imported only when it is called, so that
``yamaha-ops mape calc`` does not pay for SSH and ``yamaha-ops --help`` pays for nothing.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from yamaha_ops.errors import ExitCode, YamahaOpsError

if TYPE_CHECKING:
    from collections.abc import Sequence

DEBUG_FLAG = "--debug"
INTERRUPTED = 130
"""What a shell expects of a program that Ctrl-C ended (128 + SIGINT)."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and exit with the code of the contract.

    ``--debug`` may stand anywhere before a ``--``: it turns messages into tracebacks.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    debug = DEBUG_FLAG in own
    if debug:
        arguments.remove(DEBUG_FLAG)
    sys.exit(_run(arguments, debug=debug))


def _run(arguments: list[str], *, debug: bool) -> int:
    from yamaha_ops.cli._app import app  # noqa: PLC0415 -- errors below must be catchable first

    try:
        result = app(args=arguments, prog_name="yamaha-ops", standalone_mode=True)
    except SystemExit as finished:
        return finished.code if isinstance(finished.code, int) else ExitCode.FAILED
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has seen enough; keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    except YamahaOpsError as error:
        if debug:
            raise
        _say(error.explain())
        return error.exit_code
    except Exception as error:
        if debug:
            raise
        _say(
            f"internal error: {type(error).__name__}; run again with {DEBUG_FLAG} for the details "
            "and report it"
        )
        return ExitCode.FAILED
    return result if isinstance(result, int) else ExitCode.DONE


def _say(message: str) -> None:
    sys.stderr.write(f"yamaha-ops: {message}\n")
