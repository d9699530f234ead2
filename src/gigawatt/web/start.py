"""Start the server: bind, say where, open a browser, serve until told to stop."""

from __future__ import annotations

import logging
import socket
import threading
import webbrowser
from dataclasses import replace
from urllib.parse import quote_plus

import click
import uvicorn

from gigawatt.errors import ScenarioError
from gigawatt.facts import load_facts
from gigawatt.web import tasks
from gigawatt.web.app import create_app
from gigawatt.web.settings import Settings

CONNECTIONS = 200  # open at once; more are told to come back


def serve(settings: Settings, *, browser: bool) -> None:
    """Serve until interrupted.

    Raises
    ------
    ScenarioError
        When the address cannot be bound.
    """
    listener = bind(settings.host, settings.port)
    settings = replace(settings, port=listener.getsockname()[1])
    address = f"http://{_named(settings.host)}:{settings.port}/"
    if not settings.is_local:
        click.echo(f"warning: every machine that reaches {settings.host} can ask; traffic is not encrypted", err=True)
    shown = f"{address}?token={quote_plus(settings.token)}" if settings.token else address
    click.echo(f"Gigawatt is at {shown} (stop with Ctrl+C)", err=True)
    logging.basicConfig(level=logging.WARNING)
    if browser:
        threading.Timer(1.0, webbrowser.open, (shown,)).start()
    app = create_app(settings)
    app.state.crew.warm(tasks.warm)
    app.state.ahead.warm(after=app.state.crew.warming)
    threading.Thread(target=load_facts, daemon=True).start()
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=10,
        server_header=False,
        proxy_headers=False,
        ws="none",
    )
    uvicorn.Server(config).run(sockets=[listener])


def bind(host: str, port: int) -> socket.socket:
    """A listening socket, bound before anything slow so that a taken port is said at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else a body waits 40 ms for its head's receipt
    try:
        listener.bind((host, port))
        listener.listen(CONNECTIONS)
    except OSError as error:
        listener.close()
        raise ScenarioError(
            f"--port: {port}: {host} cannot be bound ({error.strerror}); give another --port, or 0 for any"
        ) from None
    return listener


def _named(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(host, host)
