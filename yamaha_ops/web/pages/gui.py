"""The routers' own web pages: a door that an operator opens, and what goes through it."""

import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Annotated
from urllib.parse import quote

import httpx
from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response, StreamingResponse

from yamaha_ops.errors import ConnectError, ConnectTimeoutError
from yamaha_ops.inventory import Router
from yamaha_ops.web.access.entry import Stranger
from yamaha_ops.web.access.logins import lives
from yamaha_ops.web.access.visitor import Role, Visitor, chosen, need, visitor_of_login
from yamaha_ops.web.act.runs import refuse_alone
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.errors import ForbiddenError, NotFoundError, SignInError
from yamaha_ops.web.gui import translation
from yamaha_ops.web.gui.doors import Door
from yamaha_ops.web.page import page
from yamaha_ops.web.request import address_of

router = APIRouter(prefix="/gui", include_in_schema=False)

TheConsole = Annotated[Console, Depends(console)]
Operator = Annotated[Visitor, Depends(need(Role.OPERATOR))]

METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]

_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Routers serve plain HTTP; making the usual context would cost more than the request."""


@router.get("/{name}")
def door(request: Request, console: TheConsole, visitor: Operator, name: str) -> Response:
    """Ask whether to open a router's own pages."""
    _switched_on(console)
    return page(request, visitor, "gui.html", router=chosen(console, visitor, name))


@router.post("/{name}")
def open_door(console: TheConsole, visitor: Operator, name: str) -> Response:
    """Open a router's own pages."""
    _switched_on(console)
    found = chosen(console, visitor, name)
    refuse_alone([found])
    if visitor.login is None:
        raise ForbiddenError("a token cannot do this; sign in with a browser")
    key = console.doors.open(found.name, visitor.login, visitor.name, visitor.address)
    console.audit(visitor, "gui.opened", found.name)
    return RedirectResponse(f"/gui/{quote(found.name)}/{key}/", 303)


@router.api_route("/{name}/{key}/{path:path}", methods=METHODS)
async def forward(request: Request, console: TheConsole, name: str, key: str) -> Response:
    """Pass a request on to a router, and its answer back, neither of them held whole."""
    _switched_on(console)
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=_foreign(""))
    try:
        door, found = await run_in_threadpool(_enter, console, name, key)
    except SignInError:
        if request.method == "GET":
            return RedirectResponse(f"/gui/{quote(name)}", 303)
        raise
    prefix = f"/gui/{quote(found.name)}/{key}"
    if request.method not in ("GET", "HEAD"):
        path = request.url.path.removeprefix(f"/gui/{found.name}/{key}")[:200]
        who = Stranger(door.user, address_of(request, console.settings.proxies))
        await run_in_threadpool(
            console.audit, who, "gui.sent", found.name, method=request.method, path=path
        )
    return await _passed_on(request, console, door, found, prefix)


def _enter(console: Console, name: str, key: str) -> tuple[Door, Router]:
    """Return the door that a key opens, for as long as its opener may go through."""
    door = console.doors.find(name, key)
    login = lives(console, door.login) if door else None
    if door is None or login is None:
        raise SignInError("this way to the router is closed", place="/")
    visitor = visitor_of_login(console, login, door.address)
    if not visitor.may(Role.OPERATOR):
        raise ForbiddenError(f"this needs the role {Role.OPERATOR}")
    # The address comes from the inventory and nowhere else, and anew with each request.
    return door, chosen(console, visitor, name)


async def _passed_on(
    request: Request, console: Console, door: Door, found: Router, prefix: str
) -> Response:
    raw: bytes = request.scope["raw_path"]
    ours = prefix.encode()
    if not raw.startswith(ours + b"/"):
        raise NotFoundError("that is no address that this console gave out")
    path = raw.removeprefix(ours)  # the rest goes on as it came, not decoded
    query: bytes = request.scope["query_string"]
    address = httpx.URL(
        scheme="http",
        host=found.host,
        port=console.settings.gui_port,
        raw_path=path + (b"?" + query if query else b""),
    )
    origin = str(address.copy_with(raw_path=b"/")).rstrip("/")
    headers = translation.request_headers(request.headers, origin)
    if "authorization" in headers:
        door.authorization = headers["authorization"]
    elif door.authorization:
        headers["authorization"] = door.authorization
    stack = AsyncExitStack()
    try:
        client = await stack.enter_async_context(
            httpx.AsyncClient(
                timeout=_TIMEOUT, trust_env=False, verify=_NO_TLS, cookies=door.cookies
            )
        )
        outgoing = client.build_request(
            request.method,
            address,
            headers=headers,
            content=request.stream() if "content-length" in headers else None,
        )
        answer = await client.send(outgoing, stream=True)
        stack.push_async_callback(answer.aclose)
    except httpx.TimeoutException as error:
        await stack.aclose()
        raise ConnectTimeoutError(
            "the router's web page does not answer in time", router=found.name
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:  # of a redirect that is no address
        await stack.aclose()
        raise ConnectError(
            f"the router's web page cannot be reached: {type(error).__name__}",
            router=found.name,
            hint="Is httpd service on, and the console's address among httpd host?",
        ) from error
    door.cookies.update(client.cookies)
    public = console.settings.public_url or str(request.base_url).rstrip("/")
    change = translation.is_rewritten(answer.headers.get("content-type", ""))
    told = translation.response_headers(answer.headers.multi_items(), rewritten=change)
    told |= _foreign(f"{public}{prefix}/")
    if "location" in answer.headers:
        place = translation.location(answer.headers["location"], origin, prefix)
        if place is None:
            await stack.aclose()
            raise ConnectError("the router's page leads to another host", router=found.name)
        told["location"] = place
    pieces = answer.aiter_raw()
    if change:
        pieces = translation.rewritten(pieces, origin, prefix)
    return StreamingResponse(_closing(pieces, stack), answer.status_code, told)


async def _closing(pieces: AsyncIterator[bytes], stack: AsyncExitStack) -> AsyncIterator[bytes]:
    async with stack:
        async for piece in pieces:
            yield piece


def _foreign(place: str) -> dict[str, str]:
    """Return the headers of what is not ours: a sandbox, which may load from itself."""
    told = {
        "X-Frame-Options": "",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Access-Control-Allow-Origin": "null",
        "Access-Control-Allow-Headers": "content-type, x-requested-with, authorization",
        "Access-Control-Allow-Methods": ", ".join(METHODS),
        "Referrer-Policy": "no-referrer",
    }
    if place:
        told["Content-Security-Policy"] = translation.policy(place)
    return told


def _switched_on(console: Console) -> None:
    if not console.settings.gui_forwarder:
        raise NotFoundError("the way to routers' own pages is switched off (gui_forwarder)")
