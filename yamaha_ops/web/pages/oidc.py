"""Signing in through the provider."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from yamaha_ops.web.access import logins
from yamaha_ops.web.access.cookies import PROVIDER
from yamaha_ops.web.access.entry import Stranger, entered
from yamaha_ops.web.access.guests import guest
from yamaha_ops.web.access.oidc import AWAY_SECONDS, Provider, ProviderError
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.errors import NotFoundError, SignInError
from yamaha_ops.web.fields import Place
from yamaha_ops.web.page import page
from yamaha_ops.web.request import address_of, own_place

router = APIRouter(prefix="/oidc", include_in_schema=False)

TheConsole = Annotated[Console, Depends(console)]


@router.get("/login")
def leave(
    request: Request,
    console: TheConsole,
    next: Place = "/",  # noqa: A002 -- the name in addresses
) -> Response:
    """Lead to the provider."""
    provider = _provider(console)
    console.limits.take(
        "login",
        address_of(request, console.settings.proxies),
        a_minute=console.settings.access.logins_a_minute,
    )
    public = console.settings.public_url or str(request.base_url).rstrip("/")
    address, kept = provider.leave(console.seal, f"{public}/oidc/callback", own_place(next))
    response = RedirectResponse(address, 303)
    PROVIDER.write(response, kept, secure=console.settings.secure, seconds=int(AWAY_SECONDS))
    return response


@router.get("/callback")
def arrive(request: Request, console: TheConsole) -> Response:
    """Take in whoever comes back from the provider."""
    provider = _provider(console)
    secure = console.settings.secure
    address = address_of(request, console.settings.proxies)
    kept = PROVIDER.read(request, secure=secure) or ""
    try:
        person, place = provider.arrive(console.seal, kept, dict(request.query_params))
        user = guest(console, person)
    except (SignInError, ProviderError) as error:
        console.audit(Stranger("-", address), "login.refused", reason=error.message)
        response: Response = page(
            request,
            None,
            "login.html",
            status=error.status,
            next="/",
            error="login.provider_failed",
            reason=error.message,
            name="",
        )
    else:
        entered(console, user, address, how="provider")
        response = logins.signed_in(console, request, user.id, own_place(place), complete=True)
    PROVIDER.remove(response, secure=secure)
    return response


def _provider(console: Console) -> Provider:
    if console.provider is None:
        raise NotFoundError("no provider is configured")
    return console.provider
