"""What the exporter answers, apart from sockets."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from prometheus_client import generate_latest

from yamaha_ops.errors import InventoryError, YamahaOpsError
from yamaha_ops.exporter.discovery import target_groups
from yamaha_ops.exporter.page import page
from yamaha_ops.exporter.pages import landing
from yamaha_ops.health import MODULES, STANDARD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from email.message import Message

    from yamaha_ops.exporter.fleet import Fleet
    from yamaha_ops.exporter.scrape import Scrape
    from yamaha_ops.health.collecting import Clock

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PLAIN = "text/plain; charset=utf-8"
_HTML = "text/html; charset=utf-8"
_JSON = "application/json"

TIMEOUT_HEADER = "X-Prometheus-Scrape-Timeout-Seconds"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP answer."""

    status: int
    type: str
    body: bytes


def _plain(status: int, message: str) -> Response:
    return Response(status, _PLAIN, f"{message}\n".encode())


@dataclass(frozen=True, slots=True)
class Application:
    """Paths to answers.

    Attributes:
        fleet: The routers.
        clock: For the age of results.
        default_seconds: How long a probe may take where nothing says so.
        margin_seconds: Taken off the scraper's time-out, for the way back.
        background: Whether routers are asked on a schedule: probes then give the last result, and
            ``/metrics`` has all routers.
        per_host: Whether to give a series for each host of a LAN.
    """

    fleet: Fleet
    clock: Clock
    default_seconds: float = 30.0
    margin_seconds: float = 0.5
    background: bool = False
    per_host: bool = False

    def respond(self, method: str, target: str, headers: Message) -> Response:
        """Answer one request.

        Args:
            method: ``GET``, ``HEAD``, ``POST`` or ``PUT``.
            target: Path and query.
            headers: As the HTTP server read them.
        """
        parts = urlsplit(target)
        if parts.path == "/-/reload":
            return self._reload(method)
        if method not in {"GET", "HEAD"}:
            return _plain(405, "only GET is allowed here")
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        pages: dict[str, Callable[[], Response]] = {
            "/": lambda: Response(
                200, _HTML, landing(self.fleet.targets, self.clock.time()).encode()
            ),
            "/metrics": self._metrics,
            "/probe": lambda: self._probe(query, headers),
            "/sd": self._discovery,
            "/-/ready": lambda: _plain(200, "ready"),
            "/-/healthy": lambda: _plain(200, "healthy"),
        }
        page = pages.get(parts.path)
        return page() if page else _plain(404, f"there is no {parts.path}; try /")

    def _metrics(self) -> Response:
        self.fleet.count_sessions()
        body = generate_latest(self.fleet.own.registry)
        if self.background:
            body += self._text(self.fleet.known())
        return Response(200, METRICS_TYPE, body)

    def _probe(self, query: dict[str, str], headers: Message) -> Response:
        name = query.get("target", "")
        module = MODULES.get(query.get("module", STANDARD.name))
        if not name or module is None:
            known = ", ".join(MODULES)
            return _plain(400, f"say /probe?target=ROUTER&module=MODULE; the modules are {known}")
        try:
            if self.background:
                scrape = self.fleet.target(name).last
                if scrape is None:
                    return _plain(503, f"{name} has not been asked yet")
            else:
                scrape = self.fleet.probe(name, module, self._seconds(headers))
        except InventoryError as error:
            return _plain(404, str(error))
        return Response(200, METRICS_TYPE, self._text([scrape]))

    def _text(self, scrapes: Iterable[Scrape]) -> bytes:
        now = self.clock.time()
        aged = [replace(scrape, age=now - scrape.time) for scrape in scrapes]
        return page(aged, per_host=self.per_host)

    def _seconds(self, headers: Message) -> float:
        """Return how long a probe may take: what Prometheus waits, less a margin."""
        try:
            told = float(headers.get(TIMEOUT_HEADER) or self.default_seconds)
        except ValueError:
            told = self.default_seconds
        return max(min(told, 600.0) - self.margin_seconds, self.margin_seconds)

    def _discovery(self) -> Response:
        groups = target_groups(target.router for target in self.fleet.targets)
        return Response(200, _JSON, json.dumps(groups, ensure_ascii=False).encode())

    def _reload(self, method: str) -> Response:
        if method not in {"POST", "PUT"}:
            return _plain(405, "say it with POST or PUT")
        try:
            self.fleet.reload()
        except YamahaOpsError as error:
            _log.error("reload failed: %s", error)
            return _plain(500, error.explain())
        return _plain(200, "reloaded")
