"""Long runs on a real server: progress, cancel, and going on after the server was killed."""

import json
import os
import signal
import time

import psutil
import pytest

from web_server import running

PLACES = ["Kenya", "France", "Ukraine", "Estonia", "Chad", "Poland"]
QUESTION = {"power": "100 MW", "as_of": "2026-11-23"}
LONG = {"kind": "screen", "request": {"question": QUESTION}}  # all UN members: minutes
SHORT = {"kind": "screen", "request": {"places": PLACES, "question": QUESTION}}
PATIENCE_S = 180


def _until(server, job_id, done):
    """The job, as soon as it is as wanted."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        job = server.get(f"/api/jobs/{job_id}").json()
        if done(job):
            return job
        time.sleep(0.1)
    pytest.fail(f"not within {PATIENCE_S} s: {job}")


def _ended(job):
    return job["state"] not in ("queued", "running")


def _workers(pid):
    """Worker processes of a server."""
    children = psutil.Process(pid).children(recursive=True)
    return [c for c in children if "gigawatt.web.worker" in " ".join(c.cmdline())]


def test_a_job_goes_on_after_the_server_was_killed(tmp_path):
    with running(tmp_path / "data") as server:
        job = server.post("/api/jobs", SHORT)
        assert job.status_code == 202 and job.headers["location"] == f"/api/jobs/{job.json()['id']}"
        job_id = job.json()["id"]
        before = _until(server, job_id, lambda j: 1 <= j["done"] < len(PLACES))
        workers = _workers(server.process.pid)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        for worker in workers:  # they end by themselves: their input is gone
            worker.wait(20)
    with running(tmp_path / "data") as server:
        after = _until(server, job_id, _ended)
        assert after["state"] == "done" and after["done"] == len(PLACES) > before["done"], after
        resumed = server.get(f"/api/jobs/{job_id}/result").json()
        whole = server.post("/api/screen", SHORT["request"]).json()
        assert json.dumps(resumed, sort_keys=True) == json.dumps(whole, sort_keys=True)
        assert not any((tmp_path / "data" / "jobs").iterdir())


def test_cancel_ends_the_process_and_events_tell_it(server):
    before = {w.pid for w in _workers(server.process.pid)}
    job_id = server.post("/api/jobs", LONG).json()["id"]
    _until(server, job_id, lambda j: j["total"] > 100)
    mine = [w for w in _workers(server.process.pid) if w.pid not in before]
    assert server.get(f"/api/jobs/{job_id}/result").status_code == 409
    told = []
    with server.client.stream("GET", f"/api/jobs/{job_id}/events") as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        for line in events.iter_lines():
            if line.startswith("data: "):
                told.append(json.loads(line[6:]))
                if len(told) == 1:
                    assert server.post(f"/api/jobs/{job_id}/cancel").json()["state"] == "cancelled"
    assert told[0]["state"] == "running" and told[-1]["state"] == "cancelled"
    psutil.wait_procs(mine, timeout=20)
    assert not any(w.is_running() for w in mine)
    assert server.post(f"/api/jobs/{job_id}/cancel").json()["state"] == "cancelled"
    assert server.client.delete(f"/api/jobs/{job_id}").status_code == 204
    assert server.get(f"/api/jobs/{job_id}").status_code == 404
    assert server.get(f"/api/jobs/{job_id}/events").status_code == 404


def test_a_job_that_cannot_be_read_is_refused_at_once(server):
    for request in ({"places": ["Kenya"], "question": {"power": "x"}}, {"question": {"place": "Kenya"}}):
        found = server.post("/api/jobs", {"kind": "screen", "request": request})
        assert found.status_code in (409, 422), found.text
    assert server.post("/api/jobs", {"kind": "magic", "request": {}}).status_code == 422


def test_a_job_that_fails_says_why(server):
    job = server.post("/api/jobs", {"kind": "screen", "request": {"places": ["Nowhereland"]}}).json()
    ended = _until(server, job["id"], _ended)
    assert ended["state"] == "failed" and "Nowhereland" in ended["error"]["message"]


def test_a_plan_with_its_strategies_is_a_job(server):
    job = server.post("/api/jobs", {"kind": "frontier", "request": {"place": "Kenya", "power": "100 MW"}}).json()
    assert _until(server, job["id"], _ended)["state"] == "done"
    assert server.get(f"/api/jobs/{job['id']}/result").json()["tables"]["frontier"]


def test_more_jobs_than_may_wait_are_told_to_come_back(tmp_path):
    from gigawatt.web.errors import WebError
    from gigawatt.web.jobs import Jobs
    from gigawatt.web.settings import Settings
    from gigawatt.web.store import opened

    settings = Settings(data=tmp_path, jobs_waiting=2)
    database = opened(settings.database)
    jobs = Jobs(database, settings)  # not started: all wait
    first = jobs.add("screen", {})
    jobs.add("screen", {})
    with pytest.raises(WebError) as caught:
        jobs.add("screen", {})
    assert caught.value.status == 429 and caught.value.headers["Retry-After"]
    assert jobs.cancel(first.id).state == "cancelled"
    jobs.add("screen", {})
    database.close()
