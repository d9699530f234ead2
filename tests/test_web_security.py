"""Real requests against a real server: who may ask, how much, and what never happens."""

import http.client
import json
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from gigawatt.web.settings import Settings
from web_server import running

SAFE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
}
PAGES = ("/", "/plan?place=Kenya&power=100+MW", "/no-such-page", "/api/openapi.json", "/static/css/main.css")
PAGES += ("/api/plan?place=Nowhereland", "/static/no-such-file")


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_has_the_headers_of_safety(server, path):
    headers = server.get(path, headers={"Accept": "text/html"}).headers
    assert {name: headers.get(name) for name in SAFE} == SAFE
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'" and policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'" and policy["base-uri"] == "'none'"
    assert "unsafe" not in policy["script-src"] + policy["style-src"]
    assert "access-control-allow-origin" not in headers


FOREIGN = ["evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.nip.io", "", "[", "10.0.0.1"]


@pytest.mark.parametrize("host", FOREIGN)
def test_another_host_is_refused(server, host):
    found = server.get("/", headers={"Host": host})
    assert found.status_code in (400, 421), found.text
    if found.status_code == 421:
        assert found.json()["error"]["place"] == "Host"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:8765", "LOCALHOST"])
def test_our_own_names_are_served(server, host):
    assert server.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_cannot_post(server, headers):
    found = server.post("/api/plans", {"name": "x", "question": {"place": "Kenya"}}, headers=headers)
    assert found.status_code == 403
    assert found.json()["error"]["next"]


def test_a_link_from_another_site_works_and_an_image_does_not(server):
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert server.get("/", headers=headers).status_code == 200
    assert server.get("/api/facts", headers={**headers, "Sec-Fetch-Mode": "no-cors"}).status_code == 403


def test_our_own_page_can_post(server):
    origin = {
        "Origin": f"http://127.0.0.1:{server.port}",
        "Host": f"127.0.0.1:{server.port}",
        "Sec-Fetch-Site": "same-origin",
    }
    assert server.post("/api/audit", {"text": "USD 1 bn, 10 MW", "place": "Kenya"}, headers=origin).status_code == 200


def test_a_body_that_is_too_large_is_refused(server):
    found = server.client.post("/api/plan", content=b" " * 8_000_001, headers={"Content-Type": "application/json"})
    assert found.status_code == 413
    assert "bytes" in found.json()["error"]["expected"]


def test_a_chunked_body_is_counted_as_it_comes(server):
    """No length is announced; the server stops reading soon after the limit."""
    sent = 0

    def chunks():
        nonlocal sent
        while sent < 200_000_000:
            sent += 65536
            yield b"x" * 65536

    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request(
            "POST", "/api/plan", body=chunks(), encode_chunked=True, headers={"Transfer-Encoding": "chunked"}
        )
    except (BrokenPipeError, ConnectionResetError):
        pass
    try:
        assert connection.getresponse().status == 413
    except (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected):
        pass
    finally:
        connection.close()
    assert sent < 60_000_000


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400"])
@pytest.mark.parametrize("key", ["power", "clean", "utilisation", "budget", "draws", "at"])
def test_numbers_that_are_none_are_refused(server, key, number):
    value = f"[{number}, 1]" if key == "at" else number
    body = f'{{"place": "Kenya", "{key}": {value}}}'
    found = server.client.post("/api/plan", content=body, headers={"Content-Type": "application/json"})
    assert found.status_code in (409, 422), found.text
    assert json.loads(found.text, parse_constant=pytest.fail)["error"]["problems"]


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e400", "NaN MW", "inf MW", "1e400 GW"])
@pytest.mark.parametrize("key", ["power", "clean", "utilisation", "co2_cap_kg_per_mwh", "draws", "serve", "at", "set"])
def test_words_for_no_number_are_refused(server, key, value):
    text = f"price.carbon.world={value}" if key == "set" else value
    found = server.get("/api/plan", params={"place": "Kenya", "power": "100 MW"} | {key: text})
    assert found.status_code in (409, 422), found.text


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", '"x"', "1", '{"place": {}}', '{"place": ["x"]}', '{"a": ' * 5000, "\udcff"]
)
def test_a_body_that_is_no_question_is_refused(server, body):
    content = body.encode("utf-8", "surrogateescape")
    found = server.client.post("/api/plan", content=content, headers={"Content-Type": "application/json"})
    assert found.status_code in (400, 422), found.text
    assert found.json()["error"]["message"]


