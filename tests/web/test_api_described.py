"""The API is what its description says, whatever is asked of it, and never fails by itself."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounded
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.result import Ok

from tests.web.watching import Bench, Network
from yamaha_ops.web.access.issuing import issue
from yamaha_ops.web.access.roles import Role
from yamaha_ops.web.access.visitor import Visitor
from yamaha_ops.web.app import create_app
from yamaha_ops.web.settings import Settings
from yamaha_ops.web.store.fleet import Alarm

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from schemathesis.schemas import APIOperation, BaseSchema

    from tests.web.conftest import SteppedClock
    from yamaha_ops.web.console import Console

    Operation: TypeAlias = APIOperation[Any, Any, Any, Any]

load_all_checks()

EXAMPLES = 5
"""Requests of each kind (as described, and not as described) to each operation."""

CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


@pytest.fixture
def settings(inventory_file: Path) -> Settings:
    return Settings.model_validate(
        {
            "inventory": inventory_file,
            "access": {
                "password_cost": {"rounds": 1, "memory_kib": 8, "lanes": 1},
                "requests_a_minute": 1_000_000,
            },
        }
    )


@pytest.fixture
def described(people: Console, clock: SteppedClock) -> tuple[BaseSchema, dict[str, str]]:
    """Describe a console over routers that answered once, with alarms; and a token for it."""
    bench = Bench(people, clock, Network())
    bench.ask()
    bench.keep()
    with people.database.session() as session:
        for number in range(3):
            session.add(
                Alarm(
                    router="tokyo",
                    rule="YamahaTunnelDown",
                    subject=f"{number}",
                    severity="critical",
                    opened=people.now(),
                    note="",
                )
            )
    emma = Visitor(6, "emma", "emma", frozenset(Role), None, None, "127.0.0.1", login=1)
    key = issue(people, emma, "test", list(Role), days=None)
    app = create_app(people)
    headers = {"Authorization": f"Bearer {key}", "Host": "127.0.0.1:9833"}
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app, headers=headers)
    return schema, headers


def operations(schema: BaseSchema) -> list[Operation]:
    found = []
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        found.append(result.ok())
    return found


def tried(
    operation: Operation,
    mode: GenerationMode,
    headers: dict[str, str],
) -> Callable[[], None]:
    checks: list[Any] = [CHECKS.get_one(name) for name in CHECKED]

    @given(case=operation.as_strategy(generation_mode=mode))
    @bounded(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(headers=headers, checks=checks)

    return ask


@pytest.mark.timeout(300)  # a second by itself, many on a machine that is busy
def test_whatever_is_asked_the_api_answers_as_described(
    described: tuple[BaseSchema, dict[str, str]],
) -> None:
    schema, headers = described
    found = operations(schema)
    assert {"/api/v1/routers", "/api/v1/alarms"} <= {each.path for each in found}
    for operation in found:
        tried(operation, GenerationMode.POSITIVE, headers)()


@pytest.mark.timeout(300)
def test_what_is_not_as_described_is_refused_and_breaks_nothing(
    described: tuple[BaseSchema, dict[str, str]],
) -> None:
    schema, headers = described
    for operation in operations(schema):
        # What takes nothing cannot be asked wrongly.
        with suppress(Unsatisfiable):
            tried(operation, GenerationMode.NEGATIVE, headers)()
