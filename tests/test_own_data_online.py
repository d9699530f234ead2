"""Downloads against a real server on this machine: addresses, tokens, busy answers, pages, refusals."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

import own_files as made
from gigawatt.cli import main
from gigawatt.errors import ScenarioError
from gigawatt.own_data.areas import AREAS, check_character
from gigawatt.own_data.online import BY_HAND, HOSTS, Asked, address, fetch

PARIS = (48.85, 2.35)


@contextmanager
def server(answer):
    """A server that answers by a function of path and query, which gives a status and a text."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(parts.query).items()}
            seen.append((parts.path, query))
            status, text = answer(parts.path, query, len(seen))
            body = made.text(text).encode("utf-8")
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_address[1]}", seen
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


def pvgis(number=2023):
    records = [
        {"time(UTC)": f"{t:%Y%m%d:%H}00", "T2m": 8.0, "RH": 70.0, "G(h)": 100.0 * (6 <= t.hour < 18), "SP": 98500.0}
        for t in made.year(number)
    ]
    inputs = {"location": {"latitude": 48.85, "longitude": 2.35, "elevation": 40.0}}
    return {"inputs": inputs, "outputs": {"tmy_hourly": records}}


def get(*arguments):
    return CliRunner().invoke(main, ["data", "get", *arguments], catch_exceptions=False)


@pytest.mark.parametrize(
    ("source", "more", "content", "path", "query", "serves"),
    [
        ("pvgis", ["--at", "48.85,2.35"], pvgis(), "/api/v5_3/tmy", {"lat": "48.85", "lon": "2.35"}, "--weather-file"),
        (
            "nasa-power",
            ["--at", "45,8", "--year", "2023"],
            made.nasa_json(2023),
            "/api/temporal/hourly/point",
            {"start": "20230101", "end": "20231231", "community": "RE", "time-standard": "UTC"},
            "--weather-file",
        ),
        (
            "open-meteo",
            ["--at", "45,8", "--year", "2023"],
            made.meteo_json(2023),
            "/v1/archive",
            {"start_date": "2023-01-01", "wind_speed_unit": "ms", "timezone": "GMT"},
            "--weather-file",
        ),
        (
            "entsoe",
            ["--zone", "FR", "--year", "2023"],
            made.entsoe_xml([("2022-12-31T23:00Z", "2023-12-31T23:00Z", "PT60M", {1: 50.0, 5000: 60.0}, "1")]),
            "/api",
            {"documentType": "A44", "in_Domain": AREAS["FR"], "periodStart": "202212312300", "securityToken": "s3cret"},
            "--price-file",
        ),
        (
            "entsoe",
            ["--zone", AREAS["EE"], "--what", "load", "--year", "2023"],
            made.entsoe_xml([("2022-12-31T23:00Z", "2023-12-31T23:00Z", "PT60M", {1: 900.0}, "")], kind="load"),
            "/api",
            {"documentType": "A65", "processType": "A16", "outBiddingZone_Domain": AREAS["EE"]},
            "gigawatt power",
        ),
    ],
)
def test_what_is_downloaded_is_saved_and_serves(tmp_path, monkeypatch, source, more, content, path, query, serves):
    monkeypatch.setenv("ENTSOE_TOKEN", "s3cret")
    out = tmp_path / "file"
    with server(lambda *_: (200, content)) as (url, seen):
        result = get(source, *more, "--out", str(out), "--server", url)
    assert result.exit_code == 0, result.output
    assert seen[0][0] == path and query.items() <= seen[0][1].items() and len(seen) == 1
    assert out.read_text(encoding="utf-8") == made.text(content)
    assert serves in result.stdout and "s3cret" not in result.output + out.read_text(encoding="utf-8")


def test_pages_of_eia_become_one_file_without_the_key(tmp_path, monkeypatch):
    monkeypatch.setenv("EIA_API_KEY", "k3y")
    rows = made.eia_api(2023)["response"]["data"]

    def answer(path, query, count):
        start, length = int(query["offset"]), int(query["length"])
        page = {"total": str(len(rows)), "data": rows[start : start + length]}
        return 200, {"response": page, "request": {"params": {"api_key": query["api_key"]}}}

    out = tmp_path / "texas.json"
    with server(answer) as (url, seen):
        result = get("eia", "--zone", "ERCO", "--year", "2023", "--out", str(out), "--server", url, "--json")
    assert result.exit_code == 0, result.output
    assert [q["offset"] for _, q in seen] == ["0", "5000"] and seen[0][1]["facets[respondent][]"] == "ERCO"
    assert len(json.loads(out.read_text())["response"]["data"]) == 8760
    assert "k3y" not in out.read_text() + result.output
    assert json.loads(result.stdout)["format"] == "EIA"


