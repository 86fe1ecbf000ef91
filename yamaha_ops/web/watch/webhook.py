"""Alarms to a program: one JSON document by POST, signed."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any, Final

import httpx

from yamaha_ops import __version__
from yamaha_ops.errors import ConnectError
from yamaha_ops.web.watch.wording import title

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from yamaha_ops.web.settings import Told, Webhook

SECONDS: Final = 10.0
"""How long a receiver may take."""

SIGNATURE: Final = "X-Yamaha-Ops-Signature"
"""``sha256=`` and the HMAC of the body; ``sent`` in the body tells an old one that is repeated."""


class WebhookReceiver:
    """A program that the settings name.

    Args:
        webhook: Its address and key.
        console: What the console is called.
        address: Where the console is, for a link.
        now: Seconds since 1970.
    """

    together = 1

    def __init__(
        self, webhook: Webhook, *, console: str, address: str | None, now: Callable[[], float]
    ) -> None:
        self.name = f"webhook {webhook.name}"
        self._webhook = webhook
        self._console = console
        self._address = address
        self._now = now

    @property
    def told(self) -> Told:
        """Of which alarms."""
        return self._webhook

    def send(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """Post each message.

        Raises:
            ConnectError: The receiver cannot be reached, or does not say that it took it.
            SecretError: The key is not there.
        """
        for message in messages:
            self._post(json.dumps(self.body(message), ensure_ascii=False).encode())

    def body(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return the document for one message."""
        alarm = message["alarm"]
        link = f"{self._address}/routers/{alarm['router']}" if self._address else None
        return {
            "event": message["event"],
            "console": self._console,
            "sent": round(self._now(), 3),
            "title": f"{alarm['router']}: {title('en', alarm)}",
            "url": link,
            "alarm": alarm,
        }

    def _post(self, body: bytes) -> None:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"yamaha-ops/{__version__}",
        }
        if self._webhook.secret:
            key = self._webhook.secret.resolve().encode()
            headers[SIGNATURE] = f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}"
        try:
            answer = httpx.post(self._webhook.url, content=body, headers=headers, timeout=SECONDS)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ConnectError(f"{self.name} cannot be reached ({type(error).__name__})") from error
        if not answer.is_success:
            raise ConnectError(f"{self.name} answered {answer.status_code}")