PATHS = [
    "/etc/passwd",
    "../../etc/passwd",
    "secret.json",
    "file:///etc/passwd",
    "C:\\secret.json",
    "~/secret.json",
    "secret.csv#x",
]


@pytest.fixture(scope="module")
def secret(tmp_path_factory):
    """A file that no answer may quote, where a relative name would find it."""
    path = tmp_path_factory.getbasetemp() / "secret.json"
    path.write_text('{"place": "Kenya", "figures": {}, "mark": "tell-nobody"}')
    return path


def _asks(path):
    """Every place of the API where the command line would take a file."""
    question = {"place": "Kenya", "power": "100 MW"}
    yield "/api/plan", question | {"weather_file": path}
    yield "/api/plan", question | {"price-file": path}
    yield "/api/plan", {"place": path}
    yield "/api/plan", question | {"facts": {"a": path}}
    yield "/api/explain", {"question": {"place": path}, "figure": "pue"}
    yield "/api/compare", {"programmes": [path, "fr-109bn"]}
    yield "/api/compare", {"programmes": [{"place": f"--from={path}"}, "fr-109bn"]}
    yield "/api/compare", {"programmes": [{"place": "Kenya", "budget": f"1 B$ --from {path}"}, "fr-109bn"]}
    yield "/api/compare", {"programmes": [f"Kenya --from {path}", "fr-109bn"]}
    yield "/api/audit", {"text": path, "place": path}
    yield "/api/train", {"model": path, "on": "16384 H100"}
    yield "/api/train", {"model": f"{path}.toml", "on": "16384 H100"}
    yield "/api/serve", {"model": path, "on": "8 B200"}
    yield "/api/serve", {"model": f"{path}.toml", "on": "8 B200"}
    yield "/api/power", {"case": f'series = ["{path}"]\nload_mw = "load"', "series": {}}
    yield "/api/power", {"case": "", "series": {path: "a,b"}}
    yield "/api/validate", {"files": {path: "a,b"}}
    yield "/api/screen", {"places": [path]}
    yield "/api/jobs", {"kind": "portfolio", "request": {"name": path}}
    yield "/api/jobs", {"kind": "portfolio", "request": {"words": {"site": [{"weather_file": path}]}}}
    yield "/api/jobs", {"kind": "screen", "request": {"question": {"weather_file": path}}}


@pytest.mark.parametrize("path", [*PATHS, "SECRET"])
def test_no_request_reaches_the_file_system(server, secret, path):
    for address, body in _asks(str(secret) if path == "SECRET" else path):
        found = server.post(address, body)
        quoted = found.text.replace(json.dumps(str(secret))[1:-1], "")
        if address == "/api/screen" and found.status_code == 200:
            assert found.json()["rows"] == []
        assert "tell-nobody" not in quoted and "root:" not in quoted, address
        assert found.status_code in (403, 404, 409, 422), f"{address} {body}: {found.status_code} {found.text[:300]}"


OUTSIDE = ["/static/../settings.py", "/static/%2e%2e/settings.py", "/static/..%2fsettings.py", "/static//etc/passwd"]


@pytest.mark.parametrize("path", [*OUTSIDE, "/static/css"])
def test_static_files_stay_in_their_folder(server, path):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as raw:
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        status = int(raw.recv(100).split()[1])
    assert status in (404, 405)


