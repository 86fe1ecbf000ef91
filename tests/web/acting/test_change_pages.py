"""The pages and the API: what people see and send, over a real (emulated) router."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.change.bench import ADMINISTRATOR_PASSWORD, PASSWORD
from tests.web.acting.conftest import Site, write_inventory
from yamaha_ops.upgrade import Ended, Result
from yamaha_ops.web.act.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from tests.web.conftest import Browser
    from yamaha_ops.inventory import Router


@pytest.fixture
def otto(site: Site, signed_in: Callable[[str], Browser]) -> Iterator[Browser]:
    made = signed_in("otto")
    made.client.app.state.runner = site.runner  # type: ignore[attr-defined]
    yield made
    for text in made.pages:
        assert PASSWORD not in text
        assert ADMINISTRATOR_PASSWORD not in text


def form_of(text: str) -> dict[str, str]:
    """Read what the fields of a change's form hold, as a browser would send them."""
    found = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*? value="([^"]*)"', text))
    selects = r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>'
    for name, inner in re.findall(selects, text, re.DOTALL):
        chosen = re.search(r"<option(?: value=\"([^\"]*)\")? selected>([^<]*)", inner)
        found[name] = (chosen[1] if chosen[1] is not None else chosen[2]) if chosen else ""
    areas = r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>'
    return found | dict(re.findall(areas, text, re.DOTALL))


def page_of(browser: Browser, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status, answer.text
    browser.pages.append(answer.text)
    return answer.text


def begun(browser: Browser, **values: str) -> httpx.Response:
    form = form_of(page_of(browser, "/changes/new?router=home"))
    fields = {f"value.{name}": value for name, value in values.items()}
    return browser.post("/changes/new", {**form, "title": "another MTU", **fields})


def test_a_change_from_the_form_to_its_end(site: Site, otto: Browser) -> None:
    answer = begun(otto, **{"line.mtu": "1440"})
    assert answer.status_code == 303, answer.text
    place = answer.headers["location"]
    text = page_of(otto, place)
    assert "ip tunnel mtu 1440" in text
    fingerprint = form_of(text)["fingerprint"]
    assert otto.post(f"{place}/apply", {"fingerprint": fingerprint}).status_code == 303
    site.runner.wait()
    text = page_of(otto, place)
    assert "The router runs the change" in text
    assert "written into inventory.yaml" in text
    assert "another MTU" in page_of(otto, "/changes?show=all")
    assert "another MTU" not in page_of(otto, "/changes")


def test_a_wrong_value_is_told_beside_its_field_and_nothing_is_kept(
    site: Site, otto: Browser
) -> None:
    answer = begun(otto, **{"line.mtu": "9999", "lan.dhcp": "192.168.100.2"})
    assert answer.status_code == 400
    for field in ("line.mtu", "lan.dhcp"):
        assert f'id="value.{field}-wrong"' in answer.text
    assert 'value="9999"' in answer.text
    assert site.book.all(_otto()) == []


def test_another_field_is_told_beside_itself(otto: Browser) -> None:
    form = form_of(page_of(otto, "/changes/new?router=home"))
    more = {"title": "x", "other_field": "line.mtux", "other_value": "1"}
    answer = otto.post("/changes/new", {**form, **more})
    assert answer.status_code == 400
    assert "did you mean mtu" in answer.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", "192.0.2.1"),
        ("labels", "{site: tokyo}"),
        ("login.user", "root"),
        ("approval", "false"),
        ("accepted", "{lock-out: no matter}"),
        ("extra", "['description lan1 {env:YAMAHA_OPS_HOME_PASSWORD}']"),
        ("extra", "['description lan1 {file:/etc/passwd}']"),
        ("snmp", "{hosts: [any], community: 'env:YAMAHA_OPS_HOME_PASSWORD'}"),
        ("scripts", "{x: {file: ../../etc/passwd}}"),
        ("scripts.x.file", "../../etc/passwd"),
    ],
)
def test_nobody_widens_his_rights_or_reads_secrets_through_values(
    site: Site, otto: Browser, field: str, value: str
) -> None:
    form = form_of(page_of(otto, "/changes/new?router=home"))
    more = {"title": "x", "other_field": field, "other_value": value}
    answer = otto.post("/changes/new", {**form, **more})
    assert answer.status_code == 400, answer.headers
    assert PASSWORD not in answer.text
    assert site.book.all(_otto()) == []


def test_a_draft_is_made_from_the_running_configuration(site: Site, otto: Browser) -> None:
    text = page_of(otto, "/changes/new?router=home&how=text&base=live:running")
    form = form_of(text)
    assert "administrator password *" in form["text"]
    form["text"] = form["text"].replace("&#34;", '"') + "description lan1 drafted\r\n"
    answer = otto.post("/changes/new", {**form, "title": "a description"})
    assert answer.status_code == 303, answer.text
    assert "description lan1 drafted" in page_of(otto, answer.headers["location"])
    change = site.book.all(_otto())[0]
    assert change.stage == Stage.PLANNED
    assert [each["line"] for each in (change.plan or {})["commands"]] == [
        "description lan1 drafted"
    ]


