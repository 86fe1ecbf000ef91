from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.lua.conftest import Rt

CONTRACT = {"V6PLUS_NOTIFY_USER": "user-1", "V6PLUS_NOTIFY_PASSWORD": "planted-pass"}
TAKEN = {"rtn1": True, "code": 200}


def test_it_tells_the_provider_at_the_start_and_at_each_new_prefix(rt: Rt) -> None:
    rt.variables = dict(CONTRACT)
    rt.http = [TAKEN, TAKEN, TAKEN]
    rt.prefixes = 2
    rt.run("v6plus-notify.lua")
    assert [request["url"] for request in rt.requests] == [
        "http://fcs.enabler.ne.jp/update?user=user-1&pass=planted-pass"
    ] * 3
    assert {request["method"] for request in rt.requests} == {"GET"}
    assert rt.said == ["the provider took the address"] * 3


def test_it_tries_three_times_and_says_why_it_gave_up(rt: Rt) -> None:
    rt.variables = dict(CONTRACT)
    rt.http = [{"rtn1": False}, {"rtn1": True, "code": 500}, {"rtn1": True, "code": 403}]
    rt.run("v6plus-notify.lua")
    assert rt.said == ["the provider did not take the address: status 403"]
    assert rt.now == 20


def test_the_password_is_never_in_the_log(rt: Rt) -> None:
    rt.variables = dict(CONTRACT)
    rt.http = [{"rtn1": False}] * 3
    rt.run("v6plus-notify.lua")
    assert rt.said == ["the provider did not take the address: no answer"]
    assert "planted" not in str(rt.log)


def test_without_a_contract_it_says_so_and_ends(rt: Rt) -> None:
    rt.run("v6plus-notify.lua")
    assert rt.said == ["V6PLUS_NOTIFY_USER or V6PLUS_NOTIFY_PASSWORD is not set"]
    assert rt.requests == []
