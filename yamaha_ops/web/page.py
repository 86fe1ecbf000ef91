"""From a template and values to a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from markupsafe import Markup
from starlette.responses import HTMLResponse

from yamaha_ops import __version__
from yamaha_ops.web.access.cookies import LANGUAGE, THEME, VISIT
from yamaha_ops.web.access.csrf import FIELD, csrf_token
from yamaha_ops.web.access.roles import Role
from yamaha_ops.web.words import LANGUAGES, language_for, translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2.runtime import Context
    from starlette.requests import Request

    from yamaha_ops.web.access.visitor import Visitor
    from yamaha_ops.web.console import Console

THEMES: Final = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation: its word is ``nav.NAME``, its icon ``NAME`` in _icons.html."""

    name: str
    path: str
    role: Role = Role.VIEWER


NAVIGATION: Final[Sequence[Sequence[Place]]] = (
    (
        Place("fleet", "/"),
        Place("alarms", "/alarms"),
        Place("changes", "/changes"),
    ),
    (
        Place("commands", "/commands", Role.OPERATOR),
        Place("scripts", "/scripts", Role.OPERATOR),
        Place("firmware", "/firmware", Role.OPERATOR),
        Place("places", "/places", Role.OPERATOR),
    ),
    (
        Place("users", "/users", Role.ADMIN),
        Place("audit", "/audit", Role.ADMIN),
    ),
)


def page(
    request: Request,
    visitor: Visitor | None,
    template: str,
    /,
    *,
    status: int = 200,
    **values: Any,
) -> HTMLResponse:
    """Return a page or a fragment of one.

    Args:
        request: What was asked.
        visitor: Who asked; None where nobody is signed in.
        template: A file of ``html/``.
        status: The HTTP status.
        values: What the template uses besides ``t``, ``language``, ``visitor``, ``csrf``,
            ``navigation``, ``when``.
    """
    console: Console = request.app.state.console
    language = language_of(request, visitor)
    html = (
        templates()
        .get_template(template)
        .render(
            console=console,
            csrf=partial(_csrf_field, console, request),
            csrf_token=partial(csrf_token, console, request),
            language=language,
            languages=LANGUAGES,
            mark=getattr(request.state, "mark", console.hub.mark),
            navigation=_navigation(request, visitor),
            path=request.url.path,
            place=_place(request),
            t=partial(translate, language),
            theme=_theme(request, console),
            themes=THEMES,
            visitor=visitor,
            **values,
        )
    )
    response = HTMLResponse(html, status)
    visit = getattr(request.state, "visit", None)
    if visit is not None:
        VISIT.write(response, visit, secure=console.settings.secure)
    return response


def language_of(request: Request, visitor: Visitor | None) -> str:
    """Return the language that a page is to be in."""
    secure = request.app.state.console.settings.secure
    chosen = [visitor.language if visitor else None, LANGUAGE.read(request, secure=secure)]
    return language_for(chosen, request.headers.get("accept-language", ""))


@cache
def templates() -> Environment:
    """Return the templates: everything escaped, an unknown name is an error."""
    environment = Environment(
        loader=PackageLoader("yamaha_ops.web", "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["when"] = when
    environment.filters["ago"] = ago
    environment.filters["browser"] = browser_name
    environment.globals["version"] = __version__
    environment.globals["Role"] = Role
    return environment


def when(seconds: float | None) -> Markup:
    """Return a time in the server's zone, with the exact one for programs; a dash for none."""
    if seconds is None:
        return Markup("–")
    exact = datetime.fromtimestamp(seconds, UTC)
    return Markup('<time datetime="{}">{}</time>').format(
        exact.isoformat(timespec="seconds"), exact.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    )


_UNITS: Final = (("days", 86400), ("hours", 3600), ("minutes", 60))


@pass_context
def ago(context: Context, seconds: float | None) -> Markup:
    """Return how long ago a time is, in the page's words; the time itself stands in the title."""
    if seconds is None:
        return Markup("–")
    age = max(0, int(context["console"].now() - seconds))
    unit, size = next((each for each in _UNITS if age >= each[1]), ("seconds", 1))
    text = context["t"](f"ago.{unit}", count=age // size)
    exact = datetime.fromtimestamp(seconds, UTC)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        exact.isoformat(timespec="seconds"),
        exact.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
        text,
    )


_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "CrOS", "Linux")


def browser_name(agent: str) -> str:
    """Return what people call a browser, by its ``User-Agent``; that itself for another program."""
    name = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((system for system in _SYSTEMS if system in agent), "")
    return " · ".join(part for part in (name, system) if part) if name else agent or "–"


def _csrf_field(console: Console, request: Request) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(
        FIELD, csrf_token(console, request)
    )


def _navigation(request: Request, visitor: Visitor | None) -> list[list[tuple[Place, bool]]]:
    if visitor is None:
        return []
    here = request.url.path
    groups = [
        [(place, _is_here(place.path, here)) for place in group if visitor.may(place.role)]
        for group in NAVIGATION
    ]
    return [group for group in groups if group]


def _is_here(path: str, here: str) -> bool:
    if path == "/":
        return here == "/" or here.startswith(("/routers/", "/configurations/"))
    return here == path or here.startswith(f"{path}/")


def _place(request: Request) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def _theme(request: Request, console: Console) -> str:
    theme = THEME.read(request, secure=console.settings.secure)
    return theme if theme in THEMES else THEMES[0]
