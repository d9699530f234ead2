"""The verb `web`: the local web app."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import click

from gigawatt.errors import ScenarioError


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="TCP port; default 8765, 0 for any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; others ask for a token.")
@click.option("--token", metavar="SECRET", help="What visitors must show; made up where --host is not this machine.")
@click.option("--allow-host", metavar="NAME", multiple=True, help="Another name by which the server may be called.")
@click.option("--data", metavar="FOLDER", help="Where plans, jobs and uploads are kept.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
def web(
    port: int | None, host: str, token: str | None, allow_host: tuple[str, ...], data: str | None, no_browser: bool
) -> None:
    """The local web app: a page for the meeting, and the verbs over HTTP.

    \b
    gigawatt web
    gigawatt web --port 9000 --no-browser
    gigawatt web --host 0.0.0.0 --token "a long secret"
    """
    try:
        from gigawatt.web.settings import PORT, Settings
        from gigawatt.web.start import serve
    except ImportError as error:
        raise ScenarioError(f'the web app needs {error.name}: pip install "gigawatt[web]"') from None

    settings = Settings(
        host=host,
        port=PORT if port is None else port,
        allowed_hosts=allow_host,
        data=Path(data) if data else None,
        token=token or "",
        database_url=os.environ.get("GIGAWATT_DATABASE_URL", ""),
    )
    if not settings.is_local and not token:
        made = secrets.token_urlsafe(24)
        raise ScenarioError(
            f"--host {host}: others could reach this server; expected --token with a secret; for example --token {made}"
        )
    serve(settings, browser=not no_browser)
