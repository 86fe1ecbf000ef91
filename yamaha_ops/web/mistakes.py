"""From an error to a readable page, or to problem details (RFC 9457) for scripts."""

from __future__ import annotations

import logging
from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import IntegrityError
from starlette.exceptions import HTTPException
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.responses import JSONResponse, RedirectResponse, Response

from yamaha_ops.errors import (
    ApplyError,
    ConnectError,
    ConnectTimeoutError,
    ConsoleError,
    ExitCode,
    IncompleteOutputError,
    InputError,
    PlanError,
    UnknownStateError,
    YamahaOpsError,
)
from yamaha_ops.web.access.visitor import Visitor, newcomer
from yamaha_ops.web.errors import BusyError, ConflictError, LimitError, SignInError, WebError
from yamaha_ops.web.page import page
from yamaha_ops.web.request import wants_page

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

_log = logging.getLogger(__name__)

_STATUS: Final[tuple[tuple[type[YamahaOpsError], int], ...]] = (
    (InputError, 400),
    (ConnectTimeoutError, 504),
    (IncompleteOutputError, 504),
    (ConnectError, 502),
    (ConsoleError, 502),
    (PlanError, 409),
    (ApplyError, 409),
    (UnknownStateError, 409),
)
"""What the toolkit's own errors are to a browser; the first that fits counts."""

_BUSY_SECONDS: Final = 2


def install(app: FastAPI) -> None:
    """Let every error be answered here."""
    app.add_exception_handler(YamahaOpsError, _toolkit)
    app.add_exception_handler(IntegrityError, _contradiction)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    # Not an exception handler: that one would stand outside of every other middleware.
    app.add_middleware(ServerErrorMiddleware, handler=_unforeseen)


def status_of(error: YamahaOpsError) -> int:
    """Return the HTTP status that an error of the toolkit is told with."""
    if isinstance(error, WebError):
        return error.status
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def exit_word(code: ExitCode) -> str:
    """Return the word for an exit code of the command line: ``failed``, ``taken_back``, ..."""
    return code.name.lower()


def _toolkit(request: Request, error: Exception) -> Response:
    assert isinstance(error, YamahaOpsError)  # noqa: S101 -- Starlette's types say less than it does
    path = request.url.path
    if isinstance(error, SignInError) and wants_page(path):
        return _lead(request, error.place)
    headers = {}
    if isinstance(error, LimitError):
        headers["Retry-After"] = str(ceil(error.seconds))
    elif isinstance(error, BusyError):
        headers["Retry-After"] = str(_BUSY_SECONDS)
    elif isinstance(error, SignInError):
        headers["WWW-Authenticate"] = "Bearer"
    status = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.warning("%s %s: %s", request.method, path, error.explain(), exc_info=error.__cause__)
    more = {
        "exit": exit_word(error.exit_code),
        "router": error.router,
        "where": error.where,
        "command": error.command,
        "output": error.output,
        "hint": error.hint,
    }
    return _answer(request, status, error.message, headers, more)


def _contradiction(request: Request, error: Exception) -> Response:
    """Answer whoever wrote what somebody else, a moment before, has made impossible."""
    del error  # it holds values
    return _toolkit(request, ConflictError("somebody else was faster"))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- as above
    return _answer(request, error.status_code, "", dict(error.headers or {}), {})


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- as above
    # What was sent is not repeated: it may be a password.
    found = [
        {"field": ".".join(str(part) for part in each["loc"]), "message": each["msg"]}
        for each in error.errors()
    ]
    told = "; ".join(f"{each['field']}: {each['message']}" for each in found)
    return _answer(request, 422, told, {}, {"exit": exit_word(ExitCode.USAGE), "errors": found})


def _unforeseen(request: Request, error: Exception) -> Response:
    del error  # Starlette logs it with its traceback; a browser learns nothing of it
    return _answer(request, 500, "", {}, {"exit": exit_word(ExitCode.FAILED)})


def _answer(
    request: Request, status: int, message: str, headers: dict[str, str], more: dict[str, Any]
) -> Response:
    title = HTTPStatus(status).phrase
    if wants_page(request.url.path) and request.url.path != "/healthz":
        told = {name: value for name, value in more.items() if name != "errors"}
        response: Response = page(
            request,
            _someone(request),
            "error.html",
            status=status,
            code=status,
            message=message,
            told=told,
        )
    else:
        problem = {"type": "about:blank", "title": title, "status": status}
        problem |= {"detail": message} if message else {}
        problem |= {name: value for name, value in more.items() if value is not None}
        response = JSONResponse(problem, status, media_type="application/problem+json")
    response.headers.update(headers)
    return response


def _someone(request: Request) -> Visitor | None:
    """Return who is signed in, for the navigation of the page; an error page must not fail."""
    try:
        return newcomer(request, request.app.state.console)
    except YamahaOpsError:
        return None


def _lead(request: Request, place: str) -> Response:
    if request.method != "GET" or place != "/login":
        return RedirectResponse(place, 303)
    query = f"?{request.url.query}" if request.url.query else ""
    here = f"{request.url.path}{query}"
    return RedirectResponse(place if here == "/" else f"{place}?next={quote(here, safe='')}", 303)
