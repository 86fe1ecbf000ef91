"""Live pages: what changed is told to whom it concerns, and nothing while nothing changes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

import pytest

from tests.web.conftest import HOST
from yamaha_ops.web import live
from yamaha_ops.web.app import create_app
from yamaha_ops.web.live import MOST_STREAMS, Hub, Stream, messages

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.web.conftest import Browser
    from yamaha_ops.web.console import Console

ENOUGH = 30.0
"""Seconds that a test waits for what must come at once."""


@pytest.fixture(autouse=True)
def _no_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_GAPS", {})
    monkeypatch.setattr(live, "_GAP", 0.0)


def test_a_stream_tells_what_it_follows_and_wakes_for_nothing_else() -> None:
    async def scenario() -> None:
        hub = Hub()
        async with Stream(hub, ["fleet", "router-tokyo"]) as stream:
            for _ in range(1000):
                hub.publish("router-osaka")
            assert not stream._event.is_set()
            assert await stream.next(0) == frozenset()
            hub.publish("fleet")
            hub.publish("router-tokyo")
            hub.publish("fleet")
            assert await stream.next(ENOUGH) == {"fleet", "router-tokyo"}
            assert await stream.next(0) == frozenset()

    asyncio.run(scenario())


def test_another_thread_wakes_a_stream_that_waits() -> None:
    async def scenario() -> frozenset[str]:
        hub = Hub()
        async with Stream(hub, ["fleet"]) as stream:
            waiting = asyncio.ensure_future(stream.next(ENOUGH))
            await asyncio.sleep(0)
            await asyncio.to_thread(hub.publish, "fleet")
            return await waiting

    assert asyncio.run(scenario()) == {"fleet"}


def test_changes_of_one_topic_come_with_a_gap_and_the_last_one_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "_GAP", 0.05)

    async def scenario() -> float:
        hub = Hub()
        told = []
        async with Stream(hub, ["fleet"]) as stream:
            for _ in range(2):
                hub.publish("fleet")
                assert await stream.next(ENOUGH) == {"fleet"}
                told.append(stream._sent["fleet"])
        return told[1] - told[0]

    assert asyncio.run(scenario()) >= 0.05


def test_what_changed_between_page_and_stream_is_not_missed() -> None:
    async def scenario() -> None:
        hub = Hub()
        hub.publish("fleet")
        mark = hub.mark
        async with Stream(hub, ["fleet", "alarms"], since=mark) as quiet:
            assert await quiet.next(0) == frozenset()
        hub.publish("alarms")
        async with Stream(hub, ["fleet", "alarms"], since=mark) as late:
            assert await late.next(ENOUGH) == {"alarms"}
        for nonsense in ("", "x", "1-2-3", f"{mark}0x"):
            async with Stream(hub, ["fleet"], since=nonsense) as strange:
                assert await strange.next(ENOUGH) == {"fleet"}
        async with Stream(Hub(), ["fleet"], since=mark) as restarted:
            assert await restarted.next(ENOUGH) == {"fleet"}

    asyncio.run(scenario())


def test_what_is_about_a_router_is_told_to_whoever_sees_it() -> None:
    async def scenario() -> None:
        hub = Hub()
        async with Stream(hub, ["fleet"], allows=lambda name: name == "osaka") as stream:
            hub.publish("fleet", "tokyo")
            assert await stream.next(0) == frozenset()
            hub.publish("fleet", "osaka")
            assert await stream.next(ENOUGH) == {"fleet"}

    asyncio.run(scenario())


def test_messages_carry_topics_and_a_mark_then_a_heartbeat_and_end() -> None:
    async def scenario() -> list[str]:
        hub = Hub()
        stream = Stream(hub, ["fleet"])
        written: list[str] = []
        async for message in messages(stream, hub, heartbeat=0.0, longest=ENOUGH):
            written.append(message)
            if len(written) == 1:
                hub.publish("fleet")
            if len(written) == 3:
                hub.close()
        assert hub.streams == 0
        return written

    first, told, alive, *rest = asyncio.run(scenario())
    assert first.startswith("retry: ")
    assert "\ndata: fleet\n\n" in told
    assert told.startswith("id: ")
    assert alive.startswith(":")
    assert rest == []


def test_a_stream_ends_by_itself_so_that_rights_are_looked_at_again() -> None:
    async def scenario() -> int:
        hub = Hub()
        return len([m async for m in messages(Stream(hub, ["fleet"]), hub, longest=0.0)])

    assert asyncio.run(scenario()) == 1


def test_the_hub_forgets_topics_of_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_REMEMBERED", 10)
    hub = Hub()
    for number in range(100):
        hub.publish(f"change-{number}")
    assert len(hub._last) == 10


# --- over HTTP ------------------------------------------------------------------------------------


class Follower:
    """Asks the application for a stream, and reads what comes."""

    def __init__(self, app: Any, path: str, cookies: str) -> None:
        place, _, query = path.partition("?")
        self.scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": place,
            "raw_path": place.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [
                (b"host", HOST.removeprefix("http://").encode()),
                (b"cookie", cookies.encode()),
            ],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 9833),
        }
        self.app = app
        self.status = 0
        self.got: asyncio.Queue[str] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self.task = asyncio.create_task(self.app(self.scope, self._receive, self._send))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.gone.set()
        assert self.task
        with suppress(TimeoutError):
            await asyncio.wait_for(self.task, ENOUGH)

    async def next(self) -> str:
        return await asyncio.wait_for(self.got.get(), ENOUGH)

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message.get("body"):
            self.got.put_nowait(message["body"].decode())


@pytest.fixture
def follow(
    console: Console, signed_in: Callable[[str], Browser]
) -> Callable[[str, str], Callable[[], Follower]]:
    """Give what makes a follower for a user, once a loop runs."""
    app = create_app(console)

    def prepared(user: str, path: str) -> Callable[[], Follower]:
        jar = signed_in(user).client.cookies
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar.jar)
        return lambda: Follower(app, path, cookies)

    return prepared


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    async def whole() -> None:
        await scenario()

    asyncio.run(whole())


def test_a_page_is_told_over_http_and_leaves(
    console: Console, follow: Callable[[str, str], Callable[[], Follower]]
) -> None:
    begin = follow("vera", f"/live?topics=fleet,router-tokyo&since={console.hub.mark}")

    async def scenario() -> None:
        async with begin() as follower:
            assert (await follower.next()).startswith("retry:")
            assert follower.status == 200
            console.hub.publish("router-tokyo", "tokyo")
            assert "data: router-tokyo" in await follower.next()
            assert console.hub.streams == 1
        assert console.hub.streams == 0

    run(scenario)


def test_the_end_of_the_console_ends_its_streams(
    console: Console, follow: Callable[[str, str], Callable[[], Follower]]
) -> None:
    begin = follow("vera", "/live?topics=fleet")

    async def scenario() -> None:
        async with begin() as follower:
            await follower.next()
            console.hub.close()
            assert follower.task
            await asyncio.wait_for(asyncio.shield(follower.task), ENOUGH)

    run(scenario)


def test_one_visitor_has_only_so_many_streams(
    console: Console, signed_in: Callable[[str], Browser]
) -> None:
    browser = signed_in("vera")
    console.hub._owners[1] = MOST_STREAMS
    answer = browser.get("/live?topics=fleet")
    assert answer.status_code == 429
    assert "Retry-After" in answer.headers


@pytest.mark.parametrize(
    ("user", "topics", "status"),
    [
        ("olga", "router-tokyo", 403),  # not hers
        ("olga", "router-nowhere", 403),  # the same answer
        ("vera", "secrets", 403),
        ("vera", "", 403),
        ("vera", ",".join(f"router-{n}" for n in range(60)), 429),
    ],
)
def test_nobody_follows_what_is_not_theirs(
    signed_in: Callable[[str], Browser], user: str, topics: str, status: int
) -> None:
    assert signed_in(user).get(f"/live?topics={topics}").status_code == status


def test_nobody_follows_without_a_login(browser: Callable[[], Browser]) -> None:
    assert browser().get("/live?topics=fleet").status_code == 401
