"""Coming in, going up, going out: ``administrator``, ``exit``, selections, other sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.accounts import attribute
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.messages import Problem, Refusal, Say
from yamaha_ops.lab.shell import Ask, operation

if TYPE_CHECKING:
    from collections.abc import Generator

    from yamaha_ops.lab.console import Console
    from yamaha_ops.lab.shell import Answer, Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    recorded(
        "`administrator` asks `Password: ` in English in both languages",
        "published console text of routers",
    ),
    recorded("A wrong administrator password leaves `> `", "published console text of routers"),
    assumed("A user with `administrator=off` gets the error of administrator commands", "REF 4.10"),
    documented("`exit` leaves administrator level first, then logs out; `exit save`", "REF 56.3.2"),
    recorded("The save question takes one key", "netmiko answers N without Enter"),
    documented("`pp select` and `tunnel select` are open to ordinary users", "REF 56.1, 56.2"),
    documented("`disconnect user` ends another session, never the own one", "REF 4.11"),
    recorded(
        "`Login succeeded for ...`, `'administrator' succeeded for ...` in the log",
        "RTX1300/show_log",
    ),
    assumed(
        "Numbers outside 1..30 (pp) and 1..20 (tunnel) are out of range", "limits of REF 1.6, 1.8"
    ),
)

LIMITS: Final = {"pp": 30, "tunnel": 20}
"""RTX830 without extension licence (REF 1.6, 1.8)."""


def console_of(caller: Caller) -> Console:
    """Return the caller's console.

    Raises:
        Refusal: There is none (scheduler, Lua).
    """
    if caller.console is None:
        raise Refusal(Problem.NOT_INTERACTIVE)
    return caller.console


def confirmed(question: str) -> Generator[str | Ask, str, bool]:
    """Ask until Y or N is pressed, show the key, and return whether it was Y."""
    key = yield Ask(question, key=True)
    while key not in "yYnN":
        key = yield Ask("", key=True)
    yield key
    return key in "yY"


@operation("administrator", administrator=False)
def become_administrator(caller: Caller, words: Words) -> Answer:
    """Go up to administrator level."""
    if words:
        raise Refusal(Problem.PARAMETER_COUNT)
    console, router = console_of(caller), caller.router
    if attribute(router.view, console.user, "administrator", "on") == "off":
        raise Refusal(Problem.ADMINISTRATOR_ONLY)
    password = yield Ask("Password: ", echo=False)
    who = f"{console.service}: {console.peer.address} {console.user}".rstrip()
    if not router.accounts.admits_administrator(router.view, password):
        router.log.add(f"'administrator' failed for {who}")
        raise Refusal(Problem.PASSWORD)
    console.administrator = True
    router.log.add(f"'administrator' succeeded for {who}")


@operation("exit", "quit", administrator=False)
def leave(caller: Caller, words: Words) -> Answer:
    """Go down one level, or out."""
    if words not in {(), ("save",)}:
        raise Refusal(Problem.PARAMETER_COUNT)
    console, router = console_of(caller), caller.router
    if not console.administrator:
        console.log_out()
        return
    wanted = words == ("save",)
    if not wanted and router.changed:
        wanted = yield from confirmed(Say.SAVE_QUESTION.text(japanese=caller.japanese))
    if wanted:
        slot = router.save(by=console.service)
        console.rollback.accept()
        yield Say.SAVED.text(japanese=caller.japanese).format(slot=slot)
    console.administrator = False


def _selector(kind: str) -> None:
    """Register ``KIND select N``: it changes the console's context, not the configuration."""

    @operation(f"{kind} select", administrator=False)
    def select(caller: Caller, words: Words) -> Answer:
        if len(words) != 1:
            raise Refusal(Problem.PARAMETER_COUNT)
        console = console_of(caller)
        choice = words[0]
        if choice == "none":
            console.context = ""
        elif kind == "pp" and choice == "anonymous":
            console.context = "ppanonymous"
        elif not choice.isdigit():
            raise Refusal(Problem.INTEGER)
        elif not 1 <= int(choice) <= LIMITS[kind]:
            raise Refusal(Problem.RANGE)
        else:
            console.context = f"{kind}{int(choice)}"
        yield from ()

    @operation(f"no {kind} select", administrator=False)
    def select_none(caller: Caller, words: Words) -> Answer:
        del words
        console_of(caller).context = ""
        yield from ()


for _kind in LIMITS:
    _selector(_kind)


@operation("disconnect user")
def disconnect_user(caller: Caller, words: Words) -> Answer:
    """End other sessions: ``disconnect user NAME``, ``NAME/ssh1`` or ``/ssh1``."""
    if len(words) != 1:
        raise Refusal(Problem.PARAMETER_COUNT)
    user, _, session = words[0].partition("/")
    others = [
        console
        for console in caller.router.consoles
        if console is not caller.console
        and (not user or console.user == user)
        and (not session or session in {console.name, console.peer.service})
    ]
    if not others:
        raise Refusal(Problem.NO_SUCH_SESSION)
    for console in others:
        console.disconnect()
    yield from ()
