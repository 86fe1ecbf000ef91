"""Small answers: RTFS, copyright, host key fingerprint, boot information, connections."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.console.screen import pad
from yamaha_ops.lab.fidelity import assumed, documented
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import operation
from yamaha_ops.lab.storage import RTFS_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    documented("`show status rtfs`, Japanese", "REF 58.62"),
    assumed("`show status rtfs` in English", "never seen"),
    documented("`show sshd public key fingerprint`: kind, bits, MD5", "REF 57.12"),
    assumed(
        "`show sshd host key type=fingerprint sha256` prints `ssh-rsa 2048 SHA256:...`", "REF 4.70"
    ),
    assumed(
        "`show ip connection summary`: `Total Session: N  Total Channel: N`", "published pattern"
    ),
    assumed("`show status boot` and `show copyright` print one line", "no genuine text seen"),
)


def _alone(words: Words) -> None:
    if words:
        raise Refusal(Problem.PARAMETER_COUNT)


@operation("show status rtfs", administrator=False)
def show_status_rtfs(caller: Caller, words: Words) -> Iterator[str]:
    """Print what the RTFS holds and can take."""
    _alone(words)
    rtfs, say = caller.router.rtfs, caller.say
    octets = say("bytes", "バイト")
    for en, ja, width, value in (
        ("Capacity", "容量", 18, f"{RTFS_BYTES} {octets}"),
        ("Free", "空き容量", 19, f"{rtfs.free()} {octets}"),
        ("Entries left", "作成可能エントリ数", 20, str(rtfs.entries_left())),
        ("Files", "ファイル数", 19, str(len(rtfs.files))),
        ("Directories", "ディレクトリ数", 19, str(len(rtfs.directories) - 1)),
    ):
        yield f"{pad(say(en, ja), width)}: {value}"


@operation("show copyright", administrator=False)
def show_copyright(caller: Caller, words: Words) -> Iterator[str]:
    """Print the copyright line."""
    del caller
    _alone(words)
    yield "Copyright (c) 1994-2021 Yamaha Corporation. All Rights Reserved."


@operation("show status boot", administrator=False)
def show_status_boot(caller: Caller, words: Words) -> Iterator[str]:
    """Print why the router started last."""
    del words
    yield caller.router.boot_cause


@operation("show sshd public key fingerprint", administrator=False)
def show_fingerprint(caller: Caller, words: Words) -> Iterator[str]:
    """Print the host key's MD5 fingerprint."""
    _alone(words)
    blob = caller.router.public_key()
    digest = hashlib.md5(blob, usedforsecurity=False).hexdigest()
    pairs = ":".join(digest[index : index + 2] for index in range(0, len(digest), 2))
    yield f"ssh-rsa 2048 {pairs}"


@operation("show sshd host key", administrator=False, since="15.02.14")
def show_host_key(caller: Caller, words: Words) -> Iterator[str]:
    """Print the host key's SHA-256 fingerprint: ``type=fingerprint sha256``."""
    if words != ("type=fingerprint", "sha256"):
        raise Refusal(Problem.KEYWORD)
    digest = hashlib.sha256(caller.router.public_key()).digest()
    yield f"ssh-rsa 2048 SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


@operation("show ip connection summary", "show ipv6 connection summary", administrator=False)
def show_connection_summary(caller: Caller, words: Words) -> Iterator[str]:
    """Print how many sessions dynamic filters hold: none here."""
    del caller
    _alone(words)
    yield "Total Session: 0  Total Channel: 0"
