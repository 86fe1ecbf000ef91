"""Changes that are carried out on other machines: what travels there, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from yamaha_ops.actions.changing import Keeping, carry_out
from yamaha_ops.actions.changing import plan as made_here
from yamaha_ops.actions.errands import masked
from yamaha_ops.actions.histories import store_for
from yamaha_ops.change.event import Event, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from yamaha_ops.actions.crew import Caller
    from yamaha_ops.actions.jobs import Terms
    from yamaha_ops.change.event import Report
    from yamaha_ops.change.outcome import Outcome
    from yamaha_ops.change.plan import Plan
    from yamaha_ops.fleet import Handshakes
    from yamaha_ops.history import Person
    from yamaha_ops.inventory import Inventory, Router


@dataclass(frozen=True, slots=True)
class Approval:
    """Approves what was shown to somebody.

    Attributes:
        shown: The fingerprint of each router's plan; None approves any plan.
    """

    shown: Mapping[str, str] | None = None

    def __call__(self, made: Plan) -> bool:
        """Tell whether a plan is the one that was shown."""
        return self.shown is None or self.shown.get(made.router) == made.fingerprint

    def of(self, router: str) -> Approval:
        """Return the part that is about one router: all that has to travel."""
        if self.shown is None:
            return self
        return Approval({router: self.shown[router]} if router in self.shown else {})


@dataclass(frozen=True, slots=True)
class History:
    """Where the history is and who writes it, as far as that can travel.

    Attributes:
        path: The repository; None is the state folder's.
        key: The reference to its key.
        author: By whom.
    """

    path: Path | None
    key: str | None
    author: Person

    def keeping(self, inventory: Inventory) -> Keeping:
        """Return the history itself."""
        return Keeping(store_for(inventory, self.path, self.key), self.author)


@dataclass(frozen=True, slots=True)
class Orders:
    """What every router of a rollout is changed by.

    Attributes:
        inventory: Where templates, scripts and state are, without routers.
        terms: What the user said about the change.
        history: Where it is kept, if anywhere.
        handshakes: Held while a session is opened.
    """

    inventory: Inventory
    terms: Terms
    history: History | None
    handshakes: Handshakes


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Plans and changes routers by way of a :class:`~yamaha_ops.actions.crew.Caller`.

    A wish to stop does not travel: a router that was begun is brought to its end.

    Attributes:
        call: Has it done.
        orders: How.
        report: Told afterwards what happened on the way.
    """

    call: Caller
    orders: Orders
    report: Report

    def plan(self, router: Router) -> Plan:
        """Return what :meth:`change` would send, its commands masked.

        Raises: as the :class:`~yamaha_ops.actions.crew.Caller`, and what planning raises.
        """
        return self.call(partial(_planned, orders=self.orders), router)

    def change(self, router: Router, *, approve: Approval, resume_only: bool = False) -> Outcome:
        """Change one router.

        Raises: as :meth:`plan`; with another error than of a lost worker nothing was sent.
        """
        job = partial(
            _changed,
            orders=self.orders,
            approve=approve.of(router.name),
            resume_only=resume_only,
        )
        outcome, events = self.call(job, router)
        for event in events:
            self.report(event)
        return outcome


def _planned(router: Router, *, orders: Orders) -> Plan:
    made = made_here(orders.inventory, router, terms=orders.terms, handshakes=orders.handshakes)
    return replace(made, commands=masked(made.commands))


def _changed(
    router: Router, *, orders: Orders, approve: Approval, resume_only: bool
) -> tuple[Outcome, tuple[Event, ...]]:
    events: list[Event] = []
    outcome = carry_out(
        orders.inventory,
        router,
        approve,
        report=events.append,
        terms=orders.terms,
        keeping=orders.history.keeping(orders.inventory) if orders.history else None,
        resume_only=resume_only,
        handshakes=orders.handshakes,
    )
    return outcome, tuple(event for event in events if event.kind is not Kind.PROGRESS)
