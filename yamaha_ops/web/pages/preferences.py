"""Language and theme: of the browser, and of whoever is signed in."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse

from yamaha_ops.web.access.cookies import LANGUAGE, THEME, YEAR_SECONDS
from yamaha_ops.web.access.visitor import newcomer
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.errors import SignInError
from yamaha_ops.web.request import own_place
from yamaha_ops.web.store.people import User

router = APIRouter(include_in_schema=False)


@router.post("/preferences")
def prefer(
    request: Request,
    console: Annotated[Console, Depends(console)],
    language: Annotated[Literal["en", "ja"] | None, Form()] = None,
    theme: Annotated[Literal["auto", "light", "dark"] | None, Form()] = None,
    next: Annotated[str, Form()] = "/",  # noqa: A002 -- the name that every login page uses
) -> RedirectResponse:
    """Remember a language or a theme, and go back to where the choice was made."""
    response = RedirectResponse(own_place(next), 303)
    secure = console.settings.secure
    if theme is not None:
        THEME.write(response, theme, secure=secure, seconds=YEAR_SECONDS)
    if language is not None:
        LANGUAGE.write(response, language, secure=secure, seconds=YEAR_SECONDS)
        try:
            someone = newcomer(request, console)
        except SignInError:
            return response
        with console.database.session() as session:
            session.get_one(User, someone.id).language = language
    return response
