"""The application: pages and API over one console."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

from fastapi import Depends, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles

from yamaha_ops import __version__
from yamaha_ops.web import mistakes
from yamaha_ops.web.access.csrf import csrf
from yamaha_ops.web.act import watching
from yamaha_ops.web.act.runner import Runner
from yamaha_ops.web.api import alarms as alarms_api
from yamaha_ops.web.api import changes as api_changes
from yamaha_ops.web.api import configurations as api_configurations
from yamaha_ops.web.api import people
from yamaha_ops.web.api import routers as routers_api
from yamaha_ops.web.api import runs as api_runs
from yamaha_ops.web.console import Console
from yamaha_ops.web.envelope import Envelope
from yamaha_ops.web.pages import (
    account,
    alarms,
    audit,
    changes,
    commands,
    configurations,
    firmware,
    fleet,
    gui,
    health,
    lan_map,
    live,
    login,
    oidc,
    places,
    preferences,
    router,
    scripts,
    tokens,
    users,
)
from yamaha_ops.web.watch.watch import Watch, watch_of

_log = logging.getLogger(__name__)

ROUTERS = (
    fleet.router,
    lan_map.router,
    router.router,
    alarms.router,
    live.router,
    login.router,
    oidc.router,
    account.router,
    tokens.router,
    users.router,
    audit.router,
    gui.router,
    preferences.router,
    health.router,
    people.router,
    routers_api.router,
    alarms_api.router,
    configurations.router,
    changes.router,
    commands.router,
    scripts.router,
    firmware.router,
    places.router,
    api_changes.router,
    api_configurations.router,
    api_runs.router,
)
"""Pages and API: one line for each module, by path from the most to the least special."""


def create_app(console: Console) -> FastAPI:
    """Return the application over a console whose database is at its newest tables."""
    if watch_of(console) is None:
        console.workers.append(Watch(console))

    runner = Runner(console)
    watching.install()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        started = []
        try:
            for worker in (*console.workers, runner):
                await run_in_threadpool(worker.start)
                started.append(worker)
            yield
        finally:
            console.hub.close()
            for worker in reversed(started):
                await run_in_threadpool(worker.stop)

    app = FastAPI(
        title="yamaha-ops",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        dependencies=[Depends(csrf)],
        # An address with a slash too many is another address, and not a redirect.
        redirect_slashes=False,
    )
    app.state.console = console
    app.state.runner = runner
    for each in ROUTERS:
        app.include_router(each)
    app.mount("/static", StaticFiles(directory=str(files("yamaha_ops.web") / "static")))
    mistakes.install(app)
    app.add_middleware(Envelope, settings=console.settings)
    return app
