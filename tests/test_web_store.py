"""The database: the same on SQLite and on a real PostgreSQL server, with the migrations that ship."""

import csv
import os
import re
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from gigawatt.errors import ScenarioError
from gigawatt.web.store import Base, Job, SavedPlan, opened
from gigawatt.web.store.database import migrate

SRC = Path(__file__).resolve().parent.parent / "src"
NEEDED = ("initdb", "postgres", "pg_isready")
NOBODY = ("postgres", "nobody")


def _programmes():
    """Folder of a PostgreSQL server: Debian keeps it off the path."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((f for f in folders if all((f / name).exists() for name in NEEDED)), None)


def _as_other():
    """The server refuses to run as root: then as a user that may do nothing else."""
    if os.name != "posix" or os.geteuid() != 0:
        return {}
    import pwd

    name = next((n for n in NOBODY if n in [u.pw_name for u in pwd.getpwall()]), None)
    return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []} if name else None


@pytest.fixture(scope="session")
def postgres():
    """Address of a PostgreSQL server of our own."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: the extra postgres")
    programmes, other = _programmes(), _as_other()
    if programmes is None:
        pytest.skip("no PostgreSQL server is installed here")
    if other is None:
        pytest.skip("PostgreSQL does not run as root and there is no other user")
    folder = Path(tempfile.mkdtemp(prefix="gigawatt-postgres-"))
    if other:
        shutil.chown(folder, other["user"])
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "cwd": folder, **other}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    made = [programmes / "initdb", "-D", data, "-U", "tester", "-A", "trust", "--no-sync", "-E", "UTF8"]
    subprocess.run(made, check=True, **quiet)
    flags = ["-F", "-p", str(port), "-k", str(folder), "-c", "listen_addresses=127.0.0.1"]
    server = subprocess.Popen([programmes / "postgres", "-D", data, *flags], **{**quiet, "stderr": subprocess.DEVNULL})
    try:
        ready = [programmes / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
        assert any(subprocess.run(ready, **quiet).returncode == 0 or server.poll() for _ in range(60))
        yield f"postgresql+psycopg://tester@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new folder' / 'x.sqlite'}"
    return request.getfixturevalue("postgres")


def test_the_migrations_make_the_tables_and_undo_them(url):
    database = opened(url)
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        migrate(connection, "head")  # again: nothing to do
    database.close()
    again = opened(url)
    names = set(sqlalchemy.inspect(again.engine).get_table_names())
    assert {"plan", "job", "alembic_version"} <= names
    again.close()


def test_what_is_kept_comes_back(url):
    question = {"place": "Київ", "facts": {"a": 1.5}, "power": "1 GW nuclear"}
    kept = SavedPlan(id="a" * 32, name="Ґ ' ; DROP TABLE plan; --", notes="😀\n" * 100, question=question, answer="yes")
    kept.headline, kept.answer_hash, kept.model_version, kept.facts_hash = "YES", "0", "1", "2"
    kept.created = kept.changed = 1.25
    job = Job(id="b" * 32, kind="screen", request={"x": [1, None]}, state="done", created=2.0, model_version="1")
    job.result = bytes(range(256)) * 1000
    database = opened(url)
    with database.session() as session:
        session.add_all([kept, job])
    with database.session() as session:
        found = session.get(SavedPlan, "a" * 32)
        assert (found.name, found.notes, found.question) == (kept.name, kept.notes, question)
        assert session.get(Job, "b" * 32).result == job.result and session.get(Job, "b" * 32).done == 0
    with pytest.raises(sqlalchemy.exc.IntegrityError), database.session() as session:
        session.add(SavedPlan(id="a" * 32))
    with database.session() as session:
        session.delete(session.get(SavedPlan, "a" * 32))
        session.delete(session.get(Job, "b" * 32))
    with database.session() as session:
        assert session.get(SavedPlan, "a" * 32) is None
    database.close()


@pytest.mark.parametrize(
    "address", ["nonsense", "sqlite:////proc/no/such/x.sqlite", "postgresql+psycopg://x@127.0.0.1:1/y", "oracle://x/y"]
)
def test_a_database_that_cannot_be_opened_is_an_error_in_words(address):
    with pytest.raises(ScenarioError, match=r"database|GIGAWATT_DATABASE_URL"):
        opened(address)


def test_a_server_keeps_plans_in_postgres(postgres, tmp_path):
    from web_server import running

    with running(tmp_path / "data", GIGAWATT_DATABASE_URL=postgres) as server:
        made = server.post("/api/plans", {"name": "one", "question": {"place": "Kenya", "power": "100 MW"}})
        assert made.status_code == 201, made.text
    assert not (tmp_path / "data" / "gigawatt.sqlite").exists()
    database = opened(postgres)
    with database.session() as session:  # as if it had been saved under other facts
        row = session.get(SavedPlan, made.json()["id"])
        figures = {**row.then["figures"], "capex_usd": row.then["figures"]["capex_usd"] | {"value": 1e9}}
        row.then, row.facts_hash = {**row.then, "figures": figures}, "older"
    database.close()
    with running(tmp_path / "data", GIGAWATT_DATABASE_URL=postgres) as server:
        page = server.get(f"/saved/{made.json()['id']}/then").text
        assert "1 figure moved" in page and "older" in page and "figure=capex_usd" in page
        assert [p["name"] for p in server.get("/api/plans").json()["plans"]] == ["one"]
        assert server.client.delete(f"/api/plans/{made.json()['id']}").status_code == 204


OLD_PRICE, NEW_PRICE = 1.0, 1.25  # of the accelerators in the update


def _updated(folder):
    """The package as an update brings it: accelerators cost a quarter more."""
    package = shutil.copytree(SRC, folder / "src")  # with what is compiled
    table = package / "gigawatt" / "data" / "accelerators.csv"
    rows = list(csv.reader(table.read_text(encoding="utf-8").splitlines()))
    found = [r for r in rows if re.fullmatch(r"accelerator\.gb300.*\.price", r[0])]
    assert found
    for row in found:
        row[1:4] = [f"{float(x) * NEW_PRICE / OLD_PRICE:.10g}" for x in row[1:4]]
    with table.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)
    return str(package), [r[0] for r in found]


