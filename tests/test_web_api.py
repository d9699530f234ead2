"""The verbs over HTTP give the JSON of the library; the examples of docs/api.md run; files leave in every format."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest

import gigawatt as gw
from own_files import entsoe_old

DOCS = Path(__file__).resolve().parent.parent / "docs" / "api.md"
EXAMPLES = re.findall(r"```\n(GET|POST) (\S+)(?: -> (\d+))?\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
TODAY = "2026-11-23"
QUESTION = {"place": "Kenya", "power": "100 MW", "as_of": TODAY}


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{m} {a} {i}" for i, (m, a, *_) in enumerate(EXAMPLES)])
def test_the_examples_run(server, example):
    method, address, status, body = example
    found = server.get(address) if method == "GET" else server.post(address, json.loads(body))
    expected = int(status) if status else {"/api/jobs": 202, "/api/plans": 201}.get(address, 200)
    assert found.status_code == (200 if method == "GET" else expected), found.text[:500]
    if status:
        assert {p["place"] for p in found.json()["error"]["problems"]} == {"place", "power"}


def test_every_address_of_the_contract_is_in_the_page(server):
    paths = server.get("/api/openapi.json").json()["paths"]
    text = DOCS.read_text(encoding="utf-8")
    for path in paths:
        assert path.split("{")[0].rstrip("/") in text, path


def test_the_contract_is_a_page_of_our_own(server):
    page = server.get("/api/docs").text
    assert "POST /api/plan" in page and "https://" not in page and "<script" not in page
    first = page[page.index("GET /api/plan") : page.index("POST /api/plan")]
    assert first.count("<tr><td>") > 30 and "<td></td></tr>" not in first  # every word of a question is told


def test_no_message_names_a_folder_of_the_server(server):
    for address, body in (
        ("/api/validate", {"files": {"atb_lcoe.csv": "id\n"}}),
        ("/api/power", {"case": "series = 'x.csv'\nload_mw = 'load'", "series": {"x.csv": "a\n1\n"}}),
    ):
        found = server.post(address, body)
        assert found.status_code == 409 and "gigawatt-" not in found.text and "/tmp" not in found.text, found.text


def test_a_plan_over_http_is_that_of_the_library(server):
    whole = json.loads(gw.plan(gw.read_scenario(QUESTION)).text_json())
    assert server.post("/api/plan", QUESTION).json() == whole
    assert server.get("/api/plan", params=QUESTION).json() == whole


def test_software_from_before_its_chip_is_refused(server):
    found = server.post("/api/plan", QUESTION | {"software": "2020-01"})
    assert found.status_code == 409 and "before gb300-nvl72 was sold (2025-07)" in found.text


def test_files_leave_in_every_format(server):
    plan = server.post("/api/plan", QUESTION).json()
    got = {e: server.get(f"/plan.{e}", params=QUESTION) for e in ("json", "csv", "xlsx", "html", "geojson")}
    assert {e: r.status_code for e, r in got.items()} == dict.fromkeys(got, 200)
    assert got["json"].json() == plan
    rows = list(csv.DictReader(io.StringIO(got["csv"].text)))
    pue = next(r["value"] for r in rows if (r["table"], r["row"], r["column"]) == ("figures", "pue", "value"))
    assert float(pue) == plan["figures"]["pue"]["value"]
    assert {r["table"] for r in rows} >= {"figures", "bill", "ladder", "schedule", "portfolio", "gates"}
    assert zipfile.ZipFile(io.BytesIO(got["xlsx"].content)).testzip() is None
    assert "attachment" in got["html"].headers["content-disposition"]
    (feature,) = got["geojson"].json()["features"]
    place = plan["question"]["place"]
    assert feature["geometry"]["coordinates"] == [place["lon"], place["lat"]]
    assert feature["properties"]["pue"] == plan["figures"]["pue"]["value"]
    assert server.get("/plan.exe", params=QUESTION).status_code == 404


def test_a_pdf_leaves(server):
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        pytest.skip(f"WeasyPrint or its Pango is not installed: {error}"[:120])
    made = server.get("/plan.pdf", params={"place": "Antarctica"})
    assert made.status_code == 200 and made.content.startswith(b"%PDF-") and len(made.content) > 5000


def test_own_prices_are_sent_and_named_by_their_id(server):
    content = entsoe_old(2023).encode()
    made = server.client.post("/api/uploads", content=content)
    assert made.status_code == 201, made.text
    name = made.json()["id"]
    assert re.fullmatch("[0-9a-f]{32}", name) and made.json()["preview"]["format"]
    assert server.client.post("/api/uploads", content=content).json()["id"] == name
    own = server.post("/api/plan", QUESTION | {"place": "France", "price_file": name}).json()
    assert own["provenance"]["files"][0]["name"] == name and own["question"]["words"]["price_file"] == name
    assert server.client.post("/api/uploads", content=b"no weather").status_code == 409
    assert server.post("/api/plan", QUESTION | {"weather_file": "0" * 32}).status_code == 404


def test_saved_plans_are_listed_renamed_and_forgotten(server):
    made = server.post("/api/plans", {"name": "one", "question": QUESTION | {"cooling": "best", "draws": 400}}).json()
    assert made["question"] == QUESTION  # what is as by default is not kept
    assert server.get("/api/plans").json()["plans"][0]["id"] == made["id"]
    changed = server.client.patch(f"/api/plans/{made['id']}", json={"name": "two", "notes": "n"}).json()
    assert (changed["name"], changed["notes"], changed["answer_hash"]) == ("two", "n", made["answer_hash"])
    assert server.get(made["address"]).status_code == 200
    assert server.client.delete(f"/api/plans/{made['id']}").status_code == 204
    assert server.get(f"/api/plans/{made['id']}").status_code == 404
    for fault in ({"name": ""}, {"name": "a\x00"}, {"notes": "n" * 20_001}, {"color": "red"}):
        assert server.post("/api/plans", {"name": "x", "question": QUESTION} | fault).status_code == 422


def test_head_and_options_are_answered(server):
    head = server.client.head("/api/facts?count=1")
    assert head.status_code == 200 and head.content == b"" and int(head.headers["content-length"]) > 0
    options = server.client.options("/api/plans")
    assert options.status_code == 204 and options.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    refused = server.client.put("/api/plans")
    assert refused.status_code == 405 and refused.headers["allow"] == options.headers["allow"]
