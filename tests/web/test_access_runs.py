"""A run over many routers tells whoever sees some of them nothing of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yamaha_ops.web.store.changes import Run, RunAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import Browser
    from yamaha_ops.web.console import Console


@pytest.fixture
def number(people: Console) -> int:
    run = Run(
        kind="commands",
        words=["show arp"],
        routers=["tokyo", "osaka"],
        detail={"read_only": True},
        who="otto",
        server_run=people.run,
        created=people.now(),
        ended=people.now(),
    )
    with people.database.session() as session:
        session.add(run)
        session.flush()
        for name in run.routers:
            session.add(
                RunAnswer(run_id=run.id, router=name, result="success", answer={}, time=run.created)
            )
    return run.id


def test_a_run_names_no_router_that_is_not_theirs(
    number: int, signed_in: Callable[[str], Browser]
) -> None:
    olga, otto = signed_in("olga"), signed_in("otto")
    pages = (f"/commands/{number}", f"/commands?again={number}", f"/fragments/runs/{number}")
    for path in (*pages, f"/api/v1/runs/{number}", "/api/v1/runs"):
        answer = olga.get(path)
        assert answer.status_code == 200, path
        text = answer.text.replace('placeholder="site=tokyo"', "")  # what a label looks like
        assert "tokyo" not in text, path
    assert olga.get(f"/api/v1/runs/{number}").json()["routers"] == ["osaka"]
    assert otto.get(f"/api/v1/runs/{number}").json()["routers"] == ["tokyo", "osaka"]
