"""The JSON Schema of inventory files, for editors that complete and check."""

from __future__ import annotations

from typing import Any

from yamaha_ops.inventory.router import Router

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """Return the schema of a whole inventory file.

    An entry may leave any field to its groups, and take an inherited one away by writing it with
    no value; so nothing is required and everything may be null. ``inventory show`` and every
    other command check the result of the inheritance itself.
    """
    router = Router.model_json_schema(by_alias=True)
    parts = router.pop("$defs")
    router["properties"].pop("name")
    for part in (*parts.values(), router):
        _relax(part)
    entries = {"type": "object", "additionalProperties": {"$ref": "#/$defs/Entry"}}
    return {
        "$schema": DIALECT,
        "title": "yamaha-ops inventory",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "include": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Further inventory files; patterns, relative to this file.",
            },
            "defaults": {"$ref": "#/$defs/Entry", "description": "What every router inherits."},
            "groups": {**entries, "description": "What the routers that name them inherit."},
            "routers": {**entries, "description": "One entry a router, by name."},
        },
        "$defs": {"Entry": router, **parts},
    }


def _relax(part: dict[str, Any]) -> None:
    part.pop("required", None)
    for name, field in part.get("properties", {}).items():
        described = {key: field.pop(key) for key in ("description", "default") if key in field}
        options = (
            field["anyOf"] if set(field) <= {"anyOf", "title"} and "anyOf" in field else [field]
        )
        if {"type": "null"} not in options:
            options = [*options, {"type": "null"}]
        for option in options:
            option.pop("title", None)
        part["properties"][name] = {**described, "anyOf": options}
