"""Nobody else's page makes a browser act: every unsafe request carries a token of its own."""

import hmac
from typing import Annotated, Final

from fastapi import Depends, Request

from yamaha_ops.web.access.cookies import LOGIN, VISIT
from yamaha_ops.web.access.tokens import bearer
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.errors import ForbiddenError

FIELD: Final = "csrf"
HEADER: Final = "X-CSRF"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

BY_KEY: Final = "/gui/{name}/{key}/{path:path}"
"""The one route whose forms are not ours."""

_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


def csrf_token(console: Console, request: Request) -> str:
    """Return the token that forms of this browser carry; it changes with every login."""
    secure = console.settings.secure
    key = LOGIN.read(request, secure=secure) or visit_of(console, request)
    return console.seal.signature("csrf", key)


def visit_of(console: Console, request: Request) -> str:
    """Return the key of a browser that nobody is signed in with; a new one where it has none.

    The page that uses it writes the cookie (:func:`yamaha_ops.web.page.page`).
    """
    key = VISIT.read(request, secure=console.settings.secure)
    if key is None:
        key = request.state.visit = getattr(request.state, "visit", None) or console.new_key()
    return key


async def csrf(request: Request, console: Annotated[Console, Depends(console)]) -> None:
    """Refuse an unsafe request without the browser's own token; the whole application does.

    A bearer token needs none: no other page can make a browser send one.

    Raises:
        ForbiddenError: The token is missing or another browser's, or another site sent the form.
    """
    if request.method in SAFE or bearer(request) is not None:
        return
    if request.scope["route"].path == BY_KEY:
        return  # the key in the path is what another page cannot know
    said = request.headers.get(HEADER)
    if said is None and request.headers.get("content-type", "").startswith(_FORMS):
        field = (await request.form()).get(FIELD)
        said = field if isinstance(field, str) else None
    elsewhere = request.headers.get("sec-fetch-site") == "cross-site"
    wanted = csrf_token(console, request)
    if elsewhere or said is None or not hmac.compare_digest(said.encode(), wanted.encode()):
        raise ForbiddenError(
            "the form is not one that this page gave out",
            hint="Load the page again; you may have signed in or out in another window.",
        )
