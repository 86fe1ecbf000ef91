"""What the console refuses, each with the HTTP status that says so."""

from __future__ import annotations

from typing import ClassVar

from yamaha_ops.errors import YamahaOpsError


class WebError(YamahaOpsError):
    """Root of what a request can be answered with instead of a page."""

    status: ClassVar[int] = 400


class SignInError(WebError, PermissionError):
    """Nobody is signed in, or not far enough: a page leads to the place named instead.

    Attributes:
        place: The path of the page that comes first.
    """

    status = 401

    def __init__(self, message: str, *, place: str = "/login") -> None:
        super().__init__(message)
        self.place = place


class ForbiddenError(WebError, PermissionError):
    """Whoever asks may not do this."""

    status = 403


class NotFoundError(WebError, LookupError):
    """There is no such thing, or none that this visitor may know of."""

    status = 404


class ConflictError(WebError):
    """Somebody else was faster, or the thing has moved on since the page was shown."""

    status = 409


class LimitError(WebError):
    """Too many requests.

    Attributes:
        seconds: How long to wait.
    """

    status = 429

    def __init__(self, message: str, *, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class StoreError(WebError):
    """The database cannot be used now."""

    status = 503


class BusyError(StoreError, TimeoutError):
    """The database is locked by somebody else for longer than a request waits."""
