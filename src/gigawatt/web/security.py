"""What every request passes first: who it is for, who sends it, how much it carries; and what every answer says.

Loopback is no boundary: any page in the user's browser can send requests to it. So the Host must be ours (a name
that was re-bound to this machine is not), the Origin must be ours, and a page of ours may load nothing from elsewhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import ipaddress
import logging
from collections.abc import Iterator
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gigawatt.web.errors import WebError, respond
from gigawatt.web.settings import LOOPBACK, Settings

# plotly makes one empty style element and fills it by script: the hash is that of the empty text, so an element with
# anything in it is refused. It also sets `style` attributes. No script runs but our files.
EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        f"style-src 'self' {EMPTY_STYLE}",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
log = logging.getLogger("gigawatt.web")
COOKIE = "gigawatt_token"
UPLOADS = "/api/uploads"
DISCARDED_BYTES, DISCARDING_S = 32_000_000, 1.0  # of a body that is too large, before it is answered


class Guard:
    """Checks a request before anything reads it, and adds the headers of safety to every answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self.settings, self.held = app, settings, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # none is served
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        started, bare = False, scope["method"] == "HEAD"
        if bare:  # what a GET would say, without its body
            scope = {**scope, "method": "GET"}

        async def send_safe(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
                message["headers"] = headers.raw
                started = True
            elif bare and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        headers = Headers(scope=scope)
        try:
            check_host(headers.get("host", ""), self.settings)
            check_origin(scope, headers)
            if self.settings.token and (address := _check_token(scope, headers, self.settings.token)) is not None:
                await _welcome(address, self.settings.token, send_safe)
                return
            body = await self._body(scope, headers, receive)
        except WebError as error:
            await respond(scope, error)(scope, receive, send_safe)
            return
        try:
            await self.app(scope, _replayed(body, receive), send_safe)
        except Exception:
            if started:
                raise
            log.exception("%s %s", scope["method"], scope["path"])
            broken = WebError(500, "server", "", "an answer", "tell us what you asked; the log has the details")
            await respond(scope, broken)(scope, receive, send_safe)

    async def _body(self, scope: Scope, headers: Headers, receive: Receive) -> bytes:
        """The whole body, counted as it arrives: a chunked one announces no length.

        Raises
        ------
        WebError
            413 for too much, 408 for too slow, 503 where all bodies together are too much.
        """
        settings, got = self.settings, bytearray()
        limit = settings.upload_bytes if scope["path"].startswith(UPLOADS) else settings.body_bytes
        announced = headers.get("content-length", "")  # none of a chunked one
        ends = {"Connection": "close"}  # what is still under way is not read
        too_large = WebError(413, "body", announced, f"at most {limit:,} bytes", "send less", headers=ends)
        if announced.isdigit() and int(announced) > limit:
            await _discard(receive)
            raise too_large
        try:
            async with asyncio.timeout(settings.body_s):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise WebError(400, "body", "", "a complete request", "send it again")
                    part = message.get("body", b"")
                    got += part
                    self.held += len(part)
                    if len(got) > limit:
                        raise too_large
                    if self.held > settings.all_bodies_bytes:
                        raise WebError(503, "body", "", "room for it", "send it again", headers={"Retry-After": "5"})
                    if not message.get("more_body", False):
                        return bytes(got)
        except TimeoutError:
            most = f"the whole request within {settings.body_s:g} s"
            raise WebError(408, "body", "", most, "send it again", headers=ends) from None
        finally:
            self.held -= len(got)


def check_host(host: str, settings: Settings) -> None:
    """Refuse a request that was sent to another name: that is how a foreign page reaches a local server.

    Raises
    ------
    WebError
        421 for a host that is not ours.
    """
    name = host.rsplit(":", 1)[0] if not host.endswith("]") and ":" in host else host
    name = name.strip("[]").lower().removesuffix(".")
    if name in LOOPBACK or name in (settings.host.lower(), *(h.lower() for h in settings.allowed_hosts)):
        return
    if not settings.is_local and _is_address(name):  # re-binding needs a name; an address cannot be re-bound
        return
    raise WebError(421, "Host", host, "a name of this server", "start it with --allow-host NAME")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def check_origin(scope: Scope, headers: Headers) -> None:
    """Refuse what another site's page sends; following a link from there is fine.

    Raises
    ------
    WebError
        403 for a foreign origin.
    """
    origin, host = headers.get("origin"), headers.get("host", "")
    if origin is not None and origin.lower() not in (f"http://{host}".lower(), f"https://{host}".lower()):
        raise WebError(403, "Origin", origin, f"a page of {host}", "send it from this server's own pages")
    site, mode = headers.get("sec-fetch-site", "none"), headers.get("sec-fetch-mode", "")
    navigates = mode == "navigate" and scope["method"] in ("GET", "HEAD")
    if site not in ("same-origin", "none") and not navigates:
        raise WebError(403, "Sec-Fetch-Site", site, "a request of this server's pages", "open the address itself")


def _check_token(scope: Scope, headers: Headers, token: str) -> str | None:
    """None where the token is shown; else the address to send a visitor to who brings it in the query."""
    if _same(headers.get("authorization", "").removeprefix("Bearer ").strip(), token):
        return None
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
        if COOKIE in cookies and _same(cookies[COOKIE].value, _sealed(token)):
            return None
    except CookieError:
        pass
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if scope["method"] == "GET" and any(k == "token" and _same(v, token) for k, v in query):
        rest = urlencode([(k, v) for k, v in query if k != "token"])
        path = "/" + scope["path"].lstrip("/\\")  # an address that begins with two slashes is another server's
        return path + (f"?{rest}" if rest else "")
    raise WebError(401, "token", "", "the token printed when the server started", "open the address with ?token=...")


def _same(shown: str, token: str) -> bool:
    return hmac.compare_digest(shown.encode("utf-8", "replace"), token.encode())


def _sealed(token: str) -> str:
    """What the cookie holds: a cookie cannot hold every character, and need not hold the token itself."""
    return hashlib.blake2b(token.encode(), digest_size=32, person=b"gigawatt").hexdigest()


async def _welcome(address: str, token: str, send: Send) -> None:
    """Put the token into a cookie and take it out of the address."""
    cookie = f"{COOKIE}={_sealed(token)}; HttpOnly; SameSite=Strict; Path=/"
    headers = [(b"location", address.encode("ascii", "ignore")), (b"set-cookie", cookie.encode())]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A receiver that hands out the body once, then listens on."""
    parts: Iterator[dict[str, Any]] = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def again() -> Message:
        return next(parts, None) or await receive()

    return again


async def _discard(receive: Receive) -> None:
    """Read on for a moment and keep nothing: who is cut off while sending may never see the answer."""
    left = DISCARDED_BYTES
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DISCARDING_S):
            while left > 0:
                message = await receive()
                if message["type"] == "http.disconnect" or not message.get("more_body"):
                    return
                left -= len(message.get("body", b""))