def test_a_plan_saved_under_older_facts_says_what_moved(tmp_path):
    from web_server import environment, running

    newer, changed = _updated(tmp_path)
    path = os.pathsep.join([newer, environment()["PYTHONPATH"]])
    with running(tmp_path / "data") as server:
        asked = {"name": "Nairobi, one hundred", "question": {"place": "Kenya", "power": "100 MW"}}
        saved = server.post("/api/plans", asked).json()
        listed, page = server.get("/saved").text, server.get(f"/saved/{saved['id']}/then").text
        assert "then and now" not in listed and "are those of the day" in page
        before = server.post("/api/plan", asked["question"]).json()["figures"]["capex_it_usd"]["value"]
    with running(tmp_path / "data", PYTHONPATH=path) as server:
        after = server.post("/api/plan", asked["question"]).json()["figures"]["capex_it_usd"]["value"]
        assert after > 1.1 * before
        assert f"/saved/{saved['id']}/then" in server.get("/saved").text
        page = server.get(f"/saved/{saved['id']}/then").text
        assert "and the answer with them" in page and saved["facts_hash"][:12] in page
        assert any(f"fact={name}" in page for name in changed)
        row = re.search(r"of which accelerators.*?</tr>", page, re.DOTALL)[0]
        then, now = re.findall(r"<td.*?</td>", row, re.DOTALL)
        assert then != now and f"+{round(100 * (after / before - 1))}\N{NO-BREAK SPACE}%" in now
        assert "PUE" not in page[: page.index("trust")]  # what did not move is not there
        form = {"content-type": "application/x-www-form-urlencoded"}
        renewed = server.client.post(f"/saved/{saved['id']}", content="do=renew", headers=form)
        assert renewed.status_code == 303, renewed.text
        assert "then and now" not in server.get("/saved").text
        server.client.delete(f"/api/plans/{saved['id']}")


def test_a_plan_saved_before_figures_were_kept_shows_its_verdict(url):
    """The migration leaves older rows readable."""
    from gigawatt.web.api.plans import find

    database = opened(url)
    row = SavedPlan(id="c" * 32, name="old", notes="", question={"place": "Kenya"}, answer="no", headline="No.")
    row.answer_hash, row.model_version, row.facts_hash, row.created, row.changed = "0", "0", "0", 1.0, 1.0
    with database.session() as session:
        session.add(row)
    assert find(database, "c" * 32).then is None
    with database.session() as session:
        session.delete(session.get(SavedPlan, "c" * 32))
    database.close()
