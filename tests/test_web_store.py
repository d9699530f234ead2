"""The database: the same on SQLite and on a real PostgreSQL server, with the migrations that ship."""

import os
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
    with running(tmp_path / "data", GIGAWATT_DATABASE_URL=postgres) as server:
        assert [p["name"] for p in server.get("/api/plans").json()["plans"]] == ["one"]
        assert server.client.delete(f"/api/plans/{made.json()['id']}").status_code == 204