def test_a_busy_server_is_asked_again():
    with server(lambda path, query, count: (503, "busy") if count < 3 else (200, pvgis())) as (url, seen):
        content, plain = fetch(Asked("pvgis", PARIS), server=url, wait_s=0.01)
    assert len(seen) == 3 and b"tmy_hourly" in content and plain.startswith(url)
    with server(lambda *_: (429, "slow down")) as (url, seen), pytest.raises(ScenarioError, match=r"429 \(slow down\)"):
        fetch(Asked("pvgis", PARIS), server=url, wait_s=0.01)
    assert len(seen) == 4


@pytest.mark.parametrize(
    ("status", "text", "said"),
    [
        (400, {"message": "Location over the sea"}, "400 .*Location over the sea"),
        (401, made.acknowledgement("Unauthorized"), r"401 \(Unauthorized\)"),
        (404, "gone", "404"),
        (200, "", "empty answer"),
    ],
)
def test_a_refusal_is_told_once_and_names_the_way_by_hand(status, text, said):
    with server(lambda *_: (status, text)) as (url, seen), pytest.raises(ScenarioError, match=said) as caught:
        fetch(Asked("pvgis", PARIS), server=url, wait_s=0.01)
    assert len(seen) == 1 and BY_HAND["pvgis"] in str(caught.value)


def test_offline_names_the_host_and_the_way_by_hand():
    with server(lambda *_: (200, "")) as (url, _):
        pass  # the port is closed again
    with pytest.raises(ScenarioError, match=r"127.0.0.1:\d+ cannot be reached") as caught:
        fetch(Asked("nasa-power", PARIS, year=2023), server=url, wait_s=0.001)
    assert "download by hand from power.larc.nasa.gov" in str(caught.value)


def test_a_server_that_hangs_is_given_up():
    release = threading.Event()

    def answer(*_):
        release.wait(10)
        return 200, "late"

    with server(answer) as (url, seen):
        with pytest.raises(ScenarioError, match="cannot be reached"):
            fetch(Asked("pvgis", PARIS), server=url, wait_s=0.001, timeout_s=0.05)
        release.set()
    assert len(seen) == 4


def test_a_missing_token_names_its_variable(monkeypatch):
    for source, name in (("entsoe", "ENTSOE_TOKEN"), ("eia", "EIA_API_KEY")):
        monkeypatch.delenv(name, raising=False)
        with pytest.raises(ScenarioError, match=name):
            fetch(Asked(source, zone="FR", year=2023))


def test_a_token_never_shows_in_an_error(monkeypatch):
    monkeypatch.setenv("ENTSOE_TOKEN", "s3cret")
    with server(lambda path, query, count: (400, f"bad token {query['securityToken']}")) as (url, _):
        with pytest.raises(ScenarioError) as caught:
            fetch(Asked("entsoe", zone="FR", year=2023), server=url)
    assert "s3cret" not in str(caught.value) and "bad token ..." in str(caught.value)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked("pvgis"), "--at 48.85,2.35"),
        (Asked("pvgis", (2.35, 248.85)), "swap them"),
        (Asked("nasa-power", PARIS), "no year; expected 2001 to"),
        (Asked("nasa-power", PARIS, year=1990), "year 1990"),
        (Asked("open-meteo", PARIS, year=2999), "year 2999"),
        (Asked("pvgis", PARIS, year=1990), "2005 or later"),
        (Asked("entsoe", zone="Atlantis", year=2023), "expected a 16-character EIC code or one of AT, BE"),
        (Asked("entsoe", zone="FR", what="weather", year=2023), "price or load"),
        (Asked("eia", zone="", year=2023), "--zone ERCO"),
    ],
)
def test_what_is_missing_is_said(asked, said):
    with pytest.raises(ScenarioError, match=said):
        address(asked)


def test_addresses_are_those_of_the_sources():
    for source, host in HOSTS.items():
        asked = Asked(source, PARIS, zone="FR", year=2023)
        assert address(asked).startswith(host + "/")
    assert "seriescalc" in address(Asked("pvgis", PARIS, year=2020)) and "angle=0" in address(
        Asked("pvgis", PARIS, year=2020)
    )


@pytest.mark.parametrize("zone", AREAS)
def test_codes_of_areas_check(zone):
    assert len(AREAS[zone]) == 16 and check_character(AREAS[zone]) == AREAS[zone][-1]


def test_a_bad_place_and_a_bad_folder(tmp_path):
    assert get("pvgis", "--at", "Paris").exit_code == 2
    assert get("pvgis", "--at", "1,2", "--out", str(tmp_path / "no" / "x.json")).exit_code == 2
