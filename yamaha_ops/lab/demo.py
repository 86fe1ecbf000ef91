"""`make demo`: an emulated router from its factory state to a verified MAP-E line, in one go.

Everything is real but the router: the shipped inventory and templates, SSH on loopback, and the
same `yamaha-ops` commands that a user types.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from yamaha_ops.inventory import load
from yamaha_ops.lab import Lab

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Run the demo; return the exit code of the first command that failed, or 0."""
    home = load(ROOT / "inventory.yaml").router("home")
    password, administrator = (secrets.token_urlsafe(12) for _ in range(2))
    with tempfile.TemporaryDirectory(prefix="yamaha-ops-demo-") as state, Lab() as lab:
        lab.start(
            "home",
            port=home.port,
            user=home.login.user,
            password=password,
            administrator_password=administrator,
        )
        _say(f"An emulated RTX830 in its factory state listens on {home.host}:{home.port}.")
        environment = {
            **os.environ,
            "YAMAHA_OPS_STATE": state,
            "YAMAHA_OPS_HOME_PASSWORD": password,
            "YAMAHA_OPS_HOME_ADMINISTRATOR_PASSWORD": administrator,
        }
        for words, comment in STEPS:
            _say(comment)
            code = _run(words, environment)
            if code:
                return code
    _say("The router is stopped. Next: README.md, and inventory.yaml for a router of your own.")
    return 0


TELLING = (
    "yamaha_up",
    "yamaha_device_info",
    "yamaha_cpu_",
    "yamaha_memory_",
    "yamaha_tunnel_up",
    "yamaha_ipv6_address_",
    "yamaha_nat_sessions",
    "yamaha_mape_",
    "yamaha_dhcp_scope_",
    "yamaha_default_routes",
)
"""Metrics worth a look in a minute; the rest is counted."""

STEPS = (
    (
        ("apply", "home", "--yes", "--accept-new-host-key"),
        "Bring it to what inventory.yaml says: plan, guard, send, verify, confirm, save.",
    ),
    (("apply", "home"), "Again: nothing is left to do."),
    (("scrape", "home"), "One round of metrics, those of the line picked out."),
)


def _run(words: tuple[str, ...], environment: dict[str, str]) -> int:
    sys.stdout.write(f"$ yamaha-ops {' '.join(words)}\n")
    sys.stdout.flush()
    metrics = words[0] == "scrape"
    done = subprocess.run(  # noqa: S603 -- our own words
        [sys.executable, "-m", "yamaha_ops", *words],
        cwd=ROOT,
        env=environment,
        check=False,
        text=True,
        stdout=subprocess.PIPE if metrics else None,
    )
    if metrics:
        samples = [line for line in done.stdout.splitlines() if not line.startswith("#")]
        telling = [line for line in samples if line.startswith(TELLING)]
        sys.stdout.write("\n".join(telling) + f"\n... and {len(samples) - len(telling)} more\n")
    return done.returncode


def _say(text: str) -> None:
    sys.stdout.write(f"\n# {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
