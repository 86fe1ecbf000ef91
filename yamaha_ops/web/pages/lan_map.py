"""What hangs on a router: its hosts by interface and port."""

from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from yamaha_ops.facts import LanMap, put_together
from yamaha_ops.status.arp import Arp
from yamaha_ops.status.arp import Entry as Neighbour
from yamaha_ops.status.dhcp import Dhcp, Lease, Scope
from yamaha_ops.web.access.visitor import Visitor, chosen, visitor
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.errors import StoreError
from yamaha_ops.web.page import language_of, page
from yamaha_ops.web.records import duration
from yamaha_ops.web.store.fleet import RouterRecord
from yamaha_ops.web.watch.watch import watch_of

router = APIRouter(include_in_schema=False)

Shared = Annotated[Console, Depends(console)]
Somebody = Annotated[Visitor, Depends(visitor)]


@router.get("/routers/{name}/lan-map")
def show(request: Request, name: str, console: Shared, somebody: Somebody) -> Response:
    """Show the hosts as they were asked for last, else as the last round saw them."""
    entry = chosen(console, somebody, name)
    watch = watch_of(console)
    kept = watch.answers.known(name, "lan-map") if watch else None
    with console.database.reading() as session:
        last = session.get(RouterRecord, name)
    found: LanMap | None = None
    time: float | None = None
    if kept and (last is None or kept.time >= last.time - console.settings.poll_seconds * 5):
        found, time = kept.answer, kept.time
    elif last:
        found, time = from_record(name, last.record), last.time
    return page(
        request,
        somebody,
        "lan_map.html",
        entry=entry,
        found=found,
        time=time,
        asked=kept is not None,
        places=_places(found) if found else [],
        duration=partial(duration, language=language_of(request, somebody)),
    )


@router.post("/routers/{name}/lan-map")
def read(name: str, console: Shared, somebody: Somebody) -> Response:
    """Ask the router now, its own LAN map included."""
    entry = chosen(console, somebody, name)
    watch = watch_of(console)
    if watch is None:
        raise StoreError("this console does not ask routers")
    console.audit(somebody, "router.lan_map", router=entry.name)
    watch.answers.lan_map(entry)
    return RedirectResponse(f"/routers/{entry.name}/lan-map", HTTPStatus.SEE_OTHER)


def from_record(name: str, record: dict[str, Any]) -> LanMap:
    """Return the map that the last round gives: neighbours and leases."""
    records = record.get("records", {})
    arp, dhcp = records.get("show arp"), records.get("show status dhcp")
    return put_together(
        name,
        Arp(tuple(Neighbour(**each) for each in arp["entries"])) if arp else None,
        Dhcp(tuple(_scope(each) for each in dhcp["scopes"])) if dhcp else None,
    )


def _scope(told: dict[str, Any]) -> Scope:
    return Scope(**(told | {"leases": tuple(Lease(**each) for each in told["leases"])}))


def _places(found: LanMap) -> list[tuple[str, list[Any]]]:
    """Return the hosts by where they hang, in the map's order."""
    names = {
        agent.mac_address: agent.about.get("機器名", agent.mac_address) for agent in found.agents
    }
    places: dict[str, list[Any]] = {}
    for host in found.hosts:
        if host.agent:
            place = f"{names.get(host.agent, host.agent)} : {host.agent_port}"
        elif host.interface:
            place = f"{host.interface} : {host.port}" if host.port else host.interface
        else:
            place = ""
        places.setdefault(place, []).append(host)
    return list(places.items())
