"""Screen: the order of rows, resuming, engines with the same bits, files, and what a wrong question hears."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

import gigawatt
from gigawatt.cli import main
from gigawatt.errors import ScenarioError
from gigawatt.figures import none_known
from gigawatt.plan import plan
from gigawatt.scenario import read
from gigawatt.screen import outputs, rank, screen, work
from gigawatt.screen.store import FILE, Store

AS_OF = "2026-11-23"
QUESTION = {"power": "100 MW", "as_of": AS_OF}
PLACES = ("Kenya", "France", "Ukraine", "Russia")
SRC = Path(gigawatt.__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def few():
    return screen(PLACES, question=QUESTION, workers=1)


def _row(key, verdict, mw=None, full=None, capex=None):
    figures = {name: f.json() for name, f in none_known(2025, "test").items()}
    for name, value in (("facility_peak_mw", mw), ("full_power_date", full), ("capex_usd", capex)):
        figures[name]["value"] = value
    return {"key": key, "verdict": verdict, "figures": figures}


def test_rows_are_in_the_order_of_the_ladder():
    rows = [
        _row("failed", None),
        _row("no", "no", 20.0, "2030-01-01", 1e9),
        _row("chips only", "yes_if"),
        _row("small", "yes_if", 300.0, "2030-01-01", 1e9),
        _row("dear", "yes_if", 1000.0, "2031-01-01", 5e10),
        _row("late", "yes_if", 1000.0, "2032-01-01", 4e10),
        _row("cheap", "yes_if", 1000.0, "2031-01-01", 4e10),
        _row("yes", "yes", 20.0, "2035-01-01", 1e9),
    ]
    order = ["yes", "cheap", "dear", "late", "small", "chips only", "no", "failed"]
    assert [r["key"] for r in rank.ranked(rows)] == order
    assert [r["key"] for r in rank.ranked(rows[::-1])] == order
    assert [r["rank"] for r in rank.ranked(rows)] == list(range(1, 9))
    by_cost = [r["key"] for r in rank.ranked(rows, "capex_usd")]
    assert by_cost[0] in ("no", "small", "yes") and by_cost[5] == "dear" and by_cost[-1] == "failed"
    by_size = [r["key"] for r in rank.ranked(rows, "facility_peak_mw")]
    assert by_size[:3] == ["cheap", "dear", "late"], "sizes are largest first"
    assert rank.ranked(rows, "facility_peak_mw", reverse=True)[0]["key"] in ("no", "yes")


def test_a_row_is_the_plan(few):
    alone = plan(read({**QUESTION, "place": "Kenya"}))
    row = next(r for r in few.rows if r["iso3"] == "KEN")
    assert row["verdict"] == alone.answer and row["headline"] == alone.verdict["headline"]
    assert row["figures"] == json.loads(alone.text_json())["figures"]
    assert row["binding"]["words"] and row["key"] == "KEN"
    assert next(r for r in few.rows if r["iso3"] == "RUS")["verdict"] == "no"


def test_without_a_question_each_row_is_the_headline_of_its_ladder():
    found = screen(["Kenya"], question={"as_of": AS_OF}, workers=1).rows[0]
    alone = plan(read({"place": "Kenya", "as_of": AS_OF}))
    assert found["verdict"] == alone.answer
    assert found["figures"] == json.loads(alone.text_json())["figures"]
    assert found["binding"]["constraint"], "what stops a larger campus is said"


def test_worker_processes_give_the_same_bits(few):
    assert screen(PLACES, question=QUESTION, workers=2).text_json() == few.text_json()


def test_a_worker_that_dies_is_replaced(few):
    killed = []

    def kill(done, total):
        if done == 1 and not killed:
            children = psutil.Process().children()
            worker = next(c for c in children if "gigawatt.screen.worker" in c.cmdline())
            worker.kill()
            killed.append(worker.pid)

    found = screen(PLACES, question=QUESTION, workers=2, progress=kill)
    assert killed and found.text_json() == few.text_json()


@pytest.mark.filterwarnings("default")
def test_a_dask_cluster_gives_the_same_bits_with_a_worker_killed(few):
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        pids = [w.pid for w in cluster.workers.values()]

        def kill(done, total):
            if done == 1:
                os.kill(pids[0], signal.SIGKILL)

        found = screen(PLACES, question=QUESTION, dask=cluster.scheduler_address, progress=kill)
    assert found.text_json() == few.text_json()


def test_resumes_after_kill_9_with_nothing_lost_and_nothing_double(few, tmp_path):
    folder = tmp_path / "kept"
    command = [sys.executable, "-m", "gigawatt", "screen", *PLACES, "--power", "100 MW", "--as-of", AS_OF]
    command += ["--workers", "1", "--store", str(folder)]
    path = os.pathsep.join([str(SRC), *(p for p in sys.path if p)])
    process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": path}, stdout=-3, stderr=-3)
    request = {"kind": "countries", "question": QUESTION}
    while process.poll() is None and not _units(folder):
        time.sleep(0.01)
    process.kill()
    process.wait()
    kept = _units(folder)
    assert 1 <= len(kept) <= len(PLACES), request
    seen = []
    found = screen(resume=folder, workers=1, progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (len(kept), len(PLACES)), "what is kept is not done again"
    assert found.text_json() == few.text_json()
    assert sorted(_units(folder)) == sorted(r["key"] for r in few.rows)


def _units(folder):
    import sqlite3

    if not (folder / FILE).is_file():
        return []
    db = sqlite3.connect(folder / FILE, timeout=10)
    try:
        return [key for (key,) in db.execute("SELECT key FROM unit")]
    except sqlite3.OperationalError:  # the table is not there yet
        return []
    finally:
        db.close()


def test_a_unit_is_kept_once(tmp_path):
    store = Store(tmp_path, {"a": 1}, "v")
    store.add("KEN", [{"x": 0.1}])
    store.add("KEN", [{"x": 0.2}])
    assert store.rows() == [{"x": 0.1}] and store.done() == {"KEN"}
    store.close()
    with pytest.raises(ScenarioError, match="another question"):
        Store(tmp_path, {"a": 2}, "v")
    with pytest.raises(ScenarioError, match="other code or facts"):
        Store(tmp_path, {"a": 1}, "w")


def test_a_place_that_fails_is_kept_with_the_reason():
    task = {"kind": "country", "key": "KEN", "iso3": "KEN", "question": {**QUESTION, "place": "Atlantis"}}
    (row,) = work.run(task)
    assert row["verdict"] is None and "Atlantis" in row["reason"] and row["iso3"] == "KEN"
    assert row["figures"]["capex_usd"]["value"] is None and row["figures"]["capex_usd"]["reason"]


def test_files_read_back(few, tmp_path):
    rows = list(csv.DictReader(io.StringIO(outputs.csv_text(few))))
    assert [r["iso3"] for r in rows] == [r["iso3"] for r in few.rows]
    assert float(rows[0]["capex_usd"]) == few.rows[0]["figures"]["capex_usd"]["value"]
    features = json.loads(outputs.geojson_text(few))["features"]
    assert len(features) == len(few.rows)
    lon, lat = next(f for f in features if f["id"] == "KEN")["geometry"]["coordinates"]
    assert 34 < lon < 42 and -5 < lat < 5
    page = outputs.made(few, "x.html").decode()
    assert all(f'<tr id="{r["key"]}">' in page for r in few.rows)
    assert "http" not in page.replace("http-equiv", ""), "a page asks no other address for anything"
    assert page.count("<path ") > 150, "the world is drawn"
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `screen` is not installed")
    (tmp_path / "x.parquet").write_bytes(outputs.made(few, "x.parquet"))
    table = parquet.read_table(tmp_path / "x.parquet").to_pylist()
    assert [r["capex_usd"] for r in table] == [r["figures"]["capex_usd"]["value"] for r in few.rows]
    assert [r["rank"] for r in table] == [1, 2, 3, 4]


def test_sites_have_the_same_bits_in_any_number_of_processes_and_a_range():
    one = screen(in_country="Kenya", question=QUESTION, count=12, workers=1)
    two = screen(in_country="Kenya", question=QUESTION, count=12, workers=2)
    assert one.text_json() == two.text_json() and len(one.rows) == 12
    costs = [r["site_facts"]["cost_usd_per_accelerator_hour"] for r in one.rows]
    assert costs == sorted(costs) and costs[0] < costs[-1]
    for row in one.rows:
        cost = row["figures"]["lcoc_usd_per_accelerator_hour"]
        assert cost["low"] < cost["value"] < cost["high"] and row["iso3"] == "KEN"
    remote = max(one.rows, key=lambda r: r["site_facts"]["load_centre_km"])
    nairobi = next(r for r in one.rows if r["site"] == "Nairobi")
    assert nairobi["site_facts"]["connection_class"] == 1 and remote["site_facts"]["load_centre_km"] > 0
    assert "Nairobi" in outputs.made(one, "x.html").decode()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Kenya", "--sort", "capxe_usd"], "nearest: capex_usd"),
        (["Kenya", "KEN"], "names already"),
        (["Kenya", "Atlantis"], "Atlantis"),
        (["Kenya", "--power", "much"], "power"),
        (["Kenya", "--save", "rows.xls"], ".parquet"),
        (["Kenya", "--save", "no/such/folder/rows.csv"], "does not exist"),
        (["Kenya", "--store", "/proc/none"], "choose another folder"),
        (["--resume", "no-such-folder"], "no run to go on with"),
        (["--sites", "Nairobi"], "expected a country"),
        (["Kenya", "--sites", "Kenya"], "leave out"),
        (["Kenya", "--dask", "tcp://127.0.0.1:1"], "--dask"),
        (["Kenya", "--dask", "local"], "expected the scheduler's host and port"),
    ],
)
def test_bad_input_is_said_before_any_work(arguments, said):
    result = CliRunner().invoke(main, ["screen", *arguments])
    assert result.exit_code == 2 and said in result.stderr, result.stderr
    assert "Traceback" not in result.stderr


def test_the_table_fits_a_page_and_the_exit_code_is_the_verdict():
    result = CliRunner().invoke(main, ["screen", "Kenya", "Russia", "--power", "100 MW", "--workers", "1"])
    assert result.exit_code == 0 and max(map(len, result.stdout.splitlines())) <= 120
    assert "Kenya" in result.stdout and "embargo" in result.stdout
    assert CliRunner().invoke(main, ["screen", "Russia", "--json", "--workers", "1"]).exit_code == 1
