"""Who asks: from a cookie or a token to a :class:`Visitor`, and what they must be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Request

from yamaha_ops.inventory import Router
from yamaha_ops.web.access.logins import login_of
from yamaha_ops.web.access.roles import Role, covers
from yamaha_ops.web.access.tokens import bearer, token_of
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.errors import ForbiddenError, NotFoundError, SignInError
from yamaha_ops.web.request import address_of
from yamaha_ops.web.store.people import Login, Token, User

__all__ = ["Role", "Visitor", "chosen", "need", "visitor"]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in, as far as one request needs to know.

    Attributes:
        id: The user's.
        name: What they sign in with, or are called at their provider.
        shown_name: What pages call them.
        roles: What they may do.
        labels: Which routers they see; None for every one.
        language: What they chose, if anything.
        address: Where the request comes from.
        by_token: Whether a script asks, not a browser.
        login: The browser session's number, None for a script.
        first: The page that comes before any other, for whoever still has to set a password or a
            second factor.
    """

    id: int
    name: str
    shown_name: str
    roles: frozenset[Role]
    labels: Mapping[str, tuple[str, ...]] | None
    language: str | None
    address: str
    by_token: bool = False
    login: int | None = None
    first: str | None = None

    def may(self, role: Role) -> bool:
        """Whether they have a role; everybody may look."""
        return role is Role.VIEWER or role in self.roles

    def sees(self, router: Router) -> bool:
        """Whether a router is theirs."""
        return covers(self.labels, router)


def visitor_of_login(console: Console, login: Login, address: str) -> Visitor:
    """Return the user of a browser session as a visitor."""
    roles = roles_of(login.user.roles)
    return replace(_visitor(console, login.user, roles, address), login=login.id)


def _visitor(console: Console, user: User, roles: frozenset[Role], address: str) -> Visitor:
    labels = user.labels
    return Visitor(
        id=user.id,
        name=user.name,
        shown_name=user.shown_name,
        roles=roles,
        labels=None if labels is None else {key: tuple(each) for key, each in labels.items()},
        language=user.language,
        address=address,
        first=_first(console, user),
    )


def _first(console: Console, user: User) -> str | None:
    if user.password_hash is None:
        return None  # both are the provider's affair
    if user.must_change:
        return "/account/password"
    required = console.settings.access.second_factor == "required"
    return "/account/second-factor" if required and user.totp_sealed is None else None


def roles_of(names: list[str]) -> frozenset[Role]:
    """Return roles by name; one that this version does not know grants nothing."""
    known = {role.value: role for role in Role}
    return frozenset(known[name] for name in names if name in known)


def newcomer(request: Request, console: Annotated[Console, Depends(console)]) -> Visitor:
    """Return who asks, even where they still have to set a password or a second factor.

    Raises:
        SignInError: Nobody.
        LimitError: Too many requests of a script, or too many with wrong tokens.
    """
    # Before anything is read: what changes from here on, a live page is told.
    request.state.mark = console.hub.mark
    address = address_of(request, console.settings.proxies)
    key = bearer(request)
    if key is None:
        found = visitor_of_login(console, login_of(console, request), address)
    else:
        token = _token(console, key, address)
        roles = roles_of(token.roles) & roles_of(token.user.roles)
        found = replace(_visitor(console, token.user, roles, address), by_token=True)
    if request.url.path.startswith("/api/"):
        a_minute = console.settings.access.requests_a_minute
        console.limits.take("api", str(found.id), a_minute=a_minute)
    return found


def visitor(someone: Annotated[Visitor, Depends(newcomer)]) -> Visitor:
    """Return who asks.

    Raises:
        SignInError: Nobody, or somebody who first has to set a password or a second factor.
    """
    if someone.first is not None:
        raise SignInError("a password or a second factor has to be set first", place=someone.first)
    return someone


def need(role: Role) -> Callable[[Visitor], Visitor]:
    """Return a dependency that lets only holders of a role through.

    Raises:
        ForbiddenError: The visitor has it not.
    """

    def holder(visitor: Annotated[Visitor, Depends(visitor)]) -> Visitor:
        if not visitor.may(role):
            raise ForbiddenError(f"this needs the role {role}")
        return visitor

    return holder


def _token(console: Console, key: str, address: str) -> Token:
    try:
        return token_of(console, key, address)
    except SignInError:
        # Guessing 256 bits is hopeless; a script with an old token must not fill the log either.
        a_minute = console.settings.access.logins_a_minute
        console.limits.take("token", address, a_minute=a_minute)
        raise


def chosen(console: Console, visitor: Visitor, name: str) -> Router:
    """Return a router of the inventory that the visitor may see.

    Raises:
        NotFoundError: There is none of that name, or it is not theirs; the answer is the same.
    """
    router = console.inventory().routers.get(name)
    if router is None or not visitor.sees(router):
        raise NotFoundError(f"there is no router {name!r}")
    return router
