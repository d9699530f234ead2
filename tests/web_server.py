"""A real server on a free port, for tests: ``with running(folder) as server: server.get("/")``."""

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx

SRC = Path(__file__).resolve().parent.parent / "src"
START_S = 120
ANSWER_S = 120


class Server:
    """A started server: its address, its process, and requests to it."""

    def __init__(self, process, address):
        self.process, self.address = process, address
        self.port = int(address.rsplit(":", 1)[1].split("/")[0])
        self.client = httpx.Client(base_url=address.split("?")[0], timeout=ANSWER_S)

    def get(self, path, **more):
        return self.client.get(path, **more)

    def post(self, path, body=None, **more):
        return self.client.post(path, json=body, **more)


def environment(**more):
    path = os.pathsep.join([str(SRC), *(p for p in sys.path if p)])
    return os.environ | {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1"} | more


@contextmanager
def running(folder, *flags, **variables):
    """Start ``gigawatt web`` with its data in a folder, and end it."""
    command = [sys.executable, "-m", "gigawatt", "web", "--port", "0", "--no-browser", "--data", str(folder), *flags]
    log = Path(folder).parent / f"{Path(folder).name}.log"
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, env=environment(**variables), text=True)
    said = ""
    try:
        while (line := process.stderr.readline()) and not (
            found := re.search(r"Gigawatt is at (http\S+)", said := said + line)
        ):
            pass
        assert line, f"the server did not start: {said}"
        server = Server(process, found[1])
        with server.client:
            yield server
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stderr.close()