def test_configurations_are_kept_named_and_compared(site: Site, otto: Browser) -> None:
    assert "There is no backup yet" in page_of(otto, "/configurations/home")
    assert otto.post("/configurations/home/back-up").status_code == 303
    site.router.type("description lan1 compared", "syslog debug on")
    assert otto.post("/configurations/home/back-up").status_code == 303
    revisions = list(site.console.history.revisions("home"))
    fields = {"revision": revisions[1].id, "tag": "before"}
    assert otto.post("/configurations/home/tag", fields).status_code == 303
    assert "before" in page_of(otto, "/configurations/home")
    for view in ("side", "unified"):
        text = page_of(otto, f"/configurations/home/compare?left=before&right=latest&view={view}")
        assert "<ins>description lan1 compared</ins>" in text
        assert "unchanged lines" in text
        assert 'class="add"' in text
    same = page_of(otto, "/configurations/home/compare?left=latest&right=live:running")
    assert "The two mean the same" in same
    shown = page_of(otto, "/configurations/home/show?what=latest:startup")
    assert "administrator password *" in shown
    page_of(otto, "/configurations/home/show?what=rendered")


@pytest.mark.parametrize(
    "what",
    ["file:/etc/passwd", "live:file:/etc/passwd", "nonsense", "draft:nothing", "latest:odd"],
)
def test_what_is_no_configuration_is_said(otto: Browser, what: str) -> None:
    shown = otto.get(f"/configurations/home/show?what={what}")
    assert shown.status_code in {400, 500}
    assert "root:" not in shown.text
    assert otto.get(f"/api/v1/routers/home/configurations/{what}").status_code in {400, 404, 500}
    text = page_of(otto, f"/configurations/home/compare?left={what}&right=live:running", 400)
    assert 'role="alert"' in text
    assert "root:" not in text


def test_commands_on_routers(site: Site, otto: Browser) -> None:
    fields = {"routers": "home", "commands": "show environment\r\nshow arp", "timeout": "20"}
    answer = otto.post("/commands", fields)
    assert answer.status_code == 303, answer.text
    site.runner.wait()
    text = page_of(otto, answer.headers["location"])
    assert "RTX830" in text
    assert "1 of 1" in text
    assert "Success" in text
    assert "show environment; show arp" in page_of(otto, "/commands")


@pytest.mark.parametrize("command", ["restart", "show log > usb1:x", "'show'", "set x=1"])
def test_what_may_change_something_needs_its_word(otto: Browser, command: str) -> None:
    answer = otto.post("/commands", {"routers": "home", "commands": command})
    assert answer.status_code == 400
    assert "may change something" in answer.text


def test_a_command_that_changes_is_entered_with_its_word_and_audited(
    site: Site, otto: Browser, signed_in: Callable[[str], Browser]
) -> None:
    fields = {"routers": "home", "commands": "description lan1 typed", "change_too": "yes"}
    assert otto.post("/commands", fields).status_code == 303
    site.runner.wait()
    assert "description lan1 typed" in site.router.running.text
    assert "commands.run" in signed_in("adam").get("/audit").text


def test_commands_and_scripts_are_no_way_round_a_second_person(site: Site, otto: Browser) -> None:
    write_inventory(site.file.parent, site.router.port, "\n    approval: true")
    command = "description lan1 typed"
    fields = {"routers": "home", "commands": command, "change_too": "yes"}
    assert otto.post("/commands", fields).status_code == 403
    order = {"routers": ["home"], "commands": [command], "read_only": False}
    headers = {"X-CSRF": otto.token()}
    assert otto.client.post("/api/v1/runs", json=order, headers=headers).status_code == 403
    assert otto.post("/scripts/home/start", {"script": "/lua/a.lua"}).status_code == 403
    site.runner.wait()
    assert "typed" not in site.router.running.text
    assert otto.post("/commands", {**fields, "commands": "show arp"}).status_code == 403
    assert otto.post("/commands", {"routers": "home", "commands": "show arp"}).status_code == 303
    site.runner.wait()


def test_an_unreachable_router_is_a_result(site: Site, otto: Browser) -> None:
    site.router.faults.refuse_connections = True
    fields = {"routers": "home", "commands": "show arp\nshow environment"}
    place = otto.post("/commands", fields).headers["location"]
    site.runner.wait()
    text = page_of(otto, place)
    assert "Error" in text
    assert "Skipped" in text


