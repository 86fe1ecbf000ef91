"""The book of changes: who wants what, who agreed, how far each has come."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from yamaha_ops.errors import InputError
from yamaha_ops.web.access.roles import Role
from yamaha_ops.web.act.journals import put_away
from yamaha_ops.web.act.stage import MOVES, OPEN, Stage
from yamaha_ops.web.errors import ConflictError, ForbiddenError, NotFoundError
from yamaha_ops.web.store.changes import Approval, Change, ChangeEvent
from yamaha_ops.web.store.people import User

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from yamaha_ops.change.plan import Plan
    from yamaha_ops.web.access.visitor import Visitor
    from yamaha_ops.web.console import Console

STAGE: Final = "stage"
"""The kind of an event that is a move from one stage to another."""

SHORT: Final = 16
"""Characters of a fingerprint that people are shown."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants of one router.

    Attributes:
        title: What for, in a few words.
        values: Dotted fields of the inventory with their values as YAML.
        configuration: Or what the history calls a configuration.
        guard: What takes the change back.
        verification_seconds: How long the line may take to come up.
    """

    title: str
    values: Mapping[str, str]
    configuration: str | None
    guard: str = "auto"
    verification_seconds: float = 60.0


class Book:
    """The changes of one console.

    Every method that moves a change takes the visitor who does it, refuses what is not theirs to
    do, writes it into the audit log and tells whoever watches.
    """

    def __init__(self, console: Console) -> None:
        self._console = console

    # --- looking -----------------------------------------------------------------------------

    def all(self, visitor: Visitor, *, router: str | None = None, limit: int = 200) -> list[Change]:
        """Return the changes that a visitor may see, the newest first."""
        chosen = select(Change).order_by(Change.id.desc()).limit(limit)
        if router is not None:
            chosen = chosen.where(Change.router == router)
        with self._console.database.reading() as session:
            found = list(session.scalars(chosen))
        return [change for change in found if self._is_theirs(visitor, change.router)]

    def find(self, visitor: Visitor, number: int) -> Change:
        """Return one change.

        Raises:
            NotFoundError: There is none, or it is not theirs.
        """
        with self._console.database.reading() as session:
            return self._theirs(session, visitor, number)

    def open_for(self, router: str, *, besides: int | None = None) -> list[Change]:
        """Return the changes of a router that somebody else has under way."""
        with self._console.database.reading() as session:
            found = session.scalars(
                select(Change)
                .where(Change.router == router, Change.stage.in_(OPEN), Change.id != (besides or 0))
                .order_by(Change.id)
            )
            return list(found)

    def events(self, number: int) -> list[ChangeEvent]:
        """Return everything that happened to a change, in order."""
        with self._console.database.reading() as session:
            chosen = select(ChangeEvent).where(ChangeEvent.change_id == number)
            return list(session.scalars(chosen.order_by(ChangeEvent.id)))

    def approvals(self, number: int) -> list[Approval]:
        """Return everybody's word on a change, also on what it was before."""
        with self._console.database.reading() as session:
            chosen = select(Approval).where(Approval.change_id == number)
            return list(session.scalars(chosen.order_by(Approval.id)))

    def needs_approval(self, router: str) -> bool:
        """Whether the inventory asks for a second person, as it is and not as it would be."""
        entry = self._console.inventory().routers.get(router)
        return entry is not None and entry.approval

    # --- writing -----------------------------------------------------------------------------

    def begin(self, visitor: Visitor, router: str, wish: Wish) -> Change:
        """Write a new change into the book."""
        _refuse_empty(wish)
        now = self._console.now()
        change = Change(
            router=router,
            version=1,
            authors=[visitor.name],
            stage=Stage.DRAFT,
            created=now,
            moved=now,
            allowed=[],
            journals=[],
            **_written(wish),
        )
        with self._console.database.session() as session:
            session.add(change)
            session.flush()
            self._note(session, change, visitor.name)
            self._audit(session, visitor, "change.begin", change)
        tell(self._console, change)
        return change

    def rewrite(self, visitor: Visitor, number: int, version: int, wish: Wish) -> Change:
        """Put something else in place of what a change wants; its plan and approvals are void.

        Raises:
            ConflictError: Somebody else has written into it since, or it is under way or over.
        """
        _refuse_empty(wish)
        with self._moving(visitor, number, Stage.DRAFT, version=version) as (session, change):
            for name, value in _written(wish).items():
                setattr(change, name, value)
            change.version += 1
            change.plan = None
            if visitor.name not in change.authors:
                change.authors = [*change.authors, visitor.name]
            self._audit(session, visitor, "change.rewrite", change)
        return change

    def planned(self, visitor: Visitor, number: int, version: int, made: Plan) -> Change:
        """Keep a plan that was made for a version of a change."""
        with self._moving(visitor, number, Stage.PLANNED, version=version) as (session, change):
            change.plan = made.as_json()
            self._audit(
                session, visitor, "change.plan", change, fingerprint=made.fingerprint[:SHORT]
            )
        return change

    def approve(self, visitor: Visitor, number: int, fingerprint: str, comment: str) -> Change:
        """Agree to exactly the plan that was shown.

        Raises:
            ForbiddenError: The visitor is no approver, or one of its authors.
            ConflictError: It is another plan meanwhile.
        """
        if not visitor.may(Role.APPROVER):
            raise ForbiddenError("approving needs the role approver")
        with self._moving(visitor, number, Stage.APPROVED, role=None) as (session, change):
            if visitor.name in change.authors:
                raise ForbiddenError("nobody approves a change of his own")
            if fingerprint_of(change) != fingerprint:
                raise ConflictError("the plan is another one than the page showed")
            session.add(
                Approval(
                    change_id=change.id,
                    who=visitor.name,
                    version=change.version,
                    fingerprint=fingerprint,
                    time=self._console.now(),
                    comment=comment.strip()[:400],
                )
            )
            self._audit(session, visitor, "change.approve", change, fingerprint=fingerprint[:SHORT])
        return change

    def withdraw(self, visitor: Visitor, number: int) -> Change:
        """Take a change out that nobody has applied."""
        with self._moving(visitor, number, Stage.WITHDRAWN) as (session, change):
            self._audit(session, visitor, "change.withdraw", change)
        return change

    def take(
        self, visitor: Visitor, number: int, fingerprint: str, allowed: tuple[str, ...]
    ) -> Change:
        """Set a change under way: from now on nobody else changes the router from here.

        Raises:
            ConflictError: It is another plan, nobody has approved it, or the router is busy.
        """
        with self._moving(visitor, number, Stage.APPLYING) as (session, change):
            if fingerprint_of(change) != fingerprint:
                raise ConflictError("the plan is another one than the page showed")
            self._refuse_unapproved(session, change, fingerprint)
            change.allowed = list(allowed)
            change.applied_by = visitor.name
            change.busy = change.router
            change.server_run = self._console.run
            change.journals = put_away(self._console.inventory().state, change.router, fingerprint)
            more = {"allowed": list(allowed)} if allowed else {}
            short = fingerprint[:SHORT]
            self._audit(session, visitor, "change.apply", change, fingerprint=short, **more)
        return change

    def look_again(self, visitor: Visitor, number: int) -> Change:
        """Set an end that is not known under way again: the journal will be asked once more."""
        moving = self._moving(visitor, number, Stage.APPLYING, only_from=Stage.UNKNOWN)
        with moving as (session, change):
            change.busy = change.router
            change.server_run = self._console.run
            self._audit(session, visitor, "change.resume", change)
        return change

    # --- small parts -------------------------------------------------------------------------

    @contextmanager
    def _moving(
        self,
        visitor: Visitor,
        number: int,
        to: Stage,
        *,
        version: int | None = None,
        role: Role | None = Role.OPERATOR,
        only_from: Stage | None = None,
    ) -> Iterator[tuple[Session, Change]]:
        if role is not None and not visitor.may(role):
            raise ForbiddenError(f"this needs the role {role}")
        try:
            with self._console.database.session() as session:
                change = self._theirs(session, visitor, number, writing=True)
                stage = Stage(change.stage)
                if to not in MOVES[stage] or (only_from or stage) is not stage:
                    raise ConflictError(f"the change is {stage} now, so it cannot become {to}")
                if stage is Stage.UNKNOWN and only_from is None:
                    raise ConflictError("a person must look at the router first")
                if version is not None and change.version != version:
                    raise ConflictError(
                        f"{change.authors[-1]} has written into the change meanwhile"
                    )
                yield session, change
                change.stage = to
                change.moved = self._console.now()
                self._note(session, change, visitor.name)
        except IntegrityError as error:
            raise ConflictError(self._in_the_way(number)) from error
        tell(self._console, change)

    def _refuse_unapproved(self, session: Session, change: Change, fingerprint: str) -> None:
        if not self.needs_approval(change.router):
            return
        agreed = session.scalars(
            select(User)
            .join(Approval, Approval.who == User.name)
            .where(
                Approval.change_id == change.id,
                Approval.version == change.version,
                Approval.fingerprint == fingerprint,
                # Somebody who was locked out since, or removed, has no word any more.
                User.barred.is_(False),
            )
        )
        if not any(
            Role.APPROVER in user.roles and user.name not in change.authors for user in agreed
        ):
            raise ConflictError("a second person has to approve this plan first")

    def _in_the_way(self, number: int) -> str:
        with self._console.database.reading() as session:
            change = session.get_one(Change, number)
            other = session.scalar(select(Change).where(Change.busy == change.router))
        if other is None:
            return "somebody else was faster"
        return f"{other.applied_by} is changing {other.router} just now (change {other.id})"

    def _theirs(
        self, session: Session, visitor: Visitor, number: int, *, writing: bool = False
    ) -> Change:
        change = session.get(Change, number, with_for_update=writing or None)
        if change is None or not self._is_theirs(visitor, change.router):
            raise NotFoundError(f"there is no change {number}")
        return change

    def _is_theirs(self, visitor: Visitor, router: str) -> bool:
        entry = self._console.inventory().routers.get(router)
        return visitor.sees(entry) if entry else visitor.labels is None

    def _note(self, session: Session, change: Change, who: str | None) -> None:
        session.add(
            ChangeEvent(
                change_id=change.id,
                time=self._console.now(),
                kind=STAGE,
                text=change.stage,
                who=who,
                done=0,
                total=0,
            )
        )

    def _audit(
        self, session: Session, visitor: Visitor, act: str, change: Change, **detail: Any
    ) -> None:
        """Write it into the audit log with the move itself: neither is kept without the other."""
        session.flush()  # another one's change of the same router is found out before
        detail["change"] = change.id
        self._console.audit(visitor, act, change.router, session=session, **detail)


def tell(console: Console, change: Change) -> None:
    """Tell whoever watches that a change has moved."""
    for topic in (f"change-{change.id}", "changes"):
        console.hub.publish(topic, change.router)


def fingerprint_of(change: Change) -> str | None:
    """Return the fingerprint of a change's plan."""
    return str(change.plan["fingerprint"]) if change.plan else None


def _written(wish: Wish) -> dict[str, Any]:
    return {
        "title": wish.title.strip()[:200],
        "values": dict(wish.values),
        "configuration": wish.configuration,
        "guard": wish.guard,
        "verification_seconds": wish.verification_seconds,
    }


def _refuse_empty(wish: Wish) -> None:
    if not wish.title.strip():
        raise InputError("say in a few words what the change is for")
    if wish.values and wish.configuration:
        raise InputError("a change wants values or a configuration, not both")
