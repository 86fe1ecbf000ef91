from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from yamaha_ops.inventory import Inventory, Router
from yamaha_ops.inventory.explain import explain
from yamaha_ops.inventory.schema import schema

ROOT = Path(__file__).parents[2]

Loader = Callable[[str], Inventory]


def test_each_value_names_the_entry_that_says_it(loaded: Loader) -> None:
    inventory = loaded("""\
        defaults: {lan: {address: 192.168.100.1/24, dhcp: 192.168.100.2-192.168.100.191}}
        groups: {home: {line: {service: v6plus}}}
        routers: {one: {host: a, groups: [home], filters: {allow: [{from: 192.0.2.1}]}}}
        """)
    told = {value.field: value for value in explain(inventory, "one")}
    layers = {field: value.origin.layer for field, value in told.items() if value.origin}
    assert layers == {
        "host": "routers.one",
        "groups": "routers.one",
        "line.service": "groups.home",
        "lan.address": "defaults",
        "lan.dhcp.range": "defaults",
        "filters.allow.0.from": "routers.one",
    }
    assert told["port"].value == 22
    assert told["port"].origin is None


def test_secrets_are_shown_as_references(loaded: Loader) -> None:
    inventory = loaded("routers: {one: {host: a, login: {password: 'env:X'}}}\n")
    told = {value.field: value.value for value in explain(inventory, "one")}
    assert told["login.password"] == "env:X"


def test_the_schema_describes_every_field() -> None:
    told = schema()
    entry = told["$defs"]["Entry"]
    assert set(entry["properties"]) == set(Router.model_fields) - {"name"}
    assert not [part for part in _objects(told) if "required" in part]


def test_every_reference_of_the_schema_leads_somewhere() -> None:
    told = schema()
    names = {part["$ref"].removeprefix("#/$defs/") for part in _objects(told) if "$ref" in part}
    assert names <= set(told["$defs"])


def test_the_published_schema_is_the_current_one() -> None:
    """Renew it with: yamaha-ops inventory schema > docs/inventory.schema.json."""
    published = (ROOT / "docs" / "inventory.schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == schema()


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from _objects(value)
