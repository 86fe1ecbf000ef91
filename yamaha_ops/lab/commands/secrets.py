"""Passwords and host keys: commands that ask, and what they leave in the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.accounts import encrypted
from yamaha_ops.lab.commands.login import confirmed
from yamaha_ops.lab.fidelity import assumed, documented
from yamaha_ops.lab.messages import Problem, Refusal, Say
from yamaha_ops.lab.paths import write_file
from yamaha_ops.lab.shell import Ask, operation

if TYPE_CHECKING:
    from collections.abc import Generator

    from yamaha_ops.lab.shell import Answer, Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    documented(
        "`login password`, `administrator password` ask, with `encrypted` too", "REF 4.1-4.4"
    ),
    documented("`login user U` without a password asks for one", "REF 4.5"),
    documented(
        "`Old_Password:`, `New_Password:` twice, `Password Strength : ...`",
        "published console text of routers",
    ),
    assumed("The wording of the strength line", "seen, but not published letter by letter"),
    documented("At most 32 named users; password 1..32 characters", "REF 4.5"),
    documented("An empty new administrator password removes it", "REF 4.3"),
    assumed("`sshd host key generate` works at once", "a real one takes minutes (REF 4.69)"),
    documented("`import sshd authorized-keys U` asks for one line", "REF 4.77"),
    documented(
        "`sshd host key generate` over an existing key asks", "published console text of routers"
    ),
)

USERS: Final = 32
LONGEST: Final = 32


def _set_password(kind: str, *, hidden: bool) -> None:
    """Register ``KIND password`` or ``KIND password encrypted``."""

    @operation(f"{kind} password" + (" encrypted" if hidden else ""))
    def change(caller: Caller, words: Words) -> Answer:
        if words:
            raise Refusal(Problem.PARAMETER_COUNT)
        router, accounts = caller.router, caller.router.accounts
        right = accounts.admits_anonymous if kind == "login" else accounts.admits_administrator
        old = yield Ask("Old_Password: ", echo=False)
        if not right(router.view, old):
            raise Refusal(Problem.PASSWORD)
        new = yield from _twice(caller)
        router.set_secret(
            f"{kind} password",
            None if not new else encrypted(new) if hidden else new,
            hidden=hidden,
        )


for _kind in ("login", "administrator"):
    _set_password(_kind, hidden=False)
    _set_password(_kind, hidden=True)


def _twice(caller: Caller) -> Generator[str | Ask, str, str]:
    first = yield Ask("New_Password: ", echo=False)
    second = yield Ask("New_Password: ", echo=False)
    if first != second:
        raise Refusal(Problem.PASSWORD)
    if len(first) > LONGEST:
        raise Refusal(Problem.RANGE)
    if first:
        yield caller.say("Password Strength : Weak", "Password Strength : Weak")
    return first


def _bounded(password: str) -> str:
    if not 1 <= len(password) <= LONGEST:
        raise Refusal(Problem.RANGE)
    return password


@operation("login user")
def login_user(caller: Caller, words: Words) -> Answer:
    """Register a named user: ``login user U [PASSWORD]``, ``login user U encrypted TEXT``."""
    router = caller.router
    match words:
        case (user,):
            stored = encrypted(_bounded((yield from _twice(caller))))
        case (user, "encrypted", stored):
            pass
        case (user, typed) if typed != "encrypted":
            stored = encrypted(_bounded(typed))
        case _:
            raise Refusal(Problem.PARAMETER_COUNT)
    if len(user) > LONGEST:
        raise Refusal(Problem.RANGE)
    others = {found[0] for found in router.view.all("login", "user")} - {user}
    if len(others) >= USERS:
        raise Refusal(Problem.RANGE)
    router.accounts.known.pop(user, None)
    router.execute(f"login user {user} encrypted {stored}")


@operation("import sshd authorized-keys", since="15.02.14")
def import_key(caller: Caller, words: Words) -> Answer:
    """Take one public key of a user: the line is asked for (REF 4.77)."""
    router = caller.router
    if len(words) != 1 or not router.accounts.has_user(router.view, words[0]):
        raise Refusal(Problem.PARAMETER_COUNT)
    line = yield Ask("")
    for directory in ("/ssh", "/ssh/authorized_keys"):
        if directory not in router.rtfs.directories:
            router.rtfs.make_directory(directory)
    path = f"/ssh/authorized_keys/{words[0]}"
    write_file(router, path, router.rtfs.files.get(path, b"") + f"{line}\n".encode())


@operation("sshd host key generate")
def generate_host_key(caller: Caller, words: Words) -> Answer:
    """Make the SSH host key, or a new one."""
    del words
    router = caller.router
    if router.view.first("sshd", "host", "key", "generate") is not None:
        question = Say.GENERATE_AGAIN.text(japanese=caller.japanese)
        if not (yield from confirmed(question)):
            return
    router.renew_host_key()
    router.execute(f"sshd host key generate {router.host_key_text()}")
