"""`yamaha-ops exporter`: the Prometheus exporter."""

import json
import logging
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from yamaha_ops.cli import _options as options
from yamaha_ops.cli.scrape import ModuleName, PerHost, Timeout, module_named, settings_for
from yamaha_ops.errors import YamahaOpsError
from yamaha_ops.exporter.application import Application
from yamaha_ops.exporter.discovery import target_groups
from yamaha_ops.exporter.fleet import Fleet
from yamaha_ops.exporter.once import write_textfile
from yamaha_ops.exporter.server import DEFAULT_ADDRESS, Server, listen_address
from yamaha_ops.exporter.webconfig import read_web_config
from yamaha_ops.fleet import Backoff, mine
from yamaha_ops.inventory import Router, load

app = typer.Typer(add_completion=False)

_log = logging.getLogger("yamaha_ops.exporter")


@app.command()
def exporter(
    routers: options.Routers = None,
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    labels: options.Labels = None,
    address: Annotated[
        str, typer.Option("--web.listen-address", help="Where to listen, HOST:PORT.")
    ] = DEFAULT_ADDRESS,
    web_config: Annotated[
        Path | None,
        typer.Option("--web.config.file", help="TLS and users, as in Prometheus's own exporters."),
    ] = None,
    background: Annotated[
        float | None,
        typer.Option(
            "--background",
            min=1.0,
            metavar="SECONDS",
            help="Ask every router so often, and serve the last result with its age.",
        ),
    ] = None,
    module: ModuleName = "standard",
    timeout: Timeout = 30.0,
    config_seconds: Annotated[
        float,
        typer.Option(
            "--config-interval",
            min=0.0,
            help="Read configurations so often, in seconds; 0: only where a module asks for it.",
        ),
    ] = 900.0,
    per_host: PerHost = False,
    shard: Annotated[
        str | None,
        typer.Option(
            "--shard",
            help="Only this exporter's share of the routers: 0/3, or a/a,b,c (docs/monitoring.md).",
        ),
    ] = None,
    targets: Annotated[
        Path | None,
        typer.Option(
            "--targets", help="Write a file for file service discovery (- is stdout) and end."
        ),
    ] = None,
    accept_new_host_key: options.AcceptNewHostKey = False,
) -> None:
    """Serve what the routers say to Prometheus. Without names or labels: every router."""
    ours = mine(shard) if shard else _everyone

    def chosen() -> tuple[Router, ...]:
        everything = not (routers or labels)
        known = load(inventory).select(routers or (), labels or (), everything)
        return tuple(router for router in known if ours(router.name))

    if targets:
        _write_targets(targets, chosen())
        return
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(message)s")
    logging.getLogger("paramiko").setLevel(logging.WARNING)
    settings = replace(
        settings_for(
            load(inventory), accept_new_host_key=accept_new_host_key, config_seconds=config_seconds
        ),
        backoff=Backoff(),
    )
    fleet = Fleet(chosen, settings)
    application = Application(
        fleet,
        time,
        default_seconds=timeout,
        background=background is not None,
        per_host=per_host,
    )
    config = read_web_config(web_config) if web_config else None
    server = Server(application, listen_address(address), config)
    fleet.start(every=background, module=module_named(module))
    serving = server.start()
    _log.info("listening on %s", server.url)
    _until_told_to_stop(fleet)
    server.stop()
    serving.join()
    fleet.stop()
    _log.info("stopped")


def _until_told_to_stop(fleet: Fleet) -> None:
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    reload = Event()
    signal.signal(signal.SIGHUP, lambda *_: reload.set())
    while not stop.wait(0.2):
        if reload.is_set():
            reload.clear()
            try:
                fleet.reload()
            except YamahaOpsError as error:
                _log.warning("reload failed: %s", error.explain())


def _everyone(_name: str) -> bool:
    return True


def _write_targets(place: Path, routers: tuple[Router, ...]) -> None:
    text = json.dumps(target_groups(routers), ensure_ascii=False, indent=1) + "\n"
    if str(place) == "-":
        sys.stdout.write(text)
    else:
        write_textfile(place, text.encode())