def test_another_machine_needs_a_token(tmp_path):
    import subprocess
    import sys

    from web_server import environment

    command = [sys.executable, "-m", "gigawatt", "web", "--host", "0.0.0.0", "--no-browser"]
    found = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=60)
    assert found.returncode == 2 and "--token" in found.stderr
    with running(tmp_path / "data", "--host", "0.0.0.0", "--token", "s3cret value") as server:
        assert server.get("/").status_code == 401
        assert server.get("/", headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert server.get("/?token=wrong").status_code == 401
        assert server.get("/api/facts?count=1", headers={"Authorization": "Bearer s3cret value"}).status_code == 200
        welcome = server.get("/?token=s3cret+value&lang=fr")
        assert welcome.status_code == 303 and welcome.headers["location"] == "/?lang=fr"
        assert "HttpOnly" in welcome.headers["set-cookie"] and "SameSite=Strict" in welcome.headers["set-cookie"]
        assert server.get("/?lang=fr").status_code == 200  # by the cookie
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as raw:
            raw.sendall(b"GET //evil.example/?token=s3cret+value HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"location: /evil.example/\r" in raw.recv(4000)
        assert server.get("/", headers={"Host": "evil.example"}).status_code == 421
        assert server.get("/", headers={"Host": "10.1.2.3"}).status_code == 200


def in_own_loop(coroutine):
    """Result of a coroutine, in a thread: this one's loop may be the browser's."""
    import asyncio

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def test_more_questions_than_the_queue_holds_are_told_to_come_back(tmp_path):
    import asyncio

    from fastapi import FastAPI  # noqa: F401

    from gigawatt.web.crew import Crew
    from gigawatt.web.errors import WebError

    async def many():
        crew = Crew(1, 2, tmp_path)
        asked = [crew.run(time.sleep, 0.2, seconds=30) for _ in range(5)]
        found = await asyncio.gather(*asked, return_exceptions=True)
        crew.close()
        return found

    found = in_own_loop(many())
    refused = [x for x in found if isinstance(x, WebError)]
    assert [x.status for x in refused] == [429, 429] and refused[0].headers["Retry-After"]
    assert found.count(None) == 3


def test_a_run_that_takes_too_long_is_ended_and_the_next_one_works(tmp_path):
    import asyncio

    from gigawatt.web.crew import Crew
    from gigawatt.web.errors import WebError

    async def late():
        crew = Crew(1, 2, tmp_path)
        first = await crew.run(os.getpid, seconds=60)
        with pytest.raises(WebError) as caught:
            await crew.run(time.sleep, 60, seconds=1)
        second = await crew.run(os.getpid, seconds=60)
        waiting = asyncio.create_task(crew.run(time.sleep, 3, seconds=60))
        await asyncio.sleep(0.1)
        with pytest.raises(WebError) as busy:
            await crew.run(os.getpid, seconds=0.2)
        await waiting
        crew.close()
        return first, second, caught.value.status, busy.value.status

    first, second, status, busy = in_own_loop(late())
    assert first != second and status == 504 and busy == 503
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


def test_compiling_does_not_count_against_the_limit_of_a_question(tmp_path):
    from gigawatt.web.crew import Crew

    async def early():
        crew = Crew(2, 2, tmp_path)
        crew.warm(partial(time.sleep, 2))
        found = await crew.run(os.getpid, seconds=1)  # shorter than the warming
        crew.close()
        return found

    assert in_own_loop(early()) != os.getpid()


def test_a_slow_body_is_given_up(tmp_path):
    """A client that announces more than it sends holds no worker."""
    import uvicorn

    from gigawatt.web.app import create_app
    from gigawatt.web.start import bind

    listener = bind("127.0.0.1", 0)
    app = create_app(Settings(data=tmp_path / "data", body_s=0.5, workers=0))
    web = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=web.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    port = listener.getsockname()[1]
    with socket.create_connection(("127.0.0.1", port), timeout=30) as raw:
        raw.sendall(b"POST /api/plan HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        assert b" 408 " in raw.recv(100)
    web.should_exit = True
    thread.join(20)


def test_an_answer_does_not_wait_for_receipts():
    """Head and body leave as they are written: else small answers take the 40 ms after which a receipt is sent."""
    from gigawatt.web.start import bind

    with bind("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        taken, _ = listener.accept()
        with taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
