"""The app put together: settings in, an ASGI app out."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import as_file, files

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles

from gigawatt import __version__
from gigawatt.web import api, errors, pages, quick, vendor
from gigawatt.web.ahead import Ahead
from gigawatt.web.crew import Crew
from gigawatt.web.jobs import Jobs
from gigawatt.web.planner import Planner
from gigawatt.web.security import Guard
from gigawatt.web.settings import Settings
from gigawatt.web.store import opened
from gigawatt.web.world import Keeper

DESCRIPTION = "Can you do Stargate in my country? The verbs of Gigawatt over HTTP, with the JSON of the command line."


def create_app(settings: Settings) -> FastAPI:
    """The web app.

    Parameters
    ----------
    settings : Settings
        Where it listens, what it keeps, how much it takes on. [-]

    Returns
    -------
    FastAPI
    """
    app = FastAPI(
        title="Gigawatt",
        version=__version__,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    settings.uploads.mkdir(parents=True, exist_ok=True)
    app.state.crew = Crew(settings.workers, settings.queue, settings.uploads)
    app.state.world = Keeper(settings)
    app.state.ahead = Ahead(settings)
    app.state.planner = Planner(app.state.crew, settings.plan_s)
    app.state.database = opened(settings.database)
    app.state.jobs = Jobs(app.state.database, settings)
    errors.install(app)
    app.include_router(api.router, prefix="/api")
    app.include_router(pages.router, include_in_schema=False)
    app.include_router(vendor.router, include_in_schema=False)
    with as_file(files("gigawatt.web").joinpath("static")) as folder:
        app.mount("/static", StaticFiles(directory=folder), name="static")
    app.add_middleware(Guard, settings=settings)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.jobs.start()
    threading.Thread(target=quick.warm, daemon=True).start()  # the first visitor is answered meanwhile, more slowly
    yield
    app.state.ahead.close()
    await run_in_threadpool(app.state.jobs.close)
    app.state.database.close()
    app.state.crew.close()