def test_scripts_places_and_firmware(site: Site, otto: Browser) -> None:
    write_inventory(site.file.parent, site.router.port, "\n    firmware: 15.02.30")
    page_of(otto, "/scripts")
    assert "Nothing runs" in page_of(otto, "/scripts?router=home")
    assert otto.post("/places", {"router": "home", "days": "3"}).status_code == 303
    assert "open" in page_of(otto, "/places")
    assert "15.02.30" in page_of(otto, "/firmware")
    assert otto.post("/firmware", {"routers": "home"}).status_code == 400, "not confirmed"


def test_after_a_failed_update_the_other_routers_are_left_alone(
    site: Site, otto: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = site.file.read_text(encoding="utf-8").replace("model: RTX830", "firmware: 15.02.30")
    entry = text[text.index("  home:") :]
    second = entry.replace("  home:", "  second:").replace("192.168.100", "192.168.200")
    site.file.write_text(text + second, encoding="utf-8")

    def update(router: Router, *_arguments: Any, **_options: Any) -> Ended:
        return Ended(router.name, Result.FAILED, "it said no", "15.02.22", "15.02.22")

    monkeypatch.setattr("yamaha_ops.web.act.runs.firmwares.update", update)
    place = otto.client.post(
        "/firmware",
        data={"csrf": otto.token(), "routers": ["home", "second"], "confirm": "yes"},
    ).headers["location"]
    site.runner.wait()
    text = page_of(otto, place)
    assert "it said no" in text
    assert "not begun, because another one had failed" in text


def test_who_may_not(site: Site, otto: Browser, signed_in: Callable[[str], Browser]) -> None:
    place = begun(otto, **{"line.mtu": "1440"}).headers["location"]
    fingerprint = form_of(page_of(otto, place))["fingerprint"]
    vera, olga = signed_in("vera"), signed_in("olga")
    assert vera.get(place).status_code == 200
    assert vera.post(f"{place}/apply", {"fingerprint": fingerprint}).status_code == 403
    assert vera.post(f"{place}/withdraw").status_code == 403
    assert vera.get("/commands").status_code == 403
    for path in (place, "/configurations/home", f"/fragments{place}", "/changes/new?router=home"):
        assert olga.get(path).status_code == 404
    assert olga.post("/commands", {"routers": "home", "commands": "show arp"}).status_code == 400
    assert olga.get("/live?topics=change-1").status_code == 403
    assert site.book.find(_otto(), 1).stage == Stage.PLANNED


def test_the_api_does_the_same(site: Site, otto: Browser) -> None:
    def call(method: str, path: str, status: int, body: Any = None) -> Any:
        answer = otto.client.request(
            method, f"/api/v1{path}", json=body, headers={"X-CSRF": otto.token()}
        )
        assert answer.status_code == status, answer.text
        otto.pages.append(answer.text)
        return answer.json()

    assert call("GET", "/routers/home/fields", 200)["line.service"] == "v6plus"
    wanted = {"router": "home", "title": "mtu", "values": {"line.mtu": "1440"}}
    change = call("POST", "/changes", 201, wanted)
    assert (change["stage"], change["exit"]) == ("draft", None)
    bad = call("POST", "/changes", 400, {**wanted, "values": {"line.mtu": "1"}})
    assert "line.mtu" in bad["detail"]
    plan = call("POST", f"/changes/{change['id']}/plan", 200)
    assert call("GET", f"/changes/{change['id']}/plan", 200) == plan
    stale = call("POST", f"/changes/{change['id']}/apply", 409, {"fingerprint": "0"})
    assert stale["title"] == "Conflict"
    body = {"fingerprint": plan["fingerprint"]}
    assert call("POST", f"/changes/{change['id']}/apply", 202, body)["stage"] == "applying"
    site.runner.wait()
    ended = call("GET", f"/changes/{change['id']}", 200)
    assert (ended["stage"], ended["exit"]) == ("changed", "done")
    assert ended["outcome"]["result"] == "changed"
    kinds = [
        each["text"]
        for each in call("GET", f"/changes/{change['id']}/events", 200)
        if each["kind"] == "stage"
    ]
    assert kinds == ["draft", "planned", "applying", "changed"]
    assert call("POST", "/routers/home/configurations", 201)["new"] is False
    assert call("POST", "/routers/home/tags", 201, {"revision": "latest", "tag": "good"})
    assert len(call("GET", "/routers/home/configurations", 200)) == 2
    compared = call("GET", "/routers/home/comparison?left=~1&right=good", 200)
    assert compared["commands"] == ["tunnel select 1", "ip tunnel mtu 1440", "tunnel select none"]
    assert "password *" in call("GET", "/routers/home/configurations/latest", 200)["text"]
    run = call("POST", "/runs", 202, {"routers": ["home"], "commands": ["show arp"]})
    site.runner.wait()
    assert call("GET", f"/runs/{run['id']}", 200)["answers"][0]["result"] == "success"
    assert [each["id"] for each in call("GET", "/runs", 200)] == [run["id"]]


def _otto() -> Any:
    from tests.web.acting.conftest import OTTO  # noqa: PLC0415 -- its roles

    return OTTO
