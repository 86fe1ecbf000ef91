"""Which SSH algorithms are offered: the best first, old ones last, the oldest only when asked.

No RTX830's own list has been published. What is known (docs/console.md has the reasoning): its
ciphers are AES in counter mode unless set otherwise (REF 4.71), its host key is RSA (REF 4.69), and
an RTX1210 of the same firmware family could sign with ``ssh-rsa`` (SHA-1) only. So ``ssh-rsa``,
``diffie-hellman-group14-sha1`` and ``hmac-sha1`` stay on offer, and negotiation takes them last.
"""

from __future__ import annotations

from typing import Final

from paramiko import Transport

_LEGACY: Final = {
    "kex": frozenset({"diffie-hellman-group-exchange-sha1", "diffie-hellman-group1-sha1"}),
    "ciphers": frozenset({"aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc"}),
    "macs": frozenset({"hmac-md5", "hmac-sha1-96", "hmac-md5-96"}),
}
"""Broken or near it (RFC 9142, RFC 8758): only with ``legacy_algorithms: true``."""


def disabled(*, legacy: bool, pinned: frozenset[str] = frozenset()) -> dict[str, list[str]]:
    """Return paramiko's ``disabled_algorithms``.

    Args:
        legacy: Whether the router's inventory entry asks for the oldest algorithms.
        pinned: Host key types on record; a key of another type is then not even negotiated, so a
            router with several host keys always shows the one that can be compared.
    """
    off = {} if legacy else {kind: sorted(names) for kind, names in _LEGACY.items()}
    if pinned:
        off["keys"] = sorted(
            name for name in _host_key_algorithms() if _key_type(name) not in pinned
        )
    return off


def _host_key_algorithms() -> tuple[str, ...]:
    # The only list there is; the published type information leaves it out.
    return tuple(vars(Transport)["_preferred_keys"])


def _key_type(algorithm: str) -> str:
    return "ssh-rsa" if algorithm.startswith("rsa-sha2-") else algorithm
