"""The pages of the fleet, of a router, of alarms and of the LAN, and the same by the API."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from tests.health.conftest import ANSWERS
from tests.web.watching import Bench, Network
from yamaha_ops import status
from yamaha_ops.actions.statuses import as_json
from yamaha_ops.errors import AuthenticationError
from yamaha_ops.health import STANDARD, collect
from yamaha_ops.status import as_json as record_as_json
from yamaha_ops.status import parse
from yamaha_ops.web.graphs import Series, graph, nice
from yamaha_ops.web.pages import fleet as fleet_page
from yamaha_ops.web.records import blocks, duration, shown, size, speed
from yamaha_ops.web.store.fleet import Alarm, RouterState, Sample
from yamaha_ops.web.watch import overview
from yamaha_ops.web.watch.tabs import TABS
from yamaha_ops.web.words import LANGUAGES, words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.conftest import Browser, SteppedClock
    from yamaha_ops.web.console import Console

MANY = 300
MOST_BYTES = 300_000


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def bench(console: Console, clock: SteppedClock, network: Network) -> Bench:
    made = Bench(console, clock, network)
    made.ask()
    made.keep()
    return made


def alarm(console: Console, router: str = "tokyo", **more: Any) -> int:
    fields = {
        "rule": "YamahaTunnelDown",
        "subject": "1",
        "severity": "critical",
        "value": 0.0,
        "opened": console.now() - 600,
        "note": "",
        **more,
    }
    made = Alarm(router=router, **fields)
    with console.database.session() as session:
        session.add(made)
    return made.id


def rows_of(html: str) -> list[str]:
    """Return the routers of the fleet table, in its order."""
    return re.findall(r'<th scope="row"><a href="/routers/([^"]+)"', html)


# --- the fleet ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("bench")
def test_every_router_has_a_row(signed_in: Callable[[str], Browser]) -> None:
    html = signed_in("vera").get("/").text
    assert rows_of(html) == ["osaka", "tokyo"]
    assert html.count(">Online<") == 2
    assert "120 / 240" in html
    assert "Rev.15.02.30" in html


@pytest.mark.usefixtures("bench")
def test_a_visitor_sees_only_their_routers(signed_in: Callable[[str], Browser]) -> None:
    olga = signed_in("olga")
    for path in ("/", "/fragments/fleet", "/?q=tokyo", "/?label=site%3Dtokyo", "/alarms"):
        assert "tokyo" not in re.sub(
            r'value="[^"]*"|href="/\?[^"]*"|data-fragment="[^"]*"', "", olga.get(path).text
        )
    for path in ("/routers/tokyo", "/fragments/routers/tokyo", "/routers/tokyo/lan-map"):
        assert olga.get(path).status_code == 404
        assert olga.get(path.replace("tokyo", "nowhere")).status_code == 404
    assert olga.get("/routers/osaka").status_code == 200


@pytest.mark.usefixtures("bench")
def test_the_form_filters_without_a_script(
    console: Console, signed_in: Callable[[str], Browser]
) -> None:
    alarm(console, "osaka")
    browser = signed_in("vera")
    for query, expected in (
        ("q=TOK", ["tokyo"]),
        ("q=rtx830 osaka", ["osaka"]),
        ("q=site%3Dosaka", ["osaka"]),
        ("q=127.0.0.1", ["tokyo"]),
        ("q=nothing", []),
        ("label=site%3Dtokyo", ["tokyo"]),
        ("label=site%3Dtokyo&label=site%3Dosaka", ["osaka", "tokyo"]),
        ("show=alarms", ["osaka"]),
        ("show=trouble", ["osaka"]),
        ("show=away", []),
        ("sort=name&down=true", ["tokyo", "osaka"]),
        ("sort=alarms", ["osaka", "tokyo"]),
        ("page=99", ["osaka", "tokyo"]),
    ):
        assert rows_of(browser.get(f"/?{query}").text) == expected, query
        assert rows_of(browser.get(f"/fragments/fleet?{query}").text) == expected, query
    assert browser.get("/?sort=nonsense").status_code == 422


@pytest.mark.parametrize("sort", list(overview.Sort))
@pytest.mark.usefixtures("bench")
def test_rows_can_be_sorted_by_every_column(
    signed_in: Callable[[str], Browser], sort: overview.Sort
) -> None:
    browser = signed_in("vera")
    up, down = (rows_of(browser.get(f"/?sort={sort}&down={way}").text) for way in ("false", "true"))
    assert up == down[::-1]
    assert 'aria-sort="ascending"' in browser.get(f"/?sort={sort}").text


def test_an_address_holds_what_was_chosen_and_nothing_else() -> None:
    query = overview.Query(words=("a", "b"), labels=("site=x y",), page=3)
    assert fleet_page.address(query, page=3) == "/?q=a+b&label=site%3Dx+y&page=3"
    assert fleet_page.address(query, sort=overview.Sort.LINE) == (
        "/?q=a+b&label=site%3Dx+y&sort=line"
    )
    assert fleet_page.address(overview.Query()) == "/"


def test_many_routers_are_small_pages(
    console: Console, inventory_file: Path, signed_in: Callable[[str], Browser]
) -> None:
    lines = ["routers:"]
    for number in range(MANY):
        lines += [
            f"  branch-of-a-long-name-{number:04}:",
            f"    host: 10.0.{number // 250}.{number % 250}",
            f"    labels: {{site: site-{number % 50:03}, region: region-{number % 8}}}",
        ]
    inventory_file.write_text("\n".join(lines), encoding="utf-8")
    with console.database.session() as session:
        for name in console.inventory().routers:
            session.add(state(name, console.now()))
    browser = signed_in("vera")
    for path in ("/", "/?page=3", "/?q=branch", "/fragments/fleet?sort=ports"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert len(answer.content) < MOST_BYTES
        assert len(rows_of(answer.text)) == overview.PAGE
    assert f"{MANY} of {MANY} routers" in browser.get("/", headers={"Accept-Language": "en"}).text


def state(name: str, now: float) -> RouterState:
    return RouterState(
        router=name,
        reach="online",
        reach_since=now,
        checked=now,
        last_contact=now,
        model="RTX830",
        firmware="Rev.15.02.31",
        serial="M4A000000",
        line="down",
        ports=240,
        sessions=239,
        unsaved=True,
        drift=12,
        remembered={},
    )


# --- one router -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("bench")
def test_every_tab_shows_records_in_both_languages(
    signed_in: Callable[[str], Browser], language: str
) -> None:
    browser = signed_in("vera")
    headers = {"Accept-Language": language}
    for tab in TABS:
        html = browser.get(f"/routers/tokyo?tab={tab.name}", headers=headers).text
        assert words(language)[f"tab.{tab.name}"] in html
        assert not re.search(r">[a-z_]+\.[a-z_]+<", html), tab  # a key that has no word
    assert browser.get("/routers/tokyo?tab=nonsense").status_code == 404
    nat = browser.get("/routers/tokyo?tab=nat", headers=headers).text
    assert "4880-4895, 8976-8991" in nat
    assert "show nat descriptor address" in nat


@pytest.mark.usefixtures("bench")
def test_the_overview_has_line_picture_and_graphs(
    console: Console, signed_in: Callable[[str], Browser]
) -> None:
    with console.database.session() as session:
        for minute in range(1, 600):
            session.add(
                Sample(
                    router="tokyo",
                    time=console.now() - minute * 60,
                    cpu=0.5,
                    memory=0.2,
                    sessions=minute % 200,
                    ports=240,
                    traffic={"TUNNEL[1]": [1e6, 1e5]},
                )
            )
    browser = signed_in("vera")
    html = browser.get("/routers/tokyo").text
    assert "240b:10:0:3100::/" in html
    assert html.count('<svg class="graph"') == 3
    assert html.count("<details><summary>") >= 3
    assert "TUNNEL[1]" in html
    picture = browser.get("/routers/tokyo/mape.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in picture.headers["content-security-policy"]
    ET.fromstring(picture.text)  # noqa: S314 -- our own


def test_a_router_that_never_answered_has_a_page_too(
    console: Console,
    clock: SteppedClock,
    network: Network,
    signed_in: Callable[[str], Browser],
) -> None:
    network.fails["tokyo"] = AuthenticationError("the router refused the password")
    bench = Bench(console, clock, network)
    browser = signed_in("vera")
    assert browser.get("/routers/tokyo").status_code == 200
    bench.ask()
    bench.keep()
    html = browser.get("/routers/tokyo").text
    assert "the router refused the password" in html
    assert browser.get("/routers/tokyo/mape.svg").status_code == 404
    assert browser.get("/routers/tokyo/lan-map").status_code == 200


def test_read_now_asks_and_the_page_says_so_meanwhile(
    bench: Bench, signed_in: Callable[[str], Browser]
) -> None:
    browser = signed_in("vera")
    answer = browser.post("/routers/tokyo/read", {"tab": "nat"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/routers/tokyo?tab=nat")
    assert "Communicating" in browser.get("/routers/tokyo").text
    assert bench.ask() == 1
    assert "Communicating" not in browser.get("/routers/tokyo").text


def test_what_no_round_asks_is_asked_on_request_and_its_secrets_are_masked(
    bench: Bench, network: Network, signed_in: Callable[[str], Browser]
) -> None:
    del bench
    network.say("tokyo", "show techinfo", "login password topsecret\npp auth myname me hunter2\n")
    network.say("tokyo", "show log reverse", "2027/01/15 08:00:00: [LUA] done\n")
    otto = signed_in("otto")
    for tab in ("techinfo", "log"):
        assert otto.post("/routers/tokyo/ask", {"tab": tab}).status_code == 303
    report = otto.get("/routers/tokyo?tab=techinfo").text
    assert "login password *" in report
    for text in (report, otto.get("/routers/tokyo/techinfo.txt").text):
        assert "topsecret" not in text
        assert "hunter2" not in text
    log = otto.get("/routers/tokyo?tab=log").text
    assert "<td>[LUA] done</td>" in log or "[LUA] done" in log
    assert not any(
        each.usable
        for each in network.opened
        if each.router == "tokyo" and "show techinfo" in each.asked
    )
    assert signed_in("vera").post("/routers/tokyo/ask", {"tab": "techinfo"}).status_code == 403
    assert otto.post("/routers/tokyo/ask", {"tab": "nat"}).status_code == 404


def test_a_refused_command_says_what_the_router_said(
    bench: Bench, signed_in: Callable[[str], Browser]
) -> None:
    del bench
    otto = signed_in("otto")
    otto.post("/routers/tokyo/ask", {"tab": "memory"})
    assert "コマンド名を確認してください" in otto.get("/routers/tokyo?tab=memory").text


def test_the_lan_map_comes_from_the_last_round_until_it_is_asked(
    bench: Bench, network: Network, signed_in: Callable[[str], Browser]
) -> None:
    del bench
    browser = signed_in("vera")
    before = browser.get("/routers/tokyo/lan-map").text
    assert "192.168.100.2" in before
    assert "LAN1 : 4" in before
    network.say("tokyo", "show arp", ANSWERS["show arp"].replace("100.2", "100.77"))
    assert browser.post("/routers/tokyo/lan-map").status_code == 303
    assert "192.168.100.77" in browser.get("/routers/tokyo/lan-map").text


# --- alarms ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("bench")
def test_an_alarm_is_acknowledged_once_with_a_note(
    console: Console, signed_in: Callable[[str], Browser]
) -> None:
    number = alarm(console)
    vera, otto, emma = (signed_in(name) for name in ("vera", "otto", "emma"))
    place = f"/alarms/{number}/acknowledge"
    assert "Tunnel 1 is not up" in vera.get("/alarms").text
    assert vera.post(place).status_code == 403
    answer = otto.post(place, {"note": "provider called", "next": "/alarms?state=open"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/alarms?state=open")
    assert "provider called" in vera.get("/alarms?state=acknowledged").text
    assert "Tunnel 1" not in vera.get("/alarms").text
    second = emma.post(place)
    assert second.status_code == 409
    assert "otto" in second.text
    assert emma.post("/alarms/4711/acknowledge").status_code == 404
    assert otto.client.post(place).status_code == 403  # without the page's token


@pytest.mark.usefixtures("bench")
def test_what_merely_happened_is_over_when_somebody_has_seen_it(
    console: Console, signed_in: Callable[[str], Browser]
) -> None:
    number = alarm(console, rule="YamahaRouterRestarted", subject="")
    signed_in("otto").post(f"/alarms/{number}/acknowledge")
    assert "The router restarted" in signed_in("vera").get("/alarms?state=closed").text


@pytest.mark.usefixtures("bench")
def test_alarms_come_page_by_page(console: Console, signed_in: Callable[[str], Browser]) -> None:
    numbers = [alarm(console, subject=f"t{each}") for each in range(60)]
    browser = signed_in("vera")
    first = browser.get("/alarms").text
    assert f"before={numbers[10]}" in first
    assert "Tunnel t9 " in browser.get(f"/alarms?before={numbers[10]}").text
    for query in ("state=nonsense", "before=0", "before=99999999999"):
        assert browser.get(f"/alarms?{query}").status_code == 422


# --- the API --------------------------------------------------------------------------------------


def test_the_status_is_that_of_the_command_line(
    bench: Bench, network: Network, signed_in: Callable[[str], Browser]
) -> None:
    del bench
    (session,) = (each for each in network.opened if each.router == "tokyo")
    told = signed_in("vera").get("/api/v1/routers/tokyo/status").json()
    expected = as_json(collect(session, STANDARD))
    assert told == expected


@pytest.mark.usefixtures("bench")
def test_the_api_lists_routers_samples_and_alarms(
    console: Console, signed_in: Callable[[str], Browser]
) -> None:
    number = alarm(console)
    browser = signed_in("vera")
    page = browser.get("/api/v1/routers?q=tok").json()
    assert (page["found"], page["total"]) == (1, 2)
    row = page["routers"][0]
    assert (row["router"], row["reach"], row["line"], row["ports"]) == (
        "tokyo",
        "online",
        "up",
        240,
    )
    assert row["alarms"] == {"critical": 1}
    assert browser.get("/api/v1/routers/tokyo").json() == row
    assert len(browser.get("/api/v1/routers/tokyo/samples").json()) == 1
    alarms = browser.get("/api/v1/alarms").json()
    assert [each["id"] for each in alarms["alarms"]] == [number]
    assert alarms["counts"] == {"open": 1, "acknowledged": 0, "closed": 0}
    assert browser.get(f"/api/v1/alarms/{number}").json() == alarms["alarms"][0]
    for path in ("routers/nowhere", "routers/nowhere/status", "alarms/4711"):
        answer = browser.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (
            404,
            "application/problem+json",
        )


@pytest.mark.usefixtures("bench")
def test_a_label_bounds_the_api_too(console: Console, signed_in: Callable[[str], Browser]) -> None:
    number = alarm(console, "tokyo")
    olga = signed_in("olga")
    assert [each["router"] for each in olga.get("/api/v1/routers").json()["routers"]] == ["osaka"]
    assert olga.get("/api/v1/alarms").json()["alarms"] == []
    assert olga.get(f"/api/v1/alarms/{number}").status_code == 404
    assert olga.get("/api/v1/routers/tokyo/samples").status_code == 404
    headers = {"X-CSRF": olga.token()}
    answer = olga.client.post(f"/api/v1/alarms/{number}/acknowledge", json={}, headers=headers)
    assert answer.status_code == 404


# --- records and graphs ---------------------------------------------------------------------------


@pytest.mark.parametrize("command", sorted(ANSWERS))
def test_no_value_of_a_record_is_lost_on_the_page(command: str) -> None:
    record = record_as_json(parse(command, ANSWERS[command]).record)
    told = " ".join(
        cell.text
        for block in blocks(record, "en")
        for cell in [c for _, c in block.pairs] + [c for row in block.rows for c in row]
    )
    for value in leaves(record):
        if isinstance(value, str):
            assert value.replace("T", " ") in told or value in told, value


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [value]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_a_record_has_a_word(language: str) -> None:
    modules = [
        import_module(f"yamaha_ops.status.{each.name}") for each in iter_modules(status.__path__)
    ]
    names = {
        field.name
        for module in modules
        if hasattr(module, "parse") and hasattr(module, "GRAMMAR")
        for kind in vars(module).values()
        if is_dataclass(kind) and getattr(kind, "__module__", "") == module.__name__
        for field in fields(kind)
    }
    assert len(names) > 100
    assert [name for name in sorted(names) if f"field.{name}" not in words(language)] == []


def test_values_are_written_with_their_units() -> None:
    assert shown("speed_bps", 1_000_000_000, "en").text == "1 Gbit/s"
    assert shown("memory_used_ratio", 0.24, "en").text == "24%"
    assert shown("receive_bytes", 4_890_313_899, "en").text == "4.55 GiB"
    assert shown("port_ranges", [[1, 2], [3, 4]], "en").text == "1-2, 3-4"
    assert duration(2 * 86400 + 3661, "en") == "2 d 1 h"
    assert duration(0, "ja") == "0 秒"
    assert duration(3600 + 30, "en") == "1 h"
    assert (speed(999), speed(1500)) == ("999 bit/s", "1.5 kbit/s")
    assert (size(10), size(1500), size(2**20)) == ("10 B", "1,500 B", "1 MiB")
    assert shown("link_up", value=False, language="ja").text == "切断"
    assert shown("full_duplex", value=True, language="ja").text == "はい"


def test_a_graph_has_words_a_gap_and_a_table() -> None:
    start = 1_800_000_000.0
    points = [
        (start + minute * 60, float(minute)) for minute in range(600) if not 200 < minute < 300
    ]
    drawn = graph(
        "load",
        "A & B",
        [Series("one <b>", points), Series("none", [])],
        start=start,
        end=start + 86400,
        write=lambda value: f"{value:.0f}",
    )
    root = ET.fromstring(str(drawn.svg))  # noqa: S314 -- our own
    assert root.attrib["aria-labelledby"] == "load-title load-desc"
    assert [each.text for each in root if each.tag in {"title", "desc"}] == [
        "A & B",
        "one <b>: 0 – 599",
    ]
    lines = [each for each in root.iter("path") if "line" in each.attrib["class"]]
    assert lines[0].attrib["d"].count("M") == 2
    assert lines[1].attrib["d"] == ""
    assert len(drawn.hours) in {9, 10, 11}
    assert drawn.hours[0].values[1] is None
    assert 1 <= len(list(root.iter("text"))) <= 8


@pytest.mark.parametrize(("value", "top"), [(0, 1), (1, 1), (1.1, 2), (240, 250), (0.03, 0.05)])
def test_the_upper_edge_is_a_round_number(value: float, top: float) -> None:
    assert nice(value) == pytest.approx(top)
