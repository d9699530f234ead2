"""Long runs on a real server: progress, cancel, and going on after the server was killed."""

import json
import os
import signal
import time

import psutil
import pytest

from web_server import running

PLACES = ["Kenya", "France", "Estonia", "Chad"]
QUESTION = {"power": "100 MW", "as_of": "2026-11-23"}
LONG = {"kind": "screen", "request": {"question": QUESTION}}  # all UN members: minutes
MORE = [
    "Ukraine",
    "Japan",
    "Brazil",
    "India",
    "Morocco",
    "Vietnam",
    "Chile",
    "Norway",
    "Poland",
    "Ghana",
    "Peru",
    "Italy",
]
KINDS = {
    "screen": {"places": [*PLACES, *MORE], "question": QUESTION},
    "frontier": {"place": "France", "power": "300 MW", "as_of": "2026-11-23"},
    "draws": {"place": "Kenya", "power": "100 MW", "draws": 256, "as_of": "2026-11-23"},
    "portfolio": {"words": {"budget": "20 B$", "places": PLACES, "as_of": "2026-11-23"}},
}
HALF_WAY = {  # what is looked for before a job is broken off; a frontier keeps nothing and begins anew
    "screen": lambda j: j["done"] >= 1 or _ended(j),
    "frontier": lambda j: j["state"] != "queued",
    "draws": lambda j: j["done"] >= 1 or _ended(j),
    "portfolio": lambda j: j["done"] >= 1 or _ended(j),
}
KEPT = {"screen": ["rows"], "frontier": [], "draws": ["draws"], "portfolio": ["sites"]}  # in the job's folder
PATIENCE_S = 900  # a busy machine


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


def _killed(server):
    """End a server as a power cut would; its workers end by themselves, for their input is gone."""
    workers = _workers(server.process.pid)
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    for worker in workers:
        worker.wait(20)


def _unbroken(server, kind):
    """The same in one go, on the server that all tests share."""
    if kind == "frontier":
        return server.post("/api/plan", KINDS[kind] | {"frontier": True}).json()
    job_id = server.post("/api/jobs", {"kind": kind, "request": KINDS[kind]}).json()["id"]
    assert _until(server, job_id, _ended)["state"] == "done"
    return server.get(f"/api/jobs/{job_id}/result").json()


def test_jobs_of_every_kind_go_on_after_the_server_was_killed(tmp_path, server):
    """Each kind is killed half way once; what was finished is kept, and the result is that of an unbroken run."""
    data, ids, before = tmp_path / "data", {}, {}
    for kind in (*KINDS, None):
        with running(data) as own:
            for name in KINDS:  # one after the other: all wait from the first start on
                if name not in ids:
                    job = own.post("/api/jobs", {"kind": name, "request": KINDS[name]})
                    assert job.status_code == 202 and job.headers["location"] == f"/api/jobs/{job.json()['id']}"
                    ids[name] = job.json()["id"]
            if kind is not None:
                before[kind] = _until(own, ids[kind], HALF_WAY[kind])
                assert before[kind]["state"] == "running", f"{kind} was too quick to be killed half way"
                _killed(own)
                assert sorted(p.name for p in (data / "jobs" / ids[kind]).iterdir()) == KEPT[kind]
                continue
            for name, job_id in ids.items():
                after = _until(own, job_id, _ended)
                assert after["state"] == "done" and after["done"] >= before[name]["done"], (name, after)
                assert after["total"] >= after["done"] > 0  # progress was told
                resumed = own.get(f"/api/jobs/{job_id}/result").json()
                same = json.dumps(resumed, sort_keys=True) == json.dumps(_unbroken(server, name), sort_keys=True)
                assert same, name  # without the texts: to print how a megabyte differs takes minutes
            assert not any((data / "jobs").iterdir())


@pytest.mark.parametrize("kind", ["frontier", "draws", "portfolio"])
def test_every_kind_can_be_cancelled(server, kind):
    before = {w.pid for w in _workers(server.process.pid)}
    job_id = server.post("/api/jobs", {"kind": kind, "request": KINDS[kind]}).json()["id"]
    _until(server, job_id, HALF_WAY[kind])
    mine = [w for w in _workers(server.process.pid) if w.pid not in before]
    assert server.post(f"/api/jobs/{job_id}/cancel").json()["state"] == "cancelled"
    psutil.wait_procs(mine, timeout=20)
    assert not any(w.is_running() for w in mine)
    assert server.get(f"/api/jobs/{job_id}/result").status_code == 409


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
